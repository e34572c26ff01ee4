"""Publish the log: extend its tree, check what is there against what was signed, sign, store, and only then serve.

Never on the write path. Whoever signs holds the head of the log from before the checks to
the commit, so that two publishers never sign at once and a checkpoint is of a size that
has been committed. A crash leaves nodes that the next run goes on from, or a checkpoint
that is stored and may be served; never one that was signed and is not stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.instants import write_instant
from domain.merkle import BadProof, complete, prove_consistency, root_of, verify_consistency
from service.public_log.checkpoint import Checkpoint, open_checkpoint
from service.public_log.cosigning import KnownWitness, ask_witnesses
from service.public_log.kept_note import KeptNote
from service.public_log.note import BadNote, SigningKey, VerifierKey, split_note, write_note
from service.public_log.rotation import tell_rotation
from service.store.interface import Store, Transaction
from service.store.tree import LogKey, SignedCheckpoint, Tree

EVERY = 10  # seconds between two runs of the job
STEP = 4_096  # leaves whose nodes are stored in one transaction, which writers wait for


class RefusesToSign(Exception):
    """What is there contradicts what was signed before; says what was expected and what there is."""


def hold_nothing_back() -> int | None:
    """Answer that no standby has to hold what is signed."""
    return None


@dataclass(frozen=True, slots=True)
class _Before:
    """What was signed before, and how that is known."""

    size: int
    root: bytes
    told: str


@dataclass(frozen=True, slots=True)
class Publisher:
    """Signs the log of one store with one key, and asks witnesses to sign it too.

    `standby_size` tells how many events the synchronous standby holds; None where there is none.
    `kept` is where it stands, outside the store, what the key signed last.
    """

    store: Store
    key: SigningKey
    clock: Callable[[], datetime]
    standby_size: Callable[[], int | None] = hold_nothing_back
    witnesses: Sequence[KnownWitness] = ()
    kept: KeptNote | None = None

    def publish(self, progress: Callable[[float], None] = lambda _: None) -> SignedCheckpoint:
        """Sign the log as it is, unless that has been done; answers what was signed. Raises RefusesToSign."""
        with self.store.reading() as view:
            latest, size = view.tree.latest_checkpoint(), view.head().size
        if latest and (latest.size, latest.verifier_key) == (size, self.key.verifier.written()):
            last = self._find_kept()
            if last is None or (last.size, last.root) == (latest.size, latest.root):
                return latest
        self._grow(progress)
        with self.store.writing() as transaction:
            return self._sign(transaction)

    def run(self, progress: Callable[[float], None]) -> str:
        """Publish and ask the witnesses, as a job; answers in a sentence what is signed."""
        size, seen = self.publish(progress).size, ask_witnesses(self.store, self.witnesses, self.clock)
        return f"Signed at size {size}{', seen now by ' if seen else ''}{', '.join(seen)}."

    def rotate(self, new: SigningKey) -> SignedCheckpoint:
        """Sign the log with a new key from now on, which this one names as its follower; raises RefusesToSign."""
        self.publish()
        with self.store.writing() as transaction:
            size = transaction.head().size
            text = tell_rotation(self.key.verifier, new.verifier, size)
            statement = write_note(text, [self.key.sign_text(text), new.sign_text(text)])
            self._record_key(transaction, new.verifier.written(), size, statement)
            return replace(self, key=new)._sign(transaction)  # noqa: SLF001 - its own

    def _grow(self, progress: Callable[[float], None]) -> None:
        while True:
            with self.store.reading() as view:
                grown, size = view.tree.grown(), view.head().size
            if size - grown <= STEP:
                return
            progress(grown / size)
            with self.store.writing() as transaction:
                extend(transaction.tree, min(transaction.tree.grown() + STEP, transaction.head().size))

    def _sign(self, transaction: Transaction) -> SignedCheckpoint:
        tree, size, name = transaction.tree, transaction.head().size, self.key.verifier.written()
        latest, last = tree.latest_checkpoint(), self._find_kept()
        before = [_Before(latest.size, latest.root, f"at {latest.signed_at}")] if latest else []
        if self.kept and last:
            before.append(_Before(last.size, last.root, f"as {self.kept.path} tells"))
        self._refuse_smaller(size, before)
        extend(tree, size)
        root = root_of(size, tree.node)
        _refuse_other(tree, before, size, root)
        keys = tree.log_keys()
        if not keys or keys[-1].verifier_key != name:
            self._record_key(transaction, name, size, self._take_over(keys[-1], size) if keys else None)
        elif latest and (latest.size, latest.verifier_key) == (size, name):
            return latest
        text = Checkpoint(self.key.name, size, root).text()
        note = write_note(text, [self.key.sign_text(text)])
        number = latest.number + 1 if latest else 0
        signed = SignedCheckpoint(number, size, root, name, write_instant(self.clock()), note)
        tree.insert_checkpoint(signed)
        if self.kept:
            self.kept.keep(note)  # a crash before the commit leaves it signed here alone: the next one extends it
        return signed

    def _find_kept(self) -> Checkpoint | None:
        """Find what this key signed last, whatever the store says; raises RefusesToSign."""
        if self.kept is None:
            return None
        try:
            if (note := self.kept.find()) is None:
                return None
            _, signatures = split_note(note)
            mine = any(self.key.verifier.made(signature) for signature in signatures)
            return open_checkpoint(note, [self.key.verifier]) if mine else None
        except BadNote as error:
            raise RefusesToSign(f"{self.kept.path} does not tell what was signed last: {error}") from error

    def _refuse_smaller(self, size: int, before: Sequence[_Before]) -> None:
        for one in before:
            if one.size > size:
                raise RefusesToSign(
                    f"expected at least {one.size} events, which were signed {one.told}, got {size}: "
                    "the record was cut off, or rolled back to a backup"
                )
        held = self.standby_size()
        if held is not None and held < size:
            raise RefusesToSign(f"expected a synchronous standby that holds {size} events, got one that holds {held}")

    def _take_over(self, last: LogKey, size: int) -> str:
        # The key before it is lost, or was moved away: then this one alone says that it follows, which proves nothing
        # to who holds the other; and whoever takes a statement out of the store cannot pass it off as such.
        text = tell_rotation(VerifierKey.parse(last.verifier_key), self.key.verifier, size)
        return write_note(text, [self.key.sign_text(text)])

    def _record_key(self, transaction: Transaction, name: str, size: int, statement: str | None) -> None:
        keys = transaction.tree.log_keys()
        if name in {key.verifier_key for key in keys}:
            raise RefusesToSign(f"expected the key {keys[-1].verifier_key}, got {name}, which it has replaced")
        transaction.tree.insert_key(LogKey(len(keys), name, size, write_instant(self.clock()), statement))


def extend(tree: Tree, size: int) -> None:
    """Store the nodes that are complete in the tree of a size and not there yet."""
    start = tree.grown()
    for level, first, hashes in complete(start, tree.nodes(0, start, size), tree.node):
        tree.insert_nodes(level, first, hashes)


def remake_nodes(tree: Tree) -> None:
    """Make the nodes again that there are, from the leaves; raises RefusesToSign where those were not signed so."""
    grown, latest = tree.grown(), tree.latest_checkpoint()
    size = max(grown, latest.size if latest else 0)
    tree.drop_nodes()
    for end in [*range(STEP, size, STEP), size]:
        extend(tree, end)
    if latest:
        before = [_Before(latest.size, latest.root, f"at {latest.signed_at}")]
        _refuse_other(tree, before, latest.size, root_of(latest.size, tree.node))


def _refuse_other(tree: Tree, before: Sequence[_Before], size: int, root: bytes) -> None:
    for one in before:
        try:
            verify_consistency(one.size, one.root, size, root, prove_consistency(one.size, size, tree.node))
        except BadProof as error:
            raise RefusesToSign(
                f"{error} (of the {one.size} events signed {one.told}): the log is not the one that was "
                "signed. `onrecord verify` says where."
            ) from error
