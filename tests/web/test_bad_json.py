"""What is no JSON as the record takes it: 400, named by its place, and nothing stored."""

from __future__ import annotations

import json

import pytest

from tests.builders import said
from tests.web.newsroom import CLAIM, JSON, in_json, nothing_recorded, refused

PATHS = ["/claims", f"{CLAIM}/events", "/events"]
NOT_JSON = [
    b"",
    b" ",
    b"{",
    b"not JSON",
    b"{'type': 'denied'}",
    b'{"type": "denied",}',
    b'{"type": "denied"} {}',
    b'{"type": denied}',
    b'{"type": NaN}',
    b'{"type": Infinity}',
    b'{"type": -Infinity}',
    b'{"type": 1e999}',
    b'{"type": 01}',
    b'{"type": "a\nb"}',
    b'{"type": "\\ud83d"}',
    b'{"type": "\\udc00\\ud800"}',
    b'{"\\ud800": 1}',
    b'{"type": "\xed\xa0\x80"}',
    b'{"type": "\xff"}',
    b'{"type": "\xc0\x80"}',
    b"\xef\xbb\xbf{}",
    '{"type": "denied"}'.encode("utf-16"),
    b"// a remark\n{}",
    b"type=denied&data=x",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", NOT_JSON)
def test_what_is_not_json(desk, claim, client, path, body):
    """Text that is no strict JSON, NaN and lone surrogates among it, is malformed."""
    with nothing_recorded(client):
        assert refused(desk.post(path, data=body, headers=JSON)) == (400, "malformed", [])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"type": "denied", "type": "ncnd"}', "/type"),
        (b'{"type": "denied", "\\u0074ype": "denied"}', "/type"),
        (b'{"data": {"source": {"url": "a", "publisher": "b", "url": "c"}}}', "/data/source/url"),
        (b'{"events": [{}, {"a/b~c": 1, "a/b~c": 1}]}', "/events/1/a~1b~0c"),
        (b'{"data": {"": 1, "": 2}}', "/data/"),
    ],
)
def test_a_member_is_there_once(desk, claim, client, path, body, place):
    """A member that is there twice is named; nobody has to guess which one counts."""
    with nothing_recorded(client):
        assert refused(desk.post(path, data=body, headers=JSON)) == (400, "malformed", [place])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("opening", "closing", "step"), [(b'{"a":', b"}", "/a"), (b"[", b"]", "/0")], ids=["objects", "arrays"]
)
def test_json_goes_twenty_levels_deep(desk, claim, client, path, opening, closing, step):
    """The twenty-first level is refused and named; twenty are read, and refused for what they say."""
    with nothing_recorded(client):
        too_deep = desk.post(path, data=opening * 21 + closing * 21 if step == "/0" else nest(21), headers=JSON)
        deep_enough = desk.post(path, data=opening * 20 + closing * 20 if step == "/0" else nest(20), headers=JSON)
    assert refused(too_deep) == (400, "malformed", [step * 20])
    assert refused(deep_enough)[:2] == (422, "invalid")


def nest(levels):
    """Nest objects in the member `a`."""
    return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)


@pytest.mark.parametrize("levels", [1_000, 1_100, 100_000])
def test_the_deepest_nest_is_no_fault_of_ours(desk, claim, client, levels):
    """However deep a body goes, the answer is the same kind of refusal."""
    with nothing_recorded(client):
        for body in (b"[" * levels, b"[" * levels + b"]" * levels, nest(levels)):
            assert refused(desk.post("/events", data=body, headers=JSON))[:2] == (400, "malformed")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/problem+json",
        "application/json; charset=utf-16",
        "application/jsonp",
        "json",
    ],
)
def test_a_body_is_said_to_be_json(desk, claim, client, path, media_type):
    """A body of another media type, or of none, is refused, however good JSON it is."""
    body = json.dumps(in_json(said("denied")))
    headers = {} if media_type is None else {"Content-Type": media_type}
    with nothing_recorded(client):
        response = desk.post(path, data=body, headers=headers)
    assert refused(response) == (415, "unsupported_media_type", [])


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_json_by_any_of_its_names(desk, claim, media_type):
    """The media type is read as RFC 9110 has it: in any case, with parameters or without."""
    body = json.dumps(in_json(said("denied")))
    response = desk.post(f"{CLAIM}/events", data=body, headers={"Content-Type": media_type})
    assert response.status_code == 201


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", [b"[]", b"5", b"null", b'"{}"', b"true", b"1.5", b"[{}]"])
def test_a_body_is_an_object(desk, claim, client, path, body):
    """JSON that is no object is one fault, of the whole body."""
    with nothing_recorded(client):
        assert refused(desk.post(path, data=body, headers=JSON)) == (422, "invalid", [""])
