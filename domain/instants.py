"""Instants as the record writes them: RFC 3339, UTC, microseconds and `Z`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@lru_cache(maxsize=4096)  # when a claim was opened, and last changed, is written again and again
def write_instant(at: datetime) -> str:
    """Write a UTC instant, `2026-01-31T09:30:00.123456Z`."""
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant with `Z` or an offset, at most six digits of a second, as UTC.

    Raises ValueError, with what to write instead, for anything else.
    """
    if _RFC3339.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # a day or an hour that does not exist, or a year out of reach; said below
    raise ValueError(f"{text!r} is not an instant. Write one like 2026-01-31T09:30:00Z, or with an offset, +09:00.")
