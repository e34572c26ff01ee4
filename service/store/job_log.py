"""What came of the jobs, as an engine keeps it: for each the last run, and how often it ran, failed and was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job: its last run that came to an end, with what it did or why it failed, and its counts.

    Instants are as the record writes them; `started_at` is "" for one that was only ever
    missed. `errors` are the runs of `runs` that failed, `misses` the times at which one
    was due and nobody was there to run it.
    """

    name: str
    started_at: str
    ended_at: str
    failed: bool
    detail: str
    runs: int
    errors: int
    misses: int


class JobLogView(Protocol):
    """A look at the jobs."""

    def jobs(self) -> list[JobRow]:
        """List the jobs that were ever run or missed, by name."""


class JobLog(JobLogView, Protocol):
    """The jobs, inside a write transaction."""

    def note(self, rows: Sequence[JobRow]) -> None:
        """Add the counts of each to those that are known; its last run takes the place of an earlier one."""
