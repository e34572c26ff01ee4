"""Later versions of claims that were opened long before, in the SQL of both engines.

A search by change meets all other claims near what was said of them. These it finds by
their words: all that were ever said of the claim, but for those that were erased. They
lie on shelves by their first letters, since what takes time is to look through a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from service.store.finding import LASTING
from service.store.read_model import ClaimVersion
from service.store.sql import Sql
from service.store.steps import Steps

SHELVES = 8  # columns of `lasting` in the schemas
_ALL = ", ".join(f"words{n}" for n in range(SHELVES))
_EMPTY = [" "] * SHELVES
# What was on the shelves of claims before an event.
_KNOWN = f"""WITH asked (claim) AS ({{asked}}) SELECT asked.claim, {_ALL} FROM asked CROSS JOIN lasting l ON l.since = (
  SELECT position + 1 FROM events WHERE claim = asked.claim AND position < :start ORDER BY version DESC LIMIT 1
)"""
# All that was said of claims before an event. Asked for by `e.position`, all that are before it would be gathered.
_SAID = """SELECT e.claim, w.tokens FROM events e CROSS JOIN words w ON w.position = e.position
WHERE {these} AND w.position < :start ORDER BY e.claim, e.version"""


def note_lasting(sql: Sql, rows: Sequence[ClaimVersion]) -> Steps:
    """Store which of these versions, in the order of the log, are of lasting claims."""
    start = rows[0].since - 1
    asked = {"claims": sorted({row.claim for row in rows}), "old": rows[-1].since - LASTING}
    old = f"version = 1 AND position < :old AND {sql.among('claim', 'claims')}"
    opened = sql.execute(f"SELECT claim, position + 1 FROM events WHERE {old}", asked)
    known = sql.execute(_KNOWN.format(asked=sql.spread("claims")), asked | {"start": start})
    yield
    since = dict(opened.fetchall())
    shelves = {claim: list(words) for claim, *words in known.fetchall()}
    lasting = {row.claim for row in rows if row.since - since.get(row.claim, row.since) >= LASTING}
    if new := sorted(lasting - shelves.keys()):
        said = sql.execute(_SAID.format(these=sql.among("e.claim", "claims")), {"claims": new, "start": start})
        yield
        for claim, tokens in said:
            shelves[claim] = _put_on_shelves(shelves.get(claim, _EMPTY), tokens)
    stored = []
    for row in rows:
        if row.claim in lasting:
            shelves[row.claim] = _put_on_shelves(shelves.get(row.claim, _EMPTY), row.tokens or "")
            if row.since - since[row.claim] >= LASTING:
                stored.append((row.since, since[row.claim], *shelves[row.claim]))
    sql.insert("lasting", stored)


def list_lasting(versions: Sequence[ClaimVersion]) -> Iterator[tuple[Any, ...]]:
    """Make the rows of a claim from all of its versions."""
    opened, known = versions[0].since, _EMPTY
    for row in versions if versions[-1].since - opened >= LASTING else ():
        known = _put_on_shelves(known, row.tokens or "")
        if row.since - opened >= LASTING:
            yield row.since, opened, *known


def find_shelf(word: str) -> str:
    """Name the column that has a word, or the words that begin so."""
    return f"words{ord(word[0]) % SHELVES}"


def _put_on_shelves(shelves: list[str], tokens: str) -> list[str]:
    """Put the words of a text behind those that are there, on each shelf; there is a blank around each word."""
    new: list[list[str]] = [[] for _ in shelves]
    for word in dict.fromkeys(tokens.split()):
        n = ord(word[0]) % SHELVES
        if f" {word} " not in shelves[n]:
            new[n].append(word)
    return [f"{there}{' '.join(words)} " if words else there for there, words in zip(shelves, new, strict=True)]
