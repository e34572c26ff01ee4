"""What came of requests for comment: which words answered, or that none did, as of the page's moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.instants import parse_instant
from domain.reading import is_answer
from service.web.pages.story import Came, Told

Json = Mapping[str, Any]


def find_overdue(claim: Json, now: datetime) -> list[int]:
    """Find the requests that nobody has answered and whose deadline has passed."""
    return [one["version"] for one in claim["awaiting"] if parse_instant(one["deadline"]) < now]


def mark_answers(story: Sequence[Told], overdue: Collection[int]) -> list[Told]:
    """Put to each request of a claim's whole story what came of it, and whether it is overdue."""
    requests = {told.version: told.key for told in story if told.type == "comment_requested" and told.key}
    came = {version: tuple(_list_answers(story, version, asked, requests)) for version, asked in requests.items()}
    return [
        told._replace(came=came[told.version], overdue=told.version in overdue) if told.version in came else told
        for told in story
    ]


def _list_answers(story: Sequence[Told], request: int, asked: str, requests: Collection[int]) -> Iterator[Came]:
    """List what came: that no answer came by the deadline, and the first that came after all."""
    for told in story:
        if told.word and told.fate != "struck" and is_answer(told.word, request, asked, requests):
            yield told.version, told.type, told.partial, told.data or {}
            if told.type != "unresponsive":
                return
