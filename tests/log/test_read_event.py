"""An event is read by the bytes it usually has; whatever they are, it comes out as its form is defined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.entry import encode_event, encode_redacted, entry_members, entry_of, leaf_hash
from service.verifying.event import BadEvent, read_any_event, read_event
from tests.builders import MID, OPENED, said, under_no_rules

STRANGE = (b'"', b"\\", b"0", b"1.5", b"-", b"e", b"{", b"}", b",", b" ", b"\n", b"\x7f", b"\xff", "한".encode(), b"")
QUOTE = {"text": 'Он сказал: "нет"\n{"claim":"x","data":{}}', "lang": "ru"}
DENIED = said("denied", MID, quote=QUOTE, said_on="2026-01-1X")


def stored(recorded_by: str = "desk-seoul") -> bytes:
    """Make a stored event, by whom it is recorded."""
    return encode_event(replace(under_no_rules(OPENED, DENIED)[1], recorded_by=recorded_by))


def erased() -> bytes:
    """Make what is left of an event whose payload was erased."""
    return encode_redacted(entry_members(under_no_rules(OPENED, DENIED)[1]), redaction=3)


def read(how, event):
    """Read an event one way: what it says, or that it is refused."""
    try:
        return how(event)
    except BadEvent:
        return "refused"


@pytest.mark.parametrize("event", [stored(), stored("서울 데스크"), stored('a "desk"'), erased()])
def test_both_ways_read_the_same(event):
    """Whatever of an event is changed, the usual way reads it as the defined one does, or refuses it too."""
    changed = [event[:at] + put + event[at + 1 :] for at in range(len(event)) for put in STRANGE]
    changed += [event[:at] + event[at + 9 :] + event[at:] for at in range(len(event))]
    assert [read(read_event, one) for one in changed] == [read(read_any_event, one) for one in changed]


@pytest.mark.parametrize("event", [stored(), stored("서울 데스크")])
def test_what_is_read_is_what_was_written(event):
    """Claim, version, type, time and payload are those of the event, and the leaf is that of its entry."""
    claim, version, kind, at, leaf, payload = read_event(event)
    assert (claim, version, kind) == ("4be7c1d2-0000-4000-8000-000000000001", 2, "denied")
    assert (at, payload["quote"]) == ("2026-01-31T09:31:00.123456Z", QUOTE)
    assert leaf == leaf_hash(entry_of(event))


def test_what_is_erased_names_its_redaction():
    """In the place of a payload that was erased there is the version of its redaction."""
    assert read_event(erased())[5] == 3
