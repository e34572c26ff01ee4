"""Lists and searches, in the SQL of both engines: one page, at a cost that does not grow with the record.

Each list is a walk, newest first, along one source: the rarest facet that is asked
for, all claims where none is, openings, or the texts that match the rarest phrase.
Every other condition is a look at the row. A search in another order than that of its
texts gathers the claims that match, or, where there are too many, looks each up.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from service.search_text import Phrase
from service.store.finding import OPEN_END, ClaimQuery, find_walk, tag
from service.store.sql import Row, Sql

GATHERED = 1_000  # texts; where a phrase matches more, claims are walked instead
Plan = tuple[str, dict[str, Any]]

_COLUMNS = "v.since, v.claim, v.version, b.body, v.until"
# What is walked, by its sort key, and the conditions of the walk itself. CROSS JOIN keeps the order as written.
_SOURCES = {
    "v.since": ("claim_versions v", "TRUE"),
    "f.since": (
        "facets f CROSS JOIN claim_versions v ON v.since = f.since",
        "f.name = :facet AND f.value = :value AND f.since <= :size",
    ),
    "o.since": ("claim_versions o CROSS JOIN claim_versions v ON v.claim = o.claim", "o.version = 1"),
}


def list_rows(sql: Sql, query: ClaimQuery) -> list[Row]:
    """List (sort key, row of a claim version) of the claims that answer the query, in its order."""
    if query.phrases and query.sort == "relevance":
        return _walk_texts(sql, query)
    pages = [sql.execute(*plan).fetchall() for plan in plans(sql, query)]
    if len(pages) == 1:
        return pages[0]
    # Several values of one facet were walks of their own; each is in order, and a claim may be in more than one.
    merged = heapq.merge(*pages, key=lambda row: -row[0])
    return list({row[0]: row for row in merged}.values())[: query.limit]


def plans(sql: Sql, query: ClaimQuery) -> Iterator[Plan]:
    """Give the statements that walk claims, each with its parameters: one, or one a value of the facet walked."""
    where, params = _conditions(query)
    if query.phrases:
        rarest, *others = _rank(sql, query)
        where += _found_too(sql, others, params)
        where.append(_among(sql, query, rarest, params))
    facet = find_walk(query.filters)
    if query.sort == "opened":
        yield _walk("o.since", where, params)
    elif facet is None:
        yield _walk("v.since", where, params)
    else:
        for value in dict.fromkeys(query.filters[facet]):
            yield _walk("f.since", where, params | {"facet": facet, "value": value})


def _walk(key: str, where: list[str], params: dict[str, Any]) -> Plan:
    source, own = _SOURCES[key]
    conditions = " AND ".join([own, f"{key} < :before", *where])
    statement = (
        f"SELECT {key}, {_COLUMNS} FROM {source} CROSS JOIN bodies b ON b.since = v.since "
        f"WHERE {conditions} ORDER BY {key} DESC LIMIT :limit"
    )
    return statement, params


def _walk_texts(sql: Sql, query: ClaimQuery) -> list[Row]:
    # A claim is met where its newest matching text is, and nowhere else: on this page once, and not if before it.
    rarest, *others = _rank(sql, query)
    where, params = _conditions(query)
    where += ["v.claim = :claim", *_found_too(sql, others, params)]
    if query.before != OPEN_END:
        where.append(f"NOT {_found(sql, 'rarest', 'AND t.position >= :before')}")
        params["rarest"] = sql.words.written(rarest)
    look = (
        f"SELECT {_COLUMNS} FROM claim_versions v CROSS JOIN bodies b ON b.since = v.since WHERE {' AND '.join(where)}"
    )
    seen: set[str] = set()
    rows: list[Row] = []
    with closing(sql.words.walk(rarest, size=query.size, before=query.before)) as texts:
        for position, claim in texts:
            if claim not in seen:
                seen.add(claim)
                rows += [(position, *row) for row in sql.execute(look, params | {"claim": claim})]
                if len(rows) == query.limit:
                    break
    return rows


def _conditions(query: ClaimQuery) -> tuple[list[str], dict[str, Any]]:
    where = ["v.since <= :size", "v.until > :size"]
    params: dict[str, Any] = {"size": query.size, "limit": query.limit, "before": query.before}
    if query.updated_from:
        where.append("v.since > :updated_from")
        params["updated_from"] = query.updated_from
    if query.overdue is not None:
        where.append("v.due_at < :at" if query.overdue else "(v.due_at IS NULL OR v.due_at >= :at)")
        params["at"] = query.at
    for n, (name, values) in enumerate(query.filters.items()):
        marks = {f"tag{n}_{i}": tag(name, value) for i, value in enumerate(values)}
        where.append(f"({' OR '.join(f'instr(v.tags, :{mark}) > 0' for mark in marks)})")
        params |= marks
    return where, params


def _rank(sql: Sql, query: ClaimQuery) -> list[Phrase]:
    """List the phrases, the rarest first."""

    def count(phrase: Phrase) -> int:
        with closing(sql.words.walk(phrase, size=query.size, before=OPEN_END)) as texts:
            return sum(1 for _ in islice(texts, GATHERED))

    return sorted(query.phrases, key=count) if len(query.phrases) > 1 else list(query.phrases)


def _found(sql: Sql, mark: str, more: str = "") -> str:
    return (
        f"EXISTS (SELECT 1 FROM texts t CROSS JOIN words w ON {sql.words.at} = t.position WHERE t.claim = v.claim "
        f"AND t.position < :size AND t.until > :size AND {sql.words.found(mark)} {more})"
    )


def _found_too(sql: Sql, phrases: list[Phrase], params: dict[str, Any]) -> list[str]:
    marks = {f"phrase{n}": sql.words.written(phrase) for n, phrase in enumerate(phrases)}
    params |= marks
    return [_found(sql, mark) for mark in marks]


def _among(sql: Sql, query: ClaimQuery, phrase: Phrase, params: dict[str, Any]) -> str:
    with closing(sql.words.walk(phrase, size=query.size, before=OPEN_END)) as texts:
        claims = [claim for _, claim in islice(texts, GATHERED + 1)]
    if len(claims) > GATHERED:
        params["rarest"] = sql.words.written(phrase)
        return _found(sql, "rarest")
    params["claims"] = sorted(set(claims))
    return sql.among("v.claim", "claims")
