"""Be told things over real HTTP on this machine, and answer as a test has it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from flask.testing import FlaskClient
from standardwebhooks import Webhook

from service.outbound import Outbound
from service.store.interface import Store
from service.webhooks.deliverer import Deliverer
from tests.builders import Event
from tests.conftest import Clock

LOCAL = Outbound(allow_loopback=True, patience=5.0)
CLAIM = {"text": "An official met the envoy in Moscow.", "lang": "en", "ref": "meeting"}


@dataclass(frozen=True)
class Message:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        """Read the body."""
        return orjson.loads(self.body)

    @property
    def id(self) -> str:
        """Give the message's name."""
        return self.headers["webhook-id"]

    def is_signed_with(self, secret: str) -> bool:
        """Tell whether the library of Standard Webhooks makes the same signature, at whatever time it was made."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        return Webhook(secret).sign(self.id, at, self.body.decode()) == self.headers["webhook-signature"]


@dataclass
class Receiver:
    """A subscriber's server. `answer` gives the status for a message, and may take its time."""

    answer: Callable[[Message], int] = lambda _: 204
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Message] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        """Listen on this machine, at `url`."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                message = Message(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                receiver.got.append(message)
                self.send_response(receiver.answer(message))
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/hook?from=onrecord"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


@dataclass
class Desk:
    """A desk that subscribes and records over HTTP, and makes the outbox be delivered."""

    client: FlaskClient
    store: Store
    clock: Clock

    def subscribe(self, url: str, *on: str, **narrowed: str) -> dict[str, Any]:
        """Subscribe; answers the webhook with its secret."""
        response = self.client.post("/webhooks", json={"url": url, "on": on or ("event",), **narrowed})
        assert response.status_code == 201, response.text
        return response.json

    def open(self, *events: Event, **claim: Any) -> str:
        """Open a claim with events; answers its id."""
        told = [{"type": type_, "data": data} for type_, data in events]
        response = self.client.post("/claims", json={**CLAIM, **claim, "events": told})
        assert response.status_code == 201, response.text
        return response.json["id"]

    def record(self, claim: str, event: Event) -> None:
        """Record one more event."""
        version = self.client.get(f"/claims/{claim}").json["version"]
        body = {"type": event[0], "data": event[1]}
        response = self.client.post(f"/claims/{claim}/events", json=body, headers={"If-Match": f'"{version}"'})
        assert response.status_code == 201, response.text

    def deliver(self, outbound: Outbound = LOCAL) -> None:
        """Deliver what is due."""
        Deliverer(self.store, self.clock, outbound).deliver_due()

    def see(self, webhook: dict[str, Any], **asked: Any) -> Any:
        """Look at a webhook and its deliveries."""
        response = self.client.get(f"/webhooks/{webhook['id']}", query_string=asked)
        assert response.status_code == 200, response.text
        return response.json

    def states(self, webhook: dict[str, Any]) -> list[tuple[str, list[int | None]]]:
        """List the deliveries, the oldest first: the state of each, and the status of each attempt."""
        deliveries = reversed(self.see(webhook)["deliveries"])
        return [(d["state"], [attempt["status"] for attempt in d["attempts"]]) for d in deliveries]
