"""Lists and searches, in the SQL of both engines: one page, at a cost that does not grow with the record.

A list is a walk, newest first, along what is in its order: the sparsest facet asked for,
all claims where none is, openings, or the texts that have the rarest phrase. Every other
condition is a look at the claim. Where a condition holds of so few claims that the walk
would pass by most of what it meets, those few are gathered and sorted in its place.

Words are kept in the order in which they were said, not of what was said of a claim since.
By change, a search walks its texts, the newest first, until what it has not met is older
than a page of what it has: but for claims that have lasted long, of which it looks at
those that changed since.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from heapq import nlargest
from itertools import islice
from typing import Any

from service.search_text import Phrase
from service.store.finding import LASTING, OPEN_END, ClaimQuery, entered_upto, tag
from service.store.sql.dialect import Row, Sql
from service.store.sql.lasting import find_shelf
from service.store.sql.sources import (
    LOOKED_AT,
    Holding,
    Saying,
    Source,
    list_sources,
    project,
    rank_sources,
    worth_gathering,
)

Plan = tuple[str, dict[str, Any]]
AT_ONCE = 60  # texts whose claims are looked up together
COMMON_WORD = 7  # one text in so many has it: a page is sooner found among all claims

_VERSION = "v.since, v.claim, v.version, b.body, v.until, v.due_at, v.tags"
_BODY = "CROSS JOIN bodies b ON b.since = v.since"
# Versions of a claim and the log sizes from which they held run the same way.
_HELD = "(SELECT e.position + 1 FROM events e WHERE e.claim = {} AND e.position < :size ORDER BY version DESC LIMIT 1)"
_OPENINGS = f"claim_versions o CROSS JOIN claim_versions v ON v.since = {_HELD.format('o.claim')}"
_OF_CLAIMS = f"events o CROSS JOIN claim_versions v ON v.since = {_HELD.format('o.claim')}"
# What is walked, by its sort key, and the conditions of the walk itself. CROSS JOIN keeps the order as written.
_WALKS = {
    "v.since": ("claim_versions v", "v.since > :after AND v.since <= :size AND v.until > :size"),
    "f.since": (
        "facets f CROSS JOIN claim_versions v ON v.since = f.since",
        "f.name = :facet AND f.value = :value AND f.since <= :entered AND v.until > :size",
    ),
    "o.since": (_OPENINGS, "o.version = 1 AND o.since <= :size"),
}


def list_rows(sql: Sql, query: ClaimQuery) -> list[Row]:
    """List (sort key, row of a claim version) of the claims that answer the query, in its order."""
    sources = list_sources(query)
    if len(sources) == 1 and sources[0].order == query.sort:
        along: Source | None = sources[0]
    else:
        # Where it is a phrase alone, by change, the walk along its texts tells whether they are few.
        alone = query.sort == "updated" and len(sources) == 1 and isinstance(sources[0], Saying)
        ranked = [(0.0, sources[0])] if alone else rank_sources(sql, query, sources)
        along = next((source for _, source in ranked if source.order == query.sort), None)
        found = _find_few(sql, query, *ranked[0], along) if ranked else None
        if found is not None:
            return found
    if isinstance(along, Saying):
        return _walk_texts(sql, query, along.phrase)
    fresh: list[Row] = []
    if isinstance(along, Holding):  # no facet leads to the newest versions
        fresh = sql.execute(*_walk(sql, query, "v.since", {"after": entered_upto(query.size)})).fetchall()
        query = replace(query, limit=query.limit - len(fresh))
    pages = [sql.execute(*plan).fetchall() for plan in (_plan_walks(sql, query, along) if query.limit else ())]
    if len(pages) == 1:
        return fresh + pages[0]
    # Several values of one facet were walks of their own; each is in order, and a claim may be in more than one.
    merged = heapq.merge(*pages, key=lambda row: -row[0])
    return fresh + list({row[0]: row for row in merged}.values())[: query.limit]


def find_rows(sql: Sql, claims: Sequence[str], size: int) -> list[Row]:
    """Find the rows of these claims as they stood at a log size, in no order."""
    asked = f"WITH asked (claim) AS ({sql.spread('claims')})"
    version = f"CROSS JOIN claim_versions v ON v.since = {_HELD.format('asked.claim')}"
    query = f"{asked} SELECT {_VERSION} FROM asked {version} {_BODY}"
    return sql.execute(query, {"claims": list(claims), "size": size}).fetchall()


def _find_few(sql: Sql, query: ClaimQuery, entries: float, sparsest: Source, along: Source | None) -> list[Row] | None:
    """Find a page from where the sparsest condition leads; None where a walk finds it sooner."""
    most = worth_gathering(query)
    if query.sort == "updated" and isinstance(sparsest, Saying):
        common = query.size / COMMON_WORD if len(query.phrases) == 1 and not query.filters else 0
        return _walk_changed(sql, query, sparsest.phrase, max(most, common)) if entries <= max(most, common) else None
    claims = sparsest.gather(sql, query, 2 * most) if sparsest is not along and entries <= most else None
    if not claims:
        return None if claims is None else []
    return sql.execute(*_sort_gathered(sql, query, claims, sparsest, along)).fetchall()


def _plan_walks(sql: Sql, query: ClaimQuery, along: Source | None) -> Iterator[Plan]:
    """Give the statements that walk claims, each with its parameters: one, or one a value of the facet walked."""
    if query.sort == "opened":
        yield _walk(sql, query, "o.since", {})
    elif isinstance(along, Holding):
        for value in along.values:
            entered = entered_upto(query.size)
            yield _walk(sql, query, "f.since", {"facet": along.name, "value": value, "entered": entered})
    else:
        yield _walk(sql, query, "v.since", {"after": 0})


def _walk(sql: Sql, query: ClaimQuery, key: str, more: dict[str, Any]) -> Plan:
    source, own = _WALKS[key]
    # Else a claim's texts may lie on either side of its key, or so few claims are met that theirs are sooner looked at.
    ordered = (key != "o.since" or query.before == OPEN_END) and not more.get("after")
    where, params = _conditions(sql, query, [] if ordered else query.phrases)
    for n, phrase in enumerate(query.phrases if ordered else ()):
        near, start = Saying(phrase).look_near(sql, query)
        marks = {f"near{n}": sorted(near), f"start{n}": start, f"phrase{n}": sql.words.written(phrase)}
        params |= marks
        earlier = _found(sql, f"phrase{n}", f"AND t.position < :start{n}")
        where.append(f"({sql.among('v.claim', f'near{n}')} OR {earlier})")
    if query.updated_from:
        where.append(f"{'v.since' if key == 'o.since' else key} > :updated_from")
    conditions = " AND ".join([own, f"{key} < :before", *where])
    statement = f"SELECT {key}, {_VERSION} FROM {source} {_BODY} WHERE {conditions} ORDER BY {key} DESC LIMIT :limit"
    return statement, params | more


def _walk_texts(sql: Sql, query: ClaimQuery, rarest: Phrase) -> list[Row]:
    # A claim is met where its newest matching text is, and nowhere else: on this page once, and not if before it.
    where, params = _conditions(sql, query, [phrase for phrase in query.phrases if phrase != rarest])
    if query.updated_from:
        where.append("v.since > :updated_from")
    if query.before != OPEN_END:
        where.append(f"NOT {_found(sql, 'rarest', 'AND e.position >= :before')}")
        params["rarest"] = sql.words.written(rarest)
    conditions = " AND ".join([f"v.since = {_HELD.format(':claim')}", *where])
    look = f"SELECT {_VERSION} FROM claim_versions v {_BODY} WHERE {conditions}"
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


def _walk_changed(sql: Sql, query: ClaimQuery, rarest: Phrase, worth: float) -> list[Row] | None:
    """Walk the texts that have a phrase; None where there are more than is worth it."""
    others = [phrase for phrase in query.phrases if phrase != rarest]
    seen: set[str] = set()
    kept: list[int] = []  # log sizes from which on the claims of the page hold
    reached = count = 0
    with closing(sql.words.walk(rarest, size=query.size, before=query.before)) as texts:
        while some := list(islice(texts, AT_ONCE)):
            reached, count = some[-1][0], count + len(some)
            if count >= LOOKED_AT and project(reached, 0, query.size) * count / LOOKED_AT > worth:
                return None
            claims = {claim for _, claim in some} - seen
            seen |= claims
            statement, params = _stand(sql, query, claims, others)
            kept = nlargest(query.limit, [*kept, *(at for (at,) in sql.execute(statement, params))])
            if len(kept) == query.limit and kept[-1] - reached >= LASTING:
                kept += _list_lasting(sql, query, kept[-1], reached)
                break
    page = f"SELECT v.since, {_VERSION} FROM claim_versions v {_BODY} WHERE {sql.among('v.since', 'kept')}"
    rows = sql.execute(page, {"kept": nlargest(query.limit, set(kept))}).fetchall()
    return sorted(rows, key=lambda row: -row[0])


def _stand(sql: Sql, query: ClaimQuery, claims: set[str], phrases: Sequence[Phrase]) -> Plan:
    """Give the statement that tells from which log sizes on those of some claims hold that are asked for."""
    where, params = _conditions(sql, query, phrases)
    own = ["o.version = 1", sql.among("o.claim", "claims"), "v.since < :before", "v.since > :updated_from"]
    found = " AND ".join([*own, *where])
    return f"SELECT v.since FROM {_OF_CLAIMS} WHERE {found}", params | {
        "claims": sorted(claims),
        "updated_from": query.updated_from,
    }


def _list_lasting(sql: Sql, query: ClaimQuery, least: int, reached: int) -> list[int]:
    """List from which log sizes on lasting claims hold that changed later than that, and were opened before."""
    where, params = _conditions(sql, query, query.phrases)
    words = {token for phrase in query.phrases for token in _list_words(phrase)}
    marks = {f"word{n}": word for n, word in enumerate(sorted(words))}
    shelved = [f"instr(l.{find_shelf(word[1:])}, :{mark}) > 0" for mark, word in marks.items()]
    where = [*shelved, *where]  # sooner looked at than all texts
    own = "l.since > :least AND l.since < :before AND l.since <= :size AND l.opened <= :reached AND v.until > :size"
    statement = (
        f"SELECT l.since FROM lasting l CROSS JOIN claim_versions v ON v.since = l.since "
        f"WHERE {' AND '.join([own, *where])} ORDER BY l.since DESC LIMIT :limit"
    )
    return [at for (at,) in sql.execute(statement, params | marks | {"least": least, "reached": reached})]


def _list_words(phrase: Phrase) -> list[str]:
    """List what is in the words of every claim that has a phrase, as it is looked for among them."""
    return [phrase.written] if len(phrase.tokens) == 1 else [f" {token} " for token in phrase.tokens]


def _sort_gathered(sql: Sql, query: ClaimQuery, claims: set[str], source: Source, along: Source | None) -> Plan:
    """Give the statement that sorts the claims of a source."""
    known = [one.phrase for one in (source, along) if isinstance(one, Saying)]
    where, params = _conditions(sql, query, [phrase for phrase in query.phrases if phrase not in known])
    params["claims"] = sorted(claims)
    if query.updated_from:
        where.append("v.since > :updated_from")
    key = {"updated": "v.since", "opened": "o.position + 1"}.get(query.sort, "")
    if isinstance(along, Saying):
        key = f"(SELECT max(e.position) FROM {_texts()} AND {sql.words.found('rarest')})"
        params["rarest"] = sql.words.written(along.phrase)
    found = " AND ".join(["o.version = 1", sql.among("o.claim", "claims"), *where])
    kept = f"SELECT {key} AS key, v.since AS since FROM {_OF_CLAIMS} WHERE {found}"
    page = f"SELECT key, since FROM ({kept}) AS kept WHERE key < :before ORDER BY key DESC LIMIT :limit"
    statement = (
        f"SELECT p.key, {_VERSION} FROM ({page}) AS p CROSS JOIN claim_versions v ON v.since = p.since {_BODY} "
        "ORDER BY p.key DESC"
    )
    return statement, params


def _conditions(sql: Sql, query: ClaimQuery, phrases: Sequence[Phrase]) -> tuple[list[str], dict[str, Any]]:
    """Write what must hold of a claim's version `v`, and be found in its texts."""
    where = []
    params: dict[str, Any] = {"size": query.size, "limit": query.limit, "before": query.before}
    if query.updated_from:
        params["updated_from"] = query.updated_from
    if query.overdue is not None:
        where.append("v.due_at < :at" if query.overdue else "(v.due_at IS NULL OR v.due_at >= :at)")
        params["at"] = query.at
    for n, (name, values) in enumerate(query.filters.items()):
        marks = {f"tag{n}_{i}": tag(name, value) for i, value in enumerate(values)}
        where.append(f"({' OR '.join(f'instr(v.tags, :{mark}) > 0' for mark in marks)})")
        params |= marks
    for n, phrase in enumerate(phrases):
        where.append(_found(sql, f"phrase{n}"))
        params[f"phrase{n}"] = sql.words.written(phrase)
    return where, params


