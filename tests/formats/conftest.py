"""What the tests of the formats share: a claim with everything in it that a format must respect."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.builders import MID, MOFA, PAPER, SCHOLAR, Event, amended, kept, said
from tests.web.newsroom import CLAIM, append, mend, open_claim

RATING = {"text": "Mostly false", "value": 2, "best": 5, "worst": 1, "url": "https://check.example/7"}
WIRE = {"publisher": "The Wire", "title": "They met", "url": "https://wire.example/1", "published_on": "2025-12-20"}

STEPS: tuple[Event, ...] = (
    said("reported", PAPER, summary="They met.", said_on="2025-12-2X", source=WIRE),  # 2
    said("denied", MID, summary="Unfounded.", said_on="2025-12-21", strength="categorical"),  # 3
    said("denied", MOFA, summary="Logged wrongly.", said_on="2025-12-21"),  # 4, amended by 8
    said("reported", {"name": "Wrong Paper", "kind": "media"}, summary="Of another claim."),  # 5, struck by 9
    said("alleged", {"name": "Mr Secret", "kind": "person"}, summary="Secret words."),  # 6, redacted by 10
    said("confirmed", MOFA, summary="Too early.", said_on="2026-01-02"),  # 7, retracted by 11
    amended(4, said("ncnd", MOFA, summary="We neither confirm nor deny.", said_on="2025-12-22~")),
    kept("struck", regarding=5),
    kept("redacted", regarding=6),
    said("retracted", MOFA, summary="That was said in error.", regarding=7),
    (
        "assessed",
        {"by": SCHOLAR, "summary": "It fits.", "source": WIRE, "likelihood": "likely", "rating": RATING},
    ),  # 12
)
ERASED = ("Secret", "Of another claim", "Logged wrongly")


@pytest.fixture
def everything(desk: FlaskClient, clock: Callable) -> FlaskClient:
    """Open a claim and record all steps, a minute each; gives the desk that did."""
    open_claim(desk, topics=["north-korea"])
    for version, event in enumerate(STEPS, 1):
        clock.move_on(minutes=1)
        made = mend(desk, event, version) if event[0] in {"amended", "struck", "redacted"} else append(desk, event)
        assert made.status_code == 201, made.text
    return desk


@pytest.fixture
def given(everything: FlaskClient) -> Callable:
    """Give a way to ask for the claim in a format."""
    return lambda form, **more: everything.get(CLAIM, query_string={"format": form, **more})
