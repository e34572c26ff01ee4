"""Hold the log to one order: of positions, of time and of decision."""

from datetime import timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from service.machine import new_salt
from service.recording.deciding import Decider
from service.recording.writer import Writer
from service.store.interface import Head
from tests.builders import CLAIM_ID, OPENED, OTHER_ID, THIRD_ID, said
from tests.contract.asking import EVERYTHING, PATIENCE, TEN, append, ask, codes_of, contents, instant, item, opening


def test_an_empty_record_has_size_zero_and_no_time(store):
    """A record begins empty: size 0, no time, nothing at any instant."""
    with store.reading() as view:
        assert (view.head(), view.size_at(TEN), view.events_from(0, 10)) == (Head(0, ""), 0, [])


def test_positions_run_from_zero_without_a_gap(bench, store, behind):
    """Whatever is refused in between, positions run 0, 1, 2 … in events and log alike, and the head counts them."""
    bench.do(opening(CLAIM_ID, said("reported")))
    outcomes = bench.do_together(
        append(CLAIM_ID, said("denied")),
        append(THIRD_ID, said("denied")),
        opening(OTHER_ID, said("alleged")),
        opening(OTHER_ID),
        ask(item(OTHER_ID, said("denied")), item(THIRD_ID, said("denied"))),
        append(CLAIM_ID, said("ncnd")),
    )
    assert codes_of(outcomes) == ["recorded", "not_found", "recorded", "already_exists", "not_found", "recorded"]
    with store.reading() as view:
        assert view.head() == Head(6, instant())
        assert [position for position, _ in view.events_from(0, 10)] == [0, 1, 2, 3, 4, 5]
    here, there = str(CLAIM_ID), str(OTHER_ID)
    order = [(0, here, 1), (1, here, 2), (2, here, 3), (3, there, 1), (4, there, 2), (5, here, 4)]
    assert behind("SELECT position, claim, version FROM events ORDER BY position") == order
    assert behind("SELECT position, claim, version FROM log ORDER BY position") == order


def test_a_receipt_names_the_positions_that_were_made(bench):
    """A receipt tells where its events begin and how many they are; those of a group follow each other."""
    receipts = bench.do_together(opening(CLAIM_ID, said("reported")), opening(OTHER_ID), append(CLAIM_ID, said("ncnd")))
    assert [(r.first_position, r.event_count, r.replayed) for r in receipts] == [
        (0, 2, False),
        (2, 1, False),
        (3, 1, False),
    ]
    assert [[made.position for made in r.events] for r in receipts] == [[0, 1], [2], [3]]


def test_what_is_handed_in_first_is_decided_first(bench, store):
    """Commands of one group are decided in the order in which they were handed in."""
    bench.do(opening(CLAIM_ID))
    bench.do_together(*(append(CLAIM_ID, said("denied", scope=str(n))) for n in range(20)))
    with store.reading() as view:
        states = view.history(str(CLAIM_ID), after=1, upto=EVERYTHING, limit=EVERYTHING)
    assert [f'"scope":"{n}"' in state for n, state in enumerate(states)] == [True] * 20


def test_time_stands_still_while_the_clock_runs_back(bench, store):
    """`recorded_at` never runs backwards, however far the clock is put back."""
    bench.do(opening(CLAIM_ID))
    for minutes in (5, -60, 10, 50):
        bench.clock.move(minutes=minutes)
        bench.do(append(CLAIM_ID, said("denied")))
    assert contents(store)["recorded_at"] == [
        instant(),
        instant(minutes=5),
        instant(minutes=5),
        instant(minutes=5),
        instant(minutes=5),
    ]


def test_time_stands_still_inside_a_command_too(store):
    """Events of one command are stamped one after another, and never backwards."""
    times = iter([TEN, TEN + timedelta(seconds=2), TEN + timedelta(seconds=1), TEN + timedelta(seconds=3)])
    writer = Writer(Decider(store, clock=times.__next__, new_salt=new_salt))
    writer.submit(opening(CLAIM_ID, *[said("denied", scope=str(n)) for n in range(3)])).result(PATIENCE)
    writer.close()
    seconds = [instant(), instant(seconds=2), instant(seconds=2), instant(seconds=3)]
    assert contents(store)["recorded_at"] == seconds


def test_a_writer_takes_the_time_over_from_the_one_before(bench, store):
    """A writer whose clock is behind stamps what it records with the time of the last event."""
    bench.do(opening(CLAIM_ID))
    late = Writer(Decider(store, clock=lambda: TEN - timedelta(days=1), new_salt=new_salt))
    late.submit(append(CLAIM_ID, said("denied"))).result(PATIENCE)
    late.close()
    assert contents(store)["recorded_at"] == [instant(), instant()]


INSTANTS = {
    timedelta(microseconds=-1): 0,
    timedelta(0): 2,
    timedelta(microseconds=1): 2,
    timedelta(seconds=59, microseconds=999_999): 2,
    timedelta(minutes=1): 3,
    timedelta(days=10_000): 3,
}


@pytest.mark.parametrize(("after_ten", "size"), INSTANTS.items(), ids=str)
def test_the_size_at_an_instant_counts_the_events_up_to_it(bench, store, after_ten, size):
    """An instant maps to the number of events recorded up to and including it."""
    bench.do(opening(CLAIM_ID, said("reported")))
    bench.clock.move(minutes=1)
    bench.do(append(CLAIM_ID, said("denied")))
    with store.reading() as view:
        assert view.size_at(TEN + after_ten) == size


@settings(max_examples=25)
@for_all(st.lists(st.tuples(st.sampled_from([-90_000_000, -1, 0, 1, 2, 60_000_000]), st.integers(1, 3)), max_size=8))
def test_every_instant_maps_to_one_size(fresh, steps):
    """However the clock jumps, each instant has one size, and a later one never a smaller."""
    with fresh() as (store, bench):
        bench.do(ask(item(CLAIM_ID, OPENED)))
        for microseconds, count in steps:
            bench.clock.move(microseconds=microseconds)
            bench.do_together(*[append(CLAIM_ID, said("denied"))] * count)
        times = contents(store)["recorded_at"]
        assert times == sorted(times)
        asked_for = [*range(-3, 20), *range(59_999_990, 60_000_020)]  # microseconds after ten
        with store.reading() as view:
            sizes = [view.size_at(TEN + timedelta(microseconds=n)) for n in asked_for]
        assert sizes == [sum(time <= instant(microseconds=n) for time in times) for n in asked_for]
        assert sizes == sorted(sizes)
