"""How a claim is worded, and was: what a rewording changed, and how claims that are linked read."""

from __future__ import annotations

import re

from tests.builders import MOFA, assessed, kept, said
from tests.web.browsing import Page, browse, fields_of, send, tick
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER, OTHER_ID, append, batch, mend, open_claim

ABOUT = {"place": "Moscow", "occurred_on": "2025-12-2X"}
REWORDED = kept("reworded", text="They met.", topics=["talks"], about={"place": "Sochi", "participants": [MOFA]})
CHANGED = (
    "Wording An official met the envoy in Moscow. → They met. Topics nothing → talks "
    "When it is to have happened some time from 20 Dec 2025 to 29 Dec 2025 → nothing Where Moscow → Sochi "
    "Said to take part nothing → South Korean Foreign Ministry (KR)"
)


def test_a_rewording_is_shown_member_by_member(desk, client):
    """Old and new stand side by side, in words, on the claim's page and between two moments; nothing is JSON."""
    open_claim(desk, about=ABOUT)
    assert mend(desk, REWORDED, 1).status_code == 201
    history = browse(client, CLAIM).text.partition("What is on record")[2]
    assert f"Claim reworded {CHANGED} Reason: It was logged wrongly." in history
    change = browse(client, f"{CLAIM}/versions/2?diff=1")
    assert f"Claim reworded {CHANGED} Who moved Nobody moved." in change.text
    assert '<del><bdi lang="en">An official met the envoy in Moscow.</bdi></del>' in change.html
    assert "{" not in change.text


def test_a_rewording_that_was_erased_changed_nothing_that_is_shown(desk, client):
    """Of an erased wording nothing is shown, neither as the new one nor as the old one of the next."""
    open_claim(desk)
    mend(desk, kept("reworded", text="A name in it."), 1)
    mend(desk, kept("reworded", text="They met."), 2)
    assert "A name in it. → They met." in browse(client, CLAIM).text
    assert mend(desk, kept("redacted", regarding=2), 3).status_code == 201
    page = browse(client, CLAIM).text
    assert "A name in it." not in page
    assert "Wording An official met the envoy in Moscow. → They met." in page


def test_a_linked_claim_is_shown_by_its_text(desk, client):
    """Wherever a link is told it reads as the other claim reads, of the same moment, and leads to it."""
    open_claim(desk, said("denied"))
    open_claim(desk, id_=OTHER_ID, text="대표단이 모스크바를 방문했다.", lang="ko")
    assert append(desk, ("linked", {"relation": "context", "claim": OTHER_ID})).status_code == 201
    link = f'<a href="{OTHER}"><bdi lang="ko">대표단이 모스크바를 방문했다.</bdi></a>'
    pages = {path: browse(client, path).html for path in (CLAIM, f"{CLAIM}/events/3", f"{CLAIM}/versions/3?diff=2")}
    assert {path: html.count(link) for path, html in pages.items()} == {
        CLAIM: 2,  # among what it is about, and in the history
        f"{CLAIM}/events/3": 1,
        f"{CLAIM}/versions/3?diff=2": 1,
    }
    mend(desk, kept("reworded", text="A delegation went.", lang="en"), 1, OTHER)
    now, then = browse(client, CLAIM).text, browse(client, f"{CLAIM}/versions/3").text
    assert ("A delegation went." in now, "대표단이" in now) == (True, False)
    assert ("A delegation went." in then, "대표단이" in then) == (False, True)


def test_a_link_that_was_removed_is_still_told(desk, client):
    """Of a claim that is not linked any more the history names the id, and leads to it."""
    open_claim(desk)
    open_claim(desk, id_=OTHER_ID, text="Another.")
    for type_ in ("linked", "unlinked"):
        append(desk, (type_, {"relation": "context", "claim": OTHER_ID}))
    html = browse(client, CLAIM).html
    assert re.findall(f'href="{OTHER}">([^<]+)', html) == [f"Claim {OTHER_ID[:8]}"] * 2


def test_a_linked_claim_can_be_reached_from_every_list(desk, client):
    """Where the other claim is told as it stands now, of an utterance or in a list, each link leads there."""
    breath = {"claim": CLAIM_ID, "type": "denied", "data": said("denied", utterance="u1")[1]}
    open_claim(desk)
    open_claim(desk, ("linked", {"relation": "context", "claim": CLAIM_ID}), id_=OTHER_ID, text="They met.")
    assert batch(desk, breath, {**breath, "claim": OTHER_ID}).status_code == 201
    pages = [browse(client, path) for path in ("/events", f"{CLAIM}/events/2", f"{OTHER}/events/2", OTHER)]
    led = {href.partition("#")[0] for page in pages for href in page.all("href", "a") if href.startswith("/")}
    assert {CLAIM, OTHER} <= led
    assert {href: status for href in led if (status := client.get(href).status_code) >= 400} == {}


