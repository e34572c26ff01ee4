"""Fail the write transaction at every point at which it can fail: what is told, and what is stored then."""

import resource
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from service.errors import Unavailable
from service.store import finding, open_store
from tests.builders import CLAIM_ID, KREMLIN, MOFA, OTHER_ID, amended, kept, said
from tests.contract.asking import Bench, append, ask, codes_of, contents, item, opening, outcome_of
from tests.faults.serving import check_record

pytestmark = pytest.mark.faults

GROUP = ask(
    item(OTHER_ID, said("ncnd", MOFA)),
    item(CLAIM_ID, kept("redacted", regarding=2), if_match=3),
    item(OTHER_ID, said("unaware", MOFA)),
    key="the group",
)


MOST = 1_000  # statements of a transaction


class Faulty(sqlite3.Connection):
    """A connection of which one statement fails: the one of a number, counted from BEGIN on, or of a wording."""

    watched = None  # the name of the thread whose statements are counted
    at = None
    fail = None  # what happens then: called with the connection, and with what runs the statement
    seen = ()

    def execute(self, statement, *parameters):
        """Run a statement."""
        return self._run(statement, lambda: super(Faulty, self).execute(statement, *parameters))

    def executemany(self, statement, rows):
        """Run a statement once for each row."""
        return self._run(statement, lambda: super(Faulty, self).executemany(statement, rows))

    def _run(self, statement, run):
        if threading.current_thread().name != Faulty.watched:
            return run()
        if statement.startswith("BEGIN") and Faulty.seen[-1:] == [statement]:
            return run()  # the lock is asked for anew, by chance: the statement is the same one
        Faulty.seen.append(statement)
        if Faulty.at not in {statement, len(Faulty.seen) - 1}:
            return run()
        Faulty.at = None
        return Faulty.fail(self, run)

    @classmethod
    def watch(cls, thread, at=None, fail=None):
        """Count the statements of a thread from now on, of which one is to fail."""
        cls.watched, cls.at, cls.fail, cls.seen = thread, at, staticmethod(fail), []


@pytest.fixture
def bench(path, monkeypatch):
    """Set a writer to work on a record in which there is everything that the group touches."""
    monkeypatch.setattr(finding, "FRESH", 1)  # else neither facets nor words are entered
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **more: connect(*given, **({"factory": Faulty} | more)))
    store = open_store(f"sqlite:///{path}")
    made = Bench(store)
    made.store = store
    made.do(opening(CLAIM_ID, said("denied", KREMLIN)))
    made.do(append(CLAIM_ID, amended(2, said("denied", MOFA)), if_match=2))
    made.do(opening(OTHER_ID, said("reported")))
    yield made
    Faulty.watched = None
    made.close()
    store.close()


def write(bench, at=None, fail=None):
    """Hand the group in, while a statement is to fail; answers the word of what came of it."""
    Faulty.watch("writer", at, fail)
    outcome = outcome_of(bench.writer.submit(GROUP))
    Faulty.watched = None
    return codes_of([outcome])[0]


def interrupt(connection, run):
    """Let SQLite itself give up in the midst of the statement, or, where it is too short for that, right after."""
    connection.set_progress_handler(lambda: 1, 1)
    try:
        run()
    finally:
        connection.set_progress_handler(None, 0)
    raise coded(sqlite3.SQLITE_INTERRUPT)


def lose_all(connection, _run):
    """Do what SQLite does where a disk fails in the midst of a transaction: roll it back whole, and say so."""
    if connection.in_transaction:
        sqlite3.Connection.execute(connection, "ROLLBACK")
    raise coded(sqlite3.SQLITE_IOERR_READ)


