"""What tests of handed out files share: how many events there are, and what is done to them."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256

import orjson

from domain.merkle import Frontier
from service.public_log.checkpoint import Checkpoint
from service.public_log.note import write_note
from tests.contract.proving import canonical

EARLY, SIZE = 5, 15  # events at the auditor's first visit, and signed now; one more is not signed


def saying(summary):
    """Make a statement."""
    return {"party": {"name": "Ministry 1", "kind": "ministry"}, "summary": summary, "source": {"publisher": "A"}}


def mend(desk, address, event, version):
    """Mend a claim."""
    answer = desk.post(
        f"{address}/events", json={"type": event[0], "data": event[1]}, headers={"If-Match": f'"{version}"'}
    )
    assert answer.status_code == 201, answer.text


def sign(key, size, root):
    """Sign a checkpoint."""
    text = Checkpoint(key.name, size, root).text()
    return write_note(text, [key.sign_text(text)])


def resign(lines, key, change):
    """Change the events of an export as whoever holds the log's key can, and sign that; gives the note too."""
    head, *items, end = [json.loads(line) for line in lines.splitlines()]
    events = [item["event"] for item in items]
    change(events)
    frontier = Frontier()
    frontier.add([hash_leaf(event) for event in events])
    head |= {"checkpoint": sign(key, len(events), frontier.root()), "log_size": len(events)}
    body = [b'{"position":%d,"event":%b}' % (position, canonical(event)) for position, event in enumerate(events)]
    return b"\n".join([orjson.dumps(head), *body, orjson.dumps({**end, "events": len(events)}), b""]), head[
        "checkpoint"
    ]


def hash_leaf(event):
    """Hash an event as the documents tell, whatever is in it."""
    entry = {name: told for name, told in event.items() if name not in {"data", "salt", "redacted"}}
    if "redacted" not in event:
        entry["commitment"] = commitment(event["salt"], event["data"])
    return sha256(b"\x00" + canonical(entry)).digest()


def empty(item, redaction):
    """Take an event's words out, as a redaction would."""
    event = item["event"]
    salt, data = event.pop("salt"), event.pop("data")
    event["commitment"] = commitment(salt, data)
    event["redacted"] = redaction


def commitment(salt, data):
    """Commit to a payload, as the documents tell."""
    return sha256(b64decode(salt) + canonical(data)).hexdigest()
