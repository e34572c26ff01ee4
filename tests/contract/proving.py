"""Prove stored events from their text alone, by code that shares nothing with ours."""

import json
from base64 import b64decode
from hashlib import sha256


def canonical(value):
    """Write JSON as RFC 8785 has it where only strings, integers, booleans, null, arrays and objects occur."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def leaf_of(stored):
    """Hash the leaf of a stored event."""
    event = json.loads(stored)
    if "redacted" in event:
        del event["redacted"]
    else:
        payload, salt = event.pop("data"), b64decode(event.pop("salt"), validate=True)
        assert len(salt) == 16
        event["commitment"] = sha256(salt + canonical(payload)).hexdigest()
    assert sorted(event) == ["claim", "commitment", "recorded_at", "recorded_by", "type", "v", "version"]
    return sha256(b"\x00" + canonical(event)).digest()


def check_bytes(query):
    """Hold every stored event to its canonical form and every log row to its event; answers how many there are.

    `query` runs a statement. Positions and the versions of each claim have no gap, and time never runs backwards.
    """
    rows = query(
        "SELECT events.state, log.position, log.claim, log.version, log.recorded_at, log.leaf "
        "FROM log LEFT JOIN events ON log.position = events.position ORDER BY log.position"
    )
    versions, latest = {}, ""
    for n, (state, *row) in enumerate(rows):
        event = json.loads(state)
        assert canonical(event) == state.encode()
        assert row == [n, event["claim"], event["version"], event["recorded_at"], leaf_of(state)]
        versions[event["claim"]] = versions.get(event["claim"], 0) + 1
        assert event["version"] == versions[event["claim"]]
        assert latest <= event["recorded_at"]
        latest = event["recorded_at"]
    assert list(query("SELECT count(*) FROM events")) == [(len(rows),)]
    assert list(query("SELECT size, at FROM log_head")) == [(len(rows), latest)]
    return len(rows)