def coded(code):
    """Make an error as SQLite raises it."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("fail", [interrupt, lose_all])
def test_whatever_statement_fails_nothing_is_stored(bench, path, fail, tell):
    """Wherever a statement fails before the commit, nothing is stored, Unavailable says so, and a retry is recorded."""
    before = contents(bench.store)
    told = []
    for at in range(MOST):
        outcome = write(bench, at, fail)
        if Faulty.seen[at] == "COMMIT":
            break
        told.append((Faulty.seen[at], outcome))
        assert contents(bench.store) == before
    assert [(statement, code) for statement, code in told if code != "unavailable"] == []
    failed = " ".join(statement for statement, _ in told)
    for table in ("events", "log", "claim_versions", "facets", "replies"):
        assert f"INSERT INTO {table}" in failed
    assert ("UPDATE log_head" in failed, "UPDATE events" in failed) == (True, True)
    assert write(bench) == "recorded"
    assert check_record(path) == 8
    tell(f"{fail.__name__}: {len(told)} statements failed in turn, nothing stored by any")


def refuse(_connection, _run):
    """Leave the transaction open, as SQLite does where another holds a lock."""
    raise coded(sqlite3.SQLITE_BUSY)


def fill(connection, run):
    """Let the operating system write no byte more to the log of the database."""
    (_, _, path), *_ = sqlite3.Connection.execute(connection, "PRAGMA database_list")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(f"{path}-wal").stat().st_size, hard))
    try:
        return run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def roll_back(code):
    """Make what rolls back, as SQLite does where a commit fails, and gives a code."""

    def fail(connection, _run):
        sqlite3.Connection.execute(connection, "ROLLBACK")
        raise MemoryError if code == sqlite3.SQLITE_NOMEM else coded(code)

    return fail


def lose_answer(_connection, run):
    """Commit, and say that it failed."""
    run()
    raise coded(sqlite3.SQLITE_IOERR)


COMMITS = {
    "another holds a lock": (refuse, "unavailable", 0),
    "the log cannot grow": (fill, "unavailable", 0),
    "the disk is full": (roll_back(sqlite3.SQLITE_FULL), "unavailable", 0),
    "the log cannot be synced": (roll_back(sqlite3.SQLITE_IOERR_FSYNC), "outcome_unknown", 0),
    "the index of the log cannot grow": (roll_back(sqlite3.SQLITE_IOERR_SHMSIZE), "outcome_unknown", 0),
    "there is no memory": (roll_back(sqlite3.SQLITE_NOMEM), "outcome_unknown", 0),
    "the answer is lost": (lose_answer, "outcome_unknown", 3),
}


@pytest.mark.parametrize(("fail", "told", "stored"), COMMITS.values(), ids=COMMITS)
def test_a_commit_that_fails_is_told_for_what_it_is(bench, path, fail, told, stored):
    """A commit that surely left nothing is Unavailable, any other OutcomeUnknown; a retry is recorded once."""
    before = contents(bench.store)
    assert write(bench, "COMMIT", fail) == told
    assert (contents(bench.store) == before) == (stored == 0)
    assert contents(bench.store)["head"].size == 5 + stored
    assert write(bench) == ("replayed" if stored else "recorded")
    assert contents(bench.store)["head"].size == 8
    assert check_record(path) == 8


def test_a_transaction_that_failed_is_not_left_open(bench, path):
    """After a failure the writer's connection is out of the transaction, so that others can write at once."""
    for at in ("BEGIN IMMEDIATE", "PRAGMA busy_timeout = 15000", "UPDATE log_head SET size = ?, at = ?"):
        assert write(bench, at, run_and_fail) == "unavailable"
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
    assert write(bench, "COMMIT", refuse) == "unavailable"
    assert write(bench) == "recorded"


def run_and_fail(_connection, run):
    """Run the statement, and fail."""
    run()
    raise coded(sqlite3.SQLITE_IOERR_READ)


def test_a_look_that_fails_is_told(bench):
    """Whatever statement of a look fails, Unavailable says so, and the next look is sound."""
    before = contents(bench.store)
    thread = threading.current_thread().name
    for at in range(100):
        Faulty.watch(thread, at, lose_all)
        try:
            found = contents(bench.store)
        except Unavailable:
            Faulty.watched = None
            assert contents(bench.store) == before
        else:
            break
        finally:
            Faulty.watched = None
    assert (found, at > 10) == (before, True)
