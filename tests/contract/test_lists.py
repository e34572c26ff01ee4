"""Hold every list and search to what all claims, looked at one by one, say: each that answers once, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from service.recording.ledger import MAPPER
from service.search_text import read_question
from service.store import open_store
from service.store.finding import OPEN_END, ClaimQuery, due_at, facets_of, texts_ended_by, tokens_of
from service.store.interface import Store, View
from service.store.postgres import sql as postgres_sql
from service.store.sql import lasting as sql_lasting
from service.store.sql import lists as sql_lists
from service.store.sql import sources as sql_sources
from service.store.sqlite import sql as sqlite_sql
from tests.benchmarks.growing import RARE_TOPIC, make_growth
from tests.benchmarks.records import fill
from tests.contract.asking import EVERYTHING, describe_prefix

CLAIMS, EVENTS = 60, 600
SIZES = (0, 90, 350, 599, EVENTS)
LATER = "2036-01-01T00:00:00.000000Z"  # than every deadline
VALUES = {
    "standing": ["denied", "contested", "reported", "opened", "retracted"],
    "topic": [RARE_TOPIC, "ceasefire", "sanctions", "nothing"],
    "party": ["us-state-department", "governor-of-svalbard", "russian-foreign-ministry"],
    "country": ["US", "NO", "RU"],
    "stance": ["denies", "asserts", "withholds"],
    "party.stance": ["us-state-department denies", "governor-of-svalbard withholds"],
    "reversed": ["true", "false"],
    "single_source": ["true", "false"],
}
WORDS = ["svalbard", "talks", "c", "co", "min", "denies", "확인해", "스발바르", "المباحثات", "imo 900", "nowhere"]


@dataclass(frozen=True)
class Stood:
    """A claim as it stood at a log size: what it is found by, and where it comes in each order."""

    claim: str
    since: int
    opened: int
    facets: dict[str, set[str]]
    due_at: str | None
    texts: dict[int, str]  # position to tokens, a blank before and behind each


def look_at(view: View, claim: str, size: int) -> Stood | None:
    """Read a claim's events up to a log size."""
    body = describe_prefix(view, claim, size)
    if body is None:
        return None
    placed = [(n, MAPPER.to_domain_event(stored)) for n, stored in view.placed_events(UUID(claim)) if n < size]
    history = [event for _, event in placed]
    ended = {v for n, event in enumerate(history, 1) for v in texts_ended_by(event, history[:n])}
    said = {n: tokens_of(event) for n, event in placed if event.version not in ended}
    texts = {n: f" {tokens} " for n, tokens in said.items() if tokens is not None}
    facets = {name: {*values} for name, values in facets_of(body).items()}
    return Stood(claim, placed[-1][0] + 1, placed[0][0] + 1, facets, due_at(body), texts)


def answers(stood: Stood, query: ClaimQuery) -> bool:
    """Tell whether a claim is in a list."""
    overdue = stood.due_at is not None and stood.due_at < query.at
    return (
        all(stood.facets[name] & {*values} for name, values in query.filters.items())
        and all(any(p.written in text for text in stood.texts.values()) for p in query.phrases)
        and stood.since > query.updated_from
        and query.overdue in {None, overdue}
    )


def key_of(stood: Stood, query: ClaimQuery) -> int:
    """Tell where a claim comes; the newest text that has the one phrase, where there is one."""
    if query.sort == "relevance":
        return max(n for n, text in stood.texts.items() if query.phrases[0].written in text)
    return stood.opened if query.sort == "opened" else stood.since


class Grown:
    """A record, and how every claim stood at several log sizes; too much to be written out by a test that fails."""

    def __init__(self, store: Store) -> None:
        """Look at every claim."""
        self.store = store
        with store.reading() as view:
            claims = view.claim_ids("", EVERYTHING)
            self.stood = {size: [s for c in claims if (s := look_at(view, c, size))] for size in SIZES}


@pytest.fixture(scope="module")
def record(engine) -> Iterator[Grown]:
    """Make a record as the benchmarks have it, and look at every claim at several log sizes."""
    with engine.made() as url, pytest.MonkeyPatch.context() as patch:
        for module in (sql_lasting, sql_lists):
            patch.setattr(module, "LASTING", 40)  # else nothing in so small a record has lasted
        store = open_store(url)
        fill(store, make_growth(CLAIMS), EVENTS)
        yield Grown(store)
        store.close()


def asked() -> st.SearchStrategy[ClaimQuery]:
    """Ask for anything, in any combination."""
    values = {name: st.lists(st.sampled_from(of), min_size=1, max_size=2, unique=True) for name, of in VALUES.items()}
    filters = st.sampled_from([*VALUES]).flatmap(lambda name: st.tuples(st.just(name), values[name]))
    return st.builds(
        _ask,
        size=st.sampled_from(SIZES),
        sort=st.sampled_from(["updated", "updated", "opened", "relevance"]),
        filters=st.lists(filters, max_size=2).map(dict),
        q=st.none() | st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join),
        lately=st.sampled_from([None, None, 5, 80]),
        overdue=st.sampled_from([None, None, None, True, False]),
        limit=st.integers(1, 7),
    )


