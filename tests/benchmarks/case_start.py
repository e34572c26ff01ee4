"""From `onrecord serve` to its first answer, on no record and on a large one."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.growth import PER_CLAIM, keep
from tests.benchmarks.load import Run
from tests.benchmarks.records import remove_record
from tests.benchmarks.results import OURS, Result
from tests.benchmarks.serving import HOUSE, SLOWEST_START, find_port

NONE = "on no record"
POLL = 0.002  # seconds


def measure_start(bench: Bench) -> list[Result]:
    """Measure the start on the largest of the records that grow, and where there is none."""
    most = max(bench.plan.grown)
    full = keep(bench.folder, most // PER_CLAIM, bench.tell)
    contenders = {OURS: partial(_start, full), NONE: partial(_start_empty, bench.work / "none.db")}
    return [bench.run_rounds(Result("start", "serve to first answer", most, 1), contenders)]


def _start_empty(path: Path) -> Run:
    remove_record(path)
    return _start(path)


def _start(path: Path) -> Run:
    port = find_port()
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port)]
    settings = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
    settings |= {"ONRECORD_DATABASE": f"sqlite:///{path}", "ONRECORD_LOG": "quiet"}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=HOUSE, env=settings, stderr=subprocess.DEVNULL)  # noqa: S603 - ourselves
    try:
        while time.perf_counter() < began + SLOWEST_START:
            with suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SLOWEST_START)
                connection.request("GET", "/claims?limit=1")
                status = connection.getresponse().status
                seconds = time.perf_counter() - began
                if status != http.HTTPStatus.OK:
                    raise RuntimeError(f"The first answer was {status}.")
                return Run(1, seconds, (seconds,))
            time.sleep(POLL)
    finally:
        process.terminate()
        process.wait()
    raise RuntimeError(f"No answer within {SLOWEST_START} s.")
