"""Whose word a page says it was: who overtook it in whose name, who took back what, on what terms it was said."""

from __future__ import annotations

import pytest

from tests.builders import said
from tests.web.browsing import browse, reason_of
from tests.web.newsroom import CLAIM, open_claim

KOREA = {"name": "Foreign Ministry", "kind": "ministry", "country": "KR"}
OFFICE = {"name": "Presidential Office", "kind": "agency", "country": "KR"}
LAWYER, UNION = {"name": "Lawyer", "kind": "person"}, {"name": "Union", "kind": "io"}
CABINET = {"name": "Cabinet", "kind": "agency", "country": "KR"}
CORP = {"name": "Corp", "kind": "company", "country": "KR"}
STATE = {"name": "Republic of Korea", "kind": "state", "country": "KR"}


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (
            (said("denied", LAWYER, on_behalf_of=KOREA), said("confirmed", OFFICE)),
            "The denial by Lawyer (2) is overtaken by Presidential Office (3), another voice of KR.",
        ),
        (
            (said("denied", KOREA), said("confirmed", LAWYER, on_behalf_of=OFFICE)),
            "The denial by Foreign Ministry (2) is overtaken by Lawyer (3), another voice of KR.",
        ),
        (
            (said("denied", CORP, on_behalf_of=KOREA), said("confirmed", KOREA)),
            "The denial by Corp (2) is overtaken by Foreign Ministry (3), another voice of KR.",
        ),
        (
            (said("denied", KOREA), said("confirmed", CABINET), said("alleged", STATE)),
            "The denial by Foreign Ministry (2) is overtaken by Cabinet (3), another voice of Republic of Korea.",
        ),
        (
            (said("denied", UNION), said("confirmed", LAWYER, on_behalf_of=UNION)),
            "The denial by Union (2) is overtaken by Lawyer (3), another voice of Union.",
        ),
        (
            (said("denied", LAWYER, on_behalf_of=UNION), said("confirmed", UNION)),
            "The denial by Lawyer (2) is overtaken by Union (3).",
        ),
    ],
)
def test_another_voice_is_of_the_state_that_both_speak_for(desk, client, events, told):
    """Whose voice overtook a denial is a state, by a party that is one or its country, else the principal by name."""
    open_claim(desk, *events)
    assert told == reason_of(browse(client, CLAIM)).partition(". ")[2].removeprefix("Nobody denies it in full. ")
