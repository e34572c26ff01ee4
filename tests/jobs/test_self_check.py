"""The nightly check: finds every row of the read model that is not what the events make, and nothing else."""

from __future__ import annotations

from threading import Event

import pytest

from service.jobs.self_check import CheckStopped, ReadModelDiffers, check_read_model
from tests.builders import CLAIM_ID, MOFA, OTHER_ID, asked, kept, said
from tests.contract.asking import Bench, append, opening
from tests.faults.serving import ask_record

HERE = str(CLAIM_ID)


@pytest.fixture
def record(store, record_url):
    """Record two claims with all that rows are made of; gives a way to change the rows behind the program's back."""
    bench = Bench(store)
    bench.do(opening(OTHER_ID, said("reported")))
    bench.do(opening(CLAIM_ID, said("denied"), asked(MOFA), said("ncnd", MOFA)))
    bench.do(append(CLAIM_ID, kept("struck", regarding=2), if_match=4))
    bench.do(append(CLAIM_ID, kept("redacted", regarding=4), if_match=5))
    bench.close()

    def change(statement):
        assert ask_record(record_url)(statement.replace(":here", f"'{HERE}'") + " RETURNING 1")

    return change


def check(store, stopping=None):
    """Check, and tell how far it came each time it told."""
    parts = []
    return check_read_model(store, parts.append, stopping or Event()), parts


def test_what_was_recorded_agrees(record, store):
    """Rows made as events came in, and made again by a redaction, are what a replay makes."""
    assert check(store) == (2, [0.5, 1.0])


def test_an_empty_record_agrees(store):
    """There is nothing to find in an empty record."""
    assert check(store) == (0, [])


CHANGES = {
    "a body": ("UPDATE bodies SET body = replace(body, 'opened', 'denied') WHERE since = 3", "1: body differ"),
    "an end": ("UPDATE claim_versions SET until = 99 WHERE claim = :here AND version = 6", "6: until differ"),
    "a deadline": ("UPDATE claim_versions SET due_at = '' WHERE claim = :here AND version = 3", "3: due_at differ"),
    "a tag": ("UPDATE claim_versions SET tags = '' WHERE claim = :here AND version = 2", "2: tags differ"),
    "a fate": (
        "UPDATE outcomes SET strength = 'hedged' WHERE claim = :here",
        ": what came of its parties' words differs",
    ),
    "a row gone": ("DELETE FROM claim_versions WHERE claim = :here AND version = 5", "5: the row is missing"),
    "a row too many": ("UPDATE claim_versions SET version = 7 WHERE since = 8", "7: there is no such event"),
    "what hangs": ("UPDATE hanging SET at = '2020' WHERE claim = :here", ": what hangs on it differs"),
}


def test_a_number_that_was_changed_is_found(record, store):
    """What is counted of a party is what came of its words, claim by claim."""
    record("UPDATE tallies SET n = 7")
    with pytest.raises(ReadModelDiffers, match=r"0 of 2 claims differ .* what is counted of russian-foreign-ministry "):
        check(store)


@pytest.mark.parametrize(("statement", "told"), CHANGES.values(), ids=CHANGES)
def test_every_change_is_found(record, store, statement, told):
    """A row that was changed, removed or slipped in is named, with what to do."""
    record(statement)
    with pytest.raises(ReadModelDiffers) as found:
        check(store)
    assert str(found.value).startswith("1 of 2 claims differ from a replay of their events: claim ")
    assert told in str(found.value)
    assert "onrecord db rebuild" in str(found.value)


def test_it_ends_soon_when_it_is_stopped(record, store):
    """Stopped, it says that it does not know."""
    stopping = Event()
    stopping.set()
    with pytest.raises(CheckStopped, match="after 0 of 2 claims"):
        check(store, stopping)
