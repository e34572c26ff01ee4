"""All that is made from the events, in the SQL of both engines."""

from __future__ import annotations

from collections.abc import Iterator

from service.store.derived import Derived
from service.store.read_model import ClaimVersion
from service.store.sql import Row, Sql


class SQLDerived:
    """A look at it through one connection."""

    def __init__(self, sql: Sql) -> None:
        """Use a connection inside a transaction."""
        self._sql = sql

    def of_claim(self, claim: str) -> list[ClaimVersion]:
        """Give all rows of a claim in order, with all that can be read back."""
        columns = "since, claim, version, body, until, due_at, tags"
        query = f"SELECT {columns} FROM claim_versions JOIN bodies USING (since) WHERE claim = ? ORDER BY version"
        return [
            ClaimVersion(since=since, claim=of, version=version, body=body, until=until, due_at=due, tags=tags)
            for since, of, version, body, until, due, tags in self._sql.execute(query, (claim,))
        ]

    def rows(self, table: Derived) -> Iterator[Row]:
        """Give all rows of a table in the order of its key."""
        columns, key = ", ".join((*table.key, *table.rest)), ", ".join(table.key)
        query = f"SELECT {columns} FROM {table.name} w WHERE {table.where} ORDER BY {key}"
        return iter(self._sql.stream(query.format(at=self._sql.words.at)))

    def index(self) -> Iterator[Row] | None:
        """Give (word, position, place) of the index that texts are found by, in its order."""
        return self._sql.words.entries()
