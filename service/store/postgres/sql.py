"""A connection to PostgreSQL, as `service.store.sql.dialect` wants it; texts are found by its full text search.

Its own parsers and dictionaries are not used: what a word is, in every script, is said
once for both engines (`service.search_text`). The index knows of each text its tokens
and the stretches of the log that it lies in, of 2^10 to 2^20 positions. A search looks
at the newest stretch, then at ever longer ones, so that a word that is everywhere costs a
page, and one that is rare some twenty looks, whatever the size of the record.

The beginning of a word is asked for in the words that there are: of a beginning itself the
index would first collect all texts of the whole record.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg

from service.errors import Damaged
from service.search_text import Phrase
from service.store.derived import INDEX
from service.store.postgres.pool import SOON, Connection
from service.store.postgres.together import Together
from service.store.postgres.values import write_array, write_rows
from service.store.sql.dialect import Cursor, Parameters, Row, assert_stored

SHORTEST, LONGEST = 10, 20  # stretches, as powers of two; those of `lexemes` in the schema
LONGEST_LEXEME = 200  # characters; likewise
EXPANDED = 500  # words that begin so; where there are more, the texts of a stretch are looked through
LAST = "\U0010ffff"  # behind every word that begins so
LATELY = 1_000  # positions: what is erased is hardly ever the last to have a word that is in one of these texts
ROWS_AT_ONCE = 500
LARGEST_TOGETHER = 1 << 20  # bytes of events and claims
# What PostgreSQL says of a database that it can read, and in which it does not find what it is asked for.
DAMAGE = (psycopg.ProgrammingError, psycopg.InternalError, psycopg.DataError)
# A lexeme in quotes, so that it is read as one whatever it holds.
_QUOTED = "'''' || replace(replace(due.lexeme, '\\', '\\\\'), '''', '''''') || ''''"


class PostgresSql:
    """A connection inside a transaction."""

    erase = "SELECT erase(:claim, :version, :remains)"

    def __init__(self, connection: Connection) -> None:
        """Use a connection."""
        self._connection = connection
        self._together: Together | None = None
        self._streams = count()
        # Sent without an answer yet, and how many rows each is to store: looked at before the end of `together`.
        self._sent: list[tuple[Cursor, int]] = []

    @property
    def words(self) -> PostgresWords:
        """Look texts up by their words."""
        return PostgresWords(self)

    def take_head(self, *, soon: bool = False) -> list[Row]:
        """Hold the one row of `log_head` from the beginning of a transaction, and give it."""
        with self.together():
            if soon:
                self.execute(f"SELECT set_config('lock_timeout', '{SOON * 1_000:.0f}', true)")
            return self.execute("SELECT size, at FROM log_head FOR UPDATE").fetchall()

    def execute(self, statement: str, parameters: Parameters = ()) -> Cursor:
        """Run a statement; a list is bound as an array."""
        if self._together:
            return self._together.send(statement, parameters)
        return self._connection.execute(_translate(statement), parameters)

    def executemany(self, statement: str, rows: Iterable[Parameters]) -> None:
        """Run a statement for each row, without waiting for each."""
        if self._together:
            for row in rows:
                self._together.send(statement, row)
        elif some := list(rows):
            self._connection.cursor().executemany(_translate(statement), some)

    def store(self, statement: str, parameters: Parameters = (), count: int = 1) -> None:
        """Run a statement that stores or changes just so many rows; raises Damaged, by the end of `together` there."""
        cursor = self.execute(statement, parameters)
        if self._together:
            self._sent.append((cursor, count))
        else:
            assert_stored(cursor, count)

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Store rows, each with all columns of the table in their order, or those named behind it; raises Damaged."""
        if len(rows) > 1 and " " not in table:  # one statement for any number, so that the server keeps its plan
            for start in range(0, len(rows), ROWS_AT_ONCE):
                some = rows[start : start + ROWS_AT_ONCE]
                statement = f"INSERT INTO {table} SELECT * FROM unnest(CAST(? AS {table}[]))"
                self.store(statement, [write_rows(some)], len(some))
            return
        for row in rows:
            self.store(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def insert_runs(self, table: str, runs: Sequence[tuple[str, str, Sequence[int]]]) -> None:
        """Store a row for each of the numbers of runs, behind the texts that it shares; raises Damaged."""
        bound = ", ".join(["CAST(? AS text[])"] * 3)
        statement = (
            f"INSERT INTO {table} SELECT a, b, unnest(CAST(n AS bigint[])) FROM unnest({bound}) AS run (a, b, n)"
        )
        for start in range(0, len(runs), ROWS_AT_ONCE):
            names, values, numbers = zip(*runs[start : start + ROWS_AT_ONCE], strict=True)
            written = [write_array(of).decode() for of in numbers]
            self.store(statement, ([*names], [*values], written), sum(map(len, numbers)))

    def unindexed(self, tables: Sequence[str]) -> AbstractContextManager[Any]:  # noqa: ARG002 - of any
        """Keep indexes: without them readers could not see the old rows."""
        return nullcontext()

    @contextmanager
    def together(self, size: int = 0) -> Iterator[None]:
        """Send what a block says without waiting for each answer until one is looked at; faults come up by its end.

        More than may be stored within one answer's time goes statement by statement, where that time is bounded.
        """
        if size > LARGEST_TOGETHER and self._connection.patience:
            yield
            return
        try:
            with Together(self._connection) as self._together:
                yield
        finally:
            self._together = None
        sent, self._sent = self._sent, []
        for cursor, stored in sent:
            assert_stored(cursor, stored)

    def stream(self, statement: str, parameters: Parameters = ()) -> Iterator[Any]:
        """Run a query whose rows are read as they are asked for, through a cursor of the server; raises Damaged."""
        try:
            with self._connection.cursor(name=f"stream_{next(self._streams)}") as cursor:
                cursor.itersize = ROWS_AT_ONCE
                cursor.execute(_translate(statement), parameters)
                yield from cursor
        except DAMAGE as error:
            raise Damaged(f"The record cannot be read: {error}") from error

    def as_bytes(self, column: str) -> str:
        """Write the bytes of a column of text."""
        return f"pg_catalog.convert_to({column}, 'UTF8'::pg_catalog.name)"

    def among(self, column: str, mark: str) -> str:
        """Write the condition that a column is one of the list bound as `mark`."""
        return f"{column} = ANY(:{mark})"

    def spread(self, mark: str) -> str:
        """Write the query that gives the members of the list bound as `mark`."""
        return f'SELECT unnest(CAST(:{mark} AS text[]) COLLATE "C")'


@lru_cache(maxsize=1024)
def _translate(statement: str) -> Any:  # the driver wants literal strings; what is put together is constants
    # JOINs keep their order here by themselves: join_collapse_limit is 1.
    written = statement.replace("CROSS JOIN", "JOIN").replace("?", "%s")
    return re.sub(r"(?<!:):([a-z_]\w*)", r"%(\1)s", written)


class PostgresWords:
    """The words of texts, each text with a blank before and behind every token; each word once in `vocabulary`."""

    later = False

    def __init__(self, sql: PostgresSql) -> None:
        """Use the connection of a look at the record."""
        self._sql = sql

    def insert(self, texts: Sequence[tuple[int, str]], words: Sequence[str] | None = None) -> None:
        """Store the tokens of texts, each with its position."""
        self._sql.insert("words", [(position, f" {tokens} ") for position, tokens in texts])
        known = set().union(*(tokens.split() for _, tokens in texts)) if words is None else words
        if known := {token[:LONGEST_LEXEME] for token in known}:
            new = "SELECT unnest(string_to_array(?, ' ') COLLATE \"C\")"  # sooner written and read than an array
            there = "SELECT 1 FROM vocabulary v WHERE v.word = new.word"  # as there is one writer, it stays so
            statement = f"INSERT INTO vocabulary SELECT word FROM ({new}) AS new (word) WHERE NOT EXISTS ({there})"
            self._sql.execute(statement, [" ".join(sorted(known))])

    def enter(self, texts: Sequence[tuple[int, str]], words: Sequence[str] | None = None) -> None:
        """Do nothing: they are found as soon as they are stored."""

    def filling(self) -> AbstractContextManager[Any]:
        """Store them as ever."""
        return nullcontext()

    def delete(self, claim: str, version: int | None = None) -> None:
        """Remove the tokens of a text, or of all texts of a claim; VACUUM takes them from the disk."""
        which = "SELECT position FROM events WHERE claim = ?"
        also, given = ("", (claim,)) if version is None else (" AND version = ?", (claim, version))
        gone = self._sql.execute(f"DELETE FROM words WHERE position IN ({which}{also}) RETURNING tokens", given)
        if version is not None:  # else they are stored again
            self._forget({token for (tokens,) in gone for token in tokens.split()})

    def _forget(self, words: set[str]) -> None:
        last = "SELECT max(position) FROM words"
        query = f"SELECT tokens FROM words WHERE position > ({last}) - ?"
        words -= {token for (tokens,) in self._sql.execute(query, (LATELY,)) for token in tokens.split()}
        held = "SELECT 1 FROM words WHERE lexemes(position, tokens) @@ CAST(? AS tsquery)"
        rows = [(word[:LONGEST_LEXEME], _lexeme(word)) for word in sorted(words)]
        self._sql.executemany(f"DELETE FROM vocabulary WHERE word = ? AND NOT EXISTS ({held})", rows)

    def clear(self) -> None:
        """Remove all."""
        self._sql.execute("DELETE FROM words")
        self._sql.execute("DELETE FROM vocabulary")

    def entries(self) -> Iterator[Row]:
        """Give nothing: the index cannot be read but by asking for words, which `faults` does."""
        return iter(())

    def due(self, table: str) -> Iterator[Row] | None:
        """Give what `vocabulary` has to hold by the texts that are here."""
        if table == "vocabulary":
            return self._sql.stream(
                f"SELECT DISTINCT left(token, {LONGEST_LEXEME}) FROM words "
                "CROSS JOIN unnest(string_to_array(tokens, ' ')) AS token ON token <> '' ORDER BY 1"
            )
        return iter(()) if table == INDEX.name else None

    def faults(self) -> Iterator[str]:
        """Tell which words, and stretches of the log, the index does not lead from to just the texts that have them.

        Texts are counted, and summed up by a hash that nobody can have foreseen.
        """
        texts = "count(*) AS n, sum(hashint8extended(position, :seed)) AS hashed"
        rows = self._sql.stream(
            f"SELECT due.lexeme, due.n, found.n FROM (SELECT lexeme, {texts} FROM words "
            "CROSS JOIN unnest(tsvector_to_array(lexemes(position, tokens))) AS lexeme ON true GROUP BY lexeme) due "
            f"CROSS JOIN LATERAL (SELECT {texts} FROM words "
            f"WHERE lexemes(position, tokens) @@ CAST({_QUOTED} AS tsquery)) found ON true "
            "WHERE due.hashed IS DISTINCT FROM found.hashed",
            {"seed": secrets.randbits(62)},
        )
        for lexeme, due, found in rows:
            yield f"expected {due} texts by {lexeme!r}, got {'others' if found == due else found}"

    def found(self, mark: str) -> str:
        """Write the condition that a phrase is in the text of a row of `words w`."""
        return f"instr(w.tokens, :{mark}) > 0"

    def written(self, phrase: Phrase) -> str:
        """Write a phrase as it stands among the tokens of a text."""
        return phrase.written

    def walk(self, phrase: Phrase, *, size: int, before: int) -> Generator[tuple[int, str]]:
        """Give (position, claim) of the texts that have a phrase, the newest first."""
        lexemes = self._to_lexemes(phrase)
        end, level = (0 if lexemes is None else min(size, before)), SHORTEST
        while end > 0:
            stretch = (end - 1) >> level
            rows = self._sql.execute(
                "SELECT w.position, d.claim FROM words w CROSS JOIN texts d ON d.position = w.position "
                "WHERE lexemes(w.position, w.tokens) @@ CAST(:lexemes AS tsquery) AND w.position < :end "
                f"AND {self.found('phrase')} AND d.until > :size ORDER BY w.position DESC LIMIT :most",
                {
                    "lexemes": f"{lexemes}'#{level}:{stretch}'",
                    "end": end,
                    "phrase": phrase.written,
                    "size": size,
                    "most": ROWS_AT_ONCE,
                },
            ).fetchall()
            yield from rows
            if len(rows) == ROWS_AT_ONCE:
                end, level = rows[-1][0], SHORTEST
            else:
                end = stretch << level
                level += level < LONGEST and stretch % 2 == 0

    def _expand(self, phrase: Phrase) -> list[str] | None:
        """List the words that have the last token of a phrase or, where that may go on, that begin so."""
        last = phrase.tokens[-1][:LONGEST_LEXEME]
        if not phrase.begins:
            return [last]
        known = "SELECT word FROM vocabulary WHERE word >= ? AND word <= ? LIMIT ?"
        words = self._sql.execute(known, (last, last + LAST, EXPANDED + 1)).fetchall()
        return [word for (word,) in words] if len(words) <= EXPANDED else None

    def _to_lexemes(self, phrase: Phrase) -> str | None:
        """Write which lexemes texts of a phrase have, to stand before that of a stretch; None where there are none."""
        if not phrase.begins:
            return "".join(f"{_lexeme(token)} & " for token in phrase.tokens)
        words = self._expand(phrase)
        if words is None:
            return ""
        return f"({' | '.join(map(_lexeme, words))}) & " if words else None


def _lexeme(token: str) -> str:
    quoted = token[:LONGEST_LEXEME].replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"
