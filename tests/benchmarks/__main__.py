"""Measure onrecord against what people would use instead, on this machine: `python -m tests.benchmarks --help`."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import machine, report
from tests.benchmarks.cases import CASES, Bench, Plan
from tests.benchmarks.results import Result

PLANS = {
    "full": Plan((1_000, 100_000), 5, {1: 400, 8: 3_000, 32: 3_000}, (10, 100, 500), (1, 8), 1.0, 10_000),
    "quick": Plan((1_000,), 3, {1: 150, 8: 500, 32: 500}, (10, 100, 500), (8,), 0.3, 1_000, longest=2.0),
    "tiny": Plan((60,), 1, {1: 3, 4: 8}, (10,), (2,), 0.05, 60),
}


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_const", const="quick", dest="plan", help="less, in two minutes")
    parser.add_argument("--tiny", action="store_const", const="tiny", dest="plan", help="nothing to speak of: a test")
    parser.add_argument("--json", action="store_true", help="JSON on stdout, in the place of Markdown")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the JSON in a file, too")
    parser.add_argument("--only", choices=CASES, action="append", help="one kind of work; may be repeated")
    parser.add_argument("--events", type=int, action="append", help="size of the record; may be repeated")
    parser.add_argument("--rounds", type=int, help="how often everything is measured")
    parser.add_argument("--threads", type=int, default=8, help="ONRECORD_THREADS of every server (8)")
    parser.add_argument(
        "--patience", type=float, default=0.0, help="seconds to go on trying for an undisturbed run (0)"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "onrecord-benchmarks",
        help="where records are kept and measured, on a disk, not in memory (%(default)s)",
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print."""
    asked = read_arguments(arguments)
    planned = PLANS[asked.plan or "full"]
    plan = Plan(
        **{name: getattr(planned, name) for name in Plan.__slots__}
        | {"sizes": asked.events or planned.sizes, "rounds": asked.rounds or planned.rounds}
    )
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix="work-") as work:
        bench = Bench(plan, asked.folder, Path(work), _tell, asked.threads, asked.patience)
        facts = machine.describe_machine(Path(work))
        if facts["filesystem"] == "tmpfs":
            _tell("This folder is in memory, where nothing is durable; name another with --folder.")
        results: list[Result] = [result for case in asked.only or CASES for result in CASES[case](bench)]
        facts["fsync_ms_after"] = machine.measure_fsync(Path(work))
    facts |= {"threads": asked.threads, "rounds": plan.rounds}
    facts["others_cpu"] = {"median": statistics.median(bench.noise), "max": max(bench.noise)}
    told = json.dumps(report.write_json(facts, results), indent=2)
    if asked.save:
        asked.save.write_text(told + "\n", encoding="utf-8")
    sys.stdout.write((told if asked.json else report.write_markdown(facts, results)) + "\n")


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
