"""The stance matrix: parties down; the claim and the claims that are aspects of the same one across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from service.lists import ListQuestion
from service.timeline import Timeline

Json = Mapping[str, Any]
MOST_ASPECTS = 12  # more columns than that nobody reads
MOST_AT_ONCE = 4
MOST_LISTED = 50  # claims beside the columns, which are named under the table


@dataclass(frozen=True, slots=True)
class Matrix:
    """Claims across, the one the page is about first; a row a party, with None where it has no position."""

    claims: tuple[Json, ...]
    rows: tuple[tuple[Json, tuple[Json | None, ...]], ...]
    listed: tuple[Json, ...] = ()  # those for which there is no column
    more: bool = False  # there are others that are not listed either
    root: str | None = None  # the claim of which all are aspects

    @property
    def wide(self) -> bool:
        """Tell whether it has more columns than most windows show at once."""
        return len(self.claims) > MOST_AT_ONCE


def find_across(timeline: Timeline, claim: Json, as_of: str | None) -> tuple[str, ...]:
    """Find the texts of the claims that hang together with one, as of the same moment; maybe its own among them."""
    root = _root_of(claim)
    question = ListQuestion(
        filters={"aspect_of": [root]}, as_of=as_of, sort="opened", limit=MOST_ASPECTS + MOST_LISTED + 1
    )
    aspects = timeline.list_claims(question=question).claims[::-1]
    return aspects if root == claim["id"] else (timeline.get_claim(claim_id=UUID(root), as_of=as_of).body, *aspects)


def read_matrix(claim: Json, texts: Sequence[str]) -> Matrix:
    """Read what was found across."""
    others = [other for other in map(orjson.loads, texts) if other["id"] != claim["id"]]
    across = (claim, *others[:MOST_ASPECTS])
    listed = tuple(others[MOST_ASPECTS : MOST_ASPECTS + MOST_LISTED])
    more = len(others) > MOST_ASPECTS + MOST_LISTED
    return Matrix(across, tuple(_rows(across)), listed, more, _root_of(claim))


def _root_of(claim: Json) -> str:
    root: str = next((link["claim"] for link in claim["links"] if link["relation"] == "aspect_of"), claim["id"])
    return root


def _rows(across: Sequence[Json]) -> list[tuple[Json, tuple[Json | None, ...]]]:
    positions = [{position["party"]["key"]: position for position in claim["positions"]} for claim in across]
    parties = {key: position["party"] for column in reversed(positions) for key, position in column.items()}
    keys = dict.fromkeys(key for column in positions for key in column)
    return [(parties[key], tuple(column.get(key) for column in positions)) for key in keys]
