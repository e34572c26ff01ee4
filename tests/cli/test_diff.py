"""`onrecord diff`: who moved between two versions, by which events, and where the claim stands since."""

from __future__ import annotations

import json

import pytest

MEETING = "ref:moscow-contact/meeting"
MINISTRY = ("--party", "Example Ministry", "--kind", "ministry", "--source", "Example Wire")


def say(onrecord, type_: str, *words: str) -> None:
    """Log what the example ministry says about the meeting, or what is given instead."""
    done = onrecord("add", MEETING, type_, *words)
    assert done.exit_code == 0, done.output


@pytest.mark.usefixtures("served")
def test_stances_change_by_events(onrecord):
    """Each party that stands otherwise is told with its stance before and after, and the events that made it so."""
    told = onrecord("diff", MEETING, "--from", "3").stdout
    assert "cb24e658-b4ee-5452-8916-1c18b6c61df4, from version 3 to version 9\n" in told
    assert (
        "Russian Foreign Ministry (RU)       -       denies, concedes 5 *  4 denied, 5 acknowledged in part\n" in told
    )
    assert "South Korean Foreign Ministry (KR)  -       withholds             6 ncnd\n" in told
    assert "Initial press reports  " not in told
    events = told.split("Events between (recorded, UTC)\n")[1]
    assert [line[:3].strip() for line in events.splitlines() if line[:3].strip()] == ["4", "5", "6", "7", "8", "9"]


@pytest.mark.usefixtures("served")
def test_the_standing_is_told_before_and_after(onrecord):
    """Where the claim stood and stands is told with rule and events; where it is the same it is told once."""
    told = onrecord("diff", MEETING, "--from", "3", "--to", "4").stdout
    assert "Stood reported: somebody asserts it, or affirms a part of it: event 2, reported by Initial press" in told
    assert "Stands denied: somebody denies it, and nobody affirms it in full: event 4, denied by Russian" in told
    same = onrecord("diff", MEETING, "--from", "4", "--to", "9").stdout
    assert "Stands denied, as before: " in same
    assert "Stood" not in same


@pytest.mark.usefixtures("served")
def test_reversals_and_withdrawals_between_are_told(onrecord):
    """Who turned and whose words were taken back between the two versions is told, and nothing from before."""
    say(onrecord, "confirmed", *MINISTRY, "--summary", "They met.")
    say(onrecord, "denied", *MINISTRY, "--summary", "They never met.")
    press = ("--party", "Initial press reports", "--kind", "media", "--source", "Example Daily")
    say(onrecord, "retracted", *press, "--summary", "It was not so.", "--regarding", "2")
    told = onrecord("diff", MEETING, "--from", "9").stdout
    assert "Reversal: Example Ministry affirms (event 10), then denies (event 11).\n" in told
    taker = "withdrawn by event 12, retracted by Initial press reports"
    assert f"Withdrawal: what Initial press reports said in event 2, {taker}.\n" in told
    assert "Initial press reports  asserts *  withdrawn *  12 retracted\n" in told
    note = "reported, attribution not stated (2), retracted by Initial press reports (12)"
    assert f"* Initial press reports, after: {note}. " in " ".join(told.split())
    later = onrecord("diff", MEETING, "--from", "12").stdout
    for line in ("No new reversals.", "No new withdrawals.", "Nobody's stance changed.", "No events between."):
        assert f"{line}\n" in later


@pytest.mark.usefixtures("served")
def test_an_amendment_between_changes_only_what_comes_after_it(onrecord, monkeypatch):
    """The standing before is told with events as they read then, that after with events as amended."""
    say(onrecord, "confirmed", *MINISTRY, "--summary", "They met.")
    monkeypatch.setenv("ONRECORD_TOKEN", onrecord("token", "create", "editor", "--role", "editor").stdout.strip())
    party = {"name": "Example Ministry", "kind": "ministry"}
    statement = {"party": party, "summary": "They never met.", "source": {"publisher": "Example Wire"}}
    data = json.dumps({"type": "denied", "statement": statement})
    say(onrecord, "amended", "--regarding", "10", "--reason", "A slip.", "--if-match", "10", "--data", data)
    told = onrecord("diff", MEETING, "--from", "10").stdout
    affirmed = "event 10, confirmed by Example Ministry"
    denied = "event 4, denied by Russian Foreign Ministry, categorical"
    stood = f"somebody affirms it in full ({affirmed}), and somebody denies it in full ({denied})."
    assert f"Stood contested: {stood}\nStands " in told
    assert "event 4, denied by Russian Foreign Ministry, categorical; event 10, denied by Example Ministry.\n" in told
    assert "Example Ministry  affirms  denies  11 amended\n" in told


