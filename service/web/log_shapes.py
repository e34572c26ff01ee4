"""The shapes of what the public log is asked and answers."""

from __future__ import annotations

from marshmallow import Schema, fields
from marshmallow.validate import Range

from domain.merkle import LARGEST_SIZE
from service.recording.schemas import Known
from service.web.answers import StoredEvent
from service.web.parameters import Count


def _size(description: str, *, required: bool = True) -> Count:
    limits = Range(0, LARGEST_SIZE, error="{min} to {max}.")
    return Count(required=required, validate=limits, metadata={"description": description})


class ProofQuerySchema(Known):
    """How to ask for the proof of an event."""

    position = _size("The event's place in the log.")
    size = _size("A log size that was signed; the last, where it is not given.", required=False)


class RootQuerySchema(Known):
    """How to ask for a root."""

    size = _size("A log size.")


class ConsistencyQuerySchema(Known):
    """How to ask for the proof that one size extends another."""

    to = _size("A log size.")

    class Meta:
        """Name what no attribute can be named."""

        include = {"from": _size("A log size.")}  # noqa: RUF012 - the library's own attribute


_HASH = fields.String(metadata={"description": "32 bytes in base64."})


class Consistency(Schema):
    """A proof that one size of the log extends another, with the members `from` and `to`."""

    proof = fields.List(_HASH, required=True)
    to = fields.Integer(required=True)

    class Meta:
        """Name what no attribute can be named."""

        include = {"from": fields.Integer(required=True)}  # noqa: RUF012 - the library's own attribute


class Root(Schema):
    """The root of the log at a size."""

    size = fields.Integer(required=True)
    root = fields.String(required=True)


class SignedSize(Schema):
    """A checkpoint, taken apart."""

    size = fields.Integer(required=True)
    root = fields.String(required=True)
    signed_at = fields.String(required=True, metadata={"format": "date-time"})
    note = fields.String(required=True)


class SeenBy(Schema):
    """A witness that signed a checkpoint, and when."""

    name = fields.String(required=True)
    verifier_key = fields.String(required=True)
    signed_at = fields.String(required=True, metadata={"format": "date-time"})


class Log(Schema):
    """What the log is."""

    origin = fields.String(required=True)
    verifier_key = fields.String(required=True, allow_none=True)
    log_size = fields.Integer(required=True)
    checkpoint = fields.Nested(SignedSize, required=True, allow_none=True)
    witnesses = fields.List(fields.Nested(SeenBy), required=True)


class LogKey(Schema):
    """A key that the log was signed with; also `from`, the size from which on."""

    verifier_key = fields.String(required=True)
    recorded_at = fields.String(required=True, metadata={"format": "date-time"})
    statement = fields.String(
        required=True, allow_none=True, metadata={"description": "The note by which the key before it named it."}
    )

    class Meta:
        """Name what no attribute can be named."""

        include = {"from": fields.Integer(required=True)}  # noqa: RUF012 - the library's own attribute


class LogKeys(Schema):
    """The keys that the log was signed with, the first first."""

    keys = fields.List(fields.Nested(LogKey), required=True)


class ProvedEvent(Schema):
    """An event with the proof that it is in the log."""

    position = fields.Integer(required=True)
    event = fields.Nested(StoredEvent, required=True)
    proof = fields.List(_HASH, required=True)


class Evidence(Schema):
    """A claim's history with its proofs."""

    format = fields.String(required=True)
    readme = fields.String(required=True)
    origin = fields.String(required=True)
    verifier_key = fields.String(required=True)
    checkpoint = fields.String(required=True)
    claim = fields.UUID(required=True)
    events = fields.List(fields.Nested(ProvedEvent), required=True)
    unpublished = fields.Integer(required=True)
