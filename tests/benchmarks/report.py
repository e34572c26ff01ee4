"""The results as a Markdown table a case, ratios first, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

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
}


def write_json(machine: dict[str, Any], results: Sequence[Result]) -> dict[str, Any]:
    """Give everything as one object; `budgets` are for later."""
    return {"machine": machine, "results": [result.told() for result in results], "budgets": []}


def write_markdown(machine: dict[str, Any], results: Sequence[Result]) -> str:
    """Write a table a case, with what it was measured on before."""
    parts = [_describe(machine)]
    for case, title in TITLES.items():
        of_case = [result for result in results if result.case == case]
        if of_case:
            parts.append(f"### {title}\n\n{_ratios(of_case)}\n\n{_figures(of_case)}")
    return "\n\n".join(parts)


def _describe(machine: dict[str, Any]) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    noise, syncs = machine["others_cpu"], machine["fsync_ms"]
    return (
        f"Measured on {datetime.now(UTC).date()}: {machine['cores']} cores of {machine['cpu']}, "
        f"{machine['memory_gib']} GiB, {machine['kernel']}, {machine['filesystem']}, "
        f"Python {machine['python']}, SQLite {machine['sqlite']}, {libraries}. "
        f"fdatasync of 4 KiB: {syncs['median']} ms, p99 {syncs['p99']} ms. "
        f"Server threads: {machine['threads']}. Rounds: {machine['rounds']}; median (least to most). "
        f"Others used {noise['median']:.0%} of the processors during the runs, at most {noise['max']:.0%}."
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
