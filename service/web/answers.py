"""The shapes of what comes out.

Answers are stored text; these describe it for the OpenAPI document, and the tests hold
the answers against them.
"""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields

from domain.codebook import EVENT_TYPES, RELATIONS
from service.web.parameters import STANCES, STANDINGS

_INSTANT = {"format": "date-time"}


class StoredEvent(Schema):
    """An event as stored; once redacted it has a commitment and `redacted` in the place of data and salt."""

    claim = fields.UUID(required=True)
    data = fields.Dict()
    salt = fields.String()
    commitment = fields.String()
    redacted = fields.Integer()
    recorded_at = fields.String(required=True, metadata=_INSTANT)
    recorded_by = fields.String(required=True)
    type = fields.String(required=True, metadata={"enum": list(EVENT_TYPES)})
    v = fields.Integer(required=True)
    version = fields.Integer(required=True)


class AsOf(Schema):
    """A moment of the record."""

    log_size = fields.Integer(required=True)
    at = fields.String(required=True, allow_none=True, metadata={"description": "Null before the first event."})


class KeyedParty(Schema):
    """A party with its key."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    country = fields.String()


_VERSIONS = fields.List(fields.Integer(), required=True)


class Position(Schema):
    """Where a party stands."""

    party = fields.Nested(KeyedParty, required=True)
    stance = fields.String(required=True, metadata={"enum": list(STANCES)})
    partial = fields.Boolean(required=True)  # type: ignore[assignment]  # the library has a setting of that name
    since = fields.Integer(required=True)
    events = _VERSIONS
    concedes = _VERSIONS
    disputes = _VERSIONS
    beside = _VERSIONS
    overtaken_by = fields.Integer()


class Because(Schema):
    """The rule that made the standing, and the events that made it fit."""

    rule = fields.String(required=True, metadata={"enum": list(STANDINGS)})
    events = _VERSIONS
    partial = fields.Boolean(required=True)  # type: ignore[assignment]  # the library has a setting of that name


class Partly(Schema):
    """Partial statements that count."""

    affirmed = _VERSIONS
    disputed = _VERSIONS


class Change(Schema):
    """A move of a party from one stance to another."""

    party = fields.String(required=True)
    from_ = fields.Integer(required=True, data_key="from")
    to = fields.Integer(required=True)
    from_stance = fields.String(required=True)
    to_stance = fields.String(required=True)
    corrected = fields.Boolean(required=True)


class Withdrawal(Schema):
    """A statement that was taken back."""

    party = fields.String(required=True)
    of = fields.Integer(required=True)
    by = fields.Integer(required=True)


class Awaited(Schema):
    """A comment request that nobody has answered."""

    version = fields.Integer(required=True)
    party = fields.String(required=True)
    deadline = fields.String(required=True)


class Link(Schema):
    """A relation to another claim."""

    relation = fields.String(required=True, metadata={"enum": list(RELATIONS)})
    claim = fields.UUID(required=True)


class About(Schema):
    """What the claimed thing is; what was not given is null."""

    occurred_on = fields.String(required=True, allow_none=True)
    occurred_on_text = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    participants = fields.List(fields.Dict(), required=True)
    form = fields.String(required=True, allow_none=True)
    track = fields.String(required=True, allow_none=True)


class Claim(Schema):
    """A claim as it stands, or stood."""

    id = fields.UUID(required=True)
    text = fields.String(required=True)
    lang = fields.String(required=True)
    about = fields.Nested(About, required=True)
    topics = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)
    opened_at = fields.String(required=True, metadata=_INSTANT)
    updated_at = fields.String(required=True, metadata=_INSTANT)
    standing = fields.String(required=True, metadata={"enum": list(STANDINGS)})
    because = fields.Nested(Because, required=True)
    partly = fields.Nested(Partly, required=True)
    positions = fields.List(fields.Nested(Position), required=True)
    by_country = fields.Dict(required=True)
    reversals = fields.List(fields.Nested(Change), required=True)
    shifts = fields.List(fields.Nested(Change), required=True)
    withdrawals = fields.List(fields.Nested(Withdrawal), required=True)
    origins = fields.Integer(required=True)
    single_source = fields.Boolean(required=True)
    awaiting = fields.List(fields.Nested(Awaited), required=True)
    links = fields.List(fields.Nested(Link), required=True)
    said_until = fields.String()
    as_of = fields.Nested(AsOf, required=True)
    superseded_by = fields.Integer()


class Difference(Schema):
    """What changed between two versions: stances and standing, and the events that made it so."""

    claim = fields.UUID(required=True)
    from_ = fields.Integer(required=True, data_key="from")
    to = fields.Integer(required=True)
    standing = fields.Dict(required=True)
    stances = fields.List(fields.Dict(), required=True)
    wording = fields.Dict(required=True)
    reversals = fields.List(fields.Nested(Change), required=True)
    withdrawals = fields.List(fields.Nested(Withdrawal), required=True)
    events = fields.List(fields.Dict(), required=True)


class Claims(Schema):
    """A page of claims; `next` is the cursor of the page after it."""

    claims = fields.List(fields.Nested(Claim), required=True)
    next = fields.String(required=True, allow_none=True)
    as_of = fields.Nested(AsOf)


class History(Schema):
    """A claim's events in order."""

    claim = fields.UUID(required=True)
    log_size = fields.Integer(required=True)
    events = fields.List(fields.Nested(StoredEvent), required=True)
    as_of = fields.Nested(AsOf)
    superseded_by = fields.Integer()


