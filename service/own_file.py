"""Files that hold the record, or a part of it: made for their owner alone, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path


def make_own(path: str | Path) -> None:
    """Make an empty file that must not exist, mode 0600; raises FileExistsError and other OSErrors."""
    os.close(os.open(os.path.realpath(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def make_copy(path: str | Path) -> None:
    """Make the file of a backup likewise; the error says what to do."""
    try:
        make_own(path)
    except FileExistsError as error:
        raise FileExistsError(f"{path} exists; a backup never overwrites. Name another file.") from error


def find_open(paths: Iterable[str | Path]) -> list[str]:
    """Find which of the files all users of the machine may read or write, by folders that all may enter."""
    return [str(path) for path in map(Path, paths) if path.exists() and _is_open(path)]


def _is_open(path: Path) -> bool:
    real = path.resolve()  # where a link leads: who may enter the folder of the link does not matter
    entered = all(folder.stat().st_mode & stat.S_IXOTH for folder in real.parents)
    return bool(entered and real.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH))
