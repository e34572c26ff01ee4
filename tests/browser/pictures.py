"""Take the pictures that the documents show: `python -m tests.browser.pictures` puts them into `docs/pictures`.

They are of a record that holds the stories of the browser tests; instants in them are those of the run.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS, NAMES, Site, serve

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 250_000, 160_000  # bytes: of one that was just taken, with whatever fonts there are; of one that is kept
NAMED = ("claim.png", "quotes.png", "preview.png", "verified.png")
DONE = ".verdict-line[data-came=good]"


def take_pictures(browser: Browser, site: Site, folder: Path) -> None:
    """Take all of them: a claim, quotes in the dark and narrow, a preview, and an event that was verified."""
    folder.mkdir(exist_ok=True)
    wide = browser.new_context(base_url=site.base, viewport={"width": 1240, "height": 800})
    page = wide.new_page()
    page.goto(site.claims["meeting"])
    page.screenshot(path=folder / "claim.png")
    page.goto(site.claims["muscat"])
    page.locator("#event-3 a.verify").click()
    page.locator(f"#event-3 {DONE}").wait_for()
    page.locator("#event-3").screenshot(path=folder / "verified.png")
    page.goto("/sign-in")
    page.fill("[name=token]", site.tokens["reporter"])
    page.press("[name=token]", "Enter")
    page.wait_for_url("**/desk")
    page.goto(f"{site.claims['meeting']}/log")
    filled = {"party/name": "Russian Foreign Ministry", "speaker/name": "Maria Zakharova", "said_on": "2026-01-1X"}
    filled |= {"summary": "The meeting did take place.", "source/publisher": "The Wire"}
    for name, value in filled.items():
        page.fill(f"[name='{name}']", value)
    page.select_option("[name=type]", "confirmed")
    page.get_by_role("button", name="Preview the standing").click()
    page.locator("#preview .standing").first.wait_for()
    page.locator("main .narrow").screenshot(path=folder / "preview.png")
    narrow = browser.new_context(base_url=site.base, viewport={"width": 400, "height": 860}, color_scheme="dark")
    page = narrow.new_page()
    page.goto(site.claims["muscat"])
    page.locator("#event-2").evaluate("event => event.scrollIntoView()")
    page.screenshot(path=folder / "quotes.png")
    wide.close()
    narrow.close()


def main() -> None:
    """Serve the stories, and put the pictures where the documents have them."""
    found = next(filter(None, map(shutil.which, NAMES)))
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        take_pictures(browser, site, FOLDER)
        browser.close()


if __name__ == "__main__":
    main()
