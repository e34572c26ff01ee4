"""All that is made from the events, in the SQL of both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from service.store.derived import INDEX, Derived
from service.store.finding import entered_upto
from service.store.read_model import ClaimVersion
from service.store.remade import Remade
from service.store.sql.dialect import Row, Sql
from service.store.sql.directory import SQLDirectory
from service.store.sql.lists import find_rows
from service.store.sql.track_records import SQLTrackRecords

# What `Remade` has rows of; words are beside them, in the form of the engine.
_TABLES = ("claim_versions", "bodies", "lasting", "texts", "said", "joins", "outcomes", "hanging", "facets")

# The rows of a claim, whose events tell where they are.
OF_CLAIM = (
    "events e CROSS JOIN claim_versions v ON v.since = e.position + 1 CROSS JOIN bodies b ON b.since = e.position + 1"
)


class SQLDerived:
    """A look at it through one connection."""

    def __init__(self, sql: Sql) -> None:
        """Use a connection inside a transaction."""
        self._sql = sql

    def of_claim(self, claim: str) -> list[ClaimVersion]:
        """Give all rows of a claim in order, with all that can be read back."""
        columns = "v.since, v.claim, v.version, b.body, v.until, v.due_at, v.tags"
        query = f"SELECT {columns} FROM {OF_CLAIM} WHERE e.claim = ? ORDER BY e.version"
        return [
            ClaimVersion(since=since, claim=of, version=version, body=body, until=until, due_at=due, tags=tags)
            for since, of, version, body, until, due, tags in self._sql.execute(query, (claim,))
        ]

    def claims_at(self, claims: Sequence[str], size: int) -> dict[str, ClaimVersion]:
        """Find claims as they stood at a log size, by id."""
        found = [ClaimVersion(*row) for row in find_rows(self._sql, claims, size)]
        return {version.claim: version for version in found}

    def rows(self, table: Derived) -> Iterator[Row]:
        """Give all rows of a table in the order of its key."""
        if table is INDEX:
            return self._sql.words.entries()
        columns, key = ", ".join((*table.key, *table.rest)), ", ".join(table.key)
        return iter(self._sql.stream(f"SELECT {columns} FROM {table.name} ORDER BY {key}"))

    def due(self, table: Derived) -> Iterator[Row] | None:
        """Give what the rows of a table have to be, where texts that are here tell it."""
        return self._sql.words.due(table.name)

    def index_faults(self) -> Iterator[str]:
        """Tell what else of the index of words would hide a text from a search."""
        return self._sql.words.faults()

    def histories(self) -> Iterator[tuple[str, int]]:
        """Give (claim, how many events it has) of all, in the order they were opened."""
        return iter(self._sql.stream("SELECT claim, count(*) FROM events GROUP BY claim ORDER BY min(position)"))

    def clear(self) -> None:
        """Drop all rows but those that count others."""
        self._sql.words.clear()
        for table in _TABLES:
            self._sql.execute(f"DELETE FROM {table}")

    @contextmanager
    def remaking(self) -> Iterator[Callable[[Remade], None]]:
        """Drop all rows, store those that the block hands over, and count them at its end."""
        (size,) = self._sql.execute("SELECT size FROM log_head").fetchone()
        with self._sql.unindexed(_TABLES):
            self.clear()
            with self._sql.words.filling():
                yield partial(self._fill, entered_upto(size))
        SQLDirectory(self._sql).recount()
        SQLTrackRecords(self._sql).recount()

    def _fill(self, entered: int, made: Remade) -> None:
        with self._sql.together():
            self._store(entered, made)

    def _store(self, entered: int, made: Remade) -> None:
        for table, rows in made.tables.items():
            self._sql.insert(table, rows)
        runs = [(name, value, [at for at in since if at <= entered]) for name, value, since in made.facets]
        self._sql.insert_runs("facets", runs)
        self._sql.words.insert(made.texts, made.words)
        if self._sql.words.later:
            found = [(position, f" {tokens} ") for position, tokens in made.texts if position < entered]
            self._sql.words.enter(found, made.words if len(found) == len(made.texts) else None)
