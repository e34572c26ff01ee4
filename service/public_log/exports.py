"""The whole record as lines of JSON (`docs/log.md`, *Export*): a header, an event each, and an end.

The stored bytes of events are spliced in as they are. A file without its last line is
not whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from domain.merkle import prove_consistency
from service.public_log.note import write_base64
from service.public_log.proofs import write_checkpoint
from service.store.interface import View

PAGE = 500  # events held at a time
FORMAT = "onrecord-export/1"
BEGINNING = f'{{"format":"{FORMAT}",'.encode()  # by which a file is known for an export


def export_lines(view: View, *, origin: str, size: int) -> Iterator[bytes]:
    """Give the record at a log size, line by line; the view must last as long."""
    yield orjson.dumps(_head(view, origin, size)) + b"\n"
    for start in range(0, size, PAGE):
        for position, state in view.events_from(start, min(PAGE, size - start)):
            yield f'{{"position":{position},"event":{state}}}\n'.encode()
    yield orjson.dumps({"complete": True, "events": size}) + b"\n"


def _head(view: View, origin: str, size: int) -> dict[str, Any]:
    checkpoint = view.tree.checkpoint_covering(size) or view.tree.latest_checkpoint()
    head: dict[str, Any] = {
        "format": FORMAT,
        "origin": checkpoint.verifier_key.partition("+")[0] if checkpoint else origin,
        "verifier_key": checkpoint.verifier_key if checkpoint else None,
        "log_size": size,
        "checkpoint": write_checkpoint(view, checkpoint) if checkpoint else None,
    }
    if (
        checkpoint and checkpoint.size > size
    ):  # what follows is less than what was signed: prove that it is its beginning
        head["consistency"] = [write_base64(p) for p in prove_consistency(size, checkpoint.size, view.tree.node)]
    return head
