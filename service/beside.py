"""Work in processes beside this one, which end when it does, however it ends.

Killed with -9, a process tells those that it started nothing. Left alone they would wait
for work without end, and hold open whatever it printed to.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process

from service.collecting import spare_collecting


def processes_beside(count: int, *, fork: bool = False, begin: Callable[[], None] | None = None) -> ProcessPoolExecutor:
    """Give a pool of so many processes, in each of which `begin` is called before its first work.

    They are started from nothing, unless they `fork`: sooner, from a process that must have
    no other thread. An interrupt at the keyboard is left to the process that asks.
    """
    return ProcessPoolExecutor(count, get_context("fork" if fork else "spawn"), _begin, (begin,))


def _begin(begin: Callable[[], None] | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    spare_collecting()
    when_parent_ends(partial(os._exit, 1))  # what it works at is of use to nobody
    if begin:
        begin()


def when_parent_ends(then: Callable[[], None]) -> None:
    """Do something once the process that started this one is gone; nothing in a process that multiprocessing did not.

    A forked process has its older siblings' ends of this wait open too: they end one after
    the other, the youngest first.
    """
    if parent := parent_process():

        def wait() -> None:
            parent.join()
            then()

        threading.Thread(target=wait, daemon=True).start()
