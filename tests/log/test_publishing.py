"""Hold the publisher to what it may sign, and to storing before it serves."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import pytest

from domain.merkle import EMPTY_ROOT, prove_consistency, root_of, verify_consistency
from service.bootstrap import build_publisher
from service.config import BadConfiguration, Config
from service.public_log import publisher as publishing
from service.public_log.checkpoint import Checkpoint, open_checkpoint
from service.public_log.kept_note import KeptNote
from service.public_log.log_key import find_key, next_file, read_key
from service.public_log.note import SigningKey, open_note, write_note
from service.public_log.publisher import RefusesToSign
from service.store import open_store
from service.store.tree import MissingNode
from tests.domain.test_merkle import tree_hash


@pytest.fixture
def tampering(tmp_path):
    """Give a way to run statements as the database's owner, who has dropped the triggers."""

    def run(*statements):
        with closing(sqlite3.connect(tmp_path / "record.db", isolation_level=None)) as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)

    return run


def leaves_of(store):
    """List the leaves of the log."""
    with store.reading() as view:
        return tuple(view.tree.nodes(0, 0, view.head().size))


def nodes_of(store):
    """List all nodes above the leaves, by level and number."""
    with store.reading() as view:
        return {(level, n): h for level in range(1, 12) for n, h in enumerate(view.tree.nodes(level, 0, 2**20))}


def test_an_empty_log_is_signed_too(publisher, store, key):
    """Before the first event the log is of size 0, its root that of the empty tree, and signed."""
    signed = publisher.publish()
    assert Checkpoint("record.example/log", 0, EMPTY_ROOT) == open_checkpoint(signed.note, [key.verifier])
    assert signed == publisher.publish()


def test_every_size_is_signed_with_its_root(publisher, claim, store, key, monkeypatch):
    """Whatever the log grew by, the checkpoint has the root of its leaves, and every complete node is stored."""
    monkeypatch.setattr(publishing, "STEP", 4)
    for statements in (0, 0, 3, 12, 1, 30):
        claim(statements)
        signed = open_checkpoint(publisher.publish().note, [key.verifier])
        leaves = leaves_of(store)
        assert (len(leaves), tree_hash(leaves)) == (signed.size, signed.root)
    complete = {(v, n): tree_hash(leaves[n << v : n + 1 << v]) for v in range(1, 12) for n in range(len(leaves) >> v)}
    assert complete == nodes_of(store)


def test_nothing_new_is_not_signed_anew(publisher, claim, store):
    """A log that has not grown is not signed again."""
    claim(2)
    first = publisher.publish()
    assert (first, [first]) == (publisher.publish(), checkpoints(store))


def checkpoints(store):
    """List what was signed."""
    with store.reading() as view:
        return view.tree.checkpoints(-1, 100)


def test_a_smaller_size_is_never_signed(publisher, publish, claim, tampering, store):
    """When events that were signed are gone, nothing is signed, and the refusal says what is missing."""
    claim(4)
    publish()
    tampering(
        "DELETE FROM log WHERE position > 2", "DELETE FROM events WHERE position > 2", "UPDATE log_head SET size = 3"
    )
    with pytest.raises(RefusesToSign, match=r"expected at least 5 events, which were signed at .*, got 3: .* cut off"):
        publish()
    assert [5] == [signed.size for signed in checkpoints(store)]


@pytest.mark.parametrize("more", [0, 3])
def test_another_root_is_never_signed(publisher, publish, claim, tampering, store, more):
    """When a leaf that was signed is another, and the tree is made anew over it, nothing is signed on top of it."""
    claim(4)
    publish()
    tampering("UPDATE log SET leaf = zeroblob(32) WHERE position = 1", "DELETE FROM log_nodes")
    claim(more)
    with pytest.raises(RefusesToSign, match=r"expected old root .*, got .* 5 events signed at .* not the one that was"):
        publish()
    assert [5] == [signed.size for signed in checkpoints(store)]


def test_a_tree_with_holes_is_never_signed(publish, claim, tampering):
    """A node that is missing below the root is named, and nothing is signed."""
    claim(6)
    publish()
    tampering("DELETE FROM log_nodes WHERE level = 2 AND number = 0")
    claim()
    with pytest.raises(MissingNode, match="node 0 of level 2"):
        publish()


def test_nothing_is_signed_that_the_standby_does_not_hold(publisher, claim, store):
    """Where a synchronous standby is to hold what is signed, a size that it does not hold is not signed."""
    claim(2)
    behind = replace(publisher, standby_size=lambda: 2)
    with pytest.raises(RefusesToSign, match="standby that holds 3 events, got one that holds 2"):
        behind.publish()
    assert [] == checkpoints(store)
    assert replace(publisher, standby_size=lambda: 3).publish().size == 3


def test_a_record_that_was_rolled_back_is_not_signed(publisher, claim, store, tmp_path, key):
    """What the key signed last stands beside it, so that a record put back to a backup is not signed over again."""
    kept = KeptNote(tmp_path / "key.signed")
    lasting = replace(publisher, kept=kept)
    claim(2)
    early = lasting.publish()
    assert early.note == kept.find()
    store.backup(str(tmp_path / "backup.db"), lambda _: None)
    claim(3)
    late = lasting.publish()
    assert (late.note, 0o600) == (kept.find(), stat.S_IMODE(kept.path.stat().st_mode))
    old = replace(lasting, store=open_store(f"sqlite:///{tmp_path}/backup.db"))
    with pytest.raises(RefusesToSign, match=rf"expected at least 7 events, .* as {kept.path} tells, got 3: .* backup"):
        old.publish()
    assert early.note == replace(old, kept=None).publish().note  # which alone would see nothing
    kept.path.unlink()  # an operator's decision
    assert 3 == old.publish().size


