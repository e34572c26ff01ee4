"""Later versions of claims that were opened long before, in the SQL of both engines.

A search by change meets all other claims near what was said of them. These it finds by
their words: all that were ever said of the claim, but for those that were erased.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.store.finding import LASTING
from service.store.read_model import ClaimVersion
from service.store.sql import Sql

LONGEST = 200  # characters of a word that is looked up; the engines' indexes take no more than some thousand bytes


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
            new.append((row.since, opened[row.claim], f" {' '.join(sorted(known))} "))
    sql.insert("lasting", new)
    sql.insert("lasting_words", sorted({(word[:LONGEST], since) for since, _, known in new for word in known.split()}))


def drop_lasting(sql: Sql, claim: str) -> None:
    """Remove those of a claim whose versions are still there."""
    query = "SELECT since, words FROM claim_versions JOIN lasting USING (since) WHERE claim = ?"
    rows = sql.execute(query, (claim,)).fetchall()
    kept = sorted({(word[:LONGEST], since) for since, words in rows for word in words.split()})
    sql.executemany("DELETE FROM lasting_words WHERE word = ? AND since = ?", kept)
    sql.executemany("DELETE FROM lasting WHERE since = ?", [(since,) for since, _ in rows])


def _find_words(sql: Sql, row: ClaimVersion) -> set[str]:
    kept = "SELECT words FROM claim_versions JOIN lasting USING (since) WHERE claim = ? AND version = ?"
    found = sql.execute(kept, (row.claim, row.version - 1)).fetchall()
    if not found:
        texts = f"texts t CROSS JOIN words w ON {sql.words.at} = t.position"
        query = f"SELECT w.tokens FROM {texts} WHERE t.claim = ? AND t.position < ?"
        found = sql.execute(query, (row.claim, row.since)).fetchall()
    return {word for (words,) in found for word in words.split()}
