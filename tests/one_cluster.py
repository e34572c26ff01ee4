"""One cluster for all processes of a test run, started when the first test asks for it.

The process that runs the tests, or sends them to others, holds a named pipe in the cluster's folder. The pipe ends
with that process, however it ends, and the cluster with the pipe.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from tests.clusters import Cluster, wait_until
from tests.programs import NoCluster, private_folder

STILL = {"autovacuum": "off"}  # what it learns of a table while a test looks at plans changes them
_OURS: list[Cluster] = []  # started here, and left to whoever holds the pipe


def announce() -> tuple[Path, int]:
    """Give a folder for the run's cluster, and the pipe that holds it."""
    folder = private_folder(lasting=False)
    os.mkfifo(folder / "held")
    return folder, os.open(folder / "held", os.O_RDWR)


def join(folder: Path) -> Cluster:
    """Give the run's cluster, after starting it if nobody has; raises NoCluster."""
    if not folder.exists():
        raise NoCluster("The cluster of this run has failed to start; the first test that asked for it says why.")
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "started").exists():
            held = os.open(folder / "held", os.O_RDONLY)
            _OURS.append(Cluster.start(folder, settings=STILL, held_by=held))
            os.close(held)
            (folder / "started").touch()
    return Cluster(folder)


def dismiss(folder: Path, pipe: int) -> None:
    """Let go of the run's cluster; returns when it is gone, and its folder."""
    started = (folder / "started").exists()
    os.close(pipe)
    if started:
        wait_until(lambda: not folder.exists(), f"the cluster in {folder} is gone")
    shutil.rmtree(folder, ignore_errors=True)
