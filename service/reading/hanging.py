"""What hangs: requests for comment past their deadline, and parties that have withheld for some days.

Kept with each append (`service.store.hanging`), so that it is right when it is asked for,
and a page of it costs a page. Everything comes to hang at one moment, `hangs_since`: a
request at its deadline, a silence the days after it was recorded. Newest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from domain.errors import Fault, Invalid
from domain.instants import parse_instant, write_instant
from domain.party import describe_party
from service.formats.feeds import LONGEST_TITLE, Entry
from service.reading.cursors import digest, read_cursor, write_cursor
from service.reading.moment import Moment
from service.reading.reads import Answer
from service.store.hanging import HangingRow
from service.store.interface import View
from service.telling.wording import STANCES, in_one_line, tell_standing

DAYS = 7
MOST_DAYS = 3_650
_NEVER = write_instant(datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class HangingQuestion:
    """Which page of what hangs; a party that withholds hangs once it has for so many days."""

    days: int = DAYS
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Hangs:
    """One thing that hangs since `hangs_since`; `since` is the deadline, or when the silence was recorded."""

    hangs_since: str
    claim: str
    version: int
    since: str
    why: str


def list_hanging(view: View, question: HangingQuestion, now: datetime) -> Answer:
    """Give a page of what hangs; all pages are of the moment of the first."""
    bound_to = digest(["hanging", question.days])
    size = view.head().size
    moment, before = Moment(size, write_instant(now)), Hangs(write_instant(now), "", 0, "", "")
    if question.cursor is not None:
        place, moment = read_cursor(question.cursor, bound_to, size, str)
        before = _read_place(place)
    found = find_hanging(view, question.days, before, question.limit + 1)
    page, more = found[: question.limit], len(found) > question.limit
    last = page[-1] if page else before
    cursor = write_cursor(f"{last.hangs_since} {last.claim} {last.version}", moment, bound_to) if more else None
    body = {"hanging": [_describe(view, hangs) for hangs in page], "days": question.days, "next": cursor}
    return Answer(orjson.dumps(body).decode(), size, links={"next": {"cursor": cursor}} if cursor else {})


def find_hanging(view: View, days: int, before: Hangs, limit: int) -> list[Hangs]:
    """Find what came to hang before a place in the list, newest first."""
    wait = timedelta(days=days)
    earlier = write_instant(parse_instant(before.hangs_since) - wait)
    asked = view.hanging.newest(
        "asked", before=HangingRow(before.hangs_since, before.claim, before.version), limit=limit
    )
    silent = view.hanging.newest("withholds", before=HangingRow(earlier, before.claim, before.version), limit=limit)
    found = [Hangs(row.at, row.claim, row.version, row.at, "overdue") for row in asked]
    for row in silent:
        since = write_instant(parse_instant(row.at) + wait)
        found.append(Hangs(since, row.claim, row.version, row.at, "withholds"))
    found.sort(key=lambda hangs: (hangs.hangs_since, hangs.claim, hangs.version), reverse=True)
    return found[:limit]


@dataclass(frozen=True, slots=True)
class Awaited:
    """An answer that a desk waits for: who was asked in event `version` of a claim, what, how, and until when."""

    claim: Mapping[str, Any]
    version: int
    request: Mapping[str, Any]
    deadline: str


def find_awaited(view: View, limit: int) -> list[Awaited]:
    """Find open requests for comment, the one whose deadline is or was the earliest first."""
    rows = view.hanging.oldest("asked", before=_NEVER, after=None, limit=limit)
    return [Awaited(_body(view, row.claim), row.version, _request(view, row), row.at) for row in rows]


def tell_hanging(view: View, days: int, limit: int, now: datetime, base: str) -> list[Entry]:
    """Make the entries of what came to hang last; each tells of its moment, and never changes."""
    found = find_hanging(view, days, Hangs(write_instant(now), "", 0, "", ""), limit)
    return [_tell(view, hangs, days, base) for hangs in found]


def _read_place(place: str) -> Hangs:
    try:
        at, claim, version = place.split(" ")
        number = int(version) if len(version) < 10 else 0  # noqa: PLR2004 - versions have at most nine digits
        return Hangs(write_instant(parse_instant(at)), claim, number, "", "")
    except ValueError as error:  # a cursor that somebody made up
        raise Invalid([Fault("cursor", "This cursor is not one of this list. Start again without it.")]) from error


def _tell(view: View, hangs: Hangs, days: int, base: str) -> Entry:
    body = _body(view, hangs.claim, hangs.version)
    party = in_one_line(_party(view, hangs)["name"])
    if hangs.why == "overdue":
        sentence = f"{party} was asked for comment and has not answered by {hangs.since}."
    else:
        sentence = f"{party} {STANCES['withholds']}, and has not for {days} days."
    text = in_one_line(body["text"])
    return Entry(
        id=f"{base}claims/{hangs.claim}/events/{hangs.version}#hangs",
        title=in_one_line(f"{sentence} {text}", LONGEST_TITLE),
        summary=sentence,
        content="\n".join([sentence, f"Claim: {text}", f"Standing by then: {tell_standing(body)}."]),
        updated=hangs.hangs_since,
        tags=(hangs.why,),
    )


def _describe(view: View, hangs: Hangs) -> dict[str, Any]:
    body = _body(view, hangs.claim)
    return {
        "why": hangs.why,
        "claim": hangs.claim,
        "version": hangs.version,
        "text": body["text"],
        "standing": body["standing"],
        "party": _party(view, hangs),
        "since": hangs.since,
        "hangs_since": hangs.hangs_since,
    }


def _party(view: View, hangs: Hangs) -> dict[str, Any]:
    if hangs.why == "overdue":
        return describe_party(_request(view, hangs)["party"])
    # As it was named when it fell silent; a statement that came to make its position only later has none there.
    for body in (_body(view, hangs.claim, hangs.version), _body(view, hangs.claim)):
        for position in body["positions"]:
            if position["since"] == hangs.version:
                party: dict[str, Any] = position["party"]
                return party
    raise LookupError(f"nobody's position on {hangs.claim} is made by event {hangs.version}")


def _request(view: View, hangs: Hangs | HangingRow) -> dict[str, Any]:
    (state,) = view.history(hangs.claim, after=hangs.version - 1, upto=hangs.version, limit=1)
    request: dict[str, Any] = orjson.loads(state)["data"]
    return request


def _body(view: View, claim: str, version: int | None = None) -> dict[str, Any]:
    row = view.claim_version(claim, version=version)
    body: dict[str, Any] = orjson.loads(row.body) if row else {}
    return body
