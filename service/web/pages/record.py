"""The record in its own order, and what mended it: the corrections page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request

from service.feed import FeedQuestion
from service.web.endpoint import timeline
from service.web.pages.claims import following
from service.web.pages.rendering import answer_page
from service.web.pages.story import Told, read_story

Json = Mapping[str, Any]


def show_corrections(*, limit: int, before: int | None = None) -> Response:
    """Show corrections, newest first."""
    read = timeline().get_corrections(before=before, limit=limit)
    placed = orjson.loads(read.body)["corrections"]
    return answer_page(
        "corrections.html",
        log_size=read.log_size,
        entries=_tell_mended(placed),
        following=following(read),
        alternates=[
            ("JSON", "application/json", f"/corrections.json{_query()}"),
            ("Atom", "application/atom+xml", "/corrections.atom"),
            ("JSON Feed", "application/feed+json", "/corrections.feed"),
        ],
    )


def show_feed(*, wait: int, after: int = -1, **asked: Any) -> Response:  # noqa: ARG001 - a page never waits
    """Show events in the order of the record."""
    read = timeline().feed.read(FeedQuestion(after=after, **asked), 0)
    document = orjson.loads(read.body)
    return answer_page(
        "events.html",
        log_size=read.log_size,
        entries=tell_placed(document["events"]),
        following=following(read) if document["events"] else None,
        alternates=[("JSON", "application/json", f"/events.json{_query()}")],
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """An event at its position, with its claim as it stood by then and, where it links, the other claim as it stands.

    Of what mends: `told` is the event as it reads now, `about` the one that it mends or takes back.
    """

    position: int
    event: Json
    claim: Json
    other: Json | None
    told: Told | None = None
    about: Told | None = None


def tell_placed(placed: Sequence[Json]) -> list[Placed]:
    """Put to each event, as it was logged, what is told of it."""
    return [_place(one["position"], one["event"]) for one in placed]


def _tell_mended(placed: Sequence[Json]) -> list[Placed]:
    """Put to each correction how it reads, and what it is about; each claim's history is read once."""
    stories: dict[str, dict[int, Told]] = {}
    mended = []
    for one in tell_placed(placed):
        claim, version = one.event["claim"], one.event["version"]
        if claim not in stories:
            events = timeline().list_events(claim_id=UUID(claim))
            stories[claim] = {told.version: told for told in read_story(_claim_of(claim), events)}
        told = stories[claim][version]
        about = stories[claim].get((told.data or {}).get("regarding", 0))
        mended.append(replace(one, told=told, about=about))
    return mended


def _place(position: int, event: Json) -> Placed:
    return Placed(position, event, _claim_of(event["claim"], event["version"]), _find_other(event))


def _find_other(event: Json) -> Json | None:
    linked = event["type"] in {"linked", "unlinked"} and event.get("data")
    return _claim_of(event["data"]["claim"]) if linked else None


def _claim_of(claim: str, version: int | None = None) -> Json:
    known = UUID(claim)
    read = (
        timeline().get_claim(claim_id=known)
        if version is None
        else timeline().get_version(claim_id=known, version=version)
    )
    body: Json = orjson.loads(read.body)
    return body


def _query() -> str:
    query = request.query_string.decode()
    return f"?{query}" if query else ""
