"""An event as bytes, and as a leaf of the public log (`docs/events.md`, *Bytes*).

The stored event is canonical JSON (RFC 8785, of which only strings, integers,
booleans, null, arrays and objects with ASCII keys occur). The entry, the leaf, has one
commitment in the place of the payload and its salt, so that erasing a payload changes
no leaf, no proof and no root. Leaf hashes are those of RFC 9162.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from domain.codebook import SCHEMA_VERSION, Recorded
from domain.instants import write_instant

LARGEST_EVENT = 65_535  # bytes of a stored event: "< 64 KiB"
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: object) -> bytes:
    """Write canonical JSON; refuses (ValueError) what has none: NaN, infinities, lone surrogates."""
    return _encode(value).encode()


def commit(salt: bytes, data: bytes) -> str:
    """Commit to a payload: SHA-256 of its 16 salt bytes and its canonical JSON, lower-case hex."""
    return sha256(salt + data).hexdigest()


def encode_event(event: Recorded) -> bytes:
    """Write an event with its payload as it is stored and served."""
    return encode_both(event)[0]


def encode_both(event: Recorded, encode: Callable[[object], str] = _encode) -> tuple[bytes, bytes]:
    """Write an event with its payload as it is stored, and its entry; `encode` writes the same as `canonical`."""
    data, salt = encode(event.data), event.salt or b""
    claim = f'{{"claim":"{event.originator_id}"'
    recorded = f'"recorded_at":"{write_instant(event.timestamp)}","recorded_by":{encode(event.recorded_by)}'
    kind = f'"type":"{event.type}","v":{SCHEMA_VERSION},"version":{event.version}}}'
    stored = f'{claim},"data":{data},{recorded},"salt":"{b64encode(salt).decode()}",{kind}'
    entry = f'{claim},"commitment":"{commit(salt, data.encode())}",{recorded},{kind}'
    return stored.encode(), entry.encode()


def entry_members(event: Recorded) -> dict[str, object]:
    """List what the entry of an event that still has its payload says."""
    return {
        "claim": str(event.originator_id),
        "commitment": commit(event.salt or b"", canonical(event.data)),
        "recorded_at": write_instant(event.timestamp),
        "recorded_by": event.recorded_by,
        "type": event.type,
        "v": SCHEMA_VERSION,
        "version": event.version,
    }


def encode_redacted(entry: Mapping[str, Any], *, redaction: int) -> bytes:
    """Write what remains of an event once the event numbered `redaction` erased its payload."""
    return canonical({**entry, "redacted": redaction})


def entry_of(stored: bytes) -> bytes:
    """Give the entry of a stored event, with its payload or redacted."""
    event: dict[str, Any] = json.loads(stored)
    if "redacted" in event:
        del event["redacted"]
    else:
        event["commitment"] = commit(b64decode(event.pop("salt")), canonical(event.pop("data")))
    return canonical(event)


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry as a leaf, RFC 9162 section 2.1.1; 32 bytes."""
    return sha256(b"\x00" + entry).digest()
