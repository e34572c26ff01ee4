"""What a word does not do: change a position that stood already, or speak of a wording that the claim got later.

Neither is in a claim's own JSON: both are read from its events, as they read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.codebook import STATEMENTS
from domain.positions import find_why_beside
from domain.reading import find_rewording
from domain.statement import Word, read_word
from service.ledger import Item
from service.web.endpoint import timeline
from service.web.pages.story import Told, read_story

Json = Mapping[str, Any]


def mark_limits(claim: Json, story: Sequence[Told]) -> list[Told]:
    """Put to each word of a claim's whole story why it changes no position, and which event left its wording."""
    wordings = list_wordings(story)
    aside = {version for position in claim["positions"] for version in position["beside"]}
    words = {word.version: word for word in read_words(story)} if aside else {}
    return [_mark(told, wordings, words, words.get(told.version) if told.version in aside else None) for told in story]


def _mark(told: Told, wordings: Sequence[tuple[int, str]], words: Mapping[int, Word], beside: Word | None) -> Told:
    earlier = find_rewording(wordings, told.version) if told.speaks and told.data and len(wordings) > 1 else None
    why = explain(beside, words.values()) if beside else None
    return told._replace(earlier=earlier, beside=why) if earlier or why else told


def find_asides(after: Json, items: Sequence[Item]) -> dict[str, list[Json]]:
    """Find which of the last words of a claim, as it would stand after these items, change no position, and why.

    They are listed by their party's key.
    """
    first = after["version"] - len(items) + 1
    aside = {
        version: one["party"]["key"] for one in after["positions"] for version in one["beside"] if version >= first
    }
    if not aside:
        return {}
    story = read_story(after, timeline().list_events(claim_id=UUID(after["id"])))
    new = [(STATEMENTS.get(item.type), version, item.data) for version, item in enumerate(items, first)]
    words = [*read_words(story), *(read_word(kind, version, data) for kind, version, data in new if kind)]
    found: dict[str, list[Json]] = {}
    for word in words:
        if word.version in aside:
            found.setdefault(aside[word.version], []).append({"type": word.kind.type, **explain(word, words)})
    return found


def explain(word: Word, words: Iterable[Word]) -> Json:
    """Say why a word that is beside a position changes nothing, as the name of the reason, and what it came before."""
    why, before = find_why_beside(word, words)
    return {"why": why, "before": before}


def read_words(story: Iterable[Told]) -> list[Word]:
    """Read the statements of a story that are neither struck nor erased as a fold reads them."""
    spoken = ((STATEMENTS.get(told.type), told) for told in story if told.fate != "struck")
    return [read_word(kind, told.version, told.data) for kind, told in spoken if kind and told.data]


def list_wordings(story: Iterable[Told]) -> list[tuple[int, str]]:
    """List the texts of a claim, each with the event that worded it so, from its opening on."""
    worded = (told for told in story if told.type in {"opened", "reworded"} and "text" in (told.data or {}))
    return [(told.version, told.data["text"]) for told in worded if told.data]


def find_reworded(position: Json, wordings: Sequence[tuple[int, str]]) -> int | None:
    """Find the event by which the claim left the text that a position is about; None where that is its text now."""
    return find_rewording(wordings, max(position["events"])) if len(wordings) > 1 else None
