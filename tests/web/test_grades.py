"""How a desk graded a source and its words is told wherever the source is, in words, as the desk's own."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from tests.builders import assessed, said
from tests.web.browsing import browse, in_words
from tests.web.newsroom import CLAIM, append, open_claim

GRADED = said("reported", source={"publisher": "The Wire", "reliability": "C"}, credibility=3)
TOLD = {
    "en": "Graded by the desk (Admiralty): source C, fairly reliable; words 3, possibly true",
    "ko": "데스크의 등급(Admiralty): 출처 C, 어느 정도 신뢰할 수 있음; 발언 3, 사실일 수 있음",
    "ru": "Оценка редакции (Admiralty): источник C, довольно надёжен; слова 3, возможно, правда",
}


@pytest.mark.parametrize(("language", "told"), TOLD.items())
def test_pages_tell_how_the_desk_graded_source_and_words(desk, client, language, told):
    """The claim's page and the event's say it in words."""
    open_claim(desk, GRADED)
    for path in (CLAIM, f"{CLAIM}/events/2"):
        assert told in in_words(browse(client, path, **{"Accept-Language": language}).html)


def test_what_was_not_graded_is_not_told(desk, client):
    """One grade alone is told alone; of none nothing is said. No basis to judge is told as that, not as bad."""
    open_claim(desk, said("denied"))
    assert "Graded" not in browse(client, CLAIM).text
    append(desk, said("denied", credibility=6, said_on="2026-01-02"))
    assert "Graded by the desk (Admiralty): words 6, no basis to judge the words" in browse(client, CLAIM).text
    append(desk, assessed(source={"publisher": "The Wire", "reliability": "F"}))
    assert "Graded by the desk (Admiralty): source F, no basis to judge the source" in browse(client, CLAIM).text


def test_feeds_and_files_hand_the_grades_on(desk, client):
    """A feed's entry says them in words; a table has a column for each; STIX has them as they are recorded."""
    open_claim(desk, GRADED)
    lines = client.get(f"{CLAIM}.feed").json["items"][0]["content_text"].split("\n")
    assert lines[-2:] == ["Source: The Wire", TOLD["en"]]
    row = list(csv.DictReader(StringIO(client.get(f"{CLAIM}.csv").text, newline="")))[1]
    assert (row["reliability"], row["credibility"]) == ("C", "3")
    [opinion] = [o for o in client.get(f"{CLAIM}?format=stix").json["objects"] if o["type"] == "opinion"]
    [extension] = opinion["extensions"].values()
    assert (extension["reliability"], extension["credibility"], "confidence" in opinion) == ("C", 3, False)


def test_an_amended_grade_is_told_in_words(desk, client):
    """Old and new grade stand side by side in words."""
    open_claim(desk, GRADED)
    better = {**GRADED[1], "source": {"publisher": "The Wire", "reliability": "B"}}
    amended = ("amended", {"regarding": 2, "type": "reported", "statement": better, "reason": "They sent a document."})
    assert append(desk, amended, headers={"If-Match": '"2"'}).status_code == 201
    assert "(Admiralty) C, fairly reliable → B, usually reliable" in browse(client, CLAIM).text
