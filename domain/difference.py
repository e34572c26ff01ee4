"""What changed between two versions of a claim: stances and standing, and the events that made it so.

Not a difference of texts: two versions that say the same of everybody differ in
nothing but their events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.codebook import Amended, Joined, Parted, Recorded
from domain.instants import write_instant
from domain.party import party_key
from domain.reading import read_history
from domain.standing import describe_claim
from domain.statement import Payload

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
    concerned = _find_concerned(history)
    changed = []
    for key in {**old, **new}:
        stances = [_stance(side.get(key)) for side in (old, new)]
        if stances[0] != stances[1]:
            party = (new.get(key) or old[key])["party"]
            # Who is overtaken, or is not any more, is so by what another voice said.
            overtaking = {stance["overtaken_by"] for stance in stances if stance and "overtaken_by" in stance}
            parties = {key}.union(*(concerned[version] for version in overtaking))
            events = [event.version for event in between if parties & concerned[event.version]]
            changed.append({"party": party, "from": stances[0], "to": stances[1], "events": events})
    return changed


def _stance(position: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: position[name] for name in _STANCE if name in position} if position else None


def _find_concerned(history: Sequence[Recorded]) -> dict[int, set[str]]:
    """List by version whom each event concerns: who speaks in it, as amended too, and those of the events it is about.

    Joins move nobody.
    """
    concerned: dict[int, set[str]] = {}
    for event in history:
        data: Payload = {} if event.data is None or isinstance(event, Joined | Parted) else event.data
        told = (data, data.get("statement", {}))
        parties = {party_key(one["party"]["name"]) for one in told if "party" in one}
        about = [one["regarding"] for one in told if "regarding" in one]
        concerned[event.version] = parties.union(*(concerned[version] for version in about))
        if isinstance(event, Amended) and data:
            concerned[data["regarding"]] |= parties
    return concerned
