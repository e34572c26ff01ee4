"""The pages in Korean and Russian: who gets which, that nothing of ours stays English, and what is recorded stays."""

from __future__ import annotations

import re

import pytest

from service.tokens import create_token
from service.web.problems import PROBLEMS
from tests.builders import MID, MOFA, PAPER, amended, asked, kept, published, said
from tests.web.browsing import browse, send, sign_in
from tests.web.newsroom import CLAIM, append, mend, open_claim
from tests.web.own_words import OwnWords, find_foreign

OWN = {"Sec-Fetch-Site": "same-origin"}
MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"
READ = (
    *("/", "/claims", "/claims?as_of=20", "/claims?q=nothing+at+all", "/parties", "/parties/russian-foreign-ministry"),
    *("/parties/russian-foreign-ministry?as_of=20", "/corrections", "/events", "/sign-in", "/log"),
    *(MEETING, f"{MEETING}?said_until=2025-12-21", f"{MEETING}/versions/4", f"{MEETING}/versions/9?diff=3"),
    *(f"{MEETING}/events/4", f"{MEETING}/embed", f"{MEETING}/embed?as_of=9"),
)
WRITTEN = (
    *("/desk", "/claims/new", "/claims/new?text=Did+he+secretly+not+go,+and+he+said+so?", f"{MEETING}/log"),
    *(f"{MEETING}/log/{act}?regarding=4" for act in ("amend", "strike", "redact")),
    *(f"{MEETING}/log/{act}" for act in ("reword", "link", "unlink", "ask")),
)
BOTH = pytest.mark.parametrize("language", ["ko", "ru"])


def choose(client, language):
    """Choose a language as a reader does."""
    response = client.post("/language", data={"language": language, "back": "/claims"}, headers=OWN)
    assert (303, "/claims") == (response.status_code, response.headers["Location"])


@pytest.fixture
def editor(app, store, clock):
    """Sign in as an editor."""
    client = app.test_client()
    sign_in(client, create_token(store, "editor-a", "editor", now=clock(), expires_in=None))
    return client


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("ko", "ko"),
        ("fr, ko-KR;q=0.5", "ko"),
        ("fr", "en"),
        ("en-GB,ru;q=0.5", "en"),
        ("", "en"),
    ],
)
def test_a_browser_is_answered_in_its_language(client, wish, language):
    """Who never chose gets the first language their browser asks for and we have, else English; caches are told."""
    response = client.get("/claims", headers={"Accept": "text/html", "Accept-Language": wish})
    assert f'<html lang="{language}"' in response.text
    assert (language, "Accept, Authorization, Cookie, Accept-Language") == (
        response.headers["Content-Language"],
        response.headers["Vary"],
    )


def test_a_choice_is_remembered(client):
    """What was chosen holds on every page, over what the browser asks for, until another is chosen."""
    for language in ("ko", "ru", "en"):
        choose(client, language)
        for path in ("/", "/parties", "/sign-in"):
            html = browse(client, path, **{"Accept-Language": "fr, ru, ko"}).html
            assert f'<html lang="{language}"' in html
            assert f'value="{language}" lang="{language}" aria-pressed="true"' in html
    assert client.post("/language", data={"language": "xx"}, headers=OWN).headers.get("Set-Cookie") is None


def test_no_cache_takes_one_language_for_another(client, claim):
    """A page in another language is another text with another ETag: who has one is never told it is unchanged."""
    tags = {}
    for language in ("en", "ko", "ru"):
        choose(client, language)
        tags[language] = client.get(CLAIM, headers={"Accept": "text/html"}).headers["ETag"]
    assert len(set(tags.values())) == len(tags)
    answered = client.get(CLAIM, headers={"Accept": "text/html", "If-None-Match": tags["ko"]})
    assert (200, "ru") == (answered.status_code, answered.headers["Content-Language"])


@pytest.mark.parametrize("path", [CLAIM, "/claims", "/claims.atom", "/nowhere", f"{CLAIM}.svg", f"{CLAIM}?format=csv"])
def test_programs_are_answered_alike_in_every_language(client, claim, path):
    """JSON, feeds, badges, tables and problems are for programs: no wish of a reader changes them."""
    plain = client.get(path)
    choose(client, "ko")
    wished = client.get(path, headers={"Accept-Language": "ru"})
    assert (plain.status_code, plain.data) == (wished.status_code, wished.data)


@BOTH
@pytest.mark.parametrize("path", READ)
def test_nothing_of_ours_is_left_in_english(moscow, client, language, path):
    """Every page of the Moscow story that anyone reads is in the reader's language, but for what is recorded."""
    choose(client, language)
    assert [] == find_foreign(browse(client, path).html)


@BOTH
@pytest.mark.parametrize("path", WRITTEN)
def test_no_form_of_ours_is_left_in_english(moscow, editor, language, path):
    """Every page of those who write is in their language, too."""
    choose(editor, language)
    assert [] == find_foreign(browse(editor, path).html)


