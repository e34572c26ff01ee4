"""Few at once: what holds a thread for as long as somebody else likes has few places, so most threads stay free."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Flask, current_app

from service.errors import TooManyRequests

_PLACES = "onrecord.places"


def keep_places(app: Flask, what: str, places: int) -> None:
    """Have an application do so many of these at once, and one at least."""
    app.extensions.setdefault(_PLACES, {})[what] = BoundedSemaphore(max(1, places))


@contextmanager
def one_place(what: str, full: TooManyRequests) -> Iterator[None]:
    """Take a place for these for as long as a block lasts; raises `full` where all are taken."""
    places: BoundedSemaphore = current_app.extensions[_PLACES][what]
    if not places.acquire(blocking=False):
        raise full
    try:
        yield
    finally:
        places.release()
