"""Who leads among the processes on one store, whichever engine tells it."""

from __future__ import annotations

from typing import Protocol


class Lead(Protocol):
    """The lead among all processes on one store: who has it runs the jobs.

    It is taken by `Store.lead` and ends with `give_up`, with the process, however that
    ends, and with whatever carries it (a lock file, a connection): then another can have
    it at once. It keeps jobs from being done twice in vain; that nothing is recorded
    twice is not its affair but that of the write path.
    """

    def still_holds(self) -> bool:
        """Tell whether it is held; once it is not, it never is again. Asked before each run and each second."""

    def give_up(self) -> None:
        """Let another take it; may be called again."""
