"""What is refused, as a page: what is wrong, where, and what to do."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from domain.errors import DomainError, Fault, Invalid, NothingCounts, NotYetKnown, RuleBroken
from service.errors import Forbidden, TooManyRequests, Unauthenticated
from service.recording.schemas import Known
from service.web.auth import is_same_origin
from service.web.negotiation import is_for_a_part
from service.web.pages.faults import RULES
from service.web.pages.forms import place
from service.web.pages.rendering import address, answer_page
from service.web.pages.signing import ask_to_sign_in, show_sign_in
from service.web.problems import PROBLEMS, answer_problem, is_reading

FOR_PEOPLE = {  # in the place of sentences that speak of headers and methods
    "unauthenticated": "This is for people who have signed in. Whoever runs this record gives you the token for it.",
    "forbidden": (
        "The role of your token does not go that far. "
        "Sign in with one of another role, or ask whoever runs this record."
    ),
    "not_found": (
        "This address may be mistyped, or have been cut short where it was copied. "
        "Search the record, or begin at its first page."
    ),
    "nothing_counts": (
        "This party spoke in the record, and nothing of that counts any more: it was struck, or amended. "
        "The corrections say why."
    ),
    "malformed": (
        "Something in this address, or in what was sent, cannot be read. It may have been damaged where it was copied. "
        "Search the record, or begin at its first page."
    ),
    "method_not_allowed": (
        "This address takes what one of our forms sends, and shows nothing by itself. "
        "Search the record, or begin at its first page."
    ),
    "too_many_requests": (
        "Many who have not signed in are sending something just now. "
        "What you sent was not read, and nothing was recorded. "
        "Reload this page in a moment: your browser then sends it again, with all that you typed."
    ),
    "not_yet_known": "At the moment that you ask about, this was not on record yet.",
}
_OF_CLAIM = re.compile(r"/claims/([0-9a-f]{8}-[0-9a-f-]{27})\b")
_UNSEEN = frozenset({"stance", "track", "aspect_of"})  # filters that have no field, so nobody could mend them there
_SEVERAL = frozenset({"standing", "party", "country", "topic", *_UNSEEN})  # filters that take several values


def show_refusal(error: DomainError) -> Response:
    """Answer a refusal as a page, with the status and the headers that a program gets.

    Who has to sign in for a form of ours, or with another token, does so on the spot, and loses nothing that was typed.
    """
    if isinstance(error, Unauthenticated | Forbidden) and is_for_a_part() and is_same_origin():
        return _put_nothing_in(error)
    has_form = False
    if isinstance(error, Unauthenticated | Forbidden) and is_same_origin():
        try:
            has_form = bool(request.form)
        except TooManyRequests as busy:  # it was not read, so whoever typed it has it: that comes first
            error = busy
        except (DomainError, HTTPException):  # it is too large, or no form: there is nothing to keep
            pass
    told = answer_problem(error)
    if has_form:
        page = ask_to_sign_in(address(), status=told.status_code)
    elif isinstance(error, Unauthenticated) and is_reading():
        page = show_sign_in(back=address(), status=told.status_code)
    elif isinstance(error, Invalid) and request.args and request.method in {"GET", "HEAD"}:
        page = _show_question(error)
    else:
        page = _show_problem(error)
    for name, value in told.headers.items():
        if name not in {"Content-Type", "Content-Length"}:
            page.headers[name] = value
    return page


def _put_nothing_in(error: DomainError) -> Response:
    """Let a page that asked for a part of itself say why there is none; a status of refusal its browser logs."""
    return Response(status=HTTPStatus.NO_CONTENT, headers={"HX-Trigger": error.code, "Cache-Control": "no-store"})


def _show_question(error: Invalid) -> Response:
    unknown = {fault.pointer for fault in error.faults if fault.detail == Known.error_messages["unknown"]}
    faults = place(error.faults)
    told = [(name, given) for name, given in request.args.lists() if name not in _UNSEEN & faults.keys()]
    asked = {name: given if name in _SEVERAL else given[-1] for name, given in told}
    given = [(name, value) for name, value in request.args.items(multi=True) if name not in unknown]
    return answer_page("question.html", status=422, faults=faults, asked=asked, given=given)


def _show_problem(error: DomainError) -> Response:
    problem = PROBLEMS[error.code]
    # What another site asked for is refused in words of its own.
    for_people = FOR_PEOPLE.get(error.code) if error.code != "forbidden" or is_reading() or is_same_origin() else None
    if isinstance(error, NothingCounts):
        for_people = FOR_PEOPLE["nothing_counts"]
    elif isinstance(error, RuleBroken):
        for_people = RULES.get(error.members["rule"])
    claim = _OF_CLAIM.match(request.path) if isinstance(error, RuleBroken | NotYetKnown) else None
    event = request.args.get("regarding", "")
    return answer_page(
        "problem.html",
        status=problem.status,
        code=error.code,
        title=error.title,
        http_status=problem.status,
        for_people=for_people,
        asked={},
        meaning=error.detail,
        what_to_do=problem.way_out,
        faults=faults_of(error),
        members=error.members,
        claim=claim[1] if claim else None,
        event=event if re.fullmatch("[0-9]{1,9}", event) else None,
    )


def show_explanation(*, code: str, **explained: Any) -> Response:
    """Show what a problem means."""
    return answer_page("problem.html", code=code, faults=[], members={}, **explained)


def faults_of(error: DomainError) -> list[Fault]:
    """List what is wrong, each with its place."""
    if isinstance(error, Invalid):
        return error.faults
    return [Fault(error.pointer, error.detail)] if error.pointer else []
