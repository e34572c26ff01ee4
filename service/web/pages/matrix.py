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
MOST_ASPECTS = 7  # more columns than that nobody reads


@dataclass(frozen=True, slots=True)
class Matrix:
    """Claims across, the one the page is about first; a row a party, with None where it has no position."""

    claims: tuple[Json, ...]
    rows: tuple[tuple[Json, tuple[Json | None, ...]], ...]
    more: bool


def read_matrix(timeline: Timeline, claim: Json, as_of: str | None) -> Matrix:
    """Gather the claims that hang together with one, as of the same moment."""
    root = next((link["claim"] for link in claim["links"] if link["relation"] == "aspect_of"), claim["id"])
    question = ListQuestion(filters={"aspect_of": [root]}, as_of=as_of, sort="opened", limit=MOST_ASPECTS + 1)
    found = orjson.loads(timeline.list_claims(question=question).body)["claims"]
    others = [other for other in reversed(found) if other["id"] != claim["id"]]
    if root != claim["id"]:
        others.insert(0, orjson.loads(timeline.get_claim(claim_id=UUID(root), as_of=as_of).body))
    across = (claim, *others[:MOST_ASPECTS])
    return Matrix(across, tuple(_rows(across)), len(others) > MOST_ASPECTS)


def _rows(across: Sequence[Json]) -> list[tuple[Json, tuple[Json | None, ...]]]:
    positions = [{position["party"]["key"]: position for position in claim["positions"]} for claim in across]
    parties = {key: position["party"] for column in reversed(positions) for key, position in column.items()}
    keys = dict.fromkeys(key for column in positions for key in column)
    return [(parties[key], tuple(column.get(key) for column in positions)) for key in keys]
