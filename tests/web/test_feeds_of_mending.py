"""What feeds say of an event that strikes, takes back or clarifies another: which that was, and whose."""

from __future__ import annotations

import pytest

from service.telling.wording import SAID
from tests.builders import KREMLIN, MID, amended, kept, said
from tests.web.newsroom import CLAIM, mend, open_claim


def summaries(client, address, *types):
    """List what a feed says of events of some types."""
    items = client.get(address).json["items"]
    return [item["summary"] for item in items if not types or item["tags"][0] in types]


STRUCK = (
    "Struck from our record: event 2, Kremlin, on behalf of The Paper, denied in part (anonymous): As mended."
    " Reason: Not here."
)


def test_a_strike_says_what_was_struck_and_whose(client, desk):
    """The feeds of a claim, a party, the claims and the corrections tell what was struck, as it read by then."""
    open_claim(desk, said("confirmed", KREMLIN))
    mended = {"on_behalf_of": {"name": "The Paper", "kind": "media"}, "attribution": "anonymous", "extent": "partial"}
    assert mend(desk, amended(2, said("denied", KREMLIN, summary="As mended.", **mended)), 2).status_code == 201
    assert mend(desk, kept("struck", regarding=2, reason="Not here."), 3).status_code == 201
    for feed in (CLAIM, "/parties/kremlin", "/corrections"):
        assert [STRUCK] == summaries(client, f"{feed}.feed", "struck")
    assert [STRUCK] == summaries(client, "/claims.feed")


def test_a_redaction_of_an_amendment_says_of_which_event_that_was(client, desk):
    """The feeds tell what the erased amendment was of."""
    open_claim(desk, said("confirmed", KREMLIN))
    assert mend(desk, amended(2, said("denied", KREMLIN)), 2).status_code == 201
    assert mend(desk, kept("redacted", regarding=3), 3).status_code == 201
    told = "Redacted: what event 3 (an amendment of event 2) said was erased. Reason: It was logged wrongly. Authority:"
    for feed in (CLAIM, "/corrections"):
        assert [f"{told} the court."] == summaries(client, f"{feed}.feed", "redacted")


@pytest.mark.parametrize("type_", ["retracted", "clarified", "walked_back", "corrected"])
def test_who_takes_back_what_is_told_with_whose_it_was(client, desk, type_):
    """A retraction, clarification, retreat or correction names the statement it is about, until that is erased.

    What erases it says of which type it was.
    """
    grade = {"grade": "corrected"} if type_ == "corrected" else {}
    open_claim(desk, said("denied", KREMLIN), said(type_, MID, regarding=2, **grade))
    beside = "; Grade: corrected" if grade else ""
    did = SAID[type_]
    told = f"Russian Foreign Ministry {did} (event 2: Kremlin denied{beside}): What was said."
    for feed in (CLAIM, "/parties/russian-foreign-ministry"):
        assert [told] == summaries(client, f"{feed}.feed", type_)
    assert [told] == summaries(client, "/claims.feed")
    assert mend(desk, kept("redacted", regarding=2), 3).status_code == 201
    told = "Redacted: what event 2 (denied) said was erased. Reason: It was logged wrongly. Authority: the court."
    for feed in (CLAIM, "/claims", "/corrections"):
        assert [told] == summaries(client, f"{feed}.feed", *([] if feed == "/claims" else ["redacted"]))
    erased = f"Russian Foreign Ministry {did} (event 2{beside}): What was said."
    assert [erased] == summaries(client, f"{CLAIM}.feed", type_)
