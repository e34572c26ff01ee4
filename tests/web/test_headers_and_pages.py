"""What every answer carries, what is at no address, and the pages that explain the API without a network."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest

from service.errors import OutcomeUnknown, Unavailable
from service.web.problems import PROBLEMS
from tests.builders import said
from tests.web.browsing import browse
from tests.web.newsroom import CLAIM, JSON, append, batch, in_json, nothing_recorded, refused

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}  # what a browser asks for


def test_every_answer_is_guarded(desk, claim, client):
    """Reads, writes, rehearsals, pages, files, refusals, 304 and faults of ours carry the same headers once each."""
    with patch("service.timeline.Timeline.get_version", side_effect=RuntimeError("the inside")):
        fault = client.get(f"{CLAIM}/versions/1")
    answers = [
        fault,
        client.get(CLAIM),
        client.get(CLAIM, headers={"If-None-Match": '"1"'}),
        client.head(CLAIM),
        client.options(CLAIM),
        append(desk, said("denied")),
        desk.post(f"{CLAIM}/events?dry_run=true", json=in_json(said("ncnd"))),
        batch(desk, {}),
        client.post("/claims"),
        client.delete("/claims"),
        client.get("/nowhere"),
        client.get("/docs"),
        client.get("/docs/swagger-ui.css", buffered=True),
        client.get("/problems/invalid", headers=PAGE),
        client.get("/openapi.json"),
    ]
    for answer in answers:
        assert {name: [value] for name, value in SECURITY.items()} == {n: answer.headers.getlist(n) for n in SECURITY}
    assert {200, 201, 204, 304, 401, 404, 405, 422, 500} == {answer.status_code for answer in answers}


def test_a_fault_of_ours_shows_nothing_of_the_inside(desk, claim, client, caplog):
    """An unforeseen fault is a logged 500 that tells the caller nothing but that it is logged."""
    with patch("service.timeline.Timeline.record", side_effect=RuntimeError("SELECT secret FROM inside")):
        response = append(desk, said("denied"))
    assert refused(response) == (500, "internal", [])
    assert "secret" not in response.text
    assert "SELECT secret FROM inside" in caplog.text


def test_a_path_writes_no_line_of_the_log(client, caplog):
    """What is logged of an address stays on its line."""
    with patch("service.timeline.Timeline.get_claim", side_effect=RuntimeError("x")):
        assert client.get("/claims/ref:a%0aFORGED").status_code == 500
    assert "FORGED" in caplog.text
    assert [] == [line for line in caplog.text.splitlines() if line.startswith("FORGED")]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unavailable("The disk is full. Nothing was stored."), "unavailable"),
        (OutcomeUnknown("It is not known."), "outcome_unknown"),
    ],
)
def test_a_store_that_cannot_write_is_503(desk, claim, client, store, error, code):
    """Where the store cannot write, or its answer is lost, the refusal says so and when to come back."""
    with nothing_recorded(client), patch.object(type(store), "writing", side_effect=error):
        response = append(desk, said("denied"))
    assert refused(response) == (503, code, [])
    assert response.headers["Retry-After"] == "2"
    assert client.get(CLAIM).status_code == 200


def test_a_store_that_cannot_be_read_is_503(claim, client, store):
    """Where the store cannot be read, every read is 503, `/readyz` too, and the process still answers."""
    with patch.object(type(store), "reading", side_effect=Unavailable("The record cannot be read.")):
        answers = [
            refused(client.get(path)) for path in ("/", "/claims", CLAIM, f"{CLAIM}/events", "/events", "/readyz")
        ]
        assert [(503, "unavailable", [])] * 6 == answers
        assert {"status": "ok"} == client.get("/healthz").json


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_why_a_store_cannot_be_reached_is_told_inside_alone(claim, client, store, caplog, accept):
    """What the store's library says names hosts and sockets: it is logged, and whoever asks gets a sentence of ours."""
    inside = "The record cannot be read: connection to server on socket /run/secret failed"
    with patch.object(
        type(store), "reading", side_effect=Unavailable(inside, outside="The record cannot be read just now.")
    ):
        answer = client.get(CLAIM, headers={"Accept": accept})
    assert (answer.status_code, "The record cannot be read just now." in answer.text) == (503, True)
    assert ("secret" in answer.text, [record.message for record in caplog.records if "secret" in record.message]) == (
        False,
        [inside],
    )


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/claims", "GET, HEAD, OPTIONS, POST"), (CLAIM, "GET, HEAD, OPTIONS"), ("/desk", "GET, HEAD, OPTIONS, POST")],
)
def test_which_methods_an_address_takes_can_be_asked(claim, client, path, allowed):
    """The answer names them as a refusal does, and is no page."""
    response = client.options(path, headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["Allow"], response.data) == (204, allowed, b"")
    assert "Content-Type" not in response.headers


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/claims", "GET, HEAD, OPTIONS, POST"),
        ("PUT", CLAIM, "GET, HEAD, OPTIONS"),
        ("POST", CLAIM, "GET, HEAD, OPTIONS"),
        ("PATCH", f"{CLAIM}/events", "GET, HEAD, OPTIONS, POST"),
        ("DELETE", f"{CLAIM}/events/1", "GET, HEAD, OPTIONS"),
        ("POST", f"{CLAIM}/versions/1", "GET, HEAD, OPTIONS"),
        ("DELETE", "/events", "GET, HEAD, OPTIONS, POST"),
        ("POST", "/claims.json", "GET, HEAD, OPTIONS"),
        ("POST", "/", "GET, HEAD, OPTIONS"),
        ("TRACE", "/healthz", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_for_this_address(desk, claim, client, method, path, allowed):
    """Another method is 405 with those that there are; nothing is ever replaced or deleted."""
    with nothing_recorded(client):
        response = desk.open(path, method=method, data=b"{}", headers=JSON)
    assert refused(response) == (405, "method_not_allowed", [])
    assert (allowed, allowed.split(", ")) == (response.headers["Allow"], response.json["allow"])


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/claims/",
        f"{CLAIM}/",
        f"{CLAIM}//events",
        f"{CLAIM}/events/1/data",
        "/Claims",
        "/claims.xml",
        "/%00",
        "/docs/",
        "/docs/../service/config.py",
        "/docs/..%2f..%2fetc%2fpasswd",
        "/docs/index.html",
        "/static/docs.js",
        "/problems/",
        "/problems/nothing",
        "/.env",
        "/claims/../events",
        "/%ff%fe",
        "/events/0",
    ],
)
def test_there_is_nothing_there(claim, client, path):
    """An address that leads nowhere is 404; none is mended by a redirect."""
    assert refused(client.get(path)) == (404, "not_found", [])


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/openapi.json", "/docs", "/docs/docs.js", "/problems/invalid", CLAIM]
)
def test_a_parameter_that_nobody_knows(claim, client, path):
    """An unknown parameter is an error everywhere, so that a typo never quietly returns the present."""
    assert refused(client.get(f"{path}?asof=2025-12-21")) == (422, "invalid", ["asof"])


