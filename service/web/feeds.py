"""Feeds over HTTP: lists of claims, a claim's events, a party's words, and the corrections of the whole record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from flask import Response, current_app, request

from service.formats.feeds import (
    ATOM,
    JSON_FEED,
    Entry,
    Feed,
    Happening,
    tell_happening,
    tell_version,
    word_history,
    write_atom,
    write_json_feed,
)
from service.reading.feed import FeedQuestion
from service.telling.dates import tell_past
from service.web import answers, parameters
from service.web.addresses import base_url, to_question, to_uuid
from service.web.endpoint import Endpoint, answer, answer_text, timeline
from service.web.formats import name_all_forms, name_forms_of_claim, name_forms_of_list
from service.web.pages.record import show_corrections
from service.web.pages.voices import find_said, read_said, tell_positions

NEWEST = 50  # entries of a feed that has no end


def list_corrections(*, limit: int, before: int | None = None) -> Response:
    """List corrections, newest first."""
    return answer(timeline().get_corrections(before=before, limit=limit))


def answer_corrections(suffix: str) -> Response:
    """Give the newest corrections as a feed."""
    return answer_happenings(suffix, "corrections", "Corrections", timeline().tell_corrections(limit=NEWEST))


def answer_claims(suffix: str, **asked: Any) -> Response:
    """Give the claims that answer, the newest changes, as a feed."""
    question = replace(to_question(asked), limit=NEWEST)
    read = timeline().list_claims(question=question)
    claims = orjson.loads(read.body)["claims"]
    told = zip(claims, find_said(claims), timeline().tell_latest(claims=claims), strict=True)
    entries = (
        tell_version(tell_positions(claim, read_said(claim, said)), latest, base_url()) for claim, said, latest in told
    )
    return answer_entries(suffix, "claims", f"Claims{tell_past(read.at, None)}", entries)


def answer_claim(suffix: str, *, claim_id: str, **asked: Any) -> Response:
    """Give the events of a claim as a feed, newest first."""
    known = to_uuid(claim_id)
    history = orjson.loads(timeline().get_history(claim_id=known, **asked).body)
    happenings = list(word_history(history["events"]))[-NEWEST:]
    past = tell_past(history["as_of"]["at"] if "as_of" in history else None, asked.get("said_until"))
    return answer_happenings(suffix, f"claims/{known}", f"{happenings[-1].text}{past}", reversed(happenings))


def answer_events(suffix: str, **asked: Any) -> Response:
    """Give the newest events as a feed."""
    happenings = timeline().feed.tell_newest(FeedQuestion(limit=NEWEST, **asked))
    return answer_happenings(suffix, "events", "What was recorded", happenings)


def answer_party(suffix: str, *, key: str, **asked: Any) -> Response:
    """Give what gave, changed or took a party's word, newest first, as a feed."""
    name, at, happenings = timeline().tell_party(key=key, limit=NEWEST, **asked)
    return answer_happenings(suffix, f"parties/{quote(key)}", f"{name}{tell_past(at, None)}", happenings)


def answer_happenings(suffix: str, path: str, title: str, happenings: Iterable[Happening]) -> Response:
    """Give events, newest first, as the feed of what is at a path."""
    return answer_entries(suffix, path, title, (tell_happening(happening, base_url()) for happening in happenings))


def answer_entries(suffix: str, path: str, title: str, entries: Iterable[Entry]) -> Response:
    """Give entries, newest first, as the feed of what is at a path."""
    query = f"?{urlencode(list(request.args.items(multi=True)))}" if request.args else ""
    feed = Feed(
        address=f"{base_url()}{path}.{suffix}{query}",
        home=f"{base_url()}{path}{query}",
        title=title,
        author=current_app.config["ORIGIN"],
        entries=tuple(entries),
    )
    return answer_text(write_atom(feed) if suffix == "atom" else write_json_feed(feed), _FORMS[suffix])


def feed_endpoint(suffix: str, path: str, summary: str, answer_as: Callable[..., Response], **more: Any) -> Endpoint:
    """Make the endpoint of a feed in one of its forms; `answer_as` is handed the suffix first."""

    def call(**asked: Any) -> Response:
        size = timeline().log_size()
        with timeline().expecting(size):  # an answer never holds less than it says
            response = answer_as(suffix, **asked)
        response.headers["Log-Size"] = str(size)
        return response

    call.__name__ = f"{answer_as.__name__}_{suffix}"
    answered: Mapping[int, Any] = {200: (None, "The newest first.")}
    named = f"{summary}, as {_NAMES[suffix]}"
    return Endpoint("GET", f"{path}.{suffix}", named, call, answered, content_type=_FORMS[suffix], **more)


def _endpoints(suffix: str) -> tuple[Endpoint, ...]:
    claims = {"query": parameters.FilterSchema, "link": name_forms_of_list}
    claim = {
        "query": parameters.ClaimQuerySchema,
        "problems": ("not_found", "not_yet_known"),
        "link": name_forms_of_claim,
    }
    party = {
        "query": parameters.PartyQuerySchema,
        "problems": ("not_found", "not_yet_known"),
        "link": name_all_forms,
    }
    events = {"query": parameters.EventFilterSchema, "link": name_all_forms}
    return (
        feed_endpoint(suffix, "/claims", "The newest changes of claims", answer_claims, **claims),
        feed_endpoint(suffix, "/claims/{claim_id}", "A claim's events", answer_claim, **claim),
        feed_endpoint(suffix, "/parties/{key}", "What a party says", answer_party, **party),
        feed_endpoint(suffix, "/events", "What was recorded last", answer_events, **events),
        feed_endpoint(suffix, "/corrections", "The newest corrections", answer_corrections, link=name_all_forms),
    )


_FORMS = {"atom": ATOM, "feed": JSON_FEED}
_NAMES = {"atom": "Atom", "feed": "JSON Feed"}
ENDPOINTS = (
    Endpoint(
        "GET",
        "/corrections",
        "Everything that was amended, struck, redacted, corrected or retracted",
        list_corrections,
        {200: (answers.Corrections, "Newest first.")},
        query=parameters.CorrectionsQuerySchema,
        page=show_corrections,
        link=name_all_forms,
        suffix=True,
    ),
    *_endpoints("atom"),
    *_endpoints("feed"),
)
