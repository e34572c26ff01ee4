"""`onrecord search`: which claims have these words, where they stand, and who says what."""

from __future__ import annotations

import json
import re

import pytest

from service.cli.client import Client

MEETING = "cb24e658-b4ee-5452-8916-1c18b6c61df4"
MOVED = re.compile(r"(?<=last moved )\d{4}-\d\d-\d\d \d\d:\d\d(?= UTC  )")


def ids(told: str) -> list[str]:
    """List the claims that are shown."""
    return re.findall(r"^([0-9a-f-]{36})  ", told, re.MULTILINE)


@pytest.mark.usefixtures("served")
def test_a_claim_found_is_told_whole(onrecord):
    """A claim is told with its id, standing, last move and text, and who affirms, denies, is silent or asserts."""
    found = onrecord("search", "Moscow", "informal", "--standing", "denied")
    assert MOVED.sub("THEN", found.stdout) == (
        f"{MEETING}  denied, last moved THEN UTC  (version 9)\n"
        "  A South Korean official involved in nuclear negotiations met Russia's special envoy Oleg Burmistrov "
        "informally in Moscow.\n"
        "  denies: Russian Foreign Ministry (RU) (concedes a part; categorical)\n"
        "  silent: South Korean Foreign Ministry (KR)\n"
        "  asserts: Initial press reports (attribution not stated), Unnamed sources (anonymous)\n\n"
    )
    assert found.stderr == "1 claim found.\n"


@pytest.mark.usefixtures("served")
def test_a_stance_in_a_list_is_told_with_what_keeps_it_from_misleading(onrecord):
    """Whose voice it was, on what terms it spoke, and of what was taken back how and by whom, stand with each party."""
    onrecord("add", "ref:zep", "opened", "--text", "Zeppelins flew.", "--lang", "en")
    ministry, wire = ("--kind", "ministry"), ("--source", "Example Wire", "--summary", "They did not.")
    official = ("--party", "An official", "--kind", "person", "--on-behalf-of", "Ministry X")
    hedged = ("--on-behalf-of-kind", "ministry", "--attribution", "background", "--strength", "hedged")
    onrecord("add", "ref:zep", "denied", *official, *hedged, *wire)
    denied = onrecord("search", "zep").stdout
    assert denied.endswith("\n  denies: An official on behalf of Ministry X (on background, hedged)\n\n")
    onrecord("add", "ref:zep", "retracted", "--party", "Ministry X", *ministry, "--regarding", "2", *wire)
    assert onrecord("search", "zep").stdout.endswith(
        "\n  withdrawn: An official on behalf of Ministry X (denied, on background, hedged (2), "
        "retracted by Ministry X (3))\n\n"
    )
    assert onrecord("search", "zep", "--as-of", "33").stdout == denied


@pytest.mark.usefixtures("served")
def test_of_claims_on_which_nobody_has_a_position_no_history_is_asked_for(onrecord, monkeypatch):
    """One request for the page, and one for each claim of which it has to be told how somebody spoke."""
    onrecord("add", "ref:zep", "opened", "--text", "Zeppelins over Moscow.", "--lang", "en")
    asked, get = [], Client.get
    monkeypatch.setattr(Client, "get", lambda self, path, **query: asked.append(path) or get(self, path, **query))
    told = onrecord("search", "Moscow").stdout
    opened, *spoken = ids(told)
    assert asked == ["/claims", *(f"/claims/{id_}/events" for id_ in spoken)]
    assert re.search(rf"^{opened}  opened, .*\n  Zeppelins over Moscow\.\n\n", told)


