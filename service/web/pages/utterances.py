"""One act of speech on several claims: the events that share the label of an utterance (`docs/events.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from service.feed import FeedQuestion
from service.web.endpoint import timeline

TOGETHER = 1_000  # events that a batch may hold: an utterance is logged in one
Json = Mapping[str, Any]


def find_same_utterance(label: str, position: int) -> list[dict[str, Any]]:
    """Find the other statements of an utterance, of those recorded so near to one that they can be of one batch.

    Each is given as it was logged, with its claim as it stands; in the order of the record.
    """
    question = FeedQuestion(after=max(-1, position - TOGETHER), limit=2 * TOGETHER - 1)
    placed = orjson.loads(timeline().feed.read(question).body)["events"]
    shared = (one for one in placed if (one["event"].get("data") or {}).get("utterance") == label)
    return [{"event": one["event"], "claim": _claim_of(one["event"])} for one in shared if one["position"] != position]


def _claim_of(event: Json) -> Json:
    claim: Json = orjson.loads(timeline().get_claim(claim_id=UUID(event["claim"])).body)
    return claim
