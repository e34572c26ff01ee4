"""Kill whoever runs the jobs: another does within five seconds, and no deadline is answered twice."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from domain.instants import write_instant
from service.bootstrap import build
from service.machine import tell_time
from service.recording.ledger import Item
from service.store import open_store
from service.store.postgres.lead import LEADING
from service.timeline import Asked
from service.tokens import Actor
from tests.builders import MOFA, OPENED
from tests.contract.conftest import run_on_postgresql
from tests.faults.serving import HOUSE, PLAIN, check_record, wait_until

pytestmark = pytest.mark.faults

KILLS = 3
LONGEST = 5.0  # seconds until another leads
CLAIMS = 40  # a request on each; their deadlines pass one after another while leaders are killed
FIRST_DUE, APART = 4.0, 0.4  # seconds
LEADS = (
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND objid = ? AND granted"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """Name a record on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('path')}"
    else:
        with request.getfixturevalue("cluster").database() as database:
            yield database


@pytest.fixture
def requests(url):
    """Ask for comment on many claims, with deadlines in the coming seconds."""
    store = open_store(url)
    store.migrate()
    timeline = build(store)
    for n in range(CLAIMS):
        due = tell_time() + timedelta(seconds=FIRST_DUE + n * APART)
        claim = UUID(int=n + 1)
        data = {"party": MOFA, "deadline": write_instant(due)}
        items = [Item(claim, *OPENED), Item(claim, "comment_requested", data)]
        timeline.record(items=items, asked=Asked(Actor("desk", "reporter")), opens=True)
    timeline.close()
    store.close()


@pytest.fixture
def schedule(url, tmp_path):
    """Give a way to start `onrecord scheduler` on the record, under a name that PostgreSQL knows it by."""
    with ExitStack() as started:

        def start(name):
            told = started.enter_context((tmp_path / "schedulers.txt").open("a", encoding="utf-8"))
            database = url if url.startswith("sqlite") else f"{url}&application_name={name}"
            process = subprocess.Popen(
                [sys.executable, "-m", "service.cli", "scheduler"],
                env=PLAIN | {"ONRECORD_DATABASE": database, "PYTHONPATH": str(HOUSE)},
                stderr=told,
            )
            started.callback(process.wait)
            started.callback(process.kill)
            return process

        yield start


def holder(url, processes):
    """Find the name of the process that holds the lock of the lead; None while nobody does."""
    if not url.startswith("sqlite"):
        held = run_on_postgresql(url, LEADS, LEADING)
        return next((name for (name,) in held if name in processes), None)
    lock = Path(f"{url.removeprefix('sqlite:///')}-lead")
    inode = str(lock.stat().st_ino) if lock.exists() else ""
    with open("/proc/locks", encoding="ascii") as locks:  # noqa: PTH123 - the system's own list
        held = {int(line.split()[4]) for line in locks if line.split()[5].endswith(f":{inode}")}
    return next((name for name, process in processes.items() if process.pid in held), None)


def answers(url):
    """List which requests are recorded as unanswered: claim and version."""
    store = open_store(url)
    with store.reading() as view:
        events = [orjson.loads(state) for _, state in view.events_from(0, 10_000)]
    store.close()
    return sorted((e["claim"], e["data"]["regarding"]) for e in events if e["type"] == "unresponsive")


def test_leaders_are_killed_and_each_deadline_is_answered_once(url, requests, schedule, tell):
    """Of four schedulers the leader is killed three times; every request is answered once, and by then they agree."""
    processes = {name: schedule(name) for name in (f"desk-{n}" for n in range(KILLS + 1))}
    waits = []
    for _ in range(KILLS):
        leader = processes[name := wait_until(lambda: holder(url, processes))]
        time_to_work = time.monotonic() + FIRST_DUE
        wait_until(lambda: time.monotonic() > time_to_work)  # noqa: B023 - asked at once
        os.kill(leader.pid, signal.SIGKILL)
        killed = time.monotonic()
        leader.wait()
        del processes[name]
        wait_until(lambda: holder(url, processes))
        waits.append(time.monotonic() - killed)
    wait_until(lambda: len(answers(url)) >= CLAIMS)
    for process in processes.values():
        with suppress(ProcessLookupError):
            process.terminate()
        assert process.wait() == 0
    assert answers(url) == [(str(UUID(int=n + 1)), 2) for n in range(CLAIMS)]
    assert check_record(url) == 3 * CLAIMS
    assert max(waits) < LONGEST
    engine, told = url.partition(":")[0], ", ".join(f"{wait:.2f}" for wait in waits)
    tell(f"scheduler on {engine}: {KILLS} leaders killed, another led after {told} s")
