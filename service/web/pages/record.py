"""The record in its own order, and what mended it: the corrections page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Response, request

from service.feed import FeedQuestion
from service.feeds import Happening
from service.web.endpoint import timeline
from service.web.pages.claims import following
from service.web.pages.rendering import answer_page


def show_corrections(*, limit: int, before: int | None = None) -> Response:
    """Show corrections, newest first."""
    read = timeline().get_corrections(before=before, limit=limit)
    placed = orjson.loads(read.body)["corrections"]
    return answer_page(
        "corrections.html",
        log_size=read.log_size,
        entries=tell_placed(placed),
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


def tell_placed(placed: Sequence[Mapping[str, Any]]) -> list[tuple[int, Happening]]:
    """Put to each event, with its position, the text of its claim as it was worded by then."""
    return [(one["position"], Happening(one["event"], _text_of(one["event"]))) for one in placed]


def _text_of(event: dict[str, Any]) -> str:
    version = timeline().get_version(claim_id=event["claim"], version=event["version"])
    text: str = orjson.loads(version.body)["text"]
    return text


def _query() -> str:
    query = request.query_string.decode()
    return f"?{query}" if query else ""
