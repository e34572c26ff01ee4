"""Append to a record from a process of its own: `python -m tests.faults.appending URL NAME CLAIM…`.

Waits for a line on stdin, records its events one after another, and prints as JSON what
it was told, event by event, and the longest that it waited.
"""

import json
import sys
import time
from uuid import UUID

from domain.errors import DomainError
from service.bootstrap import build
from service.recording.ledger import Item
from service.store import open_store
from service.timeline import Asked
from service.tokens import Actor
from tests.builders import said

EVENTS = 200


def say(line):
    """Tell who started this."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(url, name, *claims):
    """Append in turns to all claims."""
    store = open_store(url)
    timeline = build(store)
    say("ready")
    sys.stdin.readline()
    told, waits = [], []
    for n in range(EVENTS):
        item = Item(UUID(claims[n % len(claims)]), *said("denied", note=f"{name}-{n}"))
        asked = Asked(Actor(name, "reporter"), key=f"{name}-{n}", fingerprint=b"it", allow_duplicate=True)
        begun = time.monotonic()
        try:
            (made,) = timeline.record(items=[item], asked=asked).events
            told.append([made.position, made.claim, made.version, made.state])
        except DomainError as refused:
            told.append(repr(refused))
        waits.append(time.monotonic() - begun)
    timeline.close()
    say(json.dumps({"told": told, "longest": max(waits)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
