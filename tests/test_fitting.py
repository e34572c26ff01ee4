"""Payloads that are surely well-formed: told sooner than by loading, and never where loading would say otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from marshmallow import ValidationError

from service.recording.fitting import compile_schema
from service.recording.schemas import PAYLOADS
from tests.benchmarks.statements import make_opened, make_statement

NAMES = sorted({name for schema in PAYLOADS.values() for name in schema.fields} | {"name", "kind", "text", "publisher"})
WORDS = ["x", "KR", "ministry", "reported", "full", "A", "aspect_of", "2025-12-21", "a" * 64, "en", ""]
leaves = st.one_of(st.sampled_from(WORDS), st.integers(-2, 7), st.just(2**53), st.booleans(), st.none(), st.floats())
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)
GOOD = [make_opened(1), make_statement(2), ("struck", {"regarding": 1, "reason": "A test."})]


def load(type_, value):
    """Load as marshmallow does; its fault in the place of what it refuses."""
    try:
        return PAYLOADS[type_].load(value)
    except ValidationError as error:
        return error


@pytest.mark.parametrize(("type_", "data"), GOOD, ids=[type_ for type_, _ in GOOD])
def test_what_newsrooms_send_fits(type_, data):
    """An ordinary payload fits, and is loaded as it is."""
    assert compile_schema(PAYLOADS[type_])(data)
    assert load(type_, data) == data


@pytest.mark.parametrize("type_", ["denied", "assessed", "opened", "reworded", "amended", "linked", "source_changed"])
@for_all(st.data())
def test_what_fits_is_loaded_as_it_is(type_, data):
    """A payload with one member made up, or left out, fits only if loading gives just what it is."""
    good = next((dict(one) for word, one in GOOD if word == type_), dict(GOOD[1][1]))
    name = data.draw(st.sampled_from(sorted({*good, *PAYLOADS[type_].fields})))
    good[name] = data.draw(values)
    for value in (good, {k: v for k, v in good.items() if k != name}, data.draw(values)):
        if compile_schema(PAYLOADS[type_])(value):
            assert load(type_, value) == value
