"""The feed for those who want some of it: by type, by who speaks, by country, and waiting for what comes."""

from __future__ import annotations

from queue import Queue
from threading import Thread
from urllib.parse import quote

import pytest

from service.config import Config
from service.timeline import Timeline
from service.tokens import create_token
from service.web import create_app
from tests.builders import KREMLIN, MID, MOFA, amended, asked, assessed, kept, said
from tests.web.directory import MID_KEY, MINISTRY, MINISTRY_KEY, joined
from tests.web.newsroom import append, mend, open_claim, refused


def positions(client, query):
    """List the positions that a question leads to, from one page, with the last that was looked at."""
    page = client.get(f"/events?{query}").json
    return [placed["position"] for placed in page["events"]], page["next"]


@pytest.fixture
def record(desk):
    """Record one claim of ten events, one of each way in which a party can be in one."""
    open_claim(
        desk,
        said("denied", MINISTRY),  # 1
        said("ncnd", MOFA),  # 2
        asked(MOFA, "2026-03-01T12:00:00Z"),  # 3
        assessed(),  # 4
        said("denied", on_behalf_of=KREMLIN),  # 5
        said("denied", MOFA),  # 6
    )
    assert mend(desk, amended(7, said("denied", MID, said_on="2026-01-30")), 7).status_code == 201  # 7
    assert mend(desk, kept("struck", regarding=3), 8).status_code == 201  # 8
    return desk


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("types=denied", [1, 5, 6]),
        ("types=ncnd&types=struck", [2, 8]),
        (f"party={MID_KEY}", [5, 7]),
        ("party=south-korean-foreign-ministry", [2, 3, 6]),
        (f"party={quote('SOUTH Korean  foreign ministry')}", [2, 3, 6]),
        (f"party={MID_KEY}&party=a-scholar", [4, 5, 7]),
        ("party=kremlin", []),
        ("country=KR", [2, 3, 6]),
        ("country=RU&types=denied", [1, 5]),
        (f"party={MID_KEY}&country=KR", []),
        ("country=KR&limit=2", [2, 3]),
        ("country=KR&after=2", [3, 6]),
    ],
)
@pytest.mark.usefixtures("record")
def test_a_filtered_feed(client, query, expected):
    """Values of one filter are alternatives, filters must all hold; `next` has passed what was left out."""
    upto = expected[-1] if "limit=2" in query else 8
    assert (expected, upto) == positions(client, query)


def test_a_party_is_followed_under_all_its_names(record, client):
    """From the join on either name gives the events of both, also those before it; parted, each its own again."""
    assert append(record, joined(MINISTRY["name"], MID_KEY)).status_code == 201
    assert [positions(client, f"party={quote(key)}")[0] for key in (MID_KEY, MINISTRY_KEY)] == [[1, 5, 7]] * 2
    assert append(record, joined(MINISTRY["name"], MID_KEY, "parted")).status_code == 201
    assert [positions(client, f"party={quote(key)}")[0] for key in (MID_KEY, MINISTRY_KEY)] == [[5, 7], [1]]


def test_what_was_redacted_has_no_party(record, client):
    """An event whose payload was erased is nobody's any more; its type remains."""
    assert mend(record, kept("redacted", regarding=6), 9).status_code == 201
    assert positions(client, f"party={MID_KEY}")[0] == [7]
    assert positions(client, "types=denied")[0] == [1, 5, 6]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("types=deny", "types"),
        ("country=ru", "country"),
        ("country=XX", "country"),
        ("party=", "party"),
        ("party=%E2%80%A6", "party"),
        ("wait=21", "wait"),
        ("wait=1.5", "wait"),
        ("&".join(f"party=p{n}" for n in range(31)), "party"),
    ],
)
def test_what_no_feed_can_be_filtered_by(client, query, name):
    """A value that nothing can have is refused, so that a typo never looks like silence; so are too many."""
    assert refused(client.get(f"/events?{query}")) == (422, "invalid", [name])


def test_who_waits_is_told_at_once(record, app):
    """A consumer that waits is answered as soon as something of its question is recorded, and not by other events."""
    answers = []
    waiting = Thread(target=lambda: answers.append(positions(app.test_client(), "after=8&wait=20&types=ncnd")))
    waiting.start()
    assert append(record, said("denied", KREMLIN)).status_code == 201
    assert append(record, said("ncnd", KREMLIN)).status_code == 201
    waiting.join(timeout=15)
    assert answers == [([10], 10)]


def test_nobody_waits_where_there_is_no_room(store, clock):
    """Of two consumers where one may wait, one is answered an empty page at once, the other when something comes."""
    timeline = Timeline(store, clock=clock, new_salt=lambda: bytes(16), waiters=1)
    app = create_app(timeline, Config())
    answers = Queue()
    asking = [Thread(target=lambda: answers.put(positions(app.test_client(), "wait=20"))) for _ in range(2)]
    try:
        for thread in asking:
            thread.start()
        assert answers.get(timeout=15) == ([], None)
        desk = app.test_client()
        token = create_token(store, "desk-seoul", "editor", now=clock(), expires_in=None)
        desk.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        open_claim(desk)
        assert answers.get(timeout=15) == ([0], 0)
    finally:
        timeline.close()
