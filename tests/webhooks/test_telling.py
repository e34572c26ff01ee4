"""What is told: each word, each narrowing, and the message itself."""

from __future__ import annotations

from json import loads

import pytest
from standardwebhooks import Webhook

from tests.builders import KREMLIN, MID, MOFA, WIRE, amended, asked, kept, said
from tests.conftest import STORY


def told_of(receiver):
    """List what came, as (type, version), in order."""
    return [(message.told["type"], message.told["data"]["version"]) for message in receiver.got]


def test_a_message_tells_what_was_recorded_and_is_signed(at_desk, receiver):
    """A message is signed as the library of Standard Webhooks verifies it, and holds the event as it is stored."""
    webhook = at_desk.subscribe(receiver.url, "standing_changed")
    claim = at_desk.open(said("reported", WIRE))
    receiver.got.clear()
    at_desk.deliver()
    receiver.got.clear()
    at_desk.record(claim, said("denied", MID))
    at_desk.deliver()
    (message,) = receiver.got
    told = Webhook(webhook["secret"]).verify(message.body, message.headers)
    event = at_desk.client.get(f"/claims/{claim}/events/3")
    assert told == {
        "type": "standing_changed",
        "timestamp": event.json["recorded_at"],
        "data": {
            "claim": claim,
            "version": 3,
            "position": 2,
            "standing": {"from": "reported", "to": "denied"},
            "links": {
                "claim": f"/claims/{claim}",
                "event": f"/claims/{claim}/events/3",
                "version": f"/claims/{claim}/versions/3",
            },
            "event": event.json,
        },
    }
    assert event.data in message.body
    assert message.path == "/hook?from=onrecord"


def test_each_word_is_told_of_what_it_names(at_desk, receiver):
    """Every word of a subscription that fits an event is told on its own, and no other."""
    at_desk.subscribe(receiver.url, "corrected", "reversed", "standing_changed", "event")
    claim = at_desk.open(said("reported", WIRE), said("denied", MID), said("ncnd", MOFA), said("confirmed", MID))
    at_desk.record(claim, said("corrected", MID, regarding=5, grade="corrected"))
    at_desk.deliver()
    assert told_of(receiver) == [
        *(("event", 1), ("standing_changed", 1)),
        *(("event", 2), ("standing_changed", 2)),
        *(("event", 3), ("standing_changed", 3)),
        ("event", 4),
        *(("event", 5), ("standing_changed", 5), ("reversed", 5)),
        *(("event", 6), ("standing_changed", 6), ("corrected", 6)),
    ]


def test_a_reversal_is_told_with_its_pair(at_desk, receiver):
    """A reversal is told as the claim shows it, once."""
    at_desk.subscribe(receiver.url, "reversed")
    claim = at_desk.open(said("denied", MID), said("confirmed", MID), said("denied", KREMLIN))
    at_desk.deliver()
    (message,) = receiver.got
    assert message.told["data"]["reversals"] == at_desk.client.get(f"/claims/{claim}").json["reversals"]
    assert message.told["data"]["standing"] == {"from": "denied", "to": "confirmed"}


def test_a_claim_narrows(at_desk, receiver):
    """A subscription to a claim, open already or not, is told of it alone."""
    at_desk.subscribe(receiver.url, "event", claim="ref:other")
    at_desk.open(said("denied", MID))
    other = at_desk.open(said("reported", WIRE), ref="other")
    at_desk.deliver()
    assert [message.told["data"]["claim"] for message in receiver.got] == [other, other]


@pytest.mark.parametrize(
    ("event", "concerned"),
    [
        (said("denied", MID), True),
        (said("denied", KREMLIN), False),
        (asked(MID, "2126-02-02T12:00:00Z"), True),
        (kept("struck", regarding=2), True),
        (amended(3, said("denied", MID)), True),
        (kept("redacted", regarding=2), True),
        (kept("reworded", text="Another wording."), False),
    ],
    ids=["speaks", "another speaks", "is asked", "struck", "amended to", "redacted", "reworded"],
)
def test_a_party_narrows(at_desk, receiver, event, concerned):
    """A subscription to a party is told of events it speaks or is asked in, or that change its position."""
    claim = at_desk.open(said("confirmed", MID), said("reported", WIRE))
    at_desk.subscribe(receiver.url, "event", party="russian-foreign-ministry")
    at_desk.record(claim, event)
    at_desk.deliver()
    assert bool(receiver.got) is concerned


