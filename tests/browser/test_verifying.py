"""Readers verify in their own browser: what is as it was signed holds, whatever was altered on the way fails."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import ELSEWHERE

DONE = ".verdict-line[data-came]:not([data-came=running])"
NO_ED25519 = """
const real = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, key, algorithm, ...more) => algorithm.name === "Ed25519"
  ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))
  : real(format, key, algorithm, ...more);
"""


def verify(page, address, version):
    """Open a claim's page and verify one of its events; answers the verdict and what came of each step."""
    page.goto(address)
    page.locator(f"#event-{version} a.verify").click()
    return read(page, f"#event-{version} .auditing")


def read(page, panel=".auditing"):
    """Read what came of it: the verdict's word, and of each step how it went."""
    page.wait_for_selector(f"{panel} {DONE}")
    steps = page.locator(f"{panel} .result").evaluate_all("all => all.map(one => one.classList[1])")
    return page.get_attribute(f"{panel} .verdict-line", "data-came"), steps


HELD = ("good", ["held"] * 7)


def test_every_event_of_every_story_holds(site, visitor):
    """Each event, in whichever script, amended, struck or hostile, is verified by the reader's browser."""
    page = visitor.open(site)
    for name, count in (("meeting", 9), ("muscat", 9), ("hostile", 2)):
        for version in range(1, count + 1):
            assert HELD == verify(page, site.claims[name], version), (name, version, page.inner_text(".auditing"))
    assert f"in the log of size {site.read('/')['log_size']}" in page.inner_text(".auditing")


def alter(text, old, new):
    """Put one thing in another's place, which must be there."""
    assert old in text
    return text.replace(old, new, 1)


def turn(line):
    """Alter the first byte of what a line of base64 says."""
    return ("B" if line[0] != "B" else "C") + line[1:]


def replacing(old, new):
    """Give a way to answer with one thing in another's place."""

    def tamper(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=alter(answer.text(), old, new))

    return tamper


def in_line(text, number):
    """Alter a line of base64."""
    lines = text.split("\n")
    lines[number] = turn(lines[number])
    return "\n".join(lines)


def leave_out(text, which):
    """Take events out of evidence."""
    evidence = json.loads(text)
    del evidence["events"][which]
    return json.dumps(evidence)


def sign_other(text):
    """Alter the last signature."""
    head, _, signature = text.rpartition(" ")
    return f"{head} {signature[:20]}{turn(signature[20:])}"


ALTERED = [
    ("**/events/2.json", lambda t: alter(t, "diplomats", "ministers"), [4, 7], ""),
    ("**/events/2.json", lambda t: alter(t, '"salt":"', '"salt":"A'), [1], "expected salt: "),
    ("**/events/2.json", lambda t: alter(t, '"recorded_by":"', '"recorded_by":"x'), [4, 7], ""),
    ("**/events/2.json", lambda t: alter(t, '{"claim"', '{ "claim"'), [1], ""),
    ("**/events/2.json", lambda t: alter(t, '"v":1,', '"v":1,"v":1,'), [1], ""),
    ("**/events/2.json", lambda t: alter(t, '"version":2', '"version":3'), [1], ""),
    ("**/events/2.json", lambda t: alter(t, '"v":1,', '"u":0,"v":1,'), [1], "expected claim,data,recorded_at,"),
    ("**/log/proof*", lambda t: in_line(t, 2), [4], ""),
    ("**/log/proof*", lambda t: alter(t, "index ", "index 1"), [4], ""),
    ("**/log/proof*", lambda t: "\n".join(t.split("\n")[:2] + t.split("\n")[3:]), [4], ""),
    ("**/log/proof*", lambda t: in_line(t, t.split("\n").index("") + 3), [4, 5, 7], ""),
    ("**/log/proof*", sign_other, [5], "expected a signature of this text, got a signature of something else"),
    ("**/log/proof*", lambda _: "nothing of the kind", [4], ""),
    ("**/evidence", lambda t: alter(t, "three diplomats", "four diplomats"), [7], ""),
    ("**/evidence", lambda t: alter(t, '"regarding":2', '"regarding":3'), [7], ""),
    ("**/evidence", lambda t: leave_out(t, 3), [7], "/events/4, got "),
    ("**/evidence", lambda t: leave_out(t, slice(1, None)), [7], "expected 2, got 1"),
    ("**/evidence", lambda _: "nothing of the kind", [7], ""),
]


