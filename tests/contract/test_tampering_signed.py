"""What a store says was signed before, by which keys and seen by whom, is held to those keys and to the log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.public_log.checkpoint import cosign
from service.public_log.note import COSIGNATURE, SigningKey, split_note, write_note
from service.public_log.publisher import extend
from service.verifying.signed import check_beside
from service.verifying.steps import Trust
from service.verifying.store import verify_store
from tests.builders import CLAIM_ID, MOFA, said
from tests.contract.asking import append
from tests.contract.owner import EARLY, KEY, SIZE

NEW = SigningKey.make("record.example/log")
WITNESS = SigningKey.make("witness.example", COSIGNATURE)


@pytest.fixture
def found(store, record, publisher):
    """Sign with a new key, have the first checkpoint witnessed, and give a way to verify that tells what it found."""
    publisher.rotate(NEW)
    line = cosign(WITNESS, split_note(record[0])[0], 1_770_000_000).line()
    with store.writing() as transaction:
        transaction.tree.save_cosignature(0, WITNESS.verifier.written(), line)

    def verified():
        report = verify_store(store, Trust([NEW.verifier]), lambda _: None)
        return [(fault.step, fault.name) for fault in report.faults], report.done.get(1)

    return verified


def test_all_that_was_signed_holds(found):
    """Older checkpoints, by a key that was replaced too, are of this log, and it is told how many there are."""
    assert found() == ([], f"record.example/log signed size {SIZE}, and before it 2 checkpoints of the same log")


CHANGES = {
    "a size": ("UPDATE checkpoints SET size = 20 WHERE number = 0", [(1, "checkpoint edited")]),
    "a root": (
        "UPDATE checkpoints SET root = (SELECT leaf FROM log WHERE position = 0)",
        [(1, "checkpoint edited")],
    ),
    "a note": (
        "UPDATE checkpoints SET note = replace(note, 'record', 'recorD') WHERE number = 0",
        [(1, "checkpoint edited")],
    ),
    "a key of it": ("UPDATE checkpoints SET verifier_key = 'none' WHERE number = 1", [(1, "checkpoint edited")]),
    "one gone": ("DELETE FROM checkpoints WHERE number = 0", [(2, "checkpoint gone")]),
    "a key": ("UPDATE log_keys SET verifier_key = 'none' WHERE number = 0", [(1, "key edited")] * 2),
    "when a key came": ("UPDATE log_keys SET from_size = 3 WHERE number = 1", [(1, "key edited")]),
    "a statement": ("UPDATE log_keys SET statement = 'none' WHERE number = 1", [(1, "key edited")]),
    "no statement": ("UPDATE log_keys SET statement = NULL WHERE number = 1", [(1, "key edited")]),
    "a statement more": (
        "UPDATE log_keys SET statement = statement || '\u2014 x AAAAAAA=\n' WHERE number = 1",
        [(1, "key edited")],
    ),
    "a statement of the first": ("UPDATE log_keys SET statement = 'x' WHERE number = 0", [(1, "key edited")]),
    "signatures more": (
        "UPDATE checkpoints SET note = note || '\u2014 x AAAAAAA=\n' WHERE number = 2",
        [(1, "checkpoint edited")],
    ),
    "the last twice": (
        "INSERT INTO checkpoints SELECT 3, size, root, verifier_key, signed_at, note FROM checkpoints WHERE number = 2",
        [(1, "checkpoint slipped in")],
    ),
    "cosignatures more": ("UPDATE cosignatures SET line = line || '\u2014 x AAAAAAA=\n'", [(1, "cosignature edited")]),
    "when the first key came": ("UPDATE log_keys SET from_size = 7 WHERE number = 0", [(1, "key edited")]),
    "one before the first": (
        "UPDATE checkpoints SET number = -1 WHERE number = 0",
        [(2, "checkpoint gone"), (2, "checkpoint gone")],
    ),
    "a cosignature": ("UPDATE cosignatures SET line = 'none'", [(1, "cosignature edited")]),
    "a witness": ("UPDATE cosignatures SET checkpoint = 1", [(1, "cosignature edited")]),
}


@pytest.mark.parametrize(("statement", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_was_signed_was_changed(owner, found, statement, expected):
    """Whatever of it was changed in the database is named."""
    owner.run(statement)
    names, _ = found()
    assert expected == names[: len(expected)]


def test_a_key_that_took_over_alone(found, store, publisher):
    """Where the key before it is lost, a new one says alone that it follows; that leads nobody to it."""
    other = SigningKey.make(KEY.name)
    replace(publisher, key=other).publish()
    assert [] == verify_store(store, Trust([other.verifier]), lambda _: None).faults
    told = verify_store(store, Trust([KEY.verifier]), lambda _: None).faults[0].detail
    assert "No statement at /log/keys, where a key names the one that follows it, leads from yours to it" in told


def test_who_holds_the_key_before_is_told_what_its_statement_says(found, store, owner):
    """That the old key named the new one is told as proved only where the statement holds."""
    holding = Trust([KEY.verifier])
    (fault,) = verify_store(store, holding, lambda _: None).faults
    assert f"it follows yours. If that will do, give both: --key {NEW.verifier.written()} and another" in fault.detail
    owner.run("UPDATE log_keys SET statement = 'FORGED' WHERE number = 1")
    faults = verify_store(store, holding, lambda _: None).faults
    assert [(1, "not signed by this key"), (1, "key edited")] == [(fault.step, fault.name) for fault in faults]
    assert "leads from yours to it" in faults[0].detail


def test_a_fork_that_was_signed_before_is_found_without_a_kept_checkpoint(owner, found, store):
    """A checkpoint of another history, signed with the real key, and left in the store, convicts it."""
    with store.reading() as view:
        first = view.tree.checkpoint_of(EARLY)
    text = f"{KEY.name}\n{EARLY}\n{'A' * 43}=\n"
    forged = replace(first, root=bytes(32), note=write_note(text, [KEY.sign_text(text)]))
    owner.run("UPDATE checkpoints SET root = ?, note = ? WHERE number = 0", forged.root, forged.note)
    owner.run("DELETE FROM cosignatures")
    assert found()[0] == [(2, "forked")]


def test_a_rotation_that_was_taken_out_is_named(owner, found, store, publisher):
    """Who holds the new key, or finds it to have signed last beside it, is told that the log has forgotten it."""
    with store.reading() as view:
        last = view.tree.latest_checkpoint().note
    owner.run("DELETE FROM log_keys WHERE number = 1")
    owner.run("DELETE FROM checkpoints WHERE number > 1")
    publisher.publish()
    report = verify_store(store, Trust([KEY.verifier, NEW.verifier]), lambda _: None)
    (fault,) = report.faults
    assert (fault.step, fault.name) == (1, "key gone")
    assert f"expected {NEW.verifier.written()}, which you hold, among the keys of the log, got" in fault.detail
    report = beside(store, last)
    (fault,) = report.faults
    assert (fault.step, fault.name) == (1, "key gone")
    assert f"got signatures by {NEW.name}+{NEW.verifier.key_id.hex()}" in fault.detail


def test_what_stands_beside_the_key_is_held_to_the_store(owner, found, store, record):
    """What was signed last, and its events, have to be in the store; where nothing was kept, that shows growth."""
    with store.reading() as view:
        last = view.tree.latest_checkpoint().note
    shown = beside(store, last)
    assert ([], f"size {SIZE} extends the size {SIZE} that a file tells of; you kept none") == (
        shown.faults,
        shown.done[2],
    )
    assert f"extends the size {EARLY} that a file tells of" in beside(store, record[0]).done[2]
    assert ["note damaged"] == [fault.name for fault in beside(store, last.replace("record", "recorD")).faults]
    text = f"{KEY.name}\n{EARLY}\n{'A' * 43}=\n"
    assert ["forked"] == [fault.name for fault in beside(store, write_note(text, [KEY.sign_text(text)])).faults]
    owner.cut(EARLY)
    owner.forget(EARLY)
    assert (2, "rolled back") in {(fault.step, fault.name) for fault in beside(store, last).faults}


def test_a_checkpoint_gone_is_told_from_a_roll_back(owner, store, record, publisher):
    """Where all events are there and the newest checkpoint is not, that is what is told; and where none is there."""
    owner.run("DELETE FROM checkpoints WHERE number = 1")
    for kept, newest in ((record[1], f"got {EARLY} as the newest"), (record[0], "got none")):
        report = verify_store(store, Trust([KEY.verifier], kept), lambda _: None)
        (fault,) = [fault for fault in report.faults if fault.step == 2]
        assert fault.name == "checkpoint gone"
        assert f"{newest}; all events that it signed are there" in fault.detail
        owner.run("DELETE FROM checkpoints")
    assert {(1, "not signed"), (1, "checkpoint gone")} < {(fault.step, fault.name) for fault in report.faults}


def test_a_checkpoint_gone_from_among_others_is_found_by_who_kept_it(owner, store, record, publisher):
    """One that was taken out, and all numbers closed up, is missed by its keeper, also where its size was signed again.

    Who kept none is not told.
    """
    publisher.rotate(NEW)
    keys = [KEY.verifier, NEW.verifier]

    def found(note):
        return [(fault.step, fault.name) for fault in verify_store(store, Trust(keys, note), lambda _: None).faults]

    assert [[], [], []] == [found(note) for note in (None, *record)]
    owner.run("DELETE FROM checkpoints WHERE number = 1")
    owner.run("UPDATE checkpoints SET number = 1 WHERE number = 2")
    assert [[], [], [(2, "checkpoint gone")]] == [found(note) for note in (None, *record)]
    owner.run("DELETE FROM checkpoints WHERE number = 0")
    owner.run("UPDATE checkpoints SET number = 0 WHERE number = 1")
    assert [(2, "checkpoint gone")] == found(record[0])[:1]


NODES = {
    "far away": "INSERT INTO log_nodes SELECT 9, 77, leaf FROM log WHERE position = 0",
    "past the end": "INSERT INTO log_nodes SELECT 1, 5000, leaf FROM log WHERE position = 0",
    "not there yet": "INSERT INTO log_nodes SELECT 1, 20, leaf FROM log WHERE position = 0",
    "a leaf": "INSERT INTO log_nodes SELECT 0, 0, leaf FROM log WHERE position = 0",
    "before the first": "INSERT INTO log_nodes SELECT 1, -1, leaf FROM log WHERE position = 0",
}


@pytest.mark.parametrize("statement", NODES.values(), ids=NODES)
def test_a_node_too_many_is_named(owner, store, record, statement):
    """A node that is no part of the tree, from which the next checkpoint might be made, is found."""
    owner.run(statement)
    report = verify_store(store, Trust([KEY.verifier]), lambda _: None)
    assert [(3, "node slipped in")] == [(fault.step, fault.name) for fault in report.faults]


def test_nodes_past_what_is_signed_are_those_of_events(bench, owner, store, record):
    """Nodes that were made, and are not signed yet, are looked at too; those of events are none too many."""
    bench.do(append(CLAIM_ID, said("confirmed")))
    bench.do(append(CLAIM_ID, said("denied", MOFA)))
    with store.writing() as transaction:
        extend(transaction.tree, SIZE + 2)
    assert [] == verify_store(store, Trust([KEY.verifier]), lambda _: None).faults
    owner.run("UPDATE log_nodes SET hash = (SELECT leaf FROM log WHERE position = 0) WHERE level = 1 AND number = 20")
    report = verify_store(store, Trust([KEY.verifier]), lambda _: None)
    assert [(3, "node edited")] == [(fault.step, fault.name) for fault in report.faults]


def beside(store, note):
    """Verify a store, and hold it to what a file tells was signed last."""
    report = verify_store(store, Trust([KEY.verifier]), lambda _: None)
    report = verify_store(store, Trust([NEW.verifier]), lambda _: None) if report.fault_count else report
    with store.reading() as view:
        check_beside(report, view, Trust([KEY.verifier]), "a file", note)
    return report
