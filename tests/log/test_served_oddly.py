"""What a record answers over HTTP is held to one reading of it, by both auditors."""

from __future__ import annotations

import json

import pytest

from service.verifying import server as verify_server
from tests.builders import kept as keeping
from tests.log.auditing import ALONE, HONEST
from tests.log.handing import SIZE, mend


def slip_in(text):
    """Give every event other words before its own."""
    return text.replace(b'"data":', b'"data":{"summary":"FORGED"},"data":')


def renumber(text):
    """Give positions as what counts for them in some languages."""
    return text.replace(b'"position":0,', b'"position":false,').replace(b'"position":1,', b'"position":true,')


def lay_out(text):
    """Write it as for a person, its members in another order."""
    return json.dumps(json.loads(text), indent=2, sort_keys=True).encode()


def with_members(**members):
    """Give a page some members, in the place of its own too; None: it has none of that name."""
    return lambda text: json.dumps({k: v for k, v in (json.loads(text) | members).items() if v != "gone"}).encode()


def with_item(**members):
    """Give each event of a page some members beside it, in the place of its own too."""

    def change(text):
        page = json.loads(text)
        page["events"] = [{k: v for k, v in (placed | members).items() if v != "gone"} for placed in page["events"]]
        return json.dumps(page).encode()

    return change


PAGES = {
    "as it is": (bytes, True),
    "laid out": (lay_out, True),
    "a member twice": (slip_in, False),
    "positions that are none": (renumber, False),
    "members more": (with_members(took=1.5, more=[{"a": {}}]), True),
    "members more beside an event": (with_item(note="new", more=[None]), True),
    "another next": (with_members(next=0), True),
    "a next that is none": (with_members(next="x"), True),
    "no next": (with_members(next="gone"), True),
    "no log size": (with_members(log_size="gone"), True),
    "no events": (with_members(events="gone"), False),
    "events that are none": (with_members(events=None), False),
    "events in an object": (with_members(events={}), False),
    "events in a text": (with_members(events=""), False),
    "no positions": (with_item(position="gone"), False),
    "nothing at a position": (with_item(event="gone"), False),
    "null at a position": (with_item(event=None), False),
    "half a character in a member more": (with_members(more="\ud800"), False),
    "a number without an end": (lambda text: text[:-1] + b',"more":1e999}', False),
    "no number": (lambda text: text[:-1] + b',"more":NaN}', False),
    "200 levels": (lambda text: text[:-1] + b',"more":' + b"[" * 199 + b"]" * 199 + b"}", True),
    "201 levels": (lambda text: text[:-1] + b',"more":' + b"[" * 200 + b"]" * 200 + b"}", False),
    "no UTF-8": (lambda text: text.replace(b"Ministry", b"Mini\xff", 1), False),
    "no UTF-8 in a member more": (lambda text: text[:-1] + b',"more":"\xff"}', False),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), False),
}


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(("change", "honest"), PAGES.values(), ids=PAGES)
def test_a_page_has_one_reading(auditor, fetch, key, change, honest):
    """Both pass over members that they do not know, and refuse what has two readings, or no events."""

    def asked(path):
        text = fetch(path)
        changed = change(text) if path.startswith("/events") else text
        assert (changed != text) == (path.startswith("/events") and change is not bytes)
        return changed

    told = auditor.server(asked, key.verifier)
    assert honest == (told == HONEST), told
    assert honest or told.startswith(("step 3", "step 4", "not verifiable", "unreadable")), told


@pytest.mark.parametrize("honest", [True, False], ids=["erased meanwhile", "served still"])
def test_words_that_were_erased_are_not_served(auditor, fetch, key, claim, desk, publish, honest):
    """An event that was read before it was redacted is read again: where its words are there still, that is a fault."""
    address = claim(2)
    old = json.loads(fetch("/events?limit=200"))["events"][1]
    mend(desk, address, keeping("redacted", regarding=2), 3)
    publish()
    pages = []

    def asked(path):
        if not path.startswith("/events"):
            return fetch(path)
        pages.append(path)
        page = json.loads(fetch(path))
        if not (honest and pages[1:]):
            page["events"][1] = old
        return json.dumps(page).encode()

    told = auditor.server(asked, key.verifier)
    assert (told == HONEST) == honest
    assert honest or "step 5" in told
    assert 2 == len(pages)


def test_words_that_were_erased_are_not_in_evidence(auditor, fetch, key, claim, desk, publish):
    """Evidence in which an event has the words that a redaction in it says it erased is no evidence."""
    address = claim(2)
    publish()
    old = json.loads(fetch(f"{address}/evidence"))["events"][1]["event"]
    mend(desk, address, keeping("redacted", regarding=2), 3)
    publish()
    honest = json.loads(fetch(f"{address}/evidence"))
    assert HONEST == auditor.evidence(json.dumps(honest).encode(), key.verifier)
    honest["events"][1]["event"] = old
    assert "step 5" in auditor.evidence(json.dumps(honest).encode(), key.verifier)


BROKEN = "\u2014 Zo\xff ".encode().replace(b"\xc3\xbf", b"\xff")


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("line", [b"\xff AAAA\n", BROKEN + b"AAAAAAA=\n"], ids=["junk", "a signer's name"])
def test_a_checkpoint_that_is_no_text(auditor, fetch, key, line):
    """A checkpoint whose bytes are no UTF-8 is told as that, in step 1, whoever signed the rest of it."""

    def asked(path):
        return fetch(path) + (line if path == "/log/checkpoint" else b"")

    told = auditor.server(asked, key.verifier)
    assert told.startswith("step 1: "), told
    assert "UTF-8, got b'\\xff" in told


@pytest.mark.usefixtures("record")
def test_more_events_than_were_asked_for(auditor, fetch, key, monkeypatch):
    """A page that has more events than were asked for is refused before anything is made of them."""
    for module in (verify_server, ALONE):
        monkeypatch.setattr(module, "PAGE", 2)

    def asked(path):
        return fetch(path.replace("limit=2", "limit=3"))

    assert "2 events" in auditor.server(asked, key.verifier)
    assert HONEST == auditor.server(fetch, key.verifier)


@pytest.mark.usefixtures("record")
def test_what_follows_the_signed_size_has_an_end(auditor, fetch, key, monkeypatch):
    """Pages that go on and on past what was signed are given up at a limit, and that is a fault."""
    for module, name in ((verify_server, "MOST_UNSIGNED"), (ALONE, "UNSIGNED")):
        monkeypatch.setattr(module, name, 500)
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
        last = json.loads(fetch("/events?limit=200"))["events"][-1]["event"]
        for n in range(start + len(events), start + 200):
            events.append({"position": n, "event": {**last, "claim": f"4be7c1d2-0000-4000-8000-{n:012}", "version": 1}})
        return json.dumps({"events": events, "next": start + 199}).encode()

    told = auditor.server(asked, key.verifier)
    assert "step 4" in told
    assert f"the signed size {SIZE}" in told
    assert 3 == len(pages)
