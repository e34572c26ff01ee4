"""Whole lists as CSV and NDJSON: complete, from one moment, and told apart from what was cut off."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest

from service.reading import lists
from tests.builders import KREMLIN, MID, MOFA, PAPER, said
from tests.web.newsroom import CLAIM, CLAIM_ID, NOW, OTHER_ID, append, mend, open_claim

HEADER = "id,text,standing,version,opened_at,updated_at,affirms,denies,withholds,asserts,origins,url\r\n"


@pytest.fixture
def two(desk):
    """Open two claims, one of which has parties of every stance that has a column."""
    open_claim(desk, said("denied", MID), said("denied", KREMLIN), said("ncnd", MOFA), said("reported", PAPER))
    open_claim(desk, id_=OTHER_ID, text="=1+1")
    return desk


@pytest.mark.usefixtures("two")
def test_a_list_as_csv(client):
    """A header, a line a claim with its parties by stance, and a last line that only a whole answer has."""
    response = client.get("/claims.csv")
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Log-Size"] == "6"
    assert response.text == (
        f"{HEADER}{OTHER_ID},'=1+1,opened,1,{NOW},{NOW},,,,,0,http://localhost/claims/{OTHER_ID}\r\n"
        f"{CLAIM_ID},An official met the envoy in Moscow.,denied,5,{NOW},{NOW},,"
        '"Russian Foreign Ministry; Kremlin",South Korean Foreign Ministry,The Paper,1,'
        f"http://localhost/claims/{CLAIM_ID}\r\n# complete 2\r\n"
    )


@pytest.mark.usefixtures("two")
def test_a_list_as_ndjson(client):
    """A claim a line, as the list has it, and a last line that only a whole answer has."""
    response = client.get("/claims.ndjson")
    assert response.content_type == "application/x-ndjson"
    assert response.headers["Log-Size"] == "6"
    *claims, last = response.text.splitlines()
    assert last == '{"complete":true,"claims":2}'
    assert [json.loads(line) for line in claims] == client.get("/claims").json["claims"]


@pytest.mark.usefixtures("two")
def test_the_same_question_gives_the_same_claims(client):
    """Filters, order and moment are those of the list; an empty answer is a complete one."""
    for query in ("standing=denied", "country=KR", "sort=opened", "as_of=2", "q=envoy", "topic=none"):
        expected = [claim["id"] for claim in client.get(f"/claims?{query}").json["claims"]]
        *lines, last = client.get(f"/claims.ndjson?{query}").text.splitlines()
        assert [json.loads(line)["id"] for line in lines] == expected
        assert last == f'{{"complete":true,"claims":{len(expected)}}}'
        rows = list(csv.reader(StringIO(client.get(f"/claims.csv?{query}").text, newline="")))
        assert [row[0] for row in rows[1:]] == [*expected, f"# complete {len(expected)}"]


def test_a_stream_is_of_one_moment(two, client, monkeypatch):
    """What is recorded while it runs is not in it: each claim comes once, as it stood when it was asked for."""
    monkeypatch.setattr(lists, "PAGE_OF_STREAM", 1)
    expected = client.get("/claims.ndjson").text
    lines = iter(client.get("/claims.ndjson").iter_encoded())
    begun = next(lines)
    assert append(two, said("confirmed", MOFA)).status_code == 201
    assert mend(two, ("struck", {"regarding": 2, "reason": "Not here."}), 6).status_code == 201
    assert (begun + b"".join(lines)).decode() == expected
    assert client.get("/claims.ndjson?as_of=6").text == expected


def test_a_stream_that_breaks_off_says_so_by_its_end(client, two, monkeypatch):
    """Where the store fails half-way there is no last line, so that nobody takes the part for the whole."""
    monkeypatch.setattr(lists, "PAGE_OF_STREAM", 1)
    lines = iter(client.get("/claims.csv").iter_encoded())
    had = [next(lines), next(lines)]

    def fail(**_asked):
        raise RuntimeError

    monkeypatch.setattr(two.application.extensions["onrecord.timeline"].store, "reading", fail)
    with pytest.raises(RuntimeError):
        had += list(lines)
    assert [line.partition(b",")[0] for line in had] == [b"id", OTHER_ID.encode()]


@pytest.mark.parametrize("path", ["/claims.csv", "/claims.ndjson"])
def test_who_has_the_list_already_is_told_so(two, client, clock, path):
    """A list has an ETag until something is recorded, a redaction included, or a deadline may have passed."""
    first = client.get(path)
    assert (first.headers["Cache-Control"], first.headers["Vary"]) == ("no-cache", "Accept, Authorization")
    again = {"If-None-Match": first.headers["ETag"]}
    unchanged = client.get(path, headers=again)
    assert (unchanged.status_code, unchanged.data, unchanged.headers["Log-Size"]) == (304, b"", "6")
    assert client.get(f"{path}?standing=denied", headers=again).status_code == 200
    then, due = (client.get(f"{path}?{query}").headers["ETag"] for query in ("as_of=6", "overdue=false"))
    clock.move_on(days=1)
    assert client.get(path, headers=again).status_code == 304
    assert client.get(f"{path}?as_of=6", headers={"If-None-Match": then}).status_code == 304
    assert client.get(f"{path}?overdue=false", headers={"If-None-Match": due}).status_code == 200
    redacted = ("redacted", {"regarding": 2, "reason": "An order.", "authority": "the court"})
    assert mend(two, redacted, 5, CLAIM).status_code == 201
    assert client.get(path, headers=again).status_code == 200
    assert client.get(f"{path}?as_of=6", headers={"If-None-Match": then}).status_code == 200
