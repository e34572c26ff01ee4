"""A connection to the embedded store's file, as `service.store.sql.dialect` wants it; texts are found by FTS5."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import orjson

from service.errors import Damaged, Unavailable
from service.search_text import Phrase
from service.store.finding import entered_upto
from service.store.sql.dialect import Parameters, Row, assert_stored
from service.store.sqlite.index import KEPT, find_faults

LISTED = 2  # characters of the longest beginning that FTS5 keeps a list of; those of `words` in the schema
# Words that begin so. Where more begin with one letter more than is listed, many texts of the list have one of them;
# where more begin with a longer one, as with numbers, each of them is in few texts.
EXPANDED = 500
FILLING = 1 << 25  # bytes of lists that FTS5 keeps in memory where a whole record enters
LAST = "\U0010ffff"  # behind every word that begins so
# Texts that hold and have a phrase: those that no list leads to yet, and those to which one does.
_NEWEST = """SELECT d.position, d.claim FROM words w CROSS JOIN texts d ON d.position = w.position
WHERE w.position >= :entered AND w.position < :end AND d.until > :size AND instr(w.tokens, :phrase) > 0
ORDER BY w.position DESC"""
_LISTED = """SELECT d.position, d.claim FROM word_lists l CROSS JOIN texts d ON d.position = l.rowid
WHERE l.tokens MATCH :match AND l.rowid < :end AND d.until > :size
AND (:begins IS NULL OR instr(l.tokens, :begins) > 0) ORDER BY l.rowid DESC"""
# What SQLite says of a file that it can read, and in which it does not find what it looks for.
_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_NOTADB,
    }
)


def read_failed(
    error: sqlite3.DatabaseError | UnicodeDecodeError, what: str = "The record cannot be read"
) -> Unavailable:
    """Tell a file that cannot be reached from one that is damaged; a text that is no UTF-8 has no number."""
    damaged = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _DAMAGE
    told = f"{what}: {error}."
    return Damaged(told) if damaged else Unavailable(told)


class SQLiteSql:
    """A connection inside a transaction."""

    erase = "UPDATE events SET state = :remains WHERE claim = :claim AND version = :version"

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use a connection."""
        self._connection = connection

    @property
    def words(self) -> SQLiteWords:
        """Look texts up by their words."""
        return SQLiteWords(self, self._connection)

    def execute(self, statement: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run a statement; a list is bound as JSON."""
        if isinstance(parameters, Mapping):
            parameters = {name: _bind(value) for name, value in parameters.items()}
        return self._connection.execute(statement, parameters)

    def executemany(self, statement: str, rows: Iterable[Parameters]) -> None:
        """Run a statement for each row."""
        self._connection.executemany(statement, rows)

    def store(self, statement: str, parameters: Parameters = (), count: int = 1) -> None:
        """Run a statement that stores or changes just so many rows; raises Damaged."""
        assert_stored(self.execute(statement, parameters), count)

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Store rows, each with all columns of the table in their order, or those named behind it; raises Damaged."""
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            assert_stored(self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows), len(rows))

    def insert_runs(self, table: str, runs: Sequence[tuple[str, str, Sequence[int]]]) -> None:
        """Store a row for each of the numbers of runs, behind the texts that it shares; raises Damaged."""
        # A number costs a third of what a row does that is bound by itself.
        statement = f"INSERT INTO {table} SELECT ?, ?, value FROM json_each(?)"
        rows = ((name, value, _bind(numbers)) for name, value, numbers in runs)
        count = sum(len(numbers) for _, _, numbers in runs)
        assert_stored(self._connection.executemany(statement, rows), count)

    @contextmanager
    def unindexed(self, tables: Sequence[str]) -> Iterator[None]:
        """Leave out indexes while a block fills tables: they are sooner made of all rows at once."""
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        named = f"{query} AND tbl_name IN ({', '.join('?' * len(tables))})"
        indexes = self._connection.execute(named, tables).fetchall()
        for name, _ in indexes:
            self._connection.execute(f"DROP INDEX {name}")
        yield
        for _, made in indexes:
            self._connection.execute(made)

    def together(self, size: int = 0) -> AbstractContextManager[Any]:  # noqa: ARG002 - of any
        """Run a block; nothing is sent anywhere, so nothing is waited for."""
        return nullcontext()

    def stream(self, statement: str, parameters: Parameters = ()) -> Iterator[Any]:
        """Run a query whose rows are read as they are asked for, as SQLite's always are; raises Unavailable."""
        try:
            yield from self.execute(statement, parameters)
        except sqlite3.DatabaseError as error:
            raise read_failed(error) from error

    def as_bytes(self, column: str) -> str:
        """Write the bytes of a column of text."""
        return f"CAST({column} AS BLOB)"

    def among(self, column: str, mark: str) -> str:
        """Write the condition that a column is one of the list bound as `mark`."""
        return f"{column} IN ({self.spread(mark)})"

    def spread(self, mark: str) -> str:
        """Write the query that gives the members of the list bound as `mark`."""
        return f"SELECT value FROM json_each(:{mark})"


def _bind(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, list) else value


