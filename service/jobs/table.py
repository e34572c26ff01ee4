"""What is done without being asked: a table of jobs, each with its trigger and its function.

Every job is idempotent: done twice, or by two processes at once, it does what it does
once. Each may be run by hand (`onrecord scheduler run-once`). Who runs them when is the
affair of `service.jobs.scheduler`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from threading import Event

from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from service.bootstrap import build_publisher
from service.config import Config
from service.jobs.lapses import record_lapsed
from service.jobs.pages_fetcher import AGENT, PageFetcher
from service.jobs.self_check import check_read_model, refuse_changed
from service.jobs.source_watch import watch_sources
from service.outbound import Outbound
from service.public_log import publisher as publishing
from service.sessions import purge_sessions
from service.timeline import Timeline
from service.webhooks.deliverer import Deliverer

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again.

    `run` is handed a function to tell the part done (0 to 1), and answers in a sentence
    what it did. Whatever it raises is a failure, but for CheckStopped: then it is as if it had not run.
    """

    name: str
    does: str
    trigger: BaseTrigger
    run: Callable[[Progress], str]


def list_jobs(timeline: Timeline, config: Config, stopping: Event) -> tuple[Job, ...]:
    """List the jobs on a record, as configured; once `stopping` is set, one that runs comes to its end soon."""
    outbound = Outbound(allow_loopback=config.webhooks_allow_loopback)
    deliverer = Deliverer(timeline.store, timeline.now, outbound, stopping)

    def deliver(_: Progress) -> str:
        deliverer.deliver_due()
        return "Delivered what was due."

    def purge(_: Progress) -> str:
        deliverer.purge()
        return "Removed deliveries older than 30 days."

    def record_silence(_: Progress) -> str:
        return f"Recorded {record_lapsed(timeline, stopping)} requests as unanswered."

    def check(progress: Progress) -> str:
        count = check_read_model(timeline.store, progress, stopping)
        refuse_changed(timeline.store, stopping)
        return f"The read model of {count} claims is what a replay of their events makes."

    def publish(progress: Progress) -> str:
        publisher = build_publisher(timeline.store, config, timeline.now)  # anew: its key may have been replaced
        return "There is no key to sign with." if publisher is None else publisher.run(progress)

    return (
        Job("publish", "sign the public log", _every(seconds=publishing.EVERY), publish),
        *((_watching(timeline, config, outbound, stopping),) if config.watch_sources else ()),
        Job("webhooks", "deliver what waits in the outbox", _every(seconds=1), deliver),
        Job("lapsed-requests", "record requests for comment that nobody answered", _every(seconds=10), record_silence),
        Job("purge-webhooks", "remove old deliveries", _every(hours=1), purge),
        _forgetting(timeline),
        Job("self-check", "compare the read model with a replay of the events", _daily(hour=3), check),
    )


def _watching(timeline: Timeline, config: Config, outbound: Outbound, stopping: Event) -> Job:
    agent = f"{AGENT} (+{config.public_url})" if config.public_url else AGENT

    def watch(_: Progress) -> str:
        fetcher = PageFetcher(outbound, agent, lambda wait: not stopping.wait(wait), time.monotonic)
        looked, recorded = watch_sources(timeline, fetcher, stopping)
        return f"Looked at {looked} pages; recorded {recorded} changes."

    return Job("watch-sources", "look again at the pages of recent statements", _every(hours=1), watch)


def _forgetting(timeline: Timeline) -> Job:
    def forget(_: Progress) -> str:
        return f"Removed {purge_sessions(timeline.store, now=timeline.now())} sessions."

    return Job("purge-sessions", "remove browser sessions that are over", _every(hours=1), forget)


def _every(**time: int) -> BaseTrigger:
    return IntervalTrigger(**time, timezone=UTC)


def _daily(hour: int) -> BaseTrigger:
    return CronTrigger(hour=hour, timezone=UTC)
