"""Does each index of PostgreSQL's hold what the rows of its table make? Both are counted and summed up.

An index that was set not to be written to for a while, or that stands on another's pages,
lacks rows: then one answer has an event, and another, which is looked up otherwise, has
not. The server tells by `amcheck` alone, an extension that need not be there. That of
words is asked for every word (`service.store.postgres.sql`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from service.errors import Unavailable
from service.store.postgres.parts import read_listed
from service.store.postgres.pool import Connection
from service.store.postgres.sql import DAMAGE

# Of each: its name, its table, its columns, those among them that it is ordered by, and of which rows it is. One that
# is not valid is read by nobody; nor is one of a table that this role may not read, by this role.
_INDEXES = """
SELECT i.relname, t.oid::regclass::text, string_agg(name, ', ' ORDER BY n),
  string_agg(name, ', ' ORDER BY n) FILTER (WHERE n <= indnkeyatts), coalesce(pg_get_expr(indpred, indrelid), 'true')
FROM pg_index JOIN pg_class t ON t.oid = indrelid JOIN pg_class i ON i.oid = indexrelid,
  generate_series(1, indnatts) AS n, pg_get_indexdef(indexrelid, n, true) AS name
WHERE t.relnamespace = 'public'::regnamespace AND t.relname = ANY(%s)
AND indisvalid AND has_table_privilege(t.oid, 'SELECT') AND i.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
GROUP BY indexrelid, i.relname, t.oid, indrelid, indpred ORDER BY t.relname, i.relname
"""
_WAYS = ("seqscan", "indexscan", "indexonlyscan", "bitmapscan", "sort", "incremental_sort")
_TABLE = ("seqscan",)
_INDEX = ("indexscan", "indexonlyscan")  # so that rows come in an order by an index that has it
Index = tuple[str, str, str, str, str]
Look = Callable[[], AbstractContextManager[Connection]]


def find_index_faults(look: Look, stopped: Callable[[], bool]) -> Iterator[str]:
    """Tell which indexes hold other than the rows of their tables make; `look` begins a transaction that is one look.

    Raises Unavailable, soon after `stopped` answers that it is to end, too.
    """
    with look() as connection:
        indexes: list[Index] = list_indexes(connection)
    for index in indexes:
        if stopped():
            raise Unavailable("The look at the indexes was interrupted.")
        with look() as connection:
            connection.wait_long()
            try:
                fault = find_fault(connection, index)
            except DAMAGE as error:
                fault = f"expected one that can be read, got: {error}"
        if fault:
            yield f"{index[1]}: index {index[0]}: {fault}; `reindexdb --concurrently` makes it anew"


def list_indexes(connection: Connection) -> list[Index]:
    """List the B-trees of our tables, whoever made them."""
    return connection.execute(_INDEXES, (sorted({part.table for part in read_listed()}),)).fetchall()


def find_fault(connection: Connection, index: Index) -> str:
    """Tell what an index holds that its rows do not make, or they and not it; "" where there is nothing to tell."""
    name, table, held, order, which = index
    entries = f"SELECT ROW({held}) AS entry FROM {table} WHERE {which}"
    query = "SELECT count(*), sum(hash_record_extended(entry, %s)) FROM ({} OFFSET 0) AS entries"
    seed = secrets.randbits(62)  # which nobody can have foreseen
    _go(connection, _TABLE)
    rows = connection.execute(query.format(entries).encode(), (seed,)).fetchone()
    _go(connection, _INDEX)
    walk = query.format(f"{entries} ORDER BY {order}").encode()
    plan = connection.execute(b"EXPLAIN (FORMAT JSON) " + walk, (seed,)).fetchall()
    found = connection.execute(walk, (seed,)).fetchone()
    if f"'Index Name': '{name}'" not in str(plan):
        return "expected to read it in its order, got another; drop one of two that are alike"
    if not rows or not found or rows == found:
        return ""
    return f"expected entries of {rows[0]} rows, got {'others' if rows[0] == found[0] else found[0]}"


def _go(connection: Connection, ways: tuple[str, ...]) -> None:
    for way in _WAYS:
        connection.execute(f"SET LOCAL enable_{way} = {'on' if way in ways else 'off'}".encode())
