"""All rows that whole histories make, table by table, made without a look at any store.

So that a process beside can make them, and an engine has nothing to do but to store
them. What enters an event at a time comes to the same rows: a property of the contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from domain.party import party_key
from service.store.finding import OPEN_END, Run, list_facets
from service.store.read_model import ClaimVersion, Party
from service.store.sql.lasting import list_lasting
from service.store.sql.track_records import write_outcome
from service.store.track_records import follow_outcomes

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Remade:
    """Rows of some claims, each with all columns of its table in their order.

    `facets` and `texts`, (position, tokens), are in order, `words` all tokens of theirs, each once.
    """

    tables: dict[str, list[Row]]
    facets: list[Run]
    texts: list[tuple[int, str]]
    words: list[str]


def remake(rows: Sequence[ClaimVersion]) -> Remade:
    """Make all rows of claims from all of their versions, given claim by claim, each claim's in order."""
    claims = [list(versions) for _, versions in groupby(rows, lambda row: row.claim)]
    ordered = sorted(rows, key=lambda row: row.since)  # rows go in fastest in the order of the log
    texts = [(row.since - 1, row.tokens) for row in ordered if row.tokens is not None]
    return Remade(
        {
            "claim_versions": [(r.since, r.until, r.claim, r.version, r.due_at, r.tags) for r in ordered],
            "bodies": [(row.since, row.body) for row in ordered],
            "lasting": sorted(row for versions in claims for row in list_lasting(versions)),
            "texts": sorted(row for versions in claims for row in _list_texts(versions)),
            "said": sorted((row for versions in claims for row in _list_said(versions)), key=lambda row: row[:3]),
            "joins": [(r.since, r.claim, r.join.party, r.join.same_as, int(r.join.holds)) for r in ordered if r.join],
            "outcomes": sorted(write_outcome(row) for versions in claims for row in follow_outcomes(versions)),
            "hanging": sorted((of[-1].claim, *one) for of in claims for one in of[-1].hanging),
        },
        list_facets((row.since, row.tags) for row in ordered),
        texts,
        sorted({word for _, tokens in texts for word in tokens.split()}),
    )


def _list_texts(versions: Sequence[ClaimVersion]) -> Iterator[Row]:
    """Tell of each text of a claim until when it counts: the first event that takes it out has the say."""
    ends: dict[int, int] = {}
    for row in versions:
        for version in row.texts_ended:
            ends.setdefault(version, row.since)
    for row in versions:
        if row.tokens is not None:
            yield row.since - 1, row.claim, ends.get(row.version, OPEN_END)


def _list_said(versions: Sequence[ClaimVersion]) -> Iterator[Row]:
    """Tell whose word each version of a claim was, from when to when."""
    held: dict[int, tuple[int, Party]] = {}  # by version
    for row in versions:
        for version, party in row.words:
            if version in held:
                yield write_said(row.claim, versions[version - 1].since - 1, *held.pop(version), row.since)
            if party:
                held[version] = row.since, party
    for version, (since, party) in held.items():
        yield write_said(versions[0].claim, versions[version - 1].since - 1, since, party, OPEN_END)


def write_said(claim: str, place: int, since: int, party: Party, until: int) -> Row:
    """Write whose word an event is, from a log size on."""
    told = orjson.dumps(party, option=orjson.OPT_SORT_KEYS).decode()
    return party_key(party["name"]), since, place, until, claim, told, party["kind"], party.get("country")
