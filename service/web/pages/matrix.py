"""The stance matrix: parties down; the claim and the claims that are aspects of the same one across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from service.reading.lists import ListQuestion
from service.web.endpoint import timeline
from service.web.pages.voices import find_said, read_said, tell_positions

Json = Mapping[str, Any]
MOST_ASPECTS = 12  # more columns than that nobody reads
MOST_AT_ONCE = 4
MOST_LISTED = 50  # claims beside the columns, which are named under the table


@dataclass(frozen=True, slots=True)
class Across:
    """What hangs together with a claim: texts of claims, what was said there, and where those stand today.

    `today` has, for a page of the past, by its id each of these claims that has moved since, and those that came since.
    """

    claims: tuple[str, ...] = ()
    said: tuple[Sequence[str], ...] = ()
    today: Mapping[str, Json] = field(default_factory=dict)

    @property
    def made_from(self) -> tuple[str, ...]:
        """Give all that it says, as texts."""
        return (*self.claims, *(event for events in self.said for event in events), orjson.dumps(self.today).decode())


@dataclass(frozen=True, slots=True)
class Matrix:
    """Claims across, the one the page is about first; a row a party, with None where it has no position."""

    claims: tuple[Json, ...]
    rows: tuple[tuple[Json, tuple[Json | None, ...]], ...]
    listed: tuple[Json, ...] = ()  # those for which there is no column
    more: bool = False  # there are others that are not listed either
    root: str | None = None  # the claim of which all are aspects
    today: Mapping[str, Json] = field(default_factory=dict)  # those that have moved since, by their ids
    later: int = 0  # those that came since

    @property
    def wide(self) -> bool:
        """Tell whether it has more columns than most windows show at once."""
        return len(self.claims) > MOST_AT_ONCE


def find_across(claim: Json, as_of: str | None) -> Across:
    """Find what hangs together with a claim, as of the same moment; maybe its own text is among it."""
    texts = _find_texts(claim, as_of)
    if "said_until" in claim:  # what had been said of others by then is told on their own pages
        return Across(texts)
    columns = [other for other in map(orjson.loads, texts) if other["id"] != claim["id"]][:MOST_ASPECTS]
    said = tuple(find_said(columns)) if columns else ()
    return Across(texts, said, {} if as_of is None else _find_moved(claim, texts))


def _find_texts(claim: Json, as_of: str | None) -> tuple[str, ...]:
    root, lists = _root_of(claim), timeline()
    question = ListQuestion(
        filters={"aspect_of": [root]}, as_of=as_of, sort="opened", limit=MOST_ASPECTS + MOST_LISTED + 1
    )
    aspects = lists.list_claims(question=question).claims[::-1]
    return aspects if root == claim["id"] else (lists.get_claim(claim_id=UUID(root), as_of=as_of).body, *aspects)


def _find_moved(claim: Json, texts: Sequence[str]) -> dict[str, Json]:
    then = {other["id"]: other for other in map(orjson.loads, texts)}
    moved: dict[str, Json] = {}
    for now in map(orjson.loads, _find_texts(claim, None)):
        was = then.get(now["id"])
        if now["id"] != claim["id"] and (was is None or was["version"] < now["version"]):
            stood = None if was is None else (was["standing"], was["because"]["partial"])
            otherwise = stood != (now["standing"], now["because"]["partial"])
            told = {"standing": now["standing"], "because": {"partial": now["because"]["partial"]}}
            moved[now["id"]] = told | {"otherwise": otherwise, "came": was is None}
    return moved


def read_matrix(claim: Json, across: Across) -> Matrix:
    """Read what was found across."""
    others = [other for other in map(orjson.loads, across.claims) if other["id"] != claim["id"]]
    most = 0 if "said_until" in claim else MOST_ASPECTS
    columns = [tell_positions(o, read_said(o, said)) for o, said in zip(others[:most], across.said, strict=True)]
    later = sum(now["came"] for now in across.today.values())
    return Matrix(
        (claim, *columns),
        tuple(_rows((claim, *columns))),
        tuple(others[most : most + MOST_LISTED]),
        len(others) > most + MOST_LISTED,
        _root_of(claim),
        {id_: now for id_, now in across.today.items() if not now["came"]},
        later,
    )


def _root_of(claim: Json) -> str:
    root: str = next((link["claim"] for link in claim["links"] if link["relation"] == "aspect_of"), claim["id"])
    return root


def _rows(across: Sequence[Json]) -> list[tuple[Json, tuple[Json | None, ...]]]:
    positions = [{position["party"]["key"]: position for position in claim["positions"]} for claim in across]
    parties = {key: position["party"] for column in reversed(positions) for key, position in column.items()}
    keys = dict.fromkeys(key for column in positions for key in column)
    return [(parties[key], tuple(column.get(key) for column in positions)) for key in keys]
