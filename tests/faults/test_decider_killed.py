"""Kill the process in which is decided what is recorded, and the worker that asks it: nothing acknowledged is lost."""

import http.client
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from service.store import open_store
from tests.builders import said
from tests.faults.newsroom import CLAIM, CLAIMS, deny, found_record, open_claims, serving
from tests.faults.serving import PATIENCE, Server, check_record, is_running, wait_until
from tests.faults.writing import Writers

pytestmark = pytest.mark.faults

TIMES = 5
QUESTIONS = 50
TYPE, DATA = said("denied", note="in flight")
KEY = "in-flight-denial"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Give the URL of a place for a record."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/record.db"
    else:
        with request.getfixturevalue("cluster").database() as database:
            yield database


@pytest.fixture
def desk(url, tmp_path):
    """Serve a record whose claims are open; gives the server and a token."""
    token = found_record(url)
    with serving(url, tmp_path) as (server,):
        open_claims(server, token)
        yield server, token


@contextmanager
def held(url):
    """Hold the record, so that whoever decides on it can only wait."""
    store = open_store(url)
    with store.writing() as transaction:
        transaction.head()
        yield
    store.close()


@contextmanager
def in_flight(desk, url):
    """Ask for an event that cannot be recorded before the end of the block; gives what will be answered."""
    server, token = desk
    with ThreadPoolExecutor(1) as client, held(url):
        asked = {"type": TYPE, "data": DATA}
        answer = client.submit(server.ask, "POST", f"{CLAIM}/events", asked, token=token, key=KEY)
        for _ in range(QUESTIONS):  # behind which it has reached who decides
            assert server.ask("GET", CLAIM)[0] == 200
        yield answer


def decided(url):
    """Give the notes of the events that are in the record."""
    store = open_store(url)
    with store.reading() as view:
        events = [json.loads(state) for _, state in view.events_from(0, 1_000)]
    store.close()
    return [event["data"]["note"] for event in events if "note" in event["data"]]


def test_killing_what_decides_loses_nothing_that_was_acknowledged(desk, url, tell):
    """Killed 5 times amid writes it keeps all that was acknowledged; the server answers on, and heals by itself."""
    server, token = desk
    writers = Writers([server], token, CLAIMS)
    _, worker, decider = server.processes()
    for turn in range(TIMES):
        with writers.at_work():
            writers.until(20 + 5 * turn)
            os.kill(server.processes()[2], signal.SIGKILL)
            assert server.ask("GET", CLAIM)[0] == 200
            writers.until(20)
    assert server.processes()[1] == worker
    assert server.processes()[2] != decider
    assert server.ask("GET", "/readyz")[0] == 200
    writers.settle()
    count = writers.check(url)
    assert check_record(url) == len(CLAIMS) + count
    codes = [code for code, _ in writers.refusals]
    assert set(codes) <= {"unavailable", "outcome_unknown"}
    tell(
        f"kill -9 of what decides: {TIMES} times, {count:,} acknowledged, 0 lost, "
        f"{codes.count('outcome_unknown')} unknown, {codes.count('unavailable')} refused"
    )


def test_it_ends_with_the_worker_that_asks(desk, url):
    """When the worker is killed, what it asked for is not recorded later for nobody, and no process stays."""
    server, _ = desk
    main, _, decider = server.processes()
    with in_flight(desk, url) as answer:
        os.kill(server.processes()[1], signal.SIGKILL)
        with pytest.raises((OSError, http.client.HTTPException)):
            answer.result(PATIENCE)
        wait_until(lambda: not is_running(decider))
        wait_until(lambda: not is_running(main))
    assert decided(url) == []


def test_stopping_the_service_finishes_what_waits(desk, url):
    """SIGTERM to every process of the service at once: what is in flight is recorded and answered first."""
    server, _ = desk
    *_, decider = server.processes()
    with ThreadPoolExecutor(1) as stopping:
        with in_flight(desk, url) as answer:
            stopped = stopping.submit(server.end)
        stopped.result(PATIENCE)
    status, _, body = answer.result(PATIENCE)
    assert (status, json.loads(body)["data"]["note"], decided(url)) == (201, "in flight", ["in flight"])
    assert not is_running(decider)


def test_stopping_the_service_lets_what_decides_go_on(desk, url):
    """Where somebody halted the process that decides, it goes on at the end: what is in flight is recorded, as ever."""
    server, _ = desk
    *_, decider = server.processes()
    with ThreadPoolExecutor(1) as stopping:
        with in_flight(desk, url) as answer:
            os.kill(decider, signal.SIGSTOP)
            stopped = stopping.submit(server.end)
        assert stopped.result(PATIENCE) == 0
    assert (answer.result(PATIENCE)[0], decided(url)) == (201, ["in flight"])


def test_halted_it_ends_with_the_worker_that_asks(desk, url):
    """Killed with all that would have had it go on, it holds nothing that the next server needs."""
    server, _ = desk
    *_, worker, decider = server.processes()
    with in_flight(desk, url) as answer:
        os.kill(decider, signal.SIGSTOP)
        os.kill(worker, signal.SIGKILL)
        with pytest.raises((OSError, http.client.HTTPException)):
            answer.result(PATIENCE)
        wait_until(lambda: not is_running(decider))
    assert decided(url) == []


class Hasty(Server):
    """A server that finishes what is in flight for two seconds at most."""

    program = ("-c", "from service import cli, server; server.LONGEST_STOP = 2; cli.main()")


def test_what_does_not_end_is_broken_off_and_told(tmp_path, url):
    """A worker that cannot end is killed: the status is 1, and the log says that something was broken off."""
    found_record(url)
    server = Hasty(url, tmp_path)
    os.kill(server.processes()[1], signal.SIGSTOP)
    assert server.end() == 1
    told = json.loads((tmp_path / "server.txt").read_text(encoding="utf-8").splitlines()[-1])
    assert (told["level"], told["message"]) == (
        "error",
        "what was in flight was broken off unanswered: killed, as it is after 2 seconds",
    )


def test_while_it_is_lost_the_service_says_so(desk, url):
    """Killed while it decides: that is unknown; until it is back writes are refused and it is not ready; then it is."""
    server, token = desk
    *_, decider = server.processes()
    with in_flight(desk, url) as answer:
        os.kill(decider, signal.SIGKILL)
        status, _, body = answer.result(PATIENCE)
        assert (status, json.loads(body)["code"]) == (503, "outcome_unknown")
        status, headers, body = server.ask("GET", "/readyz")
        assert (status, json.loads(body)["code"], "Retry-After" in headers) == (503, "unavailable", True)
    wait_until(lambda: server.ask("GET", "/readyz")[0] == 200)
    assert deny(server, token, "again") == len(CLAIMS) + 1
    assert decided(url) == ["again"]
