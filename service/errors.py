"""What the service refuses or cannot do, beside what the domain refuses; no HTTP numbers here."""

from __future__ import annotations

from typing import Any

from domain.errors import DomainError


class ServiceError(DomainError):
    """Something outside the record's rules stands in the way."""


class Malformed(ServiceError):
    """What was sent cannot be read: it is not strict JSON, or a header is not as HTTP has it."""

    code = "malformed"
    title = "This cannot be read"


class TooLarge(ServiceError):
    """What was sent is larger than a stated limit."""

    code = "too_large"
    title = "This is too large"


class UnsupportedMediaType(ServiceError):
    """What was sent is not said to be JSON."""

    code = "unsupported_media_type"
    title = "Not sent in a form that this address reads"


class Unauthenticated(ServiceError):
    """No token, or one that does not hold."""

    code = "unauthenticated"
    title = "Say who you are"


class Forbidden(ServiceError):
    """The token's role does not go that far."""

    code = "forbidden"
    title = "Your role does not allow this"


class NotYetPublished(ServiceError):
    """What is asked for is in the record and not under a checkpoint yet, or the log is not signed at all."""

    code = "not_yet_published"
    title = "This is not published yet"


class MethodNotAllowed(ServiceError):
    """There is something here, but not for this method."""

    code = "method_not_allowed"
    title = "This cannot be done here"


class LimitReached(ServiceError):
    """The caller has as many of something as one may have."""

    code = "limit_reached"
    title = "You have as many as you may have"


class TooManyRequests(ServiceError):
    """Too much at once from one caller."""

    code = "too_many_requests"
    title = "Too many requests"


class Unavailable(ServiceError):
    """The store cannot be used just now; nothing was stored."""

    code = "unavailable"
    title = "The record cannot be reached just now"

    def __init__(self, detail: str, *, outside: str = "", **members: Any) -> None:
        """Take what is said of it here and, where that tells of our insides, what is said `outside` in its place."""
        super().__init__(detail, **members)
        self.outside = outside


class Damaged(Unavailable):
    """The store answers, and what is in it is not what this program keeps there."""

    title = "The record is damaged"


class OutcomeUnknown(ServiceError):
    """The store's answer was lost: it may have been stored or not."""

    code = "outcome_unknown"
    title = "It is not known whether this was recorded"


class Internal(ServiceError):
    """An unforeseen fault; what it was is in the log, not in the answer."""

    code = "internal"
    title = "Something went wrong here"
