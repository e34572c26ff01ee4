"""The desk says what hangs and what changed; the embed is the one page that may be framed."""

from __future__ import annotations

import pytest

from service.tokens import create_token
from tests.builders import MID, MOFA, asked, published, said
from tests.web.browsing import PAGE, browse, send, sign_in
from tests.web.newsroom import CLAIM, OTHER_ID, append, open_claim


@pytest.fixture
def token(store, clock):
    """Make a reporter's token."""
    return create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None)


@pytest.fixture
def reporter(app, token):
    """Sign in as a reporter."""
    client = app.test_client()
    sign_in(client, token)
    return client


def section(page, title):
    """Give what a desk's section says."""
    return page.text.partition(title)[2]


def test_what_hangs_is_told(desk, reporter, token, clock):
    """Requests due and overdue, what is neither confirmed nor denied for long, and claims with one origin."""
    open_claim(desk, said("reported", source=published("2026-01-30")), asked(deadline="2026-02-02T12:00:00Z"))
    open_claim(desk, said("ncnd", MOFA), id_=OTHER_ID, text="Another claim altogether.")
    assert "Nothing is overdue." in browse(reporter, "/desk").text
    assert "An official met" in section(browse(reporter, "/desk"), "Awaiting an answer")
    clock.move_on(days=20)
    sign_in(reporter, token)
    page = browse(reporter, "/desk")
    assert "nothing has moved for 20 days · open long" in page.text
    assert "An official met the envoy" in section(page, "One origin alone")


def test_who_is_awaited_is_told_the_most_urgent_first(desk, reporter, token, clock):
    """Each request names whom it awaits, what was asked on which claim, when it is due and how far off that is."""
    question = {"party": {"name": "Kremlin", "kind": "state", "country": "RU"}, "question": "Did they meet?"}
    later = ("comment_requested", {**question, "channel": "mail", "deadline": "2026-02-20T12:00:00Z"})
    open_claim(desk, later, asked(deadline="2026-02-02T12:00:00Z"))
    open_claim(desk, asked(MID, deadline="2026-02-01T12:00:00Z"), id_=OTHER_ID, text="Another claim altogether.")
    clock.move_on(days=1, hours=20)  # to 2 February, 6:00
    sign_in(reporter, token)
    page = browse(reporter, "/desk").text
    overdue, _, due = page.partition("Comment overdue")[2].partition("Neither confirmed")[0].partition("Awaiting")
    assert overdue == (
        " Russian Foreign Ministry RU Another claim altogether. Channel: mail Log its answer"
        " overdue by 18 hours due by 1 Feb 2026, 12:00 UTC "
    )
    assert due == (
        " an answer South Korean Foreign Ministry KR An official met the envoy in Moscow. Channel: mail Log its answer"
        " due in 6 hours due by 2 Feb 2026, 12:00 UTC"
        " Kremlin RU An official met the envoy in Moscow. Did they meet? Channel: mail Log its answer"
        " due in 18 days due by 20 Feb 2026, 12:00 UTC "
    )
    append(desk, said("ncnd", MOFA))
    assert "South Korean Foreign Ministry KR" not in browse(reporter, "/desk").text.partition("Neither confirmed")[0]


def test_what_changed_since_one_last_looked(desk, reporter):
    """What a desk has not seen is listed, until it says that it has; then only what comes after."""
    open_claim(desk, said("denied", MID, summary="The first word."))
    first = browse(reporter, "/desk")
    assert "The first word." in first.text
    assert send(reporter, "/desk", {"upto": "2"}).status_code == 303
    assert "Nothing new." in browse(reporter, "/desk").text
    append(desk, said("ncnd", MOFA, summary="The second word."))
    page = browse(reporter, "/desk").text
    assert ("The first word." in page, "The second word." in page) == (False, True)


def test_a_request_is_told_with_what_came_of_it(desk, reporter, token, clock):
    """Among what changed, a request for comment says by when and how it was made, and who answered in time, and how."""
    type_, request = asked(deadline="2026-02-02T12:00:00Z")
    open_claim(desk, (type_, {**request, "question": "Did they meet?"}))
    assert (
        "Comment requested : South Korean Foreign Ministry Did they meet? · due by 2 Feb 2026, 12:00 UTC"
        " · Channel: mail No answer is on record yet."
    ) in section(browse(reporter, "/desk"), "Since you last looked")
    clock.move_on(days=20)
    sign_in(reporter, token)
    overdue = section(browse(reporter, "/desk"), "Since you last looked")
    assert "No answer is on record, and the deadline has passed." in overdue
    append(desk, said("declined", MOFA, attribution="background"))
    page = browse(reporter, "/desk")
    assert "What came of it: declined to comment (on background) ( 3 )" in section(page, "Since you last looked")
    assert f'href="{CLAIM}#event-3">3</a>' in page.html


@pytest.mark.parametrize("upto", ["", "-1", "x", "9" * 40, "99999"])
def test_nobody_has_seen_what_is_not_there(desk, reporter, upto):
    """A desk cannot have seen more than there is."""
    open_claim(desk)
    assert send(reporter, "/desk", {"upto": upto}).status_code == 303
    append(desk, said("denied", summary="A word."))
    assert "A word." in browse(reporter, "/desk").text


def test_the_desk_is_for_those_who_have_signed_in(client):
    """A stranger is asked to sign in, and comes back to where they were."""
    page = browse(client, "/desk", 401)
    assert 'name="back" value="/desk"' in page.html


def test_only_the_embed_may_be_framed(moscow, client):
    """One page allows frames, loads no script, and says what it shows; every other answer forbids them."""
    meeting = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"
    response = client.get(f"{meeting}/embed", headers=PAGE)
    policy = response.headers["Content-Security-Policy"]
    assert ("frame-ancestors *" in policy, "script-src" in policy) == (True, False)
    assert "<script" not in response.text
    assert "frame-ancestors 'none'" in client.get(meeting, headers=PAGE).headers["Content-Security-Policy"]
    live, past = browse(client, f"{meeting}/embed"), browse(client, f"{meeting}/embed?as_of=3")
    assert "Denied A South Korean official" in live.text
    assert "Reported This is the past. A South Korean official" in past.text
    assert CLAIM not in live.html


def test_a_denial_of_a_part_is_told_as_one(desk, client):
    """Where the only denial is of a part, the title of the page and of the embed say so, and who denies it."""
    open_claim(desk, said("denied", extent="partial"))
    page, embed = browse(client, CLAIM), browse(client, f"{CLAIM}/embed")
    title = "<title>Denied in part: An official met the envoy in Moscow. · onrecord</title>"
    assert (title in page.html, title in embed.html) == (True, True)
    assert "Denies Russian Foreign Ministry (in part)" in embed.text
