"""What is noted of every request: a line in the log, and counts; and the id by which both are found.

The id is the caller's `X-Request-Id` where that is a plain word, else one of ours; the
answer names it. Routes are told as templates, never as addresses: what was asked for and
who was looked up is not in the log.
"""

from __future__ import annotations

import logging
import re
import time
from uuid import uuid4

from flask import Flask, Response, g, request

from service.logs import with_facts
from service.metrics import Metrics

_ID = re.compile(r"[A-Za-z0-9._~+/=-]{1,128}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = logging.getLogger(__name__)


def observe(app: Flask, metrics: Metrics) -> None:
    """Note every request of an application."""

    def begin() -> None:
        g.begun = time.perf_counter()
        asked = request.headers.get("X-Request-Id", "")
        g.request_id = asked if _ID.fullmatch(asked) else uuid4().hex

    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.begun
        response.headers["X-Request-Id"] = g.request_id
        method = request.method if request.method in _METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "none"
        metrics.note_request(method, route, response.status_code, seconds)
        actor = g.get("actor")
        facts = with_facts(
            request_id=g.request_id,
            method=method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1_000, 1),
            token=actor.name if actor else None,
        )
        _log.info("request", extra=facts)
        return response

    app.before_request(begin)
    app.after_request(end)
