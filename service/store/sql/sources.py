"""What a list of claims can be made from: for each condition that is asked for, a way to the claims that may meet it.

A source has entries, each at a log size, and the newest can be had without the others.
So it can be told, at the cost of a few, about how many there are: of several sources
the sparsest leads to a list soonest.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from math import isqrt
from typing import Protocol

from service.search_text import Phrase
from service.store.finding import COMMON, OPEN_END, WALKED, ClaimQuery, as_tagged, entered_upto, tag
from service.store.sql.dialect import Sql

LOOKED_AT = 200  # entries of a source, to tell how many there are
NEAR = 500  # texts that are looked at before a walk, so that most claims on it need no look at theirs


class Source(Protocol):
    """A condition, and where the claims are that may meet it; `order` is the sort that its entries are in."""

    @property
    def order(self) -> str | None:
        """Tell in which of a list's orders its entries are, newest first."""

    def estimate(self, sql: Sql, query: ClaimQuery) -> float:
        """Tell about how many entries there are at the query's log size; exactly, where there are few."""

    def gather(self, sql: Sql, query: ClaimQuery, most: int) -> set[str] | None:
        """Give all claims that may meet the condition, or None where that takes more than so many entries."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Claims that hold one of the values of a facet."""

    name: str
    values: Sequence[str]
    order = "updated"

    def estimate(self, sql: Sql, query: ClaimQuery) -> float:
        """Look at the newest entries and at the oldest one."""
        fresh = [since for since, _, _ in self._list_fresh(sql, query)]
        older = heapq.merge(*self._walk(sql, query, LOOKED_AT), reverse=True)
        newest = list(islice(chain(fresh, older), LOOKED_AT))
        if len(newest) < LOOKED_AT:
            return len(newest)
        first = "SELECT min(since) FROM facets WHERE name = ? AND value = ?"
        oldest = min(sql.execute(first, (self.name, value)).fetchone()[0] or OPEN_END for value in self.values)
        return project(newest[-1], oldest, query.size)

    def gather(self, sql: Sql, query: ClaimQuery, most: int) -> set[str] | None:
        """Look up what holds of all entries."""
        statement = (
            "SELECT v.claim, v.until FROM facets f CROSS JOIN claim_versions v ON v.since = f.since "
            "WHERE f.name = :name AND f.value = :value AND f.since <= :entered LIMIT :most"
        )
        claims = {claim for _, claim, until in self._list_fresh(sql, query) if until > query.size}
        for value in self.values:
            asked = {"name": self.name, "value": value, "entered": entered_upto(query.size), "most": most + 1}
            rows = sql.execute(statement, asked).fetchall()
            if len(rows) > most:
                return None
            claims |= {claim for claim, until in rows if until > query.size}
        return claims

    def _walk(self, sql: Sql, query: ClaimQuery, most: int) -> Iterator[list[int]]:
        newest = "SELECT since FROM facets WHERE name = ? AND value = ? AND since <= ? ORDER BY since DESC LIMIT ?"
        for value in self.values:
            yield [at for (at,) in sql.execute(newest, (self.name, value, entered_upto(query.size), most))]

    def _list_fresh(self, sql: Sql, query: ClaimQuery) -> list[tuple[int, str, int]]:
        """List (since, claim, until) of the versions that no facet leads to yet, the newest first."""
        tags = {f"tag{n}": tag(self.name, value) for n, value in enumerate(self.values)}
        held = " OR ".join(f"instr(tags, :{mark}) > 0" for mark in tags)
        statement = (
            f"SELECT since, claim, until FROM claim_versions WHERE since > :entered AND since <= :size AND ({held})"
        )
        asked = {"entered": entered_upto(query.size), "size": query.size} | tags
        return sql.execute(f"{statement} ORDER BY since DESC", asked).fetchall()


