"""An index that holds other than its rows is found, however the schema was made to look."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner

from service.cli import main
from service.errors import Unavailable
from service.jobs.self_check import CheckStopped, StoreDiffers, refuse_changed
from service.store.parts import INDEX
from service.store.postgres.index import find_fault, list_indexes
from service.store.postgres.parts import read_listed
from service.store.postgres.pool import connect
from tests.contract.owner import KEY
from tests.contract.test_damage import run_verify

SAY = "UPDATE sqlite_schema SET sql = '{1}' WHERE name = '{0}'"
NOT_OURS = "index zz is not ours: expected no index more, got "
MISSING = "6 FAILED  read model: index differs: expected a file whose indexes hold what its rows make, got one of which"
COVERING = "CREATE INDEX zz ON events (claim, version, position, state, topic)"
VERSIONS = "CREATE INDEX zz ON claim_versions (claim, version, since, until, due_at, tags)"
NARROW = "CREATE INDEX corrections ON events (position) WHERE topic = ''onrecord.struck''"
AUTO = "sqlite_autoindex_events_1"
SWAP = SAY.replace("sql = '{1}'", "rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'zz')").format(AUTO)
LIES = {
    "other words": (
        [COVERING.replace("state", "replace(state, 'denied', 'confirmed')"), SAY.format("zz", COVERING)],
        [
            f"3 FAILED  events: schema changed: events: {NOT_OURS}",
            f"{MISSING} SQLite says: row 2 missing from index zz",
        ],
    ),
    "another end": (
        [VERSIONS.replace("until", "until + 1"), SAY.format("zz", VERSIONS)],
        [f"6 FAILED  read model: schema changed: claim_versions: {NOT_OURS}", f"{MISSING} SQLite says: row 1 missing"],
    ),
    "fewer rows": (
        ["DROP INDEX corrections", NARROW.replace("''", "'"), "{ours}"],
        [f"{MISSING} SQLite says: row 8 missing from index corrections"],
    ),
    "another's page": (
        [
            "CREATE UNIQUE INDEX zz ON events (claim, version) WHERE version < 5",
            SWAP,
            "DELETE FROM sqlite_schema WHERE name = 'zz'",
        ],
        [f"SQLite says: row 5 missing from index {AUTO}"],
    ),
}


@pytest.fixture
def path(engine, url, record):
    """Give the file of a signed record, whose triggers are left as they are."""
    if engine.name == "postgresql":
        pytest.skip("PostgreSQL keeps no statements that somebody could write over")
    return Path(url.removeprefix("sqlite:///"))


def lie(path, statements):
    """Run statements on a file whose schema may be written to."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (ours,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'corrections'").fetchone()
        for statement in statements:
            connection.execute("PRAGMA writable_schema = ON")
            said = SAY.format("corrections", ours.replace("'", "''"))
            connection.execute(statement.replace("{ours}", said))


@pytest.mark.parametrize(("statements", "expected"), LIES.values(), ids=LIES)
def test_an_index_that_lies_is_named_and_made_anew(path, url, store, statements, expected):
    """Verification names it, the self-check refuses it, and a rebuild makes it of the rows."""
    lie(path, statements)
    store.close()
    result = run_verify(url)
    assert 3 == result.exit_code, result.output
    assert [] == [told for told in expected if told not in result.stdout], result.stdout
    with pytest.raises(StoreDiffers, match=r"SQLite says: row \d+ missing from index"):
        refuse_changed(store, Event())
    (path.parent / "record.db.key").write_text(KEY.written(), encoding="ascii")
    rebuilt = CliRunner().invoke(main, ["db", "rebuild"], env={"ONRECORD_DATABASE": url, "ONRECORD_ORIGIN": KEY.name})
    assert 0 == rebuilt.exit_code, rebuilt.output
    assert "missing from index" not in run_verify(url).stdout


