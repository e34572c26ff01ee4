"""Sign in and out, and choose a language; a form that was being filled comes along."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from service import sessions
from service.errors import Unauthenticated
from service.web.auth import drop_session, forget_pages, keep_session, read_session, require_same_origin
from service.web.endpoint import timeline
from service.web.negotiation import redirect_to
from service.web.pages.languages import COOKIE, LANGUAGES
from service.web.pages.rendering import address, answer_page

ON_THE_WAY = frozenset(
    {"token", "back", "language", "wrong"}
)  # fields of these forms, of which no other takes any note
_YEAR = 31_536_000  # seconds


def show_sign_in(*, back: str = "/desk", wrong: str = "", status: int = 200) -> Response:
    """Show the form to sign in; `wrong`, anything: it was sent with a wrong token before a language was chosen."""
    return answer_page("sign_in.html", status=status, http_status=status, back=_own(back), wrong=bool(wrong))


def ask_to_sign_in(back: str, *, status: int = 401, wrong: bool = False) -> Response:
    """Ask for a token in the place of what was asked for, keeping all that was typed; `wrong`: the token was."""
    wrong = wrong or {"language", "wrong"} <= request.form.keys()  # it was before a language was chosen
    here = f"/sign-in?{urlencode({'back': back, 'wrong': 'token'})}" if wrong else address()
    model: dict[str, Any] = {"back": back, "wrong": wrong, "http_status": status, "typed": _typed(), "here": here}
    return answer_page("sign_in.html", status=status, **model)


def sign_in() -> Response:
    """Open a session for a token, in the place of one that the browser has; or say that the token is not valid."""
    require_same_origin()
    back, token, now = _own(request.form.get("back", "/desk")), request.form.get("token", "").strip(), timeline().now()
    before = read_session()
    try:
        secret = sessions.sign_in(timeline().store, token, now=now, before=before)
    except Unauthenticated:
        return ask_to_sign_in(back, wrong=True)
    response = redirect_to(back, with_form=bool(_typed()))
    keep_session(response, secret)
    if before is not None:  # which may have been somebody else's
        forget_pages(response)
    return response


def sign_out() -> Response:
    """End the session, here and in the browser."""
    require_same_origin()
    secret = read_session()
    if secret:
        sessions.sign_out(timeline().store, secret)
    response = redirect_to("/")
    drop_session(response)
    return response


def choose_language() -> Response:
    """Remember a language, and go back."""
    require_same_origin()
    response = redirect_to(_own(request.form.get("back", "/")), with_form=bool(_typed()))
    if (chosen := request.form.get("language")) in LANGUAGES:
        response.set_cookie(COOKIE, chosen, max_age=_YEAR, path="/", httponly=True, samesite="Lax")
    return response


def _typed() -> list[tuple[str, str]]:
    """List what was typed into another form, with what that form keeps to itself."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in ON_THE_WAY]


def _own(path: str) -> str:
    """Give a path of this record; anything that leads elsewhere, and what is no page, leads home."""
    if path.partition("?")[0] in {"/sign-out", "/language"}:
        return "/"
    leads_elsewhere = not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable()
    return "/" if leads_elsewhere else path
