"""From a view model to a page, in the language of its reader, and the headers of a page."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, g, request

from service.store.tree import SignedCheckpoint
from service.tokens import ROLES, Actor
from service.web.addresses import base_url
from service.web.auth import is_forgetful
from service.web.endpoint import answer_text, timeline
from service.web.pages.fragments import Parts, put_in
from service.web.pages.languages import chosen_language
from service.web.pages.templates import make_environment

HTML = "text/html; charset=utf-8"
VARY = "Accept, Authorization, Cookie, Accept-Language"


def answer_page(template: str, *, status: int = 200, log_size: int | None = None, **model: Any) -> Response:
    """Answer with a page; a GET that went well can be asked again with its ETag."""
    sealed = None if log_size is None else _find_seal()
    html = render(template, log_size=log_size, sealed=sealed, **model).encode()
    if status == 200 and request.method in {"GET", "HEAD"}:  # noqa: PLR2004 - OK
        # The marks say what is in the parts, so the page as it is before they are put in tells it from any other.
        response = answer_text(b"".join(put_in(html, model)), HTML, etag=sha256(html).hexdigest()[:32])
    else:
        response = Response(html, status, content_type=HTML, headers={"Cache-Control": _keep_what_was_sent()})
    if request.method != "POST" and who_looks() is not None:  # no Back shows it once they have signed out
        response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = VARY
    response.headers["Content-Language"] = chosen_language()
    if log_size is not None:
        response.headers["Log-Size"] = str(log_size)
    return response


def _keep_what_was_sent() -> str:
    """Let a browser keep the answer to a form, for its Back, where it forgets it when told to."""
    return "private, no-cache" if request.method == "POST" and is_forgetful() else "no-store"


def find_parts() -> Parts:
    """Give the parts of pages that are made for readers like this one."""
    return Parts(current_app.extensions["onrecord.fragments"], chosen_language(), _rights())


def _find_seal() -> SignedCheckpoint | None:
    """Find what was signed last, for whoever cites the page; None before anything is."""
    with timeline().store.reading() as view:
        return view.tree.latest_checkpoint()


def render(template: str, **model: Any) -> str:
    """Render a template in the language of this reader."""
    language = chosen_language()
    actor = who_looks()
    return (
        make_environment(language)
        .get_template(template)
        .render(
            {
                "language": language,
                "actor": actor,
                "rights": _rights(),
                "origin": current_app.config["ORIGIN"],
                "base": base_url(),
                "here": address(),
                "path": request.path,
                "alternates": (),
                "log_size": None,
                **model,
            }
        )
    )


def _rights() -> frozenset[str]:
    actor = who_looks()
    return ROLES[actor.role] if actor else frozenset()


def address() -> str:
    """Write the address that was asked for as a URI: nothing in it turns around what it stands beside."""
    asked = quote(request.query_string, safe="%/?:@!$&'()*+,;=")
    return quote(request.path, safe="/:@!$&'()*+,;=") + (f"?{asked}" if asked else "")


def who_looks() -> Actor | None:
    """Tell who reads this page, where they have signed in."""
    actor: Actor | None = g.get("actor")
    return actor
