"""Kill the server while it records, again and again: what was acknowledged is there, and nothing is half there."""

import http.client
import itertools
import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from uuid import UUID

import pytest

from tests.builders import said
from tests.faults.serving import PATIENCE, ask, check_record

pytestmark = pytest.mark.faults

TIMES = 20
CLIENTS = 8
CLAIMS = 8  # of each round, shared by all clients
BATCH = 3  # events


class Desks:
    """Clients that write until the server is gone, and remember what they were told."""

    def __init__(self, server, token, turn):
        """Open the claims of this round."""
        self.server, self.token, self.turn = server, token, turn
        self.claims = [UUID(int=turn * 1_000 + n + 1) for n in range(CLAIMS)]
        self.acknowledged = {}  # by key: what was answered, as (position, stored event)
        self.unanswered = {}  # by key: what was asked
        self._enough = threading.Event()
        for claim in self.claims:
            server.open_claim(claim, token)

    def write_until_killed(self, enough):
        """Let the clients write; the server is killed once so many requests were acknowledged."""
        with ThreadPoolExecutor(CLIENTS) as clients:
            writing = [clients.submit(self._write, client, enough) for client in range(CLIENTS)]
            assert self._enough.wait(PATIENCE)
            self.server.kill()
            for client in writing:
                client.result(PATIENCE)

    def _write(self, client, enough):
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=PATIENCE)
        with closing(connection):
            for n in itertools.count():
                key = f"round-{self.turn}-client-{client}-request-{n}"
                request = self._make(client, n, key)
                try:
                    status, headers, body = ask(connection, "POST", *request, token=self.token, key=key)
                except (OSError, http.client.HTTPException):
                    self.unanswered[key] = request
                    return
                assert status == 201, body
                self.acknowledged[key] = read_made(headers, body)
                if len(self.acknowledged) >= enough:
                    self._enough.set()

    def _make(self, client, n, key):
        here, there = self.claims[(client + n) % CLAIMS], self.claims[n % CLAIMS]
        type_, data = said("denied", note=key)
        event = {"type": type_, "data": data}
        if n % 4:
            return f"/claims/{here}/events?allow_duplicate=true", event
        batch = [event | {"claim": str(claim)} for claim in (here, there, here)]
        return "/events?allow_duplicate=true", {"events": batch}


def read_made(headers, body):
    """Read which events an answer tells of, each with its position."""
    made = json.loads(body)
    if "events" not in made:
        return [(int(headers["Log-Position"]), made)]
    return list(enumerate(made["events"], made["first_position"]))


def events_by_key(path):
    """Read what the record holds, by the key of the request that made it."""
    found = {}
    with closing(sqlite3.connect(path)) as connection:
        for position, state in connection.execute("SELECT position, state FROM events ORDER BY position"):
            event = json.loads(state)
            found.setdefault(event["data"].get("note"), []).append((position, event))
    return found


def test_killing_the_server_loses_nothing_that_was_acknowledged(serve, path, token, tell):
    """Killed 20 times amid concurrent writes, it keeps all it acknowledged, nothing by half, no gap, and true rows."""
    acknowledged, unanswered, survived = {}, {}, 0
    for turn in range(TIMES):
        server = serve()
        before = events_by_key(path)
        for key, request in unanswered.items():
            status, headers, body = server.ask("POST", *request, token=token, key=key)
            assert (status, headers["Idempotent-Replayed"]) == (201, "true" if key in before else None)
            acknowledged[key] = read_made(headers, body)
        desks = Desks(server, token, turn)
        desks.write_until_killed(enough=20 + 7 * turn)
        acknowledged |= desks.acknowledged
        unanswered = desks.unanswered
        check_record(path, desks.claims)
        found = events_by_key(path)
        assert {key: found[key] for key in acknowledged} == acknowledged
        for key, (address, _) in unanswered.items():
            assert len(found.get(key, ())) in {0, BATCH if address.startswith("/events") else 1}
            survived += key in found
    assert check_record(path) == sum(map(len, events_by_key(path).values()))
    tell(
        f"kill -9: {TIMES} times, {len(acknowledged):,} acknowledged, 0 lost, "
        f"{survived} recorded though the answer was lost"
    )
