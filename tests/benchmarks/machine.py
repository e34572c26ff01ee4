"""What was measured on: without it a figure says nothing."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.processes import tree_of

SYNCS = 200
QUIET = 0.1  # part of the processors that others may use


def describe_machine(folder: Path) -> dict[str, Any]:
    """List the facts that a figure depends on; `folder` is where the records are kept."""
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu_model(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": f"{platform.system()} {platform.release()}",
        "filesystem": find_filesystem(folder),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: version(name) for name in ("flask", "granian", "marshmallow", "sqlalchemy", "orjson")},
        "fsync_ms": measure_fsync(folder),
    }


def measure_fsync(folder: Path) -> dict[str, float]:
    """Measure how long the disk takes to keep 4 KiB appended to a file."""
    taken = []
    path = folder / "fsync"
    with path.open("wb") as file:
        for _ in range(SYNCS):
            file.write(bytes(4096))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - began) * 1_000)
    path.unlink()
    taken.sort()
    return {"median": round(statistics.median(taken), 3), "p99": round(taken[int(SYNCS * 0.99)], 3)}


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, and the processor time that all had used by then, and we: in seconds."""

    idle: float
    all: float
    ours: float

    @classmethod
    def now(cls) -> Mark:
        """Take the moment."""
        # Idle and I/O wait, and all: the first line of proc_stat(5), in ticks of 10 ms.
        ticks = [0] * 8
        with suppress(OSError):
            ticks = [int(n) for n in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
        ended = sum(os.times()[2:4])  # of what we started and has ended
        return cls((ticks[3] + ticks[4]) / 100, sum(ticks) / 100, ended + cpu_of(os.getpid()))

    def others_since(self) -> float:
        """Tell which part of the processors others have used since, 0 to 1."""
        now = Mark.now()
        busy = (now.all - self.all) - (now.idle - self.idle) - (now.ours - self.ours)
        return max(0.0, busy / (now.all - self.all)) if now.all > self.all else 0.0


def cpu_of(pid: int) -> float:
    """Tell the processor time that a process and its living children have used, in seconds."""
    return sum(map(_cpu_of_one, tree_of(pid)))


def _cpu_of_one(pid: int) -> float:
    # Fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms; where there is no /proc there is no telling.
    with suppress(OSError):
        ticks = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(ticks[11]) + int(ticks[12])) / 100
    return 0.0


def find_filesystem(folder: Path) -> str:
    """Name the file system that a folder is on."""
    found = ("", "unknown")
    with suppress(OSError):
        for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
            _, mount, kind, *_ = line.split()
            if folder.resolve().is_relative_to(mount) and len(mount) >= len(found[0]):
                found = (mount, kind)
    return found[1]


def _cpu_model() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
