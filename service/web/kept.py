"""Answers that are kept whole, and given again for as long as nothing is recorded.

The way to an answer costs more than what is on it: routes, parameters, who asks, a few
queries, headers. So what the application answered is kept as it was, headers and bytes,
and is given to the very same question while the record has the size at which it was read.
That size is asked of the store each time, one row, so that whatever any process records
ends all that is kept, in every process: a redaction too, which is an event.

Kept is only what the record alone decides, the same for all who may read: no page, no
refusal, nothing that depends on the clock. Whoever asks with a token is looked up each time.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from domain.errors import DomainError
from service.config import Config
from service.metrics import Metrics
from service.timeline import Timeline
from service.tokens import READ
from service.web.auth import identify_by, require
from service.web.endpoint import MIB, REFUSED, SIZE_READ, WHOLE_NUMBER
from service.web.observing import ID_HEADER, name_request, note_request

LONGEST = 60.0  # seconds; what mends the read model and records nothing (`db rebuild`) has reached readers by then
OVERHEAD = 2_048  # bytes of an answer beside its own, about
_READ, _KNOWN = {"200"}, {"304"}  # a tag that is not the answer's leads to nothing worth keeping
LARGEST_PART = 8  # of the room: what is larger than this part of it is not kept

Key = tuple[str, ...]
# All that an endpoint looks at of a question that is kept; the last is the tag that the answer may have.
_ASKED = (
    *("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "wsgi.url_scheme", "SERVER_NAME", "SERVER_PORT"),
    *("HTTP_HOST", "HTTP_ACCEPT", "HTTP_IF_NONE_MATCH"),
)
# By these it is another question: that of a browser, or one that comes with a body.
_ELSE = ("HTTP_COOKIE", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer; the header that names the request stands between `before` and `after`."""

    status: str
    before: list[tuple[str, str]]
    after: list[tuple[str, str]]
    body: bytes
    route: str
    log_size: int
    until: float

    @property
    def cost(self) -> int:
        """Tell how many bytes it takes, about."""
        return OVERHEAD + len(self.body) + sum(len(n) + len(v) for n, v in (*self.before, *self.after))


class KeptAnswers:
    """The application, with what it answered before in front of it; in at most so many bytes."""

    def __init__(
        self,
        application: WSGIApplication,
        timeline: Timeline,
        metrics: Metrics,
        config: Config,
        *,
        tell_seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep nothing yet; `tell_seconds` tells the time by which answers grow old."""
        self._application = application
        self._timeline = timeline
        self._metrics = metrics
        self._room = config.kept_mib * MIB
        self._free = config.public_reads
        self._tell_seconds = tell_seconds
        # Looked into by all threads, changed by who holds the lock. All are of one log size; the oldest goes first.
        self._answers: dict[Key, _Kept] = {}
        self._changing = threading.Lock()
        self._used = 0
        self._log_size = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        begun = time.perf_counter()
        key = _key_of(environ)
        if key is None:
            return self._application(environ, start_response)
        kept = self._answers.get(key)
        if kept is None or kept.until < self._tell_seconds():
            return self._answer_anew(key, environ, start_response)
        try:
            header = environ.get("HTTP_AUTHORIZATION")
            actor = require(READ, identify_by(header, self._timeline) if header is not None else None, free=self._free)
            current = self._is_current(kept, environ.get("HTTP_LOG_SIZE_AT_LEAST", "0"))
        except DomainError as error:
            environ[REFUSED] = error, None  # told as every refusal is, and not found out a second time
            return self._application(environ, start_response)
        if not current:
            return self._answer_anew(key, environ, start_response)
        request_id = name_request(environ.get("HTTP_X_REQUEST_ID", ""))
        start_response(kept.status, [*kept.before, (ID_HEADER, request_id), *kept.after])
        note_request(
            self._metrics,
            request_id=request_id,
            method="GET",
            route=kept.route,
            status=int(kept.status[:3]),
            seconds=time.perf_counter() - begun,
            token=actor.name if actor else None,
        )
        return [kept.body]

    def _is_current(self, kept: _Kept, at_least: str) -> bool:
        size = self._timeline.log_size()
        if size != self._log_size:
            with self._changing:
                self._begin_at(size)
        return size == kept.log_size and _is_reached(at_least, size)

    def _answer_anew(self, key: Key, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        told: list[Any] = []

        def listen(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            told[:] = status, list(headers)
            return start_response(status, headers, *rest)

        parts = self._application(environ, listen)
        if SIZE_READ not in environ or told[0][:3] not in (_KNOWN if key[-1] else _READ):
            return parts
        body = b"".join(parts)
        status, headers = told
        place = next(n for n, (name, _) in enumerate(headers) if name == ID_HEADER)
        size, route = environ[SIZE_READ]
        until = self._tell_seconds() + LONGEST
        self._keep(key, _Kept(status, headers[:place], headers[place + 1 :], body, route, size, until))
        return [body]

    def _keep(self, key: Key, kept: _Kept) -> None:
        cost = kept.cost + sum(map(len, key))
        if cost * LARGEST_PART > self._room:
            return
        with self._changing:
            if kept.log_size < self._log_size:
                return
            if kept.log_size > self._log_size:
                self._begin_at(kept.log_size)
            self._drop(key)
            while self._used + cost > self._room:
                self._drop(next(iter(self._answers)))
            self._answers[key] = kept
            self._used += cost

    def _begin_at(self, log_size: int) -> None:
        # It has grown; or is smaller, where a standby behind is asked or a primary that took events with it was lost.
        self._answers, self._used, self._log_size = {}, 0, log_size

    def _drop(self, key: Key) -> None:
        dropped = self._answers.pop(key, None)
        if dropped is not None:
            self._used -= dropped.cost + sum(map(len, key))


def _key_of(environ: WSGIEnvironment) -> Key | None:
    if environ["REQUEST_METHOD"] != "GET" or any(map(environ.get, _ELSE)):
        return None
    return tuple([environ.get(name, "") for name in _ASKED])


def _is_reached(asked: str, size: int) -> bool:
    return bool(re.fullmatch(WHOLE_NUMBER, asked, re.ASCII)) and int(asked) <= size  # what is no number is refused
