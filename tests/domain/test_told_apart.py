"""Words that were logged late, and words of an earlier wording, can be told apart."""

from __future__ import annotations

import pytest

from domain.positions import find_why_beside
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
    words = read_history(given(*history).history).words
    assert [find_why_beside(word, words) for word in words[2:]] == [
        ("silent", None),
        ("late", 2),
        ("breath", None),
        ("breath", None),
    ]


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
