"""What a store says was signed before, by which keys and seen by whom, is held to those keys and to the log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.checkpoint import cosign
from service.note import COSIGNATURE, SigningKey, split_note, write_note
from service.verify import Trust
from service.verify_store import verify_store
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
    "a cosignature": ("UPDATE cosignatures SET line = 'none'", [(1, "cosignature edited")]),
    "a witness": ("UPDATE cosignatures SET checkpoint = 1", [(1, "cosignature edited")]),
}


@pytest.mark.parametrize(("statement", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_was_signed_was_changed(owner, found, statement, expected):
    """Whatever of it was changed in the database is named."""
    owner.run(statement)
    names, _ = found()
    assert expected == names[: len(expected)]


def test_a_fork_that_was_signed_before_is_found_without_a_kept_checkpoint(owner, found, store):
    """A checkpoint of another history, signed with the real key, and left in the store, convicts it."""
    with store.reading() as view:
        first = view.tree.checkpoint_of(EARLY)
    text = f"{KEY.name}\n{EARLY}\n{'A' * 43}=\n"
    forged = replace(first, root=bytes(32), note=write_note(text, [KEY.sign_text(text)]))
    owner.run("UPDATE checkpoints SET root = ?, note = ? WHERE number = 0", forged.root, forged.note)
    owner.run("DELETE FROM cosignatures")
    assert found()[0] == [(2, "forked")]