class SQLiteWords:
    """The words of texts, each text with a blank before and behind every token, in FTS5.

    Its lists are in the order of positions, but for the beginning of a word it first reads
    the lists of all words that begin so, whole. So it keeps lists of short beginnings, and of
    a longer one it is asked for the words themselves, which `vocabulary` holds.
    """

    later = True

    def __init__(self, sql: SQLiteSql, connection: sqlite3.Connection) -> None:
        """Use the connection of a look at the record."""
        self._sql, self._connection = sql, connection

    def insert(
        self,
        texts: Sequence[tuple[int, str]],
        words: Sequence[str] | None = None,  # noqa: ARG002 - they are entered with the texts
    ) -> None:
        """Store the tokens of texts, each with its position."""
        self._sql.insert("words", [(position, f" {tokens} ") for position, tokens in texts])

    def enter(self, texts: Sequence[tuple[int, str]], words: Sequence[str] | None = None) -> None:
        """Let FTS5's lists lead to texts that are stored."""
        self._connection.executemany("INSERT INTO word_lists (rowid, tokens) VALUES (?, ?)", texts)
        known = sorted(set().union(*(tokens.split() for _, tokens in texts))) if words is None else words
        longer = ((word,) for word in known if len(word) > LISTED)
        self._connection.executemany("INSERT OR IGNORE INTO vocabulary VALUES (?)", longer)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Let FTS5 keep more in memory before it writes out its lists, so that it has fewer to merge."""
        self._connection.execute("INSERT INTO word_lists (word_lists, rank) VALUES ('hashsize', ?)", (FILLING,))
        yield
        self._connection.execute("INSERT INTO word_lists (word_lists, rank) VALUES ('hashsize', ?)", (KEPT,))

    def delete(self, claim: str, version: int | None = None) -> None:
        """Remove the tokens of a text, for good, or of all texts of a claim."""
        which = "SELECT position FROM events WHERE claim = :claim AND (:version IS NULL OR version = :version)"
        asked = {"claim": claim, "version": version}
        listed = f"SELECT position, tokens FROM words WHERE position IN ({which}) AND position < :entered"
        (size,) = self._connection.execute("SELECT size FROM log_head").fetchone()
        gone = self._connection.execute(listed, asked | {"entered": entered_upto(size)}).fetchall()
        self._connection.executemany("INSERT INTO word_lists (word_lists, rowid, tokens) VALUES ('delete', ?, ?)", gone)
        self._connection.execute(f"DELETE FROM words WHERE position IN ({which})", asked)
        if gone and version is not None:
            longer = {word for _, tokens in gone for word in tokens.split() if len(word) > LISTED}
            self._connection.executemany(
                "DELETE FROM vocabulary WHERE word = ? AND NOT EXISTS (SELECT 1 FROM word_lists WHERE tokens MATCH ?)",
                ((word, _quote(word)) for word in longer),
            )
            # Else FTS5 keeps them beside a mark.
            self._connection.execute("INSERT INTO word_lists (word_lists) VALUES ('optimize')")

    def clear(self) -> None:
        """Remove all."""
        # FTS5 would take its rows out of its lists one by one.
        (made,) = self._connection.execute("SELECT sql FROM sqlite_master WHERE name = 'word_lists'").fetchone()
        self._connection.execute("DROP TABLE word_lists")
        self._connection.execute(made)
        for table in ("words", "vocabulary"):
            self._connection.execute(f"DELETE FROM {table}")

    def entries(self) -> Iterator[Row]:
        """Give (word, position, place) of all that the index leads to, in order."""
        # A damaged index fails here; behind `entries` it would keep the transaction from coming to its end.
        yield from self._sql.stream("SELECT NULL FROM word_lists LIMIT 0")
        self._connection.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.entries USING fts5vocab(main, word_lists, instance)"
        )
        yield from self._sql.stream("SELECT term, doc, offset FROM temp.entries")

    def due(self, table: str) -> None:
        """Answer that a replay, which is made in such a file, tells what there has to be."""

    def faults(self) -> Iterator[str]:
        """Tell what else of the index would hide a text, such as its lists of short beginnings."""
        try:
            yield from find_faults(self._connection)
        except sqlite3.DatabaseError as error:
            raise read_failed(error) from error

    def found(self, mark: str) -> str:
        """Write the condition that a phrase is in the text of a row of `words w`."""
        return f"instr(w.tokens, :{mark}) > 0"  # a text of a known row is sooner read than looked up

    def written(self, phrase: Phrase) -> str:
        """Write a phrase as it stands among the tokens of a text."""
        return phrase.written

    def walk(self, phrase: Phrase, *, size: int, before: int) -> Generator[tuple[int, str]]:
        """Give (position, claim) of the texts that have a phrase, the newest first."""
        entered, end = entered_upto(size), min(size, before)
        asked = {"entered": entered, "end": end, "size": size, "phrase": phrase.written}
        yield from self._connection.execute(_NEWEST, asked).fetchall() if entered < end else ()
        match, begins = self._to_fts(phrase)
        cursor = self._connection.execute(
            _LISTED, {"match": match, "begins": begins, "size": size, "end": min(entered, end)}
        )
        try:
            yield from cursor
        finally:
            cursor.close()

    def _to_fts(self, phrase: Phrase) -> tuple[str, str | None]:
        """Write what FTS5 is asked for, and what a text must hold besides, where that leads to more."""
        last, written = phrase.tokens[-1], _quote(" ".join(phrase.tokens))
        if not phrase.begins:
            return written, None
        known = "SELECT word FROM vocabulary WHERE word >= ? AND word <= ? LIMIT ?"
        asked = (last, last + LAST, EXPANDED + 1)
        words = self._connection.execute(known, asked).fetchall() if len(last) > LISTED else []
        if 0 < len(words) <= EXPANDED:
            return " OR ".join(_quote(word) for (word,) in words), None
        if words and len(last) == LISTED + 1:
            return f"{_quote(last[:LISTED])} *", phrase.written
        return f"{written} *", None


def _quote(tokens: str) -> str:
    # So that nothing asked for is ever syntax.
    return '"' + tokens.replace('"', '""') + '"'
