"""How it is told: once where it is taken, again on the schedule where not, and never by two at once."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest

from service.tokens import revoke_token
from service.webhooks.deliverer import LEASE, SCHEDULE, TURN, Deliverer
from tests.builders import MID, WIRE, said
from tests.webhooks.receiving import LOCAL, Receiver


def test_what_is_taken_is_told_once(at_desk, receiver):
    """A delivery answered 2xx is done."""
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open()
    at_desk.deliver()
    at_desk.deliver()
    assert len(receiver.got) == 1
    assert at_desk.states(webhook) == [("delivered", [204])]


def test_what_is_not_taken_is_told_again_on_the_schedule_and_then_failed(at_desk, receiver, clock):
    """After a failure the next attempt comes when the schedule says, not before, under the same id; then no more."""
    receiver.answer = lambda _: 503
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open()
    at_desk.deliver()
    for tries, pause in enumerate(SCHEDULE, 1):
        clock.now += pause - timedelta(seconds=1)
        at_desk.deliver()
        assert len(receiver.got) == tries
        clock.now += timedelta(seconds=1)
        at_desk.deliver()
        assert len(receiver.got) == tries + 1
    clock.move_on(days=20)
    at_desk.deliver()
    assert at_desk.states(webhook) == [("failed", [503] * 8)]
    assert len({message.id for message in receiver.got}) == 1
    assert all(message.is_signed_with(webhook["secret"]) for message in receiver.got)
    assert at_desk.see(webhook)["deliveries"][0]["next_attempt_at"] is None


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(at_desk, receiver, status):
    """An answer that points elsewhere is a failure, and nothing is sent to where it points."""
    with Receiver().listening() as elsewhere:
        receiver.answer = lambda _: status
        receiver.headers = {"Location": elsewhere.url}
        webhook = at_desk.subscribe(receiver.url)
        at_desk.open()
        at_desk.deliver()
        assert elsewhere.got == []
    assert at_desk.states(webhook) == [("pending", [status])]


def test_gone_disables(at_desk, receiver):
    """410 disables a subscription: what is pending is given up, and nothing more is told."""
    receiver.answer = lambda _: 410
    webhook = at_desk.subscribe(receiver.url)
    claim = at_desk.open(said("reported", WIRE))
    at_desk.deliver()
    at_desk.record(claim, said("denied", MID))
    at_desk.deliver()
    assert len(receiver.got) == 1
    assert at_desk.states(webhook) == [("failed", [410]), ("failed", [])]
    assert at_desk.see(webhook)["disabled"]["because"] == "It answered 410 Gone."


def test_a_replay_is_told_again_under_its_id(at_desk, receiver):
    """A delivery may be asked for again, whatever became of it, and keeps its id."""
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open()
    at_desk.deliver()
    delivery = at_desk.see(webhook)["deliveries"][0]
    response = at_desk.client.post(f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/replay")
    assert (response.status_code, response.json["state"]) == (202, "pending")
    at_desk.deliver()
    assert [message.id for message in receiver.got] == [delivery["id"]] * 2
    assert at_desk.states(webhook) == [("delivered", [204, 204])]


def test_a_replay_that_is_taken_enables_again(at_desk, receiver):
    """A disabled subscription that takes a replayed delivery is told of what comes from then on."""
    receiver.answer = lambda _: 410
    webhook = at_desk.subscribe(receiver.url)
    claim = at_desk.open()
    at_desk.deliver()
    receiver.answer = lambda _: 200
    delivery = at_desk.see(webhook)["deliveries"][0]["id"]
    at_desk.client.post(f"/webhooks/{webhook['id']}/deliveries/{delivery}/replay")
    at_desk.clock.move_on(minutes=1)
    at_desk.deliver()
    assert at_desk.see(webhook)["disabled"] is None
    at_desk.record(claim, said("denied", MID))
    at_desk.deliver()
    assert at_desk.states(webhook) == [("delivered", [410, 200]), ("delivered", [200])]


def test_who_may_not_write_any_more_is_told_no_more(at_desk, receiver, clock):
    """When its owner's token is revoked, a subscription is disabled before anything more is sent."""
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open()
    revoke_token(at_desk.store, "desk-seoul", now=clock())
    at_desk.deliver()
    assert receiver.got == []
    with at_desk.store.reading() as view:
        assert view.outbox.find_webhook(webhook["id"]).disabled_because == "Its owner's token does not hold any more."