UNREADY = "UPDATE pg_index SET indisready = {} WHERE indexrelid = '{}'::regclass"
AGAIN = "CREATE TEMP TABLE kept AS SELECT * FROM {0}; DELETE FROM {0}; INSERT INTO {0} SELECT * FROM kept"
STOOD = "UPDATE pg_class SET relfilenode = (SELECT relfilenode FROM pg_class WHERE relname = 'zz') WHERE relname = '{}'"
LACKING = {
    "a claim's events": ("events", "events_claim_version_position_key", "41 rows, got 0"),
    "openings": ("events", "openings", "9 rows, got 0"),
    "times": ("log", "log_by_time", "41 rows, got 0"),
    "whose word it was": ("said", "said_on", "29 rows, got 0"),
}


@pytest.fixture
def as_superuser(engine, record, behind):
    """Give a way to run statements on a signed record on PostgreSQL, past all triggers, in one session."""
    if engine.name == "sqlite":
        pytest.skip("SQLite has no such catalogue")
    return lambda *statements: behind("; ".join(["SET session_replication_role = replica", *statements]))


@pytest.mark.parametrize(("table", "index", "told"), LACKING.values(), ids=LACKING)
def test_an_index_that_was_not_written_to_is_named(as_superuser, url, store, table, index, told):
    """Rows that are there, and by an index are not, since it was said not to be ready as they came."""
    as_superuser(UNREADY.format("false", index), AGAIN.format(table), UNREADY.format("true", index))
    result = run_verify(url)
    assert 3 == result.exit_code, result.output
    named = f"index differs: {table}: index {index}: expected entries of {told}; `reindexdb --concurrently` makes it"
    assert named in result.stdout
    with pytest.raises(StoreDiffers, match=f"index {index}: expected entries of "):
        refuse_changed(store, Event())


def test_an_index_that_stands_on_anothers_pages_is_named(as_superuser, store):
    """One that was filled by another statement than it tells holds other values in as many rows."""
    upper = "CREATE INDEX zz ON said (claim, upper(key), since, until)"
    as_superuser(upper, STOOD.format("said_on"))
    told = [fault.partition(";")[0] for fault in store.index_faults() if "said_on" in fault]
    assert ["said: index said_on: expected entries of 29 rows, got others"] == told


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_every_index_of_ours_is_read_from_end_to_end(engine, request, filled):
    """The plan by which each is compared with its table is by that index itself, whatever else would do."""
    if engine.name == "sqlite":
        pytest.skip("SQLite looks through its file")
    copied = engine.copy(request.getfixturevalue("written")[0] if filled else engine.empty)
    with copied as url, closing(connect(url, reading=True)) as connection:
        indexes = list_indexes(connection)
        assert [] == [fault for index in indexes if (fault := find_fault(connection, index))]
    ours = {part.name for part in read_listed() if part.kind == INDEX}
    assert ours - {"words_by_lexeme"} == {name for name, *_ in indexes}


def test_of_two_indexes_that_are_alike_one_is_too_many(as_superuser, store):
    """Which of them answers are read by is the planner's choice, so each has to be one that can be read by itself."""
    as_superuser("CREATE INDEX twin ON said (claim, key, since, until)")
    (told,) = store.index_faults()
    assert told.partition(": ")[2].partition(": ")[2].startswith("expected to read it in its order, got another; drop")


def test_damage_of_a_page_is_named(path, url, store):
    """Other bytes in an index, put there below SQL, are found as what they are."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'corrections'").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    with path.open("r+b") as file:
        file.seek(page * 4096 - 20)
        file.write(b"\x61" * 20)
    result = run_verify(url)
    assert 3 == result.exit_code, result.output
    assert "from index corrections" in result.stdout


def test_a_look_at_indexes_ends_when_it_is_told_to(path, store, monkeypatch):
    """It reads the whole file, and who waits for its end need not: the check is then as if it had not run."""
    monkeypatch.setattr("service.store.sqlite.parts._STEPS", 1)
    stopping = Event()
    stopping.set()
    with pytest.raises(CheckStopped):
        refuse_changed(store, stopping)
    with pytest.raises(Unavailable, match="interrupted"):
        store.index_faults(stopping.is_set)
    assert [] == store.index_faults()
