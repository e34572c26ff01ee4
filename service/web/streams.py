"""Whole lists over HTTP, as CSV and NDJSON, at constant memory.

Both end in a trailer that only a complete answer has, since an answer that was cut off
looks like any other. Cells that a spreadsheet would take for a formula are guarded.
A thread of the server gives each, as slowly as it is read, and nothing ends one that nobody
reads: so few are given at once that most threads stay free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from flask import Flask, Response, request

from service.errors import TooManyRequests
from service.formats.table import LOGGED, tell_logged, write_row
from service.reading.cursors import digest
from service.reading.feed import FeedQuestion
from service.reading.lists import Stream
from service.reading.parties import PartiesQuestion, PartyQuestion
from service.reading.reads import Answer
from service.web import parameters
from service.web.addresses import base_url, to_question
from service.web.endpoint import Endpoint, answer_unless_known, timeline
from service.web.formats import CSV, NDJSON, name_all_forms, name_forms_and_tables, name_forms_of_list
from service.web.places import keep_places, one_place

Json = Mapping[str, Any]
_LISTS, _FULL = "whole lists", ("too_many_requests",)
PAGE = parameters.LONGEST_PAGE  # rows in memory
_STANCES = ("affirms", "denies", "withholds", "asserts")


@dataclass(frozen=True, slots=True)
class Whole:
    """A list that is given whole: what its rows are, all of them, and how one reads as cells under these columns."""

    rows: str
    stream: Callable[..., Stream]
    columns: Sequence[str]
    tell: Callable[[Json, str], Iterable[object]]  # is given the address of this record, too


def _write_csv(whole: Whole, rows: Iterator[str], host: str) -> Iterator[str]:
    yield write_row(whole.columns)
    count = 0
    for row in rows:
        count += 1
        yield write_row(whole.tell(orjson.loads(row), host))
    yield f"# complete {count}\r\n"


def _write_ndjson(whole: Whole, rows: Iterator[str], _host: str) -> Iterator[str]:
    count = 0
    for row in rows:
        count += 1
        yield row + "\n"
    yield f'{{"complete":true,"{whole.rows}":{count}}}\n'


def _all_claims(**asked: Any) -> Stream:
    return timeline().stream_claims(question=to_question(asked))


def _tell_claim(claim: Json, host: str) -> Iterable[object]:
    names: dict[str, list[str]] = {stance: [] for stance in _STANCES}
    for position in claim["positions"]:
        names.get(position["stance"], []).append(position["party"]["name"])
    yield from (str(claim[name]) for name in CLAIMS.columns[:6])
    yield from ("; ".join(names[stance]) for stance in _STANCES)
    yield from (claim["origins"], f"{host}claims/{claim['id']}")


def _all_parties(**asked: Any) -> Stream:
    record = timeline()

    def ask(**page: str) -> Answer:
        return record.list_parties(question=PartiesQuestion(**asked, **page, limit=PAGE))

    return _walk(ask, "parties")


def _tell_party(party: Json, host: str) -> Iterable[object]:
    others = "; ".join(other["name"] for other in party.get("also_known_as", ()))
    return (*(party.get(name) for name in PARTIES.columns[:6]), others, f"{host}parties/{quote(party['key'])}")


def _all_positions(**asked: Any) -> Stream:
    record = timeline()

    def ask(**page: str) -> Answer:
        return record.get_party(question=PartyQuestion(**asked, **page, limit=PAGE))

    return _walk(ask, "positions")


def _tell_position(position: Json, host: str) -> Iterable[object]:
    cells = {**position, "partial": str(position["partial"]).lower()}
    return (*(cells.get(name) for name in POSITIONS.columns[:-1]), f"{host}claims/{position['claim']}")


def _all_corrections() -> Stream:
    record = timeline()

    def ask(before: str | None = None) -> Answer:
        return record.get_corrections(before=None if before is None else int(before), limit=PAGE)

    return _walk(ask, "corrections")


def _all_events(**asked: Any) -> Stream:
    record = timeline()
    size = record.log_size()

    def ask(after: str = "-1") -> Answer:
        return record.feed.read(FeedQuestion(after=int(after), limit=PAGE, size=size, **asked))

    return _walk(ask, "events")


def _tell_event(placed: Json, host: str) -> Iterable[object]:
    told = tell_logged(placed["event"], host)
    return (placed["position"], *(told.get(name) for name in LOGGED))


def _walk(ask: Callable[..., Answer], rows: str) -> Stream:
    """Give all rows of a list that comes in pages, each of the moment that the first of them is of."""
    first, record = ask(), timeline()
    moment = orjson.loads(first.body).get("as_of") or {"log_size": first.log_size}

    def walk() -> Iterator[str]:
        read: Answer | None = first
        while read is not None:
            yield from (orjson.dumps(row).decode() for row in orjson.loads(read.body)[rows])
            following = read.links.get("next")
            with record.expecting(first.log_size):
                read = None if following is None else ask(**following)

    # Whatever was recorded since may have been a redaction, which reaches every earlier answer.
    asked = sorted(request.args.items(multi=True))
    return Stream(moment["log_size"], digest([request.path, asked, first.log_size]), walk())


_OF_CLAIM = ("id", "text", "standing", "version", "opened_at", "updated_at", *_STANCES, "origins", "url")
CLAIMS = Whole("claims", _all_claims, _OF_CLAIM, _tell_claim)
_OF_PARTY = ("key", "name", "kind", "country", "statements", "claims", "also_known_as", "url")
PARTIES = Whole("parties", _all_parties, _OF_PARTY, _tell_party)
_OF_POSITION = ("claim", "text", "stance", "partial", "since", "overtaken_by", "url")
POSITIONS = Whole("positions", _all_positions, _OF_POSITION, _tell_position)
CORRECTIONS = Whole("corrections", _all_corrections, ("position", *LOGGED), _tell_event)
EVENTS = Whole("events", _all_events, ("position", *LOGGED), _tell_event)


def give_few(app: Flask, places: int) -> None:
    """Have an application give so many whole lists at once, and one at least."""
    keep_places(app, _LISTS, places)


def _give(lines: Iterator[str], place: ExitStack) -> Iterator[str]:
    with place:
        yield from lines


def _endpoint(whole: Whole, suffix: str, path: str, summary: str, **more: Any) -> Endpoint:
    content_type, write, named, trailer = _FORMS[suffix]

    def call(**asked: Any) -> Response:
        with ExitStack() as place:
            full = TooManyRequests("Many whole lists are being given just now. Ask again in a minute.", retry_after=60)
            place.enter_context(one_place(_LISTS, full))
            stream, host = whole.stream(**asked), base_url()
            lines = _give(write(whole, stream.rows, host), kept := place.pop_all())
            response = answer_unless_known(lines, content_type, digest([stream.state, host]))
            response.call_on_close(kept.close)
            if response.status_code != HTTPStatus.OK:
                kept.close()
        response.headers["Log-Size"] = str(stream.size)
        return response

    call.__name__ = f"all_{whole.rows}_{suffix}"
    answered: Mapping[int, Any] = {200: (None, trailer.replace("rows", whole.rows))}
    more = {"content_type": content_type, "problems": _FULL, **more}
    return Endpoint("GET", f"{path}.{suffix}", f"{summary}, {named}", call, answered, **more)


def _endpoints(suffix: str) -> tuple[Endpoint, ...]:
    events = {"query": parameters.EventFilterSchema, "link": name_all_forms}
    unknown = ("not_found", "not_yet_known")
    party = {"query": parameters.PartyQuerySchema, "link": name_all_forms, "problems": (*unknown, *_FULL)}
    parties = {"query": parameters.PartiesFilterSchema, "link": name_forms_and_tables}
    claims = {"query": parameters.FilterSchema, "link": name_forms_of_list}
    return (
        _endpoint(CLAIMS, suffix, "/claims", "All claims that answer", **claims),
        _endpoint(PARTIES, suffix, "/parties", "All parties that answer", **parties),
        _endpoint(POSITIONS, suffix, "/parties/{key}", "All positions of a party", **party),
        _endpoint(EVENTS, suffix, "/events", "All events that answer", **events),
        _endpoint(CORRECTIONS, suffix, "/corrections", "All corrections", link=name_all_forms),
    )


_FORMS = {
    "csv": (CSV, _write_csv, "as CSV", "Ends in `# complete n`."),
    "ndjson": (NDJSON, _write_ndjson, "one a line", 'The last line is {"complete":true,"rows":n}.'),
}
ENDPOINTS = (*_endpoints("csv"), *_endpoints("ndjson"))
