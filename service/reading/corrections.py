"""The corrections page of the record: every event that mends, takes back or erases another, newest first.

What fact-checkers' codes ask for: errors of our record (`amended`, `struck`, `redacted`)
and of those who spoke (`corrected`, `retracted`), in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from service.formats.feeds import Happening, Reading, find_reading, note_reading
from service.reading.reads import Answer
from service.store.interface import View
from service.telling.wording import find_regarded


def read_corrections(view: View, before: int | None, limit: int) -> Answer:
    """List corrections, newest first, from before a position; `next` is where the page after this one starts."""
    size = view.head().size
    placed = view.corrections(size if before is None else before, limit + 1)
    page, more = placed[:limit], len(placed) > limit
    listed = ",".join(f'{{"position":{position},"event":{state}}}' for position, state in page)
    following = page[-1][0] if more else None
    body = f'{{"corrections":[{listed}],"next":{orjson.dumps(following).decode()}}}'
    return Answer(body, size, links={"next": {"before": str(following)}} if more else {})


def find_happenings(view: View, states: Iterable[str]) -> list[Happening]:
    """Put to each stored event, of whatever claim, the claim's text as it was worded by then."""
    happenings = []
    for event in map(orjson.loads, states):
        row = view.claim_version(event["claim"], version=event["version"])
        happenings.append(Happening(event, orjson.loads(row.body)["text"] if row else "", find_about(view, event)))
    return happenings


def find_latest(view: View, claims: Iterable[Mapping[str, Any]]) -> list[Happening]:
    """Find the event that made each of some claims what it is; the text of one that is not told is none."""
    happenings = []
    for claim in claims:
        version = claim["version"]
        [state] = view.history(claim["id"], after=version - 1, upto=version, limit=1)
        event = orjson.loads(state)
        happenings.append(Happening(event, claim.get("text", ""), find_about(view, event)))
    return happenings


def find_about(view: View, event: Mapping[str, Any]) -> Reading | None:
    """Find how what an event mends, takes back or clarifies read before it; None where that is not there."""
    regarded, reads = find_regarded(event["type"], event.get("data") or {}), dict[int, Reading]()
    if regarded is None:
        return None
    before = {event["claim"]: (event["version"] - 1, [regarded])}
    for state in view.mended_events(before)[event["claim"]]:
        note_reading(reads, orjson.loads(state))
    return find_reading(reads, event)
