"""Look seldom for circles of objects, where many objects are made and hardly any of them in circles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 20_000  # objects more than went, after which Python looks; its own number is 700


def spare_collecting(after: int = SELDOM) -> None:
    """Walk from now on through nothing that is there, and through what is new after so many objects."""
    gc.freeze()
    gc.set_threshold(after)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look seldom while a block makes many objects."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
