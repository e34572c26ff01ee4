"""How much is measured, where, and by which rules: every contender once a round, in turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.installing import Peers
from tests.benchmarks.load import Run
from tests.benchmarks.records import copy_record, keep_record
from tests.benchmarks.results import OURS, Absent, Result
from tests.clusters import Cluster

Contender = Callable[[], Run] | Absent


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    sizes: Sequence[int]  # events of the records that appends, reads and bulk work are measured on
    rounds: int
    appends: Mapping[int, int]  # how many, by clients
    histories: Sequence[int]  # their lengths
    readers: Sequence[int]  # clients that read
    read_seconds: float
    imported: int  # events
    grown: Sequence[int]  # events of the records that growth and start are measured on
    mixed: int  # requests of the mixed load
    longest: float = 8.0  # seconds of a run of appends


@dataclass(slots=True)
class Bench:
    """Where it is measured, and what else ran there meanwhile."""

    plan: Plan
    folder: Path  # records that are kept
    work: Path  # copies, gone at the end
    tell: Callable[[str], None]
    stack: ExitStack  # what ends with the run
    peers: Peers
    threads: int = 8
    patience: float = 0.0  # seconds to go on trying for a run that others do not disturb
    noise: list[float] = field(default_factory=list)
    _cluster: Cluster | None = None

    def run_rounds(self, result: Result, contenders: Mapping[str, Contender]) -> Result:
        """Let every contender run once a round; one that is not here, or cannot do it, is named with the reason."""
        result.absent = {name: it.why for name, it in contenders.items() if isinstance(it, Absent)}
        able = {name: it for name, it in contenders.items() if not isinstance(it, Absent)}
        result.runs = {name: [] for name in able}
        for n in range(self.plan.rounds):
            names = list(result.runs)
            turn = n % len(names)
            for name in names[turn:] + names[:turn]:
                try:
                    result.runs[name].append(self._run_quietly(able[name]))
                except Absent as absent:
                    if name == OURS:
                        raise
                    del result.runs[name]
                    result.absent[name] = absent.why
        rates = [f"{name} {_rate(result.spread(name, lambda run: run.rate).median)}" for name in result.runs]
        told = ", ".join([*rates, *(f"{name} is absent: {why}" for name, why in result.absent.items())])
        self.tell(f"{result.work}, {result.events:,} events, {result.clients} clients: {told}")
        return result

    def _run_quietly(self, contender: Callable[[], Run]) -> Run:
        until = time.monotonic() + self.patience
        while True:
            mark = machine.Mark.now()
            run = contender()
            others = mark.others_since()
            if others <= machine.QUIET or time.monotonic() >= until:
                self.noise.append(others)
                return run

    def copy(self, events: int, kind: str) -> Path:
        """Make a fresh copy of a record to work on."""
        return copy_record(keep_record(self.folder, events, self.tell), kind, self.work)

    def cluster(self) -> Cluster:
        """Give the PostgreSQL of this run, which syncs as a newsroom's does; raises NoCluster."""
        if self._cluster is None:
            self._cluster = self.stack.enter_context(Cluster.start(durable=True))
        return self._cluster

    def database(self) -> str:
        """Give the URL of an empty database, which goes with the run's cluster."""
        return self.cluster().url(self.cluster().create_database())

    def tell_noise(self) -> dict[str, float]:
        """Tell which part of the processors others used during the runs."""
        return {"median": statistics.median(self.noise), "max": max(self.noise)} if self.noise else {}


def _rate(per_second: float) -> str:
    return f"{per_second:,.0f}/s" if per_second >= 10 else f"{per_second:.3g}/s"
