"""Find the processes that a process has started, and those that these have."""

from contextlib import suppress
from pathlib import Path


def tree_of(pid: int) -> list[int]:
    """List a process and all below it, each before those that it started; none where there is no telling."""
    found = [pid] if Path(f"/proc/{pid}").exists() else []
    # A child is told of under the thread that started it; a process or thread may end while it is looked at.
    for told in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in told.read_text(encoding="ascii").split():
                found += tree_of(int(child))
    return found
