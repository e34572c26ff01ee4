"""What somebody put into the embedded store so that it is not seen is named.

SQLite takes letters of either case for the same name, and lets a trigger pass over a row
without a word.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from service.errors import Damaged
from service.store.parts import find_differences
from tests.contract.conftest import on_sqlite

HUSH = "CREATE TRIGGER hush BEFORE UPDATE ON {} BEGIN SELECT RAISE(IGNORE); END"
SAY = "UPDATE sqlite_schema SET {} WHERE name = '{}'"
NOT_OURS = "expected no {} but those that this program makes, got 'CREATE "
HIDDEN = {
    "a trigger on a name in capitals": ([HUSH.format("EVENTS")], "events", NOT_OURS.format("trigger hush")),
    "one that is said to be in capitals": (
        [HUSH.format("tokens"), SAY.format("tbl_name = 'TOKENS', type = 'TRIGGER', name = 'HUSH'", "hush")],
        "tokens",
        NOT_OURS.format("trigger HUSH"),
    ),
    "one whose kind and table end in a NUL": (
        [HUSH.format("tokens"), SAY.format("type = 'trigger' || char(0), tbl_name = 'tokens' || char(0)", "hush")],
        "tokens",
        NOT_OURS.format("trigger hush"),
    ),
    "one on another's table": ([HUSH.format("Other")], "other", NOT_OURS.format("trigger hush")),
    "an index in capitals": (
        ["CREATE INDEX zz ON said (lower(country))", SAY.format("tbl_name = 'SAID', type = 'INDEX'", "zz")],
        "said",
        "index zz is not ours: expected no index more, got 'CREATE INDEX zz ON said (lower(country))'",
    ),
    "a view in capitals": (
        ["ALTER TABLE bodies RENAME TO gone", "CREATE VIEW BODIES AS SELECT * FROM gone"],
        "bodies",
        NOT_OURS.format("view BODIES"),
    ),
    "a table that is met in a function's place": (
        ["CREATE TABLE Json_Each (value)", "CREATE INDEX each ON Json_Each (value)"],
        "functions",
        NOT_OURS.format("table in the place of the function Json_Each"),
    ),
    "a virtual one": (
        ["CREATE VIRTUAL TABLE json_each USING fts5 (value)"],
        "functions",
        NOT_OURS.format("table in the place of the function json_each"),
    ),
    "a view that is met in a pragma's place": (
        ["CREATE VIEW PRAGMA_table_info AS SELECT 1 AS name"],
        "functions",
        NOT_OURS.format("view in the place of the function PRAGMA_table_info"),
    ),
}  # what is done, and of which table what is told
LIES = {
    "a table": ([HUSH.format("tokens"), SAY.format("tbl_name = 'other'", "hush")]),
    "a kind": ([HUSH.format("tokens"), SAY.format("type = 'table'", "hush")]),
    "a name": ([HUSH.format("tokens"), SAY.format("name = 'log_keeps'", "hush")]),
    "an index": (["CREATE INDEX zz ON said (country)", SAY.format("tbl_name = 'other'", "zz")]),
}


@pytest.fixture
def engine(empty_file):
    """Keep to the embedded store."""
    return on_sqlite(empty_file)


@pytest.fixture
def change(url):
    """Give a way to run statements on a file whose schema may be written to, with a table of somebody else's."""

    def run(statements):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            for statement in ("CREATE TABLE other (x)", "PRAGMA writable_schema = ON", *statements):
                connection.execute(statement)

    return run


@pytest.mark.parametrize(("statements", "table", "expected"), HIDDEN.values(), ids=HIDDEN)
def test_capitals_hide_nothing(store, change, statements, table, expected):
    """What changes ours, stands in its place or in that of a function is named, however its name is written."""
    change(statements)
    told = [(part.table, sentence) for part, sentence in find_differences(*store.parts())]
    assert [True] == [True for where, sentence in told if where == table and expected in sentence], told
    assert [] == list(store.misfits())


@pytest.mark.parametrize("statements", LIES.values(), ids=LIES)
def test_a_schema_that_lies_is_refused(store, change, statements):
    """Where a row of the schema says something else than its statement, SQLite itself takes the file for damaged."""
    change(statements)
    with pytest.raises(Damaged, match="malformed database schema"):
        store.parts()
