"""`onrecord show`: a claim as an account, with its events as the record reads them."""

from __future__ import annotations

import json

import click
import pytest

from domain.claim import Claim
from service.cli.account import describe_standing, write_account
from service.cli.history import read_events
from tests.builders import KREMLIN, MOFA, asked, given, kept, said, stands

MEETING = "ref:moscow-contact/meeting"
CONCESSION = {
    "type": "acknowledged",
    "statement": {
        "party": {"name": "Russian Foreign Ministry", "kind": "ministry", "country": "RU"},
        "summary": "There was a visit.",
        "extent": "partial",
        "said_on": "2025-12-22",
        "source": {"publisher": "Example Wire"},
    },
}


@pytest.fixture
def mend(served, onrecord, monkeypatch):
    """Mend the record of the meeting, as an editor at its present version."""
    monkeypatch.setenv("ONRECORD_TOKEN", onrecord("token", "create", "editor", "--role", "editor").stdout.strip())

    def run(type_: str, regarding: int, reason: str, **data: object) -> None:
        version = json.loads(onrecord("show", MEETING, "--json").stdout)["claim"]["version"]
        words = ("--regarding", str(regarding), "--reason", reason, "--if-match", str(version))
        done = onrecord("add", MEETING, type_, *words, "--data", json.dumps(data))
        assert done.exit_code == 0, done.output

    return run


def event(told: str, version: int) -> str:
    """Give what an account tells of one event, in one line."""
    events = told.split("\nEvents (recorded, UTC)\n")[1]
    lines = events.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{version:>3}  "))
    more = list(lines[start + 1 :])
    end = next((i for i, line in enumerate(more) if not line.startswith("     ")), len(more))
    return " ".join(" ".join([lines[start], *more[:end]]).split())


@pytest.mark.usefixtures("served")
def test_show_gives_an_account(onrecord):
    """A claim is shown with its text, its standing with rule and events, positions, reversals and events."""
    told = onrecord("show", MEETING).stdout
    assert told.startswith("A South Korean official involved in nuclear negotiations met")
    assert (
        "Stands denied: somebody denies it, and nobody affirms it in full: "
        "event 4, denied by Russian Foreign Ministry, categorical." in told
    )
    assert "Russian Foreign Ministry (RU)       denies *   4      5 " in told
    assert "No reversals." in told
    assert "The reports are unfounded." in told


def test_a_reason_says_who_is_on_which_side():
    """Full statements of either side stand apart, and what is of a part only beside them."""
    alpha, beta = {"name": "Alpha", "kind": "state"}, {"name": "Beta", "kind": "state"}
    part = said("acknowledged", alpha, extent="partial")
    claim = stands(given(said("confirmed", alpha), part, said("denied", beta), said("countered", beta)))
    assert describe_standing(claim, {}) == (
        "somebody affirms it in full (event 2), and somebody denies it in full (event 4). "
        "Of a part only: event 3; event 5."
    )


def test_a_reason_names_once_who_says_the_same_again():
    """Events that read alike stand together; one on other terms, by another or erased does not."""
    russia, iran = {"name": "Russia", "kind": "state"}, {"name": "Iran", "kind": "state"}
    first, again, erased, last = (said("denied", russia, said_on=f"2026-01-0{day}") for day in (1, 2, 3, 4))
    aside = said("denied", russia, attribution="anonymous", said_on="2026-01-03")
    claim = given(first, again, said("denied", iran), aside, erased, said("denied", iran), last)
    events = [{"version": e.version, "type": e.type, "data": e.data} for e in claim.history]
    for version in (6, 7):
        del events[version - 1]["data"]
    assert describe_standing(stands(claim), read_events(events)).endswith(
        ": events 2, 3, 8, denied by Russia; event 4, denied by Iran; event 5, denied by Russia, anonymous;"
        " event 6, denied; event 7, denied."
    )


@pytest.mark.usefixtures("served")
def test_show_as_of_an_earlier_moment(onrecord):
    """As of the log size after its third event, the claim stands reported, and later events are not told."""
    told = onrecord("show", MEETING, "--as-of", "3").stdout
    assert "Stands reported" in told
    assert "Zakharova" not in told
    shown = json.loads(onrecord("show", MEETING, "--as-of", "3", "--json").stdout)
    assert (shown["claim"]["standing"], len(shown["events"])) == ("reported", 3)