def test_a_joined_name_is_the_same_party(at_desk, receiver):
    """A subscription to a party is told of what it says under a name that was joined to it, and of the joining."""
    at_desk.subscribe(receiver.url, "event", party="russian-foreign-ministry")
    claim = at_desk.open(said("denied", KREMLIN), said("denied", MID))
    at_desk.record(claim, kept("joined", party="Kremlin", same_as="Russian Foreign Ministry"))
    at_desk.record(claim, said("confirmed", KREMLIN))
    at_desk.deliver()
    assert told_of(receiver) == [("event", 3), ("event", 4), ("event", 5)]


def test_events_recorded_together_are_told_one_by_one(at_desk, receiver):
    """Within one transaction each event is compared with what the one before it left."""
    at_desk.subscribe(receiver.url, "standing_changed")
    at_desk.open(said("reported", WIRE), said("denied", MID), said("denied", KREMLIN))
    at_desk.deliver()
    assert [message.told["data"]["standing"] for message in receiver.got] == [
        {"from": None, "to": "opened"},
        {"from": "opened", "to": "reported"},
        {"from": "reported", "to": "denied"},
    ]


def test_what_was_recorded_before_is_not_told(at_desk, receiver):
    """A subscription is told of what comes, and a rehearsal or a refusal is nothing that came."""
    claim = at_desk.open(said("denied", MID))
    at_desk.subscribe(receiver.url, "event")
    body = {"type": "denied", "data": said("denied", KREMLIN)[1]}
    assert at_desk.client.post(f"/claims/{claim}/events?dry_run=true", json=body).status_code == 200
    body = {"type": "denied", "data": said("denied", MID)[1]}
    assert at_desk.client.post(f"/claims/{claim}/events", json=body).status_code == 409
    at_desk.deliver()
    assert receiver.got == []


def test_a_redaction_reaches_the_outbox(at_desk, receiver, clock):
    """What is redacted before its delivery, or between two attempts, is told in its redacted form."""
    at_desk.subscribe(receiver.url, "event", "reversed")
    claim = at_desk.open()
    at_desk.deliver()
    receiver.got.clear()
    receiver.answer = lambda _: 500
    at_desk.record(claim, said("denied", MID, summary="A name that must go."))
    at_desk.deliver()
    at_desk.record(claim, said("confirmed", MID, summary="A name that must go."))
    for version in (2, 3):
        at_desk.record(claim, kept("redacted", regarding=version))
    assert b"A name that must go." in receiver.got[0].body
    receiver.got.clear()
    receiver.answer = lambda _: 204
    clock.move_on(minutes=1)
    at_desk.deliver()
    told = {(m.told["type"], m.told["data"]["version"]): m.told["data"] for m in receiver.got}
    assert told["event", 2]["event"]["redacted"] == 4
    assert told["event", 3]["event"]["redacted"] == 5
    assert told["reversed", 3]["reversals"] == []
    assert all(b"must go" not in message.body for message in receiver.got)


def test_the_outbox_holds_no_word_of_what_was_said(at_desk, receiver):
    """Neither table holds a party, a summary or any text of an event."""
    at_desk.subscribe(receiver.url, "event", "standing_changed", "reversed", "corrected")
    at_desk.open(said("denied", MID, summary="Quite unmistakable."), said("confirmed", MID))
    with at_desk.store.reading() as view:
        kept_rows = repr([view.outbox.deliveries(hook.id, before=None, limit=50) for hook in view.outbox.webhooks()])
    assert "unmistakable" not in kept_rows
    assert "russian" not in kept_rows.lower()


def test_a_whole_story_is_told(at_desk, receiver):
    """Events of every kind that the story has are told, in the order of the record."""
    webhook = at_desk.subscribe(receiver.url)
    items = [loads(line) for line in STORY.read_text().splitlines()]
    assert at_desk.client.post("/events", json={"events": items}).status_code == 201
    at_desk.deliver()
    assert [message.told["data"]["position"] for message in receiver.got] == list(range(len(items)))
    assert at_desk.states(webhook) == [("delivered", [204])] * len(items)
