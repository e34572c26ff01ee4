"""Every page in a browser: nothing for axe to find, nothing in the console, nothing from elsewhere, at any width."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe

READ = (
    *(
        "/",
        "/claims",
        "/claims?q=nothing+at+all",
        "/claims?q=second+diplomats",
        "/parties",
        "/corrections",
        "/events",
        "/log",
        "/problems/invalid",
        "/sign-in",
    ),
    *("{meeting}", "{muscat}", "{hostile}", "{muscat}/versions/4", "{muscat}/versions/9?diff=3", "{muscat}/events/3"),
    *("{muscat}?said_until=2026-01-15", "{muscat}/embed", "{hostile}/embed", "/parties/yonhap"),
    "/parties/وزارة-الخارجية-الإيرانية",
)
SIGNED_IN = (
    *("/desk", "/claims/new", "/claims/new?text=It+did+not+happen,+and+he+said+so", "{muscat}", "{muscat}/log"),
    *("{muscat}/log/amend?regarding=3", "{muscat}/log/strike?regarding=3", "{muscat}/log/redact?regarding=3"),
    *("{muscat}/log/reword", "{muscat}/log/link", "{muscat}/log/ask"),
)
REFUSED = ("/nowhere", "/claims?standing=untrue", "/desk")


def pages(site):
    """Give every page with the role it is looked at in, and whether it is refused."""
    yield from ((path.format(**site.claims), None, False) for path in READ)
    yield from ((path.format(**site.claims), "editor", False) for path in SIGNED_IN)
    yield from ((path.format(**site.claims), None, True) for path in REFUSED)


def walk(site, visitor, **options):
    """Look at every page in turn."""
    readers = {role: visitor.open(site, role=role, **options) for role in (None, "editor")}
    for path, role, refused in pages(site):
        page = readers[role]
        answered = page.goto(path)
        assert answered.ok != refused, path
        if refused:
            visitor.expect("the server responded with a status of 4")
        yield path, page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site, visitor, scheme):
    """No page breaks a rule of accessibility that axe knows, light or dark."""
    found = {}
    for path, page in walk(site, visitor, color_scheme=scheme):
        for violation in Axe().run(page).response["violations"]:
            found[path, violation["id"]] = [node["html"][:160] for node in violation["nodes"][:3]]
    assert found == {}


def test_axe_finds_on_the_page_of_the_api_what_is_swagger_uis_own(site, visitor):
    """The page of the API breaks no rule but three by Swagger UI's own elements; it has one title, and fits a phone."""
    page = visitor.open(site, viewport={"width": 320, "height": 800})
    page.goto("/docs")
    page.locator(".opblock").first.wait_for()
    found = {violation["id"] for violation in Axe().run(page).response["violations"]}
    assert found == {"heading-order", "nested-interactive", "region"}
    assert (1, 320) == (page.locator("h1").count(), page.evaluate("document.documentElement.scrollWidth"))
    page = visitor.open(site, java_script_enabled=False)
    page.goto("/docs")
    assert page.locator("h1").inner_text() == "The HTTP API"


@pytest.mark.parametrize(("width", "factor"), [(320, 1), (640, 2), (1280, 1)])
def test_nothing_runs_out_at_the_side(site, visitor, width, factor):
    """At 320 pixels, at 1280 zoomed to 200 %, and wide, no page is wider than its window."""
    wide = [
        path
        for path, page in walk(site, visitor, viewport={"width": width, "height": 800}, device_scale_factor=factor)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    ]
    assert wide == []


