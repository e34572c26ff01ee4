"""Hold both engines to texts that are found as soon as they are stored, and never again once they are erased."""

from threading import Event

import pytest

from service.jobs.self_check import check_read_model
from service.search_text import read_question
from service.store import finding
from service.store.derived import DERIVED
from tests.builders import CLAIM_ID, MOFA, OTHER_ID, kept, said
from tests.contract.asking import append, opening


@pytest.fixture(params=[1, 3, 64])
def search(bench, store, request, monkeypatch):
    """Record what lists of words lead to, all of it, the first three events or nothing; gives how to look for words."""
    monkeypatch.setattr(finding, "FRESH", request.param)
    bench.do(opening(CLAIM_ID))
    bench.do(opening(OTHER_ID))
    bench.do(append(CLAIM_ID, said("denied", summary="No vessel sailed.")))
    bench.do(append(OTHER_ID, said("denied", MOFA, summary="No vessels sank.")))

    def find(q, size=None):
        with store.reading() as view:
            query = finding.ClaimQuery(size or view.head().size, 5, sort="relevance", phrases=read_question(q))
            return [(key, row.claim) for key, row in view.claim_versions(query)]

    return find


def list_vocabulary(store):
    """List the words of which it is known how they go on."""
    (table,) = [table for table in DERIVED if table.name == "vocabulary"]
    with store.reading() as view:
        return {word for (word,) in view.derived.rows(table)}


def test_a_text_is_found_as_soon_as_it_is_stored(search):
    """Whether its words are in a list by then or not, now and as of a moment before the other was there."""
    sailed, sank = (2, str(CLAIM_ID)), (3, str(OTHER_ID))
    assert [search("vessel"), search("vess"), search("sailed"), search("sank")] == [
        [sank, sailed],
        [sank, sailed],
        [sailed],
        [sank],
    ]
    assert [search("vess", 2), search("vess", 3), search("sank", 3)] == [[], [sailed], []]


def test_a_text_that_was_erased_is_found_by_none_of_its_words(bench, store, search):
    """Nor is it known that there was such a word; a word that another text has leads to that one."""
    bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=2))
    assert (search("sailed"), search("vess")) == ([], [(3, str(OTHER_ID))])
    bench.do(append(OTHER_ID, kept("redacted", regarding=2), if_match=2))
    assert (search("sank"), search("vess"), search("vess", 4)) == ([], [], [])
    assert list_vocabulary(store) & {"sailed", "vessel", "vessels", "sank"} == set()
    assert check_read_model(store, lambda _: None, Event()) == 2
