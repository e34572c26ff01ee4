"""A contender's work as a process of its own, which prints what it did as one line of JSON.

`{"count": 3, "seconds": 0.5, "latencies": [0.1, 0.2, 0.2], "peak_mib": 60.0}`, the last two where they are known.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.load import Run
from tests.benchmarks.results import Absent

HOUSE = Path(__file__).parent.parent.parent


def run_process(command: Sequence[str | Path], *, folder: Path = HOUSE) -> Run:
    """Let a process work, and read what it did; raises Absent, with its last words, where it failed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - contenders
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise Absent(f"it failed: {lines[-1][:300] if lines else f'status {done.returncode}'}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Run(told["count"], told["seconds"], tuple(told.get("latencies", ())), peak_mib=told.get("peak_mib", 0.0))


def print_run(run: Run) -> None:
    """Print what this process did, for whoever runs it."""
    told = {"count": run.count, "seconds": run.seconds, "latencies": run.latencies, "peak_mib": run.peak_mib}
    sys.stdout.write(json.dumps(told) + "\n")
