"""The keys that a record lists over HTTP are held to their statements, whoever signed last."""

from __future__ import annotations

import json

import orjson
import pytest

from service.public_log.note import SigningKey
from service.verifying.files import NotVerifiable
from service.verifying.server import verify_server
from service.verifying.steps import Trust


@pytest.fixture
def verified(publisher, record, fetch, key):
    """Replace the key of a record; gives a way to verify it with some keys, and other members of the newest key."""
    new = SigningKey.make(key.name)
    publisher.rotate(new)

    def verify(*held, **changed):
        def answer(path):
            if path != "/log/keys":
                return fetch(path)
            *before, last = json.loads(fetch(path))["keys"]
            return orjson.dumps({"keys": [*before, last | changed]})

        report = verify_server(answer, Trust([{"old": key, "new": new}[which].verifier for which in held]), lambda _: 0)
        return [(fault.step, fault.name) for fault in report.faults], " ".join(fault.detail for fault in report.faults)

    return verify


def test_a_key_that_follows_is_told_by_its_statement(verified):
    """Who holds the old key is told that it named the new one only where that statement holds."""
    assert ([], "") == verified("old", "new")
    names, told = verified("old")
    assert [(1, "not signed by this key")] == names
    assert "each signed by both keys, it follows yours" in told


@pytest.mark.parametrize("forged", ["FORGED", None])
def test_a_statement_that_was_changed_is_a_fault(verified, forged):
    """It fails step 1 for everybody, and leads from no key to another."""
    assert [(1, "key edited")] == verified("old", "new", statement=forged)[0]
    names, told = verified("old", statement=forged)
    assert [(1, "not signed by this key"), (1, "key edited")] == names
    assert "leads from yours to it" in told


def test_a_list_of_keys_that_is_another(verified):
    """A key that signed and is not listed is gone; what is no list of keys is no record."""
    assert (1, "key gone") in verified("new", verifier_key=SigningKey.make("other").verifier.written())[0]
    with pytest.raises(NotVerifiable, match="expected a JSON object with verifier_key"):
        verified("new", statement=7)
