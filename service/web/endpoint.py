"""One way from a request to an answer: parse, authorise, call, answer.

An `Endpoint` is everything there is to know about one method of one path; the routes
and the OpenAPI description are both made from the same list of them. Query parameters
are strict: an unknown one, or one given twice that takes one value, is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode
from uuid import UUID
from wsgiref.types import WSGIEnvironment

import orjson
from flask import Flask, Request, Response, current_app, g, request
from marshmallow import RAISE, Schema
from marshmallow.fields import List
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestEntityTooLarge

from domain.errors import Fault, Invalid
from service.errors import Malformed, Unauthenticated, UnsupportedMediaType
from service.reading.cursors import size_in
from service.reading.reads import Answer
from service.recording.items import list_faults
from service.recording.receipts import Receipt
from service.recording.schemas import Known
from service.recording.strict_json import parse
from service.timeline import Asked, Timeline
from service.tokens import OPERATE, READ, Actor, digest_of
from service.web.auth import SAFE, ask, identify, read_token
from service.web.negotiation import JSON, PAGE, prefers_page, redirect_to_tidy

KIB, MIB = 1_024, 1_048_576
_READ = {200, 304}  # what was asked for, or is known already
# Of what is asked of the application, where those in front of it look: the log size at which an answer was read that
# holds as long as the record has it, with its route; and what was refused before there was a request, and to whom.
SIZE_READ, REFUSED = "onrecord.size_read", "onrecord.refused"
WHOLE_NUMBER = r"\d{1,18}"


class NoParameters(Known):
    """Nothing may be asked."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path.

    `answers` maps a status to the schema of its body and a sentence; `problems` lists the
    codes it may refuse with, beside those that every endpoint of its kind may.
    """

    method: str
    path: str
    summary: str
    call: Callable[..., Response]
    answers: Mapping[int, tuple[type[Schema] | Schema | dict[str, Any] | None, str]]
    right: str | None = READ
    query: type[Schema] = NoParameters
    body: type[Schema] | None = None
    largest_body: int = MIB
    problems: tuple[str, ...] = ()
    headers: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # by name: a pattern, and what it says
    made: Callable[[Receipt], Response] | None = None  # answers a write, the first time and whenever it comes again
    content_type: str = "application/json"
    also: tuple[str, ...] = ()  # further content types it may answer in
    page: Callable[..., Response] | None = None  # answers those who would rather have a page
    link: Callable[..., None] | None = None  # names, in the header of an answer in whichever form, what belongs to it
    suffix: bool = False  # also served under the path with .json and, where there is a page, .html


class StrictParser(FlaskParser):
    """Read query parameters strictly; every fault at once."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE}  # noqa: RUF012 - the library's own attribute

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Refuse a parameter that takes one value and was given twice."""
        several = [
            Fault(name, "Give this once.")
            for name, values in req.args.lists()
            if len(values) > 1 and not isinstance(schema.fields.get(name), List)
        ]
        if several:
            raise Invalid(several)
        return super().load_querystring(req, schema)

    def handle_error(self, error: Any, req: Any, schema: Any, **_: Any) -> Any:  # noqa: ARG002 - likewise
        """Name every fault by its parameter."""
        by_name = error.messages["query"].items()
        raise Invalid([Fault(name, f.detail) for name, messages in by_name for f in list_faults(messages)]) from error


class Whole(Response):
    """An answer of one text, whose header says how long it is: nothing of it is left to be worked out.

    Addresses in it are ASCII.
    """

    def __init__(self, body: bytes, status: int, content_type: str, headers: Iterable[tuple[str, str]]) -> None:
        """Answer a text with these headers beside those of every text."""
        told = (("Content-Type", content_type), ("Content-Length", str(len(body))), *headers)
        super().__init__([body], status, Headers(told))

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:  # noqa: ARG002 - as every answer is asked
        """Give the headers as they are."""
        return self.headers

    def get_app_iter(self, environ: WSGIEnvironment) -> Iterable[bytes]:
        """Give the text as a list, which the server sends at once; of anything else it asks for part after part."""
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.get_data()]


PARSER = StrictParser()


def timeline() -> Timeline:
    """Give the timeline of the application that serves this request."""
    found: Timeline = current_app.extensions["onrecord.timeline"]
    return found


def claim_of(claim_id: UUID, *, as_of: str | None = None, version: int | None = None) -> Mapping[str, Any]:
    """Give a claim as it stands, or stood at a moment or after one of its events, as programs get it."""
    if version is None:
        read = timeline().get_claim(claim_id=claim_id, as_of=as_of)
    else:
        read = timeline().get_version(claim_id=claim_id, version=version)
    claim: Mapping[str, Any] = orjson.loads(read.body)
    return claim


def who_asks() -> Actor:
    """Give the actor of this request, to an endpoint that needs more than the right to read."""
    actor: Actor = g.actor
    return actor


def register(app: Flask, endpoint: Endpoint) -> None:
    """Serve an endpoint."""
    query = endpoint.query()
    unasked = _fill_in(query)

    def view(form: str | None, **path: Any) -> Response:
        g.page = as_page = endpoint.page is not None and _wants_page(form)  # what is refused comes in the same form
        if REFUSED in request.environ:
            refused, g.actor = request.environ[REFUSED]
            raise refused
        request.max_content_length = endpoint.largest_body + 1  # a longer one of unknown length is cut there, unsaid
        g.actor = actor = identify(timeline(), endpoint.right, free=_is_free(endpoint.right))
        if endpoint.body is not None and len(request.get_data()) > endpoint.largest_body:
            raise RequestEntityTooLarge
        if endpoint.made is not None:
            path["asked"] = asked = _asked(actor)
            receipt = timeline().find_receipt(asked=asked)
            if receipt is not None:
                return endpoint.made(receipt)
        elsewhere = redirect_to_tidy() if as_page else None
        if elsewhere is not None:
            return elsewhere
        arguments = unasked
        if request.query_string or arguments is None:
            require_utf8("question in the address", request.query_string)
            arguments = PARSER.parse(query, request, location="query")
        call = endpoint.page if as_page and endpoint.page else endpoint.call
        response = _answer_since(_asked_size(), arguments, partial(call, **path, **arguments))
        if endpoint.link is not None and response.status_code in _READ:
            with timeline().expecting(response.headers.get("Log-Size", 0, type=int)):  # what was answered is there
                endpoint.link(response, **path)
        return response

    # A tile's name has slashes of its own.
    rule = endpoint.path.replace("{tile}", "<path:tile>").replace("{", "<").replace("}", ">")
    forms = {rule: None} | ({f"{rule}.json": JSON} if endpoint.suffix else {})
    forms |= {f"{rule}.html": PAGE} if endpoint.suffix and endpoint.page else {}
    for path, form in forms.items():
        app.add_url_rule(path, f"{endpoint.method} {path}", partial(view, form), methods=[endpoint.method])


def _fill_in(query: Schema) -> Mapping[str, Any] | None:
    """Give the parameters of whoever asks for none, which are always the same; None where one must be given."""
    return None if query.validate({}) else MappingProxyType(query.load({}))


def _wants_page(form: str | None) -> bool:
    return form == PAGE if form else "format" not in request.args and prefers_page()


def _is_free(right: str | None) -> bool:
    setting = {READ: "PUBLIC_READS", OPERATE: "PUBLIC_METRICS"}.get(right or "")
    return setting is not None and bool(current_app.config[setting])


def _answer_since(size: int, arguments: Mapping[str, Any], call: Callable[[], Response]) -> Response:
    """Answer from a record that has reached the log size asked for, and those that the question itself names."""
    as_of, cursor = arguments.get("as_of") or "", arguments.get("cursor") or ""
    named = int(as_of) if re.fullmatch(WHOLE_NUMBER, as_of, re.ASCII) else 0
    with timeline().expecting(max(size, named, size_in(cursor) if cursor else 0)):
        if size and request.method not in SAFE:  # what is refused has recorded nothing
            _require_size(timeline().log_size(), size)
        response = call()
    if response.headers.get("Log-Size", size, type=int) < size:  # or what is answered is of an earlier moment
        _require_size(timeline().log_size(), size)
    return response


def _require_size(held: int, size: int) -> None:
    if held < size:
        raise Invalid([Fault("Log-Size-At-Least", f"The record holds {held} events; {size} is in the future.")])


def _asked_size() -> int:
    size = request.headers.get("Log-Size-At-Least")
    if size is None:
        return 0
    if not re.fullmatch(WHOLE_NUMBER, size, re.ASCII):
        raise Invalid([Fault("Log-Size-At-Least", "Write a log size: a whole number, as a Log-Size told it.")])
    return int(size)


def require_utf8(what: str, sent: bytes) -> None:
    """Refuse names and values, as addresses and forms write them, that would be read as others than were sent."""
    try:
        unquote_to_bytes(sent).decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"The {what} is not in UTF-8.") from error


def _asked(actor: Actor | None) -> Asked:
    if actor is None:
        raise Unauthenticated("This needs a token: send Authorization: Bearer and your token.")
    key = request.headers.get("Idempotency-Key")
    sent = () if key is None else (request.path.encode(), request.query_string, request.get_data())
    header = request.headers.get("Authorization")
    token = digest_of(read_token(header)) if header else b""  # one revoked while the body came records nothing
    return ask(actor, key, request.method.encode(), *sent, token=token)


def read_body() -> object:
    """Read the body as strict JSON; raises UnsupportedMediaType or Malformed."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("The body must be said to be JSON: send Content-Type: application/json.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType("JSON is UTF-8. Send it so, and leave charset out of Content-Type.")
    return parse(request.get_data())


