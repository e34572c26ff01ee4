"""The shapes that only HTTP has coming in: query parameters and envelopes."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, OneOf, Range

from domain.codebook import EVENT_TYPES
from domain.language import LANGUAGE_TAG
from domain.party import COUNTRIES, KINDS, party_key, tell_no_country
from domain.track_record import BEHIND
from service.reading.feed import LONGEST_WAIT
from service.reading.hanging import DAYS, MOST_DAYS
from service.recording.items import Version
from service.recording.schemas import CLAIM, LARGEST_NUMBER, LONGEST_DATE, AboutSchema, Known, Payload

LONGEST_PAGE = 500
LARGEST_BATCH = 1_000
MOST_VALUES = 30  # of one filter; each is a condition of the query
FORMATS = ("json", "timelinejs", "schemaorg", "stix", "csv")
_TRUE_OR_FALSE = "Write true or false."
STANDINGS = ("retracted", "contested", "confirmed", "denied", "unconfirmed", "reported", "opened")
STANCES = ("asserts", "affirms", "denies", "evades", "withholds", "withdrawn")


class Count(fields.Integer):
    """A whole number, written in plain digits."""

    default_error_messages = {"invalid": "Write a whole number."}  # noqa: RUF012 - the library's own attribute

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not re.fullmatch(r"\d{1,20}", value, re.ASCII):
            raise self.make_error("invalid", input=value)
        return int(value)


def _asked(description: str, **described: Any) -> dict[str, Any]:
    return {"metadata": {"description": description, **described}}


_MOMENT = "^([0-9]{1,18}|[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9:.]{8,15}([Zz]|[+-][0-9]{2}:[0-9]{2}))?)$"
_AS_OF = fields.String(
    **_asked("What the record held then: an instant (RFC 3339), a date (its end, UTC), a log size.", pattern=_MOMENT)
)
_SAID_UNTIL = fields.String(
    **_asked("Leave out what was said after this date. EDTF.", maxLength=LONGEST_DATE, examples=["2025-12-21"])
)

_CURSOR = fields.String(**_asked("From `next` of the page before.", pattern="^[A-Za-z0-9_-]+$"))


def count(lowest: int, highest: int, description: str, *, default: int | None = None) -> Count:
    """Describe a whole number from `lowest` to `highest`, which every store can look up."""
    given: dict[str, Any] = {} if default is None else {"load_default": default}
    return Count(validate=Range(lowest, highest, error="{min} to {max}."), **given, **_asked(description))


def _flag(description: str) -> fields.Boolean:
    words: dict[str, Any] = {"truthy": {"true"}, "falsy": {"false"}, "error_messages": {"invalid": _TRUE_OR_FALSE}}
    return fields.Boolean(load_default=False, **words, **_asked(description))


def _format() -> fields.String:
    asked = _asked("For other programs: in which form.")
    return fields.String(load_default="json", validate=OneOf(FORMATS, error="One of: {choices}."), **asked)


class ClaimQuerySchema(Known):
    """How to ask for a claim."""

    as_of = _AS_OF
    said_until = _SAID_UNTIL


class ClaimFormatQuerySchema(ClaimQuerySchema):
    """How to ask for a claim in a format."""

    format = _format()


class HistoryQuerySchema(ClaimQuerySchema):
    """How to ask for a history."""

    after = count(0, LARGEST_NUMBER, "Events after this one.", default=0)
    limit = count(1, 100_000, "How many at most; all, where it is not given.")


class VersionQuerySchema(Known):
    """How to ask for a version."""

    diff = count(1, LARGEST_NUMBER, "Tell what changed since this version.")


def _words(description: str, *words: str) -> fields.List[Any]:
    return _several(fields.String(validate=OneOf(words, error="One of: {choices}.")), description)


class _OneOfCountries(OneOf):
    """One of the codes of countries; whatever else is given is told what to write instead."""

    def __call__(self, value: Any) -> Any:
        if value not in COUNTRIES:
            raise ValidationError(tell_no_country(value))
        return value


def _country(**described: Any) -> fields.String:
    known = _OneOfCountries(sorted(COUNTRIES))
    return fields.String(validate=known, metadata={"pattern": "^[A-Z]{2}$", **described})


def _choice(description: str) -> fields.Boolean:
    words: dict[str, Any] = {"truthy": {"true"}, "falsy": {"false"}, "error_messages": {"invalid": _TRUE_OR_FALSE}}
    return fields.Boolean(**words, **_asked(description))


class PartyKey(fields.String):
    """The key of a party; a name is read as the key that it leaves."""

    default_error_messages = {"nameless": "Write the key of a party, or its name."}  # noqa: RUF012 - the library's own

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        key = party_key(value)
        if not key:
            raise self.make_error("nameless")
        return key


def _several(one: fields.Field[Any], description: str) -> fields.List[Any]:
    most = Length(max=MOST_VALUES, error="At most {max} of these at once.")
    return fields.List(one, validate=most, **_asked(description))


class FilterSchema(Known):
    """Which claims; several values: repeat the parameter, one of them must hold."""

    q = fields.String(**_asked("Words that must all be found in the claim's texts, in any script."))
    standing = _words("Where the claim stands.", *STANDINGS)
    party = _several(PartyKey(), "Party keys.")
    country = _several(_country(), "Where parties that have a position are from, ISO 3166-1 alpha-2.")
    stance = _words("Where a party stands.", *STANCES)
    topic = _several(fields.String(validate=Length(min=1, error="Say which.")), "Topics, as given.")
    track = _words("Of which track what is claimed was.", "1", "1.5", "2")
    aspect_of = _several(
        fields.String(validate=Length(min=1, error="Say which.")), "Ids of claims that they are aspects of."
    )
    reversed = _choice("Whether a party has moved from one side to the other.")
    overdue = _choice("Whether an open comment request is past its deadline.")
    single_source = _choice("Whether one origin alone put it forward.")
    updated_since = fields.String(**_asked("An instant, or a date (its start, UTC)."))
    sort = fields.String(
        validate=OneOf(("updated", "opened", "relevance"), error="One of: {choices}."),
        **_asked("Newest first, each: by the last change, by the opening, or (a search's default) by the text found."),
    )
    as_of = _AS_OF


class ListQuerySchema(FilterSchema):
    """How to ask for a page of claims."""

    limit = count(1, LONGEST_PAGE, "How many at most.", default=50)
    cursor = fields.String(
        **_asked("From `next` of the page before; bound to the other parameters.", pattern="^[A-Za-z0-9_-]+$")
    )
    format = _format()


class PageQuerySchema(Known):
    """How to ask for a page."""

    limit = count(1, LONGEST_PAGE, "How many at most.", default=50)
    cursor = _CURSOR


class PartiesFilterSchema(Known):
    """Which parties."""

    q = fields.String(**_asked("Words, or beginnings of words, that are all in one of the party's names."))
    country = _country(description="As its latest statement has it.")
    kind = fields.String(validate=OneOf(KINDS, error="One of: {choices}."), **_asked("As its latest statement has it."))
    as_of = _AS_OF


class PartiesQuerySchema(PartiesFilterSchema, PageQuerySchema):
    """How to ask for a page of parties."""


class PartyQuerySchema(Known):
    """How to ask for a party."""

    as_of = _AS_OF


class PartyPageQuerySchema(PageQuerySchema):
    """How to ask for a party's claims."""

    behind = fields.String(
        validate=OneOf(tuple(BEHIND), error="One of: {choices}."),
        **_asked("Only the claims behind this number of its track record."),
    )
    as_of = _AS_OF


