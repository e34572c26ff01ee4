"""The corrections page of the record: every event that mends, takes back or erases another, newest first.

What fact-checkers' codes ask for: errors of our record (`amended`, `struck`, `redacted`)
and of those who spoke (`corrected`, `retracted`), in one place.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from service.feeds import Happening
from service.reads import Answer
from service.store.interface import View


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
        happenings.append(Happening(event, orjson.loads(row.body)["text"] if row else ""))
    return happenings