def answer_text(text: str | bytes, content_type: str, *, etag: str | None = None) -> Response:
    """Answer a text, or bytes, of any type, with a strong ETag, or 304 where the caller has it already."""
    body = text.encode() if isinstance(text, str) else text
    return answer_unless_known(body, content_type, etag or sha256(body).hexdigest()[:32])


def answer_unless_known(body: bytes | Iterable[str], content_type: str, etag: str) -> Response:
    """Answer what this ETag names, whole or as it is made, or 304 where the caller has it already."""
    unchanged = request.if_none_match.contains_weak(etag) if "If-None-Match" in request.headers else False
    headers = (("ETag", f'"{etag}"'), ("Cache-Control", cache_control()), ("Vary", "Accept, Authorization"))
    if isinstance(body, bytes) and not unchanged:
        return Whole(body, 200, content_type, headers)
    return Response(b"" if unchanged else body, 304 if unchanged else 200, Headers(headers), content_type=content_type)


def cache_control() -> str:
    """Tell caches to ask whether what they keep still holds: a redaction must reach it.

    What only a session of a browser may read, that browser keeps none of: who comes after it has signed out sees none.
    """
    if current_app.config["PUBLIC_READS"]:
        return "no-cache"
    return "private, no-cache" if "Authorization" in request.headers else "no-store"


def answer(read: Answer, content_type: str = "application/json") -> Response:
    """Answer a read: its text with a strong ETag, or 304 where the caller has it already."""
    response = answer_text(read.body, content_type, etag=None if read.version is None else str(read.version))
    headers = response.headers
    headers["Log-Size"] = str(read.log_size)
    if read.position is not None:
        headers["Log-Position"] = str(read.position)
    if read.lasts and request.url_rule:
        request.environ[SIZE_READ] = (read.log_size, request.url_rule.rule)
    for relation, parameters in read.links.items():
        headers.add("Link", f'<{same_address_with(parameters)}>; rel="{relation}"')
    return response


def same_address_with(parameters: Mapping[str, str]) -> str:
    """Write the address that was asked for with other parameters, of which an empty one is left out."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in parameters]
    query = urlencode([*kept, *((name, value) for name, value in parameters.items() if value)])
    return f"{request.path}?{query}" if query else request.path
