"""Histories that no honest record holds, whole and signed by the real key: both verifiers judge them alike."""

from __future__ import annotations

import pytest

from tests.log.auditing import HONEST
from tests.log.handing import SIZE, empty, resign


def put(events, at, **changes):
    """Change members of an event."""
    events[at] |= changes


def erase(events, at, redaction):
    """Take an event's words out, and say which event did so."""
    empty({"event": events[at]}, redaction)


def turn_back(events):
    """Let words be erased by an event before them."""
    put(events, 3, type="redacted", data={"regarding": 5, "reason": "A name.", "authority": "The editor"})
    erase(events, 4, 4)


def spread(events, amendments):
    """Let the redaction of an event tell in an odd way which amendments it erased with it."""
    events[7]["data"]["amendments"] = amendments


def redact(events, at, *regarding):
    """Let an event say that it erased others, which have their words."""
    put(events, at, type="redacted", data={"regarding": regarding[0], "amendments": [*regarding[1:]]})


NOTHING = "to redact events before it, and not the first"
SIGNED = {
    "an event as it was": (lambda events: put(events, 0), ""),
    "another summary": (lambda events: events[1]["data"].update(summary="Yes."), ""),
    "the largest number": (lambda events: events[1]["data"].update(n=2**64 - 1), ""),
    "the smallest number": (lambda events: events[1]["data"].update(n=-(2**63)), ""),
    "control characters": (lambda events: events[1]["data"].update(n="\x00\x7f\u2028\ufffe"), ""),
    "words erased by an event before them": (turn_back, "step 5"),
    "words erased by themselves": (lambda events: erase(events, 1, 2), "step 5"),
    "words erased by what is no redaction": (lambda events: erase(events, 1, 4), "step 5"),
    "words erased by no number": (lambda events: put(events, 2, redacted=True), "step 3"),
    "amendments that are a text": (lambda events: spread(events, "67"), NOTHING),
    "amendments that are a number": (lambda events: spread(events, 7), NOTHING),
    "an amendment whose version is a text": (lambda events: spread(events, ["6"]), NOTHING),
    "an amendment that is true": (lambda events: spread(events, [True]), NOTHING),
    "a redaction of the opening": (lambda events: redact(events, 4, 1), NOTHING),
    "a redaction of version 0": (lambda events: redact(events, 4, 0), NOTHING),
    "a redaction of version -1": (lambda events: redact(events, 4, -1), NOTHING),
    "a redaction of itself": (lambda events: redact(events, 4, 5), NOTHING),
    "a redaction of a list": (lambda events: redact(events, 4, [4]), NOTHING),
    "a redaction without what it regards": (lambda events: put(events, 4, type="redacted", data={}), NOTHING),
    "a second redaction of the same": (lambda events: events.insert(8, events[7] | {"version": 9}), "position 8 "),
    "a redaction that lists an event twice": (lambda events: spread(events, [6, 6]), "step 5"),
    "amendments that are the event": (lambda events: spread(events, [6]), ""),
    "words kept though an event says that it erased them": (lambda events: redact(events, 4, 4), "step 5"),
    "an amendment kept that was to be erased with it": (lambda events: spread(events, [6, 7]), "step 5"),
    "a redaction of nothing that there is": (lambda events: redact(events, 4, 9, "2", 5, [1]), NOTHING),
    "a version that is true": (lambda events: put(events, 0, version=True), "step 3"),
    "a version that is a text": (lambda events: put(events, 0, version="1"), "step 3"),
    "a version twice": (lambda events: events.insert(2, dict(events[1])), "step 4"),
    "a claim that is no text": (lambda events: put(events, 8, claim=7), "step 3"),
    "a type that is none": (lambda events: put(events, 1, type=None), "step 3"),
    "an instant that is a number": (lambda events: put(events, 1, recorded_at=2026), "step 3"),
    "nobody who recorded it": (lambda events: put(events, 1, recorded_by=None), "step 3"),
    "a form that is a text": (lambda events: put(events, 1, v="1"), "step 3"),
    "a desk whose name holds members": (lambda events: put(events, 1, recorded_by='"},"salt":"\\'), ""),
    "words that hold the members of an event": (lambda events: events[1]["data"].update(put=dict(events[0])), ""),
    "a commitment beside the words": (lambda events: put(events, 1, commitment="00" * 32), "step 3"),
    "a member beside the words": (lambda events: put(events, 1, note={}), "step 3"),
    "words that are a list": (lambda events: put(events, 1, data=[]), "step 3"),
}


@pytest.mark.parametrize("name", SIGNED)
def test_what_is_signed_is_judged_alike(auditor, export, key, name):
    """What can be said in a log is believed by both of who holds its key; what no record says is refused by both."""
    change, step = SIGNED[name]
    text, _ = resign(export(SIZE), key, change)
    found = auditor.export(text, key.verifier)
    assert (found == HONEST) == (not step)
    assert step in found
