"""Hold what the writer keeps in memory to what is stored, whoever else writes and whatever fails."""

import orjson
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from service.errors import OutcomeUnknown, Unavailable
from service.machine import new_salt
from service.recording import deciding, ledger
from service.recording.deciding import Decider
from service.recording.writer import Writer
from service.store import open_store
from tests.builders import CLAIM_ID, KREMLIN, MOFA, OPENED, OTHER_ID, THIRD_ID, given, kept, said
from tests.contract.asking import (
    PATIENCE,
    Bench,
    HeldClock,
    Losing,
    append,
    ask,
    codes_of,
    contents,
    describe_prefix,
    item,
    opening,
    outcome_of,
    texts_of,
)

CLAIMS = [CLAIM_ID, OTHER_ID, THIRD_ID]


@pytest.fixture
def other(url):
    """Set a second writer to work on the same record, as another process would."""
    store = open_store(url)
    second = Bench(store)
    yield second
    second.close()
    store.close()


def assert_rows_are_true(store):
    """Hold the present row of every claim to what its events say."""
    with store.reading() as view:
        size = view.head().size
        for claim in view.claim_ids("", 100):
            row = view.claim_version(claim)
            assert orjson.loads(row.body) == describe_prefix(view, claim, size)
            assert row.version == view.count_events(claim)


def test_a_writer_sees_what_another_has_written(bench, other, store):
    """A writer decides on what another has recorded since: versions, duplicates, links, keys."""
    bench.do(opening(CLAIM_ID, said("denied")))
    other.do(append(CLAIM_ID, said("ncnd"), if_match=2))
    other.do(opening(OTHER_ID, key="opens the other"))
    outcomes = bench.do_together(
        append(CLAIM_ID, said("unaware"), if_match=2),
        ask(item(CLAIM_ID, said("ncnd"))),
        opening(OTHER_ID, key="opens the other"),
        append(CLAIM_ID, ("linked", {"relation": "aspect_of", "claim": str(OTHER_ID)})),
    )
    assert codes_of(outcomes) == ["version_moved_on", "duplicate_statement", "replayed", "recorded"]
    looped = append(OTHER_ID, ("linked", {"relation": "aspect_of", "claim": str(CLAIM_ID)}))
    assert codes_of([outcome_of(other.writer.submit(looped))]) == ["rule_broken"]
    assert_rows_are_true(store)


def test_a_writer_forgets_what_another_has_redacted(bench, other, store):
    """What another writer erased is erased in this one's memory too."""
    bench.do(opening(CLAIM_ID, said("denied", KREMLIN)))
    other.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=2))
    bench.do(append(CLAIM_ID, said("ncnd", MOFA)))
    assert "Kremlin" not in contents(store)["rows"][str(CLAIM_ID)][3][3]
    assert_rows_are_true(store)


def test_what_was_read_counts_when_it_is_looked_how_much_is_in_memory(bench, other, monkeypatch):
    """One event on a claim of many is enough for a look, where the claim had to be read."""
    bench.do(opening(CLAIM_ID, *(said(type_) for type_ in ("reported", "confirmed", "denied", "ncnd", "dismissed"))))
    looks = []
    monkeypatch.setattr(deciding, "OFTEN", 8)
    monkeypatch.setattr(deciding, "keep_latest", lambda claims: looks.append(list(claims)))
    other.do(append(CLAIM_ID, said("unaware")))
    assert looks == [[CLAIM_ID]]


turns = st.lists(
    st.tuples(
        st.booleans(),
        st.lists(
            st.tuples(
                st.sampled_from(CLAIMS),
                st.sampled_from(
                    [
                        OPENED,
                        said("denied"),
                        said("ncnd", MOFA),
                        said("retracted", regarding=2),
                        kept("redacted", regarding=2),
                        ("linked", {"relation": "aspect_of", "claim": str(OTHER_ID)}),
                        ("unlinked", {"relation": "aspect_of", "claim": str(OTHER_ID)}),
                    ]
                ),
                st.booleans(),
            ),
            min_size=1,
            max_size=4,
        ),
    ),
    max_size=8,
)


