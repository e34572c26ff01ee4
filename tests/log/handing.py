"""What tests of handed out files share: how many events there are, and what is done to them."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256

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


def empty(item, redaction):
    """Take an event's words out, as a redaction would."""
    event = item["event"]
    salt, data = event.pop("salt"), event.pop("data")
    event["commitment"] = commitment(salt, data)
    event["redacted"] = redaction


def commitment(salt, data):
    """Commit to a payload, as the documents tell."""
    return sha256(b64decode(salt) + canonical(data)).hexdigest()
