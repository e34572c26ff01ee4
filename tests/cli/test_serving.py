"""`onrecord serve` and `demo` as processes: they answer, refuse a busy port, and end tidily."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"


def ask(url: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> dict:
    """Ask an address for JSON."""
    with urlopen(Request(url, body, headers or {}), timeout=10) as answer:  # noqa: S310 - our own server
        return json.load(answer)


@contextmanager
def request_in_flight(serving):
    """Serve, with a request that waits for the feed; gives the server, and what that request is answered by the end."""
    answers = []
    with serving("serve") as server:
        waiting = threading.Thread(target=lambda: answers.append(ask(f"{server.url}/events?wait=2")))
        waiting.start()
        for _ in range(20):
            ask(f"{server.url}/")
        yield server, answers
        waiting.join()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_serve_ends_with_status_0(serving, number):
    """A server answers, says where, and ends with status 0 on each signal that asks it to."""
    with serving("serve") as server:
        assert ask(f"{server.url}/")["log_size"] == 0
        server.process.send_signal(number)
        assert server.process.wait(10) == 0


def test_what_was_acknowledged_is_there_after_a_restart(serving, onrecord, folder):
    """An event that was acknowledged before SIGTERM is in the record afterwards, and all of that in the one file."""
    token = onrecord("token", "create", "desk", "--role", "reporter").stdout.strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with serving("serve") as server:
        made = ask(f"{server.url}/claims", headers, b'{"text":"It happened.","lang":"en"}')
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
    assert [] == list(folder.glob("onrecord.db-[ws]*"))
    with serving("serve") as server:
        assert ask(f"{server.url}/claims/{made['id']}") == made


def test_a_request_in_flight_is_finished(serving):
    """A request that waits for the feed when SIGTERM comes is still answered; then the server ends with status 0."""
    with request_in_flight(serving) as (server, answers):
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
    assert answers == [{"events": [], "next": None, "log_size": 0}]


def test_a_worker_that_is_told_twice_ends_once(serving):
    """Where Ctrl-C reaches the worker as well as the server, what is in flight is answered all the same."""
    with request_in_flight(serving) as (server, answers):
        parent = server.process.pid
        (worker,) = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        for pid in (int(worker), parent):
            os.kill(pid, signal.SIGINT)
        assert server.process.wait(10) == 0
    assert answers == [{"events": [], "next": None, "log_size": 0}]


def test_nothing_acknowledged_is_lost_at_the_end(serving, onrecord, wait_until):
    """What a server acknowledged up to its end, with several writing at once, is recorded."""
    token = onrecord("token", "create", "desk", "--role", "reporter").stdout.strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    acknowledged: list[str] = []

    def write(url: str) -> None:
        try:
            while True:
                acknowledged.append(ask(f"{url}/claims", headers, b'{"text":"It happened.","lang":"en"}')["id"])
        except (URLError, ConnectionError):
            return  # a connection that was not taken any more

    with serving("serve") as server:
        writers = [threading.Thread(target=write, args=(server.url,)) for _ in range(4)]
        for writer in writers:
            writer.start()
        wait_until(lambda: len(acknowledged) >= 50, "writes")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        for writer in writers:
            writer.join()
    recorded = {json.loads(line)["event"]["claim"] for line in onrecord("export").stdout.splitlines()[1:-1]}
    assert set(acknowledged) <= recorded


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_busy_port_is_named_before_anything_starts(onrecord, command, folder):
    """Where the port is taken the command says so and what to do, with status 1, and makes nothing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = onrecord(command, "--port", str(port))
    assert done.exit_code == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert "--port" in done.stderr
    assert list(folder.iterdir()) == []


def test_a_store_that_cannot_be_opened_is_named_before_anything_starts(onrecord, monkeypatch, folder):
    """A server does not start on a store that it cannot open."""
    monkeypatch.setenv("ONRECORD_DATABASE", f"sqlite:///{folder}/nowhere/onrecord.db")
    done = onrecord("serve", "--port", "0")
    assert done.exit_code == 1
    assert "unable to open database file" in done.stderr


def test_the_embedded_store_is_served_by_one_worker(onrecord, monkeypatch):
    """Several workers are refused where the record is in a file, and it is said what to set."""
    monkeypatch.setenv("ONRECORD_WORKERS", "3")
    done = onrecord("serve", "--port", "0")
    assert done.exit_code == 1
    assert "The embedded store is served by one process. Leave ONRECORD_WORKERS at 1." in done.stderr


def test_killed_the_server_leaves_no_worker(serving, wait_until):
    """When the server is killed with -9 its worker ends too, and the port is free."""
    with serving("serve") as server:
        host, port = server.url.removeprefix("http://").split(":")
        server.process.kill()
        server.process.wait(10)

        def free() -> bool:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                return probe.connect_ex((host, int(port))) != 0

        wait_until(free, "the worker to end")


def test_demo_does_what_it_prints(serving, monkeypatch, folder):
    """The demo's own lines log a denial and ask for the past; at its end nothing is left."""
    monkeypatch.setenv("TMPDIR", str(folder))
    with serving("demo") as server:
        said = [server.process.stdout.readline() for _ in range(10)]
        curls = [shlex.split(line) for line in said if line.startswith("curl")]
        assert [path.name[:14] for path in folder.iterdir()] == ["onrecord-demo-"]
        assert re.fullmatch(r"Reporter token: onr_\w{36}\n", said[0])
        _, _, url, _, token, _, kind, _, body = curls[0]
        headers = dict(line.split(": ") for line in (token, kind))
        assert ask(url, headers, body.encode())["version"] == 10
        assert ask(curls[1][-1])["standing"] == "denied"
        assert ask(curls[2][-1])["standing"] == "reported"
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(10) == 0
        assert list(folder.iterdir()) == []
