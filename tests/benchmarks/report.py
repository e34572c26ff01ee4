"""What was told of a run, as Markdown: what it was measured on, what was to be reached, and a table a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.benchmarks.budgets import Told, weigh
from tests.benchmarks.results import OURS, Result

FINE = 0.1  # a smaller ratio is told with one digit more
WHOLE = 100  # from here on a figure is told without a fraction
FIGURES = {
    "per_second": "a second",
    "p50_ms": "p50, ms",
    "p99_ms": "p99, ms",
    "server_cpu_us": "server CPU each, µs",
    "peak_mib": "memory, MiB",
    "gzipped_kib": "gzipped, KiB",
}
TITLES = {
    "append": "Durable appends",
    "history": "Histories over HTTP",
    "claim": "Claims over HTTP",
    "bulk": "In bulk",
    "growth": "As the record grows",
    "start": "From start to first answer",
    "load": "Memory under mixed load",
    "page": "Pages, by the application alone",
    "log": "The public log",
}


def write_json(machine: Mapping[str, Any], results: Sequence[Result]) -> dict[str, Any]:
    """Give everything as one object."""
    told = [result.told() for result in results]
    return {
        "machine": {"measured_on": str(datetime.now(UTC).date())} | machine,
        "results": told,
        "budgets": weigh(told),
    }


def write_markdown(told: Mapping[str, Any]) -> str:
    """Write all of it."""
    parts = [describe(told["machine"]), f"### What was to be reached\n\n{write_budgets(told['budgets'])}"]
    cases = list(dict.fromkeys(result["case"] for result in told["results"]))
    parts += [f"### {TITLES.get(case, case)}\n\n{write_case(case, told['results'])}" for case in cases]
    return "\n\n".join(parts)


def describe(machine: Mapping[str, Any]) -> str:
    """Tell what it was measured on, and when."""
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    noise, syncs = machine["others_cpu"], machine["fsync_ms"]
    others = f" Others used {noise['median']:.0%} of the processors, at most {noise['max']:.0%}." if noise else ""
    return (
        f"Measured on {machine['measured_on']}: {machine['cores']} cores of {machine['cpu']}, "
        f"{machine['memory_gib']} GiB, {machine['kernel']}, {machine['filesystem']}, "
        f"Python {machine['python']}, SQLite {machine['sqlite']}, {libraries}. "
        f"fdatasync of 4 KiB: {syncs['median']} ms, p99 {syncs['p99']} ms. "
        f"Server threads: {machine['threads']}. Rounds: {machine['rounds']}; median (least to most).{others}"
    )


def write_budgets(budgets: Sequence[Mapping[str, Any]]) -> str:
    """Write a row for every condition of every budget."""
    rows = []
    for row in budgets:
        for name, bound in row["budget"].items():
            measured = "not measured" if row["measured"] is None else _number(row["measured"][name])
            rows.append([row["name"], name, bound, measured, "yes" if row["ok"] else row.get("why", "no")])
    return _table(["work", "figure", "to be", "is", "row reached"], rows, right=())


def write_case(case: str, results: Sequence[Told]) -> str:
    """Write a table, a row a contender and how many times its rate ours is first, and who is absent and why."""
    of_case = [result for result in results if result["case"] == case]
    absent = {f"{name} is absent: {why}." for result in of_case for name, why in result["absent"].items()}
    told = [figures for result in of_case for figures in result["contenders"].values()]
    shown = {name: head for name, head in FIGURES.items() if any(name in figures for figures in told)}
    by_cpu = any(result["cpu_ratios"] for result in of_case)
    rows = [_row(result, name, shown, by_cpu=by_cpu) for result in of_case for name in result["contenders"]]
    heads = ["work", "events", "clients", "", "onrecord is x", *(["by CPU x"] if by_cpu else []), *shown.values()]
    return "\n\n".join([_table(heads, rows, right=[1, 2, *range(4, len(heads))]), *sorted(absent)])


def _row(result: Told, name: str, shown: Mapping[str, str], *, by_cpu: bool) -> list[str]:
    ratios = [result["ratios"].get(name), *([result["cpu_ratios"].get(name)] if by_cpu else [])]
    figures = result["contenders"][name]
    return [
        *(result["work"], f"{result['events']:,}", str(result["clients"])),
        f"**{name}**" if name == OURS else name,
        *(_ratio(ratio) if ratio else "" for ratio in ratios),
        *(_figure(figures[figure]) if figure in figures else "" for figure in shown),
    ]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int]) -> str:
    lines = [heads, ["---:" if n in right else "---" for n in range(len(heads))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _ratio(spread: Mapping[str, float]) -> str:
    digits = 2 if spread["median"] >= FINE else 3
    return f"**{spread['median']:.{digits}f}** ({spread['min']:.{digits}f} to {spread['max']:.{digits}f})"


def _figure(told: Mapping[str, float]) -> str:
    if told["min"] == told["max"]:
        return _number(told["median"])
    return f"{_number(told['median'])} ({_number(told['min'])} to {_number(told['max'])})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= WHOLE else f"{value:.3g}"