@pytest.mark.parametrize(("claims", "events", "left"), [(3, 9, [1, 2, 3]), (2, 9, [2, 3]), (3, 8, [2, 3]), (3, 2, [3])])
def test_claims_are_kept_in_memory_by_how_much_is_in_them(monkeypatch, claims, events, left):
    """Of claims with two, three and four events the first ones go, until few enough are left; the last stays."""
    monkeypatch.setattr(ledger, "CLAIMS_IN_MEMORY", claims)
    monkeypatch.setattr(ledger, "EVENTS_IN_MEMORY", events)
    known = {n: given(*[said("denied")] * n) for n in (1, 2, 3)}
    ledger.keep_latest(known)
    assert list(known) == left


@settings(max_examples=40)
@for_all(turns, st.sampled_from([1, 2, 1_000]))
def test_two_writers_in_turns_are_as_good_as_one(fresh, taken, remembered):
    """Two writers in turns, however much they remember, record what one that remembers nothing would."""
    with fresh() as (store, first), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "EVENTS_IN_MEMORY", remembered)
        patch.setattr(deciding, "OFTEN", 1)
        benches = [first, Bench(store)]
        with fresh() as (alone, forgetful):
            for second, asked in taken:
                with store.reading() as view:
                    known = {claim: view.count_events(str(claim)) or None for claim in CLAIMS}
                commands = [append(c, event, if_match=known[c], allow_duplicate=twice) for c, event, twice in asked]
                outcomes = codes_of(benches[second].do_together(*commands))
                forgetful.decider._claims.clear()  # noqa: SLF001 - nobody else touches it now
                assert outcomes == codes_of(forgetful.do_together(*commands))
            told = [(e["claim"], e["type"]) for claim in CLAIMS for e in texts_of(store, claim)]
            assert told == [(e["claim"], e["type"]) for claim in CLAIMS for e in texts_of(alone, claim)]
        assert_rows_are_true(store)
        benches[1].close()


@pytest.fixture
def losing(store):
    """Put a store that may fail under a writer."""
    wrapped = Losing(store)
    writer = Writer(Decider(wrapped, clock=HeldClock(), new_salt=new_salt))
    yield wrapped, writer
    writer.close()


def test_a_commit_that_fails_leaves_nothing_in_memory(losing, store):
    """After a commit that failed, the next command finds the claims as they are stored."""
    wrapped, writer = losing
    writer.submit(opening(CLAIM_ID, said("denied"))).result(PATIENCE)
    wrapped.before = Unavailable("The disk is full.")
    lost = [writer.submit(append(CLAIM_ID, said("ncnd"), key="lost")), writer.submit(opening(OTHER_ID))]
    assert codes_of([outcome_of(future) for future in lost]) == ["unavailable", "unavailable"]
    wrapped.before = None
    found = [writer.submit(append(CLAIM_ID, said("ncnd"), key="lost", if_match=2)), writer.submit(opening(OTHER_ID))]
    assert codes_of([outcome_of(future) for future in found]) == ["recorded", "recorded"]
    assert_rows_are_true(store)


def test_an_answer_that_is_lost_leaves_nothing_in_memory(losing, store):
    """After a commit whose answer was lost, the next command finds what was in fact stored, and a retry gets it."""
    wrapped, writer = losing
    writer.submit(opening(CLAIM_ID)).result(PATIENCE)
    wrapped.after = OutcomeUnknown("The store did not answer.")
    denial = ask(item(CLAIM_ID, said("denied")), key="retried")
    assert codes_of([outcome_of(writer.submit(denial))]) == ["outcome_unknown"]
    wrapped.after = None
    again = [writer.submit(denial), writer.submit(append(CLAIM_ID, said("ncnd"), if_match=2))]
    assert codes_of([outcome_of(future) for future in again]) == ["replayed", "recorded"]
    assert [event["type"] for event in texts_of(store, CLAIM_ID)] == ["opened", "denied", "ncnd"]
    assert_rows_are_true(store)
