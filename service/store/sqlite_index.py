"""Is the index by which FTS5 finds words whole? In a copy of it, so that nobody who writes waits.

FTS5's own check holds its lists, those of short beginnings too, and its counts to the texts.
It does not notice that a row is gone by which a page of words is found (`%_idx`, in FTS5's
own account of its data structures); then the words on that page are found no more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

_PARTS = ("data", "idx", "content", "docsize", "config")
_HEAD = 10  # the last row of `words_data` that is no page of a list
_PAGE = (1 << 31) - 1  # a row's number: segment << 37 | 1 for a doclist index << 36 | its height << 31 | page
_SEGMENT, _NOT_A_LEAF = 37, 0x3F << 31


def find_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Tell, in sentences without an end, what of the index is not as FTS5 makes it; raises sqlite3.DatabaseError."""
    (made,) = connection.execute("SELECT sql FROM main.sqlite_schema WHERE name = 'words'").fetchone()
    connection.execute("DROP TABLE IF EXISTS temp.copied")
    connection.execute(made.replace("CREATE VIRTUAL TABLE words", "CREATE VIRTUAL TABLE temp.copied", 1))
    for part in _PARTS:
        connection.execute(f"DELETE FROM temp.copied_{part}")
        connection.execute(f"INSERT INTO temp.copied_{part} SELECT * FROM main.words_{part}")
    try:
        connection.execute("INSERT INTO temp.copied (copied) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        yield "FTS5 finds that its lists are not those of the texts"
    missing = _find_pages(connection) - _find_led_to(connection)
    if missing:
        yield f"{len(missing)} pages of its lists are led to by no row of words_idx"
    connection.execute("DROP TABLE temp.copied")


def _find_pages(connection: sqlite3.Connection) -> set[tuple[int, int]]:
    """List the pages, by segment and number, on which a word begins: behind what is listed stands where it does."""
    pages = connection.execute(
        "SELECT id, length(block), substr(block, 3, 2) FROM temp.copied_data WHERE id > ?", (_HEAD,)
    )
    return {
        (number >> _SEGMENT, number & _PAGE)
        for number, length, listed in pages
        if not number & _NOT_A_LEAF and int.from_bytes(listed) < length
    }


def _find_led_to(connection: sqlite3.Connection) -> set[tuple[int, int]]:
    return set(connection.execute("SELECT segid, pgno >> 1 FROM temp.copied_idx"))
