"""Hold domain.codebook to the codebook, version 1: its words, their order, topics and stances."""

import pytest
from eventsourcing.utils import resolve_topic

from domain.codebook import EVENT_TYPES, STATEMENTS

A_PARTY_SPEAKS = {
    "reported": "asserts",
    "alleged": "asserts",
    "confirmed": "affirms",
    "acknowledged": "affirms",
    "denied": "denies",
    "countered": "denies",
    "dismissed": "evades",
    "ncnd": "withholds",
    "declined": "withholds",
    "unresponsive": "withholds",
    "unaware": "withholds",
    "deflected": "withholds",
    "clarified": None,
    "corrected": None,
    "retracted": None,
    "walked_back": None,
}
SOMEONE_READS = ["assessed"]
THE_RECORD_IS_KEPT = [
    "opened",
    "reworded",
    "amended",
    "struck",
    "redacted",
    "linked",
    "unlinked",
    "comment_requested",
    "joined",
    "parted",
    "source_changed",
]


def test_the_codebook_has_every_type_in_its_order_and_no_other():
    """The words of the codebook, version 1, are these, in this order."""
    assert list(EVENT_TYPES) == [*A_PARTY_SPEAKS, *SOMEONE_READS, *THE_RECORD_IS_KEPT]


def test_topics_never_change():
    """A stored event is found by its topic for as long as the record lasts, so topics are these for ever."""
    assert [kind.TOPIC for kind in EVENT_TYPES.values()] == [
        "onrecord.reported",
        "onrecord.alleged",
        "onrecord.confirmed",
        "onrecord.acknowledged",
        "onrecord.denied",
        "onrecord.countered",
        "onrecord.dismissed",
        "onrecord.ncnd",
        "onrecord.declined",
        "onrecord.unresponsive",
        "onrecord.unaware",
        "onrecord.deflected",
        "onrecord.clarified",
        "onrecord.corrected",
        "onrecord.retracted",
        "onrecord.walked_back",
        "onrecord.assessed",
        "onrecord.opened",
        "onrecord.reworded",
        "onrecord.amended",
        "onrecord.struck",
        "onrecord.redacted",
        "onrecord.linked",
        "onrecord.unlinked",
        "onrecord.comment_requested",
        "onrecord.joined",
        "onrecord.parted",
        "onrecord.source_changed",
    ]


@pytest.mark.parametrize("word", EVENT_TYPES)
def test_each_type_is_one_class_that_knows_its_word_and_defines_itself(word):
    """One class each, found by its topic, whose docstring is the definition."""
    kind = EVENT_TYPES[word]
    assert kind.type == word
    assert resolve_topic(kind.TOPIC) is kind
    assert kind.__doc__ is not None
    assert kind.__doc__.strip().splitlines()[0].endswith(".")


def test_definitions_are_not_shared():
    """No two types have one class or one definition."""
    assert len({kind.__doc__ for kind in EVENT_TYPES.values()}) == len(set(EVENT_TYPES.values())) == 28


def test_each_statement_puts_its_party_in_the_stance_of_the_codebook():
    """The statements are those in which a party speaks, each with its stance; the last four leave none."""
    assert {word: kind.stance for word, kind in STATEMENTS.items()} == A_PARTY_SPEAKS


@pytest.mark.parametrize(
    ("trait", "expected"),
    [
        ("partly", ["confirmed", "acknowledged", "denied", "countered"]),
        ("of_own_words", ["clarified", "corrected", "retracted", "walked_back"]),
        ("takes_back", ["corrected", "retracted", "walked_back"]),
    ],
)
def test_traits_belong_to_the_types_that_the_codebook_names(trait, expected):
    """What may be partial, is about one's own words, or takes back, are these types and no other."""
    assert [word for word, kind in STATEMENTS.items() if getattr(kind, trait)] == expected


def test_three_types_set_a_position_only_where_there_is_none():
    """`declined`, `unresponsive` and `dismissed` never move a position."""
    assert [word for word, kind in STATEMENTS.items() if not kind.moves] == ["dismissed", "declined", "unresponsive"]
