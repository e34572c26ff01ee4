"""What an SQLite file is made of, beside what this program makes; and which values are not of the type of their column.

SQLite keeps the text of every statement that made something, and in a column whatever it
is given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice

from service.store.parts import INDEX, ROW, TABLE, Part, Parts

_PLAIN = {TABLE, INDEX, "view"}  # which are nobody's affair where they are of other tables
_KINDS = {"INTEGER": "integer", "TEXT": "text", "BLOB": "blob"}
_TOLD = 3  # values of a column
_SHOWN = 40  # bytes
_FAULTS = 10  # of indexes and pages, at most
_STEPS = 100_000  # of SQLite's machine, between two looks at whether to stop


def read_parts(connection: sqlite3.Connection, statements: Iterable[str]) -> tuple[Parts, Parts]:
    """Give what the statements of the schema make, and what there is of these tables, and of others what acts on these.

    A trigger on any table may change them, and a table by the name of a function that gives rows is met in its place.
    Raises sqlite3.DatabaseError.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        for statement in statements:
            memory.execute(statement)
        expected = _read(memory)
    tables, found = {part.table for part in expected}, _read(connection)
    modules = {name for (name,) in connection.execute("PRAGMA module_list")}
    for part in [part for part in found if part.kind in _PLAIN and part.table not in tables]:
        sql = found.pop(part)
        if part.kind != INDEX and (part.table in modules or part.table.startswith("pragma_")):
            found[Part("functions", f"{part.kind} in the place of the function", part.name)] = sql
    return expected, found


def _read(connection: sqlite3.Connection) -> dict[Part, str]:
    # SQLite refuses a file in which a row says another kind, name or table than its statement does. Of no account to it
    # is whether letters of ASCII are capitals, what stands behind a NUL, and whether it is text at all.
    query = "SELECT CAST(tbl_name AS BLOB), CAST(type AS BLOB), name, sql FROM main.sqlite_schema"
    parts = {
        Part(_as_it_is_read(table), _as_it_is_read(kind), str(name)): str(sql or "")
        for table, kind, name, sql in connection.execute(query)
    }
    if Part("schema_version", TABLE, "schema_version") in parts:
        (versions,) = connection.execute("SELECT group_concat(version, ' ') FROM schema_version").fetchone()
        parts[Part("schema_version", ROW, "of the schema's version")] = str(versions)
    return parts


def _as_it_is_read(name: bytes | None) -> str:
    return (name or b"").partition(b"\0")[0].lower().decode(errors="replace")


def find_index_faults(connection: sqlite3.Connection, stopped: Callable[[], bool]) -> list[str]:
    """Tell where an index holds other than its rows, or a page is no such; raises sqlite3.DatabaseError.

    SQLite makes each entry again, of a row and of the statement in the schema; so an index that was made by another
    statement than the one that the file shows is found, too.
    """
    connection.set_progress_handler(stopped, _STEPS)
    try:
        rows = connection.execute(f"PRAGMA integrity_check({_FAULTS})").fetchall()
    finally:
        connection.set_progress_handler(None, 0)
    wanted = "expected a file whose indexes hold what its rows make"
    faults = [told.removeprefix("*** in database main ***\n") for (told,) in rows if told != "ok"]
    return [f"{wanted}, got one of which SQLite says: {told}; `onrecord db rebuild` reindexes it" for told in faults]


def find_misfits(connection: sqlite3.Connection, tables: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Tell, table by table, which values are not of the type of their column, or no text in UTF-8."""
    for table in tables:
        columns = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
        key = [name for _, name, *_, pk in columns if pk] or ["rowid"]
        for _, name, declared, required, _, pk in columns:
            if kind := _KINDS.get(declared):
                odd = _find_odd(connection, table, key, name, kind, may_be_nothing=not (pk or required))
                yield from ((table, told) for told in islice(odd, _TOLD))


def _find_odd(  # noqa: PLR0913 - what a query is made of
    connection: sqlite3.Connection, table: str, key: Sequence[str], column: str, kind: str, *, may_be_nothing: bool
) -> Iterator[str]:
    places = ", ".join(f'CAST(quote("{name}") AS BLOB)' for name in key)
    where = f"""("{column}" IS NOT NULL OR NOT ?) AND (typeof("{column}") <> ? OR typeof("{column}") = 'text')"""
    query = f'SELECT {places}, typeof("{column}"), CAST("{column}" AS BLOB) FROM {table} WHERE {where}'
    for *place, found, data in connection.execute(query, (may_be_nothing, kind)):
        told = f"{found} {data[:_SHOWN]!r}" if data is not None else found
        got = told if found != kind else _find_fault(data)
        if got:
            row = ", ".join(part.decode(errors="replace") for part in place)
            yield f"{column} of the row {row}: expected {kind}, got {got}"


def _find_fault(text: bytes) -> str | None:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        return f"bytes that are no UTF-8, {text[error.start : error.start + _SHOWN]!r}"
    return None