class PlacedEvent(Schema):
    """An event and its position in the log."""

    position = fields.Integer(required=True)
    event = fields.Nested(StoredEvent, required=True)


class Corrections(Schema):
    """A page of corrections; `next` is the position to ask for those before."""

    corrections = fields.List(fields.Nested(PlacedEvent), required=True)
    next = fields.Integer(required=True, allow_none=True)


class Hangs(Schema):
    """One thing that hangs: since when, by which event of which claim, and who does not answer."""

    why = fields.String(required=True, metadata={"enum": ["overdue", "withholds"]})
    claim = fields.UUID(required=True)
    version = fields.Integer(required=True)
    text = fields.String(required=True)
    standing = fields.String(required=True)
    party = fields.Nested(KeyedParty, required=True)
    since = fields.String(required=True)
    hangs_since = fields.String(required=True)


class Hanging(Schema):
    """A page of what hangs; `next` is the cursor of the page after it."""

    hanging = fields.List(fields.Nested(Hangs), required=True)
    days = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)


class Feed(Schema):
    """Events in the order of the record; `next` is the last position looked at."""

    events = fields.List(fields.Nested(PlacedEvent), required=True)
    next = fields.Integer(required=True, allow_none=True)
    log_size = fields.Integer(required=True)


class Recorded(Schema):
    """What a batch made."""

    events = fields.List(fields.Nested(StoredEvent), required=True)
    first_position = fields.Integer(required=True)
    log_size = fields.Integer(required=True)


class Rehearsed(Schema):
    """The claims as they would stand."""

    claims = fields.List(fields.Nested(Claim), required=True)


class Service(Schema):
    """What this is, and where things are."""

    name = fields.String(required=True)
    description = fields.String(required=True)
    origin = fields.String(required=True)
    verifier_key = fields.String(required=True, allow_none=True)
    log_size = fields.Integer(required=True)
    links = fields.Dict(required=True)


class Status(Schema):
    """Whether it is well."""

    status = fields.String(required=True)


class Explained(Schema):
    """What a problem means, and what to do."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    meaning = fields.String(required=True)
    what_to_do = fields.String(required=True)


class FaultShape(Schema):
    """One thing wrong: in the body (JSON pointer) or in a parameter or header."""

    pointer = fields.String()
    parameter = fields.String()
    detail = fields.String(required=True)


class ProblemShape(Schema):
    """RFC 9457; members beside these are named in docs/api.md."""

    class Meta:
        """There are more members, by code."""

        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.List(fields.Nested(FaultShape))
