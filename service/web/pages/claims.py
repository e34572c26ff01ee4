"""Lists of claims: each claim one readable row, filters as plain fields, saved by address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request

from domain.errors import NotFound
from domain.party import party_key
from service.formats.feeds import ATOM, JSON_FEED
from service.reading.lists import PageOfClaims
from service.reading.reads import Answer
from service.web.addresses import to_question, to_uuid
from service.web.endpoint import claim_of, same_address_with, timeline
from service.web.pages.fragments import Fragment
from service.web.pages.hits import find_hits
from service.web.pages.rendering import answer_page, find_parts
from service.web.pages.suggestions import find_unknown
from service.web.pages.voices import NAMED, find_said, read_said, tell_positions

Json = Mapping[str, Any]


def show_list(*, format: str, **asked: Any) -> Response:  # noqa: A002, ARG001 - the parameter's name; a page is one form
    """Show a page of claims with the filters that made it."""
    if "party" in asked:
        asked["party"] = [party_key(name) or name for name in asked["party"]]
    read = timeline().list_claims(question=to_question(asked))
    as_of = str(read.size) if "as_of" in asked else None
    return answer_page(
        "claims.html",
        log_size=read.log_size,
        cited=read.size if "as_of" in asked else None,
        unknown=[] if read.claims else [*find_unknown(asked)],
        rows=draw_rows(read, "h2", asked.get("q"), as_of=as_of),
        aspects_of=[*_find_named(asked.get("aspect_of", ()), as_of)],
        asked=asked,
        moment=None if as_of is None else {"at": read.at, "log_size": as_of},
        following=following(read),
        alternates=_alternates(asked),
    )


def _find_named(ids: Iterable[str], as_of: str | None) -> Iterator[Json]:
    """Find the wordings of the claims that a list was asked for by, as of its moment; of what is none nothing."""
    for id_ in ids:
        try:
            claim = claim_of(to_uuid(id_), as_of=as_of)
        except NotFound:
            continue
        yield {"id": claim["id"], "text": claim["text"], "lang": claim["lang"], "as_of": as_of}


def following(read: Answer) -> str | None:
    """Give the address of the page after this one."""
    parameters = read.links.get("next")
    return None if parameters is None else same_address_with(parameters)


def draw_rows(read: PageOfClaims, heading: str, q: str | None = None, as_of: str | None = None) -> Fragment | None:
    """Draw the claims of a page of a list, a row each; None where there is none."""
    if not read.claims:
        return None
    parts = find_parts()

    def make() -> dict[str, Any]:
        with timeline().expecting(read.log_size):  # a redaction that is known there is in what is told of it, too
            return {"rows": draw()}

    def draw() -> list[Fragment]:
        claims = _Parsed(read.claims)
        places = range(len(read.claims))
        hits = find_hits([claims[n] for n in places], q, read.size) if q else [{}] * len(places)

        def find(places: Sequence[int]) -> list[list[str]]:
            plain = {claims[n]["id"] for n in places if read.plain[n]}
            return find_said([claims[n] for n in places], NAMED, plain)

        # As a claim stands now, whatever mends what was said there makes it another text; as it stood, it may not.
        said = find(places) if as_of else [[]] * len(places)
        beside = [orjson.dumps([heading, as_of, *more]) for more in zip(hits, said, strict=True)]

        def tell(missing: Sequence[int]) -> Iterator[tuple[Json, str]]:
            known = [said[n] for n in missing] if as_of else find(missing)
            rows = (row_of(claims[n], of) for n, of in zip(missing, known, strict=True))
            return (({**row, **hits[n], "as_of": as_of}, heading) for n, row in zip(missing, rows, strict=True))

        made_from = (more + text.encode() for more, text in zip(beside, read.claims, strict=True))
        return parts.draw("macros.html", "row", made_from, tell)

    # What was said of these claims is the same as long as the record is.
    size = str(read.log_size) if q or as_of else ""
    return parts.find("_rows.html", (heading, as_of or "", q or "", size, *read.claims), make)


class _Parsed(dict[int, Json]):
    """Claims by their places, each parsed when it is asked for."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def __missing__(self, place: int) -> Json:
        claim: Json = orjson.loads(self._texts[place])
        self[place] = claim
        return claim


def find_rows(claims: Sequence[Json]) -> list[dict[str, Any]]:
    """Say who stands where on claims, a row each."""
    return [row_of(claim, said) for claim, said in zip(claims, find_said(claims, NAMED), strict=True)]


def row_of(claim: Json, said: Sequence[str]) -> dict[str, Any]:
    """Say who stands where on a claim, by stance, with what was said there as it is stored."""
    stances: dict[str, list[Json]] = {}
    for position in (tell_positions(claim, read_said(claim, said)) if said else claim)["positions"]:
        stances.setdefault(position["stance"], []).append(position)
    return {"claim": claim, "stances": stances}


def _alternates(asked: Json) -> list[tuple[str, str, str]]:
    query = ask_all(asked)
    return [
        ("JSON", "application/json", f"/claims.json{query}"),
        ("CSV", "text/csv", f"/claims.csv{query}"),
        *name_feeds("/claims", query),
    ]


def ask_same() -> str:
    """Write the question of this request as it came, `?` first; nothing where nothing was asked."""
    query = request.query_string.decode()
    return f"?{query}" if query else ""


def ask_all(asked: Json) -> str:
    """Write the question, `?` first, for all of what a page is a page of; nothing where nothing was asked."""
    told = [(name, _write(value)) for name, value in asked.items() if name not in {"limit", "cursor"}]
    return f"?{urlencode(told, doseq=True)}" if told else ""


def _write(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def name_feeds(path: str, query: str = "") -> list[tuple[str, str, str]]:
    """Name the feeds of a list, as what a page leads to beside itself."""
    atom = ATOM.split("; ", maxsplit=1)[0]
    return [("Atom", atom, f"{path}.atom{query}"), ("JSON Feed", JSON_FEED, f"{path}.feed{query}")]
