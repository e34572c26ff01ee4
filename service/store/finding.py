"""By what claims are found: facets and tags of a version, the text an event adds, and the question itself.

Facets are what a list can be walked by, newest first; tags are everything a version can
be filtered by, held in one text, so that a further filter costs a look at the row. Facets
are entered `FRESH` versions at a time, since a row is many times dearer by itself; those
that are not entered yet are found by their tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from domain.codebook import (
    Amended,
    Assessed,
    CommentRequested,
    Opened,
    Recorded,
    Redacted,
    Reworded,
    Statement,
    Struck,
)
from domain.instants import parse_instant, write_instant
from service.search_text import Phrase, to_tokens

OPEN_END = 2**63 - 1  # `until` of what holds now
LASTING = 4_096  # events of the record from a claim's opening on; what changes later is a row of its own to be found by
# The facets a list may be walked by, the one that is likely rarest first.
WALKED = ("awaiting", "aspect_of", "reversed", "track", "party", "topic", "country", "stance", "standing")
FRESH = 64  # versions of the record whose facets are entered together, when the last of them is there
COMMON = ("reversed", "false")  # nearly every claim; not worth a row each
FOLDED = "topic.folded"  # a topic that has capitals, under what it is without them
_PARTIES = ("party", "by", "on_behalf_of", "speaker")
Run = tuple[str, str, list[int]]  # a facet, and the log sizes from which on versions have it


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """A question for a list of claims.

    `size` is the log size asked about and `at` its instant, `before` the sort key of the
    last claim already seen, `filters` maps a tag to the values of which one must hold,
    `phrases` must all be found in the claim's texts, `updated_from` is the log size from
    which on the last change must have come. `sort` is `updated`, `opened` or `relevance`.
    """

    size: int
    limit: int
    at: str = ""
    sort: str = "updated"
    before: int = OPEN_END
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    phrases: Sequence[Phrase] = ()
    updated_from: int = 0
    overdue: bool | None = None


def facets_of(body: Mapping[str, Any]) -> dict[str, list[str]]:
    """List what a claim, as rendered, can be found by: facet to values, in order."""
    stances = [(p["party"], p["stance"]) for p in body["positions"]]
    stance_of = {party["key"]: stance for party, stance in stances}
    keys = sorted(stance_of)
    countries = {(party["country"], stance) for party, stance in stances if "country" in party}
    track = body["about"]["track"]
    return {
        "standing": [body["standing"]],
        "topic": sorted({*body["topics"]}),
        "party": keys,
        "country": sorted({country for country, _ in countries}),
        "stance": sorted({*stance_of.values()}),
        "track": [] if track is None else [track],
        "reversed": ["true" if body["reversals"] else "false"],
        "single_source": ["true" if body["single_source"] else "false"],
        "awaiting": ["true"] if body["awaiting"] else [],
        "aspect_of": sorted({link["claim"] for link in body["links"] if link["relation"] == "aspect_of"}),
        "party.stance": [f"{key} {stance_of[key]}" for key in keys],
        "country.stance": sorted([f"{country} {stance}" for country, stance in countries]),
    }


def as_tagged(value: str) -> str:
    """Write a value as tags and facets have it; in the place of NUL, which not every engine stores, another sign."""
    return " ".join(value.split()).replace("\x00", "\ufffd")


@lru_cache(maxsize=8192)  # words of the codebook, and parties who speak often
def tag(name: str, value: str) -> str:
    """Write one tag as it stands in a row's tags."""
    return f"\n{name}\t{as_tagged(value)}\n"


PLAIN = tag("plain", "true")  # of a claim on which everybody spoke on the record and in their own name


def tags_of(facets: Mapping[str, Sequence[str]]) -> str:
    """Write all tags of a version."""
    return "".join([tag(name, value) for name, values in facets.items() for value in values])


def list_facets(tagged: Iterable[tuple[int, str]]) -> list[Run]:
    """List the facets of versions, each given by its log size and its tags, in the order of the log: sorted.

    They are the tags that lists are walked by, and what topics with capitals are found by: each once a version, and
    none too long for an index, so what is entered later than its event has nothing that can fail.
    """
    tags_at: dict[str, list[int]] = {}
    for since, tags in tagged:
        for one in {*tags.split("\n")}:
            tags_at.setdefault(one, []).append(since)
    return sorted((*facet, at) for one, at in tags_at.items() for facet in _walked(one))


@lru_cache(maxsize=8192)
def _walked(one: str) -> tuple[tuple[str, str], ...]:
    name, _, value = one.partition("\t")
    if name not in WALKED or (name, value) == COMMON:
        return ()
    small = value.casefold() if name == "topic" else value
    return ((name, value),) if small == value else ((name, value), (FOLDED, f"{small}\n{value}"))


def entered_upto(size: int) -> int:
    """Tell up to which log size versions are found by facets, of those that a record of a size holds."""
    return size - size % FRESH


def due_at(body: Mapping[str, Any]) -> str | None:
    """Tell when the first open comment request of a claim falls due."""
    return min((write_instant(parse_instant(asked["deadline"])) for asked in body["awaiting"]), default=None)


def hanging_of(body: Mapping[str, Any], history: Sequence[Recorded]) -> Iterator[tuple[int, str, str]]:
    """List what hangs on a claim: the version it hangs by, why, and since when (`service.store.hanging`)."""
    for asked in body["awaiting"]:
        yield asked["version"], "asked", write_instant(parse_instant(asked["deadline"]))
    for position in body["positions"]:
        if position["stance"] == "withholds":
            yield position["since"], "withholds", write_instant(history[position["since"] - 1].timestamp)


def tokens_of(event: Recorded) -> str | None:
    """Give the tokens an event can be found by, or None where it has no text that counts."""
    data = event.data
    if data is None:
        return None
    if isinstance(event, Opened | Reworded):
        return to_tokens(data["text"]) if "text" in data else None
    if isinstance(event, Amended):
        data = data["statement"]
    elif not isinstance(event, Statement | Assessed | CommentRequested):
        return None
    quote = data.get("quote", {})
    texts = [data.get("summary"), data.get("question"), quote.get("text"), quote.get("translation")]
    tokens = [to_tokens(text) for text in texts if text]
    tokens += [_tokens_of_name(data[role]["name"]) for role in _PARTIES if role in data]
    return " ".join(token for token in tokens if token)


@lru_cache(maxsize=8192)
def _tokens_of_name(name: str) -> str:
    return to_tokens(name)


def texts_ended_by(event: Recorded, history: Sequence[Recorded]) -> list[int]:
    """List the versions whose text does not count any more from this event on."""
    data = event.data
    if data is None:  # erased: it takes nothing out, and what it had taken out is erased with it or reads again
        return []
    if isinstance(event, Reworded) and "text" in data:
        return [e.version for e in history if isinstance(e, Opened | Reworded) and e.version < event.version]
    if isinstance(event, Amended | Struck | Redacted):
        amendments = [e.version for e in history if isinstance(e, Amended) and _amends(e, data["regarding"])]
        return [data["regarding"], *(version for version in amendments if version < event.version)]
    return []


def _amends(event: Amended, version: int) -> bool:
    return event.data is not None and event.data["regarding"] == version
