"""The whole record in log order, resumable, and the wait for what comes next.

A page looks at a bounded stretch of the log; `next` is the last position it looked at,
also where filters left everything out, so that a consumer that comes back with it
meets every event once, in order.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import islice

import orjson

from domain.party import party_key
from service.formats.feeds import Happening
from service.reading.corrections import find_happenings
from service.reading.parties import expand_keys
from service.reading.reads import Answer
from service.store.interface import View

LOOKED_AT = 2_000  # events, at most, for a page that filters
LONGEST_WAIT = 20  # seconds
_POLL = 0.5  # seconds between looks for what other processes recorded; ours wake the wait at once


@dataclass(frozen=True, slots=True)
class FeedQuestion:
    """Which events: after a position, of these types, in which one of these parties or countries speaks.

    A party is meant with all names that are joined to it when the page is read, or at the log size that is asked of.
    """

    after: int = -1
    limit: int = 100
    size: int | None = None  # of the record as it was, else as it is
    types: Sequence[str] = ()
    party: Sequence[str] = ()
    country: Sequence[str] = ()

    @property
    def filters(self) -> bool:
        """Tell whether anything may be left out."""
        return bool(self.types or self.party or self.country)

    @property
    def stretch(self) -> int:
        """Tell how many events a page looks at, at most."""
        return LOOKED_AT if self.filters else self.limit


class Feed:
    """The feed of one store, for as many consumers as there is room for."""

    def __init__(self, reading: Callable[[], AbstractContextManager[View]], *, waiters: int) -> None:
        """Look at the record through `reading`; at most so many requests wait at once, so that others never starve."""
        self._reading = reading
        self._room = threading.BoundedSemaphore(max(1, waiters))
        self._grown = threading.Condition()

    def announce(self) -> None:
        """Wake those who wait: something was recorded."""
        with self._grown:
            self._grown.notify_all()

    def read(self, question: FeedQuestion, wait: float = 0) -> Answer:
        """Give a page; where it would be empty, wait up to so many seconds, if there is room to wait."""
        page = self._page(question)
        if page.found or not wait or not self._room.acquire(blocking=False):
            return page.answer
        try:
            deadline = time.monotonic() + min(wait, LONGEST_WAIT)
            while not page.found and (left := deadline - time.monotonic()) > 0:
                if not page.more:
                    with self._grown:
                        self._grown.wait(min(left, _POLL))
                page = self._page(replace(question, after=page.last))
        finally:
            self._room.release()
        return page.answer

    def tell_newest(self, question: FeedQuestion) -> list[Happening]:
        """Give the newest events that answer, each with its claim's text as it was worded by then.

        Where a question leaves events out, those that answer are looked for among the newest 2,000 of the record.
        """
        with self._reading() as view:
            return find_happenings(view, _find_newest(view, question))

    def _page(self, question: FeedQuestion) -> _Page:
        with self._reading() as view:
            return _read_page(view, question)


@dataclass(frozen=True, slots=True)
class _Page:
    answer: Answer
    found: bool
    last: int  # the last position looked at
    more: bool  # there was more to look at when the page was read


def _read_page(view: View, question: FeedQuestion) -> _Page:
    size = view.head().size if question.size is None else question.size
    stretch = max(0, min(question.stretch, size - question.after - 1))
    shown: list[str] = []
    last = question.after
    question = _with_joined(view, question, size)
    for position, state in view.events_from(question.after + 1, stretch):
        last = position
        if _answers(state, question):
            shown.append(f'{{"position":{position},"event":{state}}}')
            if len(shown) == question.limit:
                break
    more = last + 1 < size
    upto = "null" if last < 0 else str(last)
    body = f'{{"events":[{",".join(shown)}],"next":{upto},"log_size":{size}}}'
    links = {"next": {"after": str(last)}} if more else {}
    return _Page(Answer(body, size, links=links), bool(shown), last, more)


def _find_newest(view: View, question: FeedQuestion) -> list[str]:
    size = view.head().size
    question = _with_joined(view, question, size)
    looked_at = [state for _, state in view.events_from(max(0, size - question.stretch), question.stretch)]
    found = (state for state in reversed(looked_at) if _answers(state, question))
    return list(islice(found, question.limit))


def _with_joined(view: View, question: FeedQuestion, size: int) -> FeedQuestion:
    return replace(question, party=expand_keys(view, question.party, size))


def _answers(state: str, question: FeedQuestion) -> bool:
    if not question.filters:
        return True
    event = orjson.loads(state)
    if question.types and event["type"] not in question.types:
        return False
    if not question.party and not question.country:
        return True
    party = _speaker_of(event.get("data"))
    if party is None:
        return False
    in_party = not question.party or party_key(party["name"]) in question.party
    return in_party and (not question.country or party.get("country") in question.country)


def _speaker_of(data: object) -> dict[str, str] | None:
    # Who speaks, reads or is asked: of an amendment, who does in the statement as amended.
    if not isinstance(data, dict):
        return None
    told = data.get("statement", data)
    party: dict[str, str] | None = told.get("party") or told.get("by")
    return party if isinstance(party, dict) else None
