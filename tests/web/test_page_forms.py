"""One address, several forms: who asks for a page gets one, and everybody else what they got before."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest

from service.web import ENDPOINTS
from service.web.pages.routes import PAGES
from tests.web.browsing import PAGE, browse
from tests.web.newsroom import CLAIM, NO_ID

MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"
DOCUMENT = Path(__file__).parents[2] / "docs" / "pages.md"
STATIC = files("service.web").joinpath("static")
PATHS = [
    *("/", "/claims", "/parties", "/corrections", "/events", "/parties/russian-foreign-ministry"),
    *(MEETING, f"{MEETING}/events/4", f"{MEETING}/versions/4", f"{MEETING}/versions/9?diff=4", "/problems/invalid"),
]


@pytest.mark.parametrize("path", PATHS)
def test_an_address_is_a_page_for_people_and_json_for_programs(moscow, client, path):
    """The same address gives a page to a browser, JSON to `*/*` and to no wish at all, and says what it hangs on."""
    page = client.get(path, headers=PAGE)
    assert (200, "text/html; charset=utf-8") == (page.status_code, page.content_type)
    assert {"Accept", "Cookie", "Accept-Language"} <= set(page.headers["Vary"].split(", "))
    for accept in (None, "*/*", "application/json", "image/png", "application/json, text/html;q=0.9"):
        response = client.get(path, headers={} if accept is None else {"Accept": accept})
        assert response.content_type == "application/json"
        assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("path", ["/claims", "/parties", "/corrections", "/events", MEETING, f"{MEETING}/events/4"])
def test_a_suffix_picks_a_form(moscow, client, path):
    """`.html` is the page for whoever asks, `.json` the JSON for a browser too, and a format asked for is that one."""
    assert client.get(f"{path}.html").content_type == "text/html; charset=utf-8"
    assert client.get(f"{path}.json", headers=PAGE).content_type == "application/json"
    assert client.get(f"{MEETING}?format=csv", headers=PAGE).content_type.startswith("text/csv")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_asked_for_again_with_its_etag(moscow, client, path):
    """A page has a strong ETag, and is 304 to whoever has it."""
    page = client.get(path, headers=PAGE)
    etag = page.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag)
    again = client.get(path, headers={**PAGE, "If-None-Match": etag})
    assert (304, b"", "no-cache") == (again.status_code, again.data, again.headers["Cache-Control"])


@pytest.mark.parametrize("path", PATHS)
def test_a_page_names_its_other_forms_and_they_are_there(moscow, client, path):
    """Every other form that a page links is there, of the type that the link says."""
    page = browse(client, path)
    forms = re.findall(r'<link rel="alternate" type="([^"]+)" (?:title="[^"]+" )?href="([^"]+)"', page.html)
    assert path.startswith("/problems") or forms
    for kind, href in forms:
        response = client.get(href.replace("&amp;", "&"))
        assert (200, kind.split(";")[0].removesuffix("+oembed")) == (
            response.status_code,
            response.content_type.split(";")[0],
        ), href


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nowhere", 404, "not_found"),
        (f"/claims/{NO_ID}", 404, "not_found"),
        ("/claims?standing=untrue", 422, "invalid"),
        ("/claims?asof=2025-12-21", 422, "invalid"),
        (f"{CLAIM}?as_of=0", 404, "not_yet_known"),
    ],
)
def test_a_refusal_is_a_page_to_a_browser(claim, client, path, status, code):
    """A browser is refused with a page of the same status, which says what to do, and the suffix `.json` is heeded."""
    page = browse(client, path, status)
    assert code in page.text
    assert ("As it stands now, without all this" if code == "invalid" else "What to do") in page.text
    bare, _, query = path.partition("?")
    program = client.get(f"{bare}.json?{query}", headers=PAGE)
    assert "text/html" not in program.content_type or bare == "/nowhere"


@pytest.mark.parametrize(
    ("path", "status", "told", "ways"),
    [
        ("/nowhere", 404, "This address may be mistyped", {"/", "/claims"}),
        (f"/claims/{NO_ID}?as_of=1", 404, "This address may be mistyped", {"/", "/claims"}),
        ("/sign-out", 405, "This address takes what one of our forms sends", {"/", "/claims"}),
    ],
)
def test_a_person_is_refused_in_words_for_people(claim, client, path, status, told, ways):
    """Who meets a wrong address or a closed door in a browser reads of no header, and is shown the ways on."""
    page = browse(client, path, status)
    for_people, _, for_programs = page.text.partition("What programs are told")
    assert told in for_people
    assert not re.search("GET|header|Authorization|method", for_people)
    assert for_programs
    assert ways <= {*page.all("href", "a")}
    assert "q" in page.all("name", "input")


def test_what_a_form_left_empty_is_left_out_of_the_address(claim, client):
    """A form sends its empty fields; the page is at the address without them, which can be saved."""
    sent = client.get("/claims?q=envoy&standing=&party=&reversed=", headers=PAGE)
    assert (303, "/claims?q=envoy") == (sent.status_code, sent.headers["Location"])
    assert client.get("/claims?standing=").status_code == 422


def test_a_history_is_on_the_page_of_its_claim(claim, client):
    """A browser that asks for a history is led to where it is told."""
    asked = client.get(f"{CLAIM}/events?as_of=1", headers=PAGE)
    assert (303, f"{CLAIM}?as_of=1#history") == (asked.status_code, asked.headers["Location"])


def test_files_of_the_pages_are_for_good(client):
    """Every file that a page loads is here, under a name with its hash, and may be kept for ever."""
    page = browse(client, "/")
    loaded = [*page.all("src", "script"), *[href for href in page.all("href", "link") if href.startswith("/static/")]]
    assert len(loaded) == 5
    for address in loaded:
        response = client.get(address)
        assert (200, "public, max-age=31536000, immutable") == (response.status_code, response.headers["Cache-Control"])
        assert sha256(response.data).hexdigest().startswith(address.split(".")[-2])
    assert client.get("/static/onrecord.0000000000000000.css").status_code == 404


def test_what_comes_from_elsewhere_is_as_it_came():
    """The files of other people are byte for byte those of the packages that the manifest names."""
    manifest = json.loads(STATIC.joinpath("manifest.json").read_text())
    assert {"htmx.min.js", "pico.min.css"} == manifest.keys()
    for name, origin in manifest.items():
        assert sha256(STATIC.joinpath(name).read_bytes()).hexdigest() == origin["sha256"]
        assert {"package", "version", "licence", "file", "sha256"} == origin.keys()


def test_every_page_is_described():
    """Every address that has a page is in the tables of the document of the pages."""
    told = set(re.findall(r"`(/[^`\n]*)`", DOCUMENT.read_text(encoding="utf-8")))
    pages = {endpoint.path for endpoint in ENDPOINTS if endpoint.page} - {"/problems/{code}"}
    alike = {path.replace("{claim_id}", "{id}").replace("/versions/{version}", "/versions/{n}") for path in pages}
    assert (alike - {"/claims/{id}/events"}) - told == set()
    assert {page.path for page in PAGES} - told == set()


def test_private_reads_are_private_on_pages_too(timeline, client, claim):
    """Where reading needs a token, a page asks for one and gives nothing away."""
    client.application.config["PUBLIC_READS"] = False
    page = browse(client, CLAIM, 401)
    assert "envoy" not in page.text
    assert "/sign-in" in page.html


def test_the_address_of_a_form_takes_what_forms_send(claim, hire):
    """JSON at the address of a form is refused, 415, in the form that was asked for; nothing is recorded."""
    editor = hire("editor-a")
    body = {"type": "denied", "data": {}}
    for path in ("/claims/new", f"{CLAIM}/log", f"{CLAIM}/log/ask", "/desk", "/language", "/sign-in"):
        page = editor.post(path, json=body, headers=PAGE)
        assert (415, "text/html; charset=utf-8") == (page.status_code, page.content_type), path
        assert "to the address of a form, what the form sends." in page.text
        assert "unsupported_media_type" == editor.post(path, json=body).json["code"]
    assert len(editor.get("/events").json["events"]) == 1
