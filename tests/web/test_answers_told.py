"""What came of a request for comment, told at the request."""

from __future__ import annotations

import re

import pytest

from service.timeline import Timeline
from tests.builders import ENVOY, MOFA, OTHER_ID, asked, kept, said
from tests.web.browsing import browse
from tests.web.newsroom import CLAIM, mend, open_claim

SILENT = said("unresponsive", MOFA, regarding=2)


def came_of(page):
    """Read what a page tells of what came of the request that is event 2."""
    event = page.html.partition('id="event-2"')[2].partition("</li>")[0]
    return re.sub(r"<[^>]*>", "", event.partition('<p class="fate">')[2].partition("</p>")[0])


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ([said("denied", ENVOY)], "No answer is on record yet."),
        ([said("declined", MOFA)], "What came of it: declined to comment (3)"),
        ([said("denied", ENVOY, regarding=2), said("denied", MOFA)], "What came of it: denied (3)"),
        ([SILENT, said("denied", MOFA)], "What came of it: did not respond (3), denied (4)"),
    ],
)
def test_a_request_says_what_came_of_it(desk, client, later, told):
    """Whoever answered first, a silence until the deadline before it, or that nobody did."""
    open_claim(desk, asked(), *later)
    assert told == came_of(browse(client, CLAIM))
    assert told == came_of(browse(client, f"{CLAIM}/events/2"))
    assert came_of(browse(client, f"{CLAIM}/versions/2")) == "No answer is on record yet."


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Channel: mail"), ("ko", "연락 수단: mail"), ("ru", "Канал связи: mail")]
)
def test_a_request_says_how_it_was_made(desk, client, language, told):
    """By which channel a party was asked stands at the request, on every page that tells it at its place."""
    open_claim(desk, asked())
    for path in (CLAIM, f"{CLAIM}/events/2", f"{CLAIM}/versions/2?diff=1"):
        event = browse(client, path, **{"Accept-Language": language}).html.partition('id="event-2"')[2]
        assert told in re.sub(r"<[^>]*>", "", event.partition("</p>")[2].partition("</p>")[0])


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "What came of it: acknowledged in part on behalf of Unnamed official (anonymous; hedged) (3)"),
        ("ko", "요청의 결과: 일부 시인 (대변 대상: Unnamed official) (익명; 단서 있음) (3)"),
        ("ru", "Что последовало: признаёт (частично) от имени «Unnamed official» (анонимно; с оговорками) (3)"),
    ],
)
def test_a_request_says_on_what_terms_it_was_answered(desk, client, language, told):
    """Whoever reads only the request learns how strong the answer was, and whose, as wherever else it is told."""
    terms = {"extent": "partial", "on_behalf_of": ENVOY, "attribution": "anonymous", "strength": "hedged"}
    open_claim(desk, asked(), said("acknowledged", MOFA, **terms))
    for page in (CLAIM, f"{CLAIM}/events/2"):
        assert told == came_of(browse(client, page, **{"Accept-Language": language}))


def test_a_request_whose_deadline_has_passed_says_so(desk, client, clock):
    """Also where nothing else has come to the claim since; a page of the past says what held then."""
    open_claim(desk, asked(deadline="2026-02-02T12:00:00Z"))
    assert came_of(browse(client, CLAIM)) == "No answer is on record yet."
    clock.move_on(days=20)
    assert came_of(browse(client, CLAIM)) == "No answer is on record, and the deadline has passed."
    assert came_of(browse(client, f"{CLAIM}/versions/2")) == "No answer is on record yet."


def test_a_struck_answer_is_none(desk, client):
    """What does not belong in the record answers no request."""
    open_claim(desk, asked(), said("denied", MOFA))
    assert mend(desk, kept("struck", regarding=3), 3).status_code == 201
    assert came_of(browse(client, CLAIM)) == "No answer is on record yet."


def test_the_record_reads_no_story_for_a_request_that_nobody_answered(desk, client, monkeypatch):
    """What the record tells of an open request stands in its claim, however much was said there since."""
    read, list_events = [], Timeline.list_events
    monkeypatch.setattr(Timeline, "list_events", lambda *_, **asked: read.append(asked) or list_events(*_, **asked))
    open_claim(desk, asked(), *(said("denied", ENVOY, scope=str(n)) for n in range(5)))
    open_claim(desk, asked(), said("denied", MOFA), id_=OTHER_ID)
    told = re.findall(r"No answer is on record yet|What came of it: <[^(]*\(", browse(client, "/events").html)
    assert ["No answer" in one for one in told] == [True, False]
    assert read == [{"claim_id": OTHER_ID}]
