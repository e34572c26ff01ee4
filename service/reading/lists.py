"""Lists of claims: which are asked for, a page of them, or all of them as a stream.

A list is answered from one log size however many pages it takes. The cursor carries
that size, so that a claim that changes meanwhile is neither missed nor met twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson

from domain.errors import Fault, Invalid
from domain.instants import write_instant
from service.reading.cursors import digest, read_cursor, write_cursor
from service.reading.moment import Moment, resolve_moment, resolve_start
from service.reading.parties import expand_keys
from service.reading.reads import Answer
from service.search_text import read_question
from service.store.finding import OPEN_END, PLAIN, ClaimQuery
from service.store.interface import View

PAGE_OF_STREAM = 500
_FIRST = datetime.min.replace(tzinfo=UTC)  # there is no instant before it


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """Which claims to list, and in which order.

    `filters` maps standing, party, country, stance, topic, track and aspect_of to the values of which
    one must hold; a stance asked for with parties or countries is theirs. `flags` maps
    reversed and single_source to what they must be.
    """

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    overdue: bool | None = None
    updated_since: str | None = None
    q: str | None = None
    sort: str | None = None
    limit: int = 50
    cursor: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class PageOfClaims(Answer):
    """A page of a list; `claims` are the texts of its claims, which its JSON holds one after the other.

    `plain` tells of each whether everybody spoke there on the record and in their own name. `size` is the log size it
    is of, `at` the instant that was asked for: an empty text where nothing had been recorded yet, None where none was.
    """

    claims: tuple[str, ...] = ()
    plain: tuple[bool, ...] = ()
    size: int = 0
    at: str | None = None


def list_claims(view: View, question: ListQuestion, now: datetime) -> PageOfClaims:
    """Give a page of claims."""
    before, moment = _start(view, question, now)
    rows = view.claim_versions(_query(view, question, moment, before, question.limit + 1))
    page = rows[: question.limit]
    cursor = write_cursor(page[-1][0], moment, _digest(question)) if len(rows) > question.limit else None
    at = None if question.as_of is None else moment.at
    told = orjson.dumps(moment.at or None).decode()  # nothing had been recorded yet: no instant
    as_of = "" if at is None else f',"as_of":{{"log_size":{moment.size},"at":{told}}}'
    claims = tuple(row.body for _, row in page)
    body = f'{{"claims":[{",".join(claims)}],"next":{orjson.dumps(cursor).decode()}{as_of}}}'
    links = {"next": {"cursor": cursor}} if cursor else {}
    plain = tuple(PLAIN in row.tags for _, row in page)
    return PageOfClaims(body, view.head().size, links=links, claims=claims, plain=plain, size=moment.size, at=at)


@dataclass(frozen=True, slots=True)
class Stream:
    """All of a list, from one log size, each as JSON; `state` is another one wherever the answer may be."""

    size: int
    state: str
    rows: Iterator[str]


def stream_claims(
    reading: Callable[[int], AbstractContextManager[View]], question: ListQuestion, now: datetime
) -> Stream:
    """Give all claims of a list, a page of memory at a time.

    `reading` opens a look at a record of a log size at the least.
    """
    with reading(0) as view:
        before, moment = _start(view, question, now)
        _query(view, question, moment, before, 1)  # a question that cannot be answered is refused before anything is
        # Whatever was recorded since may have been a redaction, which reaches every earlier answer.
        state = digest([_digest(question), moment.size, moment.at, view.head().size])

    def walk(before: int) -> Iterator[str]:
        more = True
        while more:
            with reading(moment.size) as view:
                rows = view.claim_versions(_query(view, question, moment, before, PAGE_OF_STREAM))
            yield from (row.body for _, row in rows)
            more = len(rows) == PAGE_OF_STREAM
            before = rows[-1][0] if rows else before

    return Stream(moment.size, state, walk(before))


def _start(view: View, question: ListQuestion, now: datetime) -> tuple[int, Moment]:
    if question.cursor is not None:
        return read_cursor(question.cursor, _digest(question), view.head().size, int)
    if question.as_of is not None:
        return OPEN_END, resolve_moment(question.as_of, view, now)
    head = view.head()
    # Only a deadline has to do with the present; else a list is the same as long as nothing is recorded.
    return OPEN_END, Moment(head.size, head.at if question.overdue is None else max(write_instant(now), head.at))


def _query(view: View, question: ListQuestion, moment: Moment, before: int, limit: int) -> ClaimQuery:
    filters = {name: list(values) for name, values in question.filters.items() if values}
    if "party" in filters:
        filters["party"] = expand_keys(view, filters["party"], moment.size)
    for whose in ("party", "country"):
        if "stance" in filters and whose in filters:
            filters[f"{whose}.stance"] = [f"{key} {s}" for key in filters[whose] for s in filters["stance"]]
    phrases = read_question(question.q)
    if question.sort == "relevance" and not phrases:
        raise Invalid([Fault("sort", "Only a search has a relevance: give q, or sort by updated or opened.")])
    since = _FIRST if question.updated_since is None else resolve_start(question.updated_since)
    return ClaimQuery(
        size=moment.size,
        at=moment.at,
        limit=limit,
        before=before,
        sort=question.sort or ("relevance" if phrases else "updated"),
        filters=filters | {name: ["true" if value else "false"] for name, value in question.flags.items()},
        phrases=phrases,
        updated_from=0 if since == _FIRST else view.size_at(since - timedelta(microseconds=1)),
        overdue=question.overdue,
    )


def _digest(question: ListQuestion) -> str:
    filters = {name: sorted(values) for name, values in question.filters.items()}
    asked = [filters, dict(question.flags), question.overdue, question.updated_since, question.q, question.sort]
    return digest([*asked, question.as_of])
