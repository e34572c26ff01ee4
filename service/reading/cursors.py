"""Cursors: where a page ended, the moment all pages are of, and the question they belong to.

Opaque to callers. A cursor of another question, or one made up, is refused.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any, TypeVar

import orjson

from domain.errors import Fault, Invalid
from domain.instants import parse_instant, write_instant
from service.reading.moment import Moment

Place = TypeVar("Place", int, str)


def digest(question: list[Any]) -> str:
    """Tell a question, given as what JSON can hold, from any other."""
    return sha256(orjson.dumps(question, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def write_cursor(place: Place, moment: Moment, bound_to: str) -> str:
    """Write where a page ended."""
    return urlsafe_b64encode(orjson.dumps([place, moment.size, moment.at, bound_to])).decode().rstrip("=")


def size_in(cursor: str) -> int:
    """Tell the log size that a cursor, of whatever list, is bound to; 0 of what is none."""
    try:
        size = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[1]
    except (ValueError, TypeError, LookupError):
        return 0
    return size if type(size) is int else 0


def read_cursor(cursor: str, bound_to: str, latest: int, kind: type[Place]) -> tuple[Place, Moment]:
    """Read where the page before ended; raises Invalid. `latest` is the size of the record."""
    try:
        place, size, at, bound = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        known = type(place) is kind and type(size) is int and 0 <= size <= latest
        if bound == bound_to and known and (isinstance(place, str) or 0 <= place <= size):
            return place, Moment(size, write_instant(parse_instant(at)))
    except (ValueError, TypeError):
        pass  # said below, as for a cursor of another question
    raise Invalid([Fault("cursor", "This cursor is not one of this list. Start again without it.")])
