"""Whatever the database's owner does to a record that is signed, verification finds it and names it."""

from __future__ import annotations

import json
import re

import pytest

from domain.entry import entry_of
from service.public_log.note import SigningKey
from service.verifying.steps import Trust
from service.verifying.store import verify_store
from tests.builders import CLAIM_ID, MID, amended, kept, said
from tests.contract.asking import append
from tests.contract.owner import EARLY, KEY, REDACTED, SIZE
from tests.contract.proving import canonical


def test_an_honest_record_is_found_to_be_one(found, record):
    """Of a record that nobody touched nothing is found, whichever checkpoint was kept."""
    assert ([], "") == found()
    assert ([], "") == found(record[1])


@pytest.mark.parametrize("position", [1, 20, SIZE - 1])
def test_a_payload_edited(owner, found, position):
    """Other words in a stored event are an edit, and the event is named."""
    data = json.loads(owner.state(position))["data"] | {"summary": "Yes."}
    owner.edit(position, data=data)
    names, told = found()
    assert [(3, "edited")] == names
    assert f"position {position}:" in told
    assert "expected the root" in told


def test_an_author_edited(owner, found):
    """Another author in a stored event is an edit, and the event is named."""
    owner.edit(9, recorded_by="nobody")
    names, told = found()
    assert [(3, "edited")] == names
    assert "position 9:" in told


def test_a_time_edited(owner, found):
    """Another time in a stored event is an edit, and so out of order; positions and time run the same way."""
    owner.edit(9, recorded_at="2020-01-01T00:00:00.000000Z")
    names, told = found()
    assert [(4, "time out of order"), (3, "edited")] == names
    assert re.search(
        r"position 9: expected recorded_at 2\S+, as of the one before it, or later, got 2020-01-01T00", told
    )
    assert "position 9: the words, or what the entry says of them" in told


def test_the_entry_of_a_redacted_event_edited(owner, found):
    """What remains of a redacted event is held to the log like any other."""
    owner.edit(REDACTED, commitment="0" * 64)
    names, told = found()
    assert [(3, "edited")] == names
    assert f"position {REDACTED}:" in told


@pytest.mark.parametrize(
    "state",
    ["{}", "[]", "null", '{"claim":1}', '{"claim":"x","version":true,"type":"denied"}', "{}{}", '{"a":1,"a":1}'],
)
def test_an_event_that_is_none(owner, found, state):
    """Bytes that are no stored event are an edit, and never more than that."""
    owner.write(9, state)
    names, _ = found()
    assert {(3, "edited")} <= set(names) <= {(3, "edited"), (4, "version out of order")}


def test_an_event_written_in_another_way(owner, found):
    """The same event in bytes that are not canonical is an edit."""
    owner.write(9, owner.state(9).replace('","', '", "', 1))
    names, told = found()
    assert (3, "edited") in names
    assert "expected canonical JSON" in told


@pytest.mark.parametrize("position", [0, 20, SIZE - 1])
def test_a_leaf_edited(owner, found, position):
    """Another leaf in the log, beside an event that is what was signed, is told apart from an edit of the event."""
    owner.leaf(position, bytes(32))
    names, told = found()
    assert (3, "leaf edited") in names
    assert f"position {position}: expected the leaf of the event, got another in the log" in told


def test_a_node_edited(owner, found):
    """Another node in the tree is named by its place."""
    owner.run("UPDATE log_nodes SET hash = ? WHERE level = 3 AND number = 1", bytes(32))
    names, told = found()
    assert [(3, "node edited")] == names
    assert "node 1 of level 3: expected the hash of what is below it, got another" in told


def test_all_nodes_gone(owner, found):
    """A tree without its nodes is one fault, and the way to make them again is told."""
    owner.run("DELETE FROM log_nodes")
    names, told = found()
    assert [(2, "tree changed"), (3, "nodes gone")] == names
    assert "got none; the events are as signed, and `onrecord db rebuild` makes the tree of them" in told


def test_an_event_edited_with_its_leaf(owner, found):
    """An edit whose leaf was made to fit is found by the node above, and named with its neighbour."""
    owner.edit(10, recorded_by="nobody")
    owner.rewrite_log()
    names, told = found()
    assert (3, "edited") in names
    assert "position 10 or 11, with its leaf" in told


def test_a_tail_cut_off(owner, found):
    """Events that were signed and are gone are cut off, and how many were signed is told."""
    owner.cut(30)
    names, told = found()
    assert (4, "cut off") in names
    assert "expected the 41 events that were signed, got 30" in told


def test_a_tail_of_events_alone_cut_off(owner, found):
    """Where only the events are gone, and their leaves are there, they are cut off too."""
    owner.run("DELETE FROM events WHERE position >= 38")
    names, told = found()
    assert (4, "cut off") in names
    assert "got none at 38, 39, 40" in told


@pytest.mark.parametrize(("tables", "more"), [(["events"], set()), (["events", "log"], {(3, "taken out")})])
def test_an_event_in_the_middle_missing(owner, found, tables, more):
    """A hole in the middle is named by its position, and nothing else is said to be edited."""
    for table in tables:
        owner.run(f"DELETE FROM {table} WHERE position = 11")  # noqa: S608 - our own names
    names, told = found()
    assert {(4, "missing"), (4, "version out of order")} | more == set(names)
    assert "got none at 11" in told