def _ask(*, size: int, sort: str, q: str | None, lately: int | None, **more: Any) -> ClaimQuery:
    phrases = read_question(q)
    since = 0 if lately is None else max(0, size - lately)
    order = "updated" if sort == "relevance" and not phrases else sort
    return ClaimQuery(size=size, at=LATER, sort=order, phrases=phrases, updated_from=since, **more)


def walk(view: View, query: ClaimQuery) -> list[tuple[int, str]]:
    """Follow a list to its end, page after page."""
    found: list[tuple[int, str]] = []
    while page := view.claim_versions(query):
        found += [(key, row.claim) for key, row in page]
        query = replace(query, before=page[-1][0])
    return found


@pytest.mark.parametrize("few", [2, 200], ids=["much", "little"])
@settings(max_examples=150)
@for_all(query=asked())
def test_a_list_is_what_all_claims_say(record, few, query):
    """Every question, at every log size and on pages of every length, is answered by each claim it holds of, once."""
    with pytest.MonkeyPatch.context() as patch, record.store.reading() as view:
        # What is little and what is much decides how a list is come by, and not what is on it.
        patch.setattr(sql_sources, "LOOKED_AT", few)
        patch.setattr(sql_sources, "NEAR", few)
        patch.setattr(sql_sources, "isqrt", lambda _: few)
        patch.setattr(sql_lists, "LOOKED_AT", few)
        patch.setattr(sql_lists, "AT_ONCE", few)
        patch.setattr(sql_lists, "COMMON_WORD", few / 4)
        for engine in (postgres_sql, sqlite_sql):
            patch.setattr(engine, "EXPANDED", few)
        found = walk(view, query)
    expected = [one for one in record.stood[query.size] if answers(one, query)]
    assert sorted(one.claim for one in expected) == sorted(claim for _, claim in found)
    assert [key for key, _ in found] == sorted({key for key, _ in found}, reverse=True)
    if query.sort != "relevance" or len(query.phrases) == 1:
        assert {(key_of(one, query), one.claim) for one in expected} == {*found}


@pytest.mark.parametrize("limit", [1, 2, 5])
@pytest.mark.parametrize("word", WORDS)
def test_a_search_by_change_meets_every_claim_where_it_changed(record, monkeypatch, word, limit):
    """Walked text by text, a search by change misses no claim that changed long, or soon, after what was said."""
    monkeypatch.setattr(sql_lists, "AT_ONCE", 1)
    monkeypatch.setattr(sql_lists, "COMMON_WORD", 0.1)
    with record.store.reading() as view:
        for size in SIZES:
            query = ClaimQuery(size, limit, at=LATER, phrases=read_question(word))
            expected = sorted(
                ((one.since, one.claim) for one in record.stood[size] if answers(one, query)), reverse=True
            )
            assert walk(view, query) == expected


@pytest.mark.parametrize("q", [*WORDS, "svalbard talks", "denies 확인해 nowhere", "uranium imo 900"])
def test_a_claim_tells_by_which_texts_it_was_found(record, q):
    """The newest text with all that is asked for is told, else the newest with each, at every log size."""
    phrases = read_question(q)
    with record.store.reading() as view:
        for size in SIZES:
            for one in record.stood[size]:
                having = [{n for n, text in one.texts.items() if p.written in text} for p in phrases]
                together = set.intersection(*having)
                expected = [max(together)] if together else sorted({max(places) for places in having if places})
                places = {stored.originator_version: n for n, stored in view.placed_events(UUID(one.claim))}
                assert expected == [places[version] for version in view.matches(one.claim, phrases, size)]


@pytest.mark.parametrize("begins", ["", "s", "San", "sanctions", "\U0010ffff"])
def test_topics_are_those_that_claims_have(record, begins):
    """Each topic of any claim that begins so is given once, in order, as many as are asked for."""
    had = {topic for one in record.stood[EVENTS] for topic in one.facets["topic"]}
    expected = sorted(topic for topic in had if topic.startswith(begins.lower()))
    with record.store.reading() as view:
        assert [expected, expected[:3], []] == [view.topics(begins, most) for most in (100, 3, 0)]


def test_the_record_has_something_of_everything(record):
    """The questions are about what is there: of each facet some claims hold a value, and most words are found."""
    stood = record.stood
    held = {name: {v for one in stood[EVENTS] for v in one.facets[name] & {*of}} for name, of in VALUES.items()}
    assert {name for name, values in held.items() if not values} == set()
    texts = [text for one in stood[EVENTS] for text in one.texts.values()]
    phrases = [phrase for word in WORDS for phrase in read_question(word)]
    assert [p.tokens for p in phrases if not any(p.written in text for text in texts)] == [("nowhere",)]
    assert any(one.due_at for one in stood[EVENTS])
    assert OPEN_END > EVENTS