def test_an_amended_event_shows_what_it_should_have_said(mend, onrecord):
    """An amended event shows its amended type and words, marked, with the amendment and how it was first logged."""
    mend("amended", 4, "Logged as a denial of all.", **CONCESSION)
    told = onrecord("show", MEETING).stdout
    assert "[amended] acknowledged in part, Russian Foreign Ministry, said 2025-12-22 There was a visit. " in event(
        told, 4
    )
    assert event(told, 4).endswith(
        "Amended by event 10. First logged as denied, Russian Foreign Ministry, categorical, said 2025-12-21: "
        "The reports are unfounded."
    )
    assert (
        "amended (about event 4) It should read acknowledged in part, Russian Foreign Ministry, said 2025-12-22. "
        "Reason: Logged as a denial of all. Changed: Did what: denied → acknowledged; "
        "Who spoke for it: “Maria Zakharova” → nothing; "
    ) in event(told, 10)


def test_the_standing_is_told_with_events_as_amended(mend, onrecord):
    """The sentence about the standing takes the types of events as amended."""
    mend("amended", 4, "Logged as a denial.", **CONCESSION | {"type": "confirmed"})
    assert "Stands confirmed: somebody affirms it in full" not in onrecord("show", MEETING).stdout  # it is of a part
    full = {name: value for name, value in CONCESSION["statement"].items() if name != "extent"}
    mend("amended", 4, "Of all of it.", type="confirmed", statement=full)
    told = onrecord("show", MEETING).stdout
    assert "no denial in full counts against it: event 4, confirmed by Russian Foreign Ministry." in told
    assert "Amended by event 11. First logged as denied, " in event(told, 4)


def test_before_an_amendment_an_event_reads_as_logged(mend, onrecord):
    """As of a moment before the amendment an event shows what it said then, without a mark."""
    size = str(json.loads(onrecord("show", MEETING, "--json").stdout)["claim"]["as_of"]["log_size"])
    mend("amended", 4, "Logged as a denial of all.", **CONCESSION)
    told = onrecord("show", MEETING, "--as-of", size).stdout
    assert event(told, 4).endswith(
        "denied, Russian Foreign Ministry, categorical, said 2025-12-21 The reports are unfounded. Source: as event 2"
    )
    assert "[amended]" not in told


def test_a_struck_event_stays_visible_with_the_reason(mend, onrecord):
    """A struck event is marked, and shows what it said, the strike and its reason; it is in no position."""
    mend("struck", 6, "It was asked about something else.")
    told = onrecord("show", MEETING).stdout
    assert "[struck] ncnd, South Korean Foreign Ministry Takes a no-comment line" in event(told, 6)
    assert event(told, 6).endswith("Struck by event 10: It was asked about something else.")
    assert "withholds" not in told.split("\nEvents (recorded, UTC)\n")[0]


def test_a_redacted_event_says_so(mend, onrecord):
    """A redacted event shows its type, that it was redacted, by which event and why, and nothing of what it said."""
    mend("redacted", 3, "A name must go", authority="The editor")
    told = onrecord("show", MEETING).stdout
    assert event(told, 3).endswith("[redacted] reported Redacted by event 10: A name must go")
    assert event(told, 10).endswith("Reason: A name must go. Authority: The editor")
    earlier = onrecord("show", MEETING, "--as-of", "9").stdout
    assert event(earlier, 3).endswith("[redacted] reported Redacted by event 10, which came later")
    assert "Unnamed sources" not in told + earlier


def test_an_amendment_that_was_redacted_amends_nothing(mend, onrecord):
    """An event whose amendment alone was redacted reads as it was logged, as its position does."""
    mend("amended", 4, "Logged as a denial of all.", **CONCESSION)
    mend("redacted", 10, "It names a source.", authority="The editor")
    told = onrecord("show", MEETING).stdout
    assert event(told, 4).endswith(
        "Source: as event 2 An amendment of it, event 10, redacted by event 11: It names a source."
    )
    assert "redacted (about event 10, an amendment of event 4) Reason: It names a source" in event(told, 11)
    assert event(told, 10).endswith("[redacted] amended Redacted by event 11: It names a source.")
    assert "event 4, denied by Russian Foreign Ministry, categorical." in told


