"""Requests for comment whose deadline passed unanswered: each is recorded as `unresponsive`, once.

It is recorded like anything else: by an actor, `scheduler`, whom no token can name, under
an idempotency key made from the request, and only on the version of the claim in which the
request was seen to be open. So whoever does this, at once or again, there is one event; and
an answer that came in between, or a redaction of the request, makes that none is recorded.
Nor is it where a later statement was erased, which may have been the answer: that request
stays overdue, for a desk to judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from threading import Event
from typing import Any
from uuid import UUID

import orjson

from domain.awaiting import may_be_answered
from domain.errors import DomainError, VersionMovedOn
from domain.instants import parse_instant, write_instant
from service.errors import OutcomeUnknown, Unavailable
from service.recording.ledger import MAPPER, Item
from service.store.hanging import HangingRow
from service.timeline import Asked, Timeline
from service.tokens import SCHEDULER, Actor

PAGE = 100  # requests looked for at once
TRIES = 10  # against others who append to the claim meanwhile; then its turn comes with the next run
_SUMMARY = "No answer came by {}, the deadline of the request."
_TOLD = re.compile(re.escape(_SUMMARY).replace(r"\{\}", r"([0-9T:.-]+Z)"))
_ACTOR = Actor(SCHEDULER, "reporter")


class NotRecorded(Exception):
    """Some requests lapsed and could not be recorded so; says which, and why."""


def find_deadline(recorded_by: str, type_: str, data: Mapping[str, Any] | None) -> str | None:
    """Find the deadline that passed, an instant, in an event that was recorded here; None in any other event."""
    ours = (recorded_by, type_) == (SCHEDULER, "unresponsive")  # no token can name that actor
    told = _TOLD.fullmatch((data or {}).get("summary", "")) if ours else None
    return told[1] if told else None


def record_lapsed(timeline: Timeline, stopping: Event) -> int:
    """Record as unanswered every request whose deadline has passed; answers how many were.

    One that is refused does not keep the others; raises NotRecorded at the end. Unavailable
    and OutcomeUnknown end it at once: the next run goes on.
    """
    now, count = timeline.now(), 0
    refused: list[str] = []
    last: HangingRow | None = None
    while not stopping.is_set():
        with timeline.store.reading() as view:
            page = view.hanging.oldest("asked", before=write_instant(now), after=last, limit=PAGE)
        for last in page:
            try:
                count += _record(timeline, last, now)
            except (Unavailable, OutcomeUnknown):
                raise
            except DomainError as error:
                refused.append(f"/claims/{last.claim}/events/{last.version}: {error.title}. {error.detail}")
        if len(page) < PAGE:
            break
    if refused:
        raise NotRecorded(f"{len(refused)} requests lapsed and were not recorded: {'; '.join(refused[:5])}")
    return count


def _record(timeline: Timeline, row: HangingRow, now: datetime) -> bool:
    """Record that one request lapsed, unless it was answered or is recorded already; tells whether it was recorded."""
    asked = Asked(_ACTOR, key=f"lapsed/{row.claim}/{row.version}", fingerprint=b"lapsed")
    if timeline.find_receipt(asked=asked) is not None:
        return False  # its `unresponsive` was struck since: a desk knows better, and is not contradicted
    for attempt in range(TRIES):
        item = _find_lapsed(timeline, row, now)
        if item is None:
            return False
        try:
            return not timeline.record(items=[item], asked=asked).replayed
        except VersionMovedOn:
            if attempt == TRIES - 1:
                raise
    return False


def _find_lapsed(timeline: Timeline, row: HangingRow, now: datetime) -> Item | None:
    with timeline.store.reading() as view:
        claim = view.claim_version(row.claim)
        body: dict[str, Any] = orjson.loads(claim.body) if claim else {"awaiting": ()}
        history = [MAPPER.to_domain_event(stored) for _, stored in view.placed_events(UUID(row.claim))]
    deadlines = {open_["version"]: parse_instant(open_["deadline"]) for open_ in body["awaiting"]}
    request = history[row.version - 1].data
    if request is None or row.version not in deadlines or deadlines[row.version] >= now:
        return None
    if may_be_answered(history, row.version):
        return None
    data = {
        "party": request["party"],
        "regarding": row.version,
        "source": {"publisher": "onrecord", "published_on": now.date().isoformat()},
        "summary": _SUMMARY.format(write_instant(deadlines[row.version])),
    }
    return Item(UUID(row.claim), "unresponsive", data, if_match=body["version"])
