"""What cannot be read at all is a fault of the step that looks at it: status 3, and never a traceback."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.contract.owner import SIZE

EVERYWHERE = {
    "the head": (
        "DELETE FROM log_head",
        "3 FAILED  events: not readable: log_head: expected the row that tells the size",
    ),
    "a large head": (
        "UPDATE log_head SET size = 9223372036854775807",
        "4 FAILED  order: cut off: expected the 9223372036",
    ),
    "the log": ("DROP TABLE log", "3 FAILED  events: table changed: expected the table log, got none"),
    "checkpoints": (
        "DROP TABLE checkpoints",
        "1 FAILED  signature: table changed: expected the table checkpoints, got",
    ),
    "facets": ("DROP TABLE facets", "6 FAILED  read model: table changed: expected the table facets, got none"),
    "no version": (
        "DROP TABLE schema_version",
        "3 FAILED  events: table changed: expected the table schema_version, got",
    ),
    "a version": ("UPDATE schema_version SET version = 99", "row of the schema's version: expected"),
    "two versions": ("INSERT INTO schema_version VALUES (1)", "row of the schema's version: expected"),
}
TYPES = {
    "a note": (
        "UPDATE checkpoints SET note = x'00ff'",
        "1 FAILED  signature: not readable: checkpoints: note of the row 0",
    ),
    "its letters": (
        "UPDATE checkpoints SET note = CAST(x'61ff' AS TEXT)",
        "expected text, got bytes that are no UTF-8",
    ),
    "a size": (
        "UPDATE checkpoints SET size = 'x' WHERE number = 0",
        "checkpoints: size of the row 0: expected integer",
    ),
    "a witness": (
        "INSERT INTO cosignatures VALUES (0, x'ff', '')",
        "cosignatures: witness of the row 0, X'FF': expected",
    ),
    "how many": ("UPDATE log_head SET size = 'x'", "log_head: size of the row 1: expected integer, got text b'x'"),
    "an event": (
        "UPDATE events SET state = CAST(state AS BLOB)",
        "events: state of the row 0: expected text, got blob",
    ),
    "a body": ("UPDATE bodies SET body = CAST(x'61ff' AS TEXT)", "bodies: The record cannot be read: Could not decode"),
    "an index": (
        "DELETE FROM word_lists_data WHERE id = 10",
        "the index of words: The record cannot be read: vtable constructor failed",
    ),
}


@pytest.fixture
def verify(url, owner):
    """Give a way to verify a signed record at the command line."""

    def verified(statement):
        owner.run(statement)
        return run_verify(url)

    return verified


def run_verify(database):
    """Verify as it would be typed, with nothing else configured."""
    unset = {name: None for name in os.environ if name.startswith("ONRECORD_")}
    return CliRunner().invoke(main, ["verify"], env={**unset, "ONRECORD_DATABASE": database})


@pytest.mark.parametrize(("statement", "expected"), EVERYWHERE.values(), ids=EVERYWHERE)
def test_what_is_gone_is_named(verify, statement, expected):
    """A table, a row or a version without which nothing can be read is told with its step."""
    result = verify(statement)
    assert 3 == result.exit_code, result.output
    assert expected in result.stdout


@pytest.mark.parametrize(("statement", "expected"), TYPES.values(), ids=TYPES)
def test_a_value_of_another_type_is_named(engine, verify, statement, expected):
    """SQLite keeps what it is given: a value that is no such as its column has is told with its row."""
    if engine.name == "postgresql":
        pytest.skip("PostgreSQL refuses it")
    result = verify(statement)
    assert 3 == result.exit_code, result.output
    assert expected in result.stdout


BROKEN = {
    "the half of it": (lambda data, _: data[: len(data) // 2], "database disk image is malformed"),
    "no database": (lambda data, _: data[::-1], "file is not a database"),
    "the kind of a page": (lambda data, at: data[:at] + b"\x00" + data[at + 1 :], "database disk image is malformed"),
    "a letter of a trigger": (
        lambda data, _: data.replace(b"events_keepevents", b"events_ke\xffpevents"),
        "invalid start byte",
    ),
    "a table of a trigger": (
        lambda data, _: data.replace(b"events_keepevents", b"events_keeplog_no"),
        "malformed database schema (events_keep)",
    ),
}


@pytest.mark.parametrize(("change", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_broken_is_named(engine, url, record, bench, store, change, expected):
    """A file that is there and damaged, wherever, fails with what SQLite says of it; it is not called out of reach."""
    if engine.name == "postgresql":
        pytest.skip("its files are the server's")
    with store.reading() as view:
        page, size = view._sql.execute(  # noqa: SLF001 - there is no other way to it
            "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'log_nodes'"
        ).fetchone()
    bench.close()
    store.close()
    file = Path(url.removeprefix("sqlite:///"))
    file.write_bytes(change(file.read_bytes(), (page - 1) * size))
    result = run_verify(url)
    assert 3 == result.exit_code, result.output
    assert "3 FAILED  events: not readable: " in result.stdout
    assert f"{expected}.\n" in result.stdout


def test_two_heads_are_named(engine, verify, owner):
    """Which of two rows tells the size of the record would be the planner's choice."""
    if engine.name == "sqlite":
        pytest.skip("its key is the number of the row")
    owner.run("UPDATE pg_index SET indisunique = false WHERE indexrelid = 'log_head_pkey'::regclass")
    result = verify("INSERT INTO log_head SELECT 1, 40, at FROM log_head")
    assert 3 == result.exit_code, result.output
    assert "log_head: expected the row that tells the size of the record, got 2 rows." in result.stdout


