"""The pages in Korean and Russian in a browser: accessible, no wider than a phone, quotes in their own direction."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_every_page import walk

LANGUAGES = pytest.mark.parametrize("language", ["ko", "ru"])


@LANGUAGES
def test_axe_finds_nothing_in_any_language(site, visitor, language):
    """No page breaks a rule of accessibility in another language, those for languages among them."""
    found = {}
    for path, page in walk(site, visitor, locale=language):
        assert page.locator("html").get_attribute("lang") == language
        for violation in Axe().run(page).response["violations"]:
            found[path, violation["id"]] = [node["html"][:160] for node in violation["nodes"][:3]]
    assert found == {}


@LANGUAGES
def test_no_language_runs_out_at_the_side_or_over_another_text(site, visitor, language):
    """At 320 pixels no page is wider than its window; at 1280 no standing lies over the claim beside it."""
    wide = [
        path
        for path, page in walk(site, visitor, locale=language, viewport={"width": 320, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    ]
    page = visitor.open(site, locale=language, viewport={"width": 1280, "height": 800})
    page.goto("/claims")
    over = page.evaluate(
        "[...document.querySelectorAll('.row-standing')]"
        ".filter(standing => standing.scrollWidth > standing.clientWidth).map(standing => standing.innerText)"
    )
    assert (wide, over) == ([], [])


@LANGUAGES
def test_a_quote_keeps_its_own_direction_and_language(site, visitor, language):
    """Arabic stands from right to left within a page that does not, and each quote says its language."""
    page = visitor.open(site, locale=language)
    page.goto(site.claims["muscat"])
    quotes = page.evaluate(
        "[...document.querySelectorAll('blockquote')].map(e => [e.lang, getComputedStyle(e).direction, e.dir])"
    )
    assert quotes == [["ar", "rtl", "auto"], ["", "ltr", "auto"], ["ko", "ltr", "auto"]]
    names = page.evaluate(
        "[...document.querySelectorAll('.speaking')].map(e => [e.innerText, getComputedStyle(e).direction])"
    )
    assert ["وزارة الخارجية الإيرانية", "rtl"] in names
    assert ["외교부", "ltr"] in names


def test_a_language_is_chosen_by_hand_and_stays(site, visitor):
    """A reader chooses at the foot of a page, without a script, comes back to it, and keeps the choice everywhere."""
    page = visitor.open(site, locale="fr", java_script_enabled=False)
    page.goto(f"{site.claims['meeting']}?said_until=2025-12-21")
    page.get_by_role("button", name="한국어").click()
    assert page.url == f"{site.base}{site.claims['meeting']}?said_until=2025-12-21"
    assert page.locator("html").get_attribute("lang") == "ko"
    page.get_by_role("link", name="발언 주체").first.click()
    assert page.locator("h1").inner_text() == "발언 주체"
    page.get_by_role("button", name="Русский").click()
    assert page.locator("h1").inner_text() == "Стороны"
