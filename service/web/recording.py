"""Recording over HTTP: open a claim, append an event, append a batch.

Whether the request came before was looked at already (`endpoint`). Here every fault of it
is named at once; then it is recorded, or rehearsed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from flask import Response, request
from marshmallow import Schema

from domain.errors import DomainError, Fault, Invalid
from service.reading.reads import render_opened
from service.recording.items import load, read_claim_id, read_enveloped, read_item
from service.recording.ledger import Item
from service.recording.receipts import Receipt
from service.timeline import Asked, Timeline
from service.tokens import WRITE
from service.web import answers, parameters
from service.web.addresses import to_uuid
from service.web.auth import require_one
from service.web.endpoint import MIB, Endpoint, Whole, read_body, timeline

LARGEST_BATCH_BODY = 16 * MIB
_UND = "und"  # BCP 47: the language was not told
_WORDING = ("text", "lang", "about", "topics")
NEW_EVENT = parameters.NewEventSchema()
_NEW_CLAIM = parameters.NewClaimSchema(only=("id", "ref", "events"))
_BATCH = parameters.BatchSchema()
_BATCH_ITEM = parameters.BatchItemSchema()


def open_claim(*, asked: Asked, dry_run: bool, allow_duplicate: bool) -> Response:
    """Open a claim, with events where the body has some."""
    asked = replace(asked, allow_duplicate=allow_duplicate)
    items = _read_new_claim(read_body())
    if dry_run:
        return _answer_rehearsed(timeline().rehearse(items=items, asked=asked, opens=True)[0].body)
    return answer_opened(timeline().record(items=items, asked=asked, opens=True))


def answer_opened(receipt: Receipt) -> Response:
    """Answer with the claim that was opened, as it stood then."""
    made = timeline().made(receipt=receipt)
    return _answer_made(render_opened(made), receipt, f"/claims/{made[-1].claim}", etag=made[-1].version)


def append(*, claim_id: str, asked: Asked, dry_run: bool, allow_duplicate: bool) -> Response:
    """Append an event to a claim's history."""
    asked = replace(asked, allow_duplicate=allow_duplicate)
    known = to_uuid(claim_id)
    faults: list[Fault] = []
    try:
        items = _read_events([read_body()], NEW_EVENT, claim_id=known, if_match=_read_if_match(faults), faults=faults)
    except DomainError:
        timeline().get_version(claim_id=known, version=1)  # that there is no such claim comes before any fault
        raise
    if items[0].type == "opened":  # a history starts when a claim is opened, and only then
        timeline().get_version(claim_id=known, version=1)
    if dry_run:
        return _answer_rehearsed(timeline().rehearse(items=items, asked=asked)[0].body)
    return answer_appended(timeline().record(items=items, asked=asked))


def answer_appended(receipt: Receipt) -> Response:
    """Answer with the event that was appended."""
    body, headers = tell_appended(timeline(), receipt)
    return Whole(body, 201, "application/json", headers)


def tell_appended(record: Timeline, receipt: Receipt) -> tuple[bytes, list[tuple[str, str]]]:
    """Tell the event that was appended, and the headers that belong to it."""
    made = record.made(receipt=receipt)[0]
    location = f"/claims/{made.claim}/events/{made.version}"
    return made.state.encode(), _tell_made(receipt, location, etag=made.version, position=made.position)


def append_batch(*, asked: Asked, dry_run: bool, allow_duplicate: bool) -> Response:
    """Append events to any number of claims, all or none."""
    asked = replace(asked, allow_duplicate=allow_duplicate)
    body, faults = load(_BATCH, read_body())
    if "If-Match" in request.headers:
        faults.append(Fault("If-Match", "A batch has no version of its own; give `if_match` in its items."))
    items = _read_events(body.get("events", ()), _BATCH_ITEM, faults=faults, under="/events")
    if dry_run:
        rows = timeline().rehearse(items=items, asked=asked)
        return _answer_rehearsed(f'{{"claims":[{",".join(row.body for row in rows)}]}}')
    return answer_batch(timeline().record(items=items, asked=asked))


def answer_batch(receipt: Receipt) -> Response:
    """Answer with the events that a batch made."""
    events = ",".join(event.state for event in timeline().made(receipt=receipt))
    size = receipt.first_position + receipt.event_count
    made = f'{{"events":[{events}],"first_position":{receipt.first_position},"log_size":{size}}}'
    return _answer_made(made, receipt)


def _read_events(  # noqa: PLR0913 - each is named
    raw: Sequence[object],
    schema: Schema,
    *,
    faults: list[Fault],
    claim_id: UUID | None = None,
    if_match: int | None = None,
    under: str = "",
) -> list[Item]:
    """Read the events that a request wants recorded, or raise Invalid with every fault of all of them.

    `faults` are those found so far; `under` leads to the list in the request, "" where the
    request is the event. `claim_id` is theirs, where they do not name their own.
    """
    items = []
    now = timeline().now()
    for n, one in enumerate(raw):
        pointer = f"{under}/{n}" if under else ""
        event, found = load(schema, one)
        faults += [fault.under(pointer) for fault in found]
        named = claim_id or _claim_named(event, pointer, faults)
        items.append(read_enveloped(event, claim_id=named, at=now, faults=faults, pointer=pointer, if_match=if_match))
    if faults:
        raise Invalid(faults)
    return items


def _claim_named(event: dict[str, Any], pointer: str, faults: list[Fault]) -> UUID:
    try:
        return read_claim_id(event.get("claim", "ref:?"))
    except ValueError as error:
        faults.append(Fault(f"{pointer}/claim", str(error)))
        return uuid4()