@pytest.mark.usefixtures("served")
def test_every_filter_narrows(onrecord):
    """Different options must all hold, of one that is repeated one value; options mean what they mean over HTTP."""
    words = ("search", "Russia", "--json")
    every = json.loads(onrecord(*words).stdout)["claims"]
    assert len(every) > 2

    def narrowed(*options: str) -> list[str]:
        return sorted(claim["id"] for claim in json.loads(onrecord(*words, *options).stdout)["claims"])

    def those(holds) -> list[str]:
        return sorted(claim["id"] for claim in every if holds(claim))

    assert narrowed("--standing", "denied") == those(lambda c: c["standing"] == "denied")
    assert narrowed("--standing", "denied", "--standing", "reported") == those(
        lambda c: c["standing"] in {"denied", "reported"}
    )
    assert narrowed("--topic", "north-korea") == those(lambda c: "north-korea" in c["topics"])
    ministry = "russian-foreign-ministry"
    assert narrowed("--party", ministry) == those(lambda c: ministry in {p["party"]["key"] for p in c["positions"]})
    assert narrowed("--country", "KR", "--standing", "reported") == those(
        lambda c: c["standing"] == "reported" and "KR" in {p["party"].get("country") for p in c["positions"]}
    )


@pytest.mark.usefixtures("served")
def test_as_of_finds_what_was_found_then(onrecord):
    """As of an earlier log size, claims are found by what was recorded then, and told as they stood."""
    told = onrecord("search", "Moscow", "--as-of", "3")
    assert ids(told.stdout) == [MEETING]
    assert f"{MEETING}  reported, " in told.stdout
    assert re.fullmatch(r"1 claim found as of log size 3 \(20\d\d-[\dT:.-]+Z\)\.\n", told.stderr)
    assert onrecord("search", "Moscow", "--as-of", "0").stderr.startswith("No claim as of log size 0 is found by")


@pytest.mark.usefixtures("served")
def test_pages_follow_each_other(onrecord):
    """Where there are more claims the hint says how to see them, and the pages together are all of them, once."""
    every = ids(onrecord("search", "Russia").stdout)
    seen: list[str] = []
    more: list[str] = []
    while True:
        page = onrecord("search", "Russia", "--limit", "2", *more)
        seen += ids(page.stdout)
        if "there are no more" in page.stderr:
            break
        assert page.stderr.startswith("2 claims shown; there are more. ")
        more = page.stderr.split(" add ")[1].split()
    assert seen == every
    assert len(every) > 2


@pytest.mark.usefixtures("served")
def test_a_search_that_finds_nothing_says_so(onrecord):
    """Where nothing is found stdout is empty, stderr says so, and the status is 0."""
    found = onrecord("search", "Moscow", "zeppelin")
    assert (found.exit_code, found.stdout) == (0, "")
    assert found.stderr == "No claim is found by these words and options.\n"


@pytest.mark.usefixtures("served")
def test_a_list_is_safe_for_terminals(onrecord):
    """Nothing that a claim or a party is called steers the terminal or begins a line of its own."""
    onrecord("add", "ref:esc", "opened", "--text", "Zeppelins \x1b[31mflew.\nabc  confirmed", "--lang", "en")
    told = onrecord("search", "zeppelins").stdout
    assert "\x1b" not in told
    assert len(told.rstrip().split("\n")) == 2


@pytest.mark.usefixtures("served")
def test_what_the_record_refuses_is_told(onrecord):
    """A country that is none and a cursor of another list are refused in sentences, with status 1."""
    for option, value in (("--cursor", "abc"), ("--as-of", "yesterday")):
        refused = onrecord("search", "Moscow", option, value)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert f"  {option[2:].replace('-', '_')}: " in refused.stderr


def test_wrong_usage_of_search_is_2(onrecord):
    """A search without words, with a standing that is none, or with a page of nothing, ends with status 2."""
    wrong = (["search"], ["search", "x", "--standing", "true"], ["search", "x", "--limit", "0"])
    assert [onrecord(*words).exit_code for words in wrong] == [2, 2, 2]


def test_search_without_a_server(onrecord, monkeypatch):
    """Without a server the address is named, and what to do."""
    monkeypatch.setenv("ONRECORD_URL", "http://127.0.0.1:9")
    looked = onrecord("search", "Moscow")
    assert (looked.exit_code, "onrecord doctor" in looked.stderr) == (1, True)