def test_an_event_says_what_it_is_about(mend, onrecord):
    """Told are on whose behalf a party spoke, how and to what a claim is linked, and a deadline with its zone."""
    denial = ("--party", "Yoav Gallant", "--kind", "person", "--summary", "No.", "--source", "The Wire")
    onrecord("add", MEETING, "denied", *denial, "--data", '{"on_behalf_of": {"name": "Israel", "kind": "state"}}')
    link = {"relation": "context", "claim": "ref:moscow-contact/troops", "note": "The same envoy."}
    onrecord("add", MEETING, "linked", "--data", json.dumps(link))
    asked = {"party": {"name": "Oman", "kind": "state"}, "deadline": "2199-01-01T18:00:00+09:00", "question": "Did it?"}
    onrecord("add", MEETING, "comment_requested", "--data", json.dumps(asked))
    told = onrecord("show", MEETING).stdout
    assert event(told, 10).endswith("denied, Yoav Gallant, on behalf of Israel No. Source: The Wire")
    assert event(told, 11).endswith("linked, context 1c1e92c4-1f05-51ad-ae9c-6f1b4fb902cf The same envoy.")
    assert event(told, 12).endswith(
        "comment_requested, Oman, answer due by 2199-01-01T18:00:00+09:00 Did it? No answer is on record."
    )
    assert "denied by Yoav Gallant on behalf of Israel" in told.split("\nEvents\n")[0]


def test_json_gives_events_as_stored(mend, onrecord):
    """With --json the events are those of the record, unread: the amended one as it was first logged."""
    mend("amended", 4, "Logged as a denial of all.", **CONCESSION)
    events = json.loads(onrecord("show", MEETING, "--json").stdout)["events"]
    assert (events[3]["type"], events[9]["data"]["type"]) == ("denied", "acknowledged")


@pytest.mark.usefixtures("served")
def test_what_had_been_said_by_a_day_is_told_as_that(onrecord):
    """An account of what had been said by a day names that day, and one of all that is on record names none."""
    told = "Only what had surely been said by 31 Dec 2025.\n"
    assert told in onrecord("show", MEETING, "--said-until", "../2025-12").stdout
    assert told not in onrecord("show", MEETING).stdout


def account_of(claim: Claim) -> str:
    """Write the account of a claim that nobody serves."""
    at = "2026-01-31T09:33:00.000000Z"
    shown = {**stands(claim), "as_of": {"log_size": 4, "at": at}}
    events = [{"version": e.version, "type": e.type, "data": e.data, "recorded_at": at} for e in claim.history]
    with click.Context(click.Command("show")):
        return write_account(shown, events)


def test_a_withdrawn_word_is_marked_and_told_with_who_withdrew_it():
    """The word, what took it back and the position tell each what was withdrawn, whose it was, and by whom."""
    told = account_of(given(said("denied"), said("walked_back", KREMLIN, regarding=2), said("retracted", regarding=2)))
    assert "\nRussian Foreign Ministry (RU)  withdrawn *  3      -         -\n" in told
    assert "\n* Russian Foreign Ministry (RU): denied (2), walked_back by Kremlin (3).\n" in told
    assert "[withdrawn] denied, Russian Foreign Ministry What was said. " in event(told, 2)
    assert event(told, 2).endswith(" Withdrawn by event 3, walked_back by Kremlin")
    assert event(told, 3).endswith(
        "(about event 2, denied by Russian Foreign Ministry) What was said. Source: The Wire"
    )


