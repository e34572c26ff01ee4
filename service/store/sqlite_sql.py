"""A connection to the embedded store's file, as `service.store.sql` wants it; texts are found by FTS5."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from service.search_text import Phrase
from service.store.sql import Parameters


class SQLiteSql:
    """A connection inside a transaction."""

    erase = "UPDATE events SET state = :remains WHERE claim = :claim AND version = :version"

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use a connection."""
        self._connection = connection

    @property
    def words(self) -> SQLiteWords:
        """Look texts up by their words."""
        return SQLiteWords(self._connection)

    def execute(self, statement: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run a statement; a list is bound as JSON."""
        if isinstance(parameters, Mapping):
            parameters = {name: _bind(value) for name, value in parameters.items()}
        return self._connection.execute(statement, parameters)

    def executemany(self, statement: str, rows: Iterable[Parameters]) -> None:
        """Run a statement for each row."""
        self._connection.executemany(statement, rows)

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Store rows, each with all columns of the table in their order."""
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def stream(self, statement: str, parameters: Parameters = ()) -> Iterator[Any]:
        """Run a query whose rows are read as they are asked for, as SQLite's always are."""
        return self.execute(statement, parameters)

    def among(self, column: str, mark: str) -> str:
        """Write the condition that a column is one of the list bound as `mark`."""
        return f"{column} IN ({self.spread(mark)})"

    def spread(self, mark: str) -> str:
        """Write the query that gives the members of the list bound as `mark`."""
        return f"SELECT value FROM json_each(:{mark})"


def _bind(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, list) else value


class SQLiteWords:
    """The words of texts, in FTS5, whose lists are in the order of positions."""

    at = "w.rowid"

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use the connection of a look at the record."""
        self._connection = connection

    def insert(self, texts: Sequence[tuple[int, str]]) -> None:
        """Store the tokens of texts, each with its position."""
        self._connection.executemany("INSERT INTO words (rowid, tokens) VALUES (?, ?)", texts)

    def delete(self, claim: str, version: int | None = None) -> None:
        """Remove the tokens of a text, for good, or of all texts of a claim."""
        which = "SELECT position FROM texts WHERE claim = :claim AND (:version IS NULL OR version = :version)"
        self._connection.execute(f"DELETE FROM words WHERE rowid IN ({which})", {"claim": claim, "version": version})
        if version is not None:
            self._connection.execute(
                "INSERT INTO words (words) VALUES ('optimize')"
            )  # else it keeps them beside a mark

    def clear(self) -> None:
        """Remove all."""
        self._connection.execute("DELETE FROM words")

    def found(self, mark: str) -> str:
        """Write the condition that a phrase is in the text of a row of `words w`."""
        return f"w.tokens MATCH :{mark}"

    def written(self, phrase: Phrase) -> str:
        """Write a phrase as FTS5 takes it; quoted, so that nothing asked for is ever syntax."""
        quoted = " ".join(phrase.tokens).replace('"', '""')
        return f'"{quoted}"{" *" if phrase.begins else ""}'

    def walk(self, phrase: Phrase, *, size: int, before: int) -> Generator[tuple[int, str]]:
        """Give (position, claim) of the texts that have a phrase, the newest first."""
        cursor = self._connection.execute(
            "SELECT d.position, d.claim FROM words w CROSS JOIN texts d ON d.position = w.rowid "
            "WHERE w.tokens MATCH :phrase AND w.rowid < :size AND w.rowid < :before AND d.until > :size "
            "ORDER BY w.rowid DESC",
            {"phrase": self.written(phrase), "size": size, "before": before},
        )
        try:
            yield from cursor
        finally:
            cursor.close()
