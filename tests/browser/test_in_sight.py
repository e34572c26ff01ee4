"""What is marked as a member is in the reader's sight, and all the words beside it are told as not compared."""

from __future__ import annotations

import pytest

from tests.browser.story import SOURCE
from tests.browser.test_shown_members import CLAIM, PARTY, TOLD

EVENT = f"/claims/{CLAIM}/events/2"
BACK = {"party": PARTY, "summary": "We take it back.", "regarding": 2, "source": SOURCE}
HIDDEN = "expected summary: “Relations in general were spoken of.” to be shown, got it hidden"
# Ways to take an element out of sight, and to put another in its place.
OUT_OF_SIGHT = [
    "real.hidden = true",
    "real.style.display = 'none'",
    "real.style.visibility = 'hidden'",
    "real.style.opacity = '0.01'",
    "real.style.color = 'transparent'",
    "real.style.fontSize = '0'",
    "real.style.fontSize = '1px'",
    "real.style.transform = 'scale(0)'",
    "real.style.clipPath = 'inset(50%)'",
    "real.style.filter = 'opacity(0)'",
    "real.style.textIndent = '-9999px'",
    "Object.assign(real.style, { position: 'absolute', left: '-9999px' })",
    "Object.assign(real.style, { height: '0', overflow: 'hidden' })",
    "real.className = 'visually-hidden'",
    "real.innerHTML = 'Relations in <i hidden>general</i> were spoken of.'",
    "const fold = document.createElement('details'); real.before(fold); fold.append(real)",
    "const fold = document.createElement('details'); fold.open = true; real.before(fold); fold.append(real)",
]
ALTER = """change => {
  const real = document.querySelector(".event p.summary");
  real.insertAdjacentHTML("beforebegin", '<p class="summary">Yes, missiles.</p>');
  new Function("real", change)(real);
}"""
BESIDE = [
    # The words of the label between two members, one word more, and one taken out.
    (
        """() => {
          const walker = document.createTreeWalker(document.querySelector(".event"), NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            walker.currentNode.data = walker.currentNode.data.replace("on behalf of", "against");
          }
        }""",
        "“against”",
        "“on behalf of”",
    ),
    (
        """() => document.querySelector(".event .details")
          .insertAdjacentHTML("beforeend", "<li>cate<b>gorical</b></li>")""",
        "“categorical”",
        "no such word",
    ),
    ("""() => document.querySelector(".event .fate").remove()""", "“Recorded”", "Withdrawn by event"),
    (
        """() => document.querySelector(".event p.summary")
          .insertAdjacentHTML("beforebegin", "<p>Yes, missiles.</p>")""",
        "“Yes, missiles.”",
        "no such word",
    ),
]


@pytest.fixture
def page(own_site, visitor):
    """Open a browser on a record of one statement, which was taken back."""
    body = {
        "text": "They met.",
        "lang": "en",
        "id": CLAIM,
        "events": [{"type": "confirmed", "data": TOLD}, {"type": "retracted", "data": BACK}],
    }
    status, _, answer = own_site.ask("POST", "/claims", body, token=own_site.tokens["editor"])
    assert status == 201, answer
    own_site.run("log", "publish")
    return visitor.open(own_site)


def verify(page):
    """Verify; answers the verdict's word, its line, and what is told of the words."""
    page.click("[data-run]")
    page.wait_for_selector(".verdict-line[data-came]:not([data-came=running])")
    line = page.locator(".verdict-line")
    return line.get_attribute("data-came"), line.inner_text(), page.inner_text("[data-step=words] .result")


def test_a_member_out_of_sight_is_not_verified(page):
    """Hidden in any way, with other words shown in its place, a member fails by name; the other words are told."""
    for change in OUT_OF_SIGHT:
        page.goto(EVENT)
        page.evaluate(ALTER, change)
        came, line, words = verify(page)
        assert ("bad", True) == (came, "NOT verified. Failed: step 2." in line), (change, words)
        assert HIDDEN in words, (change, words)
        assert page.locator("p.summary", has_text="missiles").is_hidden() or "“Yes, missiles.”" in words, change


def test_what_is_marked_as_no_member_is_told_as_not_compared(page):
    """Words beside the members are listed as they stand, and the verdict says that they were not compared."""
    for change, there, gone in BESIDE:
        page.goto(EVENT)
        _, _, words = verify(page)
        was = words.partition("Shown with the event, but not compared: ")[2]
        assert all(label in was for label in ("Withdrawn by event 3", "“on behalf of”", "“Which part:”")), words
        page.evaluate(change)
        came, line, words = verify(page)
        told = words.partition("Shown with the event, but not compared: ")[2]
        assert ("good", True, False) == (came, there in told, gone in told), (change, words)
        assert line.endswith("The other words shown with it were not compared: step 2 lists them too.")


def test_what_is_folded_away_stays_so(page):
    """Whoever verifies an event finds it folded as it was."""
    page.goto(EVENT)
    folds = "[...document.querySelectorAll('.event details')].map(one => one.open)"
    page.evaluate("document.querySelector('.event-body').insertAdjacentHTML('beforeend', '<details>Inside.</details>')")
    assert verify(page)[0] == "good"
    assert page.evaluate(folds) == [False]
    assert "Inside." in page.inner_text("[data-step=words] .result")
