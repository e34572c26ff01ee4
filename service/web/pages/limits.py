"""What a word does not do: change a position that stood already, or speak of a wording that the claim got later.

Neither is in a claim's own JSON: both are read from its events, as they read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.codebook import EVENT_TYPES, STATEMENTS
from domain.reading import Wordings, find_rewording, gather, list_wordings, read_contents
from domain.statement import Word
from service.ledger import Item
from service.web.endpoint import timeline
from service.web.pages.story import WORDING, Told, read_story

Json = Mapping[str, Any]


def mark_limits(claim: Json, story: Sequence[Told]) -> list[Told]:
    """Put to each word of a claim's whole story why it changes no position, and which event left its wording."""
    wordings, aside = wordings_of(story), _list_beside(claim)
    whys = gather({}, words_of(story)).find_asides(dict.fromkeys(aside.values())) if aside else {}
    marked = {told.version: told for told in story}
    if len(wordings) > 1:
        marked |= {told.version: told._replace(earlier=left) for told in story if (left := _find_left(told, wordings))}
    marked |= {v: marked[v]._replace(beside=why) for v, why in whys.items() if v in aside}
    return [*marked.values()]


def _list_beside(claim: Json) -> dict[int, str]:
    """List the words that are beside a position, each with its party's key."""
    return {version: one["party"]["key"] for one in claim["positions"] for version in one["beside"]}


def _find_left(told: Told, wordings: Wordings) -> int | None:
    return find_rewording(wordings, told.version) if told.data and told.speaks else None


def find_asides(after: Json, items: Sequence[Item]) -> dict[str, list[Json]]:
    """Find which of the last words of a claim, as it would stand after these items, change no position, and why.

    They are listed by their party's key.
    """
    first = after["version"] - len(items) + 1
    aside = {version: key for version, key in _list_beside(after).items() if version >= first}
    if not aside:
        return {}
    contents = contents_of(read_story(after, timeline().list_events(claim_id=UUID(after["id"]))))
    new = enumerate(items, first)
    contents |= {n: (STATEMENTS[item.type], item.data) for n, item in new if item.type in STATEMENTS}
    found: dict[str, list[Json]] = {}
    for version, why in read_contents(contents).find_asides(dict.fromkeys(aside.values())).items():
        if version in aside:
            told = {"type": contents[version][0].type, "why": why.why, "before": why.before}
            found.setdefault(aside[version], []).append(told)
    return found


def contents_of(story: Iterable[Told]) -> dict[int, tuple[type[Any], Json]]:
    """Give what the events of a story read, by version, but for those struck or erased."""
    return {told.version: (EVENT_TYPES[told.type], told.data) for told in story if told.data and told.fate != "struck"}


def wordings_of(story: Iterable[Told]) -> Wordings:
    """List the wordings of a claim that its story tells, each with the event that worded it so."""
    return list_wordings(contents_of(told for told in story if told.type in WORDING))


def words_of(story: Iterable[Told]) -> list[Word]:
    """Give the statements among these, as the fold reads them."""
    return [told.word for told in story if told.word and told.fate != "struck"]