@BOTH
@pytest.mark.parametrize("code", PROBLEMS)
def test_a_refusal_is_told_in_the_language_of_the_reader(client, language, code):
    """What a problem is called, and what to do about it, is translated; the exact detail is English and says so."""
    choose(client, language)
    html = browse(client, f"/problems/{code}").html
    words = {"Retry", "After", "Location", "Content", "Type", "Idempotency", "Key", "Allow", "GET", "If", "Match"}
    words |= {"Authorization", "Bearer", "KiB", "MiB", "UTF", "NaN", "application", "json", "errors", "rule", "docs"}
    words |= {"events", "md", "ref", "allow_duplicate", "true", "first_known", "log", "checkpoint", "claims", "detail"}
    assert [] == [word for word in find_foreign(html) if word not in words]


@BOTH
def test_what_became_of_events_is_told_in_every_language(desk, editor, language):
    """Amended, struck, redacted and requested: the words around them are the reader's, the words in them stay."""
    quote = {"text": "لا صحة لذلك.", "lang": "ar", "translation": "It is unfounded."}
    open_claim(desk, said("denied", summary="Not so.", extent="partial"), said("reported", PAPER), asked())
    append(desk, ("ncnd", {"party": MOFA, "quote": quote, "source": published("2025-12-2X"), "said_on": "2025-12?"}))
    append(desk, said("confirmed", MID, summary="It did.", strength="hedged", on_behalf_of=MOFA))
    mend(desk, amended(2, said("confirmed", summary="Most of it.", extent="partial")), 6)
    mend(desk, kept("struck", regarding=3), 7)
    mend(desk, kept("redacted", regarding=6), 8)
    choose(editor, language)
    for path in (CLAIM, f"{CLAIM}/versions/6", "/desk", "/corrections", "/events", f"{CLAIM}/events/2", "/claims"):
        assert [] == find_foreign(browse(editor, path).html), path
    html = browse(editor, CLAIM).html
    assert '<blockquote lang="ar" dir="auto">لا صحة لذلك.</blockquote>' in html
    assert '<p class="summary" lang="" dir="auto">Not so.</p>' in html


@BOTH
def test_a_form_with_faults_keeps_to_the_language(claim, editor, language):
    """A form that was refused, or previews, says so in the reader's language; exact faults are marked as English."""
    choose(editor, language)
    refused = send(editor, f"{CLAIM}/log", {"type": "denied", "party/name": "Seoul"})
    assert (422, []) == (refused.status_code, find_foreign(refused.text))
    statement = {"party/name": "Seoul", "party/kind": "state", "summary": "No.", "source/publisher": "The Wire"}
    previewed = send(editor, f"{CLAIM}/log", {"type": "denied", **statement}, action="preview")
    assert (200, []) == (previewed.status_code, find_foreign(previewed.text))


@BOTH
@pytest.mark.parametrize("path", READ)
def test_what_is_recorded_is_never_read_as_of_the_page(moscow, client, language, path):
    """Names, like all that is recorded, are marked with their language or as of none: no voice reads them as Korean."""
    choose(client, language)
    assert [] == re.findall(r"<bdi(?![^>]* lang=)[^>]*>[^<]*", browse(client, path).html)


STANDS = {
    "ko": (
        "부인한 주체: Russian Foreign Ministry ( 4 , 단호함). 전부 긍정하는 주체는 없습니다. "
        "제기한 주체: Initial press reports ( 2 , 인용 조건 미상), Unnamed sources ( 3 , 익명)."
        " 일부 긍정: Russian Foreign Ministry ( 5 )."
    ),
    "ru": (
        "Отрицают: Russian Foreign Ministry ( 4 , категорично). Полностью не подтверждает никто."
        " Утверждают: Initial press reports ( 2 , условия цитирования не указаны), Unnamed sources ( 3 , анонимно)."
        " Частично подтверждается: Russian Foreign Ministry ( 5 )."
    ),
}
SINCE = {"ko": "이후 이 주장에 항목 5건이 추가되었습니다.", "ru": "С тех пор к этому утверждению добавлено 5 записей."}
ON_RECORD = {"ko": "기록된 항목 31건", "ru": "31 запись в реестре"}


@BOTH
def test_the_moscow_story_is_told(moscow, client, language):
    """Why the meeting stands denied, how much came since, and how much is on record, as the language counts."""
    choose(client, language)
    assert STANDS[language] in browse(client, MEETING).text
    past = browse(client, f"{MEETING}/versions/4").text
    assert SINCE[language] in past
    assert ON_RECORD[language] in past


def test_the_words_of_a_page_are_found(moscow, client):
    """In English all of them are English: the walk that finds nothing above would find them."""
    html = browse(client, MEETING).html
    assert {"Denied", "Time", "travel", "Recorded"} <= set(find_foreign(html))
    assert any("Nobody affirms it in full" in text for text in OwnWords(html).texts)
