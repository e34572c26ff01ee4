"""Reading the record over HTTP: lists, claims as they stand or stood, histories, the feed."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from service.reading.feed import FeedQuestion
from service.web import answers, parameters
from service.web.addresses import to_question, to_uuid, to_version
from service.web.endpoint import Endpoint, answer, timeline
from service.web.formats import (
    CONTENT_TYPES,
    FORMATS,
    answer_claim_in,
    answer_list_in,
    name_all_forms,
    name_forms,
    name_forms_of_claim,
    name_forms_of_list,
)
from service.web.memento import mark_memento, name_times
from service.web.pages import claim, claims, record


def list_claims(*, format: str, **asked: Any) -> Response:  # noqa: A002 - the parameter's name
    """Give a page of claims."""
    return answer_list_in(format, timeline().list_claims(question=to_question(asked)))


def get_claim(
    *,
    claim_id: str,
    format: str,  # noqa: A002 - the parameter's name
    as_of: str | None = None,
    said_until: str | None = None,
) -> Response:
    """Give a claim as it stands, or stood."""
    read = timeline().get_claim(claim_id=to_uuid(claim_id), as_of=as_of, said_until=said_until)
    return answer_claim_in(format, read, as_of, said_until)


def link_claim(response: Response, *, claim_id: str) -> None:
    """Name every form of an answer about a claim, and where its past is."""
    name_forms_of_claim(response, claim_id=claim_id)
    name_times(response, to_uuid(claim_id))


def get_table(*, claim_id: str, **asked: Any) -> Response:
    """Give a claim's events as CSV."""
    return get_claim(claim_id=claim_id, format="csv", **asked)


def get_history(*, claim_id: str, **question: Any) -> Response:
    """Give a claim's events."""
    return answer(timeline().get_history(claim_id=to_uuid(claim_id), **question))


def get_event(*, claim_id: str, version: str) -> Response:
    """Give one event."""
    return answer(timeline().get_event(claim_id=to_uuid(claim_id), version=to_version(version)))


def get_version(*, claim_id: str, version: str, diff: int | None = None) -> Response:
    """Give a claim as it stood after one of its events, or what changed since an earlier one."""
    known, later = to_uuid(claim_id), to_version(version)
    if diff is not None:
        return answer(timeline().get_difference(claim_id=known, earlier=diff, later=later))
    return answer(timeline().get_version(claim_id=known, version=later))


def link_version(response: Response, *, claim_id: str, version: str) -> None:
    """Name both forms of a version, and say which moment it is of; a difference is of none."""
    if "diff" not in request.args:
        mark_memento(response, to_uuid(claim_id), to_version(version))
    name_forms(response)


def get_feed(*, wait: int, after: int = -1, **asked: Any) -> Response:
    """Give events in the order of the record, or wait for them."""
    return answer(timeline().feed.read(FeedQuestion(after=after, **asked), wait))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/claims",
        "List claims",
        list_claims,
        {200: (answers.Claims, "Newest change first.")},
        query=parameters.ListQuerySchema,
        page=claims.show_list,
        link=name_forms_of_list,
        also=CONTENT_TYPES,
        suffix=True,
    ),
    Endpoint(
        "GET",
        "/claims/{claim_id}",
        "A claim as it stands, or stood",
        get_claim,
        {200: (answers.Claim, "The claim.")},
        query=parameters.ClaimFormatQuerySchema,
        page=claim.show_claim,
        link=link_claim,
        also=CONTENT_TYPES,
        suffix=True,
        problems=("not_found", "not_yet_known"),
    ),
    Endpoint(
        "GET",
        "/claims/{claim_id}.csv",
        "A claim's events, as CSV",
        get_table,
        {200: (None, "A row an event.")},
        query=parameters.ClaimQuerySchema,
        content_type=FORMATS["csv"][0],
        link=name_forms_of_claim,
        problems=("not_found", "not_yet_known"),
    ),
    Endpoint(
        "GET",
        "/claims/{claim_id}/events",
        "A claim's history",
        get_history,
        {200: (answers.History, "Its events in order, as stored.")},
        query=parameters.HistoryQuerySchema,
        page=claim.show_history,
        link=name_forms,
        suffix=True,
        problems=("not_found", "not_yet_known"),
    ),
    Endpoint(
        "GET",
        "/claims/{claim_id}/events/{version}",
        "One event, as stored",
        get_event,
        {200: (answers.StoredEvent, "The event.")},
        page=claim.show_event,
        link=name_forms,
        suffix=True,
        problems=("not_found",),
    ),
    Endpoint(
        "GET",
        "/claims/{claim_id}/versions/{version}",
        "A claim as it stood after one of its events",
        get_version,
        {200: ({"oneOf": [answers.Claim, answers.Difference]}, "The claim; with diff, what changed.")},
        query=parameters.VersionQuerySchema,
        page=claim.show_version,
        link=link_version,
        suffix=True,
        problems=("not_found",),
    ),
    Endpoint(
        "GET",
        "/events",
        "The whole record in log order",
        get_feed,
        {200: (answers.Feed, "Events after a position.")},
        query=parameters.FeedQuerySchema,
        page=record.show_feed,
        link=name_all_forms,
        suffix=True,
    ),
)
