"""What hangs, in SQL: a row for everything that is open on a claim now, found by its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from service.store.hanging import HangingRow, Why
from service.store.read_model import ClaimVersion
from service.store.sql.dialect import Sql
from service.store.steps import Steps

_ROW = "SELECT at, claim, version FROM hanging"


class SQLHanging:
    """What hangs, through a connection that is inside a transaction."""

    def __init__(self, sql: Sql) -> None:
        """Use the connection of a look at the record."""
        self._sql = sql

    def oldest(self, why: Why, *, before: str, after: HangingRow | None, limit: int) -> list[HangingRow]:
        """List what hangs since before an instant, the oldest first, from behind a row on."""
        behind = "AND (at, claim, version) > (?, ?, ?)" if after else ""
        query = f"{_ROW} WHERE why = ? AND at < ? {behind} ORDER BY at, claim, version LIMIT ?"
        given = (why, before, *(astuple(after) if after else ()), limit)
        return [HangingRow(*row) for row in self._sql.execute(query, given)]

    def newest(self, why: Why, *, before: HangingRow, limit: int) -> list[HangingRow]:
        """List what hangs since before a row, the newest first."""
        order = "ORDER BY at DESC, claim DESC, version DESC LIMIT ?"
        query = f"{_ROW} WHERE why = ? AND (at, claim, version) < (?, ?, ?) {order}"
        return [HangingRow(*row) for row in self._sql.execute(query, (why, *astuple(before), limit))]

    def of_claim(self, claim: str) -> list[tuple[Why, HangingRow]]:
        """List what hangs on a claim, by version."""
        query = "SELECT why, at, claim, version FROM hanging WHERE claim = ? ORDER BY version"
        return [(why, HangingRow(*row)) for why, *row in self._sql.execute(query, (claim,))]

    def enter(self, rows: Sequence[ClaimVersion]) -> Steps:
        """Take up what hangs on claims from new versions of them on; of a claim's, the last counts."""
        latest = {row.claim: row for row in rows}
        asked = {"claims": sorted(latest)}
        held = f"SELECT claim, version, why, at FROM hanging WHERE {self._sql.among('claim', 'claims')}"
        answer = self._sql.execute(held, asked)
        yield
        there = {tuple(row) for row in answer}
        hangs = {(row.claim, *one) for row in latest.values() for one in row.hanging}
        gone = sorted((claim, version) for claim, version, *_ in there - hangs)
        self._sql.executemany("DELETE FROM hanging WHERE claim = ? AND version = ?", gone)
        self._sql.insert("hanging", sorted(hangs - there))