def test_nothing_is_told_twice_at_once(at_desk, receiver):
    """However many deliverers work at the same time, each delivery is made by one of them."""
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open(*(said("denied", MID, summary=f"{n}", scope=f"{n}") for n in range(20)))
    deliverers = [threading.Thread(target=at_desk.deliver) for _ in range(6)]
    for one in deliverers:
        one.start()
    for one in deliverers:
        one.join()
    assert [message.told["data"]["version"] for message in receiver.got] == list(range(1, 22))
    assert at_desk.states(webhook) == [("delivered", [204])] * 21


def test_a_hold_ends_by_itself(at_desk, receiver, clock):
    """What a deliverer that died had taken in hand is told by another once the hold has ended, not before."""
    at_desk.subscribe(receiver.url)
    at_desk.open()
    died = Deliverer(at_desk.store, clock, LOCAL)
    assert len(died._hold_due(1)) == 1  # noqa: SLF001 - and then nothing more
    at_desk.deliver()
    assert receiver.got == []
    clock.now += LEASE
    at_desk.deliver()
    assert len(receiver.got) == 1


def test_who_lost_the_hold_stores_nothing(at_desk, receiver, clock):
    """What came of an attempt that outlasted its hold is not stored over what another has done."""
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open()

    def answer(_):
        if len(receiver.got) == 1:
            clock.now += LEASE
            at_desk.deliver()
            return 500
        return 204

    receiver.answer = answer
    at_desk.deliver()
    assert at_desk.states(webhook) == [("delivered", [204])]


def test_one_that_hangs_does_not_keep_others_waiting(at_desk, receiver):
    """While one subscriber takes its time, another is told, also of what is recorded meanwhile."""
    freed, told = threading.Event(), threading.Event()

    def hang(_):
        assert freed.wait(20)
        return 204

    def answer(message):
        if message.told["data"]["version"] == 2:
            told.set()
        return 204

    receiver.answer = answer
    with Receiver(hang).listening() as slow:
        at_desk.subscribe(slow.url)
        at_desk.subscribe(receiver.url)
        claim = at_desk.open()
        delivering = threading.Thread(target=at_desk.deliver)
        delivering.start()
        at_desk.record(claim, said("denied", MID))
        assert told.wait(10)
        freed.set()
        delivering.join()
    assert len(slow.got) == 2


def test_more_than_a_turn_is_told_in_order(at_desk, receiver):
    """A subscriber with much to be told gets several turns, and all of it in the order of the record."""
    at_desk.subscribe(receiver.url)
    at_desk.open(*(said("denied", MID, summary=f"{n}", scope=f"{n}") for n in range(TURN + 5)))
    at_desk.deliver()
    assert [message.told["data"]["version"] for message in receiver.got] == list(range(1, TURN + 7))


def test_nothing_is_begun_once_it_is_time_to_stop(at_desk, receiver, clock):
    """A deliverer that is told to stop ends what it is at, and lets go of the rest."""
    at_desk.subscribe(receiver.url)
    at_desk.open(said("denied", MID), said("reported", WIRE))
    stopping = Deliverer(at_desk.store, clock, LOCAL)
    receiver.answer = lambda _: stopping.stopping.set() or 204
    stopping.deliver_due()
    assert len(receiver.got) == 1
    receiver.answer = lambda _: 204
    at_desk.deliver()
    assert len(receiver.got) == 3


def test_deliveries_are_forgotten_after_30_days(at_desk, receiver, clock):
    """A delivery older than 30 days is forgotten, a younger one is not."""
    webhook = at_desk.subscribe(receiver.url)
    at_desk.open()
    clock.move_on(days=29)
    at_desk.open(ref="later")
    clock.move_on(days=2)
    Deliverer(at_desk.store, clock, LOCAL).purge()
    assert [d["position"] for d in at_desk.see(webhook)["deliveries"]] == [1]


def test_the_secret_is_in_no_log(at_desk, receiver, caplog):
    """Whatever happens to a delivery, its log lines hold neither the secret nor the address."""
    receiver.answer = lambda _: 500
    with caplog.at_level(logging.DEBUG):
        webhook = at_desk.subscribe(receiver.url)
        at_desk.open()
        at_desk.deliver()
    with at_desk.store.reading() as view:
        shown = repr(view.outbox.webhooks())
    assert webhook["id"] in caplog.text
    assert webhook["secret"] not in caplog.text + shown
    assert "/hook" not in caplog.text