def test_filters_are_folded_on_a_narrow_screen_alone(site, visitor):
    """On a phone the first claims are in sight, and filters once they are unfolded or set; on a wide screen at once."""
    page = visitor.open(site, viewport={"width": 320, "height": 800}, java_script_enabled=False)
    page.goto("/claims")
    standing = page.locator("select[name=standing]")
    assert page.locator(".row").first.bounding_box()["y"] < 500
    assert not standing.is_visible()
    page.get_by_text("Filters").click()
    standing.select_option("denied")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/claims?standing=denied")
    assert standing.input_value() == "denied"
    page.set_viewport_size({"width": 800, "height": 600})
    page.goto("/")
    assert standing.is_visible()
    page.focus("[name=q]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "standing"


def test_a_stance_is_in_sight_on_a_phone(own_site, visitor):
    """However long the names of parties are, on a phone their stances stand beside them without scrolling."""
    names = ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", "وزارة الخارجية")
    source = {"publisher": "The Wire"}
    said = [
        {"type": "denied", "data": {"party": {"name": name, "kind": "company"}, "summary": "No.", "source": source}}
        for name in names
    ]
    claim = {"text": "They met in Vienna.", "events": said}
    headers = own_site.ask("POST", "/claims", claim, token=own_site.tokens["editor"])[1]
    for locale in ("en", "ko", "ru"):
        page = visitor.open(own_site, locale=locale, viewport={"width": 320, "height": 800})
        page.goto(headers["Location"])
        shown = [one.bounding_box() for one in page.locator(".matrix td .stance").all()]
        assert [box["x"] + box["width"] < 304 for box in shown] == [True, True]


def test_without_javascript_every_page_is_there(site, visitor):
    """With JavaScript off every page says what it says with it."""
    for path, page in walk(site, visitor, java_script_enabled=False):
        assert page.locator("h1").count() == 1, path


def test_a_page_is_printed_to_be_cited(site, visitor):
    """Printed, a page leaves its controls out and ends in its address and the log size."""
    page = visitor.open(site)
    page.goto(site.claims["meeting"])
    page.emulate_media(media="print")
    assert not page.locator(".masthead nav").is_visible()
    cited = page.locator(".cite").inner_text()
    assert f"{site.base}{site.claims['meeting']}" in cited
    assert f"log size {site.read('/')['log_size']}" in cited
    assert len(page.pdf()) > 10_000


def test_only_the_embed_shows_in_a_frame(site, visitor):
    """The small page shows in another page's frame; the claim's own page does not."""
    page = visitor.open(site)
    meeting = f"{site.base}{site.claims['meeting']}"
    with publish({"/embed": f"{meeting}/embed", "/claim": meeting}) as elsewhere:
        page.goto(f"{elsewhere}/embed")
        page.frame_locator("iframe").locator("h1").wait_for()
        page.goto(f"{elsewhere}/claim")
        assert "Denied" not in page.frames[1].content()
        visitor.complaints = [one for one in visitor.complaints if not one.startswith(elsewhere)]
        visitor.expect("frame-ancestors 'none'")


@pytest.mark.parametrize("locale", ["en", "ko", "ru"])
def test_a_small_page_of_the_past_says_so_within_its_frame(site, visitor, locale):
    """In a frame as narrow as it may be, and in a wide low one, it is seen without scrolling that it is the past."""
    for width, height in ((240, 180), (300, 180), (320, 180), (360, 180), (600, 180)):
        page = visitor.open(site, locale=locale, viewport={"width": width, "height": height})
        page.goto(f"{site.claims['meeting']}/embed?as_of=8")
        box = page.locator(".then").bounding_box()
        assert box["x"] >= 0
        assert (box["x"] + box["width"] <= width, box["y"] + box["height"] <= height) == (True, True)


@pytest.mark.parametrize("locale", ["en", "ko", "ru"])
def test_the_small_page_is_whole_in_a_column(site, visitor, locale):
    """At a width of 240 nothing is cut, beside or below, in a frame as high as the documents say."""
    page = visitor.open(site, locale=locale, viewport={"width": 240, "height": 440})
    page.goto(f"{site.claims['meeting']}/embed")
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight <= 440]") == [
        240,
        True,
    ]


@contextmanager
def publish(framed):
    """Serve another site, each page of which is a frame around an address."""

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><iframe src='{framed.get(self.path)}'></iframe>".encode())

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
