"""The home page and lists of claims: each claim one readable row, filters as plain fields, saved by address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request

from domain.party import party_key
from service.feeds import ATOM, JSON_FEED
from service.lists import ListQuestion, PageOfClaims
from service.reads import Answer
from service.web.addresses import to_question
from service.web.endpoint import timeline
from service.web.pages.fragments import Fragment
from service.web.pages.rendering import answer_page, find_parts

NEWEST = 15
NEWEST_CORRECTIONS = 5
Json = Mapping[str, Any]


def show_home() -> Response:
    """Show what moved last, and the newest corrections."""
    read = timeline().list_claims(question=ListQuestion(limit=NEWEST))
    return answer_page(
        "home.html",
        log_size=read.log_size,
        rows=_rows(read, "h3"),
        corrections=timeline().tell_corrections(limit=NEWEST_CORRECTIONS),
        asked={},
        alternates=[("JSON", "application/json", "/claims.json"), *_feeds("/claims", "")],
    )


def show_list(*, format: str, **asked: Any) -> Response:  # noqa: A002, ARG001 - the parameter's name; a page is one form
    """Show a page of claims with the filters that made it."""
    if "party" in asked:
        asked["party"] = [party_key(name) or name for name in asked["party"]]
    read = timeline().list_claims(question=to_question(asked))
    return answer_page(
        "claims.html",
        log_size=read.log_size,
        rows=_rows(read, "h2"),
        asked=asked,
        following=following(read),
        alternates=_alternates(asked),
    )


def following(read: Answer) -> str | None:
    """Give the address of the page after this one."""
    parameters = read.links.get("next")
    if parameters is None:
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in parameters]
    return f"{request.path}?{urlencode([*kept, *parameters.items()])}"


def _rows(read: PageOfClaims, heading: str) -> Fragment | None:
    if not read.claims:
        return None
    parts = find_parts()

    def draw(text: str) -> Fragment:
        made_from = f"{heading} {text}".encode()
        return parts.draw("macros.html", "row", made_from, lambda: (row_of(orjson.loads(text)), heading))

    return parts.find("_rows.html", (heading, *read.claims), lambda: {"rows": [draw(text) for text in read.claims]})


def row_of(claim: Json) -> dict[str, Any]:
    """Say who denies, who affirms, who is silent and who only asserts, by a claim's positions."""
    stances: dict[str, list[Json]] = {"denies": [], "affirms": [], "silent": [], "asserts": [], "withdrawn": []}
    for position in claim["positions"]:
        stance = "silent" if position["stance"] in {"withholds", "evades"} else position["stance"]
        stances[stance].append(position)
    return {"claim": claim, "stances": stances}


def _alternates(asked: Json) -> list[tuple[str, str, str]]:
    told = [(name, value) for name, value in asked.items() if name not in {"limit", "cursor"}]
    query = urlencode([(name, _write(value)) for name, value in told], doseq=True)
    query = f"?{query}" if query else ""
    return [
        ("JSON", "application/json", f"/claims.json{query}"),
        ("CSV", "text/csv", f"/claims.csv{query}"),
        *_feeds("/claims", query),
    ]


def _write(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _feeds(path: str, query: str) -> list[tuple[str, str, str]]:
    atom = ATOM.split("; ", maxsplit=1)[0]
    return [("Atom", atom, f"{path}.atom{query}"), ("JSON Feed", JSON_FEED, f"{path}.feed{query}")]
