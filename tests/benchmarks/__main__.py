"""Measure onrecord against what people would use instead, on this machine: `python -m tests.benchmarks --help`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import machine, report
from tests.benchmarks.bench import Bench, Plan
from tests.benchmarks.cases import CASES
from tests.benchmarks.installing import Peers
from tests.benchmarks.results import Result

PLANS = {
    "full": Plan(
        sizes=(10_000, 100_000),
        rounds=5,
        appends={1: 300, 8: 1_500, 32: 1_500},
        histories=(10, 100, 500),
        readers=(1, 8),
        read_seconds=1.0,
        imported=20_000,
        grown=(1_000, 10_000, 100_000, 1_000_000),
        mixed=72_000,
    ),
    "quick": Plan(
        sizes=(1_000,),
        rounds=3,
        appends={1: 100, 32: 600},
        histories=(100,),
        readers=(8,),
        read_seconds=0.25,
        imported=1_000,
        grown=(1_000, 10_000),
        mixed=3_000,
        longest=0.5,
    ),
    "tiny": Plan(
        sizes=(60,),
        rounds=1,
        appends={1: 3, 4: 8},
        histories=(10,),
        readers=(2,),
        read_seconds=0.05,
        imported=60,
        grown=(300, 600),
        mixed=60,
    ),
}


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_const", const="quick", dest="plan", help="less, in two minutes")
    parser.add_argument("--tiny", action="store_const", const="tiny", dest="plan", help="nothing to speak of: a test")
    parser.add_argument(
        "--peers", action="store_true", help="install the contenders that are not here, with pip and npm"
    )
    parser.add_argument("--json", action="store_true", help="JSON on stdout, in the place of Markdown")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the JSON in a file, too")
    parser.add_argument("--only", choices=CASES, action="append", help="one kind of work; may be repeated")
    parser.add_argument("--events", type=int, action="append", help="size of the record; may be repeated")
    parser.add_argument("--rounds", type=int, help="how often everything is measured")
    parser.add_argument("--threads", type=int, default=32, help="ONRECORD_THREADS of every server (32)")
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
    peers = Peers(asked.folder / "peers")
    if asked.peers:
        peers.install(_tell)
    with ExitStack() as stack:
        work = stack.enter_context(tempfile.TemporaryDirectory(dir=asked.folder, prefix="work-"))
        bench = Bench(plan, asked.folder, Path(work), _tell, stack, peers, asked.threads, asked.patience)
        facts = machine.describe_machine(Path(work))
        if facts["filesystem"] == "tmpfs":
            _tell("This folder is in memory, where nothing is durable; name another with --folder.")
        results: list[Result] = [result for case in asked.only or CASES for result in CASES[case](bench)]
        facts["fsync_ms_after"] = machine.measure_fsync(Path(work))
    facts |= {"threads": asked.threads, "rounds": plan.rounds}
    facts["others_cpu"] = bench.tell_noise()
    told = report.write_json(facts, results)
    if asked.save:
        asked.save.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write((json.dumps(told, indent=2) if asked.json else report.write_markdown(told)) + "\n")


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
