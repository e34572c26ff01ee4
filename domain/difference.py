"""What changed between two versions of a claim: stances and standing, and the events that made it so.

Not a difference of texts: two versions that say the same of everybody differ in
nothing but their events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.codebook import EVENT_TYPES, Amended, Clarified, Recorded, Redacted, Statement, Struck
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
    moving = _find_moving(history)
    changed = []
    for key in {**old, **new}:
        stances = [_stance(side.get(key)) for side in (old, new)]
        if stances[0] != stances[1]:
            party = (new.get(key) or old[key])["party"]
            # Who is overtaken, or is not any more, is so by what another voice said, and by what became of that.
            overtaking = {stance["overtaken_by"] for stance in stances if stance and "overtaken_by" in stance}
            events = [e.version for e in between if key in moving[e.version] or overtaking & _named(e)]
            changed.append({"party": party, "from": stances[0], "to": stances[1], "events": events})
    return changed


def _named(event: Recorded) -> set[int]:
    """Give the versions of an event and of the one that it is about."""
    return {event.version, (event.data or {}).get("regarding", event.version)}


def _stance(position: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: position[name] for name in _STANCE if name in position} if position else None


def _find_moving(history: Sequence[Recorded]) -> dict[int, set[str]]:
    """List by version whose stance each event may move: of who speaks in it, and of whose word it takes back or mends.

    Nobody is moved by an answer that another gives them, by who reads the record, by a
    slip that they mend, by a request or by a join.
    """
    moving: dict[int, set[str]] = {}
    for event in history:
        data: Payload = event.data or {}
        moving[event.version] = _find_moved(type(event), data, moving) if data else set()
        if isinstance(event, Amended) and data:
            moving[data["regarding"]] |= moving[event.version]
    return moving


def _find_moved(kind: type[Recorded], data: Payload, moving: Mapping[int, set[str]]) -> set[str]:
    if issubclass(kind, Amended):
        return moving[data["regarding"]] | _find_moved(EVENT_TYPES[data["type"]], data["statement"], moving)
    if issubclass(kind, Struck | Redacted):
        return set(moving[data["regarding"]])
    if not issubclass(kind, Statement) or kind is Clarified or data.get("grade") == "refile":
        return set()
    own = {party_key(data["party"]["name"])}
    return own | moving[data["regarding"]] if kind.takes_back else own
