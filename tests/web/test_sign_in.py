"""Sign in with a browser: the cookie, who may use it, and how it ends."""

from __future__ import annotations

from hashlib import sha256

import pytest

from service.config import Config
from service.sessions import purge_sessions
from service.tokens import create_token, revoke_token
from service.web import create_app
from tests.builders import said
from tests.web.browsing import PAGE, browse, sign_in
from tests.web.newsroom import CLAIM, in_json, nothing_recorded

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def token(store, clock):
    """Make a reporter's token."""
    return create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None)


def test_a_token_opens_a_session(client, token, claim):
    """Who signs in is shown as who they are, and may write; the cookie is for no script and no other site."""
    response = client.post("/sign-in", data={"token": token, "back": CLAIM}, headers={**PAGE, **OWN})
    assert (303, CLAIM) == (response.status_code, response.headers["Location"])
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("onrecord=")
    assert "; HttpOnly; Path=/; SameSite=Lax" in cookie
    assert token not in cookie
    page = browse(client, CLAIM)
    assert "reporter-a (reporter) Sign out" in page.text
    assert "Log a statement" in page.text


def test_signing_in_leads_back_to_what_was_read(client, token, claim):
    """From a page to read, as of its moment, and to its form's only field; from the first page to the desk."""
    assert f"/sign-in?back={CLAIM}%3Fas_of%3D1" in browse(client, f"{CLAIM}?as_of=1").all("href", "a")
    assert "/sign-in" in browse(client, "/").all("href", "a")
    page = browse(client, f"/sign-in?back={CLAIM}%3Fas_of%3D1")
    assert page.all("autofocus", "input") == [""]
    response = client.post("/sign-in", data={"token": token, "back": f"{CLAIM}?as_of=1"}, headers={**PAGE, **OWN})
    assert response.headers["Location"] == f"{CLAIM}?as_of=1"


@pytest.mark.parametrize("path", ["/desk", f"{CLAIM}/log?again={CLAIM.rpartition('/')[2]}/1"])
def test_a_page_that_needs_a_session_asks_for_a_token_and_is_come_back_to(client, token, claim, path):
    """Without a session, or with one that has ended, a page says so, asks for a token, and leads back to itself."""
    sign_in(client, token)
    client.post("/sign-out", headers=OWN)
    for _ in range(2):
        page = browse(client, path, 401)
        assert "your session has ended" in page.text
        client.set_cookie("onrecord", "one-that-has-ended")
    back = page.all("value", "input")[0]
    response = client.post("/sign-in", data={"back": back, "token": token}, headers={**PAGE, **OWN})
    assert (303, path) == (response.status_code, response.headers["Location"])
    assert "reporter-a" in browse(client, path).text


def test_over_tls_the_cookie_is_of_this_host_alone(timeline, store, token):
    """Where readers come over TLS, the cookie is Secure and named so that no other host can set it."""
    client = create_app(timeline, Config(public_url="https://record.example")).test_client()
    origin = {"Origin": "https://record.example"}
    cookie = client.post("/sign-in", data={"token": token}, headers=origin).headers["Set-Cookie"]
    assert cookie.startswith("__Host-onrecord=")
    assert "; Secure; HttpOnly; Path=/; SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_only_the_hash_of_a_session_is_kept(client, token, store):
    """What the browser holds is nowhere in the store, but its SHA-256."""
    cookie = sign_in(client, token)
    with store.reading() as view:
        assert view.sessions.find_session(sha256(cookie.encode()).digest()) is not None
        assert view.sessions.find_session(cookie.encode()) is None


@pytest.mark.parametrize("wrong", ["", "onr_nonsense", "onr_" + "a" * 36])
def test_a_token_that_does_not_hold_opens_nothing(client, wrong):
    """A wrong token is refused on the form itself, with no cookie and without showing it again."""
    response = client.post("/sign-in", data={"token": wrong}, headers={**PAGE, **OWN})
    assert (401, None) == (response.status_code, response.headers.get("Set-Cookie"))
    assert "This token is not valid" in response.text
    assert not wrong or wrong not in response.text


def test_sign_out_ends_the_session_here(client, token, claim, app):
    """After signing out the secret is worth nothing, to whoever kept it."""
    kept = sign_in(client, token)
    assert client.post("/sign-out", headers=OWN).status_code == 303
    thief = app.test_client()
    thief.set_cookie("onrecord", kept)
    assert "Sign in" in browse(thief, CLAIM).text
    assert thief.post(f"{CLAIM}/events", json=in_json(said("denied")), headers=OWN).status_code == 401


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("path", [CLAIM, f"{CLAIM}/log", "/desk"])
def test_no_browser_keeps_what_was_shown_to_one_signed_in(client, token, claim, public, path):
    """What a browser shows to somebody who has signed in it keeps none of, so that no Back shows it after they left."""
    client.application.config["PUBLIC_READS"] = public
    sign_in(client, token)
    page = client.get(path, headers=PAGE)
    assert (200, "no-store") == (page.status_code, page.headers["Cache-Control"])
    as_json = client.get(f"{CLAIM}.json", headers=PAGE)
    assert (200, "no-cache" if public else "no-store") == (as_json.status_code, as_json.headers["Cache-Control"])


