"""Read one stored event as an auditor does: what it says is so written, committed to, and hashed as a leaf.

The form is that of `docs/events.md`, *Bytes*.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_hex
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import orjson

from domain.entry import LARGEST_EVENT, commit, leaf_hash
from service.strict_json import DEEPEST

SALT = "AAAAAAAAAAAAAAAAAAAAAA=="  # the form of one
_WHOLE = {"claim": str, "data": dict, "recorded_at": str, "recorded_by": str, "salt": str, "type": str}
_REMAINS = {"claim": str, "commitment": str, "recorded_at": str, "recorded_by": str, "redacted": int, "type": str}
_FORMS = [{**members, "v": int, "version": int} for members in (_WHOLE, _REMAINS)]
_SALT = "[A-Za-z0-9+/]{21}[AQgw]=="
_TEXT = r"[ !#-\[\]-~]*"  # ASCII that canonical JSON writes as it is
_NUMBER = "(?:0|[1-9][0-9]{0,14})"
# What nearly every event is: canonical as soon as its payload is. No text here holds a quote, so what stands after
# the payload can only be the event's own members.
_USUAL = re.compile(
    rf'({{"claim":"({_TEXT})",)"data":({{.*}})(,"recorded_at":"{_TEXT}","recorded_by":"{_TEXT}",)"salt":"({_SALT})",'
    rf'("type":"({_TEXT})","v":{_NUMBER},"version":({_NUMBER})}})'.encode(),
    re.DOTALL,
)
# Of an event: claim, version, type, the hash of its leaf, and its payload, or the redaction that erased it.
Read = tuple[str, int, str, bytes, dict[str, Any] | int]


class BadEvent(Exception):
    """A stored event is not what stored events are; says what was expected and what there is."""


def read_event(stored: bytes) -> Read:
    """Read a stored event. Raises BadEvent."""
    usual = _USUAL.fullmatch(stored)
    if usual is None or len(stored) > LARGEST_EVENT:
        return read_any_event(stored)
    members, claim, data, recorded, salt, rest, kind, version = usual.groups()
    payload = _read_canonical(data)
    if _holds_float(payload.values()):
        raise BadEvent(f"expected no number but integers, got {stored[:80]!r}")
    commitment = b2a_hex(sha256(a2b_base64(salt) + data).digest())
    leaf = sha256(b"".join((b"\x00", members, b'"commitment":"', commitment, b'"', recorded, rest))).digest()
    return claim.decode(), int(version), kind.decode(), leaf, payload


def read_any_event(stored: bytes) -> Read:
    """Do what `read_event` does, as the form is defined, whatever the names in it: a third slower."""
    if len(stored) > LARGEST_EVENT:
        raise BadEvent(f"expected at most {LARGEST_EVENT} bytes, got {len(stored)}: {stored[:80]!r}")
    event = _read_canonical(stored)
    if misfit := _find_misfit(event):
        raise BadEvent(misfit)
    left = event.pop("redacted", None)
    if left is None:
        left, salt = event.pop("data"), a2b_base64(event.pop("salt"))
        if _holds_float(left.values()):
            raise BadEvent(f"expected no number but integers, got {stored[:80]!r}")
        event["commitment"] = commit(salt, orjson.dumps(left, option=orjson.OPT_SORT_KEYS))
    leaf = leaf_hash(orjson.dumps(event, option=orjson.OPT_SORT_KEYS))
    return event["claim"], event["version"], event["type"], leaf, left


def _read_canonical(stored: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(stored)
        canonical = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (ValueError, TypeError) as error:  # among them what has no canonical form
        raise BadEvent(f"expected JSON, got {stored[:80]!r}: {error}") from error
    if canonical != stored or type(value) is not dict:
        raise BadEvent(f"expected canonical JSON {canonical[:80]!r}, an object, got {stored[:80]!r}")
    return value


def _find_misfit(event: dict[str, Any]) -> str | None:
    for form in _FORMS:
        if tuple(event) == tuple(form):
            wrong = next((name for name, kind in form.items() if type(event[name]) is not kind), None)
            if wrong:
                return f"expected {wrong} to be {form[wrong].__name__}, got {event[wrong]!r:.80}"
            salt = event.get("salt", SALT)
            good = re.fullmatch(_SALT, salt, re.ASCII)
            return None if good else f"expected a salt in base64 such as {SALT}, got {salt!r:.80}"
    whole, remains = (", ".join(form) for form in _FORMS)
    return f"expected the members {whole} or {remains}, got {', '.join(event)[:200]}"


def _holds_float(values: Iterable[Any], level: int = 3) -> bool:
    # The event itself is the first level, its payload the second, and what stands in that the third.
    for value in values:
        kind = type(value)
        if kind is str:
            continue  # which most are
        if kind is float:
            return True
        if kind is dict or kind is list:
            if level > DEEPEST:
                raise BadEvent(f"expected at most {DEEPEST} levels of objects and arrays, got more")
            if _holds_float(value.values() if kind is dict else value, level + 1):
                return True
    return False
