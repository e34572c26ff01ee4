"""Hold both engines to texts with NUL, which JSON can carry and PostgreSQL's own texts cannot."""

from threading import Event

from service.jobs.self_check import check_read_model
from service.store.finding import ClaimQuery
from tests.builders import CLAIM_ID, said
from tests.contract.asking import append, ask, item, texts_of

OPENED = ("opened", {"text": "It was\u0000so.", "lang": "en", "topics": ["a\u0000b"]})


def test_nul_is_kept_found_by_and_no_difference(bench, store):
    """A text with NUL is stored as it was sent, its topic finds it, and the read model is what a replay makes."""
    bench.do(ask(item(CLAIM_ID, OPENED), opens=True))
    bench.do(append(CLAIM_ID, said("denied", {"name": "The\u0000Ministry", "kind": "ministry"})))
    assert texts_of(store, CLAIM_ID)[0]["data"] == OPENED[1]
    with store.reading() as view:
        rows = view.claim_versions(ClaimQuery(size=2, limit=5, filters={"topic": ["a\u0000b"]}))
        assert [row.version for _, row in rows] == [2]
    assert check_read_model(store, lambda _: None, Event()) == 1
