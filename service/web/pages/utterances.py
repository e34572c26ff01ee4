"""One act of speech in several events: those that share the label of an utterance (`docs/events.md`), or its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson

from service.feed import FeedQuestion
from service.web.endpoint import timeline
from service.web.pages.story import Told

TOGETHER = 1_000  # events that a batch may hold: an utterance is logged in one
MOST_COPIES = 20  # that are named at once; the others are named once these are erased
Json = Mapping[str, Any]


def find_same_utterance(label: str, position: int) -> list[dict[str, Any]]:
    """Find the other statements of an utterance, of those recorded so near to one that they can be of one batch.

    Each is given as it was logged, with its claim as it stands; in the order of the record.
    """
    question = FeedQuestion(after=max(-1, position - TOGETHER), limit=2 * TOGETHER - 1)
    placed = orjson.loads(timeline().feed.read(question).body)["events"]
    shared = (one for one in placed if (one["event"].get("data") or {}).get("utterance") == label)
    return [{"event": one["event"], "claim": _claim_of(one["event"])} for one in shared if one["position"] != position]


def find_copies(claim: UUID, told: Told, story: Iterable[Told]) -> list[str]:
    """Find which other events say what one says, as claim/version: those of its utterance, those of its claim like it.

    What was erased is none of them. There are at most MOST_COPIES.
    """
    position = timeline().get_event(claim_id=claim, version=told.version).position
    label = (told.data or {}).get("utterance")
    breath = find_same_utterance(label, position) if label and position is not None else []
    same = [f"{one['event']['claim']}/{one['event']['version']}" for one in breath]
    words = _words_of(told)
    same += [f"{claim}/{one.version}" for one in story if one.version != told.version and words & _words_of(one)]
    return list(dict.fromkeys(same))[:MOST_COPIES]


def _words_of(told: Told) -> set[str]:
    """Give the summaries and quotations of an event, of whichever logging, but of what was erased."""
    if told.data is None or not told.speaks:
        return set()
    said = [told.data, *(reading.data for reading in told.readings)]
    return {text for one in said for text in (one.get("summary"), one.get("quote", {}).get("text")) if text}


def _claim_of(event: Json) -> Json:
    claim: Json = orjson.loads(timeline().get_claim(claim_id=UUID(event["claim"])).body)
    return claim
