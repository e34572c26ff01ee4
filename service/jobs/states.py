"""How the jobs are doing, told from what came of them: for the command line, `/readyz`, `/metrics` and `doctor`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from domain.instants import parse_instant
from service.config import Config
from service.jobs.table import Job, list_jobs
from service.store.job_log import JobRow
from service.timeline import Timeline

PATIENCE = timedelta(minutes=3)  # a run is noted within a minute of its end, and another leads within seconds


@dataclass(frozen=True, slots=True)
class JobState:
    """A job, its last run, and how it is: ok, failed (when it last ran), late, or never run."""

    name: str
    does: str
    state: str
    started_at: str | None
    ended_at: str | None
    detail: str
    runs: int
    errors: int
    misses: int

    @property
    def ok(self) -> bool:
        """Tell whether nobody need look after it."""
        return self.state not in {"failed", "late"}


def look_at_jobs(timeline: Timeline, config: Config) -> list[JobState]:
    """Judge every job on a record."""
    jobs = list_jobs(timeline, config, Event())  # none is run
    with timeline.store.reading() as view:
        rows = view.job_log.jobs()
    return judge_jobs(jobs, rows, timeline.now())


def judge_jobs(jobs: Sequence[Job], rows: Iterable[JobRow], now: datetime) -> list[JobState]:
    """Judge each job by what came of it."""
    known = {row.name: row for row in rows}
    return [_judge(job, known.get(job.name), now) for job in jobs]


def tell_trouble(states: Iterable[JobState]) -> str:
    """Say in a sentence which jobs need looking after; nothing where none does."""
    told = [
        f"{s.name} failed at {s.ended_at}: {s.detail}" if s.state == "failed" else f"{s.name} was last run {s.ended_at}"
        for s in states
        if not s.ok
    ]
    return "; ".join(told)


def _judge(job: Job, row: JobRow | None, now: datetime) -> JobState:
    if row is None or not row.started_at:
        misses = row.misses if row else 0
        return JobState(job.name, job.does, "never run", None, None, "", 0, 0, misses)
    state = "failed" if row.failed else "late" if _is_late(job, row, now) else "ok"
    return JobState(
        job.name, job.does, state, row.started_at, row.ended_at, row.detail, row.runs, row.errors, row.misses
    )


def _is_late(job: Job, row: JobRow, now: datetime) -> bool:
    started_at, ended_at = parse_instant(row.started_at), parse_instant(row.ended_at)
    due: datetime = job.trigger.get_next_fire_time(started_at, started_at)
    return now - due > PATIENCE + 2 * (ended_at - started_at)  # it may be at work just now, and take somewhat longer