def test_a_rewording_is_advised_of_like_a_new_claim(desk, hire):
    """Negated, or as another claim says it, a new wording is to be looked at first; the claim is not alike itself."""
    open_claim(desk)
    open_claim(desk, id_=OTHER_ID, text="Another official met another envoy in Sochi.")
    editor, form = hire("editor-a"), f"{CLAIM}/log/reword"
    page = browse(editor, form)
    assert "Before you record it" not in page.text
    assert f"/claims/new?of={CLAIM_ID}" in page.html
    typed = browse(editor, f"/claims/new?of={CLAIM_ID}&text=An+official+never+met+the+envoy+in+Moscow.").text
    assert ("Before you record it It seems negated." in typed, "On record already?" in typed) == (True, False)
    fields = fields_of(page) | {"reason": "Clearer.", "text": "Another official met another envoy in Sochi."}
    held = send(editor, form, fields)
    assert (409, ["sure/claim/text"]) == (held.status_code, [*tick(held)])
    fields |= {"text": "An official never met the envoy in Moscow."}
    held = send(editor, form, fields)
    assert (409, ["sure/wording/text"]) == (held.status_code, [*tick(held)])
    assert "Before you record it: It seems negated." in Page(held.text).text
    assert send(editor, form, fields | tick(held)).status_code == 303


def test_a_claim_that_is_reworded_keeps_a_text(desk, hire):
    """Whoever empties the text is told at its field that it is needed, and not that nothing was changed."""
    open_claim(desk)
    editor = hire("editor-a")
    fields = fields_of(browse(editor, f"{CLAIM}/log/reword"))
    page = Page(send(editor, f"{CLAIM}/log/reword", {**fields, "text": " ", "reason": "Shorter."}).text)
    assert "Nothing was recorded Some of what was sent is not valid. The claim : This is needed." in page.text
    assert "Nothing is reworded" not in page.text


def test_who_is_said_to_take_part_is_asked_for(desk, hire):
    """Of a new claim and of a new wording; a party on record brings its kind along, blank lines are left out."""
    open_claim(desk, said("ncnd", MOFA))
    editor = hire("editor-a")
    about = {"about/participants/0/name": MOFA["name"], "about/participants/2/name": "Oleg Burmistrov"}
    fields = {"text": "Two officials met in Sochi.", "lang": "en", **about}
    refused = Page(send(editor, "/claims/new", {**fields, "key": "a-form-of-the-test"}).text)
    assert "Said to take part (2): Kind : This is needed." in refused.text
    told = {"about/participants/1/kind": "person", "about/participants/1/country": "ru"}
    sent = send(editor, "/claims/new", fields_of(refused) | told)
    assert sent.status_code == 303, sent.text
    other = sent.headers["Location"]
    burmistrov = {"name": "Oleg Burmistrov", "kind": "person", "country": "RU"}
    assert editor.get(other).json["about"]["participants"] == [MOFA, burmistrov]
    form = fields_of(browse(editor, f"{other}/log/reword")) | {"about/participants/0/name": "", "reason": "Not named."}
    form |= {"about/participants/0/kind": "", "about/participants/0/country": ""}
    assert send(editor, f"{other}/log/reword", form).status_code == 303
    assert editor.get(other).json["about"]["participants"] == [burmistrov]


def test_an_assessment_has_its_rating_and_its_assessor_from_the_form(desk, hire):
    """A published verdict is recorded with its scale; whoever assessed before brings kind and country along."""
    scholar = {"name": "A Scholar", "kind": "analyst", "country": "CH"}
    open_claim(desk, assessed(by=scholar))
    rating = {"text": "Mostly true", "value": 4, "worst": 1, "best": 5, "url": "https://check.example/1"}
    fields = {"type": "assessed", "party/name": "A Scholar", "summary": "So.", "source/publisher": "The Check"}
    fields |= {f"rating/{name}": str(value) for name, value in rating.items()}
    wrong = Page(send(hire("editor-a"), f"{CLAIM}/log", {**fields, "rating/value": "6", "key": "one-of-the-test"}).text)
    assert "Rating (value) : " in wrong.text
    assert send(hire("editor-b"), f"{CLAIM}/log", {**fields, "key": "another-of-the-test"}).status_code == 303
    data = desk.get(f"{CLAIM}/events/3").json["data"]
    assert (data["by"], data["rating"]) == (scholar, rating)


def test_topics_are_told_apart_by_semicolons_too(hire):
    """Topics are written with commas or semicolons between, as a table has them."""
    editor = hire("editor-a")
    fields = {"key": "first-form", "text": "A delegation visited Moscow.", "lang": "en", "topics": "truce; hungary, x"}
    opened = editor.get(send(editor, "/claims/new", fields).headers["Location"], headers={"Accept": "application/json"})
    assert opened.json["topics"] == ["truce", "hungary", "x"]
