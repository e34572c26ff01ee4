"""`onrecord scheduler`: the jobs, as a process of their own; one of them by hand; what came of them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from threading import Event

import click

from service.bootstrap import build, build_publisher, open_existing
from service.cli.console import configured, example, hint, json_option, print_json, progress_bar, table
from service.config import Config
from service.jobs.scheduler import JobNotes, Scheduler, run_job
from service.jobs.states import JobState, look_at_jobs
from service.jobs.table import Job, list_jobs
from service.logs import start_logging
from service.timeline import Timeline


@click.group(invoke_without_command=True, epilog=example("onrecord scheduler"))
@click.pass_context
def scheduler(ctx: click.Context) -> None:
    """Run the jobs until Ctrl-C or SIGTERM, wherever `serve` does not.

    Any number of these may run on one record: one leads and runs the jobs, and when it is gone another takes over
    within five seconds.
    """
    if ctx.invoked_subcommand is not None:
        return
    ended = Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: ended.set())
    with _record() as (timeline, config):
        start_logging(config.log)
        build_publisher(timeline.store, config)  # refuses a key or witnesses that are none before a job meets them
        running = Scheduler(timeline.store, partial(list_jobs, timeline, config), timeline.now)
        hint("Looking after the jobs; Ctrl-C ends it.")
        running.start()
        ended.wait()
        running.stop()


@scheduler.command("run-once", epilog=example("onrecord scheduler run-once self-check"))
@click.argument("job")
def run_once(job: str) -> None:
    """Run one job now, whoever leads, and say what it did; status 1 if it failed."""
    with _record() as (timeline, config):
        chosen = _find(list_jobs(timeline, config, Event()), job)
        notes = JobNotes(timeline.store)
        with progress_bar(chosen.name) as progress:
            done = run_job(chosen, notes, timeline.now, progress)
        notes.flush(timeline.now())
    if done is None or done.failed:
        raise click.ClickException(done.detail if done else "It was stopped.")
    click.echo(done.detail)


@scheduler.command("list", epilog=example("onrecord scheduler list"))
@json_option
@click.option("--check", is_flag=True, help="Status 1 where a job failed when it last ran, or is late.")
def list_all(*, as_json: bool, check: bool) -> None:
    """List the jobs: when each ran last, what came of it, and how often it ran, failed and was missed."""
    with _record() as (timeline, config):
        states = look_at_jobs(timeline, config)
    if as_json:
        print_json([asdict(state) for state in states])
    else:
        header = ("JOB", "STATE", "LAST RUN (UTC)", "RUNS", "ERRORS", "MISSES", "WHAT CAME OF IT")
        click.echo(table(header, [_cells(state) for state in states]))
    if check and not all(state.ok for state in states):
        raise click.exceptions.Exit(1)


def _cells(job: JobState) -> tuple[object, ...]:
    last = (job.started_at or "-")[:16].replace("T", " ")
    return (job.name, job.state, last, job.runs, job.errors, job.misses, job.detail or "-")


def _find(jobs: tuple[Job, ...], name: str) -> Job:
    for job in jobs:
        if job.name == name:
            return job
    raise click.BadParameter(f"{name!r} is no job. One of: {', '.join(job.name for job in jobs)}.", param_hint="JOB")


@contextmanager
def _record() -> Iterator[tuple[Timeline, Config]]:
    config = configured()
    timeline = build(open_existing(config))
    try:
        yield timeline, config
    finally:
        timeline.close()
        timeline.store.close()
