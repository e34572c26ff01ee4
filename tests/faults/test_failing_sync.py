"""Let the disk fail to sync, as only the kernel can tell, and crash: what was acknowledged is there all the same."""

import shutil
import subprocess
import sys
from contextlib import contextmanager
from uuid import UUID

import pytest

from service.store import open_store
from tests.builders import said
from tests.contract.asking import Bench, append, opening
from tests.faults.serving import HOUSE, PATIENCE, PLAIN, check_record

pytestmark = pytest.mark.faults

REQUESTS = 2
SYNCS = 6
CRASH = """
import os, sys
from uuid import UUID
from service.store import open_store
from tests.builders import said
from tests.contract.asking import Bench, append, code_of, outcome_of

bench = Bench(open_store(sys.argv[1]))
for key in sys.argv[3:]:
    print(code_of(outcome_of(bench.writer.submit(append(UUID(sys.argv[2]), said("denied"), key=key)))), flush=True)
os._exit(9)
"""


def crash_with_a_failing_sync(path, which, claim, keys):
    """Record in a process of which one sync fails, and which then dies; answers what was told."""
    failing = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject=fdatasync,fsync:error=EIO:when={which}"]
    program = [sys.executable, "-c", CRASH, f"sqlite:///{path}", str(claim), *keys]
    ended = subprocess.run(  # noqa: S603 - our own program
        [*failing, *program], capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=HOUSE, env=PLAIN
    )
    if ended.returncode != 9:
        pytest.skip(f"system calls cannot be made to fail here: {ended.stderr[-200:]}")
    return ended.stdout.split()


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace, which makes system calls fail")
def test_a_sync_that_fails_is_never_an_acknowledgement(path, tell):
    """Whichever sync fails before a crash, what was acknowledged is found, the rest whole or not, a retry is safe."""
    unknown, found = 0, 0
    for which in range(1, SYNCS + 1):
        claim = UUID(int=which)
        with writer_on(path) as (_, bench):
            bench.do(opening(claim))
        keys = [f"sync-{which}-request-{n}" for n in range(REQUESTS)]
        words = crash_with_a_failing_sync(path, which, claim, keys)
        assert set(words) <= {"recorded", "outcome_unknown"}
        with writer_on(path) as (store, bench):
            there = {key for key in keys if find_reply(store, key)}
            assert {key for key, word in zip(keys, words, strict=True) if word == "recorded"} <= there
            retried = {key for key in keys if bench.do(append(claim, said("denied"), key=key)).replayed}
            assert retried == there
        unknown, found = unknown + words.count("outcome_unknown"), found + len(there) - words.count("recorded")
    assert (check_record(path), unknown > 0) == (SYNCS * (1 + REQUESTS), True)
    tell(f"failing sync: {unknown} answers unknown, {found} of them found after the crash; 0 acknowledged lost")


@contextmanager
def writer_on(path):
    """Set a writer to work, and let go of the record again."""
    store = open_store(f"sqlite:///{path}")
    bench = Bench(store)
    yield store, bench
    bench.close()
    store.close()


def find_reply(store, key):
    """Find what a request made, if anything."""
    with store.reading() as view:
        return view.find_replies("desk-seoul", [key])
