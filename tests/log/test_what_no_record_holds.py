"""What the service could never have recorded is a fault, whoever signed it, and both auditors say which event it is."""

from __future__ import annotations

import re

import pytest

from domain.entry import LARGEST_EVENT
from service.recording.strict_json import DEEPEST
from tests.contract.proving import canonical
from tests.log.auditing import HONEST
from tests.log.making import event, make


def nested(levels):
    """Make an event of so many levels of objects and arrays."""
    value = "x"
    for level in range(levels - 1):
        value = {"a": value} if level % 2 or level == levels - 2 else [value]
    return event(2, data=value)


def of_bytes(size):
    """Make an event of so many bytes."""
    return event(2, data={"text": "x" * (size - len(canonical(event(2, data={"text": ""}))))})


DEEP = ("levels", "Recursion limit")
NUMBER = ("no number but integers", "expected canonical JSON", "the one way to write")
CASES = {
    "as it is": (event(2), ()),
    "as deep as can be": (nested(DEEPEST), ()),
    "deeper": (nested(DEEPEST + 1), DEEP),
    "much deeper": (nested(150), DEEP),
    "deeper than is read": (nested(300), DEEP),
    "as large as can be": (of_bytes(LARGEST_EVENT), ()),
    "larger": (of_bytes(LARGEST_EVENT + 1), (f"{LARGEST_EVENT} bytes",)),
    "a fraction": (event(2, data={"a": [{"b": 1.5}]}), NUMBER),
    "too large a number": (event(2, data={"a": 2**64}), NUMBER),
    "the largest number": (event(2, data={"a": 2**64 - 1, "b": -(2**63)}), ()),
}


@pytest.mark.parametrize("form", ["export", "evidence", "server"])
@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_whoever_signed_it(auditor, key, name, form):
    """In an export, in evidence and over HTTP both take the same events, and name what is wrong with others."""
    odd, faults = CASES[name]
    made = make([event(), odd, event(3)], key)
    handed = made.fetch if form == "server" else getattr(made, form)
    found = getattr(auditor, form)(handed, key.verifier)
    if faults:
        assert any(fault in found for fault in faults), found
        assert "step 3" in found or "not verifiable" in found, found
    else:
        assert HONEST == found


def erased(**members):
    """Make what is left of an event, with some members others."""
    left = event(2, type="denied", commitment="0a" * 32, redacted=3)
    return {name: told for name, told in (left | members).items() if name not in {"data", "salt"}}


ERASING = event(3, type="redacted", data={"regarding": 2})
CLAIM = "4BE7C1D2-0000-4000-8000-000000000001"
EVENT_1 = {
    "a name in Korean": event(2, data={"party": {"이름": "외교부"}}),
    "a name in Korean in a list": event(2, data={"via": ["a", {"이름": "외교부"}]}),
    "a salt of 15 bytes": event(2, salt="AAAAAAAAAAAAAAAAAAAA"),
    "a salt in other base64": event(2, salt="AAAAAAAAAAAAAAAAAAAAAB=="),
    "another blank in its instant": event(2, recorded_at="2026-01-31 10:00:00.000000Z"),
    "a day that there is not": event(2, recorded_at="2026-02-30T10:00:00.000000Z"),
    "an hour that there is not": event(2, recorded_at="2026-01-31T24:00:00.000000Z"),
    "the year 0": event(2, recorded_at="0000-01-31T10:00:00.000000Z"),
    "no sixth digit": event(2, recorded_at="2026-01-31T10:00:00.00000Z"),
    "a time before that of the event before it": event(2, recorded_at="2026-01-31T09:59:59.999999Z"),
    "nobody who recorded it": event(2, recorded_by=["desk"]),
    "an unknown type": event(2, type="leaked"),
    "a type that is a list": event(2, type=["denied"]),
    "an unknown codebook": event(2, v=2),
    "a codebook that is true": event(2, v=True),
    "version 0": event(0),
    "version -1": event(-1),
    "a commitment in capitals": erased(commitment="0A" * 32),
    "a short commitment": erased(commitment="0a" * 31),
    "a redaction that is version 0": erased(redacted=0),
    "words erased that nobody erases": erased(type="struck"),
}


@pytest.mark.parametrize("form", ["export", "evidence", "server"])
@pytest.mark.parametrize("name", EVENT_1)
def test_an_event_that_could_not_be_recorded_is_named(auditor, key, name, form):
    """What an event says in no form that the service writes is refused by both, by its position."""
    made = make([event(), EVENT_1[name], ERASING if "redacted" in EVENT_1[name] else event(3)], key)
    handed = made.fetch if form == "server" else getattr(made, form)
    told = getattr(auditor, form)(handed, key.verifier)
    assert re.search(r"step [345]: .*position 1\b.*expected .*got ", told), told


@pytest.mark.parametrize("form", ["export", "evidence", "server"])
@pytest.mark.parametrize("claim", [CLAIM, CLAIM.replace("-", "").lower(), "urn:uuid:" + CLAIM.lower(), "", "1"])
def test_a_claim_has_one_name(auditor, key, claim, form):
    """A claim is named by a UUID in its canonical form, and by nothing that only reads as one."""
    made = make([event(claim=claim), event(2, claim=claim)], key)
    handed = made.fetch if form == "server" else getattr(made, form)
    told = getattr(auditor, form)(handed, key.verifier)
    assert re.search("step 3: .*position 0: expected claim to be .*got ", told), told


@pytest.mark.parametrize("form", ["export", "evidence", "server"])
def test_what_it_could_say_is_verified(auditor, key, form):
    """Events at one instant, on the 29th of February, of a redacted one, with any name of a desk are as they may be."""
    day = "2028-02-29T23:59:59.999999Z"
    events = [event(recorded_by='서울 "데스크"', data={"text": '외교부: "name": 아니다'}), erased(), ERASING]
    made = make([{**one, "recorded_at": day} for one in events], key)
    handed = made.fetch if form == "server" else getattr(made, form)
    assert HONEST == getattr(auditor, form)(handed, key.verifier)
