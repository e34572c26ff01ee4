"""What a page is asked for and cannot answer: said in a reader's words, with the form as it was filled."""

from __future__ import annotations

import re
from html import unescape

import pytest

from service.web.pages.faults import QUESTIONS, find_fault
from tests.builders import PAPER, said
from tests.web.browsing import PAGE, browse
from tests.web.newsroom import CLAIM, open_claim

ASKED = (
    *("/claims?asof=5", "/claims?as_of=5&as_of=6", "/claims?limit=many", "/claims?limit=0", "/claims?reversed=yes"),
    *("/claims?party=%2B", f"/claims?{'&'.join(f'topic={n}' for n in range(31))}", "/claims?topic="),
    *(f"{CLAIM}/versions/1?diff=2", "/claims?cursor=x", "/claims?sort=relevance", "/claims?q=%2B", "/claims?as_of=99"),
    *(
        "/claims?as_of=2025-02-30",
        "/claims?as_of=soon",
        "/claims?updated_since=soon",
        "/claims?as_of=2999-01-01T00:00:00Z",
    ),
    "/claims?as_of=2999-01-01",
)


def test_every_fault_of_a_question_is_known(client, claim):
    """What is said of a question that cannot be answered is a text of the catalogues, and each of these is said."""
    told = [fault["detail"] for path in ASKED for fault in client.get(path).json["errors"]]
    assert [find_fault(detail) and find_fault(detail)[0] for detail in told] == list(QUESTIONS[: len(told)])
    assert len(told) == len(QUESTIONS)


def values(page):
    """Give what the fields of a page's form hold, by their names."""
    fields = re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page.html)
    return {name: value for name, value in fields if value not in {"", "true"} and name != "back"}


@pytest.mark.parametrize(
    ("path", "told", "filled"),
    [
        ("/claims?standing=untrue&q=envoy", "Standing: One of: Retracted, Contested,", {"q": "envoy"}),
        (
            "/claims?country=kor&topic=talks",
            "Country: 'KOR' is no ISO 3166-1 alpha-2 code, now or formerly. Write for example RU, KR or SU,",
            {"country": "KOR", "topic": "talks"},
        ),
        (
            "/claims?as_of=soon",
            "As of: 'soon' is no moment. Write an instant",
            {"as_of": "soon"},
        ),
        (
            "/claims?asof=5&q=x",
            "asof : There is nothing of this name here. Check how it is spelled, or leave it out.",
            {"q": "x"},
        ),
        (
            f"{CLAIM}?as_of=Sunday&said_until=2025-12-21",
            "What the record held on: 'Sunday' is no moment.",
            {"as_of": "Sunday", "said_until": "2025-12-21"},
        ),
        (
            f"{CLAIM}?said_until=Sunday",
            "What had been said by: 'Sunday' is not",
            {"said_until": "Sunday"},
        ),
        ("/parties?kind=club&q=x", "Kind: One of: state,", {"kind": "club", "q": "x"}),
    ],
)
def test_a_question_that_cannot_be_answered_is_asked_again(client, claim, path, told, filled):
    """What is wrong stands under the field's own label, above the form with all that was typed."""
    led = client.get(path, headers=PAGE)
    path = led.headers["Location"] if led.status_code == 303 else path
    page = browse(client, path, 422)
    assert "This cannot be answered as it was asked" in page.text
    assert told in page.text
    assert filled == values(page)
    assert page.all("autofocus", "div") == [""]
    assert [word for word in ("nothing was recorded", "errors", "GET /", "pointer") if word in page.text] == []
    client.set_cookie("onrecord-language", "ko")
    assert '<span lang="en">' not in browse(client, path, 422).html


def test_an_address_that_cannot_be_read_is_told_of_in_words_for_people(client, claim):
    """Whoever follows an address that was damaged is offered a search; what programs are told is folded away."""
    page = browse(client, "/claims?q=%ff", 400)
    first, _, folded = page.text.partition("What programs are told")
    assert "It may have been damaged where it was copied." in first
    assert ("JSON" in first, "The question in the address is not in UTF-8. What to do: Mend what" in folded) == (
        False,
        True,
    )


@pytest.mark.parametrize("path", ["/claims", "/parties", "/events"])
def test_a_country_may_be_written_small_on_a_page(client, claim, path):
    """A page leads to the address with the country in capitals, which is the one to be saved."""
    led = client.get(f"{path}?country=kr", headers=PAGE)
    assert (303, f"{path}?country=KR") == (led.status_code, led.headers["Location"])
    assert browse(client, led.headers["Location"]).html


@pytest.mark.parametrize(
    ("query", "told", "near"),
    [
        (
            "party=Rusian+Foreign+Ministry",
            "The record knows no party rusian-foreign-ministry .",
            "Russian Foreign Ministry",
        ),
        ("party=Foreign+Ministri&q=envoy", "The record knows no party foreign-ministri .", "Russian Foreign Ministry"),
        ("party=Oman", "The record knows no party oman .", None),
        ("topic=North+Korea", "The record knows no topic North Korea .", "north-korea"),
        ("topic=North-Koera", "The record knows no topic North-Koera .", "north-korea"),
        ("topic=nato", "The record knows no topic nato .", "NATO"),
        ("topic=oman", "The record knows no topic oman .", None),
        ("party=russian-foreign-ministry&topic=north-korea&q=oman", None, None),
    ],
)
def test_what_the_record_does_not_know_is_said(desk, client, query, told, near):
    """A party or a topic that is nowhere on record is named as that, with those near it; each leads to its list."""
    open_claim(desk, said("denied"), said("reported", PAPER), topics=["north-korea", "NATO"])
    page = browse(client, f"/claims?{query}")
    said_so = page.text.partition("The record knows")
    assert ("No claim answers this." in page.text, told is not None) == (True, bool(said_so[1]))
    assert told is None or told in page.text
    offered = re.findall(r'<a href="([^"]+)"><bdi lang="">([^<]+)</bdi></a>', page.html)
    assert near == (offered[0][1] if offered else None)
    assert [name for address, name in offered if CLAIM not in browse(client, unescape(address)).html] == []


@pytest.mark.parametrize(
    ("language", "told"), [("en", "is GB: write GB."), ("ko", "GB라고 쓰세요."), ("ru", "напишите GB.")]
)
def test_whoever_writes_uk_is_told_gb(client, language, told):
    """The second code of the United Kingdom is none here; whoever uses it learns the first, in any language."""
    assert told in browse(client, "/claims?country=UK", 422, **{"Accept-Language": language}).text
    assert "is GB: write GB." in client.get("/parties?country=UK").json["errors"][0]["detail"]
