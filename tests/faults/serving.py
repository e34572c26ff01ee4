"""Run a real server on a record, ask it things over HTTP, kill it; and hold a record to being whole."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from uuid import UUID

from service.recording.ledger import MAPPER
from service.store import open_store
from service.store.read_model import render_history
from tests.contract.asking import rows_of
from tests.contract.conftest import run_on_postgresql, run_on_sqlite
from tests.contract.proving import check_bytes
from tests.processes import tree_of

HOUSE = Path(__file__).parent.parent.parent
PATIENCE = 30.0  # seconds for what takes milliseconds: a test that waits so long has failed
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}


def wait_until(holds):
    """Wait until something holds; answers what it gave."""
    deadline = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.01)
    return found


def is_running(pid):
    """Tell whether a process is there, and not only what is left of it until somebody asks how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Server:
    """`onrecord serve` on a record, in processes of its own."""

    program = ("-m", "service.cli")

    def __init__(self, url, folder, **settings):
        """Start it, and wait until it answers; `settings` are those of the configuration, lower case."""
        self._told = (folder / "server.txt").open("a+", encoding="utf-8")
        more = {f"ONRECORD_{name.upper()}": value for name, value in settings.items()}
        start = self._told.seek(0, os.SEEK_END)
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *self.program, "serve", "--port", "0"],
            env=PLAIN | {"ONRECORD_DATABASE": url, "PYTHONPATH": str(HOUSE)} | more,
            stdout=self._told,
            stderr=self._told,
            start_new_session=True,
        )
        self.host, port = wait_until(lambda: self._address(start))
        self.port = int(port)

    def _address(self, start):
        assert self._process.poll() is None, self.told()
        greeting = re.search(r"http://([\d.]+):(\d+)", self.told()[start:])
        return greeting and greeting.groups()

    def told(self):
        """Give all that servers on this record have printed."""
        self._told.seek(0)
        return self._told.read()

    def processes(self):
        """List the processes: the server, its worker, and the one beside that in which is decided what is recorded."""
        return tree_of(self._process.pid)

    def kill(self):
        """Kill it and its worker as `kill -9` does."""
        self.end(signal.SIGKILL)

    def end(self, how=signal.SIGTERM):
        """End it, and wait until all its processes have gone; answers its status."""
        if self._process.poll() is None:
            others = self.processes()[1:]
            os.killpg(self._process.pid, how)
            self._process.wait(PATIENCE)
            wait_until(lambda: not any(map(is_running, others)))
        self._told.close()
        return self._process.returncode

    def ask(self, method, path, body=None, **who):
        """Send one request over a connection of its own; answers status, headers and body."""
        with closing(http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)) as connection:
            return ask(connection, method, path, body, **who)

    def open_claim(self, claim, token):
        """Open a claim under an id."""
        opened = {"text": "It was so.", "lang": "en", "id": str(claim)}
        status, _, body = self.ask("POST", "/claims", opened, token=token)
        assert status == 201, body


def ask(connection, method, path, body=None, **who):
    """Send one request over a connection, as `headers_of` tells who asks; answers status, headers and body."""
    connection.request(method, path, None if body is None else json.dumps(body), headers_of(**who))
    response = connection.getresponse()
    return response.status, response.headers, response.read().decode()


def headers_of(token=None, key=None, at_least=None):
    """Make the headers of a request."""
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"Log-Size-At-Least": str(at_least)} if at_least else {}
    return headers | ({"Idempotency-Key": key} if key else {})


def ask_record(url):
    """Give a way to run a statement on a record."""
    if url.startswith("sqlite"):
        return lambda statement: run_on_sqlite(url, statement)
    return lambda statement: run_on_postgresql(url, statement)


def check_record(url, claims=None):
    """Hold a record to being whole: its log, its versions, its bytes, its rows; answers how many events it holds.

    `claims` are those whose rows are held against a replay; all, where none are named. A path is that of a file.
    """
    url = url if isinstance(url, str) else f"sqlite:///{url}"
    ask = ask_record(url)
    if url.startswith("sqlite"):
        assert ask("PRAGMA integrity_check") == [("ok",)]
    count = check_bytes(ask)
    store = open_store(url)
    with store.reading() as view:
        for claim in view.claim_ids("", 100_000) if claims is None else map(str, claims):
            placed = view.placed_events(UUID(claim))
            made = render_history((n, MAPPER.to_domain_event(stored)) for n, stored in placed)
            assert rows_of(view, claim) == [(row.since, row.until, row.version, row.body) for row in made]
    store.close()
    return count
