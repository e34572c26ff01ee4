"""The lead among the processes on one file: a lock of the operating system's, on a file beside the record.

The system lets go of it when the process dies, whatever way, so that another can take it
at once. On a file system without such locks (some network shares) nobody gets the lead.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from service.errors import Unavailable


class FileLead:
    """The lead, from when `take` gave it until `give_up`, or until somebody removes the file."""

    def __init__(self, path: str, file: int) -> None:
        """Hold a file that is locked."""
        self._path = path
        self._file: int | None = file

    @classmethod
    def take(cls, path: str) -> FileLead | None:
        """Lock the file, which is made where it is missing, unless another has; never waits. Raises Unavailable."""
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unavailable(f"{path} cannot be made or opened: {error.strerror}.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return None
        except OSError as error:
            os.close(file)
            raise Unavailable(f"{path} cannot be locked: {error.strerror}.") from error
        return cls(path, file)

    def still_holds(self) -> bool:
        """Tell whether the file that is locked is the one that others would lock."""
        if self._file is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._file), Path(self._path).stat())
        except OSError:
            return False

    def give_up(self) -> None:
        """Let go of it."""
        if self._file is not None:
            os.close(self._file)
        self._file = None