def test_a_value_that_is_nothing_is_named(engine, url, store, record):
    """Where a bit that went, or an owner, left nothing in a column that has to have something, its row is told."""
    if engine.name == "postgresql":
        pytest.skip("PostgreSQL refuses it")
    left_out = "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = 'log_nodes'"
    declared, loose = "hash BLOB NOT NULL", "hash BLOB"
    for statement, given in (
        (left_out, (declared, loose)),
        ("UPDATE log_nodes SET hash = NULL WHERE level = 1 AND number = 3", ()),
        (left_out, (loose, declared)),
    ):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema = 1")
            connection.execute(statement, given)
    assert [("log_nodes", "hash of the row 1, 3: expected blob, got null")] == store.misfits()


def test_a_column_that_is_another_is_named(engine, verify):
    """What is no text any more where the program reads text is told before it is read."""
    if engine.name == "sqlite":
        pytest.skip("SQLite keeps the type of a column")
    result = verify("ALTER TABLE checkpoints ALTER COLUMN note TYPE bytea USING convert_to(note, 'UTF8')")
    assert 3 == result.exit_code
    assert "1 FAILED  signature: table changed: checkpoints: column note: expected 'text" in result.stdout


def test_a_store_that_cannot_be_reached_is_no_fault_of_it(tmp_path):
    """Nothing is verified of what does not answer, or is not there: status 1."""
    for database in (f"sqlite:///{tmp_path}/none.db", f"postgresql://nobody@/none?host={tmp_path}"):
        result = run_verify(database)
        assert (1, "") == (result.exit_code, result.stdout)


NO_RECORD = "6 FAILED  read model: no record: expected events of which a replay makes a record, got"
FORGED = {
    "without words": ({"data": {}, "type": "denied"}, NO_RECORD),
    "of no known type": ({"type": "blessed"}, "3 FAILED  events: edited: position 41: expected type to be a word"),
    "of no claim": ({"claim": "x"}, "3 FAILED  events: edited: position 41: expected claim to be a UUID"),
    "at no time": (
        {"recorded_at": "then"},
        "3 FAILED  events: edited: position 41: expected recorded_at to be an instant",
    ),
    "before all others": (
        {"recorded_at": "2020-01-01T00:00:00.000000Z"},
        "4 FAILED  order: time out of order: position 41",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_an_event_that_was_forged_and_signed(owner, verify, publisher, name):
    """An event that makes no history, slipped in and signed since, is a fault, of its form or of the replay."""
    change, told = FORGED[name]
    owner.put(SIZE, owner.another(1) | change, leaf=True)
    owner.rewrite_log()
    owner.run("UPDATE log_head SET size = size + 1")
    publisher.publish()
    result = verify("SELECT 1")
    assert 3 == result.exit_code, result.output
    assert told in result.stdout
