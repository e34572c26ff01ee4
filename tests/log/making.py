"""Make a record by hand, as whoever holds the key of a log could: whatever its events are, all of it is signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from domain.merkle import prove_inclusion
from service.public_log.note import write_base64
from tests.contract.proving import canonical
from tests.domain.test_merkle import tree_hash
from tests.log.handing import hash_leaf, sign

SALT = "AAAAAAAAAAAAAAAAAAAAAA=="


@dataclass(frozen=True)
class Made:
    """A record in all forms in which it is handed out."""

    export: bytes
    evidence: bytes
    answers: dict

    @property
    def note(self):
        """Give the checkpoint."""
        return self.answers["/log/checkpoint"].decode()

    def fetch(self, path):
        """Answer over HTTP; of events, a page."""
        asked = urlsplit(path)
        answer = self.answers[asked.path]
        if asked.path != "/events":
            return answer
        query = parse_qs(asked.query)
        start = int(query["after"][0]) + 1 if "after" in query else 0
        page = answer[start : start + int(query["limit"][0])]
        last = {"next": start + len(page) - 1, "log_size": len(answer)}
        return json.dumps({"events": page, **last}, ensure_ascii=False).encode()


def event(version=1, **members):
    """Make an event of one claim; some members may be others."""
    told = {"claim": "4be7c1d2-0000-4000-8000-000000000001", "recorded_at": "2026-01-31T10:00:00.000000Z"}
    told |= {"data": {"text": "It happened."}, "recorded_by": "desk", "salt": SALT, "type": "opened", "v": 1}
    return {**told, "version": version, **members}


def make(events, key):
    """Sign events, and hand them out: all, and as evidence those of the first one's claim."""
    leaves = tuple(hash_leaf(one) for one in events)
    note, size = sign(key, len(events), tree_hash(leaves)), len(events)
    head = {"origin": key.name, "verifier_key": key.verifier.written(), "checkpoint": note}
    lines = [canonical({"format": "onrecord-export/1"})[:-1] + b"," + canonical({**head, "log_size": size})[1:]]
    lines += [b'{"position":%d,"event":%b}' % (at, canonical(one)) for at, one in enumerate(events)]
    lines += [b'{"complete":true,"events":%d}' % size, b""]

    def node(level, number):
        return tree_hash(leaves[number << level : (number + 1) << level])

    items = [
        {"position": at, "event": one, "proof": list(map(write_base64, prove_inclusion(at, size, node)))}
        for at, one in enumerate(events)
        if one["claim"] == events[0]["claim"]
    ]
    told = {"format": "onrecord-evidence/1", **head, "claim": events[0]["claim"], "events": items}
    evidence = canonical({**told, "readme": "", "unpublished": 0})
    named = {"verifier_key": head["verifier_key"], "from": 0, "recorded_at": "", "statement": None}
    answers = {
        "/log/checkpoint": note.encode(),
        "/log/keys": canonical({"keys": [named]}),
        "/events": [{"position": at, "event": one} for at, one in enumerate(events)],
    }
    return Made(b"\n".join(lines), evidence, answers)
