"""Ask a record over HTTP, and send again where the answer was lost.

A request carries one idempotency key however often it is sent, so that it is recorded once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import orjson

from service.config import Config

PAUSES = (0.2, 0.5, 1.0)  # seconds before it is sent again
PATIENCE = 30.0  # seconds for one answer
UNAVAILABLE = 503
Value = str | Sequence[str] | None  # of a query parameter; several: it is repeated


class Unreachable(Exception):
    """No answer came; says what to do."""


class Problem(Exception):
    """The record refused; `body` is its problem (RFC 9457)."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        """Keep what was answered."""
        super().__init__(status)
        self.status = status
        self.body = body

    def lines(self) -> list[str]:
        """Tell it in sentences, every fault with its place."""
        faults = self.body.get("errors", [])
        told = [f"  {fault.get('pointer', fault.get('parameter', ''))}: {fault.get('detail', '')}" for fault in faults]
        return [f"{self.body.get('title', 'The record refused')}. {self.body.get('detail', '')}", *told]


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
        return self._send(self._request("GET", path, query, {}), orjson.loads)

    def post(self, path: str, body: object, *, headers: Mapping[str, str], **query: Value) -> Reply:
        """Send something to be recorded; `headers` hold its Idempotency-Key. Raises Problem and Unreachable."""
        sent = {"Content-Type": "application/json", **headers}
        return self._send(self._request("POST", path, query, sent, orjson.dumps(body)), orjson.loads)

    def fetch(self, path: str) -> bytes:
        """Ask for what is not JSON, or is not to be read as such; raises Problem and Unreachable."""
        fetched: bytes = self._send(self._request("GET", path, {}, {"Accept": "*/*"}), bytes).body
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

    def _send(self, request: Request, read: Callable[[bytes], Any]) -> Reply:
        for pause in (*PAUSES, None):
            try:
                with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
                    return Reply(answer.status, dict(answer.headers), read(answer.read()))
            except HTTPError as error:
                problem = Problem(error.code, _read_problem(error))
                if error.code != UNAVAILABLE or pause is None:
                    raise problem from error
            except (OSError, HTTPException, ValueError) as error:
                refused = isinstance(error, URLError) and isinstance(error.reason, ConnectionRefusedError)
                if pause is None or refused:
                    raise Unreachable(
                        f"{self.url} does not answer: {getattr(error, 'reason', error)}. "
                        "Is ONRECORD_URL right, and the server up? `onrecord doctor` looks."
                    ) from error
            time.sleep(pause)
        raise AssertionError("the last try answers or raises")


def _read_problem(error: HTTPError) -> Mapping[str, Any]:
    with error:
        try:
            body = orjson.loads(error.read())
        except (OSError, HTTPException, ValueError):
            body = None
    return body if isinstance(body, dict) else {"title": f"HTTP {error.code}", "detail": error.reason}
