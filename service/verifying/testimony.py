"""What events tell of other events, and replies of events, while these pass by in the order of the log.

No single row shows it: words that are back though they were erased, a reply that hands out
what somebody else recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.store.interface import Reply


class Testimony:
    """Takes up events, each once, from the first on."""

    def __init__(self, replies: Iterator[Reply]) -> None:
        """Begin, with all replies in the order of the events they hand out."""
        self._gone: set[tuple[str, int]] = set()  # claim and version
        self._erased: list[tuple[str, int, int]] = []  # likewise, and the version of the redaction
        self._replies, self._behind = replies, 0
        self._reply = next(replies, None)

    def take(self, position: int, event: dict[str, Any]) -> Iterator[str]:
        """Take up an event; tells, in sentences without an end, what is not so of it."""
        if "redacted" in event:
            self._gone.add((event["claim"], event["version"]))
        elif event["type"] == "redacted":
            erased = [event["data"]["regarding"], *event["data"].get("amendments", ())]
            self._erased += [(event["claim"], version, event["version"]) for version in erased]
        yield from self._end_replies(position)
        if self._reply and self._reply.first_position <= position and event["recorded_by"] != self._reply.actor:
            yield f"replies: {_name(self._reply)} hands out position {position}, which {event['recorded_by']} recorded"

    def finish(self, size: int) -> Iterator[str]:
        """Tell what has its words though they were erased, and which replies hand out what is not there."""
        for claim, version, redaction in self._erased:
            if (claim, version) not in self._gone:
                yield f"events: claim {claim}, version {version} has the words that event {redaction} erased"
        yield from self._end_replies(size)
        while reply := self._reply:
            if reply.first_position + reply.event_count > size:
                yield f"replies: {_name(reply)} hands out events past the last"
            self._reply = next(self._replies, None)

    def _end_replies(self, position: int) -> Iterator[str]:
        """Pass by the replies whose events are before a position; each event is handed out by one request alone."""
        while (reply := self._reply) and reply.first_position + reply.event_count <= position:
            if reply.first_position < self._behind or reply.event_count < 1:
                yield f"replies: {_name(reply)} hands out no events, or those of another reply"
            self._behind = max(self._behind, reply.first_position + reply.event_count)
            self._reply = next(self._replies, None)


def _name(reply: Reply) -> str:
    return f"that to {reply.actor}'s request {reply.key!r}"
