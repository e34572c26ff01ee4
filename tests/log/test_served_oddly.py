"""What a record answers over HTTP is held to one reading of it, by both auditors."""

from __future__ import annotations

import json

import pytest

from service.verifying import files as verify_files
from tests.log.auditing import ALONE, HONEST
from tests.log.handing import SIZE


def slip_in(text):
    """Give every event other words before its own."""
    return text.replace(b'"data":', b'"data":{"summary":"FORGED"},"data":')


def renumber(text):
    """Give positions as what counts for them in some languages."""
    return text.replace(b'"position":0,', b'"position":false,').replace(b'"position":1,', b'"position":true,')


def lay_out(text):
    """Write it as for a person, its members in another order."""
    return json.dumps(json.loads(text), indent=2, sort_keys=True).encode()


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    ("change", "honest"),
    [(slip_in, False), (renumber, False), (lay_out, True), (bytes, True)],
    ids=["a member twice", "positions that are none", "laid out", "as it is"],
)
def test_a_page_has_one_reading(auditor, fetch, key, change, honest):
    """A member that is there twice, and a position that is none, are refused; blanks and order say nothing."""

    def asked(path):
        text = fetch(path)
        changed = change(text) if path.startswith("/events") else text
        assert (changed != text) == (path.startswith("/events") and change is not bytes)
        return changed

    assert honest == (auditor.server(asked, key.verifier) == HONEST)


@pytest.mark.usefixtures("record")
def test_what_follows_the_signed_size_has_an_end(auditor, fetch, key, monkeypatch):
    """Pages that go on and on past what was signed are given up at a limit, and that is a fault."""
    for module, name in ((verify_files, "MOST_UNSIGNED"), (ALONE, "UNSIGNED")):
        monkeypatch.setattr(module, name, 2_500)
    pages = []

    def asked(path):
        if not path.startswith("/events"):
            return fetch(path)
        pages.append(path)
        start, events = 0, []
        if "after=" in path:
            start = int(path.partition("after=")[2]) + 1
        else:
            events = json.loads(fetch(path))["events"]
        last = json.loads(fetch("/events?limit=1000"))["events"][-1]["event"]
        more = range(start + len(events), start + 1_000)
        events += [{"position": n, "event": {**last, "claim": f"{n}", "version": 1}} for n in more]
        return json.dumps({"events": events, "next": start + 999}).encode()

    told = auditor.server(asked, key.verifier)
    assert "step 4" in told
    assert f"the signed size {SIZE}" in told
    assert 3 == len(pages)
