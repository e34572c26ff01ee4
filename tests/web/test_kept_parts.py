"""Parts of pages that are kept: what they were made from is all that decides what anybody is shown."""

from __future__ import annotations

from itertools import permutations

import pytest

from service.config import Config
from service.tokens import create_token
from service.web import create_app
from service.web.pages.claim import RUN
from service.web.pages.fragments import OVERHEAD, Fragment, Fragments, put_in
from tests.builders import MOFA, PAPER, amended, kept, said
from tests.web.browsing import PAGE, browse
from tests.web.newsroom import CLAIM, append, mend, open_claim

ADDRESS = "12 Lenin Street"
PAST = ("as_of=3", "said_until=2026-01-31")
CLAIMS_PAGES = (CLAIM, *(f"{CLAIM}?{past}" for past in PAST), f"{CLAIM}/versions/2")
PAGES = (*CLAIMS_PAGES, "/claims", "/", "/corrections", *(f"{CLAIM}/embed?{past}" for past in ("", *PAST)))


@pytest.fixture
def claim(desk):
    """Open a claim that is denied with a secret, and put forward by a paper."""
    return open_claim(
        desk, said("denied", MOFA, summary=ADDRESS, scope=ADDRESS, said_on="2026-01-20"), said("reported", PAPER)
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shown_again_is_the_page_made_anew(claim, app, timeline, client, path):
    """The same bytes and the same ETag, whether its parts were kept or are made by another process."""
    answers = [
        served.get(path, headers=PAGE) for served in (client, client, create_app(timeline, Config()).test_client())
    ]
    assert [(a.status_code, a.data, a.headers["ETag"]) for a in answers] == [
        (200, answers[0].data, answers[0].headers["ETag"])
    ] * 3
    known = client.get(path, headers={**PAGE, "If-None-Match": answers[0].headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")


def test_what_was_redacted_is_on_no_page_that_was_kept(claim, desk, client):
    """Every page that showed a secret shows it no more, now or as of any moment, as soon as it is erased."""
    shown = [path for path in PAGES for _ in range(2) if ADDRESS in browse(client, path).html]
    assert shown == [path for path in CLAIMS_PAGES for _ in range(2)]
    assert mend(desk, kept("redacted", regarding=2), 3).status_code == 201
    assert [path for path in (*PAGES, f"{CLAIM}/versions/3") if ADDRESS in browse(client, path).html] == []


def test_what_became_of_a_correction_is_shown_at_once(claim, desk, client):
    """Home and the corrections tell of a retraction as it reads now: as it was amended, and of one erased nothing."""
    paths = ("/", "/corrections", f"{CLAIM}/embed")
    assert append(desk, said("retracted", PAPER, regarding=3, summary="It was an error.")).status_code == 201
    first = [browse(client, path).text for path in paths]
    assert ["The Paper" in text for text in first] == [True] * 3
    assert mend(desk, amended(4, said("retracted", {**PAPER, "name": "The paper"}, regarding=3)), 4).status_code == 201
    assert ["The paper retracted a statement" in browse(client, path).text for path in paths[:2]] == [True, True]
    assert mend(desk, kept("redacted", regarding=4), 5).status_code == 201
    again = [browse(client, path).text for path in paths]
    assert ["retracted a statement of its own" in text for text in again[:2]] == [False, False]
    assert ("Withdrawn" in first[2], "Asserts The Paper" in again[2]) == (True, True)


def test_what_is_recorded_next_is_shown_next(claim, desk, client):
    """A page that is kept is not shown once its claim has moved, nor is its ETag taken for that of the next."""
    before = client.get(CLAIM, headers=PAGE)
    assert append(desk, said("acknowledged", MOFA, summary="They met after all.")).status_code == 201
    after = client.get(CLAIM, headers={**PAGE, "If-None-Match": before.headers["ETag"]})
    assert (after.status_code, "They met after all." in after.text) == (200, True)


@pytest.mark.parametrize("order", [*permutations(("nobody", "reporter", "editor"))], ids="-".join)
def test_nobody_is_shown_what_was_made_for_other_rights(claim, app, store, clock, order):
    """Whoever looked before, an editor may amend, a reporter may add, and who may neither is shown no way to."""
    shown = {}
    for role in order:
        client = app.test_client()
        if role != "nobody":
            token = create_token(store, f"the-{role}", role, now=clock(), expires_in=None)
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        html = browse(client, CLAIM).html
        shown[role] = tuple(way in html for way in ("/log/amend?", "/log?again=", f"the-{role}<"))
    assert shown == {"nobody": (False, False, False), "reporter": (False, True, True), "editor": (True, True, True)}


def test_nobody_is_shown_another_language(claim, client):
    """What was made for a reader of English is not shown to one of Korean, nor the other way round."""
    pages = [browse(client, CLAIM, **{"Accept-Language": language}).html for language in ("en", "ko", "en")]
    assert ["Who stands where" in page for page in pages] == [True, False, True]
    assert pages[0] == pages[2]


def test_an_event_mended_later_reads_so_only_from_then_on(claim, desk, client):
    """The page of an earlier moment is kept apart from that of now."""
    first = browse(client, f"{CLAIM}?as_of=3").html
    assert mend(desk, amended(3, said("reported", PAPER, summary="Two officials met.")), 3).status_code == 201
    assert "Two officials met." in browse(client, CLAIM).html
    again = browse(client, f"{CLAIM}?as_of=3").html
    assert "Two officials met." not in again
    assert "Nothing has come to this claim since." in first
    assert "1 event has come to this claim since." in again


def test_a_long_history_is_mended_wherever_it_is(desk, timeline, client):
    """What becomes of an event among many shows at once, and the page is the one that is made anew."""
    days = [f"2026-01-{day:02}" for day in range(1, 2 * RUN - 1)]
    open_claim(desk, *(said("denied", MOFA, said_on=day) for day in days))
    for n, mended in enumerate((kept("struck", regarding=3), amended(RUN, said("denied", MOFA, said_on="2025-12")))):
        before = browse(client, CLAIM).html
        assert mend(desk, mended, len(days) + 1 + 2 * n).status_code == 201
        shown = [browse(served, CLAIM).html for served in (client, create_app(timeline, Config()).test_client())]
        assert shown[0] == shown[1] != before
        assert append(desk, said("reported", PAPER, said_on=days[n])).status_code == 201


def test_parts_take_no_more_room_than_they_are_given():
    """Whichever was not asked for longest goes first, and what is larger than all the room is made each time."""
    made = []

    def find(name, size=10):
        def make():
            made.append(name)
            return "x" * size, {}

        return b"".join(fragments.find([name.encode()], make).pieces)

    fragments = Fragments(room=2 * (10 + OVERHEAD))
    for name in ("a", "b", "a", "c", "a", "b"):
        find(name)
    assert made == ["a", "b", "c", "b"]
    assert [len(find("whale", 10_000)) for _ in range(2)] == [10_000, 10_000]
    assert made[4:] == ["whale", "whale"]


def test_a_part_is_found_by_each_of_its_texts():
    """Texts that read the same one after the other are not the same texts."""
    fragments = Fragments()
    found = {
        fragments.find(texts, lambda n=n: (f"{n}", {})).pieces
        for n, texts in enumerate(([b"ab", b"c"], [b"a", b"bc"], [b"abc"]))
    }
    assert found == {(b"0",), (b"1",), (b"2",)}


def test_parts_stand_where_their_marks_are():
    """A mark is a comment that names what it stands for; the same part may stand twice."""
    part, other = Fragment(("말".encode(),), "0" * 32), Fragment((b"<", b"b>"), "1" * 32)
    html = f"a{part.__html__()}<!-- b -->{other.__html__()}{part.__html__()}"
    assert b"".join(put_in(html.encode(), {"parts": [other, "no part"], "part": part})).decode() == "a말<!-- b --><b>말"