@dataclass(frozen=True, slots=True)
class Saying:
    """Claims that have a text with a phrase."""

    phrase: Phrase
    order = "relevance"

    def estimate(self, sql: Sql, query: ClaimQuery) -> float:
        """Look at the newest texts."""
        with closing(sql.words.walk(self.phrase, size=query.size, before=OPEN_END)) as texts:
            newest = [position for position, _ in islice(texts, LOOKED_AT)]
        return len(newest) if len(newest) < LOOKED_AT else project(newest[-1], 0, query.size)

    def gather(self, sql: Sql, query: ClaimQuery, most: int) -> set[str] | None:
        """Take the claims of all texts."""
        with closing(sql.words.walk(self.phrase, size=query.size, before=OPEN_END)) as texts:
            claims = [claim for _, claim in islice(texts, most + 1)]
        return set(claims) if len(claims) <= most else None

    def look_near(self, sql: Sql, query: ClaimQuery) -> tuple[set[str], int]:
        """Give the claims of the newest texts before the query's own end, and from which position on these are all."""
        with closing(sql.words.walk(self.phrase, size=query.size, before=query.before)) as texts:
            newest = list(islice(texts, NEAR))
        return {claim for _, claim in newest}, newest[-1][0] if len(newest) == NEAR else 0


@dataclass(frozen=True, slots=True)
class Changed:
    """Claims that changed since a log size."""

    order = "updated"

    def estimate(self, sql: Sql, query: ClaimQuery) -> float:  # noqa: ARG002 - as every source is asked
        """Count: every event is a change."""
        return max(0, query.size - query.updated_from)

    def gather(self, sql: Sql, query: ClaimQuery, most: int) -> set[str] | None:
        """Look all changes up."""
        if self.estimate(sql, query) > most:
            return None
        statement = "SELECT claim FROM claim_versions WHERE since > ? AND since <= ? AND until > ?"
        return {c for (c,) in sql.execute(statement, (query.updated_from, query.size, query.size))}


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Claims with a request for comment that was open; the fewer have been answered since, the sooner told."""

    order = None

    def estimate(self, sql: Sql, query: ClaimQuery) -> float:
        """Count, up to as many as are looked at."""
        return len(self._list(sql, query, LOOKED_AT))

    def gather(self, sql: Sql, query: ClaimQuery, most: int) -> set[str] | None:
        """List them."""
        claims = self._list(sql, query, most + 1)
        return set(claims) if len(claims) <= most else None

    def _list(self, sql: Sql, query: ClaimQuery, most: int) -> list[str]:
        statement = (
            "SELECT claim FROM claim_versions WHERE due_at IS NOT NULL AND until > :size AND since <= :size LIMIT :most"
        )
        return [claim for (claim,) in sql.execute(statement, {"size": query.size, "most": most})]


def list_sources(query: ClaimQuery) -> list[Source]:
    """List what a query could be answered from, the likely sparsest first."""
    sources: list[Source] = [Awaiting()] if query.overdue else []
    sources += [Changed()] if query.updated_from else []
    # A long word is likely a rare one.
    sources += [Saying(phrase) for phrase in sorted(query.phrases, key=lambda phrase: -len(phrase.written))]
    for name in WALKED:
        values = list(dict.fromkeys(map(as_tagged, query.filters.get(name, ()))))
        if values and not (name == COMMON[0] and COMMON[1] in values):
            sources.append(Holding(name, values))
    return sources


def rank_sources(sql: Sql, query: ClaimQuery, sources: Sequence[Source]) -> list[tuple[float, Source]]:
    """Put sources in order, the sparsest first, each with about how many entries it has.

    Where one is found to have few, the others are not looked at.
    """
    ranked: list[tuple[float, Source]] = []
    few = False
    for source in sources:
        entries = OPEN_END if few else source.estimate(sql, query)
        few = few or entries < LOOKED_AT
        ranked.append((entries, source))
    return sorted(ranked, key=lambda one: one[0])


def worth_gathering(query: ClaimQuery) -> int:
    """Tell how many entries are gathered sooner than a page is found on a walk through everything.

    Gathering costs n; a walk meets one of n after size / n steps, so that a page costs limit * size / n.
    """
    return max(LOOKED_AT, isqrt(query.limit * query.size))


def project(seen_down_to: int, oldest: int, size: int) -> float:
    """Tell how many entries there are if they lie as close everywhere as the first `LOOKED_AT` of them."""
    return LOOKED_AT * max(1, size - oldest) / max(1, size - seen_down_to)
