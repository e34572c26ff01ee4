"""Look again at the pages that recent statements were read on, and record that one changed or is gone.

Off unless an operator asks for it. Each page is looked at once a day, and again after an
hour where it was not as it was known: only what is found twice in a row is recorded, for
each statement that was read there, as `source_changed`. A page that reads otherwise at
every look (a clock, a list of what is new) is restless: of that it is only told whether it
is there. Like everything the service records, it is recorded once, whoever looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from threading import Event
from typing import Any
from uuid import UUID

import orjson

from domain.claim import Claim
from domain.codebook import STATEMENTS
from domain.errors import RuleBroken
from domain.instants import write_instant
from service.jobs.pages_fetcher import GONE, NOT_MODIFIED, Page, PageFetcher
from service.recording.ledger import MAPPER, Item
from service.store.interface import View
from service.store.watched import WatchedRow
from service.timeline import Asked, Timeline
from service.tokens import SCHEDULER, Actor

RECENT = timedelta(days=30)
AGAIN, IN_DOUBT = timedelta(days=1), timedelta(hours=1)
FORGOTTEN = timedelta(days=60)
MOST_PAGES = 200  # a run; the others have their turn with the next
_STRETCH = 1_000  # events looked through at once
_ABSENT = "absent"  # in the place of a digest
_ACTOR = Actor(SCHEDULER, "reporter")

Place = tuple[str, int]  # a statement: its claim and version


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a page now, and the change that is to be recorded, if any."""

    row: WatchedRow
    change: str | None = None


def watch_sources(timeline: Timeline, fetcher: PageFetcher, stopping: Event) -> tuple[int, int]:
    """Look at the pages that are due; answers how many were looked at, and how many changes were recorded."""
    now = timeline.now()
    looked, recorded = 0, 0
    for row, url, places in list(islice(_find_due(timeline, now), MOST_PAGES)):
        page = fetcher.fetch(url, row.etag)
        if stopping.is_set():
            break  # what was found then is not to be believed
        looked += 1
        verdict = judge(row, page, now)
        if verdict.change is not None:
            told: dict[str, Any] = {"status": page.status} if page else {}
            if page and page.digest:
                told["sha256"] = page.digest
            recorded += sum(_record(timeline, place, url, verdict, told) for place in places)
        with timeline.store.writing() as transaction:
            transaction.watched.save(verdict.row)
    with timeline.store.writing() as transaction:
        transaction.watched.forget(write_instant(now - FORGOTTEN))
    return looked, recorded


def judge(row: WatchedRow, page: Page | None, now: datetime) -> Verdict:
    """Judge a page by what was found; None was found where nothing can be told. Nothing is believed at first sight."""
    later, soon = write_instant(now + AGAIN), write_instant(now + IN_DOUBT)
    row = replace(row, due_at=later)
    if page is None:
        return Verdict(row)
    if page.status in GONE:
        return _judge_absence(row, soon)
    seen = row.digest if page.status == NOT_MODIFIED else page.digest
    known = replace(row, digest=seen, etag=page.etag or row.etag, doubt="")
    if row.state == "gone":
        return Verdict(replace(known, state="new", changes=row.changes + 1, due_at=soon), "back")
    if not row.digest:
        return Verdict(replace(known, due_at=soon))
    return _judge_text(row, known, soon)


def _judge_absence(row: WatchedRow, soon: str) -> Verdict:
    if row.state == "gone":
        return Verdict(row)
    if row.doubt == _ABSENT:
        return Verdict(replace(row, state="gone", doubt="", changes=row.changes + 1), "gone")
    return Verdict(replace(row, doubt=_ABSENT, etag="", due_at=soon))


def _judge_text(row: WatchedRow, known: WatchedRow, soon: str) -> Verdict:
    seen = known.digest
    if seen == row.digest:
        return Verdict(replace(known, state="steady" if row.state == "new" else row.state))
    if row.state == "steady" and row.doubt in {"", _ABSENT}:
        return Verdict(replace(row, doubt=seen, etag="", due_at=soon))
    if row.state == "steady" and row.doubt == seen:
        return Verdict(replace(known, changes=row.changes + 1), "edited")
    return Verdict(replace(known, state="restless"))


def _find_due(timeline: Timeline, now: datetime) -> Iterator[tuple[WatchedRow, str, list[Place]]]:
    """Give the pages of recent statements that are due, with the statements that were read there."""
    places = _find_places(timeline, now)
    keys = {sha256(url.encode()).hexdigest(): url for url in places}
    with timeline.store.reading() as view:
        known = view.watched.pages(keys)
    for page, url in keys.items():
        row = known.get(page) or WatchedRow(page, "", "new")
        if row.due_at <= write_instant(now):
            yield row, url, places[url]


def _find_places(timeline: Timeline, now: datetime) -> dict[str, list[Place]]:
    places: dict[str, list[Place]] = {}
    with timeline.store.reading() as view:
        position = view.size_at(now - RECENT)
    while True:
        with timeline.store.reading() as view:
            page = view.events_from(position, _STRETCH)
        for _, state in page:
            for url, place in _sources_of(orjson.loads(state)):
                places.setdefault(url, []).append(place)
        if len(page) < _STRETCH:
            return places
        position = page[-1][0] + 1


def _sources_of(event: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    data: dict[str, Any] = event.get("data") or {}
    version: int = event["version"]
    if event["type"] == "amended":
        version = data.get("regarding", 0)
        data = data.get("statement", {})
    elif event["type"] not in STATEMENTS and event["type"] != "assessed":
        return
    url = data.get("source", {}).get("url")
    if url:
        yield url.partition("#")[0], (event["claim"], version)


def _record(timeline: Timeline, place: Place, url: str, verdict: Verdict, told: dict[str, Any]) -> bool:
    """Record a change of the page a statement was read on, if it still stands with that page; tells whether it was."""
    claim, version = place
    with timeline.store.reading() as view:
        if not _is_read_on(view, claim, version, url):
            return False
    key = f"source/{claim}/{version}/{verdict.row.page[:16]}/{verdict.row.changes}"
    data = {"regarding": version, "change": verdict.change, **told}
    asked = Asked(_ACTOR, key=key, fingerprint=b"source")
    try:
        return not timeline.record(items=[Item(UUID(claim), "source_changed", data)], asked=asked).replayed
    except RuleBroken:  # struck or redacted in this very moment
        return False


def _is_read_on(view: View, claim: str, version: int, url: str) -> bool:
    events: Sequence[Any] = [MAPPER.to_domain_event(stored) for _, stored in view.placed_events(UUID(claim))]
    replayed = Claim.replay(events)
    contents = replayed.reading.contents if replayed else {}
    read = contents[version][1] if version in contents else {}
    address: str | None = read.get("source", {}).get("url")
    return address is not None and address.partition("#")[0] == url
