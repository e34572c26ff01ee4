"""Hold the record to being append-only, for everybody who comes through SQL, and erasure to being a redaction's."""

import json
import sqlite3

import pytest

from domain.entry import LARGEST_EVENT
from service.errors import Damaged
from service.recording.ledger import Ledger
from tests.builders import CLAIM_ID, KREMLIN, MID, MOFA, OTHER_ID, amended, kept, said
from tests.contract.asking import append, ask, codes_of, contents, item, opening, texts_of

HERE = str(CLAIM_ID)
NOT_WRITTEN = (sqlite3.IntegrityError, Damaged)  # what a writer is told of a trigger's refusal, by engine


@pytest.fixture
def redacted(bench, store):
    """Record a claim whose event 2, and 4 which amends it, were redacted by event 5; 3 and 6 have their words."""
    bench.do(opening(CLAIM_ID, said("denied", KREMLIN), said("ncnd", MOFA)))
    bench.do(append(CLAIM_ID, amended(2, said("denied", MID, quote={"text": "Nyet", "lang": "ru"})), if_match=3))
    bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=4))
    bench.do(append(CLAIM_ID, said("alleged", MOFA)))
    return store


FORBIDDEN = {
    "an event is deleted": "DELETE FROM events WHERE position = 5",
    "all events are deleted": "DELETE FROM events",
    "a log row is deleted": "DELETE FROM log WHERE position = 5",
    "the whole log is deleted": "DELETE FROM log",
    "words are changed": "UPDATE events SET state = replace(state, 'said', 'sung') WHERE position = 2",
    "an author is changed": "UPDATE events SET state = replace(state, 'desk-seoul', 'nobody') WHERE position = 5",
    "an event is moved": "UPDATE events SET position = 6 WHERE position = 5",
    "a version is changed": "UPDATE events SET version = 7 WHERE position = 5",
    "a claim is changed": "UPDATE events SET claim = 'another' WHERE position = 5",
    "a topic is changed": "UPDATE events SET topic = 'onrecord.confirmed' WHERE position = 5",
    "nothing is changed": "UPDATE events SET state = state WHERE position = 5",
    "a redacted event is changed": "UPDATE events SET state = replace(state, ':5,', ':6,') WHERE position = 1",
    "a leaf is changed": "UPDATE log SET leaf = (SELECT leaf FROM log WHERE position = 0) WHERE position = 5",
    "a time is changed": "UPDATE log SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 5",
    "a log row is moved": "UPDATE log SET position = 6 WHERE position = 5",
    "a gap is left": "INSERT INTO events SELECT 7, claim, 7, topic, state FROM events WHERE position = 5",
    "a version is left out": "INSERT INTO events SELECT 6, claim, 8, topic, state FROM events WHERE position = 5",
    "a version comes twice": "INSERT INTO events SELECT 6, claim, 6, topic, state FROM events WHERE position = 5",
    "a position comes twice": "INSERT INTO events SELECT 5, claim, 7, topic, state FROM events WHERE position = 5",
    "a log row leaves a gap": "INSERT INTO log SELECT 7, claim, 7, recorded_at, leaf FROM log WHERE position = 5",
    "the head is set back": "UPDATE log_head SET size = 0",
    "the head runs ahead": "UPDATE log_head SET size = 7",
    "time is set back": "UPDATE log_head SET at = ''",
    "the head is deleted": "DELETE FROM log_head",
    "a log row comes twice": "INSERT INTO log SELECT 5, claim, 7, recorded_at, leaf FROM log WHERE position = 5",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_nobody_changes_the_record_through_sql(engine, redacted, behind, statement):
    """Changing, deleting, moving and slipping in are refused, whatever connection they come through."""
    before = everything(redacted, behind)
    with pytest.raises(engine.refusal, match="append-only"):
        behind(statement)
    assert everything(redacted, behind) == before


def everything(store, behind):
    """Tell all that the record holds, its log included."""
    events, log = "SELECT * FROM events ORDER BY position", "SELECT * FROM log ORDER BY position"
    return contents(store), behind(events), behind(log)


def entry(stored, **changes):
    """Write the entry of event 3, as a redaction would leave it, with changes."""
    genuine = {k: v for k, v in stored.items() if k not in {"data", "salt"}} | {"commitment": "0" * 64, "redacted": 5}
    changed = {name: value for name, value in (genuine | changes).items() if value is not ...}
    return json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


FORGED = {
    "by a redaction of another event": {},
    "by an event that is no redaction": {"redacted": 6},
    "by an event that is not there": {"redacted": 9},
    "by nothing": {"redacted": None},
    "without a word of it": {"redacted": ...},
    "with other words in its place": {"redacted": 5, "data": {"summary": "Forged."}},
    "without a commitment": {"commitment": ...},
    "under another author": {"recorded_by": "nobody"},
    "at another time": {"recorded_at": "2020-01-01T00:00:00.000000Z"},
    "as another type": {"type": "confirmed"},
}


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
def test_a_forged_redaction_erases_nothing(engine, redacted, behind, changes):
    """An event is erased by a redaction that names it and by no other, to exactly what a redaction leaves."""
    before = everything(redacted, behind)
    forged = entry(texts_of(redacted, CLAIM_ID)[2], **changes)
    with pytest.raises(engine.refusal, match="append-only"):
        behind("UPDATE events SET state = ? WHERE claim = ? AND version = 3", forged, HERE)
    assert everything(redacted, behind) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"recorded_by": "nobody"},
        {"recorded_at": "2020-01-01T00:00:00.000000Z"},
        {"type": "confirmed"},
        {"commitment": "0"},
        {"commitment": None},
        {"redacted": None},
        {"note": "Forged."},
    ],
    ids=str,
)
def test_a_true_redaction_leaves_nothing_but_the_entry(bench, store, changes):
    """Even a redaction that names the event changes none of its other members and adds none."""
    bench.do(opening(CLAIM_ID, said("ncnd"), said("denied", KREMLIN)))
    before = contents(store)
    redaction = append(CLAIM_ID, kept("redacted", regarding=3), if_match=3)
    stored = texts_of(store, CLAIM_ID)[2]
    with pytest.raises(NOT_WRITTEN, match="append-only"):
        erase_by_hand(store, bench, redaction, entry(stored, **({"redacted": 4} | changes)))
    assert contents(store) == before


