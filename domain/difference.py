"""What changed between two versions of a claim: stances and standing, and the events that made it so.

Not a difference of texts: two versions that say the same of everybody differ in
nothing but their events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.codebook import Joined, Parted, Recorded
from domain.instants import write_instant
from domain.party import party_key
from domain.reading import read_history
from domain.standing import describe_claim

_WORDING = ("text", "lang", "about", "topics")
_STANCE = ("stance", "partial", "concedes", "disputes", "overtaken_by")


def compare(history: Sequence[Recorded], earlier: int, later: int) -> dict[str, Any]:
    """Tell what changed from one version to a later one (0 < earlier <= later); members as in `docs/api.md`."""
    before, after = (describe_claim(history[:n], read_history(history[:n])) for n in (earlier, later))
    between = history[earlier:later]
    standing = [{"standing": side["standing"], "because": side["because"]} for side in (before, after)]
    return {
        "claim": after["id"],
        "from": earlier,
        "to": later,
        "standing": {"from": standing[0], "to": standing[1], "changed": before["standing"] != after["standing"]},
        "stances": _compare_stances(before, after, history, between),
        "wording": {
            name: {"from": before[name], "to": after[name]} for name in _WORDING if before[name] != after[name]
        },
        "reversals": [change for change in after["reversals"] if change not in before["reversals"]],
        "withdrawals": [change for change in after["withdrawals"] if change not in before["withdrawals"]],
        "events": [{"version": e.version, "type": e.type, "recorded_at": write_instant(e.timestamp)} for e in between],
    }


def _compare_stances(
    before: Mapping[str, Any], after: Mapping[str, Any], history: Sequence[Recorded], between: Sequence[Recorded]
) -> list[dict[str, Any]]:
    old, new = ({p["party"]["key"]: p for p in side["positions"]} for side in (before, after))
    changed = []
    for key in {**old, **new}:
        stances = [_stance(side.get(key)) for side in (old, new)]
        if stances[0] != stances[1]:
            party = (new.get(key) or old[key])["party"]
            events = [e.version for e in between if key in _parties_of(e, history)]
            changed.append({"party": party, "from": stances[0], "to": stances[1], "events": events})
    return changed


def _stance(position: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: position[name] for name in _STANCE if name in position} if position else None


def _parties_of(event: Recorded, history: Sequence[Recorded]) -> set[str]:
    # An event concerns the party that speaks in it, and the parties of the event it is about. Joins move nobody.
    if isinstance(event, Joined | Parted):
        return set()
    data = event.data or {}
    statement = data.get("statement", data)
    parties = {party_key(statement["party"]["name"])} if "party" in statement else set()
    regarding = data.get("regarding")
    return parties | (_parties_of(history[regarding - 1], history) if regarding else set())
