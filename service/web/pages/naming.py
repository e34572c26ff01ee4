"""How a party of a name is on record: as what, under a name drawn like it, and on what terms it spoke last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from domain.errors import DomainError
from domain.party import party_key
from service.lookalikes import find_skeletons
from service.parties import PartiesQuestion, PartyQuestion
from service.web.endpoint import timeline

Json = Mapping[str, Any]


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


def find_alike(name: str) -> Json | None:
    """Find a party on record whose name, or one of whose names, is drawn like this one."""
    skeletons = find_skeletons(name)
    found = orjson.loads(timeline().list_parties(question=PartiesQuestion(like=name, limit=1)).body)["parties"]
    named = (one for party in found for one in (party, *party.get("also_known_as", ())))
    return next((one for one in named if find_skeletons(one["key"]) & skeletons), None)


def find_terms(name: str) -> str | None:
    """Find the word for how the last thing a party said is to be attributed; None where nothing says."""
    try:
        *_, happenings = timeline().tell_party(key=party_key(name), limit=1)
    except DomainError:
        return None
    said = next(((one.event.get("data") or {}) for one in happenings), {})
    terms: str | None = said.get("statement", said).get("attribution")
    return terms
