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
from domain.statement import Payload
from service.formats.dossier import Dossier, Item
from service.links import web_address
from service.wording import plain, words_of

_KINDS = {
    "state": "GovernmentOrganization",
    "ministry": "GovernmentOrganization",
    "agency": "GovernmentOrganization",
    "mission": "GovernmentOrganization",
    "company": "Corporation",
    "media": "NewsMediaOrganization",
    "person": "Person",
}
Found = TypeVar("Found")
_RATING = {"text": "alternateName", "value": "ratingValue", "best": "bestRating", "worst": "worstRating"}


def write(dossiers: Sequence[Dossier], base: str) -> str:
    """Write claims and their reviews; one alone stands for itself, several are a graph."""
    nodes = [node for dossier in dossiers for node in _nodes(dossier, base)]
    document = nodes[0] if len(nodes) == 1 else {"@graph": nodes}
    text = plain(orjson.dumps({"@context": "https://schema.org", **document}).decode())
    return text.replace("<", "\\u003c")  # so that it may be put into a <script> as it is


def _nodes(dossier: Dossier, base: str) -> list[dict[str, Any]]:
    claim = _claim(dossier, base)
    said = dict(_statements(dossier, base))
    reviews = [
        _review(
            f"{claim['@id']}/events/{item.version}", said[data["regarding"]] if "regarding" in data else claim, data
        )
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


def _claim(dossier: Dossier, base: str) -> dict[str, Any]:
    shown, address = dossier.claim, f"{base}claims/{dossier.claim['id']}"
    put_forward = [(item, data) for item, data in dossier.told() if _puts_forward(item)]
    appearances = [_appearance(data["source"]) for _, data in put_forward]
    node: dict[str, Any] = {"@type": "Claim", "@id": address, "url": address, "text": shown["text"]}
    node |= {"inLanguage": shown["lang"]} if shown["lang"] != "und" else {}
    node |= {"keywords": shown["topics"]} if shown["topics"] else {}
    node |= {"dateCreated": shown["opened_at"], "dateModified": shown["updated_at"]}
    node |= {"appearance": appearances} if appearances else {}
    if first := _find_first(appearances, [data["source"].get("published_on") for _, data in put_forward]):
        node["firstAppearance"] = first
    if author := _find_author(put_forward):
        node["author"] = author
    return node


def _puts_forward(item: Item) -> bool:
    asserts = issubclass(item.kind, Statement) and SIDE.get(item.kind.stance or "") == "for"
    return asserts and item.kind.type in {"reported", "alleged"} and item.reads != "taken_back"


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


def _find_author(put_forward: Sequence[tuple[Item, Payload]]) -> dict[str, str] | None:
    """Give the one who first put the claim forward, if that was a named party speaking in its own name."""
    voices = [
        (item.kind.type == "alleged" and data.get("attribution", "on_record") == "on_record", _agent(data["party"]))
        for item, data in put_forward
    ]
    named, author = _find_first(voices, [data.get("said_on") for _, data in put_forward]) or (False, None)
    return author if named else None


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