def _read_new_claim(raw: object) -> list[Item]:
    if not isinstance(raw, dict):
        raise Invalid(load(_NEW_CLAIM, raw)[1])
    wording = {name: raw[name] for name in _WORDING if raw.get(name) is not None}
    body, faults = load(_NEW_CLAIM, {name: raw[name] for name in raw if name not in _WORDING})
    claim_id = _new_id(body, faults)
    data = {"lang": _UND} | wording
    opened = read_item("opened", data, claim_id=claim_id, at=timeline().now(), faults=faults, payload="")
    events = body.get("events", [])
    faults += [
        Fault(f"/events/{n}/type", "A claim is opened once, and this request opens it already.")
        for n, event in enumerate(events)
        if isinstance(event, dict) and event.get("type") == "opened"
    ]
    return [opened, *_read_events(events, NEW_EVENT, claim_id=claim_id, faults=faults, under="/events")]


def _new_id(body: dict[str, Any], faults: list[Fault]) -> UUID:
    text = f"ref:{body['ref']}" if "ref" in body else body.get("id")
    if text is None:
        return uuid4()
    if "ref" in body and "id" in body:
        faults.append(Fault("/ref", "Give `id` or `ref`, not both."))
    elif "id" in body and text.startswith("ref:"):
        faults.append(Fault("/id", "An id is a UUID; a name of your own goes into `ref`."))
    try:
        return read_claim_id(text)
    except ValueError as error:
        faults.append(Fault("/ref" if "ref" in body else "/id", str(error)))
        return uuid4()


def _read_if_match(faults: list[Fault]) -> int | None:
    header = request.headers.get("If-Match")
    if header is None:
        return None
    require_one("If-Match", header)
    match = re.fullmatch(r'"([1-9]\d{0,8})"', header.strip(), re.ASCII)
    if match is None:
        faults.append(Fault("If-Match", f'{header} is no version. Write it in double quotes: If-Match: "4".'))
        return None
    return int(match[1])


def _answer_made(body: str, receipt: Receipt, location: str | None = None, *, etag: int | None = None) -> Response:
    return Whole(body.encode(), 201, "application/json", _tell_made(receipt, location, etag=etag))


def _tell_made(
    receipt: Receipt, location: str | None, *, etag: int | None = None, position: int | None = None
) -> list[tuple[str, str]]:
    """Tell, in headers, what a write made, and whether this is the first answer again."""
    told = {
        "Log-Size": str(receipt.first_position + receipt.event_count),
        "Cache-Control": "no-store",
        "Location": location,
        "ETag": None if etag is None else f'"{etag}"',
        "Idempotent-Replayed": "true" if receipt.replayed else None,
        "Log-Position": None if position is None else str(position),
    }
    return [(name, value) for name, value in told.items() if value is not None]


def _answer_rehearsed(body: str) -> Response:
    """Answer a dry run: what would stand; nothing was recorded."""
    return Whole(body.encode(), 200, "application/json", [("Cache-Control", "no-store")])


_KEY = "8 to 255 visible ASCII characters and no comma; the same request with the same key is recorded once."
_WRITE_HEADERS = {"Idempotency-Key": ("^[!-+\\--~]{8,255}$", _KEY)}
_IF_MATCH = {"If-Match": ('^"[1-9][0-9]{0,8}"$', 'The version you looked at, in double quotes: "4".')}
_WRITE_PROBLEMS = ("malformed", "too_large", "unsupported_media_type", "key_reused", "outcome_unknown")


ENDPOINTS = (
    Endpoint(
        "POST",
        "/claims",
        "Open a claim",
        open_claim,
        {201: (answers.Claim, "The claim."), 200: (answers.Claim, "With dry_run: the claim as it would stand.")},
        right=WRITE,
        query=parameters.WriteQuerySchema,
        body=parameters.NewClaimSchema,
        made=answer_opened,
        largest_body=MIB,
        problems=(*_WRITE_PROBLEMS, "already_exists", "rule_broken", "duplicate_statement", "precondition_required"),
        headers=_WRITE_HEADERS,
    ),
    Endpoint(
        "POST",
        "/claims/{claim_id}/events",
        "Append an event",
        append,
        {
            201: (answers.StoredEvent, "The event as stored."),
            200: (answers.Claim, "With dry_run: the claim as it would stand."),
        },
        right=WRITE,
        query=parameters.WriteQuerySchema,
        body=parameters.NewEventSchema,
        made=answer_appended,
        problems=(
            *_WRITE_PROBLEMS,
            "not_found",
            "rule_broken",
            "duplicate_statement",
            "version_moved_on",
            "precondition_required",
        ),
        headers={**_WRITE_HEADERS, **_IF_MATCH},
    ),
    Endpoint(
        "POST",
        "/events",
        "Append events across claims, all or none",
        append_batch,
        {
            201: (answers.Recorded, "The events as stored."),
            200: (answers.Rehearsed, "With dry_run: the claims as they would stand."),
        },
        right=WRITE,
        query=parameters.WriteQuerySchema,
        body=parameters.BatchSchema,
        made=answer_batch,
        largest_body=LARGEST_BATCH_BODY,
        problems=(
            *("malformed", "too_large", "unsupported_media_type", "key_reused", "outcome_unknown", "not_found"),
            *("rule_broken", "duplicate_statement", "version_moved_on", "precondition_required"),
        ),
        headers=_WRITE_HEADERS,
    ),
)
