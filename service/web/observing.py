"""What is noted of every request: a line in the log, and counts; and the id by which both are found.

The id is the caller's `X-Request-Id` where that is a plain word, else one of ours; the
answer names it. Routes are told as templates, never as addresses: what was asked for and
who was looked up is not in the log.
"""

from __future__ import annotations

import logging
import random
import re
import time

from flask import Flask, Response, g, request

from service.logs import with_facts
from service.metrics import Metrics

ID_HEADER = "X-Request-Id"
BEGUN = "onrecord.begun"  # of a request that was begun in front of the application: by `time.perf_counter`
_ID = re.compile(r"[A-Za-z0-9._~+/=-]{1,128}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = logging.getLogger(__name__)


def observe(app: Flask, metrics: Metrics) -> None:
    """Note every request of an application."""

    def begin() -> None:
        g.begun = request.environ.get(BEGUN) or time.perf_counter()
        g.request_id = name_request(request.headers.get(ID_HEADER, ""))

    def end(response: Response) -> Response:
        response.headers[ID_HEADER] = g.request_id
        actor = g.get("actor")
        note_request(
            metrics,
            request_id=g.request_id,
            method=request.method if request.method in _METHODS else "other",
            route=request.url_rule.rule if request.url_rule else "none",
            status=response.status_code,
            seconds=time.perf_counter() - g.begun,
            token=actor.name if actor else None,
        )
        return response

    app.before_request(begin)
    app.after_request(end)


def name_request(asked: str) -> str:
    """Give a request the id that was asked for, or one of ours."""
    return asked if _ID.fullmatch(asked) else f"{random.getrandbits(128):032x}"


def note_request(  # noqa: PLR0913 - each is a fact of the line
    metrics: Metrics, *, request_id: str, method: str, route: str, status: int, seconds: float, token: str | None = None
) -> None:
    """Count a request that was answered, and log it."""
    metrics.note_request(method, route, status, seconds)
    if not _log.isEnabledFor(logging.INFO):
        return
    ms = round(seconds * 1_000, 1)
    facts = with_facts(request_id=request_id, method=method, route=route, status=status, ms=ms, token=token)
    _log.info("request", extra=facts)
