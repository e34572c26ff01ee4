"""The panel tells what the verified bytes say, all of it and nothing of the page; and which later events name it."""

from __future__ import annotations

import json
import re

from tests.browser.story import IRAN, MUSCAT, SOURCE
from tests.browser.test_verifying import HELD, leave_out, read, replacing, verify

UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x09\x0b-\x1f\x7f-\x9f\uffff]")
# Of each event that a panel tells: its heading, and its members with their values.
TELL = """panel => [...document.querySelectorAll(`${panel} .told :is(h4, summary)`)].map(heading => {
  let list = heading;
  while (list.tagName !== "DL") list = list.nextElementSibling;
  const terms = [...list.querySelectorAll("dt")];
  return [heading.textContent, Object.fromEntries(terms.map(one => [one.textContent, one.nextSibling.textContent]))];
})"""


def told(page, panel=".auditing"):
    """Read what the panel tells of the verified bytes: of each event its heading, and its members with their values."""
    return page.evaluate(TELL, panel)


def flatten(value, at=""):
    """Write each member by its place, as plain text."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not inside:
        return {at: value if isinstance(value, str) else json.dumps(value)}
    return {k: v for name, one in inside for k, v in flatten(one, f"{at}/{name}" if at else str(name)).items()}


def test_the_panel_tells_all_that_was_signed(site, visitor):
    """Each member of an event is told as it stands in the bytes, in every script, with what the eye would miss."""
    page = visitor.open(site)
    for name, version in (("meeting", 4), ("muscat", 3), ("muscat", 4), ("hostile", 1), ("hostile", 2)):
        assert HELD == verify(page, site.claims[name], version)
        event = site.read(f"{site.claims[name]}/events/{version}.json")
        expected = {k: UNSEEN.sub(lambda m: f"U+{ord(m[0]):04X}", v) for k, v in flatten(event).items()}
        assert [f"Event {version} as it was signed", expected] == told(page, f"#event-{version} .auditing")[0]
    assert "U+202E" in page.inner_text(".told dl")
    assert page.locator(".told dd:not([dir=auto])").count() == 0
    assert page.locator(".told :is(b, i, img, script, a)").count() == 0


def test_the_events_that_name_an_event_are_told_with_it(site, visitor):
    """Of an amended event the first logging is told, and the amendment below it; of a struck one, what struck it."""
    page = visitor.open(site)
    for version, later, type_, member, text in (
        (2, 8, "amended", "data/statement/summary", "They met, three diplomats said."),
        (7, 9, "struck", "data/reason", "It was said of another meeting."),
    ):
        assert HELD == verify(page, site.claims["muscat"], version)
        (first, own), (second, naming) = told(page, f"#event-{version} .auditing")
        assert first == f"Event {version} as it was signed"
        assert second == f"Event {later} ({type_}), which names this one, as it was signed"
        assert ("1", str(version)) == (own["v"], naming["data/regarding"])
        assert (type_, text) == (naming["type"], naming[member])
    assert "the claim’s events 1 to 9; of those after this one, event 9 names it" in page.inner_text("#event-7 .steps")


def redact(site, version, last=9):
    """Erase an event of the Muscat claim, and have that signed."""
    mend(site, "redacted", last, regarding=version, reason="A name.", authority="The editor")


def mend(site, type_, last=9, **data):
    """Mend the Muscat claim, and have that signed."""
    item = {"claim": MUSCAT, "type": type_, "data": data, "if_match": last}
    assert site.ask("POST", "/events", {"events": [item]}, token=site.tokens["editor"])[0] == 201
    site.run("log", "publish")


def test_what_was_erased_is_still_proved(own_site, visitor):
    """Of a redacted event the commitment cannot be looked at; the rest holds, and it is told which event erased it."""
    redact(own_site, 3)
    page = visitor.open(own_site)
    assert ("good", ["held", "unchecked", *["held"] * 5]) == verify(page, own_site.claims["muscat"], 3)
    assert "the words were erased" in page.inner_text("#event-3 .steps")
    assert "its words were erased by event 10" in page.inner_text("#event-3 .verdict-line")
    (_, own), (_, erasing) = told(page, "#event-3 .auditing")
    assert ("10", False) == (own["redacted"], any(name.startswith("data/") for name in own))
    assert ("redacted", "3", "The editor") == (erasing["type"], erasing["data/regarding"], erasing["data/authority"])


def test_of_words_that_were_erased_nobody_can_tell_what_they_named(own_site, visitor):
    """An event whose words were erased may have taken back another: it is said which, and never that none did."""
    mend(own_site, "retracted", party=IRAN, summary="We never said so.", source=SOURCE, regarding=3)
    page = visitor.open(own_site)
    verify(page, own_site.claims["muscat"], 3)
    assert "of those after this one, event 10 names it" in page.inner_text("#event-3 .steps")
    redact(own_site, 10, 10)
    for version, told in (
        (3, "of those after this one that have their words, none names it"),
        (7, "of those after this one, event 9 names it"),
    ):
        assert HELD == verify(page, own_site.claims["muscat"], version)
        lost = "the words of event 10 were erased, so whether it named this one nobody can tell"
        assert f"{told}; {lost}" in page.inner_text(f"#event-{version} .steps")
    redact(own_site, 6, 11)
    verify(page, own_site.claims["muscat"], 3)
    lost = "the words of events 6, 10 were erased, so whether they named this one nobody can tell"
    assert lost in page.inner_text("#event-3 .steps")


def test_the_amendments_that_a_redaction_erased_are_known(own_site, visitor):
    """A redaction says which event the amendments that it erased were of, so nothing is left to guess at."""
    redact(own_site, 2)
    page = visitor.open(own_site)
    assert HELD == verify(page, own_site.claims["muscat"], 1)
    told = page.inner_text("#event-1 .steps")
    assert "none names it; the words of event 2 were erased, so whether it named this one nobody can tell" in told
    verify(page, own_site.claims["muscat"], 2)
    assert "nobody can tell" not in page.inner_text("#event-2 .steps")


def test_of_an_amendment_that_was_erased_alone_it_is_known_what_it_amended(own_site, visitor):
    """The redaction names the event that the amendment was of, and is told with it; of no other it is in doubt."""
    redact(own_site, 8)
    page = visitor.open(own_site)
    for version, naming in ((2, "event 10 names it"), (3, "none after this one names it")):
        assert HELD == verify(page, own_site.claims["muscat"], version)
        steps = page.inner_text(f"#event-{version} .steps")
        assert (naming in steps, "nobody can tell" in steps) == (True, False), steps
    redact(own_site, 2, 10)
    assert ("good", ["held", "unchecked", *["held"] * 5]) == verify(page, own_site.claims["muscat"], 2)
    assert "its words were erased by event 11" in page.inner_text("#event-2 .verdict-line")


def test_several_events_that_name_an_event_are_called_events(own_site, visitor):
    """Numbers of events never read as counts: of one it is told which event, of more which events."""
    mend(own_site, "struck", regarding=2, reason="Twice logged.")
    page = visitor.open(own_site)
    verify(page, own_site.claims["muscat"], 2)
    assert "of those after this one, events 8, 10 name it" in page.inner_text("#event-2 .steps")


def test_a_redaction_that_is_told_and_not_there_fails(own_site, visitor):
    """Whichever event a page says that it was erased by, has to have erased it."""
    redact(own_site, 3)
    page = visitor.open(own_site)
    for path in ("**/events/3.json", "**/evidence"):
        page.route(path, replacing('"redacted":10', '"redacted":9'))
    verdict, steps = verify(page, own_site.claims["muscat"], 3)
    assert ("bad", ["held", "unchecked", *["held"] * 4, "failed"]) == (verdict, steps)
    assert "expected 9, got 10" in page.inner_text("#event-3 .steps")


def test_a_redaction_that_is_not_signed_yet_is_waited_for(own_site, visitor):
    """Where the event that erased the words is not in the evidence yet, that is said, and nothing failed."""
    redact(own_site, 3)
    page = visitor.open(own_site)
    page.route("**/evidence", lambda route: route.fulfill(body=leave_out(route.fetch().text(), 9)))
    verdict, steps = verify(page, own_site.claims["muscat"], 3)
    assert ("partly", ["held", "unchecked", *["held"] * 4, "unchecked"]) == (verdict, steps)
    assert "the event that erased the words is not signed yet" in page.inner_text("#event-3 .steps")


def test_a_page_with_other_words_is_told_the_true_ones(site, visitor):
    """What the page shows elsewhere is not compared, and it is said; the panel tells the words that were signed."""
    page = visitor.open(site)
    page.route(f"**{site.claims['meeting']}", replacing("</h1>", "!</h1><p>Nobody was met.</p>"))
    assert HELD == verify(page, site.claims["meeting"], 4)
    signed = site.read(f"{site.claims['meeting']}/events/4.json")["data"]
    page.evaluate("document.querySelector('#event-4 .event-who').textContent = 'Everybody confirmed.'")
    page.click("#event-4 [data-run]")
    assert HELD == read(page, "#event-4 .auditing")
    (_, members), *_ = told(page, "#event-4 .auditing")
    assert (signed["party"]["name"], "denied") == (members["data/party/name"], members["type"])
    assert "What this page shows elsewhere was not compared with it" in page.inner_text("#event-4 .told")
    line = page.inner_text("#event-4 .verdict-line")
    assert line.startswith("The log holds this event, in these words: verified in this browser, in the log of size ")
