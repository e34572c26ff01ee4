"""What came of the jobs, in SQL: one row a job, so that it never grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.store.job_log import JobRow
from service.store.sql.dialect import Sql

_COLUMNS = "name, started_at, ended_at, failed, detail, runs, errors, misses"
# A leader that lost the lead may note its last runs after its successor's first; the later start stands.
_LATER = "CASE WHEN excluded.started_at >= job_log.started_at THEN excluded.{0} ELSE job_log.{0} END"
_LAST = ", ".join(f"{name} = {_LATER.format(name)}" for name in ("started_at", "ended_at", "failed", "detail"))
_COUNTS = ", ".join(f"{name} = job_log.{name} + excluded.{name}" for name in ("runs", "errors", "misses"))


class SQLJobLog:
    """The jobs, through a connection that is inside a transaction."""

    def __init__(self, sql: Sql) -> None:
        """Use the connection of a look at the record."""
        self._sql = sql

    def jobs(self) -> list[JobRow]:
        """List the jobs that were ever run or missed, by name."""
        rows = [JobRow(*row) for row in self._sql.execute(f"SELECT {_COLUMNS} FROM job_log ORDER BY name")]
        return [replace(row, failed=bool(row.failed)) for row in rows]

    def note(self, rows: Sequence[JobRow]) -> None:
        """Add the counts of each to those that are known; its last run takes the place of an earlier one."""
        told = [(r.name, r.started_at, r.ended_at, int(r.failed), r.detail, r.runs, r.errors, r.misses) for r in rows]
        insert = f"INSERT INTO job_log ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._sql.executemany(f"{insert} ON CONFLICT (name) DO UPDATE SET {_LAST}, {_COUNTS}", told)