@pytest.mark.parametrize(("path", "change", "failed", "why"), ALTERED)
def test_what_was_altered_on_the_way_fails(site, visitor, path, change, failed, why):
    """An altered event, proof, checkpoint or signature is named by the step it fails at, with what was expected."""
    page = visitor.open(site)

    def tamper(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=change(answer.text()))

    page.route(path, tamper)
    verdict, steps = verify(page, site.claims["muscat"], 2)
    assert ("bad", failed) == (verdict, [n for n, how in enumerate(steps, 1) if how == "failed"]), steps
    assert why in page.inner_text("#event-2 .steps")
    assert page.locator(".told").count() == 0
    assert "NOT verified. Failed: step" in page.inner_text("#event-2 .verdict-line")
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("step", ["bytes", "commitment", "leaf", "inclusion", "signature", "growth", "later"])
def test_a_page_that_leaves_a_step_out_is_not_verified(site, visitor, step):
    """All the steps are asked for, in their order: without one of them, or with it elsewhere, nothing is verified."""
    page = visitor.open(site)
    for change in (
        "remove()",
        "parentNode.prepend(document.querySelector('[data-step=growth]'))",
        "dataset.step = 'x'",
    ):
        page.goto(f"{site.claims['meeting']}/events/4")
        page.evaluate(f"document.querySelector('[data-step={step}]').{change}")
        page.click("[data-run]")
        assert ("bad", []) == read(page)
        assert "bytes, commitment, leaf, inclusion, signature, growth, later" in page.inner_text(".verdict-line")
        assert page.locator(".told").count() == 0


def remember(page, site, **seen):
    """Have the browser remember a checkpoint of this record."""
    page.goto("/log")
    log = site.read("/log")
    memory = {"origin": log["origin"], "key": log["verifier_key"], "at": "2026-01-31T10:00:00.000Z", **seen}
    page.evaluate("memory => localStorage.setItem('onrecord-log', JSON.stringify(memory))", memory)


@pytest.mark.parametrize(
    ("seen", "failed", "told"),
    [
        ({"size": 20}, False, "it extends log size 20, seen 2026-01-31T10:00:00.000Z"),
        ({"size": 1}, False, "it extends log size 1"),
        ({"size": 10_000}, True, "at least log size 10000, seen 2026-01-31T10:00:00.000Z (the log shrank), got"),
        ({"size": 20, "root": b64encode(bytes(32)).decode()}, True, f"expected {b64encode(bytes(32)).decode()}, got"),
        ({"size": 20, "origin": "another.example/log"}, True, "expected another.example/log, got localhost/onrecord"),
        ({"size": 20, "key": "localhost/onrecord+00000000+AA=="}, True, "expected localhost/onrecord+00000000+AA=="),
    ],
)
def test_the_browser_remembers_what_it_saw(site, visitor, seen, failed, told):
    """A log that extends the one seen before holds; one that shrank, or was forked, or has another key, is told."""
    page = visitor.open(site)
    root = site.read(f"/log/root?size={min(seen['size'], 20)}")["root"]
    remember(page, site, **{"root": root, **seen})
    page.click("[data-run]")
    assert (("bad", ["held", "failed"]) if failed else ("good", ["held", "held"])) == read(page)
    assert told in page.inner_text(".steps")
    now = page.evaluate("JSON.parse(localStorage.getItem('onrecord-log')).size")
    assert now == (seen["size"] if failed else site.read("/")["log_size"])
    assert page.locator("[data-forget]").is_visible() == failed
    if failed:
        page.click("[data-forget]")
        page.get_by_text("this browser had seen no checkpoint of this record").wait_for()