class CorrectionsQuerySchema(Known):
    """How to ask for corrections."""

    before = count(0, LARGEST_NUMBER, "Those before this position; the newest, where it is not given.")
    limit = count(1, LONGEST_PAGE, "How many at most.", default=50)


class HangingFeedQuerySchema(Known):
    """How to ask for the feed of what hangs."""

    days = count(1, MOST_DAYS, "After how many days a party that withholds hangs.", default=DAYS)


class HangingQuerySchema(HangingFeedQuerySchema):
    """How to ask what hangs."""

    limit = count(1, LONGEST_PAGE, "How many at most.", default=50)
    cursor = _CURSOR


class OembedQuerySchema(Known):
    """How to ask how a page may show a claim."""

    url = fields.String(required=True, **_asked("The address of a claim in this record."))
    format = fields.String(load_default="json", validate=OneOf(("json", "xml"), error="One of: {choices}."))
    maxwidth = count(1, LARGEST_NUMBER, "How much room there is, in pixels.")
    maxheight = count(1, LARGEST_NUMBER, "How much room there is, in pixels.")


class EventFilterSchema(Known):
    """Which events; several values: repeat the parameter, one of them must hold."""

    types = _words("Of these types.", *EVENT_TYPES)
    party = _several(PartyKey(), "Party keys: events in which one of them speaks, reads or is asked.")
    country = _several(_country(), "Where such a party is from.")


class FeedQuerySchema(EventFilterSchema):
    """How to ask for events in the order of the record."""

    after = count(0, LARGEST_NUMBER, "The last position that was looked at.")
    limit = count(1, LARGEST_BATCH, "How many at most.", default=100)
    wait = count(0, LONGEST_WAIT, "Seconds to wait for events, where there are none yet.", default=0)


class WriteQuerySchema(Known):
    """How to ask for something to be recorded."""

    dry_run = _flag("Check, record nothing.")
    allow_duplicate = _flag("Record a statement that is there already.")


class Later(fields.Nested):
    """Described like what is nested, and handed on as it came, to be read with its faults by `read_item`."""

    def deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        """Hand on even null, so that items of a list keep their places."""
        return value


class NewEventSchema(Payload):
    """An event to be appended; `data` is the payload of its type."""

    type = fields.Raw(required=True, metadata={"type": "string", "enum": list(EVENT_TYPES)})
    data = fields.Raw(required=True, metadata={"type": "object"})


class NewClaimSchema(Payload):
    """A claim to be opened, and events to append to it in the same transaction."""

    text = fields.String(required=True, metadata={"minLength": 1})
    lang = fields.String(metadata={"description": "BCP 47; `und` where it is not given.", "pattern": LANGUAGE_TAG})
    about = Later(AboutSchema)
    topics = fields.List(fields.String(metadata={"minLength": 1}))
    id = fields.String(metadata={"format": "uuid"})
    ref = fields.String(metadata={"description": "Your own name for it; the id is derived from it.", "minLength": 1})
    events = fields.List(Later(NewEventSchema), validate=Length(max=LARGEST_BATCH, error="At most {max} events."))


class BatchItemSchema(NewEventSchema):
    """An event of a batch."""

    claim = fields.String(required=True, metadata={"description": "UUID, or ref:NAME.", "pattern": CLAIM})
    if_match = Version()


class BatchSchema(Payload):
    """Events on any number of claims, recorded together or not at all."""

    events = fields.List(
        Later(BatchItemSchema),
        required=True,
        validate=Length(1, LARGEST_BATCH, error="A batch has 1 to {max} events."),
    )
