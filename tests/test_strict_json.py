"""Strict JSON: what is taken, and what is refused with its fault and place."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.entry import canonical
from service.errors import Malformed
from service.recording.strict_json import parse, write

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("aAzZ_09"), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a":[1,"x",null,true]}', {"a": [1, "x", None, True]}),
        ('{"said":"외교부"}', {"said": "외교부"}),
        (rb'"\ud83d\ude00"', "\N{GRINNING FACE}"),
        (b'{"a":{"x":1},"b":{"x":2}}', {"a": {"x": 1}, "b": {"x": 2}}),
        (rb'{"a:\"b":"c\\","d":":"}', {'a:"b': "c\\", "d": ":"}),
        (b'{"_type_":"x","_data_":1}', {"_type_": "x", "_data_": 1}),
    ],
)
def test_takes_what_has_one_reading(text, value):
    """Text that every reader reads alike comes back as its value; a library's markers are plain members."""
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"a":1,"b":{"c":1,"c":2}}', "The member 'c' is there twice, in /b."),
        (b'{"a":1,"a":1}', "The member 'a' is there twice, in the outermost object."),
        (b'{"a":NaN}', "at line 1, column 6"),
        (b"[Infinity]", "This is not JSON"),
        (b"[1e999]", "number is infinity"),
        (rb'{"a":"\ud800"}', "surrogate"),
        ('{"a":"\ud800"}', "lone surrogate, at character 7"),
        (b'"\xff"', "not valid UTF-8"),
        (b"", "This is not JSON"),
        (b"{} {}", "This is not JSON"),
        (b"[" * 21 + b"]" * 21, "deeper than 20 levels, at /0/0"),
        (b"[" * 1_000 + b"]" * 1_000, "deeper than 20 levels"),
        (b"[" * 100_000, "depth limit exceeded"),
    ],
)
def test_refuses_what_two_readers_could_read_differently(text, said):
    """Each fault is named in a sentence that says where it is."""
    with pytest.raises(Malformed) as refused:
        parse(text)
    assert said in refused.value.detail


def test_takes_twenty_levels():
    """Twenty levels are allowed."""
    assert str(parse(b"[" * 20 + b"]" * 20)) == "[" * 20 + "]" * 20


def test_many_members_are_no_burden():
    """An object of very many members is judged in a time that grows with it, not with its square."""
    members = ",".join(f'"m{i}":0' for i in range(200_000))
    with pytest.raises(Malformed, match="'m7' is there twice"):
        parse(f'{{{members},"m7":1}}')


@for_all(JSON)
def test_what_is_written_is_canonical(value):
    """Whatever the record takes is written as the domain writes it."""
    assert write(value) == canonical(value).decode()


def test_every_character_is_written_canonically():
    """Each character that a text may hold is escaped, or left as it is, as the domain does it."""
    text = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    assert write(text) == canonical(text).decode()
