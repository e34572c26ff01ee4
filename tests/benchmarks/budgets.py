"""What is to be reached, a row for each promise, and whether it was.

Where a row's work was measured at several sizes or with several numbers of clients, the worst of them counts. A row
that lacks a contender, or whose work was not measured, has no measure, says why, and is not reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import case_appends, case_bulk, case_load, case_reads, case_start
from tests.benchmarks.case_growth import smaller
from tests.benchmarks.results import OURS

Told = Mapping[str, Any]  # a result as JSON has it, see `Result.told`
HARDEST = 32  # clients
LARGEST, SMALLEST = 1_000_000, 1_000  # events, between which a read may grow
FLAT = 1.1  # more memory at most, for many times the work


class Unmeasured(Exception):
    """There is no measure; says why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One figure, and what it must be at least, or at most."""

    name: str
    bound: float
    measure: Callable[[Sequence[Told]], float]
    at_most: bool = False

    @property
    def told(self) -> str:
        """Tell the bound."""
        return f"at {'most' if self.at_most else 'least'} {self.bound:,g}"

    def holds(self, measured: float) -> bool:
        """Tell whether it is reached."""
        return measured <= self.bound if self.at_most else measured >= self.bound


def _find(results: Sequence[Told], work: str, clients: int | None = None) -> list[Told]:
    found = [r for r in results if r["work"] == work and clients in {None, r["clients"]}]
    if not found:
        with_clients = f" with {clients} clients" if clients else ""
        raise Unmeasured(f"{work}{with_clients} was not measured in this run")
    return found


def _median(result: Told, figure: str, name: str = OURS) -> float:
    """Give the median of a contender's figure; "ratios" is how many times its rate ours is."""
    if name not in result["contenders"]:
        raise Unmeasured(f"{name}: {result['absent'].get(name, 'was not measured in this run')}")
    of = result[figure] if figure == "ratios" else result["contenders"]
    median: float = of[name]["median"] if figure == "ratios" else of[name][figure]["median"]
    return median


def _times(works: str | Sequence[str], peer: str, least: float, clients: int | None = None) -> Condition:
    named = [works] if isinstance(works, str) else works

    def measure(results: Sequence[Told]) -> float:
        found = [result for work in named for result in _find(results, work, clients)]
        return min(_median(result, "ratios", peer) for result in found)

    return Condition(f"x {peer}", least, measure)


def _lone(work: str) -> Condition:
    peers = (case_appends.BARE, case_appends.ROUND_TRIP)

    def measure(results: Sequence[Told]) -> float:
        found = _find(results, work, 1)
        return max(_median(r, "p50_ms") / sum(_median(r, "p50_ms", peer) for peer in peers) for r in found)

    return Condition(f"{work}: latency x (bare insert + bare Flask round trip)", 2, measure, at_most=True)


def _growth(title: str) -> Condition:
    small = smaller(SMALLEST)

    def measure(results: Sequence[Told]) -> float:
        (result,) = _find(results, title)
        if result["events"] != LARGEST:
            raise Unmeasured(f"this run went to {result['events']:,} events, not to {LARGEST:,}")
        return 1 / _median(result, "ratios", small)

    return Condition(f"{title}: x its cost {small}", 1.5, measure, at_most=True)


def _rate(works: Iterable[str], least: float) -> list[Condition]:
    def measure(work: str) -> Callable[[Sequence[Told]], float]:
        return lambda results: min(_median(result, "per_second") for result in _find(results, work))

    return [Condition(f"{work}: events/s", least, measure(work)) for work in works]


def _memory(work: str, part: str, what: str) -> Condition:
    def measure(results: Sequence[Told]) -> float:
        found = _find(results, work)
        held = [result for result in found if part in result["contenders"]] or found
        return max(_median(result, "peak_mib") / _median(result, "peak_mib", part) for result in held)

    return Condition(f"{work}: memory x that {what}", FLAT, measure, at_most=True)


def _start(name: str, title: str) -> Condition:
    def measure(results: Sequence[Told]) -> float:
        (result,) = _find(results, "serve to first answer")
        if name == OURS and result["events"] != LARGEST:
            raise Unmeasured(f"this run went to {result['events']:,} events, not to {LARGEST:,}")
        return 1 / _median(result, "per_second", name)

    return Condition(f"seconds {title}", 1.5, measure, at_most=True)


ON_SQLITE, ON_POSTGRESQL = "append on SQLite", "append on PostgreSQL"
PAGES = ("list page", "search, a common word", "party page, the most talkative", "feed page")
ENGINES = case_bulk.ENGINES
ROWS: dict[str, Sequence[Condition]] = {
    "durable append over HTTP, 32 clients, PostgreSQL": [
        _times(ON_POSTGRESQL, case_appends.MESSAGE_DB, 1.5, HARDEST),
        _times(ON_POSTGRESQL, case_appends.ROWS, 3, HARDEST),
    ],
    "durable append over HTTP, 32 clients, SQLite": [
        _times(ON_SQLITE, case_appends.ROWS, 3, HARDEST),
        _times(ON_SQLITE, case_appends.LIBRARY, 1, HARDEST),
    ],
    "one lone append": [_lone(ON_SQLITE), _lone(ON_POSTGRESQL)],
    "history of 100 events over HTTP": [
        _times("history of 100 events", case_reads.MEMORY, 0.7),
        _times("history of 100 events", case_reads.REBUILD, 10),
    ],
    "claim as it stands, or as of a past moment": [
        _times([case_reads.AS_IT_STANDS, case_reads.AS_OF], case_reads.MEMORY, 0.7)
    ],
    "304 on an unchanged claim": [_times(case_reads.UNCHANGED, case_reads.MEMORY, 0.8)],
    "list page, search, party page, feed page at 1,000,000 events": [_growth(page) for page in PAGES],
    "bulk import": [
        *_rate([f"import on {engine}" for engine in ENGINES], 15_000),
        *(_memory(f"import on {engine}", case_bulk.PART_OF["import"], "of a quarter") for engine in ENGINES),
    ],
    "replay and rebuild of the read model": [
        *_rate([f"rebuild on {engine}" for engine in ENGINES], 20_000),
        *(_memory(f"rebuild on {engine}", case_bulk.PART_OF["rebuild"], "of a quarter") for engine in ENGINES),
    ],
    "start of onrecord serve to first answer": [
        _start(OURS, "at 1,000,000 events"),
        _start(case_start.NONE, "at none"),
    ],
    "memory of a worker after an hour's mixed load": [_memory("mixed load", case_load.EARLY, "after a sixth")],
}


def weigh(results: Sequence[Told]) -> list[dict[str, Any]]:
    """Hold the results to every row; `measured` has a figure for each condition, or is null and `why` says for what."""
    return [_weigh_row(name, conditions, results) for name, conditions in ROWS.items()]


def _weigh_row(name: str, conditions: Sequence[Condition], results: Sequence[Told]) -> dict[str, Any]:
    budget = {condition.name: condition.told for condition in conditions}
    measured, lacking = {}, []
    for condition in conditions:
        try:
            measured[condition.name] = float(f"{condition.measure(results):.3g}")
        except Unmeasured as why:
            lacking.append(str(why))
    if lacking:
        why = "; ".join(dict.fromkeys(lacking))
        return {"name": name, "measured": None, "budget": budget, "ok": False, "why": why}
    ok = all(condition.holds(measured[condition.name]) for condition in conditions)
    return {"name": name, "measured": measured, "budget": budget, "ok": ok}
