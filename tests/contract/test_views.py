"""Hold the reads of a store to what was recorded: each is a consistent look at one log size."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.store.interface import Head
from tests.builders import CLAIM_ID, MOFA, OTHER_ID, THIRD_ID, amended, said
from tests.contract.asking import EVERYTHING, PATIENCE, append, instant, opening

HERE, THERE, NOWHERE = str(CLAIM_ID), str(OTHER_ID), str(THIRD_ID)


@pytest.fixture
def told(bench, store):
    """Record six events on two claims, a minute apart: 1, 2, 3 and 4 of one at 0, 1, 3, 5, of the other at 2, 4."""
    steps = [
        opening(CLAIM_ID),
        append(CLAIM_ID, said("reported")),
        opening(OTHER_ID),
        append(CLAIM_ID, said("denied")),
        append(OTHER_ID, said("alleged")),
        append(CLAIM_ID, said("ncnd", MOFA)),
    ]
    for step in steps:
        bench.do(step)
        bench.clock.move(minutes=1)
    return store


def versions(states):
    """Give the last member of each stored event."""
    return [int(state.rpartition(":")[2].removesuffix("}")) for state in states]


@pytest.mark.parametrize(
    ("after", "upto", "limit", "expected"),
    [
        (0, EVERYTHING, EVERYTHING, [1, 2, 3, 4]),
        (0, 3, EVERYTHING, [1, 2, 3]),
        (2, 4, EVERYTHING, [3, 4]),
        (1, 4, 2, [2, 3]),
        (4, EVERYTHING, EVERYTHING, []),
        (3, 2, EVERYTHING, []),
    ],
)
def test_a_history_is_given_in_parts(told, after, upto, limit, expected):
    """A history is given in order: after one version, up to another, at most so many."""
    with told.reading() as view:
        assert versions(view.history(HERE, after=after, upto=upto, limit=limit)) == expected


def test_events_are_given_with_what_amends_them(bench, told):
    """The events asked for are given in order with every amendment up to a version, and nothing else."""
    for n in (4, 5):
        bench.do(append(CLAIM_ID, amended(4, said("declined", MOFA)), if_match=n))
    with told.reading() as view:
        asked = (6, [2, 4]), (5, [3]), (4, [6]), (6, [])
        given = [versions(view.mended_events({HERE: of})[HERE]) for of in asked]
        several = view.mended_events({NOWHERE: (6, [1]), HERE: (5, [])})
    assert given == [[2, 4, 5, 6], [3, 5], [], [5, 6]]
    assert {claim: versions(states) for claim, states in several.items()} == {NOWHERE: [], HERE: [5]}


def test_placed_events_carry_their_positions(told):
    """A claim's events come in order of version, each with topic, bytes and its position in the log."""
    with told.reading() as view:
        placed = view.placed_events(CLAIM_ID)
        states = dict(view.events_from(0, EVERYTHING))
    assert [(n, e.originator_id, e.originator_version, e.topic) for n, e in placed] == [
        (0, CLAIM_ID, 1, "onrecord.opened"),
        (1, CLAIM_ID, 2, "onrecord.reported"),
        (3, CLAIM_ID, 3, "onrecord.denied"),
        (5, CLAIM_ID, 4, "onrecord.ncnd"),
    ]
    assert [event.state.decode() for _, event in placed] == [states[n] for n in (0, 1, 3, 5)]


def test_histories_of_several_claims_are_given_at_once(told):
    """Each claim's events come as they do alone; of a claim that is not there, none."""
    with told.reading() as view:
        alone = {claim: view.placed_events(claim) for claim in (CLAIM_ID, OTHER_ID, THIRD_ID)}
        assert view.histories([THIRD_ID, CLAIM_ID, OTHER_ID]) == alone
        assert [len(events) for events in alone.values()] == [4, 2, 0]
        assert view.histories([]) == {}


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [(0, 10, [0, 1, 2, 3, 4, 5]), (2, 2, [2, 3]), (5, 10, [5]), (6, 10, []), (0, 0, [])],
)
def test_the_feed_is_given_in_parts(told, start, limit, expected):
    """Events are given in log order from a position on, at most so many."""
    with told.reading() as view:
        assert [position for position, _ in view.events_from(start, limit)] == expected


@pytest.mark.parametrize(
    ("size", "held"),
    [(0, None), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4), (None, 4)],
)
def test_a_claim_is_found_as_it_stood_at_a_size(told, size, held):
    """At a log size that version holds whose event was the claim's last by then; now, the last of all."""
    with told.reading() as view:
        row = view.claim_version(HERE, size=size)
    assert (row and row.version) == held


@pytest.mark.parametrize(
    ("version", "since", "until"),
    [(1, 1, 2), (2, 2, 4), (3, 4, 6), (4, 6, 2**63 - 1)],
)
def test_a_claim_is_found_as_it_stood_after_an_event(told, version, since, until):
    """A version's row tells the log sizes from which and until which it held; the last has no end."""
    with told.reading() as view:
        row = view.claim_version(HERE, version=version)
    assert (row.claim, row.version, row.since, row.until) == (HERE, version, since, until)


def test_what_is_not_there_is_not_found(told):
    """Of a claim that is not there, and of a version that is not, nothing is found."""
    with told.reading() as view:
        assert view.claim_version(NOWHERE) is None
        assert view.claim_version(HERE, version=5) is None
        assert view.placed_events(THIRD_ID) == []
        assert view.history(NOWHERE, after=0, upto=EVERYTHING, limit=EVERYTHING) == []
        assert view.count_events(NOWHERE) == 0
        assert view.find_replies("desk-seoul", ["never used"]) == {}
        assert view.find_token(b"0" * 32) is None


def test_claims_and_events_are_counted_and_listed(told):
    """Claims are counted, listed by id from one on, and so are the events of each."""
    with told.reading() as view:
        assert (view.count_claims(), view.count_events(HERE), view.count_events(THERE)) == (2, 4, 2)
        assert view.claim_ids("", 10) == [HERE, THERE]
        assert view.claim_ids("", 1) == [HERE]
        assert view.claim_ids(HERE, 10) == [THERE]
        assert view.claim_ids(THERE, 10) == []
    status = told.status()
    assert (status.claims, status.events, status.last_at) == (2, 6, instant(minutes=5))


def test_each_event_keeps_when_it_was_recorded(told):
    """The log tells of every position when its event was recorded."""
    with told.reading() as view:
        assert [view.recorded_at(n) for n in range(6)] == [instant(minutes=n) for n in range(6)]


def test_a_look_stays_what_it_was_while_others_write(told, bench):
    """A view is one moment of the record: what is recorded meanwhile is not in it, and is in the next."""
    with told.reading() as view:
        before = view.head()
        with ThreadPoolExecutor(1) as other:
            other.submit(bench.do, append(CLAIM_ID, said("denied"))).result(PATIENCE)
        assert (view.head(), view.count_events(HERE), len(view.events_from(0, 10))) == (before, 4, 6)
        assert view.claim_version(HERE).version == 4
    with told.reading() as view:
        assert (view.head(), view.count_events(HERE)) == (Head(7, instant(minutes=6)), 5)
        assert view.claim_version(HERE).version == 5


def test_a_look_that_fails_leaves_its_thread_able_to_look_again(told):
    """A fault while looking ends that look and nothing else."""
    with pytest.raises(ZeroDivisionError), told.reading() as view:
        view.head().size / 0
    with told.reading() as view:
        assert view.head().size == 6
