"""What Prometheus is told: requests, group commits, the size of the record, the jobs; of all processes together.

Labels are bounded: a route is its template, a method one that exists. Worker processes
count in files that they share (the library's multiprocess mode), which the process that is
asked adds up. That mode is chosen when the library is first imported, by a folder in the
environment: `service.server` names one before this module is loaded. What the record
itself knows, its size and what came of the jobs, is read from it when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from domain.instants import parse_instant
from service.recording.deciding import Group
from service.store.job_log import JobRow

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)


class Metrics:
    """The counts of one application; `shared` is the folder that all processes count in, where there are several."""

    def __init__(self, shared: str | None = None) -> None:
        """Start from zero, or from what was counted in the folder."""
        self._shared = shared
        if shared is not None:
            _forget_dead(Path(shared))
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "onrecord_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "onrecord_request_seconds",
            "Until the answer began.",
            ("method", "route"),
            registry=registry,
            buckets=_SECONDS,
        )
        self._noted: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}  # what the library would look up anew
        commits = Counter("onrecord_commits", "Groups of commands, by outcome.", ("outcome",), registry=registry)
        self._commits = {stored: commits.labels("stored" if stored else "failed") for stored in (True, False)}
        self._commit_seconds = Histogram(
            "onrecord_commit_seconds", "Deciding, storing and committing a group.", registry=registry, buckets=_SECONDS
        )
        self._group = Histogram("onrecord_group_commands", "Commands in a group.", registry=registry, buckets=_SIZES)
        self._events = Counter("onrecord_events_recorded", "Events recorded by this service.", registry=registry)
        self._queue = Gauge(
            "onrecord_queue_commands",
            "Commands that waited when the last group was taken.",
            registry=registry,
            multiprocess_mode="livesum",
        )

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        noted = self._noted.get((method, route, status))
        if noted is None:
            noted = self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)
            self._noted[method, route, status] = noted
        counter, histogram = noted
        counter.inc()
        histogram.observe(seconds)

    def note_group(self, group: Group, waiting: int) -> None:
        """Count a group of commands that was decided together, and how many waited when that was done."""
        self._commits[group.stored].inc()
        self._commit_seconds.observe(group.seconds)
        self._group.observe(group.commands)
        self._events.inc(group.events)
        self._queue.set(waiting)

    def write(self, log_size: int, jobs: Sequence[JobRow]) -> bytes:
        """Write everything in the text format of Prometheus, with what the record knows."""
        counted: Iterator[Metric] = iter(self._registry.collect())
        if self._shared is not None:
            together = MultiProcessCollector(CollectorRegistry(), path=self._shared)  # type: ignore[no-untyped-call]
            counted = iter(together.collect())  # type: ignore[no-untyped-call]
        return generate_latest(_Collected([*counted, *_tell_record(log_size, jobs)]))


def _forget_dead(folder: Path) -> None:
    # A worker that died leaves what it counted, which stands, and its gauges, which do not.
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


class _Collected(CollectorRegistry):
    """Metrics that are there already, as the library wants them to be written."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        super().__init__()
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)


def _tell_record(log_size: int, jobs: Sequence[JobRow]) -> Iterator[Metric]:
    yield GaugeMetricFamily("onrecord_log_size", "Events in the record.", value=log_size)
    runs = CounterMetricFamily("onrecord_job_runs", "Runs of a job that came to an end.", labels=["job"])
    errors = CounterMetricFamily("onrecord_job_errors", "Runs that failed.", labels=["job"])
    misses = CounterMetricFamily("onrecord_job_misses", "Runs that began late.", labels=["job"])
    ended = GaugeMetricFamily("onrecord_job_ended_timestamp_seconds", "When it last came to an end.", labels=["job"])
    failed = GaugeMetricFamily("onrecord_job_failed", "1 where the last run failed.", labels=["job"])
    for row in jobs:
        runs.add_metric([row.name], row.runs)
        errors.add_metric([row.name], row.errors)
        misses.add_metric([row.name], row.misses)
        if row.ended_at:
            ended.add_metric([row.name], parse_instant(row.ended_at).timestamp())
            failed.add_metric([row.name], int(row.failed))
    yield from chain((runs, errors, misses, ended, failed))
