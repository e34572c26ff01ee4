"""What was asked for comment: which words answer a request, and which requests nobody has answered yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from domain.codebook import CommentRequested, Recorded, Statement, Unresponsive
from domain.party import party_key
from domain.reading import Reading
from domain.statement import Word


def find_awaiting(reading: Reading) -> list[dict[str, Any]]:
    """List the comment requests that nobody has answered yet, with party key and deadline."""
    awaiting = []
    requests = {version for version, (kind, _) in reading.asides.items() if kind is CommentRequested}
    for version, (kind, data) in reading.asides.items():
        if kind is CommentRequested:
            asked = party_key(data["party"]["name"])
            if not any(is_answer(word, version, asked, requests) for word in reading.words):
                awaiting.append({"version": version, "party": asked, "deadline": data["deadline"]})
    return awaiting


def is_answer(word: Word, request: int, asked: str, requests: Collection[int]) -> bool:
    """Tell whether a word answers a request to a party; that it did not answer another of the requests is no answer."""
    of_another = word.kind is Unresponsive and word.regarding in requests
    return word.version > request and (word.regarding == request or (word.party == asked and not of_another))


def find_answers(words: Sequence[Word], requests: Mapping[int, str]) -> dict[int, list[Word]]:
    """Find what came of requests, each of a party: that no answer came in time, and the first that came after all."""
    return {request: [*_list_answers(words, request, asked, requests)] for request, asked in requests.items()}


def _list_answers(words: Sequence[Word], request: int, asked: str, requests: Collection[int]) -> Iterator[Word]:
    for word in words:
        if is_answer(word, request, asked, requests):
            yield word
            if word.kind is not Unresponsive:
                return


def may_be_answered(history: Sequence[Recorded], request: int) -> bool:
    """Tell whether a statement after a comment request was erased: nobody knows any more whether it was the answer."""
    return any(isinstance(event, Statement) and event.data is None for event in history[request:])
