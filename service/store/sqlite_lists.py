"""Lists and searches on the embedded store: one page, at a cost that does not grow with the record.

Each list is a walk, newest first, along one source: the rarest facet that is asked
for, all claims where none is, openings, or the texts that match the rarest phrase.
Every other condition is a look at the row. A search in another order than that of its
texts gathers the claims that match, or, where there are too many, looks each up.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator
from typing import Any

from service.search_text import Phrase
from service.store.finding import OPEN_END, ClaimQuery, find_walk, tag

GATHERED = 1_000  # texts; where a phrase matches more, claims are walked instead
Row = tuple[Any, ...]
Plan = tuple[str, dict[str, Any]]

_COLUMNS = "v.since, v.claim, v.version, b.body, v.until"
# What is walked, by its sort key, and the conditions of the walk itself. CROSS JOIN keeps the order as written.
_SOURCES = {
    "v.since": ("claim_versions v", "1"),
    "f.since": (
        "facets f CROSS JOIN claim_versions v ON v.since = f.since",
        "f.name = :facet AND f.value = :value AND f.since <= :size",
    ),
    "o.since": ("claim_versions o CROSS JOIN claim_versions v ON v.claim = o.claim", "o.version = 1"),
}
_TEXTS = (
    "SELECT d.position, d.claim FROM words s CROSS JOIN texts d ON d.position = s.rowid "
    "WHERE s.tokens MATCH :phrase AND s.rowid < :size AND d.until > :size"
)


def list_rows(sql: sqlite3.Connection, query: ClaimQuery) -> list[Row]:
    """List (sort key, row of a claim version) of the claims that answer the query, in its order."""
    if query.phrases and query.sort == "relevance":
        return _walk_texts(sql, query)
    pages = [sql.execute(*plan).fetchall() for plan in plans(sql, query)]
    if len(pages) == 1:
        return pages[0]
    # Several values of one facet were walks of their own; each is in order, and a claim may be in more than one.
    merged = heapq.merge(*pages, key=lambda row: -row[0])
    return list({row[0]: row for row in merged}.values())[: query.limit]


def plans(sql: sqlite3.Connection, query: ClaimQuery) -> Iterator[Plan]:
    """Give the statements that walk claims, each with its parameters: one, or one a value of the facet walked."""
    where, params = _conditions(query)
    if query.phrases:
        rarest, others = _rank(sql, query)
        where += _found_too(others, params)
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


def _walk_texts(sql: sqlite3.Connection, query: ClaimQuery) -> list[Row]:
    # A claim is met where its newest matching text is, and nowhere else: on this page once, and not if before it.
    rarest, others = _rank(sql, query)
    where, params = _conditions(query)
    where += ["v.claim = :claim", *_found_too(others, params)]
    if query.before != OPEN_END:
        where.append(f"NOT {_found('rarest', 'AND t.position >= :before')}")
        params["rarest"] = rarest
    look = (
        f"SELECT {_COLUMNS} FROM claim_versions v CROSS JOIN bodies b ON b.since = v.since WHERE {' AND '.join(where)}"
    )
    texts = sql.execute(f"{_TEXTS} AND s.rowid < :before ORDER BY s.rowid DESC", params | {"phrase": rarest})
    seen: set[str] = set()
    rows: list[Row] = []
    for position, claim in texts:
        if claim not in seen:
            seen.add(claim)
            rows += [(position, *row) for row in sql.execute(look, params | {"claim": claim})]
            if len(rows) == query.limit:
                break
    texts.close()
    return rows


def _conditions(query: ClaimQuery) -> tuple[list[str], dict[str, Any]]:
    where = ["v.since <= :size", "v.until > :size"]
    params: dict[str, Any] = {"size": query.size, "limit": query.limit, "before": query.before}
    if query.updated_from:
        where.append("v.since > :updated_from")
        params["updated_from"] = query.updated_from
    if query.overdue is not None:
        where.append("v.due_at < :at" if query.overdue else "coalesce(v.due_at >= :at, 1)")
        params["at"] = query.at
    for n, (name, values) in enumerate(query.filters.items()):
        marks = {f"tag{n}_{i}": tag(name, value) for i, value in enumerate(values)}
        where.append(f"({' OR '.join(f'instr(v.tags, :{mark}) > 0' for mark in marks)})")
        params |= marks
    return where, params


def _rank(sql: sqlite3.Connection, query: ClaimQuery) -> tuple[str, list[str]]:
    phrases = [_to_fts(phrase) for phrase in query.phrases]
    if len(phrases) > 1:
        statement = "SELECT count(*) FROM (SELECT 1 FROM words WHERE tokens MATCH ? LIMIT ?)"
        phrases.sort(key=lambda phrase: sql.execute(statement, (phrase, GATHERED)).fetchone()[0])
    return phrases[0], phrases[1:]


def _found(phrase: str, more: str = "") -> str:
    return (
        "EXISTS (SELECT 1 FROM texts t CROSS JOIN words w ON w.rowid = t.position WHERE t.claim = v.claim "
        f"AND t.position < :size AND t.until > :size AND w.tokens MATCH :{phrase} {more})"
    )


def _found_too(phrases: list[str], params: dict[str, Any]) -> list[str]:
    marks = {f"phrase{n}": phrase for n, phrase in enumerate(phrases)}
    params |= marks
    return [_found(mark) for mark in marks]


def _among(sql: sqlite3.Connection, query: ClaimQuery, phrase: str, params: dict[str, Any]) -> str:
    asked = {"phrase": phrase, "size": query.size, "most": GATHERED + 1}
    texts = sql.execute(f"{_TEXTS} LIMIT :most", asked).fetchall()
    if len(texts) > GATHERED:
        params["rarest"] = phrase
        return _found("rarest")
    marks = {f"claim{n}": claim for n, claim in enumerate(dict.fromkeys(claim for _, claim in texts))}
    params |= marks
    return f"v.claim IN ({', '.join(f':{mark}' for mark in marks)})"


def _to_fts(phrase: Phrase) -> str:
    # Tokens are letters, marks and digits; they are quoted all the same, so that nothing asked for is ever syntax.
    quoted = " ".join(phrase.tokens).replace('"', '""')
    return f'"{quoted}"{" *" if phrase.begins else ""}'
