"""Is the index by which FTS5 finds words whole? In a copy of it, so that nobody who writes waits.

FTS5's own check holds its lists, those of short beginnings too, and its counts to the texts.
It does not notice that a row is gone by which a page of words is found (`%_idx`, in FTS5's
own account of its data structures); then the words on that page are found no more. Nor does it
look at rows that belong to no list, or at settings.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from service.store.finding import entered_upto

KEPT = 1 << 20  # bytes of lists that FTS5 keeps in memory: its own number, which a rebuild writes down
_PARTS = ("data", "idx", "docsize", "config")
_COUNTS, _HEAD = 1, 10  # the rows of `word_lists_data` that are no page: how much there is, and of which segments
_PAGE = (1 << 31) - 1  # a row's number: segment << 37 | 1 for a doclist index << 36 | its height << 31 | page
_SEGMENT, _NOT_A_LEAF = 37, 0x3F << 31


def find_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Tell, in sentences without an end, what of the index is not as FTS5 makes it; raises sqlite3.DatabaseError."""
    (made,) = connection.execute("SELECT sql FROM main.sqlite_schema WHERE name = 'word_lists'").fetchone()
    connection.execute("DROP TABLE IF EXISTS temp.copied")
    # With its own texts, of which these are a copy: FTS5 looks for those of others in the same database.
    own = made.replace("content = 'words', content_rowid = 'position',", "", 1)
    connection.execute(own.replace("CREATE VIRTUAL TABLE word_lists", "CREATE VIRTUAL TABLE temp.copied", 1))
    settings = set(connection.execute("SELECT k, v FROM temp.copied_config"))
    for part in _PARTS:
        connection.execute(f"DELETE FROM temp.copied_{part}")
        connection.execute(f"INSERT INTO temp.copied_{part} SELECT * FROM main.word_lists_{part}")
    (size,) = connection.execute("SELECT size FROM main.log_head").fetchone()
    texts = "SELECT position, tokens FROM main.words WHERE position < ?"
    connection.execute(f"INSERT INTO temp.copied_content {texts}", (entered_upto(size),))
    found = set(connection.execute("SELECT k, v FROM temp.copied_config"))
    if found - {("hashsize", KEPT)} != settings:
        yield f"expected the settings {sorted(settings)} in word_lists_config, got {sorted(found, key=repr)!r:.80}"
    try:
        connection.execute("INSERT INTO temp.copied (copied) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        yield "FTS5 finds that its lists are not those of the texts"
    else:
        yield from _find_strays(connection)
    begun, led = _find_pages(connection), list(connection.execute("SELECT segid, pgno >> 1 FROM temp.copied_idx"))
    if missing := begun.difference(led):
        yield f"{len(missing)} pages of its lists are led to by no row of word_lists_idx"
    if twice := len(led) - len(set(led)):
        yield f"{twice} rows of word_lists_idx lead where another does"
    connection.execute("DROP TABLE temp.copied")


def _find_strays(connection: sqlite3.Connection) -> Iterator[str]:
    """Tell which rows belong to no list; FTS5 itself leaves some that lead to pages before the first of a segment."""
    ((head,),) = connection.execute("SELECT block FROM temp.copied_data WHERE id = ?", (_HEAD,))
    segments, begun = _read_segments(head), _find_pages(connection)
    pages = [
        number
        for (number,) in connection.execute("SELECT id FROM temp.copied_data ORDER BY id")
        if number not in {_COUNTS, _HEAD} and number & _PAGE not in segments.get(number >> _SEGMENT, ())
    ]
    if pages:
        yield f"{len(pages)} rows of word_lists_data are of no list, the first of them row {pages[0]}"
    rows = [
        (segment, page)
        for segment, page in connection.execute("SELECT segid, pgno >> 1 FROM temp.copied_idx")
        if (segment, page) not in begun and page >= segments.get(segment, range(0)).start
    ]
    if rows:
        yield f"{len(rows)} rows of word_lists_idx lead to no page on which a word begins, the first to {rows[0]}"


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


def _read_segments(head: bytes) -> dict[int, range]:
    """Read of which pages each segment is, as FTS5's structure record tells."""
    numbers = _read_numbers(head[4:])
    levels, _, _ = next(numbers), next(numbers), next(numbers)
    segments: dict[int, range] = {}
    for _ in range(levels):
        _, count = next(numbers), next(numbers)
        for _ in range(count):
            segment, first, last = next(numbers), next(numbers), next(numbers)
            segments[segment] = range(first, last + 1)
    return segments


def _read_numbers(data: bytes) -> Iterator[int]:
    # Seven bits a byte, the highest first; numbers of nine bytes are none that occur here.
    number = 0
    for byte in data:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - the eighth bit
            yield number
            number = 0
