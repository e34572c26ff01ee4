"""The short way of an append: one event, from whoever has a token, in front of the application.

Most of what is recorded comes so and is in order. To read it, check it and hand it in costs less than the
application's way there: a request as objects, routes, hooks, an answer as objects. So what is plainly such an append is
recorded here, by the same functions. All else goes to the application as it came, whatever is wrong with it, too: there
every fault is named. So is what is refused only when it is to be recorded.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from io import BytesIO
from uuid import UUID
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from domain.codebook import FOR_EDITORS
from domain.errors import DomainError, Fault
from service.errors import Unauthenticated
from service.metrics import Metrics
from service.recording.items import load, read_enveloped
from service.recording.ledger import Item
from service.recording.strict_json import parse
from service.timeline import Asked, Timeline
from service.tokens import WRITE, Remembered, authenticate, digest_of
from service.web.auth import ask, read_token
from service.web.endpoint import MIB, REFUSED
from service.web.observing import BEGUN, ID_HEADER, name_request, note_request
from service.web.recording import NEW_EVENT, tell_appended

ROUTE = "/claims/<claim_id>/events"
_ADDRESS = re.compile(r"/claims/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/events")
# By these there is more to look at than who asks, and what for: by headers that are there, empty ones too.
_ELSE = ("SCRIPT_NAME", "QUERY_STRING")
_ELSE_SENT = frozenset({"HTTP_IF_MATCH", "HTTP_LOG_SIZE_AT_LEAST", "HTTP_TRANSFER_ENCODING"})


class ShortAppends:
    """The application, with plain appends in front of it."""

    def __init__(
        self,
        application: WSGIApplication,
        timeline: Timeline,
        metrics: Metrics,
        headers: Iterable[tuple[str, str]],
    ) -> None:
        """Answer with these headers beside those of an append."""
        self._application = application
        self._timeline = timeline
        self._metrics = metrics
        self._headers = tuple(headers)
        self._remembered = Remembered()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        environ[BEGUN] = begun = time.perf_counter()
        claim_id = _claim_of(environ)
        if not claim_id:
            return self._application(environ, start_response)
        asked = made = None
        try:
            asked = self._identify(environ)
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = BytesIO(body)  # for the application, where it is to read it again
            plain = _read(body, environ, UUID(claim_id), self._timeline, asked)
            made = self._record(*plain) if plain else None
        except Exception as error:  # noqa: BLE001 - told, or logged, by the application, which does not do it again
            environ[REFUSED] = error, asked.actor if asked and not isinstance(error, Unauthenticated) else None
        if asked is None or made is None:
            return self._application(environ, start_response)
        state, told = made
        request_id = name_request(environ.get("HTTP_X_REQUEST_ID", ""))
        about = (("Content-Type", "application/json"), ("Content-Length", str(len(state))))
        start_response("201 CREATED", [*about, *told, (ID_HEADER, request_id), *self._headers])
        note_request(
            self._metrics,
            request_id=request_id,
            method="POST",
            route=ROUTE,
            status=201,
            seconds=time.perf_counter() - begun,
            token=asked.actor.name,
        )
        return [state]

    def _identify(self, environ: WSGIEnvironment) -> Asked:
        """Tell who asks; where they asked before, whether their token still holds is found where it is recorded."""
        token, now = read_token(environ["HTTP_AUTHORIZATION"]), self._timeline.now()
        digest = digest_of(token)
        if known := self._remembered.find(digest, now=now):
            return Asked(known, token=digest)
        actor = authenticate(self._timeline.store, token, now=now)
        actor.require(WRITE)
        self._remembered.note(digest, actor, now=now)
        return Asked(actor, token=digest)

    def _record(self, item: Item, asked: Asked) -> tuple[bytes, Sequence[tuple[str, str]]]:
        return tell_appended(self._timeline, self._timeline.record(items=[item], asked=asked))


def _claim_of(environ: WSGIEnvironment) -> str | None:
    """Give the claim that a plain append is for; None for anything else."""
    if environ["REQUEST_METHOD"] != "POST" or environ.get("CONTENT_TYPE") != "application/json":
        return None
    if "HTTP_AUTHORIZATION" not in environ or any(map(environ.get, _ELSE)) or not _ELSE_SENT.isdisjoint(environ):
        return None
    length, address = environ.get("CONTENT_LENGTH", ""), _ADDRESS.fullmatch(environ["PATH_INFO"])
    fits = re.fullmatch(r"\d{1,7}", length, re.ASCII) and int(length) <= MIB
    return address[1] if address and fits else None


def _read(
    body: bytes, environ: WSGIEnvironment, claim_id: UUID, timeline: Timeline, asked: Asked
) -> tuple[Item, Asked] | None:
    """Read an event that can be recorded as far as can be told from it, and its key.

    None for any other, for what opens a claim, and for what is an editor's: there the key is looked at before the role.
    """
    if len(body) != int(environ["CONTENT_LENGTH"]):  # cut off
        return None
    faults: list[Fault] = []
    try:
        event, faults = load(NEW_EVENT, parse(body))
        item = read_enveloped(event, claim_id=claim_id, at=timeline.now(), faults=faults)
        key = environ.get("HTTP_IDEMPOTENCY_KEY")
        named = ask(asked.actor, key, b"POST", environ["PATH_INFO"].encode(), b"", body, token=asked.token)
    except DomainError:
        return None
    plain = not faults and item.type != "opened" and item.type not in FOR_EDITORS
    return (item, named) if plain else None
