"""Tell the story of the Moscow contact, 31 events on seven claims, and hold the claims to what it must give."""

import json
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest

from tests.builders import MID, MOFA, OPENED, open_claim, position, record, replayed, stands

STORY = Path(__file__).parents[2] / "service" / "stories" / "moscow-contact.jsonl"
PRESS = {"name": "Initial press reports", "kind": "media"}
SOURCES = {"name": "Unnamed sources", "kind": "other"}
NEWS1 = {"name": "News1 Global", "kind": "media", "country": "KR"}


def claim_id(ref):
    """Give the id of a claim that the story calls `ref:NAME`."""
    return uuid5(NAMESPACE_URL, f"https://onrecord.invalid/claims/{ref.removeprefix('ref:')}")


def read_story():
    """Read the story's events: claim, type and payload, links by id."""
    for line in STORY.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["type"] == OPENED[0] or "claim" not in item["data"]:
            data = item["data"]
        else:
            data = {**item["data"], "claim": str(claim_id(item["data"]["claim"]))}
        yield item["claim"].rpartition("/")[2], claim_id(item["claim"]), (item["type"], data)


@pytest.fixture(scope="module")
def claims():
    """Tell the whole story under the rules of today, duplicates refused."""
    told = {}

    def links_of(target: UUID):
        return next((stands(claim)["links"] for claim in told.values() if claim.id == target), None)

    for name, id_, event in read_story():
        if event[0] == "opened":
            told[name] = open_claim(event, id_)
        else:
            record(told[name], event, links_of=links_of, allow_duplicate=False)
    return told


def test_the_story_is_31_events_on_seven_claims(claims):
    """Everything in the story enters the record under the rules."""
    assert {name: claim.version for name, claim in claims.items()} == {
        "meeting": 9,
        "talks": 5,
        "invitation": 4,
        "track": 3,
        "motive": 4,
        "troops": 3,
        "severed": 3,
    }


def test_where_each_claim_of_the_story_stands(claims):
    """The denials stand beside what they concede and what they leave open; no party turned."""
    standings = {name: (stands(claim)["standing"], stands(claim)["because"]) for name, claim in claims.items()}
    assert standings == {
        "meeting": ("denied", {"rule": "denied", "events": [4], "partial": False}),
        "talks": ("denied", {"rule": "denied", "events": [4], "partial": True}),
        "invitation": ("reported", {"rule": "reported", "events": [3], "partial": False}),
        "track": ("reported", {"rule": "reported", "events": [3], "partial": False}),
        "motive": ("reported", {"rule": "reported", "events": [3], "partial": False}),
        "troops": ("reported", {"rule": "reported", "events": [3], "partial": False}),
        "severed": ("reported", {"rule": "reported", "events": [3], "partial": False}),
    }
    changes = [stands(claim)[what] for claim in claims.values() for what in ("reversals", "shifts", "withdrawals")]
    assert changes == [[]] * 21


def test_the_meeting_is_denied_by_one_and_left_open_by_another(claims):
    """The ministry in Moscow denies and concedes a visit, the one in Seoul withholds; two assertions, two origins."""
    answer = stands(claims["meeting"])
    assert answer["positions"] == [
        position(PRESS, "asserts", 2),
        position(SOURCES, "asserts", 3),
        position(MID, "denies", 4, concedes=[5]),
        position(MOFA, "withholds", 6),
    ]
    assert answer["partly"] == {"affirmed": [5], "disputed": []}
    assert answer["by_country"] == {"KR": ["withholds"], "RU": ["denies"]}
    assert (answer["origins"], answer["single_source"]) == (2, False)


def test_the_talks_are_denied_in_part(claims):
    """A rival account is a partial denial; the claim is an aspect of the meeting."""
    answer = stands(claims["talks"])
    assert answer["positions"] == [
        position(NEWS1, "asserts", 3),
        position(MID, "denies", 4, partial=True),
        position(MOFA, "withholds", 5),
    ]
    assert answer["partly"] == {"affirmed": [], "disputed": [4]}
    assert answer["links"] == [{"relation": "aspect_of", "claim": str(claims["meeting"].id)}]
    assert (answer["origins"], answer["single_source"]) == (1, True)


def test_the_meeting_was_only_reported_once(claims):
    """After its first three events the meeting stands `reported`; then it is denied, and stays so."""
    history = claims["meeting"].history
    passed = [stands(replayed(history[:n]))["standing"] for n in range(1, 10)]
    assert passed == ["opened", "reported", "reported", "denied", "denied", "denied", "denied", "denied", "denied"]


def test_only_dated_words_had_surely_been_said_by_the_sunday(claims):
    """Of the undated article only the dated statement counts by a date; what it concedes is part of it."""
    answer = stands(claims["meeting"], said_until="2025-12-21")
    assert answer["positions"] == [position(MID, "denies", 4, concedes=[5])]
    assert stands(claims["meeting"], said_until="2025-12-20")["positions"] == []
