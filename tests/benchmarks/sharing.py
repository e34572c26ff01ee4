"""Work that several threads share: each takes the next piece when it is done with its last."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from tests.benchmarks.load import Run

Piece = TypeVar("Piece")


def share(pieces: Iterable[Piece], workers: Sequence[Callable[[Piece], object]], *, longest: float) -> Run:
    """Let a thread for each worker take piece after piece: one at least, then no new ones after `longest` seconds."""
    waiting, latencies, failed = iter(pieces), list[float](), list[Exception]()
    began = time.perf_counter()

    def work(do: Callable[[Piece], object]) -> None:
        while not failed and ((sent := time.perf_counter()) < began + longest or not latencies):
            piece = next(waiting, None)
            if piece is None:
                return
            try:
                do(piece)
            except Exception as error:  # noqa: BLE001 - raised below, in the thread that asked
                failed.append(error)
            latencies.append(time.perf_counter() - sent)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return Run(len(latencies), time.perf_counter() - began, tuple(latencies))
