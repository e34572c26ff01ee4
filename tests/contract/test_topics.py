"""Hold both engines to topics by how they begin, however they are written and whatever became of them."""

import random
from threading import Event

import pytest

from service.jobs.self_check import check_read_model
from service.store import finding
from service.store.derived import DERIVED
from service.store.sql import topics as sql_topics
from tests.builders import CLAIM_ID, MOFA, OTHER_ID, kept, said
from tests.contract.asking import append, ask, item

TOPICS = ["NATO", "nato expansion", "Натo", "НАТО", "5G", "straße", "of\ntwo lines", "OF\nTWO LINES"]
OPENED = ("opened", {"text": "It was so.", "lang": "en", "topics": TOPICS})
AGAIN = ("opened", {"text": "It was not so.", "lang": "en", "topics": ["NATO"]})


@pytest.fixture(params=[1, 64])
def topics(bench, store, request, monkeypatch):
    """Record a claim with topics, to which facets lead, or its tags alone; gives how to ask for them."""
    monkeypatch.setattr(finding, "FRESH", request.param)
    bench.do(ask(item(CLAIM_ID, OPENED), opens=True))

    def find(begins, most=10):
        with store.reading() as view:
            return view.topics(begins, most)

    return find


def test_topics_are_found_in_capitals_or_not(topics):
    """Whatever is typed small or large finds whatever was written small or large, each topic once."""
    assert topics("nat") == topics("NAT") == ["NATO", "nato expansion"]
    assert topics("нат") == topics("Нат") == ["Натo", "НАТО"]
    assert (topics("5g"), topics("5"), topics("STRASSE"), topics("stra")) == (["5G"], ["5G"], ["straße"], ["straße"])
    assert topics("Of\nTwo") == topics("of two") == ["OF TWO LINES", "of two lines"]
    assert (topics("nato e"), topics("", 2), topics("q")) == (["nato expansion"], ["5G", "NATO"], [])


def test_a_topic_that_no_claim_has_any_more_is_not_found(bench, store, topics):
    """What was reworded away, or erased, is found no more, unless another claim has it; a replay makes the same."""
    bench.do(ask(item(OTHER_ID, AGAIN), opens=True))
    bench.do(append(CLAIM_ID, kept("reworded", topics=["Oslo"]), if_match=1))
    assert (topics("n"), topics("o")) == (["NATO"], ["Oslo"])
    bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=2))
    assert (topics("nato "), topics("o")) == (["nato expansion"], ["OF TWO LINES", "of two lines"])
    assert check_read_model(store, lambda _: None, Event()) == 2


@pytest.mark.parametrize("topics", [1], indirect=True)
def test_topics_cost_no_more_where_many_had_them(bench, topics, monkeypatch):
    """Of the versions that had a topic the newest few are looked at: one that hardly any claim has now is passed by."""
    bench.do(ask(item(OTHER_ID, AGAIN), opens=True))
    for n in range(1, 4):
        bench.do(append(OTHER_ID, kept("reworded", text=f"It was not so {n}."), if_match=n))
    bench.do(append(OTHER_ID, kept("reworded", topics=[]), if_match=4))
    assert topics("nato") == ["NATO", "nato expansion"]
    monkeypatch.setattr(sql_topics, "LOOKED_AT", 4)
    assert topics("nato") == ["nato expansion"]


# Letters that take most room beside what they are without capitals.
WIDEST = [letter for letter in map(chr, range(0x370, 0x2000)) if len((letter + letter.casefold()).encode()) >= 8]


def test_what_is_entered_later_than_its_event_has_nothing_that_can_fail(bench, store, monkeypatch):
    """Topics that differ in blanks alone are one facet, and the widest fit into every index, when their turn comes."""
    monkeypatch.setattr(finding, "FRESH", 3)
    letters = random.Random(7)  # noqa: S311 - data, not a secret
    widest = ["".join(letters.choices(WIDEST, k=300)) for _ in range(3)]
    opened = ("opened", {"text": "It was so.", "lang": "en", "topics": ["one two", "one  two", *widest]})
    bench.do(ask(item(CLAIM_ID, opened), opens=True))
    bench.do(append(CLAIM_ID, said("denied")))
    bench.do(append(CLAIM_ID, said("denied", MOFA)))
    with store.reading() as view:
        (facets,) = [table for table in DERIVED if table.name == "facets"]
        entered = [value for name, value, _ in view.derived.rows(facets) if name == "topic"]
        assert entered == sorted(["one two", *widest] * 3)
        assert view.topics("one", 5) == ["one two"]