@pytest.mark.parametrize(
    ("base", "kept"),
    [
        ("http://localhost", "private, no-cache"),
        ("http://127.0.0.1:8080", "private, no-cache"),
        ("https://record.example", "private, no-cache"),
        ("http://record.example", "no-store"),
        ("http://127.record.example", "no-store"),
    ],
)
def test_a_browser_keeps_what_was_typed_where_it_forgets_it_when_told(client, token, claim, base, kept):
    """A form that was refused stays for the browser's Back where signing out takes it away again, and there alone."""
    client.application.config["PUBLIC_URL"] = base
    own = {**PAGE, **OWN}
    response = client.post("/sign-in", data={"token": token}, headers=own)
    assert (303, None) == (response.status_code, response.headers.get("Clear-Site-Data"))
    wrong = client.post(f"{CLAIM}/log", data={"summary": "No.", "action": "record"}, headers=own)
    assert (422, kept) == (wrong.status_code, wrong.headers["Cache-Control"])
    anew = client.post("/sign-in", data={"token": token}, headers=own)
    assert (303, '"cache"') == (anew.status_code, anew.headers["Clear-Site-Data"])
    assert client.post("/sign-out", headers=own).headers["Clear-Site-Data"] == '"cache"'


def test_signing_in_anew_ends_the_session_before(client, token, app):
    """Whoever signs in over a session of theirs has one session: the secret before is worth nothing any more."""
    kept = sign_in(client, token)
    assert client.post("/sign-in", data={"token": "onr_wrong"}, headers={**PAGE, **OWN}).status_code == 401
    assert "reporter-a" in browse(client, "/").text
    assert sign_in(client, token) != kept
    assert "reporter-a" in browse(client, "/").text
    other = app.test_client()
    other.set_cookie("onrecord", kept)
    assert "reporter-a" not in browse(other, "/").text


def test_a_session_ends_with_its_token(client, token, store, clock, claim):
    """A session opened with a token that is revoked is over at once; one of a token that expires ends with it."""
    sign_in(client, token)
    assert "reporter-a" in browse(client, "/").text
    revoke_token(store, "reporter-a", now=clock())
    assert "reporter-a" not in browse(client, "/").text


def test_a_session_ends_by_itself(client, token, store, clock):
    """After two weeks a session is over, and what is over is removed."""
    digest = sha256(sign_in(client, token).encode()).digest()
    clock.move_on(days=13, hours=23)
    purge_sessions(store, now=clock())
    assert "reporter-a" in browse(client, "/").text
    clock.move_on(hours=1)
    assert "reporter-a" not in browse(client, "/").text
    purge_sessions(store, now=clock())
    with store.reading() as view:
        assert view.sessions.find_session(digest) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
    ],
)
@pytest.mark.parametrize("path", [f"{CLAIM}/events", f"{CLAIM}/log", "/claims/new", "/claims", "/sign-out", "/desk"])
def test_another_site_writes_nothing(client, token, claim, headers, path):
    """With the cookie alone nothing is done unless the browser says that our own page asked."""
    sign_in(client, token)
    with nothing_recorded(client):
        as_json = path in {f"{CLAIM}/events", "/claims"}
        body = {"json": in_json(said("denied"))} if as_json else {"data": {"text": "x"}}
        assert client.post(path, headers=headers, **body).status_code == 403
    assert "reporter-a" in browse(client, "/").text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_our_own_page_writes(client, token, claim, headers):
    """A write by the cookie is recorded by the name of its token, where our own page asked for it."""
    sign_in(client, token)
    made = client.post(f"{CLAIM}/events", json=in_json(said("denied")), headers=headers)
    assert (201, "reporter-a") == (made.status_code, made.json["recorded_by"])


def test_a_token_needs_no_origin(desk, claim):
    """A program that sends its token says nothing of a site."""
    assert desk.post(f"{CLAIM}/events", json=in_json(said("denied"))).status_code == 201


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", "/sign-out"]
)
def test_nobody_is_led_elsewhere(client, token, back):
    """Whatever an address asks for, signing in and choosing a language lead to a page of this record."""
    data = {"token": token, "back": back, "language": "ko"}
    for path in ("/sign-in", "/language"):
        assert client.post(path, data=data, headers=OWN).headers["Location"] == "/"
