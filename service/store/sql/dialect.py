"""The SQL of both engines: one language, and what each engine has to add to it.

Statements are written once, in what SQLite and PostgreSQL have in common, with `?` or
`:name` where a value is bound. `CROSS JOIN … ON` keeps the order in which tables are
written: a walk stays a walk. What differs is asked of the connection.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from service.errors import Damaged
from service.search_text import Phrase

Parameters = Sequence[Any] | Mapping[str, Any]
Row = tuple[Any, ...]


class Cursor(Protocol):
    """What a statement answers."""

    @property
    def rowcount(self) -> int:
        """Count the rows that were changed."""

    def fetchone(self) -> Any:
        """Give the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Give all rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Give row after row."""


def assert_stored(cursor: Cursor, count: int = 1) -> None:
    """Raise Damaged where a statement stored or changed other than so many rows: a trigger can pass one over silently.

    So nothing is acknowledged that is not there. The answer must have come: a statement sent `together` has none yet.
    """
    if cursor.rowcount != count:
        told = f"expected {count} rows to be stored, got {cursor.rowcount}; a trigger in the database may do that"
        raise Damaged(f"The record cannot be written: {told}, which `onrecord verify` would name. Nothing was stored.")


class Words(Protocol):
    """By which words texts are found, at a cost that does not grow with the record."""

    later: bool  # whether texts that are stored are found by their words only when they are entered

    def insert(self, texts: Sequence[tuple[int, str]], words: Sequence[str] | None = None) -> None:
        """Store the tokens of texts, each with its position; `words` are all of them in order, where that is known."""

    def enter(self, texts: Sequence[tuple[int, str]], words: Sequence[str] | None = None) -> None:
        """Let texts, as they are stored, be found by their words; `words` as with `insert`."""

    def filling(self) -> AbstractContextManager[Any]:
        """Let a block store the texts of the whole record, in which none is looked up meanwhile."""

    def delete(self, claim: str, version: int | None = None) -> None:
        """Remove the tokens of a text, or of all texts of a claim; nothing of them stays."""

    def clear(self) -> None:
        """Remove all."""

    def entries(self) -> Iterator[Row]:
        """Give (word, position, place) of all that the index leads to, in order; nothing where it cannot be read."""

    def due(self, table: str) -> Iterator[Row] | None:
        """Give what `vocabulary`, or the index, has to hold by the texts that are here; None where a replay tells it.

        An engine that cuts words in its own way tells it itself.
        """

    def faults(self) -> Iterator[str]:
        """Tell, in sentences without an end, what else of the index would hide a text."""

    def found(self, mark: str) -> str:
        """Write the condition that a phrase, bound as `mark`, is in the text of a row of `words w`."""

    def written(self, phrase: Phrase) -> str:
        """Write a phrase as it is bound."""

    def walk(self, phrase: Phrase, *, size: int, before: int) -> Generator[tuple[int, str]]:
        """Give (position, claim) of the texts that have a phrase, the newest first.

        Those before both positions that hold at the log size `size`. Nothing is read before it is asked for.
        """


class Sql(Protocol):
    """A connection, inside a transaction."""

    # Puts what remains of an event in its place: claim, version, remains; its rowcount is that of the events.
    erase: str

    @property
    def words(self) -> Words:
        """Look texts up by their words."""

    def execute(self, statement: str, parameters: Parameters = ()) -> Cursor:
        """Run a statement; a list among the parameters is bound for `among` and `spread`."""

    def executemany(self, statement: str, rows: Iterable[Parameters]) -> None:
        """Run a statement for each row."""

    def store(self, statement: str, parameters: Parameters = (), count: int = 1) -> None:
        """Run a statement that stores or changes just so many rows; raises Damaged, by the end of `together` there."""

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Store rows, each with all columns of the table in their order, or those named behind it; none are none.

        Raises Damaged as `store` does.
        """

    def insert_runs(self, table: str, runs: Sequence[tuple[str, str, Sequence[int]]]) -> None:
        """Store a row for each of the numbers of runs, behind the texts that it shares; raises Damaged as `store` does.

        They go in fastest in the order of their key.
        """

    def unindexed(self, tables: Sequence[str]) -> AbstractContextManager[Any]:
        """Let a block fill tables, in which nothing is looked up meanwhile."""

    def together(self, size: int = 0) -> AbstractContextManager[Any]:
        """Send what a block says, so many bytes, without a wait for each answer; faults come up by its end."""

    def stream(self, statement: str, parameters: Parameters = ()) -> Iterator[Any]:
        """Run a query whose rows are read as they are asked for, whatever their number."""

    def as_bytes(self, column: str) -> str:
        """Write the bytes of a column of text: what is not UTF-8 too."""

    def among(self, column: str, mark: str) -> str:
        """Write the condition that a column is one of the list bound as `mark`."""

    def spread(self, mark: str) -> str:
        """Write the query that gives the members of the list bound as `mark`."""
