"""Hold making and opening a record to doing it once, whoever is at it at the same time."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from service.errors import Unavailable
from service.store import open_store
from service.store.interface import Head
from service.store.parts import find_differences
from tests.builders import CLAIM_ID, said
from tests.contract.asking import PATIENCE, Bench, contents, opening
from tests.contract.listing import STORE

MIGRATE = """
import sys
from service.store import open_store
print("ready", flush=True)
sys.stdin.readline()
store = open_store(sys.argv[1])
store.migrate()
store.close()
"""


def test_making_a_record_twice_is_making_it_once(bench, store):
    """Migrating a record that is there already leaves everything as it is."""
    bench.do(opening(CLAIM_ID, said("denied")))
    before = contents(store)
    store.migrate()
    assert contents(store) == before


@pytest.mark.parametrize("turn", range(5))
def test_threads_make_a_record_at_once(unmade, turn):
    """Threads that make the same record at the same time all succeed, and it is there once."""
    stores = [open_store(unmade) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda store: store.migrate(), stores)) == [None] * 8, turn
    assert_is_empty_and_works(stores[0])
    for store in stores:
        store.close()


@pytest.mark.parametrize("turn", [0, *(pytest.param(turn, marks=pytest.mark.slow) for turn in (1, 2))])
def test_processes_make_a_record_at_once(unmade, turn):
    """Processes that make the same record at the same time all succeed, and it is there once."""
    command = [sys.executable, "-c", MIGRATE, unmade]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    processes = [subprocess.Popen(command, **pipes) for _ in range(6)]  # noqa: S603 - our own program
    for process in processes:
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    ended = [(*process.communicate(timeout=PATIENCE), process.returncode) for process in processes]
    assert ended == [(b"", b"", 0)] * 6, turn
    store = open_store(unmade)
    assert_is_empty_and_works(store)
    store.close()


def assert_is_empty_and_works(store):
    """Hold a record to being whole: empty, of this version, and ready to be written."""
    store.check()
    with store.reading() as view:
        assert (view.head(), view.count_claims(), view.tokens()) == (Head(0, ""), 0, [])
    bench = Bench(store)
    bench.do(opening(CLAIM_ID, said("denied")))
    bench.close()
    assert store.status().events == 2


def test_a_record_of_another_schema_version_is_refused_and_left_alone(bench, store, url, behind):
    """A program refuses a record of another schema version, and changes nothing of it."""
    bench.do(opening(CLAIM_ID))
    behind("UPDATE schema_version SET version = 9")
    behind("DROP TABLE facets")
    other = open_store(url)
    for refused in (other.check, other.migrate):
        with pytest.raises(Unavailable, match="has schema version 9; this program needs"):
            refused()
    with pytest.raises(Exception, match="facets"):
        behind("SELECT * FROM facets")
    other.close()
    store.close()


def test_a_record_of_the_version_before_is_brought_up_to_this_one(engine, unmade):
    """On PostgreSQL one is refused until `onrecord db init` is run again; then it is what this program makes."""
    if engine.name == "sqlite":
        pytest.skip("there is no way from one to the next")
    with psycopg.connect(unmade) as connection:
        connection.execute((STORE / "schema-1.sql").read_bytes())
    store = open_store(unmade)
    with closing(Bench(store)) as bench:
        bench.do(opening(CLAIM_ID, said("denied", summary=f"A word: {'x' * 300}, and another.")))
    with pytest.raises(Unavailable, match=r"has schema version 1; this program needs 2\. Run `onrecord db init`"):
        store.check()
    store.migrate()
    assert list(find_differences(*store.parts())) == []
    with store.reading() as view:
        assert list(view.derived.index_faults()) == []
    store.close()


def test_a_record_that_nobody_made_is_refused(unmade):
    """What is no record is neither read nor written, and the way out is told."""
    store = open_store(unmade)
    with pytest.raises(Unavailable, match="`onrecord db init`"):
        store.check()
    with pytest.raises(Unavailable, match="cannot be read"), store.reading() as view:
        view.head()
    with pytest.raises(Unavailable, match="Nothing was stored"), store.writing() as transaction:
        transaction.head()
    store.close()


def test_a_store_that_nobody_knows_is_refused():
    """A URL of an engine that this program has not got is refused, with what to write instead."""
    for url in ("mysql://localhost/record", "sqlite:record.db", "record.db", "sqlite:///"):
        with pytest.raises(
            ValueError, match=r"is no store this program knows. Write sqlite:///onrecord.db or postgresql"
        ):
            open_store(url)


def test_a_closed_store_opens_again(bench, store):
    """Closing lets go of every connection, and a store that was closed opens again when it is asked."""
    bench.do(opening(CLAIM_ID, said("denied")))
    before = contents(store)
    store.close()
    assert json.loads(contents(store)["events"][0][1])["claim"] == str(CLAIM_ID)
    assert contents(store) == before
