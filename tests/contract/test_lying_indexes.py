"""An index of the embedded store that holds other than its rows is found, however its schema was made to look."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner

from service.cli import main
from service.errors import Unavailable
from service.jobs.self_check import CheckStopped
from service.verifying.parts import StoreDiffers, refuse_changed
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
    monkeypatch.setattr("service.store.sqlite_parts._STEPS", 1)
    stopping = Event()
    stopping.set()
    with pytest.raises(CheckStopped):
        refuse_changed(store, stopping)
    with pytest.raises(Unavailable, match="interrupted"):
        store.index_faults(stopping.is_set)
    assert [] == store.index_faults()
