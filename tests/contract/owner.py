"""The database's owner, with bad intentions: what a superuser can do to a record behind the program's back."""

from __future__ import annotations

import json
from uuid import uuid5

from domain.entry import entry_of, leaf_hash
from service.public_log.note import SigningKey
from tests.builders import CLAIM_ID
from tests.contract.proving import canonical

KEY = SigningKey.make("record.example/log")
EARLY, SIZE = 21, 41  # events when the auditor came by, and now
REDACTED, REDACTION = 6, 8  # positions: event 7 of the first claim, and event 9, which erased it and its amendment


class Owner:
    """Who owns the database: the triggers are dropped, and any statement runs."""

    def __init__(self, engine, behind):
        """Drop the triggers."""
        self.run = behind
        if engine.name == "sqlite":
            for (name,) in behind("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                behind(f"DROP TRIGGER {name}")
        else:
            for table in ("events", "log", "log_head", "checkpoints", "log_keys"):
                behind(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def state(self, position):
        """Read a stored event."""
        return self.run("SELECT state FROM events WHERE position = ?", position)[0][0]

    def write(self, position, state):
        """Put other bytes in the place of a stored event."""
        self.run("UPDATE events SET state = ? WHERE position = ?", state, position)

    def leaf(self, position, leaf):
        """Put another leaf in the log."""
        self.run("UPDATE log SET leaf = ? WHERE position = ?", leaf, position)

    def edit(self, position, **changes):
        """Change members of a stored event; answers its new bytes."""
        state = canonical(json.loads(self.state(position)) | changes).decode()
        self.write(position, state)
        return state

    def another(self, n):
        """Make an event that opens a claim of which the record knows nothing."""
        return json.loads(self.state(9)) | {"claim": str(uuid5(CLAIM_ID, f"another {n}"))}

    def move(self, table, first, by):
        """Move the rows of a table from a position on, past each other by way of negative positions."""
        there = -(10**6)
        self.run(f"UPDATE {table} SET position = position + {there} WHERE position >= {first}")  # noqa: S608 - our own
        self.run(f"UPDATE {table} SET position = position + {by - there} WHERE position < 0")  # noqa: S608 - likewise

    def put(self, position, event, *, leaf):
        """Put an event at a free position, with a leaf or without."""
        claim, version = event["claim"], event["version"]
        row = (position, claim, version, f"onrecord.{event['type']}", canonical(event).decode())
        self.run("INSERT INTO events (position, claim, version, topic, state) VALUES (?, ?, ?, ?, ?)", *row)
        if leaf:
            row = (position, claim, version, event["recorded_at"], bytes(32))
            self.run("INSERT INTO log (position, claim, version, recorded_at, leaf) VALUES (?, ?, ?, ?, ?)", *row)

    def cut(self, size):
        """Remove the events from a position on."""
        for table in ("events", "log"):
            self.run(f"DELETE FROM {table} WHERE position >= ?", size)  # noqa: S608 - our own names
        self.run("UPDATE log_head SET size = ?", size)

    def forget(self, size):
        """Remove what was signed and grown past a size, as if it had never been."""
        self.run("DELETE FROM checkpoints WHERE size > ?", size)
        self.run("DELETE FROM log_nodes WHERE (number + 1) * (1 << CAST(level AS INTEGER)) > ?", size)

    def rewrite_log(self):
        """Make leaves anew of all events as they are now."""
        for position, state in self.run("SELECT position, state FROM events ORDER BY position"):
            self.leaf(position, leaf_hash(entry_of(state.encode())))
