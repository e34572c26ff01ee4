"""What is done without being asked: a table of (job, trigger, function), and the scheduler that runs it.

Every job is idempotent and may be run by hand. APScheduler keeps its jobs in memory, since
the table is the truth; a job runs once at a time, and several runs that were missed count
as one, however late. On the embedded store the jobs run inside `serve`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from service.deliverer import Deliverer
from service.outbound import Outbound
from service.store.interface import Store


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again."""

    name: str
    trigger: BaseTrigger
    run: Callable[[], None]


def list_jobs(store: Store, *, clock: Callable[[], datetime], outbound: Outbound, stopping: Event) -> tuple[Job, ...]:
    """List the jobs on a store; once `stopping` is set, one that runs comes to its end soon."""
    deliverer = Deliverer(store, clock, outbound, stopping)
    return (
        Job("webhooks", IntervalTrigger(seconds=1, timezone=UTC), deliverer.deliver_due),
        Job("purge-webhooks", IntervalTrigger(hours=1, timezone=UTC), deliverer.purge),
    )


class Scheduler:
    """Runs the jobs in threads of this process."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime], outbound: Outbound) -> None:
        """Begin; `stop` ends it."""
        self._stopping = Event()
        # A run that is passed over because the one before it is still at work is how it should be.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(timezone=UTC)
        for job in list_jobs(store, clock=clock, outbound=outbound, stopping=self._stopping):
            once_at_a_time = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
            self._scheduler.add_job(job.run, job.trigger, id=job.name, **once_at_a_time)
        self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is being done."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)
