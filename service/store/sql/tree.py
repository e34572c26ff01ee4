"""The public log in SQL: nodes, checkpoints, keys and cosignatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import Any

from service.store.sql.dialect import Sql
from service.store.tree import LogKey, MissingNode, SignedCheckpoint

_CHECKPOINT = ", ".join(field.name for field in fields(SignedCheckpoint))
_KEY = ", ".join(field.name for field in fields(LogKey))


class SQLTree:
    """The public log, through a connection that is inside a transaction."""

    def __init__(self, sql: Sql) -> None:
        """Use the connection of a look at the record."""
        self._sql = sql

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        """Give the nodes of a level from one number to before another; level 0 are the leaves."""
        query = "SELECT hash FROM log_nodes WHERE level = ? AND number >= ? AND number < ? ORDER BY number"
        if level == 0:
            query = "SELECT leaf FROM log WHERE ? = 0 AND position >= ? AND position < ? ORDER BY position"
        return [hashed for (hashed,) in self._sql.execute(query, (level, start, end))]

    def node(self, level: int, number: int) -> bytes:
        """Give a node; raises MissingNode."""
        found = self.nodes(level, number, number + 1)
        if not found:
            raise MissingNode(f"expected node {number} of level {level} of the log's tree, got none")
        return found[0]

    def grown(self) -> int:
        """Count the leaves that the nodes above them cover."""
        row = self._sql.execute("SELECT max(number) FROM log_nodes WHERE level = 1").fetchone()
        return 0 if row[0] is None else 2 * (int(row[0]) + 1)

    def count_nodes(self) -> int:
        """Count all nodes above the leaves."""
        count: int = self._sql.execute("SELECT count(*) FROM log_nodes").fetchone()[0]
        return count

    def end(self) -> int:
        """Tell the position behind the last event and the last leaf, whatever the head says."""
        last = [self._sql.execute(f"SELECT max(position) FROM {table}").fetchone()[0] for table in ("events", "log")]
        return max(-1 if position is None else int(position) for position in last) + 1

    def latest_checkpoint(self) -> SignedCheckpoint | None:
        """Find what was signed last."""
        return self._find("ORDER BY number DESC LIMIT 1")

    def checkpoint_of(self, size: int) -> SignedCheckpoint | None:
        """Find what was signed last of a size."""
        return self._find("WHERE size = ? ORDER BY number DESC LIMIT 1", size)

    def checkpoint_covering(self, size: int) -> SignedCheckpoint | None:
        """Find what was signed last of the smallest signed size that is not below a size."""
        return self._find("WHERE size >= ? ORDER BY size, number DESC LIMIT 1", size)

    def checkpoints(self, after: int, limit: int) -> list[SignedCheckpoint]:
        """List what was signed, after a number, in order."""
        query = f"SELECT {_CHECKPOINT} FROM checkpoints WHERE number > ? ORDER BY number LIMIT ?"
        return [SignedCheckpoint(*row) for row in self._sql.execute(query, (after, limit))]

    def log_keys(self) -> list[LogKey]:
        """List the keys, the first first."""
        return [LogKey(*row) for row in self._sql.execute(f"SELECT {_KEY} FROM log_keys ORDER BY number")]

    def cosignatures(self, checkpoint: int) -> list[tuple[str, str]]:
        """List (verifier key of the witness, signature line) of a checkpoint, by key."""
        query = "SELECT witness, line FROM cosignatures WHERE checkpoint = ? ORDER BY witness"
        return [(witness, line) for witness, line in self._sql.execute(query, (checkpoint,))]

    def last_cosigned(self, witness: str) -> int:
        """Tell the largest size that a witness signed."""
        query = "SELECT max(size) FROM cosignatures JOIN checkpoints ON number = checkpoint WHERE witness = ?"
        return self._sql.execute(query, (witness,)).fetchone()[0] or 0

    def insert_nodes(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        """Store nodes of a level, from a number on."""
        self._sql.insert("log_nodes", [(level, number, hashed) for number, hashed in enumerate(hashes, first)])

    def drop_nodes(self) -> None:
        """Drop all nodes above the leaves."""
        self._sql.execute("DELETE FROM log_nodes")

    def insert_checkpoint(self, checkpoint: SignedCheckpoint) -> None:
        """Store what was signed."""
        self._sql.insert(f"checkpoints ({_CHECKPOINT})", [astuple(checkpoint)])

    def insert_key(self, key: LogKey) -> None:
        """Store that a key signs from now on."""
        self._sql.insert(f"log_keys ({_KEY})", [astuple(key)])

    def save_cosignature(self, checkpoint: int, witness: str, line: str) -> None:
        """Store what a witness signed of a checkpoint, in the place of what it signed of it before."""
        statement = (
            "INSERT INTO cosignatures (checkpoint, witness, line) VALUES (?, ?, ?) "
            "ON CONFLICT (checkpoint, witness) DO UPDATE SET line = excluded.line"
        )
        self._sql.store(statement, (checkpoint, witness, line))

    def _find(self, which: str, *given: Any) -> SignedCheckpoint | None:
        row = self._sql.execute(f"SELECT {_CHECKPOINT} FROM checkpoints {which}", given).fetchone()
        return SignedCheckpoint(*row) if row else None