def _texts(claim: str = "v.claim", end: str = "v.since") -> str:
    """Write the texts of a claim that hold, with the condition that they do; none of its own is behind its version."""
    texts = "events e CROSS JOIN texts t ON t.position = e.position CROSS JOIN words w ON w.position = e.position"
    return f"{texts} WHERE e.claim = {claim} AND t.position < {end} AND t.until > :size"


def _found(sql: Sql, mark: str, more: str = "") -> str:
    return f"EXISTS (SELECT 1 FROM {_texts()} {more} AND {sql.words.found(mark)})"


def list_matches(sql: Sql, claim: str, phrases: Sequence[Phrase], size: int) -> list[int]:
    """List the version of the newest text of a claim that has all of the phrases, else of the newest that has each."""
    asked = {f"phrase{n}": sql.words.written(phrase) for n, phrase in enumerate(phrases)}

    def find(marks: Sequence[str]) -> set[int]:
        found = " AND ".join(sql.words.found(mark) for mark in marks)
        newest = f"SELECT e.version FROM {_texts(':claim', ':size')} AND {found} ORDER BY e.version DESC LIMIT 1"
        params = {mark: asked[mark] for mark in marks} | {"claim": claim, "size": size}
        return {version for (version,) in sql.execute(newest, params)}

    return sorted(find([*asked]) or {version for mark in asked for version in find([mark])})
