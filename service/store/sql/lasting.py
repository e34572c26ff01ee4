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
from service.store.sql.dialect import Sql
from service.store.steps import Steps

SHELVES = 8  # columns of `lasting` in the schemas
_ALL = ", ".join(f"words{n}" for n in range(SHELVES))
_EMPTY = [" "] * SHELVES
# What was on the shelves of claims before an event.
_KNOWN = f"""WITH asked (claim) AS ({{asked}}) SELECT asked.claim, {_ALL} FROM asked CROSS JOIN lasting l ON l.since = (
  SELECT position + 1 FROM events WHERE claim = asked.claim AND position < :start ORDER BY version DESC LIMIT 1
)"""


def note_lasting(sql: Sql, rows: Sequence[ClaimVersion]) -> Steps:
    """Store which of these versions, in the order of the log and with their texts stored, are of lasting claims."""
    asked = {"claims": sorted({row.claim for row in rows}), "old": rows[-1].since - LASTING}
    old = f"version = 1 AND position < :old AND {sql.among('claim', 'claims')}"
    opened = sql.execute(f"SELECT claim, position + 1 FROM events WHERE {old}", asked)
    known = sql.execute(_KNOWN.format(asked=sql.spread("claims")), asked | {"start": rows[0].since - 1})
    yield
    since = dict(opened.fetchall())
    shelves = {claim: list(words) for claim, *words in known.fetchall()}
    new = []
    for row in rows:
        if row.since - since.get(row.claim, row.since) >= LASTING:
            before = shelves.get(row.claim) or _find_shelves(sql, row)
            shelves[row.claim] = _put_on_shelves(before, row.tokens or "")
            new.append((row.since, since[row.claim], *shelves[row.claim]))
    sql.insert("lasting", new)


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


def _find_shelves(sql: Sql, row: ClaimVersion) -> list[str]:
    texts = "events e CROSS JOIN words w ON w.position = e.position"
    # By `position` alone, PostgreSQL would gather all that was recorded before.
    query = f"SELECT w.tokens FROM {texts} WHERE e.claim = ? AND e.position + 0 < ? ORDER BY e.version"
    said = sql.execute(query, (row.claim, row.since - 1)).fetchall()
    return _put_on_shelves(_EMPTY, " ".join(tokens for (tokens,) in said))
