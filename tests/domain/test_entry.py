"""Hold domain.entry to *The event as bytes*: canonical JSON, commitments, entries and leaves."""

import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.codebook import Denied
from domain.entry import canonical, commit, encode_both, encode_event, encode_redacted, entry_members, leaf_hash
from domain.instants import parse_instant, write_instant
from tests.builders import CLAIM_ID, SALT

DENIED = Denied(
    originator_id=CLAIM_ID,
    originator_version=3,
    timestamp=datetime(2026, 1, 31, 9, 30, 0, 123456, tzinfo=UTC),
    recorded_by="desk-서울",
    salt=SALT,
    data={
        "summary": 'The "reports" are unfounded.\n',
        "source": {"url": "https://tass.example/1?a=b", "publisher": "Известия"},
        "party": {"name": "МИД России", "kind": "ministry", "country": "RU"},
        "regarding": 2,
        "via": [],
    },
)
DATA = (
    '{"party":{"country":"RU","kind":"ministry","name":"МИД России"},"regarding":2,'
    '"source":{"publisher":"Известия","url":"https://tass.example/1?a=b"},'
    '"summary":"The \\"reports\\" are unfounded.\\n","via":[]}'
).encode()
COMMITMENT = sha256(bytes.fromhex("000102030405060708090a0b0c0d0e0f") + DATA).hexdigest()
STORED = (
    b'{"claim":"4be7c1d2-0000-4000-8000-000000000001","data":' + DATA + b","
    b'"recorded_at":"2026-01-31T09:30:00.123456Z","recorded_by":"desk-\xec\x84\x9c\xec\x9a\xb8",'
    b'"salt":"AAECAwQFBgcICQoLDA0ODw==","type":"denied","v":1,"version":3}'
)
ENTRY = (
    b'{"claim":"4be7c1d2-0000-4000-8000-000000000001","commitment":"' + COMMITMENT.encode() + b'",'
    b'"recorded_at":"2026-01-31T09:30:00.123456Z","recorded_by":"desk-\xec\x84\x9c\xec\x9a\xb8",'
    b'"type":"denied","v":1,"version":3}'
)


def test_the_bytes_of_a_stored_event():
    """A stored event is canonical JSON with its payload and the salt in base64."""
    assert encode_event(DENIED) == STORED


def test_the_commitment_is_to_salt_and_payload():
    """A commitment is the lower-case hex SHA-256 of the 16 salt bytes and the payload's canonical JSON."""
    assert commit(SALT, canonical(DENIED.data)) == COMMITMENT
    assert COMMITMENT == "60759513934b19339ebfe9a6006afc7ba8b1c6f98da3afdcc94eb9c015cb5a3c"


def test_the_bytes_of_an_entry():
    """The entry is the stored event with one commitment in the place of payload and salt."""
    assert encode_both(DENIED) == (STORED, ENTRY)


def test_the_bytes_of_what_a_redaction_leaves():
    """What remains of a redacted event is its entry and the version of the redaction; the leaf is as it was."""
    remains = encode_redacted(entry_members(DENIED), redaction=7)
    assert remains == ENTRY.replace(b'"type":"denied"', b'"redacted":7,"type":"denied"')
    members = json.loads(remains)
    del members["redacted"]
    assert canonical(members) == ENTRY


def test_a_leaf_is_the_hash_of_a_zero_byte_and_the_entry():
    """RFC 9162, 2.1.1: SHA-256 of 0x00 and the entry."""
    assert leaf_hash(ENTRY) == sha256(b"\x00" + ENTRY).digest()
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


ESCAPES = {
    '"': rb"\"",
    "\\": rb"\\",
    "/": b"/",
    "\b": rb"\b",
    "\t": rb"\t",
    "\n": rb"\n",
    "\f": rb"\f",
    "\r": rb"\r",
    "\x00": rb"\u0000",
    "\x0b": rb"\u000b",
    "\x1b": rb"\u001b",
    "\x1f": rb"\u001f",
    "\x7f": b"\x7f",
    "\x80": b"\xc2\x80",
    "<>&'": b"<>&'",
    "é": b"\xc3\xa9",
    "서울": b"\xec\x84\x9c\xec\x9a\xb8",
    "\u2028\u2029": b"\xe2\x80\xa8\xe2\x80\xa9",
    "\ufeff": b"\xef\xbb\xbf",
    "\uffff": b"\xef\xbf\xbf",
    "🕊": b"\xf0\x9f\x95\x8a",
    "\U0010ffff": b"\xf4\x8f\xbf\xbf",
}


