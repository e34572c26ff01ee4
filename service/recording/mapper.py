"""Domain events to canonical bytes and back; an allow-list of topics stands in between.

The bytes are those of `domain.entry`; the library's own transcoder is not used, since
it would take user data that looks like its markers for its own.
"""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.persistence import Mapper, StoredEvent

from domain.codebook import EVENT_TYPES, SCHEMA_VERSION, Recorded
from domain.entry import encode_event

_BY_TOPIC = {kind.TOPIC: kind for kind in EVENT_TYPES.values()}


class UnreadableEvent(Exception):
    """A stored event is of a topic or schema version that this program does not know."""


class EventMapper(Mapper[UUID]):
    """Convert between events and stored events."""

    def __init__(self) -> None:
        """Take no transcoder, compressor or cipher: the bytes are the contract."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Write an event that has its payload; a redacted one is never written anew."""
        event: Recorded = domain_event
        return StoredEvent(event.originator_id, event.version, event.TOPIC, encode_event(event))

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Read a stored event; raises UnreadableEvent for one of a newer program."""
        kind = _BY_TOPIC.get(stored_event.topic)
        stored: dict[str, Any] = orjson.loads(stored_event.state)
        if kind is None or stored["v"] != SCHEMA_VERSION:
            raise UnreadableEvent(
                f"event {stored_event.originator_version} of claim {stored_event.originator_id} has topic "
                f"{stored_event.topic!r} and schema version {stored.get('v')!r}; this program reads version "
                f"{SCHEMA_VERSION}. Run the program that wrote it, or a newer one."
            )
        event = object.__new__(kind)
        # Frozen and slotless: filled in one go, as the library's own mapper does.
        event.__dict__.update(
            originator_id=stored_event.originator_id,
            originator_version=stored_event.originator_version,
            timestamp=datetime.fromisoformat(stored["recorded_at"]),
            recorded_by=stored["recorded_by"],
            salt=b64decode(stored["salt"]) if "salt" in stored else None,
            data=stored.get("data"),
            redacted=stored.get("redacted"),
        )
        return event
