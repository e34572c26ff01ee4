"""Which keys a question for parties may lead to, in their order.

The walk is along the keys, or along those of the kind or country asked for. A search
whose rarest phrase begins few words gathers their keys first; one that would gather too
many meets them soon enough on the walk.
"""

from __future__ import annotations

from typing import Any

from domain.party import party_key
from service.lookalikes import find_skeletons
from service.store.directory import PartyQuery
from service.store.sql.dialect import Sql

GATHERED = 1_000  # words
_LAST = "\U0010ffff"  # behind every word that begins so
_LOOKS = "looks:"  # as of `facets`, no name has a colon


def facets(kind: str, country: str | None) -> list[str]:
    """Write a kind and a country as words; no name has a colon in one of its own."""
    return [f"kind:{kind}", *([f"country:{country}"] if country else [])]


def looks(key: str) -> list[str]:
    """Write as words what a key is drawn like, where that is not the key itself."""
    return [_LOOKS + skeleton for skeleton in find_skeletons(key) if skeleton != key]


def list_keys(sql: Sql, query: PartyQuery) -> list[str]:
    """List the keys that may answer a query, in order."""
    return [key for (key,) in sql.execute(*plan(sql, query))]


def plan(sql: Sql, query: PartyQuery) -> tuple[str, dict[str, Any]]:
    """Give the statement that answers a query, with its parameters."""
    source, where = "party_keys k", ["k.key > :after", "k.first <= :size"]
    params: dict[str, Any] = {"after": query.after, "size": query.size, "limit": query.limit}
    words = {"kind": query.kind, "country": query.country}
    for name, word in ((name, f"{name}:{word}") for name, word in words.items() if word):
        where.append(f"EXISTS (SELECT 1 FROM party_words w WHERE w.word = :{name} AND w.key = k.key)")
        params[name] = word
    for n, phrase in enumerate(query.phrases):
        where.append(f"instr(k.tokens, :phrase{n}) > 0")
        params[f"phrase{n}"] = phrase.written
    gathered = _gather(sql, query) if query.like is None else _gather_alike(sql, query.like)
    if gathered is not None:
        where.append(sql.among("k.key", "gathered"))
        params["gathered"] = sorted(gathered)
    elif query.kind or query.country:
        source = "party_words f CROSS JOIN party_keys k ON k.key = f.key"
        where = [f"f.word = :{'country' if query.country else 'kind'}", "f.key > :after", *where]
    order = "f.key" if source.startswith("party_words") else "k.key"
    return f"SELECT k.key FROM {source} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT :limit", params


def _gather(sql: Sql, query: PartyQuery) -> set[str] | None:
    fewest: set[str] | None = None
    for phrase in query.phrases:
        first = phrase.tokens[0]
        last = first + _LAST if phrase.begins else first
        statement = "SELECT key FROM party_words WHERE word >= ? AND word <= ? LIMIT ?"
        rows = sql.execute(statement, (first, last, GATHERED + 1)).fetchall()
        if len(rows) <= GATHERED and (fewest is None or len(rows) < len(fewest)):
            fewest = {key for (key,) in rows}
    return fewest


def _gather_alike(sql: Sql, name: str) -> set[str]:
    skeletons = find_skeletons(name)
    words = [_LOOKS + skeleton for skeleton in sorted(skeletons)]
    rows = sql.execute(f"SELECT key FROM party_words WHERE {sql.among('word', 'words')}", {"words": words})
    return {*skeletons, *(key for (key,) in rows.fetchall())} - {party_key(name)}
