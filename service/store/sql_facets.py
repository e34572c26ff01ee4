"""Facets that lists are walked by, in the SQL of both engines: those of `FRESH` versions of the record at a time.

By itself a version has some twenty rows, on as many pages. Which versions are entered
follows from the log size alone, so that a replay makes the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from service.store.finding import entered_upto, walked
from service.store.read_model import ClaimVersion
from service.store.sql import Sql


def enter_newest(sql: Sql, rows: Sequence[ClaimVersion]) -> None:
    """Enter what is complete with the newest versions, which are stored, in the order of the log."""
    start, end = entered_upto(rows[0].since - 1), entered_upto(rows[-1].since)
    if start < end:
        enter(sql, sql.execute("SELECT since, tags FROM claim_versions WHERE since > ? AND since <= ?", (start, end)))


def enter(sql: Sql, tagged: Iterable[tuple[int, str]]) -> None:
    """Enter the facets of versions, each given by its log size and its tags."""
    # They go in fastest in the order of their key.
    sql.insert("facets", sorted((*facet, since) for since, tags in tagged for facet in walked(tags)))


def drop(sql: Sql, tagged: Iterable[tuple[int, str]]) -> None:
    """Drop the facets of versions that are entered."""
    rows = ((*facet, since) for since, tags in tagged for facet in walked(tags))
    sql.executemany("DELETE FROM facets WHERE name = ? AND value = ? AND since = ?", rows)
