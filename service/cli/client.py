"""Ask a record over HTTP, and send again where the answer was lost.

A request carries one idempotency key however often it is sent, so that it is recorded once.
Whoever answers is not trusted: an answer has an end, in bytes and in time, and what is told
of it stays in its line.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPException, IncompleteRead
from threading import Thread
from typing import Any
from urllib import request as web
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request

import orjson

from service.cli.console import one_line
from service.config import Config
from service.public_log.note import LONGEST_NOTE

PAUSES = (0.2, 0.5, 1.0)  # seconds before it is sent again
PATIENCE = 30.0  # seconds without a byte
LONGEST = 120.0  # seconds for an answer as a whole
LARGEST = 100_000_000  # bytes of an answer: a page of 1,000 events of 64 KiB, and half as much again
# Bytes of what a verifier asks for, whoever answers; what is made of them in memory may be fifty times as much.
LIMITS = {
    "/log/checkpoint": 4 * LONGEST_NOTE,  # a character has four bytes at most
    "/log/keys": 1_000_000,
    "/log/tile/entries/": 256 * 65_537,  # entries, each after its length in two bytes
    "/events?": 14_000_000,  # 200 events of 64 KiB
}  # by how the address begins
LARGEST_REFUSAL = 1_000_000  # bytes, and of whatever has no limit of its own
UNAVAILABLE = 503
Value = str | Sequence[str] | None  # of a query parameter; several: it is repeated


class Unreachable(Exception):
    """No answer came, and says what to do; where the request was `refused` at the door, nobody read it."""

    def __init__(self, told: str, way_out: str = "", *, refused: bool = False) -> None:
        """Tell it."""
        super().__init__(f"{told} {way_out}".rstrip())
        self.told = told
        self.refused = refused


class Endless(Exception):
    """An answer is larger, takes longer, or is further away than any that a record gives."""


class Problem(Exception):
    """The record refused what was asked at `path`; `body` is its problem (RFC 9457)."""

    def __init__(self, path: str, status: int, body: Mapping[str, Any]) -> None:
        """Keep what was answered."""
        super().__init__(status)
        self.path = path
        self.status = status
        self.body = body

    def lines(self) -> list[str]:
        """Tell it in sentences, every fault with its place."""
        faults = self.body.get("errors")
        told = map(_tell_fault, faults) if isinstance(faults, list) else ()
        title = f"{self.body.get('title', 'The record refused')}. {self.body.get('detail', '')}"
        return [one_line(title), *(f"  {one_line(fault)}" for fault in told)]


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Client:
    """A record at an address, asked as the holder of a token (none: "")."""

    url: str
    token: str

    @classmethod
    def of(cls, config: Config) -> Client:
        """Take address and token from the configuration."""
        return cls(config.url, config.token)

    def get(self, path: str, **query: Value) -> Reply:
        """Ask; raises Problem and Unreachable."""
        return self._send(self._request("GET", path, query, {}), _read_object)

    def post(self, path: str, body: object, *, headers: Mapping[str, str], **query: Value) -> Reply:
        """Send something to be recorded; `headers` hold its Idempotency-Key. Raises Problem and Unreachable."""
        sent = {"Content-Type": "application/json", **headers}
        return self._send(self._request("POST", path, query, sent, orjson.dumps(body)), _read_object)

    def fetch(self, path: str) -> bytes:
        """Ask for what is not JSON, or is not to be read as such; raises Problem and Unreachable."""
        most = next((most for start, most in LIMITS.items() if path.startswith(start)), LARGEST_REFUSAL)
        fetched: bytes = self._send(self._request("GET", path, {}, {"Accept": "*/*"}), bytes, most).body
        return fetched

    def _request(
        self, method: str, path: str, query: Mapping[str, Value], headers: Mapping[str, str], body: bytes | None = None
    ) -> Request:
        asked = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        sent = {"Accept": "application/json", **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            request = Request(f"{self.url}{path}{asked and '?' + asked}", body, sent, method=method)  # noqa: S310 - the scheme is checked below
        except ValueError as error:
            raise Unreachable(f"ONRECORD_URL is {self.url!r}: {error}.") from error
        if request.type not in {"http", "https"}:
            raise Unreachable(f"ONRECORD_URL is {self.url!r}; write http://… or https://…")
        return request

    def _send(self, request: Request, read: Callable[[bytes], Any], most: int = LARGEST) -> Reply:
        until = time.monotonic() + LONGEST  # whoever answers drop by drop and breaks off gains nothing by it
        for pause in (*PAUSES, None):
            try:
                reply = _within(max(0.0, until - time.monotonic()), partial(_ask, request, most))
                return replace(reply, body=read(reply.body))
            except Problem as problem:
                if problem.status != UNAVAILABLE or pause is None:
                    raise
            except Endless as error:
                raise Unreachable(f"{self.url} does not answer as a record does: {error}.") from error
            except (OSError, HTTPException, ValueError) as error:
                refused = isinstance(error, URLError) and isinstance(error.reason, ConnectionRefusedError)
                if pause is None or refused:
                    told = one_line(str(getattr(error, "reason", error)))
                    way_out = "Is ONRECORD_URL right, and the server up? `onrecord doctor` looks."
                    raise Unreachable(f"{self.url} does not answer: {told}.", way_out, refused=refused) from error
            time.sleep(pause)
        raise AssertionError("the last try answers or raises")


class _Redirects(web.HTTPRedirectHandler):
    """Follow redirects to HTTP alone, without reading what comes with them, which may have no end.

    The token is for the server that it was named for: it does not go along to another.
    """

    def redirect_request(self, req: Request, fp: Any, *told: Any) -> Request | None:
        fp.close()
        if not told[-1].lower().startswith(("http://", "https://")):  # the address it leads to
            raise URLError(f"expected a redirect to http or https, got {told[-1]}")
        following = super().redirect_request(req, fp, *told)
        if following and (following.type, following.host) != (req.type, req.host):
            following.remove_header("Authorization")
        return following


def _within(seconds: float, work: Callable[[], Reply]) -> Reply:
    """Work in a thread, which is left behind where it takes longer; raises Endless then.

    A socket's own timeout starts anew with every byte, and is none for names, redirects and heads without end.
    """
    done: Future[Reply] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return done.result(seconds)
    except TimeoutError as error:
        if done.done():
            raise
        raise Endless(f"expected a whole answer within {LONGEST:g} seconds, got none") from error


def _ask(request: Request, most: int) -> Reply:
    try:
        with web.build_opener(_Redirects).open(request, timeout=PATIENCE) as answer:
            return Reply(answer.status, dict(answer.headers), _read(answer, most))
    except HTTPError as error:
        if error.closed:  # by the last redirect, which was not followed
            raise Endless("too many redirects") from error
        raise Problem(request.selector, error.code, _read_problem(error)) from error


def _read(answer: Any, most: int) -> bytes:
    body: bytes = answer.read(most + 1)
    if len(body) > most:
        raise Endless(f"expected an answer of at most {most:,} bytes, got more")
    if answer.length:  # less came than was announced
        raise IncompleteRead(body, answer.length)
    return body


def _read_object(body: bytes) -> Mapping[str, Any]:
    found = orjson.loads(body)
    if not isinstance(found, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004 - of what was sent, not of the program
    return found


def _read_problem(error: HTTPError) -> Mapping[str, Any]:
    with error:
        try:
            return _read_object(_read(error, LARGEST_REFUSAL))
        except (OSError, HTTPException, ValueError, Endless):
            return {"title": f"HTTP {error.code}", "detail": error.reason}


def _tell_fault(fault: Any) -> str:
    if not isinstance(fault, dict):
        return str(fault)
    return f"{fault.get('pointer', fault.get('parameter', ''))}: {fault.get('detail', '')}"
