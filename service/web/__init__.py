"""The service over HTTP.

The path of one request:

`__init__` (routes) -> `endpoint` (parameters, who asks) -> `reading`, `recording`, `log`, `operations`
(a name, a shape, one call) -> `service.timeline` -> the stored text goes back. What is
refused becomes a problem in `problems`; the description of it all is made in `openapi`. In front of all that stand
`kept`, which gives answers out again, and `appending`, the short way of a plain append.
"""

from __future__ import annotations

import logging
from functools import cache, partial

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from domain.errors import DomainError, NotFound
from service import errors
from service.config import Config
from service.logs import with_facts
from service.metrics import Metrics
from service.timeline import Timeline
from service.web import (
    embeds,
    feeds,
    hanging,
    log,
    memento,
    operations,
    parties,
    reading,
    recording,
    streams,
    webhooks,
)
from service.web.appending import ShortAppends
from service.web.bodies import wait_for_few
from service.web.endpoint import MIB, REFUSED, register
from service.web.kept import KeptAnswers
from service.web.negotiation import is_for_a_part, prefers_page
from service.web.observing import observe
from service.web.pages.fragments import Fragments
from service.web.pages.problems import show_refusal
from service.web.pages.routes import PAGES
from service.web.problems import answer_problem, is_reading

ENDPOINTS = (
    *operations.ENDPOINTS,
    *reading.ENDPOINTS,
    *memento.ENDPOINTS,
    *recording.ENDPOINTS,
    *streams.ENDPOINTS,
    *feeds.ENDPOINTS,
    *hanging.ENDPOINTS,
    *embeds.ENDPOINTS,
    *webhooks.ENDPOINTS,
    *parties.ENDPOINTS,
    *log.ENDPOINTS,
)
_log = logging.getLogger(__name__)

_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(timeline: Timeline, config: Config, metrics: Metrics | None = None) -> Flask:
    """Make the WSGI application that serves a timeline; `metrics` is what the timeline counts in, too."""
    metrics = metrics or Metrics()
    app = Flask(__name__, static_folder=None)
    app.ensure_sync = lambda view: view  # type: ignore[assignment,method-assign] # none is async
    app.url_map, app.view_functions = _routed().url_map, _routed().view_functions
    app.config["PUBLIC_READS"] = config.public_reads
    app.config["PUBLIC_METRICS"] = config.public_metrics
    app.config["ORIGIN"] = config.origin
    app.config["PUBLIC_URL"] = config.public_url
    app.config["WEBHOOKS_ALLOW_LOOPBACK"] = config.webhooks_allow_loopback
    app.config["MAX_CONTENT_LENGTH"] = recording.LARGEST_BATCH_BODY
    wait_for_few(app, config.threads // 4)
    streams.give_few(app, config.threads // 4)
    app.extensions["onrecord.timeline"] = timeline
    app.extensions["onrecord.config"] = config
    app.extensions["onrecord.endpoints"] = ENDPOINTS
    app.extensions["onrecord.fragments"] = Fragments()
    app.register_error_handler(DomainError, _answer_refusal)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unforeseen)
    app.make_default_options_response = partial(_answer_options, app)  # type: ignore[method-assign]
    app.after_request(_secure)
    app.after_request(_announce_end)
    observe(app, metrics)
    app.extensions["onrecord.metrics"] = metrics
    app.wsgi_app = ShortAppends(app.wsgi_app, timeline, metrics, _SECURITY.items())  # type: ignore[method-assign]
    if config.kept_mib:
        app.wsgi_app = KeptAnswers(app.wsgi_app, timeline, metrics, config)  # type: ignore[method-assign]
    return app


@cache
def _routed() -> Flask:
    """Lead each address to its endpoint, which knows of no application; compiled once, for all that a process makes."""
    routes = Flask(__name__, static_folder=None)
    routes.url_map.merge_slashes = False  # an address is right or wrong; none is mended
    for endpoint in (*ENDPOINTS, *PAGES):
        register(routes, endpoint)
    return routes


def _answer_refusal(error: DomainError) -> Response:
    if isinstance(error, errors.Unavailable) and error.outside:
        _log.error("%s", error.detail, extra=with_facts(request_id=g.get("request_id")))
        error = type(error)(error.outside, **error.members)
    as_page = g.page if "page" in g else prefers_page()
    return show_refusal(error) if as_page or is_for_a_part() else answer_problem(error)


def _answer_http(error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed):
        allowed = sorted(error.valid_methods or ())
        detail = f"{request.method} is not for this address; {', '.join(allowed)} are."
        return _answer_refusal(errors.MethodNotAllowed(detail, allow=allowed))
    if isinstance(error, RequestEntityTooLarge):
        limit = request.max_content_length or recording.LARGEST_BATCH_BODY
        return _answer_refusal(errors.TooLarge(f"The body is larger than {limit // MIB} MiB, the limit here."))
    if error.code == 404:  # noqa: PLR2004 - not found
        return _answer_refusal(NotFound(f"There is nothing at {request.path}."))
    return _answer_refusal(errors.Malformed(error.description or "This is no request that can be read."))


def _answer_unforeseen(error: Exception) -> Response:
    facts = with_facts(request_id=g.get("request_id"))
    _log.error("unforeseen fault in %s %r", request.method, request.path, exc_info=error, extra=facts)
    recorded = "" if is_reading() else " Nothing of it was recorded, unless you read it back."
    return _answer_refusal(errors.Internal(f"The fault is logged here.{recorded}"))


def _answer_options(app: Flask) -> Response:
    """Say which methods an address takes; there is nothing else to say."""
    allowed = sorted(Flask.make_default_options_response(app).allow)
    response = Response(status=204, headers={"Allow": ", ".join(allowed)})
    del response.headers["Content-Type"]
    return response


def _announce_end(response: Response) -> Response:
    """Say that the connection ends, where a body was sent that nobody read: the server does not read it either."""
    sent = request.content_length or "Transfer-Encoding" in request.headers
    _, reader = request.environ.get(REFUSED, (None, None))  # who was known was read, too
    if sent and "stream" not in vars(request) and reader is None:
        response.headers["Connection"] = "close"
    return response


def _secure(response: Response) -> Response:
    headers = response.headers
    present = {name for name, _ in headers} & _SECURITY.keys()
    for name in _SECURITY if not present else [name for name in _SECURITY if name not in present]:
        headers.add(name, _SECURITY[name])
    return response