def test_the_service_says_what_it_is(moscow, client):
    """The service document names the record, its size and where things are."""
    document = client.get("/").json
    assert ("onrecord", "localhost/onrecord", 31) == (document["name"], document["origin"], document["log_size"])
    assert [200] * len(document["links"]) == [client.get(path).status_code for path in document["links"].values()]


def test_health_is_told(claim, client):
    """`/healthz` says that the process answers, `/readyz` that the record can be read."""
    assert ({"status": "ok"}, {"status": "ready", "log_size": 1, "jobs": {"ok": True, "detail": ""}}) == (
        client.get("/healthz").json,
        client.get("/readyz").json,
    )


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_is_explained(client, code):
    """The address in a problem's `type` says what it means and what to do, to programs and to people."""
    told = client.get(f"/problems/{code}").json
    assert (code, PROBLEMS[code].status) == (told["code"], told["status"])
    assert {"code", "title", "status", "meaning", "what_to_do"} == told.keys()
    page = client.get(f"/problems/{code}", headers=PAGE)
    assert (200, "text/html; charset=utf-8") == (page.status_code, page.content_type)
    assert page.headers["Vary"].startswith("Accept, ")
    assert f"<code>{code}</code>" in page.text
    assert len(told["what_to_do"]) > 20


def test_the_rules_of_a_history_are_listed_where_one_is_broken(client):
    """The page of a broken rule has each rule under the name by which a refusal tells it."""
    page = browse(client, "/problems/rule_broken")
    assert "own_words Only who said it, or a voice of the same state, can take it back or explain it." in page.text
    assert "no_circle One claim would be an aspect of itself, through others." in page.text


@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/json", "application/problem+json, */*;q=0.1", "image/png", ""]
)
def test_whoever_does_not_ask_for_a_page_gets_json(client, accept):
    """Only who would rather have a page than JSON gets one."""
    headers = {} if accept is None else {"Accept": accept}
    assert client.get("/problems/invalid", headers=headers).content_type == "application/json"


def test_the_documentation_works_without_a_network(client):
    """The page loads files of this service only, has no script of its own inside, and each file is there."""
    page = client.get("/docs")
    assert (200, "text/html; charset=utf-8") == (page.status_code, page.content_type)
    needed = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert {"/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/docs.js", "/openapi.json"} <= set(needed)
    assert [] == [address for address in needed if not address.startswith("/")]
    assert [] == re.findall(r"<script>|<style>|style=|onclick=", page.text)
    assert [200] * len(needed) == [client.get(address, buffered=True).status_code for address in needed]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("swagger-ui.css", "text/css; charset=utf-8"),
        ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("docs.js", "text/javascript; charset=utf-8"),
        ("docs.css", "text/css; charset=utf-8"),
        ("favicon-32x32.png", "image/png"),
    ],
)
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Range": "bytes=0-4"},
        {"Range": "bytes=99999999-"},
        {"If-Modified-Since": "Mon, 01 Jan 99999999999 00:00:00 GMT"},
    ],
)
def test_a_file_of_the_documentation_comes_whole(client, name, content_type, more):
    """A file is sent whole or, to who has it, not at all."""
    response = client.get(f"/docs/{name}", headers=more, buffered=True)
    assert (200, content_type) == (response.status_code, response.content_type)
    again = client.get(f"/docs/{name}", headers={**more, "If-None-Match": f"W/{response.headers['ETag']}"})
    assert (304, b"", response.headers["ETag"]) == (again.status_code, again.data, again.headers["ETag"])


def test_a_page_shows_text_as_text(desk, client):
    """What comes from outside is never read as a page."""
    response = client.get("/problems/%3Cscript%3E", headers=PAGE)
    assert (404, "text/html; charset=utf-8") == (response.status_code, response.content_type)
    opened = desk.post("/claims", json={"text": "<script>alert(1)</script>"})
    page = client.get(opened.headers["Location"], headers=PAGE)
    assert ("<script>alert" in page.text, "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text) == (False, True)
