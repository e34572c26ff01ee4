"""Parties and topics as one types, a party with the kind and country it brings along; and what a list asks for in vain.

A name with a slip in it is not found by its words; the parties offered in its place are found by the first halves of
these, of all together where there are such, else of each; topics by how they begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from flask import Response
from markupsafe import Markup

from domain.party import party_key
from service.reading.lists import ListQuestion
from service.telling.wording import in_one_line
from service.web.endpoint import same_address_with, timeline
from service.web.pages.naming import begin_of, find_party, search_parties
from service.web.pages.rendering import HTML

Json = Mapping[str, Any]
MOST = 10
MOST_NEAR = 5
_TRIED = 6  # words of a name, of which a search is made
_TOPIC = Markup('<option value="{}"></option>')
_OPTION = Markup('<option value="{}" data-kind="{}" data-country="{}"></option>')


def suggest_parties(*, party: str = "", party_name: str = "") -> Response:
    """List parties whose names have words that begin as typed."""
    typed = (party_name or party).strip()
    found = search_parties(typed, most=MOST) if typed else []
    options = [_OPTION.format(in_one_line(one["name"]), one["kind"], one.get("country", "")) for one in found]
    return Response("\n".join(options), content_type=HTML, headers={"Cache-Control": "no-store"})


def suggest_topics(*, topic: str = "", topics: str = "") -> Response:
    """List topics that begin as typed; of several that a field has, commas between, as the last of them does."""
    *before, typed = [one.strip() for one in (topics or topic).replace(";", ",").split(",")]
    found = [one for one in timeline().find_topics(begins=typed, most=MOST) if one not in before] if typed else []
    options = [_TOPIC.format(", ".join((*before, one))) for one in found]
    return Response("\n".join(options), content_type=HTML, headers={"Cache-Control": "no-store"})


def find_unknown(asked: Json) -> Iterator[dict[str, Any]]:
    """Find which parties and topics a list asks for that are nowhere in the record, each with what may be meant.

    That is (name, address of this list with it) pairs, the most alike first.
    """
    for name in asked.get("party", ())[:MOST_NEAR]:
        if find_party(name) is None:
            near = [(one["name"], same_address_with({"party": one["key"]})) for one in _find_near(name)]
            yield {"of": "party", "name": name, "near": near}
    for topic in asked.get("topic", ())[:MOST_NEAR]:
        if not _has_topic(topic):
            near = [(other, same_address_with({"topic": other})) for other in _find_near_topics(topic)]
            yield {"of": "topic", "name": topic, "near": near}


def _find_near(name: str) -> list[Json]:
    key = party_key(name)
    words = [*map(begin_of, key.split("-")[:_TRIED])]
    alone = sorted(words, key=len, reverse=True)
    tried = (search_parties(q, most=MOST) for q in dict.fromkeys((" ".join(words), *alone)) if q)
    found: list[Json] = next(filter(None, tried), [])
    return sorted(found, key=lambda one: -SequenceMatcher(None, key, one["key"]).ratio())[:MOST_NEAR]


def _find_near_topics(topic: str) -> list[str]:
    written = topic.casefold()
    near = timeline().find_topics(begins=begin_of(written).rstrip(), most=MOST)
    return sorted(near, key=lambda one: -SequenceMatcher(None, written, one.casefold()).ratio())[:MOST_NEAR]


def _has_topic(topic: str) -> bool:
    return bool(timeline().list_claims(question=ListQuestion(filters={"topic": [topic]}, limit=1)).claims)
