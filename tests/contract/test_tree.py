"""Hold what an engine keeps of the public log to being what was put there, and what was signed to staying so."""

from __future__ import annotations

import pytest

from domain.entry import entry_of, leaf_hash
from service.store.tree import LogKey, MissingNode, SignedCheckpoint
from tests.builders import CLAIM_ID, MID, said
from tests.contract.asking import opening

HASHES = [bytes([n]) * 32 for n in range(8)]
SIGNED = [
    SignedCheckpoint(0, 0, HASHES[0], "log+1+A", "2026-01-31T10:00:00.000000Z", "zero"),
    SignedCheckpoint(1, 5, HASHES[1], "log+1+A", "2026-01-31T10:01:00.000000Z", "five"),
    SignedCheckpoint(2, 5, HASHES[1], "log+2+A", "2026-01-31T10:02:00.000000Z", "five again"),
    SignedCheckpoint(3, 9, HASHES[2], "log+2+A", "2026-01-31T10:03:00.000000Z", "nine"),
]
KEYS = [
    LogKey(0, "log+1+A", 0, "2026-01-31T10:00:00.000000Z"),
    LogKey(1, "log+2+A", 5, "2026-01-31T10:02:00.000000Z", "the first says so"),
]


@pytest.fixture
def filled(store):
    """Store checkpoints, keys, nodes and cosignatures."""
    with store.writing() as transaction:
        tree = transaction.tree
        for signed in SIGNED:
            tree.insert_checkpoint(signed)
        for key in KEYS:
            tree.insert_key(key)
        tree.insert_nodes(1, 0, HASHES[:3])
        tree.insert_nodes(1, 3, HASHES[3:4])
        tree.insert_nodes(2, 0, HASHES[4:6])
        for line in ("first", "second"):
            tree.save_cosignature(3, "witness+b", line)
        tree.save_cosignature(3, "witness+a", "another")
    return store


def test_an_empty_record_has_no_tree(store):
    """Before anything is published there is no node, no checkpoint and no key."""
    with store.reading() as view:
        tree = view.tree
        assert (0, None, None, None) == (
            *(tree.grown(), tree.latest_checkpoint()),
            *(tree.checkpoint_of(0), tree.checkpoint_covering(0)),
        )
        assert ([], [], [], []) == (tree.checkpoints(-1, 9), tree.log_keys(), tree.cosignatures(0), tree.nodes(0, 0, 9))


def test_nodes_are_found_by_level_and_number(filled):
    """Nodes come back in order; the level below them are the leaves; what is not there is named."""
    with filled.reading() as view:
        assert (HASHES[1:4], HASHES[4:6], []) == tuple(view.tree.nodes(level, 1 - level // 2, 9) for level in (1, 2, 3))
        assert (HASHES[5], 8) == (view.tree.node(2, 1), view.tree.grown())
        with pytest.raises(MissingNode, match="node 2 of level 2"):
            view.tree.node(2, 2)


def test_the_leaves_are_those_of_the_log(bench, store):
    """Level 0 are the leaves that were stored with the events."""
    bench.do(opening(CLAIM_ID, said("denied", MID), said("ncnd", MID)))
    with store.reading() as view:
        stored = [event.state for _, event in view.placed_events(CLAIM_ID)]
        assert [leaf_hash(entry_of(state)) for state in stored[1:]] == view.tree.nodes(0, 1, 9)


def test_nodes_can_be_dropped_and_made_again(filled):
    """Nodes are made from leaves, so they may go; what was signed stays."""
    with filled.writing() as transaction:
        transaction.tree.drop_nodes()
        assert 0 == transaction.tree.grown()
        transaction.tree.insert_nodes(1, 0, HASHES[:1])
    with filled.reading() as view:
        assert (2, SIGNED) == (view.tree.grown(), view.tree.checkpoints(-1, 9))


def test_what_was_signed_is_found_by_size(filled):
    """Of a size, the latest counts; where a size was not signed, the next larger one covers it."""
    with filled.reading() as view:
        tree = view.tree
        assert [SIGNED[0], SIGNED[2], None, SIGNED[3]] == [tree.checkpoint_of(size) for size in (0, 5, 6, 9)]
        assert [SIGNED[2], SIGNED[2], SIGNED[3], None] == [tree.checkpoint_covering(size) for size in (1, 5, 6, 10)]
        assert (SIGNED[3], SIGNED[1:3], KEYS) == (tree.latest_checkpoint(), tree.checkpoints(0, 2), tree.log_keys())


def test_a_witness_signs_a_checkpoint_once(filled):
    """What a witness signed last of a checkpoint stands in the place of what it signed before."""
    with filled.reading() as view:
        assert [("witness+a", "another"), ("witness+b", "second")] == view.tree.cosignatures(3)


FORBIDDEN = {
    "a checkpoint is changed": "UPDATE checkpoints SET note = 'other' WHERE number = 1",
    "a checkpoint is deleted": "DELETE FROM checkpoints WHERE number = 3",
    "a number is left out": "INSERT INTO checkpoints SELECT 5, 9, root, verifier_key, signed_at, note FROM checkpoints "
    "WHERE number = 3",
    "a number comes twice": "INSERT INTO checkpoints SELECT 3, 9, root, verifier_key, signed_at, note FROM checkpoints "
    "WHERE number = 3",
    "a smaller size is signed": "INSERT INTO checkpoints SELECT 4, 8, root, verifier_key, signed_at, note "
    "FROM checkpoints WHERE number = 3",
    "another root of a size is signed": "INSERT INTO checkpoints SELECT 4, 9, root, verifier_key, signed_at, note "
    "FROM checkpoints WHERE number = 0",
    "a key is changed": "UPDATE log_keys SET from_size = 9 WHERE number = 1",
    "a key is deleted": "DELETE FROM log_keys WHERE number = 0",
    "a key comes twice": "INSERT INTO log_keys SELECT 1, verifier_key, 9, recorded_at, statement FROM log_keys "
    "WHERE number = 1",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_nobody_changes_what_was_signed_through_sql(engine, filled, behind, statement):
    """What was signed, and by which key, is neither changed nor deleted, and nothing is slipped in."""
    with pytest.raises(engine.refusal, match="append-only"):
        behind(statement)
    with filled.reading() as view:
        assert (SIGNED, KEYS) == (view.tree.checkpoints(-1, 9), view.tree.log_keys())
