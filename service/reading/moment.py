"""Which moment of the record a question is about: the present, an instant, a date or a log size.

Every moment is a log size, so that "now" and "as of" are one query; an instant resolves
to one once, and the answer names both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from domain.errors import Fault, Invalid
from domain.instants import parse_instant, write_instant
from service.store.interface import View


@dataclass(frozen=True, slots=True)
class Moment:
    """A log size, and the instant that was asked for or at which that size was reached.

    `by_clock`: that instant is the clock's, and another one when it is asked for again.
    """

    size: int
    at: str
    by_clock: bool = False


def resolve_moment(text: str, view: View, now: datetime) -> Moment:
    """Resolve what a caller wrote for `as_of`.

    A date means its end, UTC, or now if that is earlier. Raises Invalid for what is none of
    these, and for the future.
    """
    head = view.head()
    latest = max(write_instant(now), head.at)  # the record's own clock may be ahead: it never runs backwards
    if re.fullmatch(r"\d{1,18}", text, re.ASCII):
        size = int(text)
        if size > head.size:
            raise _invalid(f"The record holds {head.size} events; {size} is in the future.")
        return Moment(size, view.recorded_at(size - 1) if size else "")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        at = _end_of(text)
        if at[:10] > latest[:10]:
            raise _invalid(f"{text} is in the future.")
        if at > latest:
            return Moment(view.size_at(parse_instant(latest)), latest, by_clock=True)
    else:
        at = _instant(text)
        if at > latest:
            raise _invalid(f"{at} is in the future; it is {latest} now.")
    return Moment(view.size_at(parse_instant(at)), at)


def resolve_start(text: str) -> datetime:
    """Resolve what a caller wrote for "since": an instant, or a date, which means its start, UTC."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return datetime.combine(date.fromisoformat(text), time.min, UTC)
        return parse_instant(text.replace(" ", "+"))
    except ValueError:
        detail = f"{text!r} is no instant and no date. Write 2026-01-31T09:30:00Z or 2026-01-31."
        raise Invalid([Fault("updated_since", detail)]) from None


def _end_of(text: str) -> str:
    try:
        return write_instant(datetime.combine(date.fromisoformat(text), time.max, UTC))
    except ValueError:
        raise _invalid(f"There is no day {text}.") from None


def _instant(text: str) -> str:
    try:
        return write_instant(
            parse_instant(text.replace(" ", "+"))
        )  # a + that was not percent-encoded arrives as a blank
    except ValueError:
        raise _invalid(
            f"{text!r} is no moment. Write an instant (2026-01-31T09:30:00Z), a date (2026-01-31, its end in UTC), "
            "or a log size (812)."
        ) from None


def _invalid(detail: str) -> Invalid:
    return Invalid([Fault("as_of", detail)])
