"""CSV: a row an event, whole for programs and harmless in a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from service.formats.table import COLUMNS, guard
from tests.builders import MID, assessed, kept, said
from tests.formats.conftest import ERASED
from tests.formats.hostile import ADDRESS, IMAGE, SPOKEN, TEXT, UNSHOWN
from tests.web.newsroom import CLAIM, OTHER_ID, append, mend, open_claim


def rows_of(response):
    """Read CSV as RFC 4180 has it: a header, commas, double quotes, CRLF."""
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.text.endswith("\r\n")
    return list(csv.DictReader(StringIO(response.text, newline=""), strict=True))


def test_every_event_has_a_row(given):
    """Rows are in the order of the history; each says how the event reads, and by which event it came to."""
    rows = rows_of(given("csv"))
    assert list(COLUMNS) == list(rows[0])
    assert [(row["version"], row["type"], row["reads"], row["changed_by"], row["party"]) for row in rows] == [
        ("1", "opened", "stands", "", ""),
        ("2", "reported", "stands", "", "The Paper"),
        ("3", "denied", "stands", "", "Russian Foreign Ministry"),
        ("4", "ncnd", "amended", "8", "South Korean Foreign Ministry"),
        ("5", "reported", "struck", "9", ""),
        ("6", "alleged", "redacted", "10", ""),
        ("7", "confirmed", "taken_back", "11", "South Korean Foreign Ministry"),
        ("8", "amended", "stands", "", ""),
        ("9", "struck", "stands", "", ""),
        ("10", "redacted", "stands", "", ""),
        ("11", "retracted", "stands", "", "South Korean Foreign Ministry"),
        ("12", "assessed", "stands", "", "A Scholar"),
    ]
    assert [text for text in ERASED if text in given("csv").text] == []


def test_what_only_some_types_have_is_in_columns_of_its_own(client, desk):
    """A grade, a rating, a chain, a link and an authority are told, each where it is given."""
    rating = {"text": "False", "url": "https://facts.example/1"}
    open_claim(
        desk,
        said("reported", MID, via=["A. B.", "The Wire"], utterance="briefing", note="As printed."),
        said("corrected", MID, regarding=2, grade="refile"),
        assessed(likelihood="unlikely", confidence="low", rating=rating),
    )
    open_claim(desk, id_=OTHER_ID)
    append(desk, ("linked", {"relation": "context", "claim": OTHER_ID}))
    mend(desk, kept("redacted", regarding=4), 5)
    names = ("grade", "likelihood", "rating", "via", "note", "utterance", "relation", "linked_claim", "authority")
    assert [[row[name] for name in names] for row in rows_of(client.get(f"{CLAIM}.csv"))[1:]] == [
        ["", "", "", "A. B.; The Wire", "As printed.", "briefing", "", "", ""],
        ["refile", "", "", "", "", "", "", "", ""],
        [""] * 9,
        ["", "", "", "", "", "", "context", OTHER_ID, ""],
        ["", "", "", "", "", "", "", "", "the court"],
    ]


def test_a_part_is_told_from_the_whole(client, desk):
    """A statement that may be of a part says of what it is, though it leaves that to its type; others say nothing."""
    scope = {"extent": "partial", "scope": "the place"}
    asked = [("countered", {}), ("countered", {"extent": "full"}), ("denied", {}), ("confirmed", scope), ("ncnd", {})]
    open_claim(desk, *(said(type_, {**MID, "name": f"Ministry {n}"}, **more) for n, (type_, more) in enumerate(asked)))
    rows = rows_of(client.get(f"{CLAIM}.csv"))
    assert [(row["type"], row["extent"]) for row in rows] == [
        ("opened", ""),
        ("countered", "partial"),
        ("countered", "full"),
        ("denied", "full"),
        ("confirmed", "partial"),
        ("ncnd", ""),
    ]


def test_a_past_moment_is_shown_as_it_was(given):
    """Under `as_of` the rows are those of then, read as then; under `said_until` those said by then."""
    assert tuple(rows_of(given("csv", as_of="4"))[-1][n] for n in ("version", "type", "reads")) == (
        "4",
        "denied",
        "stands",
    )
    held = [row["version"] for row in rows_of(given("csv", said_until="2025-12-21"))]
    assert held == ["1", "2", "3", "6", "9", "10", "12"]


def test_the_table_has_an_address_of_its_own(given, client):
    """`.csv` behind a claim's address is the same table, of any moment; a page of it is nothing."""
    assert client.get(f"{CLAIM}.csv").data == given("csv").data
    assert client.get(f"{CLAIM}.csv?as_of=4").data == given("csv", as_of="4").data
    assert client.get(f"{CLAIM}.csv?format=csv").status_code == 422


def test_a_list_is_one_table(client, desk):
    """A page of claims is one table, each claim's events together."""
    open_claim(desk, said("denied", MID))
    open_claim(desk, id_=OTHER_ID)
    rows = rows_of(client.get("/claims?format=csv"))
    assert [(OTHER_ID, "1"), (CLAIM[8:], "1"), (CLAIM[8:], "2")] == [(row["claim"], row["version"]) for row in rows]
    assert "</claims?format=csv&limit=1&cursor=" in client.get("/claims?format=csv&limit=1").headers["Link"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u00a0+", "＝", "＋", "－", "＠"])
def test_a_cell_is_no_formula(client, desk, start):
    """What a spreadsheet would take for a formula begins with an apostrophe; nothing else is touched."""
    formula = f'{start}HYPERLINK("http://evil.example";"a,b")'
    open_claim(desk, said("denied", MID, summary=formula, said_on="-0043-03-15"))
    row = rows_of(client.get(f"{CLAIM}?format=csv"))[1]
    assert (f"'{formula}", "'-0043-03-15") == (row["summary"], row["said_on"])
    assert [guard(cell) for cell in ("", "a=b", "'=a", " a")] == ["", "a=b", "'=a", " a"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "\n", '"'])
def test_no_program_parts_a_cell(client, desk, sign):
    """Whatever a program parts cells by, a text that holds it stays one cell, so that no formula begins inside it."""
    open_claim(desk, said("denied", MID, summary=f"No{sign}=1+1"))
    response = client.get(f"{CLAIM}?format=csv")
    told = f"No{sign}=1+1".replace('"', '""')
    assert f',"{told}",' in response.text
    assert rows_of(response)[1]["summary"] == f"No{sign}=1+1"


def test_a_table_leads_nowhere_and_turns_nothing(client, desk):
    """Whatever was sent, there is no address but of the web, and no sign that turns or hides what stands beside it."""
    open_claim(desk, ("denied", SPOKEN), text=TEXT)
    text = client.get(f"{CLAIM}?format=csv").text + client.get("/claims.csv").text
    assert [sign for sign in (*UNSHOWN, ADDRESS) if sign in text] == []
    assert rows_of(client.get(f"{CLAIM}?format=csv"))[1]["quote"] == IMAGE
