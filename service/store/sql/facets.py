"""Facets that lists are walked by, and FTS5's lists of words: those of `FRESH` versions of the record at a time.

By itself a version has some twenty rows of facets, on as many pages, and so many lists of its words. Which versions are
entered follows from the log size alone, so that a replay makes the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from service.store.finding import entered_upto, list_facets
from service.store.read_model import ClaimVersion
from service.store.sql.dialect import Sql
from service.store.steps import Steps


def enter_newest(sql: Sql, rows: Sequence[ClaimVersion]) -> Steps:
    """Enter what is complete with the newest versions, which are stored, in the order of the log."""
    start, end = entered_upto(rows[0].since - 1), entered_upto(rows[-1].since)
    if start < end:
        query = "SELECT since, tags FROM claim_versions WHERE since > ? AND since <= ? ORDER BY since"
        complete = sql.execute(query, (start, end))
        yield
        _enter(sql, complete)
        if sql.words.later:
            texts = sql.execute("SELECT position, tokens FROM words WHERE position >= ? AND position < ?", (start, end))
            sql.words.enter(texts.fetchall())


def enter_again(sql: Sql, rows: Sequence[ClaimVersion], size: int) -> None:
    """Enter those of the versions of a claim, which are stored, that are entered at a log size."""
    found = [row for row in rows if row.since <= entered_upto(size)]
    _enter(sql, ((row.since, row.tags) for row in found))
    sql.words.enter([(row.since - 1, f" {row.tokens} ") for row in found if row.tokens is not None])


def _enter(sql: Sql, tagged: Iterable[tuple[int, str]]) -> None:
    """Enter the facets of versions, each given by its log size and its tags, in the order of the log."""
    sql.insert_runs("facets", list_facets(tagged))


def drop(sql: Sql, tagged: Iterable[tuple[int, str]]) -> None:
    """Drop the facets of versions that are entered."""
    rows = [(name, value, since) for name, value, at in list_facets(tagged) for since in at]
    sql.executemany("DELETE FROM facets WHERE name = ? AND value = ? AND since = ?", rows)