def test_another_history_of_the_same_size_is_not_signed(publisher, claim, store, tmp_path, tampering):
    """A history written anew over what the key signed is not signed, whatever the database says was signed."""
    kept = KeptNote(tmp_path / "key.signed")
    lasting = replace(publisher, kept=kept)
    claim(2)
    lasting.publish()
    tampering(
        "UPDATE log SET leaf = zeroblob(32) WHERE position = 1", "DELETE FROM log_nodes", "DELETE FROM checkpoints"
    )
    with pytest.raises(RefusesToSign, match="not the one that was signed"):
        lasting.publish()
    kept.path.write_text("something else")
    with pytest.raises(RefusesToSign, match="does not tell what was signed last"):
        lasting.publish()


def test_what_another_key_signed_is_no_reason(publisher, claim, tmp_path, key):
    """A new key begins with what it signs itself; the one before it left its last word there."""
    lasting = replace(publisher, kept=KeptNote(tmp_path / "key.signed"))
    lasting.kept.keep(another_note(key.name))
    claim(1)
    assert lasting.publish().note == lasting.kept.find()


def another_note(name):
    """Sign a larger log with another key of the same name."""
    other, text = SigningKey.make(name), Checkpoint(name, 99, bytes(32)).text()
    return write_note(text, [other.sign_text(text)])


def test_two_publishers_sign_one_after_the_other(publisher, claim, store, key):
    """However many publish at once while others record, each checkpoint extends the one before, once."""
    claim()
    publishers = [threading.Thread(target=lambda: [publisher.publish() for _ in range(8)]) for _ in range(3)]
    for thread in publishers:
        thread.start()
    for _ in range(12):
        claim(1)
    for thread in publishers:
        thread.join()
    publisher.publish()
    signed = checkpoints(store)
    assert list(range(len(signed))) == [one.number for one in signed]
    assert sorted({one.size for one in signed}) == [one.size for one in signed]
    with store.reading() as view:
        for old, new in pairwise(signed):
            proof = prove_consistency(old.size, new.size, view.tree.node)
            verify_consistency(old.size, old.root, new.size, new.root, proof)
            assert new.root == root_of(new.size, view.tree.node)


def test_what_a_crash_leaves_is_gone_on_from(publisher, claim, store, monkeypatch):
    """When publishing breaks off before it signs, nothing is served of it, and the next run finishes."""
    monkeypatch.setattr(publishing, "STEP", 4)
    claim(20)
    monkeypatch.setattr(SigningKey, "sign", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publisher.publish()
    assert [] == checkpoints(store)
    monkeypatch.undo()
    assert (21, tree_hash(leaves_of(store))) == ((signed := publisher.publish()).size, signed.root)


def test_a_key_is_replaced_by_one_that_it_names(publisher, claim, store, key):
    """The old key signs which one follows, from which size; after that it signs nothing."""
    claim(1)
    new = SigningKey.make(key.name)
    signed = publisher.rotate(new)
    assert (2, 2) == (signed.size, open_checkpoint(signed.note, [new.verifier]).size)
    with store.reading() as view:
        first, second = view.tree.log_keys()
    assert [first.verifier_key, second.verifier_key] == [key.verifier.written(), new.verifier.written()]
    for signer in (key, new):
        text, _ = open_note(second.statement, [signer.verifier])
        assert f"onrecord-log-key/1\n{key.name}\n2\n{key.verifier.written()}\n{new.verifier.written()}\n" == text
    with pytest.raises(RefusesToSign, match="which it has replaced"):
        publisher.publish()
    claim()
    assert replace(publisher, key=new).publish().size == 3


def test_the_embedded_store_makes_its_key(tmp_path, store):
    """The key is made once, next to the database, for its owner alone, and in the record's name."""
    config = Config(database=f"sqlite:///{tmp_path}/record.db", origin="record.example/log")
    made = build_publisher(store, config).key
    file = tmp_path / "record.db.key"
    assert (made, made, "record.example/log") == (find_key(config), read_key(file), made.name)
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert next_file(file).name == "record.db.key.next"
    assert made.written() not in str(config.shown())


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ({"log_key_file": "{}/none"}, "cannot be read"),
        ({"log_key_file": "{}/record.db"}, "signing key"),
        ({"log_key_file": "{}/other.key"}, "the key in .* signs for 'other.example'"),
        ({"origin": "two words"}, "ONRECORD_ORIGIN"),
    ],
)
def test_a_key_that_cannot_sign_this_log_is_refused(tmp_path, store, config, fault):
    """A key that is not there, is none, or is another log's is refused by name before anything is signed."""
    (tmp_path / "other.key").write_text(SigningKey.make("other.example").written())
    given = {name: value.format(tmp_path) for name, value in config.items()}
    with pytest.raises(BadConfiguration, match=fault):
        find_key(Config(database=f"sqlite:///{tmp_path}/record.db", **given))


def test_there_is_no_log_where_no_key_is_configured(store):
    """A store that is not embedded has no log until a key is configured."""
    assert build_publisher(store, Config(database="postgresql://record")) is None
