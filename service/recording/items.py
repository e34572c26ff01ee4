"""Read what is asked to be recorded: shape and meaning at once, every fault with its place.

The only way from JSON, be it of a request or of a file, to an `Item`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from marshmallow import Schema, ValidationError
from marshmallow.validate import Range

from domain.codebook import EVENT_TYPES
from domain.entry import LARGEST_EVENT
from domain.errors import Fault
from domain.statement import check_payload
from service.errors import TooLarge
from service.recording.fitting import compile_schema
from service.recording.ledger import Item
from service.recording.schemas import PAYLOADS, STATEMENT_TYPES, Payload, Whole

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_VERSION = r'^("?)[1-9][0-9]{0,8}\1$'


def read_item(  # noqa: PLR0913 - what an item is made of, each named
    type_: object,
    raw: object,
    *,
    claim_id: UUID,
    at: datetime,
    faults: list[Fault],
    pointer: str = "",
    payload: str = "/data",
    if_match: int | None = None,
) -> Item:
    """Read an event asked for; adds every fault of its type, its shape and its meaning to `faults`.

    `pointer` leads to the item in the request, `payload` from there to its data. An item
    with faults is not to be used. Raises TooLarge.
    """
    size = len(orjson.dumps(raw))
    if size > LARGEST_EVENT:
        detail = f"This event has {size} bytes; the limit is {LARGEST_EVENT}. Shorten its texts, or link to the source."
        raise TooLarge(detail, pointer=pointer + payload)
    word = str(type_)
    if wrong := _check_type(type_):
        faults.append(wrong.under(pointer))
        return Item(claim_id, word, {})
    data, found = _read_payload(word, raw)
    if isinstance(raw, dict):
        known = {fault.pointer for fault in found}
        found += [f for f in check_payload(word, data, claim_id=claim_id, at=at) if f.pointer not in known]
    faults += [fault.under(pointer + payload) for fault in found]
    return Item(claim_id, word, data, pointer, payload, if_match, checked=True)


class Version(Whole):
    """A version: a number, or the `ETag` that was answered with it, which may have lost its quotes."""

    def __init__(self) -> None:
        """Describe it."""
        described = {"type": ["integer", "string"], "pattern": _VERSION, "description": "The version you looked at."}
        super().__init__(validate=Range(min=1, error="Versions start at 1."), metadata=described)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        written = isinstance(value, str) and re.fullmatch(_VERSION, value)
        return super()._deserialize(int(value.strip('"')) if written else value)


def read_enveloped(  # noqa: PLR0913 - likewise
    event: Mapping[str, Any],
    *,
    claim_id: UUID,
    at: datetime,
    faults: list[Fault],
    pointer: str = "",
    if_match: int | None = None,
) -> Item:
    """Read an event by the members that its envelope has; that one is missing is among the faults already."""
    if "type" in event and "data" in event:
        return read_item(
            event["type"],
            event["data"],
            claim_id=claim_id,
            at=at,
            faults=faults,
            pointer=pointer,
            if_match=event.get("if_match", if_match),
        )
    if "type" in event and (wrong := _check_type(event["type"])):
        faults.append(wrong.under(pointer))
    return Item(claim_id, "", {})


def _check_type(type_: object) -> Fault | None:
    if str(type_) in EVENT_TYPES:
        return None
    return Fault("/type", f"{type_!r} is no event type. One of: {', '.join(EVENT_TYPES)}.")


def _read_payload(type_: str, raw: object) -> tuple[dict[str, Any], list[Fault]]:
    data, faults = load(PAYLOADS[type_], raw)
    if "claim" in data:
        try:
            data["claim"] = str(read_claim_id(data["claim"]))
        except ValueError as error:
            faults.append(Fault("/claim", str(error)))
    if type_ == "amended" and "statement" in data and data.get("type") in STATEMENT_TYPES:
        data["statement"], inner = load(PAYLOADS[data["type"]], data["statement"])
        faults += [fault.under("/statement") for fault in inner]
    return data, faults


def read_claim_id(text: str) -> UUID:
    """Read a claim's id: a UUID, or `ref:` and the caller's own name for it; raises ValueError."""
    if text.startswith("ref:") and text != "ref:":
        return uuid5(NAMESPACE_URL, f"https://onrecord.invalid/claims/{text[4:]}")
    if _UUID.fullmatch(text):
        return UUID(text)
    raise ValueError(f"{text!r} names no claim. Give its UUID, or ref: and the name it was opened under.")


def load(schema: Schema, raw: object) -> tuple[dict[str, Any], list[Fault]]:
    """Load with a schema: what is well-formed, and a fault for what is not."""
    if isinstance(schema, Payload) and isinstance(raw, dict) and compile_schema(schema)(raw):
        return dict(raw), []
    try:
        loaded: dict[str, Any] = schema.load(cast("dict[str, Any]", raw))
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return valid, list_faults(error.messages)
    return loaded, []


def list_faults(messages: Any, pointer: str = "") -> list[Fault]:
    """List what marshmallow has to say, nested by member and index, as faults with JSON pointers."""
    if not isinstance(messages, dict):
        return [Fault(pointer, message) for message in messages]
    faults: list[Fault] = []
    for name, inner in messages.items():
        step = "" if name == "_schema" else "/" + str(name).replace("~", "~0").replace("/", "~1")
        faults += list_faults(inner, pointer + step)
    return faults
