"""TimelineJS JSON: the published fields, dates as written, parties as groups, nothing that acts."""

from __future__ import annotations

import re
from html import unescape

import jsonschema
import pytest

from tests.builders import MID, said
from tests.formats import hostile
from tests.formats.conftest import ERASED
from tests.formats.published import TIMELINE
from tests.web.newsroom import CLAIM, CLAIM_ID, TEXT, append, open_claim


def test_a_timeline_has_the_published_fields(given, client):
    """A claim's timeline, and a list's, have the fields that TimelineJS documents, and ids told apart."""
    for timeline in (given("timelinejs").json, client.get("/claims?format=timelinejs").json):
        jsonschema.validate(timeline, TIMELINE)
        ids = [timeline["title"]["unique_id"], *(event["unique_id"] for event in timeline["events"])]
        assert len(ids) == len(set(ids))


def test_each_statement_is_a_slide_of_its_party(given):
    """What was said stands at its date as written, under its party; amended events read as amended."""
    timeline = given("timelinejs").json
    assert timeline["title"]["text"]["headline"] == TEXT
    shown = [(e["unique_id"][-2:].strip("-"), e["group"], e["display_date"]) for e in timeline["events"]]
    assert shown == [
        ("1", "onrecord", "recorded 2026-01-31 UTC"),
        ("2", "The Paper", "2025-12-2X"),
        ("3", "Russian Foreign Ministry", "2025-12-21"),
        ("4", "South Korean Foreign Ministry", "2025-12-22~"),
        ("7", "South Korean Foreign Ministry", "2026-01-02"),
        ("11", "South Korean Foreign Ministry", "undated; recorded 2026-01-31 UTC"),
        ("12", "A Scholar", "undated; recorded 2026-01-31 UTC"),
    ]
    texts = {e["unique_id"][-2:].strip("-"): e["text"] for e in timeline["events"]}
    told = "South Korean Foreign Ministry neither confirmed nor denied: We neither confirm nor deny."
    assert told == texts["4"]["headline"]
    assert "<p>This entry was amended.</p>" in texts["4"]["text"]
    assert "<p>This was withdrawn later.</p>" in texts["7"]["text"]
    assert '<a href="https://wire.example/1">The Wire: They met</a>' in texts["2"]["text"]


@pytest.mark.parametrize(
    ("said_on", "start", "end"),
    [
        ("2025-12-21", (2025, 12, 21), None),
        ("2025-12", (2025, 12, 1), (2025, 12, 31)),
        ("../2025-12-21", (2025, 12, 21), None),
        ("2020-12/..", (2020, 12, 1), None),
        ("-0043-03-15", (-43, 3, 15), None),
    ],
)
def test_a_vague_date_has_bounds(client, desk, said_on, start, end):
    """A slide begins and ends at the bounds of its date, and shows it as written."""
    open_claim(desk, said("denied", MID, said_on=said_on))
    slide = client.get(f"{CLAIM}?format=timelinejs").json["events"][1]
    found = [tuple(slide[name].values()) if name in slide else None for name in ("start_date", "end_date")]
    assert [said_on, start, end] == [slide["display_date"], *found]


def test_what_is_gone_is_not_shown(given):
    """What was struck, redacted or amended away is nowhere; before that it was there."""
    assert [text for text in ERASED if text in given("timelinejs").text] == []
    assert [ERASED[1], ERASED[2]] == [text for text in ERASED[1:] if text in given("timelinejs", as_of="7").text]


def test_what_nobody_spoke_is_told_as_a_translation(client, desk):
    """Words that a desk translated are in no place given as those that were spoken, whatever the form."""
    quote = {"text": "我们没有会见。", "lang": "zh", "translation": "We did not meet.", "translated_by": "desk"}
    data = said("denied", quote=quote)[1]
    open_claim(desk, ("denied", {name: data[name] for name in data if name != "summary"}))
    slide = client.get(f"{CLAIM}?format=timelinejs").json["events"][1]["text"]
    assert slide["headline"] == "Russian Foreign Ministry denied: “We did not meet.” (translated)."
    assert slide["text"].startswith("<p>“我们没有会见。”</p><p>Translated: “We did not meet.”</p>")
    assert client.get(f"{CLAIM}.feed").json["items"][0]["title"] == slide["headline"]
    opinions = [one for one in client.get(f"{CLAIM}?format=stix").json["objects"] if one["type"] == "opinion"]
    assert [one["explanation"] for one in opinions] == ["“We did not meet.” (translated)"]


def test_a_past_moment_is_shown_as_it_was(given, client):
    """Under `as_of` and `said_until` a timeline holds what the claim held, and says of which moment it is."""
    groups = [event["group"] for event in given("timelinejs", as_of="3").json["events"]]
    assert groups == ["onrecord", "The Paper", "Russian Foreign Ministry"]
    told = "<p>Standing: Denied (as of 31 Jan 2026, 10:02 UTC).</p>"
    for timeline in (given("timelinejs", as_of="3"), client.get("/claims?format=timelinejs&as_of=3")):
        assert told == timeline.json["title"]["text"]["text"]
    until = [event["group"] for event in given("timelinejs", said_until="2025-12-21").json["events"]]
    assert until == ["onrecord", "The Paper", "Russian Foreign Ministry", "A Scholar"]


def test_hostile_text_stays_text(client, desk):
    """TimelineJS shows `headline` and `text` as HTML, `group` and `display_date` after undoing escapes: no markup."""
    assert desk.post("/claims", json={"text": hostile.TEXT, "id": CLAIM_ID}).status_code == 201
    assert append(desk, ("denied", hostile.SPOKEN)).status_code == 201
    timeline = client.get(f"{CLAIM}?format=timelinejs").json
    texts = [slide["text"][name] for slide in (timeline["title"], *timeline["events"]) for name in ("headline", "text")]
    assert {"p", "a"} >= set(re.findall(r"<\s*/?\s*([a-z]+)", " ".join(texts)))
    assert {f"http://localhost{CLAIM}/events/2"} == set(re.findall(r'href="([^"]*)"', " ".join(texts)))
    labels = [event[name] for event in timeline["events"] for name in ("group", "display_date")]
    assert [label for label in labels if "<" in unescape(unescape(label))] == []
