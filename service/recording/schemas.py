"""The shapes of what may be recorded: one schema a payload.

Shapes and types are told here, and the OpenAPI description is made from these; what a
payload means is checked by the domain. `service.recording.items` reads both at once.
"""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load
from marshmallow.validate import OneOf, Range, Regexp

from domain.codebook import (
    ATTRIBUTIONS,
    CONFIDENCES,
    EXTENTS,
    GRADES,
    LIKELIHOODS,
    RELATIONS,
    RELIABILITIES,
    SOURCE_CHANGES,
    STATEMENTS,
    STRENGTHS,
)
from domain.language import LANGUAGE_TAG
from domain.party import KINDS, LONGEST_NAME
from domain.statement import LONGEST_SUMMARY

LONGEST_DATE = 100  # characters, as `domain.dates` has it
CLAIM = r"^(ref:[\s\S]+|[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})$"
LARGEST_NUMBER = 2**53 - 1  # what JSON carries exactly, RFC 8785 section 3.2.2.3
STATEMENT_TYPES = (*STATEMENTS, "assessed")


class Whole(fields.Integer):
    """A whole number, written as one: neither a string nor 1.0 nor true."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is not int or abs(value) > LARGEST_NUMBER:
            raise self.make_error("invalid", input=value)
        return value


class Texts(fields.List[str]):
    """A list of texts, in which one that is none keeps its place: what is found later points at the right ones."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        try:
            return super()._deserialize(value, *args, **kwargs)
        except ValidationError as error:
            if isinstance(error.messages, dict):
                error.valid_data = ["?" if i in error.messages else text for i, text in enumerate(value)]
            raise


class Known(Schema):
    """Members of which every one is known."""

    error_messages = {  # noqa: RUF012 - the library's own attribute
        "unknown": "There is nothing of this name here. Check how it is spelled, or leave it out."
    }

    class Meta:
        """Unknown members are faults, so that a typo is never lost."""

        unknown = RAISE


class Payload(Known):
    """An object in which null says the same as leaving a member out."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:  # noqa: ARG002 - the library's hook
        """Describe it so: an optional member may be null."""
        field_obj.allow_none = not field_obj.required

    @pre_load
    def drop_nulls(self, data: Any, **_: Any) -> Any:
        """Leave out the members that are null."""
        return {k: v for k, v in data.items() if v is not None} if isinstance(data, dict) else data


def _text(description: str = "", *, required: bool = False, **described: Any) -> fields.String:
    told = {"description": description} if description else {}
    return fields.String(required=required, metadata={"minLength": 1, **told, **described})


def _date(description: str) -> fields.String:
    return _text(f"{description} EDTF.", maxLength=LONGEST_DATE, examples=["2025-12-21", "2025-12-2X", "../2025-12-21"])


def _lang(*, required: bool = False) -> fields.String:
    return _text("BCP 47.", required=required, pattern=LANGUAGE_TAG)


def _word(words: tuple[str, ...], *, required: bool = False) -> fields.String:
    return fields.String(required=required, validate=OneOf(words, error="One of: {choices}."))


def _version(description: str, *, required: bool = False) -> Whole:
    return Whole(
        required=required,
        validate=Range(min=1, error="Versions start at 1."),
        metadata={"description": description},
    )


class PartySchema(Payload):
    """Who speaks, or is asked."""

    name = _text("As the source names it; its key is derived from it.", required=True, maxLength=LONGEST_NAME)
    kind = _word(KINDS, required=True)
    country = _text("ISO 3166-1 alpha-2; former codes are allowed.", pattern="^[A-Z]{2}$", examples=["KR", "SU"])


class SpeakerSchema(Payload):
    """The human voice of a party."""

    name = _text(required=True)
    role = _text("At that time.")


class QuoteSchema(Payload):
    """Words as spoken, in their own script."""

    text = _text(required=True)
    lang = _lang(required=True)
    translation = _text()
    translated_by = _text()


class SourceSchema(Payload):
    """Where the words can be read."""

    publisher = _text(required=True)
    title = _text()
    url = _text("Without a name or a password before its host.")
    published_on = _date("When it was published.")
    archived_url = _text("A kept copy; the same holds for it.")
    sha256 = fields.String(
        validate=Regexp(r"[0-9a-fA-F]{64}\Z", error="64 hexadecimal digits."),
        metadata={"description": "Of the page as fetched, hex.", "pattern": "^[0-9a-fA-F]{64}$"},
    )
    reliability = _word(RELIABILITIES)


class UtteranceSchema(Payload):
    """What statements and assessments have in common."""

    speaker = fields.Nested(SpeakerSchema)
    on_behalf_of = fields.Nested(PartySchema)
    attribution = _word(ATTRIBUTIONS)
    summary = _text("Our paraphrase, in our words. Required unless there is a quote.", maxLength=LONGEST_SUMMARY)
    quote = fields.Nested(QuoteSchema)
    said_on = _date("When it was said.")
    said_on_text = _text("The date in the words of the source.")
    extent = _word(EXTENTS)
    scope = _text("Which part of the claim.")
    strength = _word(STRENGTHS)
    regarding = _version("The earlier event of this claim that this is about.")
    source = fields.Nested(SourceSchema, required=True)
    via = Texts(_text(), metadata={"description": "The chain the words came through, origin first."})
    credibility = Whole(validate=Range(min=1, max=6, error="1 to 6 (Admiralty)."))
    utterance = _text("Label shared by the events that record one act of speech.")
    note = _text("A remark by the desk.")


class StatementSchema(UtteranceSchema):
    """A party's statement."""

    party = fields.Nested(PartySchema, required=True)
    grade = _word(GRADES)