@pytest.mark.usefixtures("served")
def test_a_change_of_wording_is_told(onrecord, monkeypatch):
    """What was reworded is told with the old and the new, member by member; else that the wording is the same."""
    assert "The wording is the same.\n" in onrecord("diff", MEETING, "--from", "3").stdout
    monkeypatch.setenv("ONRECORD_TOKEN", onrecord("token", "create", "editor", "--role", "editor").stdout.strip())
    data = json.dumps({"topics": ["north-korea"], "about": {"place": "Sochi"}})
    say(onrecord, "reworded", "--text", "They met.", "--reason", "Shorter.", "--if-match", "9", "--data", data)
    told = onrecord("diff", MEETING, "--from", "9").stdout
    assert "informally in Moscow.” became “They met.”\n" in told
    assert "Reworded, topics: “north-korea”, “russia-south-korea” became “north-korea”\n" in told
    assert "Reworded, about.place: “Moscow” became “Sochi”\n" in told
    assert "Reworded, about.form: “meeting” became nothing\n" in told
    assert "Reworded, lang" not in told


@pytest.mark.usefixtures("served")
def test_a_moment_is_the_version_held_then(onrecord):
    """A moment stands for the version that the record held then; without --to it is compared with the present."""
    say(onrecord, "confirmed", *MINISTRY, "--summary", "They met.")
    events = json.loads(onrecord("show", MEETING, "--json").stdout)["events"]
    ninth, tenth = events[8]["recorded_at"], events[9]["recorded_at"]
    found = [
        json.loads(onrecord("diff", MEETING, "--from", *words, "--json").stdout)
        for words in ((ninth,), (ninth, "--to", tenth), ("1", "--to", ninth), (tenth[:10],))
    ]
    assert [(change["from"], change["to"]) for change in found] == [(9, 10), (9, 10), (1, 9), (10, 10)]


@pytest.mark.usefixtures("served")
def test_json_is_what_the_record_answers(onrecord):
    """With --json the difference is printed as the record answers it, with the events by which a party moved."""
    change = json.loads(onrecord("diff", MEETING, "--from", "3", "--to", "9", "--json").stdout)
    assert set(change) >= {"claim", "standing", "stances", "wording", "reversals", "withdrawals", "events"}
    assert change["stances"][0]["events"] == [4, 5]


@pytest.mark.usefixtures("served")
def test_what_cannot_be_compared_is_told(onrecord):
    """A moment before the claim, what is no moment, and a version that is not there are told, with status 1."""
    for words, answer in (
        (("--from", "2020-01-01"), "--from '2020-01-01':\nThe record did not hold this then."),
        (("--from", "3", "--to", "yesterday"), "--to 'yesterday':\n"),
        (("--from", "3", "--to", "99"), "There is no event 99 on this claim; it has 1 to 9."),
    ):
        refused = onrecord("diff", MEETING, *words)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert answer in refused.stderr


@pytest.mark.usefixtures("served")
def test_the_later_version_first_is_wrong_usage(onrecord):
    """A later version given as the earlier one, a version 0 and a missing --from end with status 2."""
    wrong = (("--from", "5", "--to", "3"), ("--from", "0"), ("--from", "9" * 5000), ())
    assert [onrecord("diff", MEETING, *words).exit_code for words in wrong] == [2, 2, 2, 2]
    assert "--from is version 5 and --to version 3" in onrecord("diff", MEETING, *wrong[0]).stderr
