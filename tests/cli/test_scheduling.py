"""The jobs on the command line: as a process, by hand, and what came of them."""

import json
import signal
import sqlite3
from contextlib import closing

import pytest

JOBS = ["publish", "webhooks", "lapsed-requests", "purge-webhooks", "purge-sessions", "self-check"]


@pytest.fixture
def record(onrecord, story, folder):
    """Record the story; answers the file."""
    assert onrecord("import", story).exit_code == 0
    return folder / "onrecord.db"


def states(onrecord, *words):
    """List the jobs by name, as a program gets them."""
    return {job["name"]: job for job in json.loads(onrecord("scheduler", "list", "--json", *words).stdout)}


def test_a_job_is_run_by_hand(record, onrecord):
    """`run-once` runs one job, says what it did, and what came of it is kept."""
    done = onrecord("scheduler", "run-once", "self-check")
    assert (done.exit_code, done.stdout) == (0, "The read model of 7 claims is what a replay of their events makes.\n")
    jobs = states(onrecord)
    assert list(jobs) == JOBS
    assert [(job["state"], job["runs"], job["errors"], job["misses"]) for job in jobs.values()] == [
        *[("never run", 0, 0, 0)] * 5,
        ("ok", 1, 0, 0),
    ]


def test_a_job_that_fails_says_why(record, onrecord):
    """A failure is status 1, told in a sentence, kept, and found by `list --check` and by `doctor`."""
    with closing(sqlite3.connect(record, isolation_level=None)) as connection:
        connection.execute("UPDATE bodies SET body = '{}' WHERE since = 4")
    failed = onrecord("scheduler", "run-once", "self-check")
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert "1 of 7 claims differ from a replay of their events: claim " in failed.stderr
    assert states(onrecord)["self-check"]["state"] == "failed"
    assert onrecord("scheduler", "list").exit_code == 0
    assert onrecord("scheduler", "list", "--check").exit_code == 1
    found = onrecord("doctor")
    assert found.exit_code == 1
    assert "WRONG  jobs: self-check failed at " in found.stdout


def test_a_job_that_is_none_is_wrong_usage(record, onrecord):
    """A name that is no job's is refused with those that are."""
    refused = onrecord("scheduler", "run-once", "nothing")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"One of: {', '.join(JOBS)}." in refused.stderr


def test_there_must_be_a_record(onrecord):
    """Without a record the scheduler does not start, and makes none."""
    refused = onrecord("scheduler")
    assert refused.exit_code == 1
    assert "`onrecord db init` makes one." in refused.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_the_jobs_until_it_is_ended(record, onrecord, start, wait_until, how):
    """As a process it runs every job, and ends tidily, with status 0, what came of them kept."""
    process = start("scheduler")
    try:
        assert process.stderr.readline() == "Looking after the jobs; Ctrl-C ends it.\n"
        assert json.loads(process.stderr.readline())["message"] == "this process leads, and runs the jobs"
        wait_until(lambda: all(job["runs"] for job in states(onrecord).values()), "every job was run")
    finally:
        process.send_signal(how)
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (0, "")
    assert states(onrecord, "--check")["self-check"]["state"] == "ok"
