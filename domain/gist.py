"""What is remembered of an event by who goes on deciding: all that rules, folds and accounts ask for.

Texts are most of an event, and nothing is decided by them; they are where it is stored. Names and days that many
events have are held once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from sys import intern
from typing import Any

from domain.codebook import Amended, Assessed, Recorded, Statement
from domain.statement import Payload

_PARTIES = ("party", "on_behalf_of")
_ASKED = (
    *("regarding", "grade", "extent", "strength", "scope", "said_on"),
    *("attribution", "via", "utterance", *_PARTIES, "source"),
)
_OF_SOURCE = ("publisher", "url", "published_on")
_HELD = 2_048  # parties that are held once


def gist_of(event: Recorded) -> Recorded:
    """Give an event without what nothing is decided by: to be taken up, never to be written."""
    data = event.data
    if data is not None and isinstance(event, Amended):
        data = {**data, "statement": _gist(data["statement"])}
    elif data is not None and isinstance(event, Statement | Assessed):
        data = _gist(data)
    gist = object.__new__(type(event))
    # Frozen: filled in one go, as the mapper does.
    gist.__dict__.update(event.__dict__, data=data, salt=None, recorded_by=intern(event.recorded_by))
    return gist


def _gist(statement: Payload) -> dict[str, Any]:
    gist = _only(_ASKED, statement)
    for role in _PARTIES:
        if role in gist:
            gist[role] = _held_once(tuple(gist[role].items()))
    if "source" in gist:
        gist["source"] = _only(_OF_SOURCE, gist["source"])
    return gist


def _only(names: Iterable[str], data: Payload) -> dict[str, Any]:
    return {name: intern(data[name]) if isinstance(data[name], str) else data[name] for name in names if name in data}


@lru_cache(maxsize=_HELD)
def _held_once(party: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return dict(party)
