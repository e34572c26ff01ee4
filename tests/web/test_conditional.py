"""Conditional requests: a strong ETag on every answer that can be asked for again, and 304 where it still holds."""

from __future__ import annotations

import pytest

from tests.builders import MOFA, PAPER, said
from tests.web.newsroom import CLAIM, OTHER_ID, append, open_claim

PATHS = [
    "/",
    CLAIM,
    f"{CLAIM}?as_of=2",
    f"{CLAIM}?said_until=2025-12-31",
    f"{CLAIM}/events",
    f"{CLAIM}/events?as_of=2",
    f"{CLAIM}/events/2",
    f"{CLAIM}/versions/2",
    "/claims",
    "/claims?limit=1",
    "/claims?as_of=2",
    "/events",
    "/events?limit=1",
    f"{CLAIM}.svg?as_of=2",
    f"{CLAIM}?as_of=2&format=stix",
    "/parties/russian-foreign-ministry",
    "/corrections",
]


@pytest.fixture
def told(desk):
    """Open two claims, one of them denied."""
    open_claim(desk, said("denied", said_on="2025-12-21"))
    open_claim(desk, id_=OTHER_ID)
    return desk


def ask(client, path, etag=None):
    """Ask for something, having seen it before."""
    return client.get(path, headers={} if etag is None else {"If-None-Match": etag})


@pytest.mark.parametrize("path", PATHS)
def test_what_the_caller_has_is_not_sent_again(told, client, path):
    """With the ETag of an answer the same question gets 304, without a body and with the same headers."""
    first = ask(client, path)
    etag = first.headers["ETag"]
    again = ask(client, path, etag)
    assert (304, b"") == (again.status_code, again.data)
    names = ("ETag", "Cache-Control", "Vary", "Log-Size")
    assert {name: first.headers.get(name) for name in names} == {name: again.headers.get(name) for name in names}
    assert (first.headers["Cache-Control"], "Last-Modified" in first.headers) == ("no-cache", False)
    assert etag.startswith('"')


@pytest.mark.parametrize("path", PATHS)
def test_an_etag_is_compared_as_the_standard_has_it(told, client, path):
    """If-None-Match takes lists, weak forms that a proxy made, and the asterisk (RFC 9110, section 13.1.2)."""
    etag = ask(client, path).headers["ETag"]
    forms = [etag, f"W/{etag}", f'"x", {etag}', "*", f'  {etag}  , "y"', f'W/"x", W/{etag}']
    assert dict.fromkeys(forms, 304) == {form: ask(client, path, form).status_code for form in forms}


@pytest.mark.parametrize("path", PATHS)
def test_another_etag_is_answered_in_full(told, client, path):
    """Where the caller has something else, or nonsense, the answer is whole."""
    others = ['"x"', "", "x", '"0"', '""', 'W/"x"', '"' + "0" * 5_000]
    full = ask(client, path)
    answers = {etag: ask(client, path, etag) for etag in others}
    assert dict.fromkeys(others, (200, full.data)) == {etag: (a.status_code, a.data) for etag, a in answers.items()}


def test_the_etag_of_a_claim_is_its_version(told, client):
    """Only the live claim has its version as ETag; the same claim asked for otherwise has another."""
    live = [CLAIM, f"{CLAIM}.json"]
    other = [f"{CLAIM}?as_of=3", f"{CLAIM}?said_until=2025-12-31", f"{CLAIM}/versions/2", f"{CLAIM}/events/2"]
    assert ['"2"', '"2"'] == [ask(client, path).headers["ETag"] for path in live]
    assert len({ask(client, path).headers["ETag"] for path in other} | {'"2"'}) == 5


def test_a_new_event_changes_what_it_changes(told, client):
    """A claim that moved on has new ETags; its past, and the other claim, keep theirs."""
    before = {path: ask(client, path).headers["ETag"] for path in [*PATHS, f"/claims/{OTHER_ID}"]}
    append(told, said("ncnd", MOFA, said_on="2025-12-22"))
    after = {path: ask(client, path).headers["ETag"] for path in before}
    changed = {path for path, etag in before.items() if after[path] != etag}
    moved = {"/", CLAIM, f"{CLAIM}?said_until=2025-12-31", f"{CLAIM}/events", "/claims", "/claims?limit=1", "/events"}
    moved |= {f"{CLAIM}?as_of=2", f"{CLAIM}/events?as_of=2", "/events?limit=1", "/parties/russian-foreign-ministry"}
    assert moved == changed


def test_time_alone_changes_nothing(told, client, clock):
    """As long as nothing is recorded every answer keeps its ETag, however much time goes by."""
    before = [ask(client, path).headers["ETag"] for path in PATHS]
    clock.move_on(days=3)
    assert before == [ask(client, path).headers["ETag"] for path in PATHS]


@pytest.mark.parametrize("path", PATHS)
def test_a_head_is_a_get_without_its_body(told, client, path):
    """HEAD has the headers that GET has, and no body."""
    same = {"X-Request-Id": "the-same"}  # the one that they differ by
    get, head = client.get(path, headers=same), client.head(path, headers=same)
    assert (200, b"", dict(get.headers)) == (head.status_code, head.data, dict(head.headers))


def test_the_log_size_now_is_in_the_header(told, client):
    """Whatever its body is about, an answer's header tells the size of the record now."""
    append(told, said("reported", PAPER))
    feeds = [
        f"{path}.{form}"
        for path in ("/claims", CLAIM, "/corrections", "/events", "/parties/the-paper")
        for form in ("atom", "feed")
    ]
    others = [
        f"{CLAIM}/timegate",
        f"{CLAIM}/timemap",
        f"/oembed?url=http://localhost{CLAIM}",
        f"{CLAIM}.csv",
        "/claims.csv",
        "/events.csv",
        "/parties.ndjson",
        "/parties/the-paper.csv",
    ]
    paths = [*PATHS, *feeds, *others]
    assert ["4"] * len(paths) == [ask(client, path).headers["Log-Size"] for path in paths]


def test_nothing_older_than_was_asked_for_is_answered(client, desk):
    """A read that names a log size is answered from a record that has reached it, or told that it has not."""
    open_claim(desk, said("denied"))
    assert client.get(CLAIM, headers={"Log-Size-At-Least": "2"}).status_code == 200
    for size, why in (("3", "The record holds 2 events; 3 is in the future."), ("-1", "Write a log size: a whole")):
        refused = client.get(CLAIM, headers={"Log-Size-At-Least": size})
        assert (refused.status_code, refused.json["code"]) == (422, "invalid")
        assert [fault["parameter"] for fault in refused.json["errors"]] == ["Log-Size-At-Least"]
        assert refused.json["errors"][0]["detail"].startswith(why)
