"""Read one stored event as an auditor does: what it says is so written, committed to, and hashed as a leaf.

The form is that of `docs/events.md`, *Bytes*.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_hex
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from domain.codebook import EVENT_TYPES, SCHEMA_VERSION
from domain.entry import LARGEST_EVENT, commit, leaf_hash
from service.recording.strict_json import DEEPEST

SALT = "AAAAAAAAAAAAAAAAAAAAAA=="  # the form of one
_SALT = "[A-Za-z0-9+/]{21}[AQgw]=="
_CLAIM = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
# A day of every year: all but the 29th of February.
_DAY = "(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"
_TEXT = r"[ !#-\[\]-~]*"  # ASCII that canonical JSON writes as it is
_NUMBER = "[1-9][0-9]{0,14}"
# What nearly every event is: canonical as soon as its payload is. No text here holds a quote, so what stands after
# the payload can only be the event's own members.
_USUAL = re.compile(
    rf'({{"claim":"({_CLAIM})",)"data":({{.*}})(,"recorded_at":"([12][0-9]{{3}}-(?:{_DAY}){_TIME})","recorded_by":"{_TEXT}",)'
    rf'"salt":"({_SALT})",("type":"([a-z_]+)","v":1,"version":({_NUMBER})}})'.encode(),
    re.DOTALL,
)
_TYPES = {kind.encode(): kind for kind in EVENT_TYPES}
# Of an event: claim, version, type, when it was recorded, the hash of its leaf, and its payload, or the redaction that
# erased it.
Read = tuple[str, int, str, str, bytes, dict[str, Any] | int]


def _matches(form: str) -> Callable[[Any], bool]:
    pattern = re.compile(form)
    return lambda value: type(value) is str and pattern.fullmatch(value) is not None


_has_instants_form = _matches(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}")


def _is_instant(value: Any) -> bool:
    with suppress(ValueError):  # a day that there is not
        return _has_instants_form(value) and bool(datetime.fromisoformat(value))
    return False


# Each member of an event: what it is to be, and whether a value is that.
_MEMBERS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "claim": ("a UUID in lower case, 8-4-4-4-12 digits", _matches(_CLAIM)),
    "commitment": ("64 hexadecimal digits in lower case", _matches("[0-9a-f]{64}")),
    "data": ("an object", lambda value: type(value) is dict),
    "recorded_at": ("an instant such as 2026-01-31T09:30:00.123456Z", _is_instant),
    "recorded_by": ("a text", lambda value: type(value) is str),
    "redacted": ("the version of a redaction, 1 or more", lambda value: type(value) is int and value >= 1),
    "salt": (f"16 bytes in base64 such as {SALT}", _matches(_SALT)),
    "type": ("a word of the codebook", lambda value: type(value) is str and value in EVENT_TYPES),
    "v": (str(SCHEMA_VERSION), lambda value: type(value) is int and value == SCHEMA_VERSION),
    "version": ("a number, 1 or more", lambda value: type(value) is int and value >= 1),
}
_WHOLE, _REMAINS = _MEMBERS.keys() - {"commitment", "redacted"}, _MEMBERS.keys() - {"data", "salt"}


class BadEvent(Exception):
    """A stored event is not what stored events are; says what was expected and what there is."""


def read_event(stored: bytes) -> Read:
    """Read a stored event. Raises BadEvent."""
    usual = _USUAL.fullmatch(stored)
    if usual is None or len(stored) > LARGEST_EVENT:
        return read_any_event(stored)
    members, claim, data, recorded, at, salt, rest, word, version = usual.groups()
    if (kind := _TYPES.get(word)) is None:
        return read_any_event(stored)
    payload = _read_canonical(data)
    _check_payload(payload, data)
    commitment = b2a_hex(sha256(a2b_base64(salt) + data).digest())
    leaf = sha256(b"".join((b"\x00", members, b'"commitment":"', commitment, b'"', recorded, rest))).digest()
    return claim.decode(), int(version), kind, at.decode(), leaf, payload


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
        data = orjson.dumps(left, option=orjson.OPT_SORT_KEYS)
        _check_payload(left, data)
        event["commitment"] = commit(salt, data)
    leaf = leaf_hash(orjson.dumps(event, option=orjson.OPT_SORT_KEYS))
    return event["claim"], event["version"], event["type"], event["recorded_at"], leaf, left


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
    expected = _REMAINS if "redacted" in event else _WHOLE
    if event.keys() != expected:
        return f"expected the members {', '.join(sorted(expected))}, got {', '.join(event)[:200]}"
    for name, value in event.items():
        what, fits = _MEMBERS[name]
        if not fits(value):
            return f"expected {name} to be {what}, got {value!r:.80}"
    return None


def _check_payload(payload: dict[str, Any], data: bytes) -> None:
    if _holds_float(payload.values()):
        raise BadEvent(f"expected no number but integers, got {data[:80]!r}")
    if not data.isascii() and (name := _find_odd_name(payload)):
        raise BadEvent(f"expected names of members in ASCII, got {name!r:.80}")


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


def _find_odd_name(value: Any) -> str | None:
    if type(value) is list:
        return next(filter(None, map(_find_odd_name, value)), None)
    if type(value) is dict:
        for name, one in value.items():
            if not name.isascii():
                return str(name)
            if type(one) is not str and (odd := _find_odd_name(one)):
                return odd
    return None
