"""The results as a Markdown table a case, ratios first, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tests.benchmarks.budgets import weigh
from tests.benchmarks.results import Result, Spread

FINE = 0.1  # a smaller ratio is told with one digit more
WHOLE = 100  # from here on a figure is told without a fraction
WHAT = ("work", "events in the record", "clients")
FIGURES = {
    "per_second": "a second",
    "p50_ms": "p50, ms",
    "p99_ms": "p99, ms",
    "server_cpu_us": "server CPU each, µs",
    "peak_mib": "memory at most, MiB",
}
TITLES = {
    "append": "Durable appends over HTTP",
    "history": "Histories over HTTP",
    "claim": "Claims over HTTP",
    "bulk": "In bulk",
    "growth": "As the record grows",
    "start": "From start to first answer",
    "load": "Memory under mixed load",
}


def write_json(machine: dict[str, Any], results: Sequence[Result]) -> dict[str, Any]:
    """Give everything as one object."""
    return {"machine": machine, "results": [result.told() for result in results], "budgets": weigh(results)}


def write_markdown(machine: dict[str, Any], results: Sequence[Result]) -> str:
    """Write what it was measured on, what was to be reached, and a table a case, ratios first."""
    parts = [describe(machine), f"### What was to be reached\n\n{write_budgets(results)}"]
    for case, title in TITLES.items():
        if told := write_case(case, results):
            parts.append(f"### {title}\n\n{told}")
    return "\n\n".join(parts)


def write_budgets(results: Sequence[Result]) -> str:
    """Write a row for every condition of every budget."""
    rows = []
    for row in weigh(results):
        for name, bound in row["budget"].items():
            measured = "not measured" if row["measured"] is None else _number(row["measured"][name])
            rows.append([row["name"], name, bound, measured, "yes" if row["ok"] else row.get("why", "no")])
    return _table(["work", "figure", "to be", "is", "row reached"], rows)


def write_case(case: str, results: Sequence[Result]) -> str:
    """Write the tables of one case, and who is absent and why; empty where it was not measured."""
    of_case = [result for result in results if result.case == case]
    if not of_case:
        return ""
    absent = {f"{name} is absent: {why}." for result in of_case for name, why in result.absent.items()}
    figures = f"<details><summary>Figures</summary>\n\n{_figures(of_case)}\n\n</details>"
    return "\n\n".join([_ratios(of_case), *sorted(absent), figures])


def describe(machine: dict[str, Any]) -> str:
    """Tell what it was measured on, and when."""
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    noise, syncs = machine["others_cpu"], machine["fsync_ms"]
    return (
        f"Measured on {datetime.now(UTC).date()}: {machine['cores']} cores of {machine['cpu']}, "
        f"{machine['memory_gib']} GiB, {machine['kernel']}, {machine['filesystem']}, "
        f"Python {machine['python']}, SQLite {machine['sqlite']}, {libraries}. "
        f"fdatasync of 4 KiB: {syncs['median']} ms, p99 {syncs['p99']} ms. "
        f"Server threads: {machine['threads']}. Rounds: {machine['rounds']}; median (least to most). "
        + (
            f"Others used {noise['median']:.0%} of the processors during the runs, at most {noise['max']:.0%}."
            if noise
            else ""
        )
    )


def _ratios(results: Sequence[Result]) -> str:
    peers = list(dict.fromkeys(peer for result in results for peer in result.peers))
    by_cpu = [peer for peer in peers if any(peer in r.runs and r.cpu_ratio(peer) for r in results)]
    heads = [*WHAT, *(f"x {peer}" for peer in peers), *(f"x {peer}, by CPU" for peer in by_cpu)]
    rows = []
    for result in results:
        ratios = [result.ratio(peer) if peer in result.runs else None for peer in peers]
        ratios += [result.cpu_ratio(peer) if peer in result.runs else None for peer in by_cpu]
        rows.append([*_what(result), *(_ratio(ratio) if ratio else "" for ratio in ratios)])
    return _table(heads, rows)


def _figures(results: Sequence[Result]) -> str:
    told = [(result, name, figures) for result in results for name, figures in result.told()["contenders"].items()]
    shown = {name: head for name, head in FIGURES.items() if any(name in figures for _, _, figures in told)}
    rows = [
        [*_what(result), name, *(_figure(figures[f]) if f in figures else "" for f in shown)]
        for result, name, figures in told
    ]
    return _table([*WHAT, "", *shown.values()], rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _what(result: Result) -> list[str]:
    return [result.work, f"{result.events:,}", str(result.clients)]


def _ratio(spread: Spread) -> str:
    digits = 2 if spread.median >= FINE else 3
    return f"**{spread.median:.{digits}f}** ({spread.least:.{digits}f} to {spread.most:.{digits}f})"


def _figure(told: dict[str, float]) -> str:
    return f"{_number(told['median'])} ({_number(told['min'])} to {_number(told['max'])})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= WHOLE else f"{value:.3g}"
