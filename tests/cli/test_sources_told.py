"""Where words can be read, as `onrecord show` and `diff` tell it."""

from __future__ import annotations

import pytest

from tests.builders import KREMLIN, kept, said
from tests.cli.test_stances_told import account_of, change_of

ARTICLE = {
    "publisher": "The Wire",
    "title": "Envoy met official",
    "published_on": "2026-01-2X",
    "url": "https://wire.example/a-long-address-with-hyphens-which-nobody-could-copy-if-it-were-parted-at-one/2026/01/20",
    "archived_url": "https://archive.example/1",
}
TOLD = """\
     What was said.
     Source: The Wire, “Envoy met official”, published 2026-01-2X
     https://wire.example/a-long-address-with-hyphens-which-nobody-could-copy-if-it-were-parted-at-one/2026/01/20
     Archived: https://archive.example/1
"""


def events(told: str) -> str:
    """Give the part of an account that tells the events."""
    return told.partition("(recorded, UTC)\n")[2]


def test_a_word_is_told_with_its_source():
    """Publisher, title, when it was published, and each address on a line of its own, unbroken; of the rest nothing."""
    assert events(account_of(said("denied", source=ARTICLE))) == (
        "  1  2026-01-31 09:33  opened\n     An official met the envoy in Moscow.\n"
        f"  2  2026-01-31 09:33  denied, Russian Foreign Ministry\n{TOLD}"
    ).rstrip("\n")


def test_the_same_source_is_told_once():
    """A source that an event above has is named by that event; a publisher alone is as short as that."""
    first, wire = said("denied", source=ARTICLE), said("denied")
    told = account_of(first, wire, first, wire, said("denied", KREMLIN, source={**ARTICLE, "title": "Another"}))
    lines = [line for line in told.splitlines() if line.startswith("     Source: ")]
    assert lines == [
        "     Source: The Wire, “Envoy met official”, published 2026-01-2X",
        "     Source: The Wire",
        "     Source: as event 2",
        "     Source: The Wire",
        "     Source: The Wire, “Another”, published 2026-01-2X",
    ]


def test_a_difference_refers_to_no_source_that_it_does_not_tell():
    """Where the event that has the same source is not among those told, the source is told in full."""
    word = said("denied", source=ARTICLE)
    assert TOLD in events(change_of([word, word, word], 2, 4))
    assert "Source: as event 3\n" in f"{change_of([word, word, word], 2, 4)}\n"


def test_the_source_is_that_of_the_words_as_they_read():
    """An amended word has the source that the amendment gives."""
    mended = kept("amended", regarding=2, type="denied", statement=said("denied", source=ARTICLE)[1])
    assert TOLD in account_of(said("denied"), mended)


@pytest.mark.parametrize(
    ("given_as", "told"),
    [
        ("https://пример.example/я", "     https://%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.example/%D1%8F"),
        ("javascript:alert(1)", "     javascript:alert(1) (not a web address)"),
        (
            "https://faß.example/",
            "     https://faß.example/ (programs read this host as different ones)",
        ),
        ("x\x1b]8;;http://evil.example\x07y\n\u202e", "     x\ufffd]8;;http://evil.example\ufffdy (not a web address)"),
    ],
)
def test_no_address_does_anything_to_a_terminal(given_as, told):
    """An address that leads nowhere is told as that, without what a terminal would obey."""
    source = {"publisher": "The\x1b[2J Wire", "title": "a\nb", "url": given_as, "archived_url": given_as}
    lines = account_of(said("denied", source=source)).splitlines()
    at = lines.index("     Source: The\ufffd[2J Wire, “a b”")
    assert lines[at + 1] == told
    assert lines[at + 2 :] == ([f"     Archived: {told.strip()}"] if told.endswith("%8F") else [])