@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize("position", [15, 18, 29])
def test_an_event_taken_out_and_the_rest_closed_up(owner, found, position, leaves):
    """When one is taken out, what follows moves up and another fills the end, it is named by where it stood."""
    owner.run("DELETE FROM events WHERE position = ?", position)
    owner.move("events", position + 1, -1)
    owner.put(SIZE - 1, owner.another(1), leaf=False)
    if leaves:
        owner.rewrite_log()
    names, told = found()
    assert {(3, "taken out"), (4, "version out of order")} <= set(names)
    assert f"{position}{' or' if leaves and position % 2 == 0 else ' is gone'}" in told


@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3), (10, 31), (11, 30), (3, 40)])
def test_two_events_swapped(owner, found, one, other, leaves):
    """Two events in each other's place are named, whether their leaves were swapped with them or not."""
    states = owner.state(one), owner.state(other)
    owner.write(one, states[1])
    owner.write(other, states[0])
    if leaves:
        owner.rewrite_log()
    names, told = found()
    if leaves and other == SIZE - 1:  # the last of an odd number has no node of its own
        assert (3, "edited") in names
    else:
        assert (3, "swapped") in names
        assert f"positions {one} and {other} stand in each other's place" in told


@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize("position", [9, 10, 25])
def test_one_slipped_in(owner, found, position, leaves):
    """An event put between others, with all that follow moved on, is named by its place."""
    event = owner.another(1)
    for table in ("events", "log")[: 1 + leaves]:
        owner.move(table, position, 1)
    owner.put(position, event, leaf=leaves)
    owner.run("UPDATE log_head SET size = size + 1")
    if leaves:
        owner.rewrite_log()
    names, told = found()
    assert (3, "slipped in") in names
    assert f"position {position} was not there" in told


@pytest.mark.parametrize("position", [3, 20, SIZE - 1])
@pytest.mark.parametrize(("table", "named"), [("events", (4, "position out of order")), ("log", (3, "leaf edited"))])
def test_one_position_twice(engine, owner, found, table, named, position):
    """Two rows of one position are named by it, and nothing is said to be cut off."""
    if engine.name == "sqlite":
        pytest.skip("a position is the number of the row")
    owner.run("UPDATE pg_index SET indisunique = false WHERE indrelid IN ('events'::regclass, 'log'::regclass)")
    owner.run(f"INSERT INTO {table} SELECT * FROM {table} WHERE position = ?", position)  # noqa: S608 - our own names
    names, told = found()
    assert [named] == names
    assert f"position {position}" in told


def test_one_put_behind_the_head(owner, found):
    """An event past the head of the log is found, though nobody is served it."""
    owner.run("UPDATE log_head SET size = size - 1")
    names, told = found()
    assert (4, "slipped in") in names
    assert "expected nothing past the log's head, 40" in told


def test_a_roll_back_to_a_backup(owner, found, record):
    """A record as it was before what the auditor kept is whole in itself, and is named a roll-back."""
    owner.cut(EARLY)
    owner.forget(EARLY)
    names, told = found(record[1])
    assert [(2, "rolled back")] == names
    assert "expected at least the size 41 that was kept, got 21" in told


def test_a_fork_signed_with_the_real_key(owner, found, publisher):
    """A record that was written anew and signed with the real key is whole in itself, and is named a fork."""
    owner.edit(10, recorded_by="nobody")
    owner.rewrite_log()
    owner.forget(-1)
    publisher.publish()
    names, told = found()
    assert [(2, "forked")] == names
    assert "the same key signed two histories" in told


def test_a_payload_emptied_without_a_redaction(owner, found):
    """An event that lost its words to no redaction is named, whatever it says of one."""
    for position, redaction, names_of in ((10, 3, "got none"), (10, 99, "got none"), (1, 9, "which is one of 7")):
        before = owner.state(position)
        owner.write(position, emptied(before, redaction))
        names, told = found()
        assert [(5, "payload emptied")] == names, position
        assert names_of in told
        owner.write(position, before)
    assert ([], "") == found()


def test_a_true_redaction_hides_no_other_amendment(bench, owner, found):
    """An amendment that lost its words to the redaction of another event is named; each says what it erased."""
    bench.do(append(CLAIM_ID, amended(3, said("denied", MID, summary="Not so.")), if_match=9))
    bench.do(append(CLAIM_ID, kept("redacted", regarding=4), if_match=10))
    assert ([], "") == found()
    owner.write(SIZE, emptied(owner.state(SIZE), 11))
    names, told = found()
    assert [(5, "payload emptied")] == names
    assert "version 10): expected a redaction of it, got event 11, which is one of 4" in told


def emptied(state, redaction):
    """Write what a redaction would leave of an event."""
    return canonical(json.loads(entry_of(state.encode())) | {"redacted": redaction}).decode()


def test_a_checkpoint_of_another(found, store, record):
    """A checkpoint that the log's key did not sign is no checkpoint, in the store or kept."""
    other = SigningKey.make(KEY.name)
    names, _ = found(record[0].replace("\n21\n", "\n22\n"))
    assert [(2, "not signed by this key")] == names
    report = verify_store(store, Trust([other.verifier]), lambda _: None)
    assert (1, "not signed by this key") in {(fault.step, fault.name) for fault in report.faults}


def test_nothing_signed_is_no_proof(store, publisher):
    """A record that is not signed is not verified."""
    report = verify_store(store, Trust([KEY.verifier]), lambda _: None)
    assert [(1, "not signed")] == [(fault.step, fault.name) for fault in report.faults]
    publisher.publish()
    assert [] == verify_store(store, Trust([KEY.verifier]), lambda _: None).faults