class RatingSchema(Payload):
    """A published verdict."""

    text = _text()
    value = Whole()
    best = Whole()
    worst = Whole()
    url = _text()


class AssessedSchema(UtteranceSchema):
    """An analyst's or fact-checker's reading."""

    by = fields.Nested(PartySchema, required=True)
    likelihood = _word(LIKELIHOODS)
    confidence = _word(CONFIDENCES)
    rating = fields.Nested(RatingSchema)


class AboutSchema(Payload):
    """What the claimed thing is: every member optional."""

    occurred_on = _date("When the claimed thing happened.")
    occurred_on_text = _text()
    place = _text()
    participants = fields.List(fields.Nested(PartySchema))
    form = _text("Free word: meeting, call, visit, deployment …")
    track = _word(("1", "1.5", "2"))


class OpenedSchema(Payload):
    """The claim enters the record."""

    text = _text("One yes/no proposition, stated neutrally.", required=True)
    lang = _lang(required=True)
    about = fields.Nested(AboutSchema)
    topics = Texts(_text(maxLength=LONGEST_NAME))


class RewordedSchema(OpenedSchema):
    """The claim is restated."""

    text = _text()
    lang = _lang()
    reason = _text(required=True)


class StruckSchema(Payload):
    """An event does not belong here."""

    regarding = _version("The event that this is about.", required=True)
    reason = _text(required=True)


class RedactedSchema(StruckSchema):
    """The payload of an event was erased."""

    authority = _text("Who ordered it.", required=True)


class AmendedSchema(StruckSchema):
    """An event was logged wrongly."""

    type = _word(STATEMENT_TYPES, required=True)
    statement = fields.Dict(required=True, metadata={"description": "The payload it should have had."})


class LinkSchema(Payload):
    """A relation to another claim."""

    relation = _word(RELATIONS, required=True)
    claim = _text("UUID, or ref:NAME.", required=True, pattern=CLAIM)
    note = _text()


class JoinSchema(Payload):
    """Two names are, or are not, those of one party."""

    party = _text("A name, or its key.", required=True, maxLength=LONGEST_NAME)
    same_as = _text("The name, or its key, that the party is shown under.", required=True, maxLength=LONGEST_NAME)
    reason = _text(required=True)


class SourceChangedSchema(Payload):
    """The page that a statement was read on has changed."""

    regarding = _version("The statement whose source it is.", required=True)
    change = _word(SOURCE_CHANGES, required=True)
    status = Whole(validate=Range(100, 599, error="{min} to {max}."), metadata={"description": "Of the answer, HTTP."})
    sha256 = fields.String(
        validate=Regexp(r"[0-9a-fA-F]{64}\Z", error="64 hexadecimal digits."),
        metadata={"description": "Of the page's text as it is now, hex.", "pattern": "^[0-9a-fA-F]{64}$"},
    )


class CommentRequestedSchema(Payload):
    """A party was asked."""

    party = fields.Nested(PartySchema, required=True)
    channel = _text()
    deadline = _text("RFC 3339, in the future.", required=True, format="date-time")
    question = _text()


PAYLOADS: dict[str, Payload] = {
    **dict.fromkeys(STATEMENTS, StatementSchema()),
    "assessed": AssessedSchema(),
    "opened": OpenedSchema(),
    "reworded": RewordedSchema(),
    "amended": AmendedSchema(),
    "struck": StruckSchema(),
    "redacted": RedactedSchema(),
    "linked": LinkSchema(),
    "unlinked": LinkSchema(),
    "comment_requested": CommentRequestedSchema(),
    "joined": JoinSchema(),
    "parted": JoinSchema(),
    "source_changed": SourceChangedSchema(),
}