def test_a_stance_is_told_with_its_manner():
    """Where no word of a party is on the record, or all are hedged, the account says so; of what was withdrawn too."""
    hedged = said("denied", attribution="background", strength="hedged")
    assert "\n* Russian Foreign Ministry (RU): on background, hedged.\n" in account_of(given(hedged))
    assert "\n* " not in account_of(given(hedged, said("denied", said_on="2026-01")))
    assert "(RU): attribution not stated.\n" in account_of(given(said("denied", attribution="unstated")))
    withdrawn = account_of(given(hedged, said("retracted", regarding=2)))
    assert "(RU): denied, on background, hedged (2), retracted by Russian" in " ".join(withdrawn.split())


def test_a_request_for_comment_is_told_with_what_came_of_it():
    """That nobody answered, that none answered in time, and the first answer after all stand under the request."""
    request = asked(MOFA, deadline="2026-02-02T12:00:00Z")
    assert event(account_of(given(request)), 2).endswith("channel: mail No answer is on record.")
    silent, late = said("unresponsive", MOFA, regarding=2), said("declined", MOFA, attribution="background")
    assert event(account_of(given(request, silent, late, said("denied", MOFA))), 2).endswith(
        "What came of it: event 3, unresponsive by South Korean Foreign Ministry;"
        " event 4, declined by South Korean Foreign Ministry, on background."
    )


def test_a_quotation_is_told_as_one():
    """Words as spoken stand in quotation marks, with their translation as what it is."""
    quote = {"text": "Никто не вернулся.", "lang": "ru", "translation": "Nobody has returned."}
    words = said("denied")
    del words[1]["summary"]
    told = event(account_of(given(("denied", words[1] | {"quote": quote}))), 2)
    assert told.endswith("“Никто не вернулся.” (translated: Nobody has returned.) Source: The Wire")


def test_what_a_word_does_not_do_is_told():
    """A word logged late does not change its party's position; one from before a rewording is of the old wording."""
    late = (said("confirmed", said_on="2025-12-10"), said("denied", said_on="2025-12-02"))
    claim = given(*late, kept("reworded", text="They met in Bern."))
    told = account_of(claim)
    assert "  affirms *  " in told
    assert "\n* Russian Foreign Ministry (RU): said of an earlier wording, which event 4 replaced.\n" in told
    assert (
        "No reversals.\nEvent 3, denied by Russian Foreign Ministry, of an earlier wording, "
        "does not change its position: it was said before event 2." in told
    )


def test_no_line_puts_a_word_to_a_wording_that_it_was_not_said_of():
    """Where it stands, who turned and what is listed say which of the words are of an earlier wording."""
    told = account_of(given(said("denied"), kept("reworded", text="They stayed."), said("confirmed")))
    assert (
        "Reversal: Russian Foreign Ministry denies (event 2, of an earlier wording), then affirms (event 4). "
        "The claim was reworded in between.\n" in told
    )
    assert "     Said of an earlier wording of the claim, which event 3 replaced." in told
    struck = account_of(given(said("denied"), kept("struck", regarding=2), kept("reworded", text="They stayed.")))
    assert "Said of an earlier" not in struck


def test_a_reason_is_told_as_one_and_parts_are_told_apart():
    """Why an event was struck or amended is labelled, and whatever comes before it has an end."""
    strike = kept("struck", regarding=2, reason="Belongs to another story")
    amendment = {"regarding": 3, "type": "alleged", "statement": said("alleged")[1], "reason": "A slip"}
    told = account_of(given(said("denied"), said("denied", KREMLIN), strike, ("amended", amendment)))
    assert "struck (about event 2) Reason: Belongs to another story" in event(told, 4)
    assert "It should read alleged, Russian Foreign Ministry. Reason: A slip" in event(told, 5)


@pytest.mark.usefixtures("served")
def test_a_shift_is_told(onrecord):
    """Who affirmed a part and then withholds has moved, and the account says so."""
    said = ("--party", "Example Ministry", "--kind", "ministry", "--source", "Example Wire", "--summary")
    assert onrecord("add", MEETING, "acknowledged", *said, "A visit.", "--extent", "partial").exit_code == 0
    assert onrecord("add", MEETING, "ncnd", *said, "No word.").exit_code == 0
    told = onrecord("show", MEETING).stdout
    assert "Shift: Example Ministry affirms in part (event 10), then withholds (event 11).\n" in told
