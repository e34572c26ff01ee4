"""Signing in and out in a real browser: what it keeps, and what it shows afterwards."""

from __future__ import annotations


def test_what_keeps_passwords_finds_whose_this_one_is(site, visitor):
    """The form to sign in has the field that browsers look for beside a password; nobody is asked to fill it."""
    page = visitor.open(site)
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.goto("/sign-in")
    assert page.locator("[autocomplete=username]").input_value() == "localhost/onrecord"
    assert page.evaluate("[...new FormData(document.getElementById('entry')).keys()]") == ["back", "token"]
    page.keyboard.type("onr_")
    assert page.input_value("[name=token]") == "onr_"
    assert told == []


def test_no_back_shows_what_was_shown_to_somebody_signed_in(own_site, visitor):
    """After signing out, Back shows readers' pages as readers have them a token is asked for in place of the rest."""
    page = visitor.open(own_site, role="editor")
    for path in (f"{own_site.claims['muscat']}/log", own_site.claims["muscat"]):
        page.goto(path)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{own_site.base}/")
    page.go_back()
    page.get_by_role("link", name="Sign in").wait_for()
    assert page.get_by_role("link", name="Log a statement").count() == 0
    assert page.go_back().status == 401
    page.get_by_text("your session has ended").wait_for()
    visitor.expect("401")
    page.keyboard.type(own_site.tokens["editor"])
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Log a statement").wait_for()
    assert page.url == f"{own_site.base}{own_site.claims['muscat']}/log"


def test_the_session_is_for_no_script(own_site, visitor):
    """The session's cookie is HttpOnly and SameSite, and signing out takes the desk away."""
    page = visitor.open(own_site, role="reporter")
    cookie = next(c for c in page.context.cookies() if c["name"] == "onrecord")
    assert (True, "Lax") == (cookie["httpOnly"], cookie["sameSite"])
    assert "onrecord" not in page.evaluate("document.cookie")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{own_site.base}/")
    page.context.add_cookies([cookie])
    assert page.goto("/desk").status == 401
    visitor.expect("the server responded with a status of 401")
