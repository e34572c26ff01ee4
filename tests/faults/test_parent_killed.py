"""Kill with -9 a process that has others work beside it: none of them stays, and what it printed to is let go."""

import os
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from service.bootstrap import build
from service.importing.importer import Importer
from service.importing.rows import read_json_lines
from service.store import open_store
from tests.faults.serving import PATIENCE

pytestmark = pytest.mark.faults

HOUSE = Path(__file__).parent.parent.parent
STORY = HOUSE / "service" / "stories" / "moscow-contact.jsonl"
BEGIN = """
import sys
from functools import partial
from service.rebuild import rebuild
from service.store import open_store
from service.verifying.section import cut, in_processes, look

def tell(part):
    print("some is done", flush=True)
    sys.stdin.read()  # without end

store = open_store(sys.argv[1])
"""
WORK = {
    "rebuild": "rebuild(store, tell, beside=2)",
    "verify": "for section in in_processes(store, 2)(partial(look, store, 2), cut(0, 31, 2)): tell(section)",
}


@pytest.fixture
def url(path):
    """Name a record with the story in it."""
    store = open_store(f"sqlite:///{path}")
    timeline = build(store)
    with STORY.open("rb") as file:
        importer = Importer(timeline, file, read_json_lines)
        with closing(importer.check(lambda _: None)) as plan:
            importer.record(plan, lambda _: None)
    timeline.close()
    store.close()
    return f"sqlite:///{path}"


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_those_beside_end_with_the_one_that_asks(url, work):
    """Killed amid its work, it leaves no process: the pipes that all of them had open reach their end."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", BEGIN + work, url],
        cwd=HOUSE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout.readline() == "some is done\n"
        process.kill()
        process.communicate(timeout=PATIENCE)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
