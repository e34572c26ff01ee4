"""A real browser on a real server: the system's Chromium, driven by Playwright, and `onrecord serve`.

Where there is no Chromium these tests are skipped with a word about it; with REQUIRE_BROWSER, as in `.ci/run`,
they fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from service.machine import tell_time
from service.store import open_store
from service.tokens import create_token
from tests.browser.story import fill_record
from tests.faults.serving import HOUSE, PLAIN, Server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = "record.example"  # a name that is this machine's, and that a browser does not take for it
# None of these lets the browser do what a reader's would not; they keep it from calling its maker.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test here: they run in `.ci/run`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the browser."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        reason = f"NO BROWSER: none of {', '.join(NAMES)} is installed; the pages were NOT tried in one."
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield started
        started.close()


@dataclass(frozen=True)
class Site:
    """A server with a record: its address, where the record is, tokens by role, and claims by name."""

    base: str
    database: str
    tokens: dict[str, str]
    claims: dict[str, str]
    ask: Callable[..., tuple]

    def read(self, path: str) -> dict:
        """Read JSON."""
        return json.loads(self.ask("GET", path)[2])

    def run(self, *words: str) -> None:
        """Run a command of `onrecord` on the record."""
        environment = PLAIN | {"ONRECORD_DATABASE": self.database, "PYTHONPATH": str(HOUSE)}
        command = [sys.executable, "-m", "service.cli", *words]
        subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603 - our own


@contextmanager
def serve(folder: Path) -> Iterator[Site]:
    """Serve a record that holds the stories."""
    url = f"sqlite:///{folder}/record.db"
    store = open_store(url)
    store.migrate()
    tokens = {
        role: create_token(store, f"{role}-a", role, now=tell_time(), expires_in=None)
        for role in ("reporter", "editor")
    }
    store.close()
    server = Server(url, folder)
    try:
        claims = fill_record(server, tokens["editor"])
        served = Site(f"http://{server.host}:{server.port}", url, tokens, claims, server.ask)
        served.run("log", "publish")
        yield served
    finally:
        server.end()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a record that nobody writes to."""
    with serve(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """Serve a record of the test's own."""
    with serve(tmp_path) as served:
        yield served


class Visitor:
    """Opens pages, and holds every one to a clean console, to no violation of its policy, and to no other host."""

    def __init__(self, browser: Browser) -> None:
        """Use a browser."""
        self._browser = browser
        self._contexts = []
        self.complaints: list[str] = []

    def open(self, site: Site, *, role: str | None = None, **options: object) -> Page:
        """Open a page of a browser of its own, signed in where a role is given."""
        context = self._browser.new_context(base_url=site.base, **options)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on(
            "request", lambda r: self.complaints.append(r.url) if not r.url.startswith((site.base, "data:")) else None
        )
        if role is not None:
            page.goto("/sign-in")
            page.fill("[name=token]", site.tokens[role])
            page.press("[name=token]", "Enter")
            page.wait_for_url("**/desk")
        return page

    def expect(self, complaint: str) -> None:
        """Take back complaints that a test is about."""
        assert any(complaint in one for one in self.complaints)
        self.complaints = [one for one in self.complaints if complaint not in one]

    def close(self) -> None:
        """Close everything."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Give somebody who opens pages."""
    opened = Visitor(browser)
    yield opened
    opened.close()
    assert opened.complaints == []
