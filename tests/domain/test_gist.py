"""Hold what is remembered of an event to what is asked of it."""

from domain.gist import gist_of
from tests.builders import MID, MOFA, given, kept, record, said


def test_texts_are_let_go_and_what_is_decided_by_stays():
    """Of a statement there stay who spoke for whom, when, how, and on which page; its words are where it is stored."""
    data = {
        "party": MID,
        "speaker": {"name": "A. Speaker"},
        "on_behalf_of": MOFA,
        "summary": "It did not happen.",
        "quote": {"text": "Нет.", "lang": "ru"},
        "said_on": "2025-12-21",
        "strength": "plain",
        "source": {"publisher": "The Wire", "title": "A denial", "url": "https://wire.example/1"},
        "note": "By telephone.",
    }
    claim = given(("denied", data))
    assert gist_of(claim.history[1]).data == {
        "party": MID,
        "on_behalf_of": MOFA,
        "said_on": "2025-12-21",
        "strength": "plain",
        "source": {"publisher": "The Wire", "url": "https://wire.example/1"},
    }


def test_a_claim_that_remembers_no_texts_holds_none_anywhere():
    """Neither the event that was recorded nor what a redaction erased stays with the claim."""
    claim = given()
    claim.brief = True
    for event in (said("denied", MID, summary="A text of its own."), kept("redacted", regarding=2)):
        assert record(claim, event).data == event[1]
    assert "A text of its own." not in repr(vars(claim))
