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

SHELVES = 8  # columns of `lasting` in the schemas


def note_lasting(sql: Sql, rows: Sequence[ClaimVersion]) -> None:
    """Store which of these versions, in the order of the log and with their texts stored, are of lasting claims."""
    asked = {"claims": sorted({row.claim for row in rows}), "old": rows[-1].since - LASTING}
    old = f"version = 1 AND since <= :old AND {sql.among('claim', 'claims')}"
    opened = dict(sql.execute(f"SELECT claim, since FROM claim_versions WHERE {old}", asked).fetchall())
    words: dict[str, set[str]] = {}
    new = []
    for row in rows:
        if row.claim in opened and row.since - opened[row.claim] >= LASTING:
            known = words[row.claim] if row.claim in words else _find_words(sql, row)
            words[row.claim] = known = known | set((row.tokens or "").split())
            new.append((row.since, opened[row.claim], *_put_on_shelves(known)))
    sql.insert("lasting", new)


def list_lasting(versions: Sequence[ClaimVersion]) -> Iterator[tuple[Any, ...]]:
    """Make the rows of a claim from all of its versions."""
    opened, known = versions[0].since, set[str]()
    for row in versions if versions[-1].since - opened >= LASTING else ():
        known.update((row.tokens or "").split())
        if row.since - opened >= LASTING:
            yield row.since, opened, *_put_on_shelves(known)


def find_shelf(word: str) -> str:
    """Name the column that has a word, or the words that begin so."""
    return f"words{ord(word[0]) % SHELVES}"


def _put_on_shelves(words: set[str]) -> list[str]:
    shelves: list[list[str]] = [[] for _ in range(SHELVES)]
    for word in sorted(words):
        shelves[ord(word[0]) % SHELVES].append(word)
    return [f" {' '.join(shelf)} " for shelf in shelves]


def _find_words(sql: Sql, row: ClaimVersion) -> set[str]:
    shelves = " || ".join(f"words{n}" for n in range(SHELVES))
    kept = f"SELECT {shelves} FROM claim_versions JOIN lasting USING (since) WHERE claim = ? AND version = ?"
    found = sql.execute(kept, (row.claim, row.version - 1)).fetchall()
    if not found:
        texts = f"texts t CROSS JOIN words w ON {sql.words.at} = t.position"
        query = f"SELECT w.tokens FROM {texts} WHERE t.claim = ? AND t.position < ?"
        found = sql.execute(query, (row.claim, row.since)).fetchall()
    return {word for (words,) in found for word in words.split()}
