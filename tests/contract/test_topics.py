"""Hold both engines to topics by how they begin, however they are written and whatever became of them."""

from threading import Event

import pytest

from service.jobs.self_check import check_read_model
from service.store import sql_topics
from tests.builders import CLAIM_ID, OTHER_ID, kept
from tests.contract.asking import append, ask, item

TOPICS = ["NATO", "nato expansion", "Натo", "НАТО", "5G", "straße", "of\ntwo lines", "OF\nTWO LINES"]
OPENED = ("opened", {"text": "It was so.", "lang": "en", "topics": TOPICS})
AGAIN = ("opened", {"text": "It was not so.", "lang": "en", "topics": ["NATO"]})


@pytest.fixture
def topics(bench, store):
    """Record a claim with topics; gives how to ask for them."""
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
    assert topics("Of\nTwo") == ["OF\nTWO LINES", "of\ntwo lines"]
    assert (topics("nato e"), topics("", 2), topics("q")) == (["nato expansion"], ["5G", "NATO"], [])


def test_a_topic_that_no_claim_has_any_more_is_not_found(bench, store, topics):
    """What was reworded away, or erased, is found no more, unless another claim has it; a replay makes the same."""
    bench.do(ask(item(OTHER_ID, AGAIN), opens=True))
    bench.do(append(CLAIM_ID, kept("reworded", topics=["Oslo"]), if_match=1))
    assert (topics("n"), topics("o")) == (["NATO"], ["Oslo"])
    bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=2))
    assert (topics("nato "), topics("o")) == (["nato expansion"], ["OF\nTWO LINES", "of\ntwo lines"])
    assert check_read_model(store, lambda _: None, Event()) == 2


def test_topics_cost_no_more_where_many_had_them(bench, topics, monkeypatch):
    """Of the versions that had a topic the newest few are looked at: one that hardly any claim has now is passed by."""
    bench.do(ask(item(OTHER_ID, AGAIN), opens=True))
    for n in range(1, 4):
        bench.do(append(OTHER_ID, kept("reworded", text=f"It was not so {n}."), if_match=n))
    bench.do(append(OTHER_ID, kept("reworded", topics=[]), if_match=4))
    assert topics("nato") == ["NATO", "nato expansion"]
    monkeypatch.setattr(sql_topics, "LOOKED_AT", 4)
    assert topics("nato") == ["nato expansion"]
