"""The whole record as lines of JSON (`docs/log.md`, *Export*): a header, an event each, and an end.

The stored bytes of events are spliced in as they are. A file without its last line is
not whole.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from service.store.interface import View

PAGE = 500  # events held at a time
FORMAT = "onrecord-export/1"


def export_lines(view: View, *, origin: str, size: int) -> Iterator[bytes]:
    """Give the record at a log size, line by line; the view must last as long."""
    # The log is not signed yet: without a key there is neither verifier key nor checkpoint.
    header = {"format": FORMAT, "origin": origin, "verifier_key": None, "log_size": size, "checkpoint": None}
    yield orjson.dumps(header) + b"\n"
    for start in range(0, size, PAGE):
        for position, state in view.events_from(start, min(PAGE, size - start)):
            yield f'{{"position":{position},"event":{state}}}\n'.encode()
    yield orjson.dumps({"complete": True, "events": size}) + b"\n"
