"""Run the jobs: in one process among all on a record, the one that leads; another takes over when it is gone.

APScheduler keeps its jobs in memory, since the table in `service.jobs.table` is the truth. A
job runs once at a time; several runs that were missed count as one, however late. When a
process begins to lead it looks up when each job was last run, by whomever: one that was
due since is run now, so that a daily job is not skipped because nobody was there at its
hour. Runs, failures and misses are counted in the record, and logged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

from apscheduler.events import EVENT_JOB_SUBMITTED, JobSubmissionEvent  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

from domain.errors import DomainError
from domain.instants import parse_instant, write_instant
from service.jobs.self_check import CheckStopped
from service.jobs.table import Job, Progress
from service.store.interface import Store
from service.store.job_log import JobRow
from service.store.lead import Lead

LOOK_EVERY = 1.0  # seconds between looks at who leads: another takes over within two of them
LATE = timedelta(minutes=1)  # a run that begins later than this counts as missed, and is made
NOTED_EVERY = timedelta(minutes=1)  # at most, of one job: some run each second
LONGEST_DETAIL = 2_000  # characters
_log = logging.getLogger(__name__)

MakeJobs = Callable[[Event], Sequence[Job]]


def unseen(_: float) -> None:
    """Show nobody the progress."""


class JobNotes:
    """What came of the jobs in this process, on its way into the record."""

    def __init__(self, store: Store) -> None:
        """Begin with nothing to note."""
        self._store = store
        self._lock = Lock()
        self._waiting: dict[str, JobRow] = {}
        self._noted: dict[str, datetime] = {}

    def add(self, row: JobRow, now: datetime) -> None:
        """Take up a run or a miss; it is in the record at once, or within a minute where another of it just came."""
        with self._lock:
            self._waiting[row.name] = _sum(self._waiting.get(row.name), row)
            due = now - self._noted.get(row.name, datetime.min.replace(tzinfo=UTC)) >= NOTED_EVERY
        if due:
            self.flush(now)

    def flush(self, now: datetime) -> None:
        """Store all that waits; where that fails it is logged, and waits on."""
        with self._lock:
            if not self._waiting:
                return
            try:
                with self._store.writing() as transaction:
                    transaction.job_log.note(list(self._waiting.values()))
            except DomainError as error:
                _log.warning("what came of the jobs was not noted: %s", error)
                return
            self._noted |= dict.fromkeys(self._waiting, now)
            self._waiting.clear()


def _sum(earlier: JobRow | None, later: JobRow) -> JobRow:
    if earlier is None:
        return later
    last = later if later.started_at >= earlier.started_at else earlier
    counts = (earlier.runs + later.runs, earlier.errors + later.errors, earlier.misses + later.misses)
    return JobRow(last.name, last.started_at, last.ended_at, last.failed, last.detail, *counts)


def run_job(job: Job, notes: JobNotes, clock: Callable[[], datetime], progress: Progress = unseen) -> JobRow | None:
    """Run a job now, note and log what came of it; answers that, or None where it was stopped before its end."""
    started_at = clock()
    try:
        detail, failed = job.run(progress), False
    except CheckStopped as stopped:
        _log.info("job %s: %s", job.name, stopped)
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is: counted, logged, shown; it runs again in its turn
        _log.exception("job %s failed", job.name)
        detail, failed = f"{type(error).__name__}: {error}"[:LONGEST_DETAIL], True
    ended_at = clock()
    row = JobRow(job.name, write_instant(started_at), write_instant(ended_at), failed, detail, 1, int(failed), 0)
    notes.add(row, ended_at)
    return row


def first_run(job: Job, last: JobRow | None, now: datetime) -> tuple[datetime, bool]:
    """Tell when a job is to run first, for one who begins to lead, and whether it was missed.

    One that was due since its last run, or was never run, runs now.
    """
    if last is None or not last.started_at:
        return now, False
    due: datetime = job.trigger.get_next_fire_time(parse_instant(last.started_at), parse_instant(last.started_at))
    return max(due, now), now - due > LATE


class Scheduler:
    """Leads where nobody else does, and runs the jobs in threads of this process as long as it leads."""

    def __init__(self, store: Store, make_jobs: MakeJobs, clock: Callable[[], datetime]) -> None:
        """Prepare; `start` begins to look for the lead. `make_jobs` is handed the event that ends a term."""
        self._store = store
        self._make_jobs = make_jobs
        self._clock = clock
        self._notes = JobNotes(store)
        self._stopping = Event()
        self._lead: Lead | None = None  # these three are the thread's alone
        self._term = Event()
        self._running: Any = None
        # A run that is passed over because the one before it is still at work is how it should be.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._thread = Thread(target=self._keep_leading, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin to look for the lead, unless it was stopped before."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, wait for what is being done, and let another lead; it cannot be started again."""
        self._stopping.set()
        self._term.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _keep_leading(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except Exception:  # noqa: BLE001 - a store that cannot be reached just now can be later
                _log.exception("who leads cannot be told; looking again")
                self._end_term()
            self._stopping.wait(LOOK_EVERY)
        self._end_term()

    def _look(self) -> None:
        if self._lead is not None and not self._lead.still_holds():
            _log.warning("the lead is lost; another process may run the jobs now")
            self._end_term()
        if self._lead is None:
            self._lead = self._store.lead()
            if self._lead is not None:
                self._begin_term(self._lead)

    def _begin_term(self, lead: Lead) -> None:
        _log.info("this process leads, and runs the jobs")
        with self._store.reading() as view:
            last = {row.name: row for row in view.job_log.jobs()}
        self._term = Event()
        if self._stopping.is_set():  # `stop` may have met the term before this one
            self._term.set()
        running = BackgroundScheduler(timezone=UTC)
        running.add_listener(self._note_late, EVENT_JOB_SUBMITTED)
        for job in self._make_jobs(self._term):
            self._add(running, job, last.get(job.name), lead)
        running.start()
        self._running = running

    def _add(self, running: BackgroundScheduler, job: Job, last: JobRow | None, lead: Lead) -> None:
        at, missed = first_run(job, last, self._clock())
        if missed:
            self._note_missed(job.name, "was due while nobody led; it is run now")
        term = self._term

        def run() -> None:
            if lead.still_holds() and not term.is_set():
                run_job(job, self._notes, self._clock)

        once_at_a_time = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        running.add_job(run, job.trigger, id=job.name, next_run_time=at, **once_at_a_time)

    def _note_late(self, event: JobSubmissionEvent) -> None:
        late = datetime.now(UTC) - event.scheduled_run_times[-1]
        if late > LATE:
            self._note_missed(event.job_id, f"begins {late.total_seconds():.0f} s late")

    def _note_missed(self, name: str, what: str) -> None:
        _log.warning("job %s %s", name, what)
        self._notes.add(JobRow(name, "", "", failed=False, detail="", runs=0, errors=0, misses=1), self._clock())

    def _end_term(self) -> None:
        self._term.set()
        if self._running is not None:
            self._running.shutdown(wait=True)  # what runs comes to its end soon, since the term is over
            self._running = None
        self._notes.flush(self._clock())
        if self._lead is not None:
            self._lead.give_up()
            self._lead = None
