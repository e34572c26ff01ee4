"""How a party of a name is on record: as what, under a name drawn like it, and on what terms it spoke last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from domain.errors import DomainError, Invalid
from domain.party import party_key
from service.lookalikes import find_skeletons, is_near, words_of
from service.reading.lists import ListQuestion
from service.reading.parties import PartiesQuestion, PartyQuestion
from service.telling.members import MOST_PARTICIPANTS, PARTICIPANTS
from service.web.endpoint import timeline

Json = Mapping[str, Any]
_LOOKED_AT = 5  # claims, for somebody who has never spoken
TRIED, MOST_TRIED = 6, 50  # words of a name that are searched for; parties of which a near one is looked for


def find_party(name: str) -> dict[str, Any] | None:
    """Find how a party of that name is on record, where one has spoken."""
    key = party_key(name)
    if not key:
        return None
    try:
        party = orjson.loads(timeline().get_party(question=PartyQuestion(key, limit=1)).body)["party"]
    except DomainError:
        return None  # nobody of that name has spoken yet
    return next((one for one in (party, *party["also_known_as"]) if one["key"] == key), None)


def find_named(name: str) -> Json | None:
    """Find how somebody of that name is on record: a party that spoke, else who assessed a claim or was asked."""
    if known := find_party(name):
        return known
    key = party_key(name)
    try:
        found = timeline().list_claims(question=ListQuestion(q=name, limit=_LOOKED_AT)).claims if key else ()
    except Invalid:
        return None  # nothing in it can be searched for
    for claim in map(orjson.loads, found):
        events = map(orjson.loads, timeline().list_events(claim_id=UUID(claim["id"])))
        said = [(event.get("data") or {}) for event in events]
        named = (who for data in said[::-1] for who in (data.get("by"), data.get("party")) if isinstance(who, dict))
        if known := next((who for who in named if party_key(who["name"]) == key), None):
            return known
    return None


def know_participants(fields: dict[str, str]) -> None:
    """Fill in kind and country of who is said to take part and is on record, where a form leaves them open."""
    for n in range(MOST_PARTICIPANTS):
        under = f"{PARTICIPANTS}/{n}"
        known = None if fields.get(f"{under}/kind") else find_named(fields.get(f"{under}/name", "").strip())
        if known:
            country = fields.get(f"{under}/country") or known.get("country", "")
            fields |= {f"{under}/kind": known["kind"], f"{under}/country": country}


def find_alike(name: str) -> Json | None:
    """Find a party on record whose name, or one of whose names, is drawn like this one."""
    skeletons = find_skeletons(name)
    found = orjson.loads(timeline().list_parties(question=PartiesQuestion(like=name, limit=1)).body)["parties"]
    named = (one for party in found for one in (party, *party.get("also_known_as", ())))
    return next((one for one in named if find_skeletons(one["key"]) & skeletons), None)


def begin_of(word: str) -> str:
    """Give the beginning of a word by which others are found that end otherwise."""
    return word[: max(2, (len(word) + 1) // 2)]


def search_parties(q: str, *, most: int, country: str | None = None) -> list[Json]:
    """List parties on record whose names have words that begin so; none where nothing in it can be searched for."""
    try:
        read = timeline().list_parties(question=PartiesQuestion(q=q, country=country, limit=most))
    except Invalid:
        return []
    found: list[Json] = orjson.loads(read.body)["parties"]
    return found


def find_near(name: str, country: str | None) -> Json | None:
    """Find a party on record that has nearly this name, of this country where one is given.

    Those are looked at that have the beginnings of all its words, or of all but one.
    """
    begins = [*map(begin_of, words_of(name))][:TRIED]
    but_one = [begins[:n] + begins[n + 1 :] for n in range(len(begins))] if len(begins) > 1 else []
    for words in (begins, *but_one):
        found = search_parties(" ".join(words), most=MOST_TRIED, country=country)
        named = (one for party in found for one in (party, *party.get("also_known_as", ())))
        near: Json | None = next((one for one in named if is_near(one["key"], name)), None)
        if near is not None:
            return near
    return None


def find_terms(name: str) -> str | None:
    """Find the word for how the last thing a party said is to be attributed; None where nothing says."""
    try:
        *_, happenings = timeline().tell_party(key=party_key(name), limit=1)
    except DomainError:
        return None
    said = next(((one.event.get("data") or {}) for one in happenings), {})
    terms: str | None = said.get("statement", said).get("attribution")
    return terms
