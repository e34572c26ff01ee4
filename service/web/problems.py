"""One table from the words of refusal to HTTP: status, and what a caller can do about it.

The shape is RFC 9457. Codes are promised (`docs/api.md`); sentences may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, request

from domain import errors as domain
from domain.errors import DomainError, Fault, Invalid
from service import errors as service


@dataclass(frozen=True, slots=True)
class Problem:
    """What a code means over HTTP, and the way out."""

    kind: type[DomainError]
    status: int
    way_out: str


_TABLE = (
    Problem(domain.Invalid, 422, "Mend every member and parameter that `errors` names, and send it again."),
    Problem(
        service.Malformed,
        400,
        "Mend what `detail` names. JSON is strict here: UTF-8, no duplicate keys, no NaN, at most 20 levels deep.",
    ),
    Problem(service.TooLarge, 413, "Keep an event under 64 KiB, a claim under 1 MiB, a batch under 16 MiB."),
    Problem(
        service.UnsupportedMediaType,
        415,
        "Send JSON with the header Content-Type: application/json; to the address of a form, what the form sends.",
    ),
    Problem(service.Unauthenticated, 401, "Send Authorization: Bearer and your token; ask an administrator for one."),
    Problem(service.Forbidden, 403, "Ask an administrator for a token whose role goes that far."),
    Problem(domain.NotFound, 404, "Check the address. GET /claims lists what there is."),
    Problem(domain.NotYetKnown, 404, "Ask as of `first_known` or later."),
    Problem(service.NotYetPublished, 404, "Ask again after Retry-After; GET /log/checkpoint tells how far it is."),
    Problem(service.MethodNotAllowed, 405, "Use one of the methods in the Allow header."),
    Problem(domain.AlreadyExists, 409, "Append to the claim that Location names, or choose another id or ref."),
    Problem(
        domain.DuplicateStatement, 409, "See the event that Location names. Said again? Send ?allow_duplicate=true."
    ),
    Problem(domain.RuleBroken, 409, "Look at the claim's history; docs/events.md explains the rule that `rule` names."),
    Problem(domain.VersionMovedOn, 412, "Read the versions since yours, then send If-Match with the present one."),
    Problem(domain.PreconditionRequired, 428, "Send If-Match with the version you looked at."),
    Problem(domain.KeyReused, 422, "Use a new Idempotency-Key for every new request."),
    Problem(service.LimitReached, 409, "Delete one that you do not need any more."),
    Problem(service.TooManyRequests, 429, "Wait as long as Retry-After says."),
    Problem(service.Unavailable, 503, "Ask or send it again after Retry-After. Of what was sent, nothing was stored."),
    Problem(service.OutcomeUnknown, 503, "Send the same request with the same Idempotency-Key: it is recorded once."),
    Problem(service.Internal, 500, "Tell the operator when it happened; what was wrong is in the service's own log."),
)
PROBLEMS = {problem.kind.code: problem for problem in _TABLE}


def answer_problem(error: DomainError) -> Response:
    """Answer a refusal as a problem, with every fault and the headers that belong to it."""
    problem = PROBLEMS[error.code]
    document: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": problem.status,
        "detail": _tell(error),
        "code": error.code,
        **error.members,
    }
    faults = error.faults if isinstance(error, Invalid) else [Fault(error.pointer, error.detail)] * bool(error.pointer)
    if faults:
        document["errors"] = [_describe(fault) for fault in faults]
    response = Response(orjson.dumps(document), problem.status, content_type="application/problem+json")
    response.headers.update(_headers(error, problem.status))
    return response


def is_reading() -> bool:
    """Tell whether a request asks alone, so that there is nothing of it to record."""
    return request.method in {"GET", "HEAD"}


def _tell(error: DomainError) -> str:
    if isinstance(error, Invalid) and is_reading():
        return f"{error.count}. Mend what `errors` names and ask again."
    return error.detail


def _describe(fault: Fault) -> dict[str, str]:
    # A fault in the body is found by a JSON pointer, one in the address or a header by its name.
    where = "pointer" if fault.pointer.startswith("/") or not fault.pointer else "parameter"
    return {where: fault.pointer, "detail": fault.detail}


def _headers(error: DomainError, status: int) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if "claim" in error.members:
        event = f"/events/{error.members['version']}" if "version" in error.members else ""
        headers["Location"] = f"/claims/{error.members['claim']}{event}"
    if status in {429, 503} or "retry_after" in error.members:
        headers["Retry-After"] = str(error.members.get("retry_after", 2))
    if status == 401:  # noqa: PLR2004 - RFC 9110 section 15.5.2
        headers["WWW-Authenticate"] = 'Bearer realm="onrecord"'
    if "allow" in error.members:
        headers["Allow"] = ", ".join(error.members["allow"])
    return headers
