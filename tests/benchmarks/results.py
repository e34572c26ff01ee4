"""Results: for each piece of work every contender's runs, round by round, and what they come to.

A ratio is taken within a round, where both ran one after the other on the same machine in
the same mood, and only then is the median of the rounds taken.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.load import Run

OURS = "onrecord"


class Absent(Exception):
    """A contender is not here, or cannot do this; `why` says what is missing and what brings it."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of the rounds, and the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Take a few values together."""
        ordered = sorted(values)
        return cls(statistics.median(ordered), ordered[0], ordered[-1])

    def told(self) -> dict[str, float]:
        """Give it as JSON has it."""
        return {"median": _short(self.median), "min": _short(self.least), "max": _short(self.most)}


@dataclass(slots=True)
class Result:
    """One piece of work on a record of `events` events by so many clients; `case` is the table it belongs to."""

    case: str
    work: str
    events: int
    clients: int
    runs: dict[str, list[Run]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)  # contenders, and why they are

    def spread(self, name: str, of: Callable[[Run], float]) -> Spread:
        """Take one figure of a contender's runs together."""
        return Spread.of(of(run) for run in self.runs[name])

    def ratio(self, peer: str) -> Spread:
        """Tell how many times a peer's rate ours is."""
        return Spread.of(ours.rate / theirs.rate for ours, theirs in zip(self.runs[OURS], self.runs[peer], strict=True))

    def cpu_ratio(self, peer: str) -> Spread | None:
        """Tell how many times as much our server does in a second of processor time; None where that is not known."""
        pairs = [*zip(self.runs[OURS], self.runs[peer], strict=True)]
        if not all(ours.server_cpu and theirs.server_cpu for ours, theirs in pairs):
            return None
        return Spread.of(theirs.cpu_each / ours.cpu_each for ours, theirs in pairs)

    @property
    def peers(self) -> list[str]:
        """List those we are compared with."""
        return [name for name in self.runs if name != OURS]

    def told(self) -> dict[str, Any]:
        """Give it as JSON has it; rates are a second, times in milliseconds, processor time in microseconds a piece."""
        return {
            "case": self.case,
            "work": self.work,
            "events": self.events,
            "clients": self.clients,
            "ratios": {peer: self.ratio(peer).told() for peer in self.peers},
            "cpu_ratios": {peer: ratio.told() for peer in self.peers if (ratio := self.cpu_ratio(peer))},
            "contenders": {name: self._told_of(name) for name in self.runs},
            "absent": self.absent,
        }

    def _told_of(self, name: str) -> dict[str, Any]:
        figures: dict[str, Callable[[Run], float]] = {"per_second": lambda run: run.rate}
        if self.runs[name][0].latencies:
            figures["p50_ms"] = lambda run: run.latency(0.5) * 1_000
            figures["p99_ms"] = lambda run: run.latency(0.99) * 1_000
        if all(run.server_cpu for run in self.runs[name]):
            figures["server_cpu_us"] = lambda run: run.cpu_each * 1e6
            figures["client_cpu_us"] = lambda run: run.client_cpu / run.count * 1e6
        if self.runs[name][0].peak_mib:
            figures["peak_mib"] = lambda run: run.peak_mib
        if self.runs[name][0].gzipped_kib:
            figures["gzipped_kib"] = lambda run: run.gzipped_kib
        return {figure: self.spread(name, of).told() for figure, of in figures.items()}


def _short(value: float) -> float:
    return float(f"{value:.4g}")
