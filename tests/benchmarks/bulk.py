"""Work in bulk, as a process of its own, so that its memory can be told.

`python -m tests.benchmarks.bulk import|rebuild URL FILE`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from service.bootstrap import build
from service.importing.importer import Importer
from service.importing.rows import read_json_lines
from service.rebuild import rebuild
from service.store import open_store
from tests.benchmarks.load import Run
from tests.benchmarks.processes import print_run, run_process
from tests.benchmarks.statements import make_record


def run_bulk(what: str, url: str, file: Path) -> Run:
    """Import a file into a record, or rebuild its read model."""
    return run_process([sys.executable, "-m", "tests.benchmarks.bulk", what, url, file])


def write_import_file(path: Path, events: int) -> None:
    """Write events as `onrecord import` takes them."""
    with path.open("w", encoding="utf-8") as file:
        for claim, type_, data in make_record(events):
            item = {"claim": f"ref:bulk/{claim}", "type": type_, "data": data}
            file.write(json.dumps(item, ensure_ascii=False) + "\n")


def _import(url: str, path: str) -> int:
    store = open_store(url)
    store.migrate()
    timeline = build(store)
    with Path(path).open("rb") as file:
        importer = Importer(timeline, file, read_json_lines)
        with closing(importer.check(_tell_nobody)) as plan:
            count = importer.record(plan, _tell_nobody)
    timeline.close()
    store.close()
    return count


def _rebuild(url: str, _path: str) -> int:
    store = open_store(url)
    store.check()
    rebuild(store, _tell_nobody)
    count = store.status().events
    store.close()
    return count


def _peak_mib() -> float:
    # Not getrusage(2): its maximum is at least what the parent had when it made this process. 0 without a /proc.
    with suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) / 1_024 for line in status if line.startswith("VmHWM"))
    return 0.0


def _tell_nobody(_part: float) -> None:
    pass


WORK: dict[str, Callable[[str, str], int]] = {"import": _import, "rebuild": _rebuild}

if __name__ == "__main__":
    _, what, url, file = sys.argv
    began = time.perf_counter()
    count = WORK[what](url, file)
    seconds = time.perf_counter() - began
    print_run(Run(count, seconds, peak_mib=_peak_mib()))
