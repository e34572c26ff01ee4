"""Hold the writer's queue to its bounds, its order, and its end."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from service.errors import OutcomeUnknown, Unavailable
from service.machine import new_salt
from service.recording import writer as writing
from service.recording.deciding import Decider
from service.recording.writer import Writer, wait_for
from service.store import open_store
from service.store.interface import Head
from tests.builders import CLAIM_ID, OTHER_ID, said
from tests.contract.asking import (
    PATIENCE,
    TEN,
    Bench,
    Losing,
    append,
    codes_of,
    contents,
    instant,
    opening,
    outcome_of,
    texts_of,
)
from tests.faults.serving import wait_until


@pytest.fixture
def short(store, monkeypatch):
    """Set a writer to work that lets three wait."""
    monkeypatch.setattr(writing, "LONGEST_QUEUE", 3)
    bench = Bench(store)
    bench.do(opening(CLAIM_ID))
    yield bench
    bench.close()


def test_a_full_queue_takes_no_more(short, store):
    """When as many wait as may, the next is told to come again in a second; those that wait are recorded."""
    short.hold_up()
    waiting = [short.writer.submit(append(CLAIM_ID, said("denied"))) for _ in range(3)]
    with pytest.raises(Unavailable) as refused:
        short.writer.submit(append(CLAIM_ID, said("denied")))
    assert (refused.value.code, refused.value.members) == ("unavailable", {"retry_after": 1})
    short.clock.free.set()
    assert codes_of([outcome_of(future) for future in waiting]) == ["recorded"] * 3
    assert len(texts_of(store, CLAIM_ID)) == 4
    assert short.do(append(CLAIM_ID, said("denied"))).first_position == 4


class Gated(Decider):
    """Decide a group when it is let, one gate for each."""

    def __init__(self, store, gates):
        """Wait at each of these gates in turn."""
        super().__init__(store, clock=lambda: TEN, new_salt=new_salt)
        self.gates = iter(gates)
        self.asked = Event()

    def ask(self, commands):
        """Have commands decided behind the next gate."""
        self.asked.set()
        decide, gate = super().ask(commands), next(self.gates)
        return lambda: decide() if gate.wait(PATIENCE) else None


def test_a_group_is_told_while_the_next_is_decided(store):
    """Who waits for what is durable does not wait for what is being decided."""
    first, second = Event(), Event()
    gated = Gated(store, [first, second])
    writer = Writer(gated)
    opened = writer.submit(opening(CLAIM_ID))
    assert gated.asked.wait(PATIENCE)
    appended = writer.submit(append(CLAIM_ID, said("denied")))
    first.set()
    assert codes_of([outcome_of(opened)]) == ["recorded"]
    assert not appended.done()
    second.set()
    assert codes_of([outcome_of(appended)]) == ["recorded"]
    writer.close()


def test_a_group_has_an_end(store, monkeypatch):
    """What waits is decided in groups of so many events, or one command, so that no transaction lasts for long."""
    monkeypatch.setattr(writing, "LARGEST_GROUP", 4)
    bench = Bench(store)
    bench.hold_up()
    words = [said("denied", scope=str(n)) for n in range(9)]
    commands = [opening(CLAIM_ID), *(append(CLAIM_ID, said("denied")) for _ in range(4)), opening(OTHER_ID, *words)]
    waiting = [bench.writer.submit(command) for command in commands]
    before = bench.counting.transactions
    bench.clock.free.set()
    assert codes_of([outcome_of(future) for future in waiting]) == ["recorded"] * 6
    bench.close()
    assert bench.counting.transactions - before == 2
    assert contents(store)["head"] == Head(15, instant())


def test_closing_finishes_what_waits(bench, store):
    """Who closes the writer waits until all that was handed in is recorded, or refused."""
    bench.do(opening(CLAIM_ID))
    bench.hold_up()
    waiting = [bench.writer.submit(append(CLAIM_ID, said("denied"))) for _ in range(5)]
    refused = bench.writer.submit(opening(CLAIM_ID))
    with ThreadPoolExecutor(1) as closing:
        closed = closing.submit(bench.writer.close)
        bench.clock.free.set()
        closed.result(PATIENCE)
    assert [future.done() for future in (*waiting, refused)] == [True] * 6
    assert codes_of([outcome_of(future) for future in (*waiting, refused)]) == ["recorded"] * 5 + ["already_exists"]
    assert len(texts_of(store, CLAIM_ID)) == 6


def test_a_closed_writer_takes_no_more(bench):
    """What is handed in after the end is refused rather than left waiting; closing twice is closing once."""
    bench.writer.close()
    bench.writer.close()
    with pytest.raises(Unavailable, match="was not taken"):
        bench.writer.submit(opening(CLAIM_ID))


def test_a_command_cannot_be_called_off_once_it_is_its_turn(bench, store):
    """A command that is being decided cannot be cancelled: what comes of it is told."""
    bench.clock.free.clear()
    bench.clock.asked.clear()
    future = bench.writer.submit(opening(CLAIM_ID))
    assert bench.clock.asked.wait(PATIENCE)
    assert not future.cancel()
    bench.clock.free.set()
    assert codes_of([outcome_of(future)]) == ["recorded"]
    assert len(texts_of(store, CLAIM_ID)) == 1


def test_whose_turn_does_not_come_for_long_is_told_that_it_was_not_taken(store, monkeypatch):
    """Who waits behind something that takes long is let go, and what they asked for is not recorded later."""
    bench = Bench(store)
    bench.do(opening(CLAIM_ID))
    bench.hold_up()
    first, second = (bench.writer.submit(append(CLAIM_ID, said("denied", scope=word))) for word in ("a", "b"))
    with monkeypatch.context() as short:
        short.setattr(writing, "SOON", 0.0)
        short.setattr(writing, "LONGEST_TURN", 0.01)
        with pytest.raises(Unavailable, match="was not taken"):
            wait_for(second)
        wait_until(lambda: not bench.writer.alive)
        with pytest.raises(Unavailable, match="was not taken"):
            bench.writer.submit(append(CLAIM_ID, said("ncnd")))
    bench.clock.free.set()
    assert codes_of([outcome_of(first)]) == ["recorded"]
    assert codes_of([outcome_of(bench.writer.submit(append(CLAIM_ID, said("unaware"))))]) == ["recorded"]
    bench.close()
    assert [event["type"] for event in texts_of(store, CLAIM_ID)] == ["opened", "denied", "unaware"]


def test_who_waits_for_long_is_told_that_nothing_is_known(store, monkeypatch):
    """Where nothing is heard of a command for a minute, who waits is let go, and what came of it is not known."""
    bench = Bench(store)
    bench.clock.free.clear()
    bench.clock.asked.clear()
    future = bench.writer.submit(opening(CLAIM_ID))
    assert bench.clock.asked.wait(PATIENCE)
    monkeypatch.setattr(writing, "SOON", 0.0)
    monkeypatch.setattr(writing, "LONGEST_TURN", 0.01)
    monkeypatch.setattr(writing, "LONGEST_WAIT", 0.02)
    with pytest.raises(OutcomeUnknown, match="it may yet be recorded"):
        wait_for(future)
    bench.clock.free.set()
    bench.close()
    assert [event["type"] for event in texts_of(store, CLAIM_ID)] == ["opened"]


def test_nothing_is_answered_before_it_is_durable(bench, url):
    """When an answer is given, what it tells of can be read by whoever opens the record anew."""
    bench.do(opening(CLAIM_ID))
    for version in range(2, 12):
        receipt = bench.do(append(CLAIM_ID, said("denied")))
        assert [made.version for made in receipt.events] == [version]
        other = open_store(url)
        with other.reading() as view:
            assert view.count_events(str(CLAIM_ID)) == version
        other.close()


def test_a_refusal_that_rests_on_what_was_lost_is_not_told(store):
    """A command refused because of an earlier one of its group is not refused when that one is not stored."""
    bench = Bench(Losing(store, before=Unavailable("The disk is full.")))
    bench.hold_up()
    waiting = [bench.writer.submit(opening(CLAIM_ID)) for _ in range(2)]
    bench.clock.free.set()
    assert codes_of([outcome_of(future) for future in waiting]) == ["unavailable", "unavailable"]
    bench.close()
    assert contents(store)["head"] == Head(0, "")


def test_who_waited_while_the_store_failed_does_not_wait_again(store):
    """When the store fails, those that wait behind are told so at once, and nothing of theirs is tried or stored."""
    bench = Bench(Losing(store, before=Unavailable("The database is gone.")))
    bench.clock.free.clear()
    failing = bench.writer.submit(opening(CLAIM_ID))
    assert bench.clock.asked.wait(PATIENCE)
    waiting = [bench.writer.submit(opening(OTHER_ID)) for _ in range(3)]
    bench.clock.free.set()
    assert str(outcome_of(failing)) == "The database is gone."
    told = "The record could not be written; this was not taken. Send it again in a second."
    assert [str(outcome_of(future)) for future in waiting] == [told] * 3
    assert bench.counting.transactions == 1
    bench.close()
    assert contents(store)["head"] == Head(0, "")


def test_many_threads_hand_in_at_once(store):
    """Whatever many threads hand in at once is recorded once each, in one order."""
    writer = Writer(Decider(store, clock=lambda: TEN, new_salt=new_salt))
    writer.submit(opening(CLAIM_ID)).result(PATIENCE)
    with ThreadPoolExecutor(16) as threads:
        commands = [append(CLAIM_ID, said("denied", scope=str(n)), key=f"request {n}") for n in range(200)]
        receipts = list(threads.map(lambda command: writer.submit(command).result(PATIENCE), commands))
    writer.close()
    assert sorted(receipt.first_position for receipt in receipts) == list(range(1, 201))
    scopes = {event["version"] - 1: event["data"].get("scope") for event in texts_of(store, CLAIM_ID)}
    assert [scopes[receipt.first_position] for receipt in receipts] == [str(n) for n in range(200)]
