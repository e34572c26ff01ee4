"""schema.org JSON-LD: `ClaimReview` where somebody published a rating of the claim, `Claim` everywhere else.

The record itself rates nothing, so neither does this: a review is an `assessed` event
that carries a `rating`, in the words and under the name of whoever gave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import orjson

from domain.codebook import SIDE, Assessed, Statement
from domain.dates import Bounds, DateFault, bounds
from domain.reading import find_rewording, wording_at
from domain.statement import Payload
from service.formats.dossier import Dossier, Item
from service.telling.links import web_address
from service.telling.wording import plain, words_of

_KINDS = {
    "state": "GovernmentOrganization",
    "ministry": "GovernmentOrganization",
    "agency": "GovernmentOrganization",
    "mission": "GovernmentOrganization",
    "company": "Corporation",
    "media": "NewsMediaOrganization",
    "person": "Person",
}
_PUT_FORWARD = frozenset({"reported", "alleged"})
Found = TypeVar("Found")
_RATING = {"text": "alternateName", "value": "ratingValue", "best": "bestRating", "worst": "worstRating"}


def write(dossiers: Sequence[Dossier], base: str) -> str:
    """Write claims and their reviews; one alone stands for itself, several are a graph."""
    nodes = [node for dossier in dossiers for node in _nodes(dossier, base)]
    document = nodes[0] if len(nodes) == 1 else {"@graph": nodes}
    text = plain(orjson.dumps({"@context": "https://schema.org", **document}).decode())
    return text.replace("<", "\\u003c")  # so that it may be put into a <script> as it is


def _nodes(dossier: Dossier, base: str) -> list[dict[str, Any]]:
    claim, address, wordings = _claim(dossier, base), f"{base}claims/{dossier.claim['id']}", dossier.list_wordings()
    said = dict(_statements(dossier, base))

    def find_reviewed(version: int, data: Payload) -> dict[str, Any]:
        if "regarding" in data:
            return said[data["regarding"]]
        return _claim(dossier, base, version) if find_rewording(wordings, version) else claim

    reviews = [
        _review(f"{address}/events/{item.version}", find_reviewed(item.version, data), data)
        for item, data in dossier.told()
        if issubclass(item.kind, Assessed)
        and {"text", "value"} & data.get("rating", {}).keys()
        and data.get("regarding", item.version) in {*said, item.version}  # of words that were erased there is no review
    ]
    return reviews or [claim]


def _statements(dossier: Dossier, base: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Show each statement as a claim of its party, for those who rated a statement."""
    for item, data in dossier.told():
        if issubclass(item.kind, Statement):
            address = f"{base}claims/{dossier.claim['id']}/events/{item.version}"
            author = _agent(data["party"])
            yield item.version, {"@type": "Claim", "@id": address, "text": words_of(data), "author": author}


def _claim(dossier: Dossier, base: str, version: int | None = None) -> dict[str, Any]:
    """Show a claim as it is worded, or was when an event was logged, with the words for it that are of that wording."""
    shown, address, wordings = dossier.claim, f"{base}claims/{dossier.claim['id']}", dossier.list_wordings()
    worded = wording_at(wordings, version or shown["version"])
    text, lang = (worded.text, worded.lang) if worded else (shown["text"], shown["lang"])
    words = [one for one in dossier.told() if _is_for(one[0]) and wording_at(wordings, one[0].version) == worded]
    appearances = [_appearance(data["source"]) for item, data in words if _puts_forward(item)]
    address = f"{address}/versions/{version}" if version else address
    node: dict[str, Any] = {"@type": "Claim", "@id": address, "url": address, "text": text}
    node |= {"inLanguage": lang} if lang != "und" else {}
    node |= {"keywords": shown["topics"]} if shown["topics"] else {}
    node |= {"dateCreated": shown["opened_at"]} | ({} if version else {"dateModified": shown["updated_at"]})
    node |= {"appearance": appearances} if appearances else {}
    carried = [data["source"] for item, data in words if item.kind.type in _PUT_FORWARD]  # taken back since or not
    first = _find_first([*map(_appearance, carried)], [source.get("published_on") for source in carried])
    if first in appearances:
        node["firstAppearance"] = first
    if author := _find_author(words):
        node["author"] = author
    return node


def _is_for(item: Item) -> bool:
    return issubclass(item.kind, Statement) and SIDE.get(item.kind.stance or "") == "for"


def _puts_forward(item: Item) -> bool:
    return item.kind.type in _PUT_FORWARD and item.reads != "taken_back"


def _find_first(found: Sequence[Found], dates: Sequence[str | None]) -> Found | None:
    """Find which was surely before all others that differ from it, by their EDTF dates; None where another may be."""
    dated = list(zip(found, map(_days, dates), strict=True))
    for one, days in dated:
        if all(other == one or _surely_before(days, its_days) for other, its_days in dated):
            return one
    return None


def _surely_before(one: Bounds, other: Bounds) -> bool:
    return one.latest is not None and other.earliest is not None and one.latest < other.earliest


def _days(date: str | None) -> Bounds:
    try:
        return bounds(date) if date else Bounds(None, None)
    except DateFault:
        return Bounds(None, None)


def _find_author(words: Sequence[tuple[Item, Payload]]) -> dict[str, str] | None:
    """Give who was the first to speak for the claim, if it put it forward, in its own name, and still does."""
    voices = [(_is_in_its_own_name(item, data), _agent(data["party"])) for item, data in words]
    named, author = _find_first(voices, [data.get("said_on") for _, data in words]) or (False, None)
    return author if named else None


def _is_in_its_own_name(item: Item, data: Payload) -> bool:
    alleged = item.kind.type == "alleged" and item.reads != "taken_back"
    return alleged and data.get("attribution", "on_record") == "on_record"


def _review(address: str, claim: dict[str, Any], data: Payload) -> dict[str, Any]:
    rating = data["rating"]
    node = {
        "@type": "ClaimReview",
        "@id": address,
        "url": web_address(rating.get("url")) or web_address(data["source"].get("url")) or address,
        "claimReviewed": claim["text"],
        "author": _agent(data["by"]),
        "reviewBody": words_of(data),
        "reviewRating": {"@type": "Rating", **{_RATING[name]: rating[name] for name in _RATING if name in rating}},
        "itemReviewed": claim,
    }
    published = _iso(data["source"].get("published_on")) or _iso(data.get("said_on"))
    return node | ({"datePublished": published} if published else {})


def _appearance(source: Payload) -> dict[str, Any]:
    work: dict[str, Any] = {
        "@type": "CreativeWork",
        "publisher": {"@type": "Organization", "name": source["publisher"]},
    }
    known = {
        "headline": source.get("title"),
        "url": web_address(source.get("url")),
        "archivedAt": web_address(source.get("archived_url")),
        "datePublished": _iso(source.get("published_on")),
    }
    return work | {name: value for name, value in known.items() if value}


def _agent(party: Payload) -> dict[str, str]:
    return {"@type": _KINDS.get(party["kind"], "Organization"), "name": party["name"]}


def _iso(date: str | None) -> str | None:
    """Give an EDTF date that is an ISO 8601 date as well; a vaguer one has no place in schema.org."""
    return date if date and re.fullmatch(r"\d{4}(-(0\d|1[0-2])(-\d\d)?)?", date, re.ASCII) else None
