"""The directory of parties, in the SQL of both engines: kept an event at a time, at a cost that does not grow with it.

Rows of `said` and `joins` are facts, one an event. What is counted and found by follows
from them alone, so that a party counted anew is as it was counted step by step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from domain.joins import Join, still_holding
from domain.party import party_key
from service.search_text import to_tokens
from service.store.directory import Name, PartyQuery
from service.store.finding import OPEN_END, entered_upto, tag
from service.store.read_model import ClaimVersion, Party
from service.store.remade import write_said
from service.store.sql.dialect import Cursor, Row, Sql
from service.store.sql.keys import facets, list_keys, looks
from service.store.steps import Steps

_HELD = "since <= :size AND until > :size"
# Of pairs: the 36 characters of an id, and a key.
_SPOKEN = f"""
WITH asked (pair) AS ({{pairs}}) SELECT substr(pair, 37), substr(pair, 1, 36), (
  SELECT count(*) FROM said WHERE claim = substr(asked.pair, 1, 36) AND key = substr(asked.pair, 37) AND {_HELD}
) FROM asked
"""
_COUNT_ANEW = """
WITH steps AS (
  SELECT key, claim, at, CAST(sum(n) AS BIGINT) AS n FROM (
    SELECT key, claim, since AS at, 1 AS n FROM said WHERE {these}
    UNION ALL SELECT key, claim, until, -1 FROM said WHERE until < :open AND {these}
  ) AS step GROUP BY key, claim, at HAVING sum(n) <> 0
), runs AS (
  SELECT key, at, n, CAST(sum(n) OVER (PARTITION BY key, claim ORDER BY at) AS BIGINT) AS said FROM steps
)
INSERT INTO party_counts
SELECT key, at, sum(n) OVER party, sum(CAST(said > 0 AS INTEGER) - CAST(said - n > 0 AS INTEGER)) OVER party
FROM runs WINDOW party AS (PARTITION BY key ORDER BY at)
"""


class _Counts(NamedTuple):
    """What was asked of pairs: (key, claim, how often it spoke there), and of their keys: (key, statements, claims)."""

    pairs: Collection[tuple[str, str]]
    spoken: Iterable[Any]
    counted: Iterable[Any]

    def read(self) -> _Counts:
        """Take the answers, before what they are of is written."""
        return self._replace(spoken=[*self.spoken], counted=[*self.counted])


class SQLDirectory:
    """The parties, through a connection that is inside a transaction."""

    def __init__(self, sql: Sql) -> None:
        """Use the connection of a look at the record."""
        self._sql = sql

    def joins_of(self, keys: Sequence[str], size: int) -> list[Join]:
        """List the joins of some names that held at a log size, in the order they were made."""
        statement = " UNION ".join(
            f"SELECT party, same_as, since, holds FROM joins WHERE {self._sql.among(side, 'keys')} AND since <= :size"
            for side in ("party", "same_as")
        )
        rows = self._sql.execute(statement, {"keys": list(keys), "size": size})
        return still_holding(Join(party, same_as, since, bool(holds)) for party, same_as, since, holds in rows)

    def find_names(self, keys: Sequence[str], size: int) -> dict[str, Name]:
        """Find parties as they were at a log size, by their keys: those of whom any statement counted."""
        counted = {key: counts for key, *counts in self._counted(keys, size) if counts[0]}
        told = self._find_latest([*counted], size, "AND until > :size") if counted else {}
        return {key: Name(key, told[key], *counts) for key, counts in counted.items() if key in told}

    def find_told(self, key: str, size: int) -> Party | None:
        """Find a party as the record told of it last up to a log size, whether or not that word counts any more."""
        return self._find_latest([key], size).get(key)

    def _find_latest(self, keys: Sequence[str], size: int, held: str = "") -> dict[str, Party]:
        # Words that events gave to themselves lie in the order of their places; the few others have an index of theirs.
        said = f"FROM said WHERE key = asked.key AND since <= :size {held}"
        own = f"{said} AND place = since - 1 ORDER BY since DESC LIMIT 1"
        again = f"{said} AND place < :size AND place <> since - 1 ORDER BY place DESC, since DESC LIMIT 1"
        asked = f"WITH asked (key) AS ({self._sql.spread('keys')}) SELECT s.key, s.place, s.since, s.party FROM asked"
        found: dict[str, tuple[int, int, str]] = {}
        for newest in (own, again):
            row = f"s.since = (SELECT since {newest}) AND s.place = (SELECT place {newest})"
            query = f"{asked} CROSS JOIN said s ON s.key = asked.key AND {row}"
            for key, *told in self._sql.execute(query, {"keys": list(keys), "size": size}):
                found[key] = max(found.get(key, (-1, -1, "")), tuple(told))
        return {key: orjson.loads(party) for key, (_, _, party) in found.items()}

    def first_said(self, key: str) -> int | None:
        """Tell the log size just after the first statement of a party, struck or not."""
        row = self._sql.execute("SELECT first FROM party_keys WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def changed_at(self, keys: Sequence[str], size: int) -> int:
        """Tell the log size just after the last event up to a size that changed what any of these said or are, or 0."""
        queries = (
            "SELECT max(since) FROM party_counts WHERE key = ? AND since <= ?",
            "SELECT max(since) FROM joins WHERE party = ? AND since <= ?",
            "SELECT max(since) FROM joins WHERE same_as = ? AND since <= ?",
        )
        return max(self._sql.execute(query, (key, size)).fetchone()[0] or 0 for key in keys for query in queries)

    def count_beside(self, key: str, others: Sequence[str], size: int) -> int:
        """Count the claims on which any of the others spoke, and this one did not."""
        there = f"SELECT 1 FROM said WHERE key = :key AND claim = other.claim AND {_HELD}"
        query = f"SELECT count(DISTINCT claim) FROM said other WHERE {self._among('others')} AND {_HELD}"
        asked = {"key": key, "others": list(others), "size": size}
        count: int = self._sql.execute(f"{query} AND NOT EXISTS ({there})", asked).fetchone()[0]
        return count

    def find_keys(self, query: PartyQuery) -> list[str]:
        """List keys in order."""
        return list_keys(self._sql, query)

    def places_of(self, keys: Sequence[str], size: int, limit: int) -> list[int]:
        """List the positions of the events that gave, changed or took a word of any of these, newest first."""
        # An event that gives or changes a word starts a row of `said`; one that takes it changes what is counted.
        newest = (
            f"SELECT since FROM (SELECT DISTINCT since FROM {table} WHERE key = ? AND since <= ? "
            "ORDER BY since DESC LIMIT ?) AS newest"
            for table in ("said", "party_counts")
        )
        query = " UNION ".join(newest)
        found = {at for key in keys for (at,) in self._sql.execute(query, (key, size, limit) * 2)}
        return [at - 1 for at in sorted(found, reverse=True)[:limit]]

    def changes_back(self, keys: Sequence[str], size: int, start: int, limit: int) -> list[int]:
        """List when the claims on which any of these has a position changed last, from a log size on, in order."""
        walk = (
            "SELECT f.since FROM facets f CROSS JOIN claim_versions v ON v.since = f.since WHERE f.name = 'party' "
            "AND f.value = ? AND f.since >= ? AND f.since <= ? AND v.until > ? ORDER BY f.since LIMIT ?"
        )
        fresh = "SELECT since FROM claim_versions WHERE since >= ? AND since <= ? AND until > ? AND instr(tags, ?) > 0"
        entered = entered_upto(size)
        found = {at for key in keys for (at,) in self._sql.execute(walk, (key, start, entered, size, limit))}
        for key in keys:
            asked = (max(start, entered + 1), size, size, tag("party", key))
            found |= {at for (at,) in self._sql.execute(fresh, asked)}
        return sorted(found)[:limit]

    def shared_claims(self, keys: Sequence[str], size: int) -> list[str]:
        """List the claims on which several of these spoke; it costs what all but the most talkative of them said."""
        if len(keys) == 1:
            return []
        said = {key: n for key, n, _ in self._counted(keys, size)}
        others = sorted(keys, key=lambda key: said.get(key, 0))[:-1]
        also = (
            f"SELECT 1 FROM said WHERE {self._among('keys')} AND key <> other.key AND claim = other.claim AND {_HELD}"
        )
        query = f"SELECT DISTINCT claim FROM said other WHERE {self._among('others')} AND {_HELD} AND EXISTS ({also})"
        asked = {"keys": list(keys), "others": others, "size": size}
        return [claim for (claim,) in self._sql.execute(f"{query} ORDER BY claim", asked)]

    def enter(self, rows: Sequence[ClaimVersion]) -> Steps:
        """Take up what new events say of parties, in order."""
        if not any(row.words or row.join for row in rows):
            return
        told = [(party_key(party["name"]), row.claim, party) for row in rows for _, party in row.words if party]
        stood = self._ask_counts({(key, claim) for key, claim, _ in told}, rows[0].since - 1)
        known = f"SELECT key, word FROM party_words WHERE {self._among('keys')}"
        found_by = self._sql.execute(known, {"keys": sorted({key for key, *_ in told})})
        yield
        found, stood = {*found_by}, stood.read()
        self._count(self._place(rows), rows[0].since - 1, stood)
        news = {key for key, _, p in told for word in facets(p["kind"], p.get("country")) if (key, word) not in found}
        self._find_anew(news | {key for row in rows if row.join for key in row.join.names})

    def renew(self, claim: str, rows: Sequence[ClaimVersion]) -> None:
        """Take up anew what all events of a claim say of parties."""
        concerned = self._ever_joined(self._keys_on(claim))
        for table in ("said", "joins"):
            self._sql.execute(f"DELETE FROM {table} WHERE claim = ?", (claim,))
        self._place(rows)
        concerned |= self._ever_joined(self._keys_on(claim))
        these = {"these": sorted(concerned), "open": OPEN_END}
        among = self._among("these")
        self._sql.execute(f"DELETE FROM party_counts WHERE {among}", {"these": sorted(concerned)})
        self._sql.execute(_COUNT_ANEW.format(these=among), these)
        self._find_anew(concerned)

    def recount(self) -> None:
        """Count all parties anew."""
        for table in ("party_counts", "party_keys", "party_words"):
            self._sql.execute(f"DELETE FROM {table}")
        self._sql.execute(_COUNT_ANEW.format(these="TRUE"), {"open": OPEN_END})
        self._find_anew({key for (key,) in self._sql.execute("SELECT DISTINCT key FROM said").fetchall()})

    def _place(self, rows: Sequence[ClaimVersion]) -> list[tuple[int, str, str, int]]:
        """Store the facts of events; answers at which log size a key has how many words more on which claim."""
        joins = [(r.since, r.claim, r.join.party, r.join.same_as, int(r.join.holds)) for r in rows if r.join]
        self._sql.insert("joins", joins)
        changes: list[tuple[int, str, str, int]] = []
        new: list[Row] = []
        for row in rows:
            for version, party in row.words:
                place = row.since - 1
                if version != row.version:
                    self._sql.insert("said", new)  # what is ended may be among them
                    new = []
                    place, ended = self._end(row, version)
                    changes += [(row.since, key, row.claim, -1) for key in ended]
                if party:
                    new.append(write_said(row.claim, place, row.since, party, OPEN_END))
                    changes.append((row.since, party_key(party["name"]), row.claim, 1))
        self._sql.insert("said", new)
        return changes

    def _end(self, row: ClaimVersion, version: int) -> tuple[int, list[str]]:
        """Let a word be nobody's from an event on; answers where the word is, and whose it was."""
        query = "SELECT position FROM events WHERE claim = ? AND version = ?"
        place: int = self._sql.execute(query, (row.claim, version)).fetchone()[0]
        ended = "UPDATE said SET until = ? WHERE claim = ? AND place = ? AND until = ? RETURNING key"
        keys = self._sql.execute(ended, (row.since, row.claim, place, OPEN_END)).fetchall()
        return place, [key for (key,) in keys]

    def _ask_counts(self, pairs: Collection[tuple[str, str]], size: int) -> _Counts:
        """Ask how often each key spoke on the claim beside it, and how the keys were counted, up to a log size."""
        asked: dict[str, Any] = {"pairs": sorted(claim + key for key, claim in pairs), "size": size}
        spoken = self._sql.execute(_SPOKEN.format(pairs=self._sql.spread("pairs")), asked)
        return _Counts(pairs, spoken, self._ask_counted(sorted({key for key, _ in pairs}), size))

    def _count(self, changes: Sequence[tuple[int, str, str, int]], size: int, *asked: _Counts) -> None:
        """Write the counts that these changes, the first since the log size, make; what was `asked` is of some keys."""
        ended = {(key, claim) for _, key, claim, _ in changes if not any((key, claim) in one.pairs for one in asked)}
        if ended:  # whose words were taken is known late
            asked = (*asked, self._ask_counts(ended, size))
        said = Counter({(key, claim): n for one in asked for key, claim, n in one.spoken})
        counts = {key: (statements, claims) for one in asked for key, statements, claims in one.counted}
        steps: Counter[tuple[int, str, str]] = Counter()
        for at, key, claim, n in changes:
            steps[at, key, claim] += n
        new = []
        for (at, key, claim), n in steps.items():
            if n:
                before = said[key, claim]
                said[key, claim] += n
                statements, claims = counts.get(key, (0, 0))
                counts[key] = (statements + n, claims + (before + n > 0) - (before > 0))
                new.append((key, at, *counts[key]))
        self._sql.insert("party_counts", new)

    def _counted(self, keys: Sequence[str], size: int) -> list[tuple[str, int, int]]:
        """Give (key, statements, claims) as they were counted last up to a log size; none of what never was."""
        return self._ask_counted(keys, size).fetchall()

    def _ask_counted(self, keys: Sequence[str], size: int) -> Cursor:
        latest = "SELECT max(l.since) FROM party_counts l WHERE l.key = asked.key AND l.since <= :size"
        return self._sql.execute(
            f"WITH asked (key) AS ({self._sql.spread('keys')}) SELECT c.key, c.statements, c.claims FROM asked "
            f"CROSS JOIN party_counts c ON c.key = asked.key AND c.since = ({latest})",
            {"keys": list(keys), "size": size},
        )

    def _find_anew(self, keys: Iterable[str]) -> None:
        """Write what keys, and all that were ever joined to them, are found by."""
        groups = {frozenset(self._ever_joined({key})) for key in keys}
        for group in groups:
            asked = {"group": sorted(group)}
            seen = f"SELECT key, min(since) FROM said WHERE {self._among('group')} GROUP BY key ORDER BY key"
            whose = f"SELECT DISTINCT kind, country FROM said WHERE {self._among('group')}"
            firsts, kinds = self._sql.execute(seen, asked), self._sql.execute(whose, asked)
            first = dict(firsts.fetchall())
            found_by = {word for facet in kinds.fetchall() for word in facets(*facet)}
            spellings = [to_tokens(key) for key in first]
            words = {word for spelling in spellings for word in spelling.split()} | found_by
            words |= {word for key in first for word in looks(key)}
            for table in ("party_keys", "party_words"):
                self._sql.execute(f"DELETE FROM {table} WHERE {self._among('group')}", asked)
            tokens = "\n".join(f" {spelling} " for spelling in spellings)
            self._sql.insert("party_keys", [(key, since, tokens) for key, since in first.items()])
            self._sql.insert("party_words", [(word, key) for word in words for key in first])

    def _keys_on(self, claim: str) -> set[str]:
        query = "SELECT key FROM said WHERE claim = :claim UNION SELECT party FROM joins WHERE claim = :claim "
        rows = self._sql.execute(f"{query} UNION SELECT same_as FROM joins WHERE claim = :claim", {"claim": claim})
        return {key for (key,) in rows.fetchall()}

    def _ever_joined(self, keys: Collection[str]) -> set[str]:
        query = (
            f"WITH RECURSIVE ever (key) AS ({self._sql.spread('keys')} UNION "
            "SELECT CASE WHEN joins.party = ever.key THEN joins.same_as ELSE joins.party END FROM ever, joins "
            "WHERE joins.party = ever.key OR joins.same_as = ever.key) SELECT key FROM ever"
        )
        return {key for (key,) in self._sql.execute(query, {"keys": sorted(keys)}).fetchall()}

    def _among(self, keys: str) -> str:
        return self._sql.among("key", keys)
