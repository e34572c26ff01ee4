"""The record in its own order, and what mended it: the corrections page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from flask import Response

from service.reading.feed import FeedQuestion
from service.reading.reads import Answer
from service.web.endpoint import claim_of, timeline
from service.web.pages.asked import find_overdue, mark_answers
from service.web.pages.claims import ask_all, ask_same, following, name_feeds
from service.web.pages.fragments import Fragment
from service.web.pages.rendering import answer_page, find_parts
from service.web.pages.story import OF_OWN_WORDS, Told, read_logged, read_story
from service.web.pages.voices import read_said

Json = Mapping[str, Any]
Stories = Mapping[str, Mapping[int, Told]]  # by claim and version
_ABOUT = OF_OWN_WORDS | {"amended", "struck", "redacted"}  # an earlier event


def show_corrections(*, limit: int, before: int | None = None) -> Response:
    """Show corrections, newest first."""
    read = timeline().get_corrections(before=before, limit=limit)
    return answer_page(
        "corrections.html",
        log_size=read.log_size,
        entries=draw_mended(read, "_corrections.html"),
        following=following(read),
        alternates=[
            ("JSON", "application/json", f"/corrections.json{ask_same()}"),
            ("CSV", "text/csv", "/corrections.csv"),
            *name_feeds("/corrections"),
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
        alternates=[
            ("JSON", "application/json", f"/events.json{ask_same()}"),
            ("CSV", "text/csv", f"/events.csv{ask_all(asked)}"),
            *name_feeds("/events", ask_all(asked)),
        ],
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """An event at its position, with its claim as it stood by then and, where it links, the other claim as it stands.

    `told` is the event as it was logged; of what mends, as it reads now, and `about` is what it mends, takes back or
    clarifies; of a request for comment, with what came of it by now.
    """

    position: int
    event: Json
    claim: Json
    other: Json | None
    told: Told
    about: Told | None = None


def tell_placed(placed: Sequence[Json]) -> list[Placed]:
    """Put to each event, as it was logged, what is told of it.

    To one about an earlier event that is that event as it reads, to an amendment what it changed, to a request for
    comment what came of it.
    """
    stories = _read_stories(one["event"] for one in placed if one["event"]["type"] in _ABOUT)
    asked = _read_requests(one["event"] for one in placed if one["event"]["type"] == "comment_requested")
    return [_tell_logged(_place(one["position"], one["event"]), stories, asked) for one in placed]


def _tell_logged(one: Placed, stories: Stories, asked: Stories) -> Placed:
    if one.told.type == "comment_requested":
        return replace(one, told=_find(one, asked))
    if one.told.type == "amended":  # what it changed follows from what was there before
        return _tell_one(one, stories)
    regarded = (one.told.data or {}).get("regarding", 0)
    return replace(one, about=stories[one.event["claim"]].get(regarded)) if one.told.type in _ABOUT else one


def draw_mended(read: Answer, template: str) -> Fragment | None:
    """Draw a page of corrections; None where there is none."""
    placed = orjson.loads(read.body)["corrections"]

    def make() -> dict[str, Any]:
        with timeline().expecting(read.log_size):  # a redaction that is known there is in what is told of it, too
            return {"corrections": tell_mended(placed)}

    # What each is about reads the same as long as the record has this size.
    return find_parts().find(template, (read.body, str(read.log_size)), make) if placed else None


def tell_mended(placed: Sequence[Json]) -> list[Placed]:
    """Put to each correction how it reads, and what it is about."""
    stories = _read_stories(one["event"] for one in placed)
    return [_tell_one(_place(one["position"], one["event"]), stories) for one in placed]


def _read_stories(events: Iterable[Json]) -> dict[str, dict[int, Told]]:
    """Read events, and what they are about, as they read, by claim and version."""
    about: dict[str, set[int]] = {}
    for event in events:
        about.setdefault(event["claim"], set()).update({event["version"], *_find_regarded(event)})
    return {id_: _read_some(id_, versions) for id_, versions in about.items()}


def _read_requests(events: Iterable[Json]) -> dict[str, dict[int, Told]]:
    """Read requests for comment with what came of each, by claim and version."""
    asked: dict[str, dict[int, Told]] = {}
    for event in events:
        asked.setdefault(event["claim"], {})[event["version"]] = read_logged(event)
    return {id_: _read_answers(UUID(id_), requests) for id_, requests in asked.items()}


def _read_answers(id_: UUID, requests: Mapping[int, Told]) -> dict[int, Told]:
    """Read what came of a claim's requests: where all are open, nothing did, and nothing else is read."""
    claim = claim_of(id_)
    story = [*requests.values()]
    if not requests.keys() <= {one["version"] for one in claim["awaiting"]}:
        story = read_story(claim, timeline().list_events(claim_id=id_))
    return {told.version: told for told in mark_answers(story, find_overdue(claim, timeline().now()))}


def _find(one: Placed, stories: Stories) -> Told:
    return stories[one.event["claim"]][one.event["version"]]


def _find_regarded(event: Json) -> Iterator[int]:
    data = event.get("data") or {}
    for said in (data, data.get("statement", {})):
        if "regarding" in said:
            yield said["regarding"]


def _read_some(id_: str, versions: Iterable[int]) -> dict[int, Told]:
    """Read some events of a claim as they read, and what those are about that read otherwise by an amendment."""
    claim = claim_of(UUID(id_))
    story: dict[int, Told] = {}
    wanted, known = set(versions), set[int]()
    while wanted - known:
        known |= wanted
        found = timeline().find_events(wanted={id_: (claim["version"], sorted(known))})[id_]
        story = read_said(claim, found)
        wanted = {n for version in versions for n in _find_regarded({"data": story[version].data})}
    return story


def _tell_one(one: Placed, stories: Stories) -> Placed:
    told = _find(one, stories)
    return replace(one, told=told, about=stories[one.event["claim"]].get((told.data or {}).get("regarding", 0)))


def _place(position: int, event: Json) -> Placed:
    claim = claim_of(UUID(event["claim"]), version=event["version"])
    return Placed(position, event, claim, _find_other(event), read_logged(event))


def _find_other(event: Json) -> Json | None:
    linked = event["type"] in {"linked", "unlinked"} and event.get("data")
    return claim_of(UUID(event["data"]["claim"])) if linked else None
