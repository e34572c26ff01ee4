"""What came of parties' words, in the SQL of both engines.

A mark names what is counted: a party and a kind, or a party, a side and a stretch of days
to a reversal. Days are counted in stretches of 16 ** 0 to 16 ** 5 days, so that the one in
the middle is found in a few looks, and another reversal changes six numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from domain.track_record import KINDS, Kind, Outcome
from service.store.finding import OPEN_END
from service.store.read_model import ClaimVersion
from service.store.sql.dialect import Sql
from service.store.steps import Steps
from service.store.track_records import DAY_LEVELS, OutcomeRow, end_outcomes, follow_outcomes

_COUNTED = f"""
WITH levels (level) AS (VALUES {", ".join(f"({level})" for level in range(DAY_LEVELS))}), marked AS (
  SELECT key || ' ' || side || ' ' || fate || ' ' || strength AS mark, since, until FROM outcomes WHERE {{these}}
  UNION ALL
  SELECT key || ' ' || side || ' days ' || level || ':' || (days >> (4 * level)), since, until
  FROM outcomes CROSS JOIN levels ON TRUE WHERE days IS NOT NULL AND {{these}}
), steps AS (
  SELECT mark, at, CAST(sum(n) AS BIGINT) AS n FROM (
    SELECT mark, since AS at, 1 AS n FROM marked
    UNION ALL SELECT mark, until, -1 FROM marked WHERE until < :open
  ) AS step WHERE {{marks}} GROUP BY mark, at HAVING sum(n) <> 0
), counted AS (
  SELECT mark, at AS since, CAST(sum(n) OVER (PARTITION BY mark ORDER BY at) AS BIGINT) AS n FROM steps
)
"""
_MISCOUNTED = """
SELECT mark FROM (SELECT * FROM counted EXCEPT SELECT * FROM tallies) AS missing
UNION SELECT mark FROM (SELECT * FROM tallies EXCEPT SELECT * FROM counted) AS wrong ORDER BY mark LIMIT :limit
"""
_COUNTED_ALL = _COUNTED.format(these="TRUE", marks="TRUE")
_ROW = "SELECT claim, since, until, key, side, fate, strength, days FROM outcomes"


class SQLTrackRecords:
    """What came of parties' words, through a connection that is inside a transaction."""

    def __init__(self, sql: Sql) -> None:
        """Use the connection of a look at the record."""
        self._sql = sql

    def of_claim(self, claim: str) -> list[OutcomeRow]:
        """List all rows of a claim."""
        rows = self._sql.execute(f"{_ROW} WHERE claim = ? ORDER BY key, side, since", (claim,))
        return [_read(row) for row in rows]

    def count(self, keys: Sequence[str], size: int) -> dict[Kind, int]:
        """Count the claims of each kind, of every key by itself, at a log size."""
        counts: Counter[Kind] = Counter()
        marks = {_mark(Outcome(key, kind)): kind for key in keys for kind in KINDS}
        for mark, n in self._latest(marks, size).items():
            counts[marks[mark]] += n
        return counts

    def count_days(self, keys: Sequence[str], side: str, level: int, first: int, size: int) -> list[int]:
        """Count the reversals after so many days: sixteen counts, each of 16 ** level days, from a number on."""
        marks = [[_mark_days(key, side, level, number) for key in keys] for number in range(first, first + 16)]
        found = self._latest([mark for of_one in marks for mark in of_one], size)
        return [sum(found.get(mark, 0) for mark in of_one) for of_one in marks]

    def list_claims(
        self, keys: Sequence[str], of: tuple[str, str], *, size: int, before: int, limit: int
    ) -> list[tuple[int, str]]:
        """List (since, claim) of the claims of (a side, what came of it), those that came to it last first."""
        walk = (
            "SELECT since, claim FROM outcomes WHERE key = ? AND side = ? AND fate = ? AND since < ? AND until > ? "
            "ORDER BY since DESC LIMIT ?"
        )
        places = ((key, *of, min(before, size + 1), size, limit) for key in keys)
        pages = [self._sql.execute(walk, place).fetchall() for place in places]
        return sorted(chain.from_iterable(pages), reverse=True)[:limit]

    def list_back(
        self, keys: Sequence[str], of: tuple[str, str], *, size: int, start: int, limit: int
    ) -> list[tuple[int, str]]:
        """List the same the other way, from one `since` on: those that came to it first come first."""
        walk = (
            "SELECT since, claim FROM outcomes WHERE key = ? AND side = ? AND fate = ? AND since >= ? AND since <= ? "
            "AND until > ? ORDER BY since LIMIT ?"
        )
        pages = [self._sql.execute(walk, (key, *of, start, size, size, limit)).fetchall() for key in keys]
        return sorted(chain.from_iterable(pages))[:limit]

    def enter(self, rows: Sequence[ClaimVersion]) -> Steps:
        """Take up what came of words with new versions of claims, in order."""
        claims = sorted({row.claim for row in rows})
        held = f"{_ROW} WHERE until = :open AND {self._sql.among('claim', 'claims')}"
        answer = self._sql.execute(held, {"open": OPEN_END, "claims": claims})
        yield
        kept, ended = end_outcomes(rows, [_read(row) for row in answer])
        over = [(row.until, row.claim, row.outcome.party, row.outcome.kind.side, row.since) for row in ended]
        end = "UPDATE outcomes SET until = ? WHERE claim = ? AND key = ? AND side = ? AND since = ?"
        self._sql.executemany(end, over)
        self._sql.insert("outcomes", [write_outcome(row) for row in kept])
        yield from self._count(kept, ended, rows[0].since - 1)

    def renew(self, claim: str, rows: Sequence[ClaimVersion]) -> None:
        """Take up anew what came of words on a claim."""
        before = self.of_claim(claim)
        self._sql.execute("DELETE FROM outcomes WHERE claim = ?", (claim,))
        kept = follow_outcomes(rows)
        self._sql.insert("outcomes", [write_outcome(row) for row in kept])
        changed = {row.outcome for row in {*before} ^ {*kept}}
        marks = sorted({mark for outcome in changed for mark in _marks(outcome)})
        if marks:
            among = self._sql.among("mark", "marks")
            asked = {"keys": sorted({outcome.party for outcome in changed}), "marks": marks}
            self._sql.execute(f"DELETE FROM tallies WHERE {among}", {"marks": marks})
            counted = _COUNTED.format(these=self._sql.among("key", "keys"), marks=among)
            self._sql.execute(f"{counted} INSERT INTO tallies SELECT * FROM counted", {"open": OPEN_END, **asked})

    def recount(self) -> None:
        """Count everything anew."""
        self._sql.execute("DELETE FROM tallies")
        self._sql.execute(f"{_COUNTED_ALL} INSERT INTO tallies SELECT * FROM counted", {"open": OPEN_END})

    def miscounted(self, limit: int) -> list[str]:
        """List marks that are not counted as the outcomes say; looks at all of them."""
        rows = self._sql.execute(f"{_COUNTED_ALL} {_MISCOUNTED}", {"open": OPEN_END, "limit": limit})
        return [mark for (mark,) in rows]

    def _count(self, kept: Iterable[OutcomeRow], ended: Iterable[OutcomeRow], size: int) -> Steps:
        """Write the counts that these rows make, with what was counted at the log size before them."""
        steps: Counter[tuple[int, str]] = Counter()
        for row in kept:
            steps.update((row.since, mark) for mark in _marks(row.outcome))
        for row in (*ended, *(row for row in kept if row.until != OPEN_END)):
            steps.subtract((row.until, mark) for mark in _marks(row.outcome))
        answer = self._ask_latest({mark for _, mark in steps}, size)
        yield
        counts = _read_counts(answer)
        new = []
        for (at, mark), n in sorted(steps.items()):
            if n:
                counts[mark] = counts.get(mark, 0) + n
                new.append((mark, at, counts[mark]))
        self._sql.insert("tallies", new)

    def _latest(self, marks: Iterable[str], size: int) -> dict[str, int]:
        """Look up what is counted of each mark at a log size; what never was is left out."""
        return _read_counts(self._ask_latest(marks, size))

    def _ask_latest(self, marks: Iterable[str], size: int) -> Iterable[Any]:
        asked = {"marks": sorted(marks), "size": size}
        if not asked["marks"]:
            return ()
        latest = "SELECT n FROM tallies t WHERE t.mark = m.mark AND t.since <= :size ORDER BY t.since DESC LIMIT 1"
        query = f"WITH m (mark) AS ({self._sql.spread('marks')}) SELECT mark, ({latest}) FROM m"
        return self._sql.execute(query, asked)


def _read_counts(answer: Iterable[Any]) -> dict[str, int]:
    return {mark: n for mark, n in answer if n is not None}


def _read(row: Sequence[Any]) -> OutcomeRow:
    claim, since, until, key, side, fate, strength, days = row
    return OutcomeRow(claim, since, until, Outcome(key, Kind(side, fate, strength), days))


def write_outcome(row: OutcomeRow) -> tuple[Any, ...]:
    """Give all columns of a row in their order."""
    party, kind, days = row.outcome
    return (row.claim, party, kind.side, row.since, row.until, kind.fate, kind.strength, days)


def _mark(outcome: Outcome) -> str:
    # A key has no blanks.
    return " ".join((outcome.party, *outcome.kind))


def _mark_days(key: str, side: str, level: int, number: int) -> str:
    return f"{key} {side} days {level}:{number}"


def _marks(outcome: Outcome) -> Iterator[str]:
    yield _mark(outcome)
    if outcome.days is not None:
        for level in range(DAY_LEVELS):
            yield _mark_days(outcome.party, outcome.kind.side, level, outcome.days >> 4 * level)
