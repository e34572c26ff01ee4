"""`onrecord add`: quick entry over HTTP."""

from __future__ import annotations

import json

import pytest

MEETING = "ref:moscow-contact/meeting"
DENIAL = (
    *("add", MEETING, "denied", "--party", "Example Ministry", "--kind", "ministry"),
    *("--summary", "No such meeting.", "--source", "Example Wire"),
)


@pytest.mark.usefixtures("served")
def test_add_logs_a_statement(onrecord):
    """A statement is logged in one line, under the token's name."""
    done = onrecord(*DENIAL, "--said-on", "2025-12-21~", "--url", "https://example.org/1", "--via", "A", "--via", "B")
    assert done.exit_code == 0
    assert done.stdout == "Recorded: event 10 of claim cb24e658-b4ee-5452-8916-1c18b6c61df4, denied.\n"
    event = json.loads(onrecord("show", MEETING, "--json").stdout)["events"][-1]
    assert event["recorded_by"] == "desk"
    assert event["data"] == {
        "party": {"name": "Example Ministry", "kind": "ministry"},
        "said_on": "2025-12-21~",
        "source": {"publisher": "Example Wire", "url": "https://example.org/1"},
        "summary": "No such meeting.",
        "via": ["A", "B"],
    }


@pytest.mark.usefixtures("served")
def test_add_logs_an_unnamed_official(onrecord):
    """Who is not named speaks for somebody, on terms; where none are given, they are told to be on record."""
    aide = ("add", MEETING, "confirmed", "--party", "An aide", "--kind", "person", "--summary", "They met.")
    told = ("--quote", "Встретились.", "--quote-lang", "ru", "--translation", "They met.", "--translated-by", "desk")
    whose = ("--on-behalf-of", "Russia", "--on-behalf-of-kind", "state", "--on-behalf-of-country", "RU")
    graded = ("--reliability", "B", "--credibility", "2", "--archived-url", "https://kept.example/1")
    done = onrecord(*aide, *told, *whose, *graded, "--source", "Example Wire", "--attribution", "anonymous")
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(onrecord("show", MEETING, "--json").stdout)["events"][-1]["data"] == {
        "party": {"name": "An aide", "kind": "person"},
        "on_behalf_of": {"name": "Russia", "kind": "state", "country": "RU"},
        "attribution": "anonymous",
        "summary": "They met.",
        "quote": {"text": "Встретились.", "lang": "ru", "translation": "They met.", "translated_by": "desk"},
        "source": {"publisher": "Example Wire", "archived_url": "https://kept.example/1", "reliability": "B"},
        "credibility": 2,
    }
    silent = onrecord(*aide, *whose, "--source", "Example Wire", "--said-on", "2026-01-02", "--dry-run")
    assert silent.stderr == "As said on the record: where the person is not named, say so by --attribution.\n"
    assert silent.stdout.startswith("It would stand ")


@pytest.mark.usefixtures("served")
def test_the_same_key_records_once(onrecord):
    """Sent again with its key, a statement is recorded once and answered the same."""
    first = onrecord(*DENIAL, "--key", "desk-2026-01-31-7")
    assert onrecord(*DENIAL, "--key", "desk-2026-01-31-7").stdout == first.stdout
    assert onrecord(*DENIAL).exit_code == 1


@pytest.mark.usefixtures("served")
def test_dry_run_says_how_it_would_stand(onrecord):
    """A dry run tells the standing that would be, and records nothing."""
    done = onrecord(*DENIAL, "--dry-run")
    assert done.stdout.startswith("It would stand denied: ")
    assert "event 10" in done.stdout
    assert len(json.loads(onrecord("show", MEETING, "--json").stdout)["events"]) == 9


@pytest.mark.usefixtures("served")
def test_a_claim_is_opened(onrecord):
    """`add CLAIM opened` opens a claim under one's own name for it."""
    assert onrecord("add", "ref:new", "opened", "--text", "It happened.", "--lang", "en").exit_code == 0
    told = onrecord("show", "ref:new").stdout
    assert told.startswith("It happened.\n")


@pytest.mark.usefixtures("served")
def test_every_fault_is_told(onrecord):
    """A refusal names each fault with its place, on stderr, with status 1."""
    refused = onrecord("add", MEETING, "denied", "--party", "X", "--kind", "ministry", "--said-on", "2025-13-99")
    assert (refused.exit_code, refused.stdout) == (1, "")
    for place in ("/data/source: ", "/data/summary: ", "/data/said_on: "):
        assert place in refused.stderr


@pytest.mark.usefixtures("served")
def test_terminals_are_safe_from_what_is_quoted(onrecord):
    """Characters that would steer a terminal are shown as such, not sent to it."""
    onrecord(*DENIAL, "--note", "x", "--data", json.dumps({"scope": "x", "quote": {"text": "x", "lang": "en"}}))
    onrecord("add", "ref:esc", "opened", "--text", "Red \x1b[31mtext.", "--lang", "en")
    assert "\x1b" not in onrecord("show", "ref:esc").stdout


def test_a_server_that_is_not_there(onrecord, monkeypatch):
    """Without a server the address is named, and what to do."""
    monkeypatch.setenv("ONRECORD_URL", "http://127.0.0.1:9")
    looked = onrecord("show", MEETING)
    assert (looked.exit_code, looked.stdout) == (1, "")
    assert "http://127.0.0.1:9 does not answer" in looked.stderr
    assert "onrecord doctor" in looked.stderr


def test_what_names_no_claim_is_wrong_usage(onrecord):
    """A word that is neither a UUID nor ref:NAME ends with status 2."""
    assert onrecord("show", "meeting").exit_code == 2
