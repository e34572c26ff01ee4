"""Words that were logged late, and words of an earlier wording, can be told apart."""

from __future__ import annotations

import pytest

from domain.positions import Aside
from domain.reading import find_rewording, read_history
from tests.builders import MOFA, given, said


def test_why_a_word_changes_nothing_can_be_told():
    """It was said before what stood already, or takes no side, or its party took one in the same breath."""
    breath = {"utterance": "u", "said_on": "2026-06-30"}
    history = (
        said("confirmed", said_on="2026-06-10"),
        said("denied", MOFA, said_on="2026-06-20"),
        said("declined"),
        said("denied", said_on="2026-06-02"),
        said("denied", **breath),
        said("ncnd", **breath),
    )
    assert read_history(given(*history).history).find_asides() == {
        4: Aside("silent"),
        5: Aside("late", 2),
        7: Aside("breath"),
    }


@pytest.mark.parametrize(
    ("history", "asides"),
    [
        (
            (
                said("confirmed", said_on="2026-06-01"),
                said("denied", said_on="2026-06-20"),
                said("retracted", regarding=3),
                said("declined", said_on="2026-06-10"),
            ),
            {5: Aside("silent")},
        ),
        (
            (
                said("denied", extent="partial", said_on="2026-06-20"),
                said("confirmed", said_on="2026-06-01"),
                said("declined", said_on="2026-06-10"),
            ),
            {4: Aside("silent")},
        ),
        (
            (
                said("ncnd", utterance="u"),
                said("denied", said_on="2026-06-05"),
                said("confirmed", utterance="u", said_on="2026-06-20"),
            ),
            {2: Aside("breath"), 3: Aside("late", 4)},
        ),
        (
            (
                said("confirmed", said_on="2026-06-20"),
                said("denied", said_on="2026-06-02"),
                said("denied", said_on="2026-06-25"),
            ),
            {3: Aside("late", 2)},
        ),
    ],
)
def test_why_a_word_changes_nothing_is_what_stood_when_it_was_read(history, asides):
    """A word of the same party that was taken back, was of a part only, or came since, is never the reason."""
    assert asides == read_history(given(*history).history).find_asides()


@pytest.mark.parametrize(
    ("wordings", "left"),
    [
        ([(1, "Geneva")], None),
        ([(1, "Geneva"), (4, "Bern")], 4),
        ([(1, "Geneva"), (4, "Bern"), (6, "Basel")], 4),
        ([(1, "Geneva"), (4, "Geneva"), (6, "Bern")], 6),
        ([(1, "Geneva"), (4, "Bern"), (6, "Geneva")], None),
        ([(1, "Geneva"), (2, "Bern")], None),
    ],
)
def test_a_word_is_of_the_wording_that_stood_when_it_was_logged(wordings, left):
    """Where the claim reads otherwise now, the event by which it left that wording can be told."""
    assert find_rewording(wordings, 3) == left
