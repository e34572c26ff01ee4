"""Who runs the jobs, when, and what is kept of it: nothing is skipped without a word, nothing fails unseen."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import psycopg
import pytest
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from service.config import Config
from service.jobs.scheduler import JobNotes, Scheduler, first_run, run_job
from service.jobs.self_check import CheckStopped
from service.jobs.states import judge_jobs, tell_trouble
from service.jobs.table import Job, list_jobs
from service.store import open_store
from service.store.job_log import JobRow
from service.store.postgres.lead import LEADING, AdvisoryLead
from service.store.sqlite.lead import FileLead
from tests.contract.conftest import run_on_postgresql
from tests.faults.serving import wait_until

NOW = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
END_LEADER = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = ? AND granted"
NIGHTLY = CronTrigger(hour=3, timezone=UTC)


def job(run=lambda _: "Done.", trigger=NIGHTLY, name="nightly") -> Job:
    """Make a job."""
    return Job(name, "do it", trigger, run)


def ran(started_at: str, **more) -> JobRow:
    """Make what came of a run."""
    told = {"failed": False, "detail": "Done.", "runs": 1, "errors": 0, "misses": 0, **more}
    return JobRow("nightly", started_at, started_at, **told)


def kept(store):
    """List what is kept of the jobs."""
    with store.reading() as view:
        return view.job_log.jobs()


FIRST_RUNS = {
    "never run": (None, NOW, False),
    "run last night": (ran("2026-01-31T03:00:01.000000Z"), datetime(2026, 2, 1, 3, tzinfo=UTC), False),
    "run the night before": (ran("2026-01-30T03:00:01.000000Z"), NOW, True),
    "run a month ago": (ran("2025-12-31T03:00:01.000000Z"), NOW, True),
    "only ever missed": (ran("", misses=1), NOW, False),
}


@pytest.mark.parametrize(("last", "at", "missed"), FIRST_RUNS.values(), ids=FIRST_RUNS)
def test_a_daily_job_that_was_due_while_nobody_led_is_run_at_once(last, at, missed):
    """Who begins to lead at ten runs what was due at three and was not run, and waits with what was."""
    assert first_run(job(), last, NOW) == (at, missed)


def test_a_job_that_runs_all_the_time_is_not_missed_by_a_second():
    """A gap of seconds between two leaders is no miss."""
    last = ran("2026-01-31T09:59:50.000000Z")
    assert first_run(job(trigger=IntervalTrigger(seconds=1, timezone=UTC)), last, NOW) == (NOW, False)


def test_a_failure_is_counted_logged_and_told(store, clock, caplog):
    """A job that raises is counted as failed, with what it said; its traceback is in the log."""
    notes = JobNotes(store)

    def fail(_):
        raise LookupError("nothing there")

    with caplog.at_level(logging.ERROR):
        run_job(job(fail), notes, clock)
    at = "2026-01-31T10:00:00.000000Z"
    assert kept(store) == [ran(at, failed=True, detail="LookupError: nothing there", errors=1)]
    assert [record.exc_info[0] for record in caplog.records] == [LookupError]
    (state,) = judge_jobs([job()], kept(store), clock())
    assert (state.state, tell_trouble([state])) == ("failed", f"nightly failed at {at}: LookupError: nothing there")
    run_job(job(), notes, clock)
    notes.flush(clock())
    assert [(row.failed, row.detail, row.runs, row.errors) for row in kept(store)] == [(False, "Done.", 2, 1)]


def test_one_that_was_stopped_counts_as_not_run(store, clock):
    """A run that was stopped before its end leaves nothing, so that the next leader makes it again."""

    def stop(_):
        raise CheckStopped("stopped")

    assert run_job(job(stop), JobNotes(store), clock) is None
    assert kept(store) == []


def test_one_that_runs_each_second_is_noted_each_minute(store, clock):
    """Runs of a busy job reach the record at once, then at most once a minute, and none is lost."""
    notes = JobNotes(store)
    seen = []
    for _ in range(121):
        run_job(job(), notes, clock)
        seen.append(kept(store)[0].runs)
        clock.move_on(seconds=1)
    assert sorted(set(seen)) == [1, 61, 121]


def test_what_cannot_be_noted_waits(clock, tmp_path):
    """Where the record cannot be written just now, what came of the jobs is kept until it can."""
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    store = open_store(f"sqlite:///{here}/record.db")
    store.migrate()
    store.close()
    here.rename(elsewhere)
    notes = JobNotes(store)
    run_job(job(), notes, clock)
    elsewhere.rename(here)
    notes.flush(clock())
    assert [row.runs for row in kept(store)] == [1]
    store.close()


def test_late_is_told():
    """A job that was due minutes ago and has not run is late; one that took long may take as long again."""
    at_three = ran("2026-01-30T03:00:00.000000Z")
    (state,) = judge_jobs([job()], [at_three], datetime(2026, 1, 31, 3, 2, tzinfo=UTC))
    assert state.state == "ok"
    (state,) = judge_jobs([job()], [at_three], datetime(2026, 1, 31, 3, 4, tzinfo=UTC))
    assert (state.state, tell_trouble([state])) == ("late", "nightly was last run 2026-01-30T03:00:00.000000Z")
    (state,) = judge_jobs([job()], [], NOW)
    assert (state.state, state.ok) == ("never run", True)


@pytest.fixture
def lead(store, record_url, clock):
    """Give a way to start a scheduler on the record, which notes in `led` when it runs its job."""
    started = []

    def start(led, name):
        own = open_store(record_url)
        busy = IntervalTrigger(seconds=0.05, timezone=UTC)

        def make(_term):
            return [job(lambda _: led.append(name) or "Done.", busy, "busy")]

        scheduler = Scheduler(own, make, lambda: datetime.now(UTC))
        scheduler.start()
        started.append((scheduler, own))
        return scheduler

    yield start
    for scheduler, own in started:
        scheduler.stop()
        own.close()


def test_one_of_two_leads_and_the_other_takes_over(lead, store):
    """Of two schedulers one runs the jobs; when it stops, the other does, and what came of both is added up."""
    led = []
    first = lead(led, "first")
    wait_until(lambda: led)
    second = lead(led, "second")
    wait_until(lambda: len(led) > 30)
    assert set(led) == {"first"}
    first.stop()
    last = len(led)
    wait_until(lambda: led[last:])
    second.stop()
    assert set(led[last:]) == {"second"}
    assert [(row.name, row.runs, row.errors, row.misses) for row in kept(store)] == [("busy", len(led), 0, 0)]


@pytest.fixture
def usurp(record_url):
    """Give a way to take the lead away from who has it."""

    def usurp_database():
        run_on_postgresql(record_url, END_LEADER, LEADING)
        return AdvisoryLead.take(psycopg.connect(record_url, autocommit=True))

    def usurp_file():
        path = record_url.removeprefix("sqlite:///")
        usurper = FileLead.take(f"{path}-another")
        Path(f"{path}-another").rename(f"{path}-lead")
        return usurper

    return usurp_file if record_url.startswith("sqlite") else usurp_database


def test_who_loses_the_lead_stops(lead, usurp, caplog):
    """When the lock is taken away, its holder ends its term, and leads again when it can."""
    led, taken = [], []
    lead(led, "first")
    wait_until(lambda: led)
    wait_until(lambda: taken.append(usurp()) or taken[-1])
    usurper = taken[-1]
    seen = len(led)
    wait_until(lambda: "the lead is lost" in caplog.text)
    assert len(led) <= seen + 1  # one may have begun
    usurper.give_up()
    wait_until(lambda: len(led) > seen + 1)


def test_a_miss_is_counted_when_the_lead_is_taken(store, clock, caplog):
    """A new leader counts and logs what was due while nobody led, and runs it."""
    old = datetime.now(UTC) - timedelta(days=2)
    with store.writing() as transaction:
        transaction.job_log.note([ran(old.strftime("%Y-%m-%dT%H:%M:%S.000000Z"))])
    with caplog.at_level(logging.WARNING):
        made = []
        scheduler = Scheduler(store, lambda _: [job(lambda _: made.append(1) or "Done.")], lambda: datetime.now(UTC))
        scheduler.start()
        wait_until(lambda: made)
        scheduler.stop()
    (row,) = kept(store)
    assert (row.runs, row.errors, row.misses) == (2, 0, 1)
    assert "job nightly was due while nobody led; it is run now" in caplog.text


def test_every_job_can_be_run_by_hand(timeline):
    """Each job of the table runs on an empty record, twice, and says what it did; their names are their own."""
    jobs = list_jobs(timeline, Config(watch_sources=True, database="postgresql://nowhere"), Event())
    assert len({job.name for job in jobs}) == len(jobs)
    told = {job.name: [job.run(lambda _: None) for _ in range(2)] for job in jobs}
    assert told == {
        "publish": ["There is no key to sign with."] * 2,
        "watch-sources": ["Looked at 0 pages; recorded 0 changes."] * 2,
        "webhooks": ["Delivered what was due."] * 2,
        "lapsed-requests": ["Recorded 0 requests as unanswered."] * 2,
        "purge-sessions": ["Removed 0 sessions."] * 2,
        "purge-webhooks": ["Removed deliveries older than 30 days."] * 2,
        "self-check": ["The read model of 0 claims is what a replay of their events makes."] * 2,
    }