def test_erasing_is_for_redactions(bench, store):
    """The store erases nothing for which there is no redaction."""
    bench.do(opening(CLAIM_ID, said("denied")))
    before = contents(store)
    stored = texts_of(store, CLAIM_ID)[1]
    with pytest.raises(NOT_WRITTEN, match="append-only"), store.writing() as transaction:
        transaction.erase(HERE, 2, entry(stored, redacted=3))
    assert contents(store) == before


def test_a_redaction_erases_its_event_and_what_amends_it(redacted):
    """Of the event and its amendments remain their entries; the redaction and all others keep their words."""
    events = texts_of(redacted, CLAIM_ID)
    assert [event.get("redacted") for event in events] == [None, 5, None, 5, None, None]
    assert ["data" in event for event in events] == [True, False, True, False, True, True]
    assert ["salt" in event for event in events] == [True, False, True, False, True, True]
    told = {"regarding": 2, "reason": "It was logged wrongly.", "authority": "the court", "amendments": [4]}
    assert events[4]["data"] == told


def test_what_is_recorded_and_redacted_in_one_group_is_erased(bench, store):
    """Redactions of one group erase each what they name, also what was recorded in that very transaction."""
    bench.do(opening(CLAIM_ID, said("denied", KREMLIN)))
    outcomes = bench.do_together(
        append(CLAIM_ID, said("ncnd", KREMLIN)),
        append(CLAIM_ID, kept("redacted", regarding=3), if_match=3),
        append(CLAIM_ID, kept("redacted", regarding=3), if_match=4),
        append(CLAIM_ID, kept("redacted", regarding=2), if_match=4),
        ask(item(OTHER_ID, ("opened", {"text": "It was so.", "lang": "en"})), item(OTHER_ID, said("denied", KREMLIN))),
        ask(item(OTHER_ID, kept("redacted", regarding=2), if_match=2), item(OTHER_ID, said("denied", MOFA))),
    )
    assert codes_of(outcomes) == ["recorded", "recorded", "rule_broken", "recorded", "recorded", "recorded"]
    assert [event.get("redacted") for event in texts_of(store, CLAIM_ID)] == [None, 5, 4, None, None]
    assert [event.get("redacted") for event in texts_of(store, OTHER_ID)] == [None, 3, None, None]
    assert "Kremlin" not in str(contents(store))


def test_an_event_may_be_as_large_as_the_limit(bench, store):
    """An event of 65,535 bytes is stored; with one byte more it is too large."""
    bench.do(opening(CLAIM_ID, said("denied", note="x")))
    room = LARGEST_EVENT - len(json.dumps(texts_of(store, CLAIM_ID)[1], separators=(",", ":")))
    outcomes = bench.do_together(
        append(CLAIM_ID, said("denied", note="x" * (room + 1))), append(CLAIM_ID, said("denied", note="x" * (room + 2)))
    )
    assert codes_of(outcomes) == ["recorded", "too_large"]
    with store.reading() as view:
        assert [len(state) for _, state in view.events_from(2, 10)] == [65_535]


def erase_by_hand(store, bench, redaction, remains):
    """Record a redaction of event 3 without what it erases, and put something else in its place."""
    with store.writing() as transaction:
        ledger = Ledger(transaction, {}, bench.clock, lambda: b"0" * 16)
        ledger.execute(redaction)
        ledger.entered = [entered._replace(erased=()) for entered in ledger.entered]
        ledger.flush(transaction)
        transaction.erase(HERE, 3, remains)
