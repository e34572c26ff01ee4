"""Pages that are watched, in SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import astuple, fields

from service.store.sql.dialect import Sql
from service.store.watched import WatchedRow

_NAMES = [field.name for field in fields(WatchedRow)]
_COLUMNS = ", ".join(_NAMES)
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])


class SQLWatched:
    """Pages that are watched, through a connection that is inside a transaction."""

    def __init__(self, sql: Sql) -> None:
        """Use the connection of a look at the record."""
        self._sql = sql

    def pages(self, pages: Collection[str]) -> dict[str, WatchedRow]:
        """Find what is known of pages."""
        query = f"SELECT {_COLUMNS} FROM watched WHERE {self._sql.among('page', 'pages')}"
        return {row[0]: WatchedRow(*row) for row in self._sql.execute(query, {"pages": list(pages)})}

    def save(self, row: WatchedRow) -> None:
        """Store what is known of a page."""
        marks = ", ".join("?" * len(_NAMES))
        insert = f"INSERT INTO watched ({_COLUMNS}) VALUES ({marks})"
        self._sql.execute(f"{insert} ON CONFLICT (page) DO UPDATE SET {_CHANGED}", astuple(row))

    def forget(self, before: str) -> int:
        """Forget pages that nobody looks at any more, which were due before an instant; answers how many."""
        return self._sql.execute("DELETE FROM watched WHERE due_at < ?", (before,)).rowcount
