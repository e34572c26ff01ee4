"""What came of requests for comment: which words answered, or that none did, as of the page's moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.awaiting import find_answers
from domain.instants import parse_instant
from service.web.pages.limits import words_of
from service.web.pages.story import Came, Told

Json = Mapping[str, Any]


def find_overdue(claim: Json, now: datetime) -> list[int]:
    """Find the requests that nobody has answered and whose deadline has passed."""
    return [one["version"] for one in claim["awaiting"] if parse_instant(one["deadline"]) < now]


def mark_answers(story: Sequence[Told], overdue: Collection[int]) -> list[Told]:
    """Put to each request of a claim's whole story what came of it, and whether it is overdue."""
    requests = {told.version: told.key for told in story if told.type == "comment_requested" and told.key}
    if not requests:
        return [*story]
    said, found = {told.version: told for told in story}, find_answers(words_of(story), requests)
    came = {n: tuple(_tell_answer(said[word.version]) for word in words) for n, words in found.items()}
    return [
        told._replace(came=came[told.version], overdue=told.version in overdue) if told.version in came else told
        for told in story
    ]


def _tell_answer(told: Told) -> Came:
    return told.version, told.type, told.partial, told.data or {}
