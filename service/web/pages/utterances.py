"""One act of speech in several events: those that share the label of an utterance (`docs/events.md`), or its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson

from domain.errors import NotFound
from service.reading.feed import FeedQuestion
from service.web.addresses import to_uuid
from service.web.endpoint import claim_of, timeline
from service.web.pages.story import Told, find_story, read_logged

TOGETHER = 1_000  # events that a batch may hold: an utterance is logged in one
MOST_COPIES = 20  # that are named at once; the others are named once these are erased
Json = Mapping[str, Any]


def find_same_utterance(label: str, position: int) -> list[dict[str, Any]]:
    """Find the other statements of an utterance, of those recorded so near to one that they can be of one batch.

    Each is given as it was logged, with its claim as it stands; in the order of the record.
    """
    breath = _list_breath(label, position)
    return [{"told": read_logged(event), "claim": claim_of(UUID(event["claim"]))} for event in breath]


def find_copies(claim: UUID, told: Told, story: Iterable[Told]) -> list[str]:
    """Find which other events say what one says: of its utterance, on other claims, and of its own claim's `story`.

    Each is claim/version, and claim/version/struck where it cannot be erased. What is erased with it, its amendments,
    and what was erased is none of them: each of the others is told by the words it was logged with. There are at most
    MOST_COPIES.
    """
    words, erased = _words_of(told), {told.version, *(reading.version for reading in told.readings)}
    if not words:
        return []
    same = [event for event in _find_breath(claim, told) if words & _said_in(event["data"])]
    copies = [_name(event["claim"], event["version"], struck=_is_struck(event)) for event in same[:MOST_COPIES]]
    here = [one for one in story if one.version not in erased and words & _logged_in(one)]
    copies += [_name(claim, one.version, struck=one.fate == "struck") for one in here]
    return copies[:MOST_COPIES]


def tell_copies(named: Iterable[str]) -> list[Json]:
    """Tell of events as `find_copies` names them, each with the wording of its claim as it stands, if it is there."""
    copies, wordings = [one.split("/") for one in named], dict[str, Json | None]()
    for claim, *_ in copies:
        if claim not in wordings:
            wordings[claim] = _find_wording(claim)
    return [
        {"claim": claim, "version": version, "struck": bool(struck), "other": wordings[claim]}
        for claim, version, *struck in copies
    ]


def _find_wording(claim: str) -> Json | None:
    try:
        body = claim_of(to_uuid(claim))
    except NotFound:
        return None
    return {"text": body["text"], "lang": body["lang"]}


def _list_breath(label: str, position: int) -> list[Json]:
    question = FeedQuestion(after=max(-1, position - TOGETHER), limit=2 * TOGETHER - 1)
    placed = orjson.loads(timeline().feed.read(question).body)["events"]
    shared = (one for one in placed if (one["event"].get("data") or {}).get("utterance") == label)
    return [one["event"] for one in shared if one["position"] != position]


def _find_breath(claim: UUID, told: Told) -> list[Json]:
    """Find the events of an utterance on other claims than its own; an amendment's is that of what it amends."""
    data = told.data or {}
    label = data.get("statement", data).get("utterance")
    first = data["regarding"] if told.type == "amended" else told.version
    position = timeline().get_event(claim_id=claim, version=first).position
    breath = _list_breath(label, position) if label and position is not None else []
    return [event for event in breath if event["claim"] != str(claim)]


def _is_struck(event: Json) -> bool:
    _, story = find_story(UUID(event["claim"]))
    return any(told.version == event["version"] and told.fate == "struck" for told in story)


def _words_of(told: Told) -> set[str]:
    """Give the summaries and quotations of an event, of whichever logging, but of what was erased."""
    said = [told.data or {}, *(reading.data for reading in told.readings)]
    return set().union(*map(_said_in, said))


def _logged_in(told: Told) -> set[str]:
    """Give those of its own logging alone: an amendment is an event beside it."""
    return _said_in(told.readings[0].data if told.readings else told.data or {})


def _said_in(data: Json) -> set[str]:
    said = data.get("statement", data)
    return {text for text in (said.get("summary"), said.get("quote", {}).get("text")) if text}


def _name(claim: UUID | str, version: int, *, struck: bool) -> str:
    return f"{claim}/{version}/struck" if struck else f"{claim}/{version}"
