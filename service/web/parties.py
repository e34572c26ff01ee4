"""Parties over HTTP: who speaks, and one party's positions, reversals and track record."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from domain.codebook import STRENGTHS
from service.reading.parties import PartiesQuestion, PartyQuestion
from service.web import answers, parameters
from service.web.endpoint import Endpoint, answer, timeline
from service.web.formats import name_all_forms, name_forms_and_tables
from service.web.pages.parties import show_parties, show_party


class CountedParty(answers.KeyedParty):
    """A party with how much of it is in the record; `also_known_as` where an editor joined names."""

    also_known_as = fields.List(fields.Nested(answers.KeyedParty))
    statements = fields.Integer(required=True)
    claims = fields.Integer(required=True)


class Parties(Schema):
    """A page of parties; `next` is the cursor of the page after it."""

    parties = fields.List(fields.Nested(CountedParty), required=True)
    next = fields.String(required=True, allow_none=True)
    as_of = fields.Nested(answers.AsOf)


class NamedParty(CountedParty):
    """A party with all of its other names, none where nobody joined any."""

    also_known_as = fields.List(fields.Nested(answers.KeyedParty), required=True)


class PlacedPosition(Schema):
    """Where a party stands on a claim."""

    claim = fields.UUID(required=True)
    text = fields.String(required=True)
    stance = fields.String(required=True, metadata={"enum": list(parameters.STANCES)})
    partial = fields.Boolean(required=True)  # type: ignore[assignment]  # the library has a setting of that name
    since = fields.Integer(required=True)
    overtaken_by = fields.Integer()


class PlacedChange(Schema):
    """A move of a party from one side to the other on a claim."""

    claim = fields.UUID(required=True)
    from_ = fields.Integer(required=True, data_key="from")
    to = fields.Integer(required=True)
    from_stance = fields.String(required=True)
    to_stance = fields.String(required=True)
    corrected = fields.Boolean(required=True)


class Withheld(Schema):
    """How often a party withheld."""

    n = fields.Integer(required=True)
    claims = fields.List(fields.UUID(), required=True)


_COUNT = fields.Integer(required=True)
_WORDS = {"description": "By the words of the columns."}


class Fates(Schema):
    """What came of a party's words of one side: each claim in the first column that fits."""

    n = _COUNT
    reversed = _COUNT
    vindicated = _COUNT
    withdrawn = _COUNT
    standing = _COUNT
    median_days_to_reversal = fields.Float(required=True, allow_none=True)
    by_strength = fields.Dict(
        keys=fields.String(metadata={"enum": list(STRENGTHS)}),
        values=fields.Dict(keys=fields.String(), values=fields.Integer(), metadata=_WORDS),
        required=True,
    )
    claims = fields.Dict(keys=fields.String(), values=fields.List(fields.UUID()), required=True, metadata=_WORDS)


class Denials(Fates):
    """What came of its denials."""

    affirmed_by_others = _COUNT


class Affirmations(Fates):
    """What came of its affirmations."""

    denied_by_others = _COUNT


class TrackRecord(Schema):
    """What came of a party's words, each number with the claims behind it."""

    denials = fields.Nested(Denials, required=True)
    affirmations = fields.Nested(Affirmations, required=True)
    withheld = fields.Nested(Withheld, required=True)


class Party(Schema):
    """A party's positions, a page of them, the claims that changed last first; the rest comes with the first page.

    `next` is the cursor of the page after it, `reversed_claims` on how many claims it turned.
    """

    party = fields.Nested(NamedParty, required=True)
    positions = fields.List(fields.Nested(PlacedPosition), required=True)
    reversals = fields.List(fields.Nested(PlacedChange))
    reversed_claims = fields.Integer()
    track_record = fields.Nested(TrackRecord)
    next = fields.String(required=True, allow_none=True)
    as_of = fields.Nested(answers.AsOf, required=True)


def list_parties(**asked: Any) -> Response:
    """Give a page of parties."""
    return answer(timeline().list_parties(question=PartiesQuestion(**asked)))


def get_party(**asked: Any) -> Response:
    """Give a party."""
    return answer(timeline().get_party(question=PartyQuestion(**asked)))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/parties",
        "Who speaks",
        list_parties,
        {200: (Parties, "In the order of their keys.")},
        query=parameters.PartiesQuerySchema,
        page=show_parties,
        link=name_forms_and_tables,
        suffix=True,
    ),
    Endpoint(
        "GET",
        "/parties/{key}",
        "One party's positions, reversals and track record",
        get_party,
        {200: (Party, "The party.")},
        query=parameters.PartyPageQuerySchema,
        page=show_party,
        link=name_all_forms,
        suffix=True,
        problems=("not_found", "not_yet_known"),
    ),
)
