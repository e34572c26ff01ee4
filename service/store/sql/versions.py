"""Claims as they stood, version after version, and the texts that versions add, in the SQL of both engines."""

from __future__ import annotations

from collections.abc import Sequence

from service.store.finding import OPEN_END
from service.store.read_model import ClaimVersion
from service.store.sql import facets
from service.store.sql.derived import OF_CLAIM
from service.store.sql.dialect import Sql
from service.store.sql.lasting import note_lasting
from service.store.steps import Steps, in_step, take_steps

_PLACE = "(SELECT position FROM events WHERE claim = ? AND version = ?)"


def insert(sql: Sql, rows: Sequence[ClaimVersion]) -> Steps:
    """Store rows in order, the newest; each ends the one before it of the same claim."""
    _insert(sql, rows)
    yield from in_step(note_lasting(sql, rows), facets.enter_newest(sql, rows))


def renew(sql: Sql, claim: str, rows: Sequence[ClaimVersion], size: int) -> None:
    """Store all rows of a claim in the place of those that are there, in a record of a size."""
    there = sql.execute(f"SELECT v.since, v.tags FROM {OF_CLAIM} WHERE e.claim = ?", (claim,)).fetchall()
    facets.drop(sql, there)
    for table in ("bodies", "lasting", "claim_versions"):
        sql.executemany(f"DELETE FROM {table} WHERE since = ?", ((since,) for since, _ in there))
    sql.words.delete(claim)
    sql.executemany("DELETE FROM texts WHERE position = ?", ((since - 1,) for since, _ in there))
    _insert(sql, rows)
    take_steps(note_lasting(sql, rows))
    facets.enter_again(sql, rows, size)


def _insert(sql: Sql, rows: Sequence[ClaimVersion]) -> None:
    ends = {(row.claim, row.version - 1): row.since for row in rows if row.version > 1}
    until = [ends.pop((row.claim, row.version), OPEN_END) for row in rows]
    new = [(r.since, end, r.claim, r.version, r.due_at, r.tags) for r, end in zip(rows, until, strict=True)]
    sql.insert("claim_versions", new)
    sql.insert("bodies", [(r.since, r.body) for r in rows])
    before = ((since, claim, version) for (claim, version), since in ends.items())
    sql.executemany(f"UPDATE claim_versions SET until = ? WHERE since = 1 + {_PLACE}", before)
    spoken = [(row.since - 1, row.claim, OPEN_END) for row in rows if row.tokens is not None]
    sql.insert("texts", spoken)
    sql.words.insert([(row.since - 1, row.tokens) for row in rows if row.tokens is not None])
    over = ((row.since, row.claim, version, OPEN_END) for row in rows for version in row.texts_ended)
    sql.executemany(f"UPDATE texts SET until = ? WHERE position = {_PLACE} AND until = ?", over)
