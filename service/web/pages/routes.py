"""The addresses that are pages only: none of them is part of the API (`docs/pages.md`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields

from service.errors import UnsupportedMediaType
from service.recording.schemas import LARGEST_NUMBER, Known
from service.tokens import READ, WRITE
from service.web.endpoint import Endpoint, NoParameters
from service.web.pages import assets, audit, desk, embed, logging, mending, opening, signing, suggestions
from service.web.parameters import ClaimQuerySchema, count

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class BackSchema(Known):
    """Where to go afterwards, and whether a wrong token was sent before."""

    back = fields.String()
    wrong = fields.String()


class BeginningSchema(Known):
    """What a form begins with: the source of an event, claim/version; the request that is answered, its version."""

    again = fields.String()
    regarding = count(1, LARGEST_NUMBER, "The request for comment.")


class RegardingSchema(Known):
    """Which event is meant."""

    regarding = count(1, LARGEST_NUMBER, "The event.")


class TextSchema(Known):
    """A text so far, and the claim that is worded so, where it is one."""

    text = fields.String()
    of = fields.String()


class SuggestSchema(Known):
    """What was typed so far, by whichever field asks."""

    party = fields.String()
    party_name = fields.String(data_key="party/name")


class TopicSchema(Known):
    """What was typed so far, by whichever field asks."""

    topic = fields.String()
    topics = fields.String()


def _page(
    method: str,
    path: str,
    show: Callable[..., Response],
    right: str | None = WRITE,
    query: type[Schema] = NoParameters,
    **more: Any,
) -> Endpoint:
    answers: dict[int, tuple[None, str]] = {200: (None, "A page.")}
    show = _of_form(show) if method == "POST" else show
    return Endpoint(method, path, "A page", show, answers, right=right, query=query, page=show, **more)


def _of_form(show: Callable[..., Response]) -> Callable[..., Response]:
    """Refuse, with UnsupportedMediaType, what no form sends."""

    @wraps(show)
    def answer(**asked: Any) -> Response:
        if request.mimetype not in _FORMS and (request.mimetype or request.content_length):
            raise UnsupportedMediaType(
                "This is the address of a form. Programs send JSON to /claims, /claims/ID/events or /events."
            )
        return show(**asked)

    return answer


PAGES = (
    Endpoint(
        "GET",
        "/static/{name}",
        "A file that pages load",
        assets.get_asset,
        {200: (None, "The file.")},
        right=None,
        problems=("not_found",),
    ),
    Endpoint(
        "GET",
        "/log/verify.py",
        "The stand-alone verifier",
        audit.get_verifier,
        {200: (None, "The program.")},
        right=None,
    ),
    _page("GET", "/sign-in", signing.show_sign_in, None, BackSchema),
    _page("POST", "/sign-in", signing.sign_in, None),
    _page("POST", "/sign-out", signing.sign_out, None),
    _page("POST", "/language", signing.choose_language, None),
    _page("GET", "/suggest/parties", suggestions.suggest_parties, READ, SuggestSchema),
    _page("GET", "/suggest/topics", suggestions.suggest_topics, READ, TopicSchema),
    _page("GET", "/desk", desk.show_desk, READ),
    _page("POST", "/desk", desk.note_seen, READ),
    _page("GET", "/claims/{claim_id}/embed", embed.show_embed, READ, ClaimQuerySchema),
    _page("GET", "/claims/new", opening.show_opening, WRITE, TextSchema),
    _page("POST", "/claims/new", opening.open_claim),
    _page("GET", "/claims/{claim_id}/log", logging.show_log, WRITE, BeginningSchema),
    _page("POST", "/claims/{claim_id}/log", logging.log_statement, WRITE, BeginningSchema),
    _page("GET", "/claims/{claim_id}/log/{act}", mending.show_act, WRITE, RegardingSchema),
    _page("POST", "/claims/{claim_id}/log/{act}", mending.do_act, WRITE, RegardingSchema),
)