@pytest.mark.parametrize(("text", "written"), ESCAPES.items())
def test_strings_are_escaped_as_rfc_8785_has_it(text, written):
    """Only quote, backslash and control characters are escaped, in the shortest form, hex in lower case."""
    assert canonical(text) == b'"' + written + b'"'


VALUES = [
    ({"b": 1, "a": 2, "B": 3, "_": 4, "aa": 5, "0": 6}, b'{"0":6,"B":3,"_":4,"a":2,"aa":5,"b":1}'),
    ({"b": {"d": 1, "c": [{"f": 1, "e": 2}]}}, b'{"b":{"c":[{"e":2,"f":1}],"d":1}}'),
    ([True, False, None, 0, -1, 9007199254740991], b"[true,false,null,0,-1,9007199254740991]"),
    ({}, b"{}"),
    ([], b"[]"),
]


@pytest.mark.parametrize(("value", "written"), VALUES)
def test_values_are_written_without_space_and_keys_in_order(value, written):
    """Keys are sorted in every object, arrays keep their order, and no space is written."""
    assert canonical(value) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "\ud800", ["\udfff"], {"a": "\ud83d"}])
def test_what_has_no_canonical_form_is_refused(value):
    """NaN, infinities and lone surrogates have no canonical JSON."""
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text("abcxyz_", min_size=1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@for_all(st.dictionaries(KEYS, JSON, max_size=4), TEXT, st.binary(min_size=16, max_size=16))
def test_a_stored_event_is_the_canonical_form_of_itself(data, recorded_by, salt):
    """Whatever the payload, the stored bytes are canonical, read back as they were, and prove the entry."""
    event = Denied(
        originator_id=CLAIM_ID,
        originator_version=2,
        timestamp=DENIED.timestamp,
        recorded_by=recorded_by,
        salt=salt,
        data=data,
    )
    stored, entry = encode_both(event)
    members = json.loads(stored)
    assert canonical(members) == stored
    assert (members["data"], members["recorded_by"]) == (data, recorded_by)
    assert json.loads(entry)["commitment"] == sha256(salt + canonical(members["data"])).hexdigest()


INSTANTS = {
    "2026-01-31T09:30:00Z": "2026-01-31T09:30:00.000000Z",
    "2026-01-31t09:30:00.1z": "2026-01-31T09:30:00.100000Z",
    "2026-01-31T09:30:00.123456+09:00": "2026-01-31T00:30:00.123456Z",
    "2025-12-31T20:00:00-05:30": "2026-01-01T01:30:00.000000Z",
    "0999-01-31T09:30:00Z": "0999-01-31T09:30:00.000000Z",
}


@pytest.mark.parametrize(("text", "written"), INSTANTS.items())
def test_instants_are_read_with_an_offset_and_written_in_utc(text, written):
    """Instants are RFC 3339, written in UTC with microseconds and `Z`."""
    assert write_instant(parse_instant(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-31",
        "2026-01-31T09:30:00",
        "2026-01-31 09:30:00Z",
        "2026-01-31T09:30Z",
        "2026-02-30T09:30:00Z",
        "2026-01-31T25:30:00Z",
        "2026-01-31T09:30:00.1234567Z",
        "2026-01-31T09:30:00+0900",
        "0001-01-01T00:00:00+09:00",
        "٢٠٢٦-01-31T09:30:00Z",
    ],
)
def test_anything_else_is_no_instant(text):
    """No zone, other spellings, days that do not exist, and years out of reach are refused."""
    with pytest.raises(ValueError, match="is not an instant"):
        parse_instant(text)
