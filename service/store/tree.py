"""What an engine keeps of the public log beside its leaves: nodes, what was signed, by which keys, and who saw it.

Nodes are made from the leaves, by the publisher; they can be dropped and made again. What
was signed is never changed and never dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class MissingNode(Exception):
    """A leaf, or a node above it, is not where it should be; says which."""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that was signed; `number` counts them, `note` is what the log itself signed."""

    number: int
    size: int
    root: bytes
    verifier_key: str
    signed_at: str
    note: str


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key the log was signed with, from a size on.

    `statement` is the note by which the key before it named it, where that key was there to do so.
    """

    number: int
    verifier_key: str
    from_size: int
    recorded_at: str
    statement: str | None = None


class TreeView(Protocol):
    """A look at the public log."""

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        """Give the nodes of a level from one number to before another; level 0 are the leaves."""

    def node(self, level: int, number: int) -> bytes:
        """Give a node; raises MissingNode."""

    def grown(self) -> int:
        """Count the leaves that the nodes above them cover; an even number."""

    def count_nodes(self) -> int:
        """Count all nodes above the leaves."""

    def end(self) -> int:
        """Tell the position behind the last event and the last leaf, whatever the head says."""

    def latest_checkpoint(self) -> SignedCheckpoint | None:
        """Find what was signed last."""

    def checkpoint_of(self, size: int) -> SignedCheckpoint | None:
        """Find what was signed last of a size."""

    def checkpoint_covering(self, size: int) -> SignedCheckpoint | None:
        """Find what was signed last of the smallest signed size that is not below a size."""

    def checkpoints(self, after: int, limit: int) -> list[SignedCheckpoint]:
        """List what was signed, after a number (-1: from the first on), in order."""

    def log_keys(self) -> list[LogKey]:
        """List the keys, the first first."""

    def cosignatures(self, checkpoint: int) -> list[tuple[str, str]]:
        """List (verifier key of the witness, signature line) of a checkpoint, by key."""

    def last_cosigned(self, witness: str) -> int:
        """Tell the largest size that a witness signed; 0 where it signed none."""


class Tree(TreeView, Protocol):
    """The public log, inside a write transaction."""

    def insert_nodes(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        """Store nodes of a level, from a number on."""

    def drop_nodes(self) -> None:
        """Drop all nodes above the leaves."""

    def insert_checkpoint(self, checkpoint: SignedCheckpoint) -> None:
        """Store what was signed."""

    def insert_key(self, key: LogKey) -> None:
        """Store that a key signs from now on."""

    def save_cosignature(self, checkpoint: int, witness: str, line: str) -> None:
        """Store what a witness signed of a checkpoint, in the place of what it signed of it before."""
