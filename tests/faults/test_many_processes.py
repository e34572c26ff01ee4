"""Let eight processes write one file at once: every one gets its turn, and none another's place."""

import json
import subprocess
import sys
import time
from uuid import UUID

import pytest

from service.bootstrap import build
from service.recording.ledger import Item
from service.store import open_store
from service.timeline import Asked
from service.tokens import Actor
from tests.builders import OPENED
from tests.faults.appending import EVENTS
from tests.faults.serving import HOUSE, PLAIN, check_record

pytestmark = pytest.mark.faults

PROCESSES = 8
PATIENCE = 120.0  # seconds for all of them
CLAIMS = [UUID(int=n + 1) for n in range(20)]


@pytest.fixture
def claims(path):
    """Open the claims that all of them append to."""
    timeline = build(open_store(f"sqlite:///{path}"))
    for claim in CLAIMS:
        timeline.record(items=[Item(claim, *OPENED)], asked=Asked(Actor("desk", "reporter")), opens=True)
    timeline.close()
    timeline.store.close()
    return list(map(str, CLAIMS))


def run_at_once(path, claims):
    """Let them all begin at the same moment; answers what each was told, and how long it took."""
    program = [sys.executable, "-m", "tests.faults.appending", f"sqlite:///{path}"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": HOUSE, "env": PLAIN}
    started = [subprocess.Popen([*program, f"desk-{n}", *claims], **pipes) for n in range(PROCESSES)]  # noqa: S603 - ours
    try:
        for process in started:
            assert process.stdout.readline() == "ready\n"
        begun = time.monotonic()
        for process in started:
            process.stdin.write("go\n")
            process.stdin.flush()
        ended = [json.loads(process.communicate(timeout=PATIENCE)[0]) for process in started]
        return ended, time.monotonic() - begun
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_eight_processes_append_to_one_file(path, claims, tell):
    """Of 8 times 200 appends to shared claims none is refused, and no position or version comes twice or never."""
    ended, took = run_at_once(path, claims)
    told = [event for one in ended for event in one["told"]]
    assert [event for event in told if isinstance(event, str)] == []
    told.sort()
    first = len(claims)
    assert [position for position, *_ in told] == list(range(first, first + PROCESSES * EVENTS))
    versions = {claim: [version for _, of, version, _ in told if of == claim] for claim in claims}
    each = PROCESSES * EVENTS // len(claims)
    assert versions == {claim: list(range(2, 2 + each)) for claim in claims}
    assert check_record(path) == first + PROCESSES * EVENTS
    store = open_store(f"sqlite:///{path}")
    with store.reading() as view:
        assert view.events_from(first, len(told)) == [(position, state) for position, _, _, state in told]
    store.close()
    longest = max(one["longest"] for one in ended)
    tell(
        f"{PROCESSES} processes: {len(told):,} events in {took:.1f} s, none refused, "
        f"longest wait {longest * 1_000:,.0f} ms"
    )
