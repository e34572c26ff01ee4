"""Clients that write without end, the way one should: what is not answered with 201 is sent again, under its key."""

import http.client
import itertools
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

from tests.builders import said
from tests.faults.serving import PATIENCE, ask, ask_record, wait_until

CLIENTS = 6
PAUSE = 0.02  # seconds before the same is sent again


class Writers:
    """Some clients, what they were told, and what they were not told yet."""

    def __init__(self, servers, token, claims):
        """Write to these servers in turns, on these claims."""
        self.servers, self.token, self.claims = servers, token, claims
        self.acknowledged = {}  # by key: [(position, stored event)]
        self.pending = {}  # by key: what was asked
        self.refusals = []  # (code, seconds until it came)
        self._numbers = itertools.count()
        self._stopping = threading.Event()

    @contextmanager
    def at_work(self):
        """Write during a block."""
        self._stopping.clear()
        with ThreadPoolExecutor(CLIENTS) as clients:
            working = [clients.submit(self._work, client) for client in range(CLIENTS)]
            try:
                yield self
            finally:
                self._stopping.set()
                for client in working:
                    client.result(PATIENCE)

    def until(self, more):
        """Wait until so many more requests were acknowledged."""
        enough = len(self.acknowledged) + more
        wait_until(lambda: len(self.acknowledged) >= enough)

    def settle(self):
        """Send again what was not acknowledged, until it is."""
        for key in list(self.pending):
            wait_until(lambda key=key: self._try(key, self.servers[0]))

    def check(self, url):
        """Hold the record to having each acknowledged request once, as it was acknowledged; answers how many."""
        found = {}
        for position, state in ask_record(url)("SELECT position, state FROM events ORDER BY position"):
            event = json.loads(state)
            found.setdefault(event.get("data", {}).get("note"), []).append((position, event))
        assert {key: found.get(key) for key in self.acknowledged} == self.acknowledged
        assert [key for key in self.pending if len(found.get(key, ())) > 1] == []
        return len(self.acknowledged)

    def _work(self, client):
        while not self._stopping.is_set():
            n = next(self._numbers)
            key = f"client-{client}-request-{n}"
            type_, data = said("denied", note=key)
            claim = self.claims[n % len(self.claims)]
            self.pending[key] = (f"/claims/{claim}/events?allow_duplicate=true", {"type": type_, "data": data})
            while not self._try(key, self.servers[n % len(self.servers)]) and not self._stopping.wait(PAUSE):
                pass

    def _try(self, key, server):
        begun = time.monotonic()
        try:
            with closing(http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)) as connection:
                status, headers, body = ask(connection, "POST", *self.pending[key], token=self.token, key=key)
        except (OSError, http.client.HTTPException):
            return False
        if status != 201:
            assert status == 503, body
            self.refusals.append((json.loads(body)["code"], time.monotonic() - begun))
            return False
        self.acknowledged[key] = [(int(headers["Log-Position"]), json.loads(body))]
        del self.pending[key]
        return True