def test_what_was_seen_stays_while_another_key_is_not_explained(site, visitor):
    """Where the log does not say how its key came to be another one, the browser remembers the one it saw."""
    page = visitor.open(site)
    other = "localhost/onrecord+00000000+AA=="
    remember(page, site, size=20, root=site.read("/log/root?size=20")["root"], key=other)
    page.route("**/log/keys", lambda route: route.fulfill(status=503))
    page.click("[data-run]")
    assert ("partly", ["held", "unchecked"]) == read(page)
    assert other == page.evaluate("JSON.parse(localStorage.getItem('onrecord-log')).key")
    visitor.expect("the server responded with a status of 503")


def test_a_key_that_was_replaced_is_followed(own_site, visitor):
    """A key that the one seen before names as its follower is taken; the log still holds."""
    page = visitor.open(own_site)
    page.goto("/log")
    page.click("[data-run]")
    assert ("good", ["held", "held"]) == read(page)
    own_site.run("log", "keygen", "--rotate")
    page.goto("/log")
    page.click("[data-run]")
    assert ("good", ["held", "held"]) == read(page)
    assert page.evaluate("JSON.parse(localStorage.getItem('onrecord-log')).key") == own_site.read("/")["verifier_key"]


def test_without_ed25519_it_is_said_that_nothing_was_checked(site, visitor):
    """Where a browser has no Ed25519, the signature is said not to have been checked, and the verdict says so."""
    page = visitor.open(site)
    page.add_init_script(NO_ED25519)
    expected = ("partly", [*["held"] * 4, "unchecked", "held", "unchecked"])
    assert expected == verify(page, site.claims["meeting"], 4)
    assert "the signature was NOT checked" in page.inner_text("#event-4 .steps")
    assert page.locator(".told").count() == 0  # nothing is told that is not proved


def test_over_plain_http_the_page_says_that_it_cannot(site, visitor):
    """Under a name that is not localhost, over http, the browser has no cryptography; the page says so in words."""
    elsewhere = replace(site, base=site.base.replace("127.0.0.1", ELSEWHERE))
    page = visitor.open(elsewhere)
    assert ("insecure", []) == verify(page, site.claims["meeting"], 4)
    assert "Open the page over https://" in page.inner_text("#event-4 .verdict-line")
    assert page.locator("#event-4 .by-hand pre").is_visible()
    visitor.expect("The Cross-Origin-Opener-Policy header has been ignored")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_came_of_it_is_for_everybody(site, visitor, scheme):
    """By keyboard: focus on the steps, a status says what came; axe finds nothing; nothing runs out of 320 pixels."""
    page = visitor.open(site, color_scheme=scheme, viewport={"width": 320, "height": 800})
    page.goto(site.claims["muscat"])
    page.locator("#event-3 a.verify").focus()
    page.keyboard.press("Enter")
    assert HELD == read(page, "#event-3 .auditing")
    assert page.evaluate("document.activeElement.id") == "verify-title-3"
    assert (
        page.locator("#event-3 [role=status]").all_inner_texts()
        == page.locator("#event-3 .verdict-line").all_inner_texts()
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert HELD == read(page, "#event-3 .auditing")
    assert [] == [v["id"] for v in Axe().run(page).response["violations"]]
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_without_javascript_the_same_place_has_the_evidence_and_the_commands(site, visitor, tmp_path):
    """With JavaScript off, *verify* leads to the evidence and the commands, and the program verifies the evidence."""
    page = visitor.open(site, java_script_enabled=False)
    page.goto(site.claims["meeting"])
    page.locator("#event-4 a.verify").click()
    page.wait_for_url("**/events/4#verify-4")
    assert not page.locator("[data-run]").is_visible()
    commands = page.locator(".by-hand pre").inner_text()
    assert f"curl -s {site.base}{site.claims['meeting']}/evidence -o evidence.json" in commands
    key = commands.rsplit("'", 2)[1]
    (tmp_path / "evidence.json").write_text(site.ask("GET", f"{site.claims['meeting']}/evidence")[2], encoding="utf-8")
    (tmp_path / "verify.py").write_text(site.ask("GET", "/log/verify.py")[2], encoding="utf-8")
    command = [sys.executable, "verify.py", "evidence.json", key]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - as shown
    assert "Verified: versions 1 to 9 of claim " in done.stdout, done.stderr
