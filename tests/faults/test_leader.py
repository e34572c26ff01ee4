"""Kill whoever runs the jobs: another does within five seconds, and no deadline is answered twice."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from domain.instants import write_instant
from service.bootstrap import build, tell_time
from service.ledger import Item
from service.store import open_store
from service.timeline import Asked
from service.tokens import Actor
from tests.builders import MOFA, OPENED
from tests.faults.serving import HOUSE, PLAIN, check_record, wait_until

pytestmark = pytest.mark.faults

KILLS = 3
LONGEST = 5.0  # seconds until another leads
CLAIMS = 40  # a request on each; their deadlines pass one after another while leaders are killed
FIRST_DUE, APART = 4.0, 0.4  # seconds


@pytest.fixture
def requests(path):
    """Ask for comment on many claims, with deadlines in the coming seconds."""
    timeline = build(open_store(f"sqlite:///{path}"))
    for n in range(CLAIMS):
        due = tell_time() + timedelta(seconds=FIRST_DUE + n * APART)
        claim = UUID(int=n + 1)
        data = {"party": MOFA, "deadline": write_instant(due)}
        items = [Item(claim, *OPENED), Item(claim, "comment_requested", data)]
        timeline.record(items=items, asked=Asked(Actor("desk", "reporter")), opens=True)
    timeline.close()
    timeline.store.close()


@pytest.fixture
def schedule(path, tmp_path):
    """Give a way to start `onrecord scheduler` on the record."""
    with ExitStack() as started:

        def start():
            told = started.enter_context((tmp_path / "schedulers.txt").open("a", encoding="utf-8"))
            process = subprocess.Popen(
                [sys.executable, "-m", "service.cli", "scheduler"],
                env=PLAIN | {"ONRECORD_DATABASE": f"sqlite:///{path}", "PYTHONPATH": str(HOUSE)},
                stderr=told,
            )
            started.callback(process.wait)
            started.callback(process.kill)
            return process

        yield start


def holder(path, processes):
    """Find which process holds the lock of the lead; None while nobody does."""
    inode = (
        str(path.with_name(f"{path.name}-lead").stat().st_ino) if path.with_name(f"{path.name}-lead").exists() else ""
    )
    with open("/proc/locks", encoding="ascii") as locks:  # noqa: PTH123 - the system's own list
        held = {int(line.split()[4]) for line in locks if line.split()[5].endswith(f":{inode}")}
    return next((process for process in processes if process.pid in held), None)


def answers(path):
    """List which requests are recorded as unanswered: claim and version."""
    store = open_store(f"sqlite:///{path}")
    with store.reading() as view:
        events = [orjson.loads(state) for _, state in view.events_from(0, 10_000)]
    store.close()
    return sorted((e["claim"], e["data"]["regarding"]) for e in events if e["type"] == "unresponsive")


def test_leaders_are_killed_and_each_deadline_is_answered_once(path, requests, schedule, tell):
    """Of four schedulers the leader is killed three times; every request is answered once, and by then they agree."""
    processes = [schedule() for _ in range(KILLS + 1)]
    waits = []
    for _ in range(KILLS):
        leader = wait_until(lambda: holder(path, processes))
        time_to_work = time.monotonic() + FIRST_DUE
        wait_until(lambda: time.monotonic() > time_to_work)  # noqa: B023 - asked at once
        os.kill(leader.pid, signal.SIGKILL)
        killed = time.monotonic()
        leader.wait()
        processes.remove(leader)
        wait_until(lambda: holder(path, processes))
        waits.append(time.monotonic() - killed)
    wait_until(lambda: len(answers(path)) >= CLAIMS)
    for process in processes:
        with suppress(ProcessLookupError):
            process.terminate()
        assert process.wait() == 0
    assert answers(path) == [(str(UUID(int=n + 1)), 2) for n in range(CLAIMS)]
    assert check_record(path) == 3 * CLAIMS
    assert max(waits) < LONGEST
    tell(f"scheduler: {KILLS} leaders killed, another led after {', '.join(f'{w:.2f}' for w in waits)} s")
