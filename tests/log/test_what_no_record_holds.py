"""What the service could never have recorded is a fault, whoever signed it, and both auditors say which event it is."""

from __future__ import annotations

import pytest

from domain.entry import LARGEST_EVENT
from service.strict_json import DEEPEST
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
