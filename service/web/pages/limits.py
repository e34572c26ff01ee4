"""What a word does not do: change a position that stood already, or speak of a wording that the claim got later.

Neither is in a claim's own JSON: both are read from its events, as they read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.codebook import EVENT_TYPES
from domain.reading import Wordings, find_rewording, gather, list_wordings
from domain.statement import Word
from service.web.pages.story import WORDING, Told

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


def contents_of(story: Iterable[Told]) -> dict[int, tuple[type[Any], Json]]:
    """Give what the events of a story read, by version, but for those struck or erased."""
    return {told.version: (EVENT_TYPES[told.type], told.data) for told in story if told.data and told.fate != "struck"}


def wordings_of(story: Iterable[Told]) -> Wordings:
    """List the wordings of a claim that its story tells, each with the event that worded it so."""
    return list_wordings(contents_of(told for told in story if told.type in WORDING))


def words_of(story: Iterable[Told]) -> list[Word]:
    """Give the statements among these, as the fold reads them."""
    return [told.word for told in story if told.word and told.fate != "struck"]
