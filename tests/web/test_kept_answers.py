"""Answers that are kept whole: the very same, gone with the next event, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.config import Config
from service.errors import Unavailable
from service.machine import new_salt
from service.metrics import Metrics
from service.store import open_store
from service.timeline import Timeline
from service.tokens import revoke_token
from service.web import create_app
from service.web.kept import LONGEST, KeptAnswers
from tests.builders import MOFA, kept, said
from tests.conftest import Clock
from tests.web.newsroom import CLAIM, OTHER_ID, append, mend, open_claim, refused

NAMED = {"name": "Ivan Ivanov", "kind": "person"}
SAME = {"X-Request-Id": "the-same"}  # else each answer names another
KEPT = [
    CLAIM,
    f"{CLAIM}.json",
    f"{CLAIM}?as_of=2",
    f"{CLAIM}?as_of=2026-01-31T10:00:00Z",
    f"{CLAIM}?said_until=2025-12-21",
    f"{CLAIM}/events",
    f"{CLAIM}/events?after=1&limit=1",
    f"{CLAIM}/events?as_of=2",
    f"{CLAIM}/events/2",
    f"{CLAIM}/versions/2",
    f"{CLAIM}/versions/3?diff=1",
]
NOT_KEPT = [
    f"{CLAIM}?as_of=2026-01-31",  # today: it ends now
    f"{CLAIM}/events?as_of=2026-01-31",
    f"{CLAIM}.html",
    f"{CLAIM}?format=stix",
    f"{CLAIM}?as_of=9",
    f"{CLAIM}/events/9",
    "/events",
    "/nowhere",
]


class Asked:
    """Counts what the application itself is asked."""

    def __init__(self, application: Callable) -> None:
        """Ask this application."""
        self.application, self.count = application, 0

    def __call__(self, environ: dict, start: Callable) -> object:
        """Ask it, once more."""
        self.count += 1
        return self.application(environ, start)


@pytest.fixture
def app(timeline: Timeline) -> Flask:
    """Make an application that keeps nothing."""
    return create_app(timeline, Config(kept_mib=0))


@pytest.fixture
def keep(app: Flask, timeline: Timeline, clock: Clock) -> Callable[[], Asked]:
    """Give a way to keep answers, in 1 MiB, from then on."""

    def keeping() -> Asked:
        asked = Asked(app.wsgi_app)
        config, tell_seconds = Config(kept_mib=1), lambda: clock().timestamp()
        app.wsgi_app = KeptAnswers(asked, timeline, Metrics(), config, tell_seconds=tell_seconds)
        return asked

    return keeping


@pytest.fixture
def claim(desk: FlaskClient) -> str:
    """Open a claim on which two have spoken."""
    spoken = (said(type_, NAMED, summary="Ivan saw it.", said_on="2025-12-20") for type_ in ("alleged", "denied"))
    return open_claim(desk, *spoken)


@pytest.mark.parametrize("path", KEPT)
def test_what_is_kept_is_what_was_answered(claim, client, keep, path):
    """The second answer is the first, header for header and byte for byte, and costs the application nothing."""
    expected = client.get(path, headers=SAME)
    asked = keep()
    actual = [client.get(path, headers=SAME) for _ in range(3)]
    assert [(200, list(expected.headers), expected.data)] * 3 == [
        (a.status_code, list(a.headers), a.data) for a in actual
    ]
    assert asked.count == 1


@pytest.mark.parametrize("path", KEPT)
def test_that_nothing_changed_is_kept_too(claim, client, keep, path):
    """A 304 is kept for the tag that it was given for, and for no other."""
    tag = {**SAME, "If-None-Match": client.get(path).headers["ETag"]}
    expected = client.get(path, headers=tag)
    asked = keep()
    actual = [client.get(path, headers=tag) for _ in range(3)]
    assert [(304, list(expected.headers), b"")] * 3 == [(a.status_code, list(a.headers), a.data) for a in actual]
    assert asked.count == 1
    assert [client.get(path, headers={"If-None-Match": '"other"'}).status_code for _ in range(2)] == [200, 200]
    assert asked.count == 3


@pytest.mark.parametrize("path", NOT_KEPT)
def test_what_more_than_the_record_decides_is_not_kept(claim, client, keep, path):
    """What hangs on the clock, pages, refusals and all that grows is answered anew each time."""
    asked = keep()
    statuses = {client.get(path).status_code for _ in range(3)}
    assert len(statuses) == 1
    assert asked.count == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer onr_wrong"},
        {"Authorization": "Basic abc"},
        {"Authorization": ""},
        {"Cookie": "onrecord=a"},
        {"Log-Size-At-Least": "4"},
        {"Log-Size-At-Least": "-1"},
    ],
)
def test_who_asks_more_is_answered_as_before(claim, app, keep, headers):
    """A token is checked, a session looked up, and a log size that is not reached refused, whatever is kept."""
    expected = app.test_client(use_cookies=False).get(claim, headers={**SAME, **headers})
    asked = keep()
    client = app.test_client(use_cookies=False)
    assert client.get(claim).status_code == 200
    actual = [client.get(claim, headers={**SAME, **headers}) for _ in range(2)]
    given = [(a.status, list(a.headers), a.data) for a in actual]
    assert [(expected.status, list(expected.headers), expected.data)] * 2 == given
    assert asked.count == 3


def test_a_token_is_looked_up_each_time(claim, desk, client, store, clock, keep):
    """Whoever has a token is given what was kept, and not any more once it is revoked."""
    asked = keep()
    assert [c.get(claim).status_code for c in (client, desk, desk)] == [200, 200, 200]
    assert asked.count == 1
    revoke_token(store, "desk-seoul", now=clock())
    assert refused(desk.get(claim)) == (401, "unauthenticated", [])
    assert client.get(claim).status_code == 200


def test_what_readers_with_a_token_were_given_is_not_for_others(claim, desk, timeline):
    """Where reading needs a token, nothing that is kept is given to somebody without one."""
    app = create_app(timeline, Config(public_reads=False))
    client, stranger = app.test_client(), app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = desk.environ_base["HTTP_AUTHORIZATION"]
    for _ in range(2):
        assert client.get(claim).status_code == 200
        assert refused(stranger.get(claim)) == (401, "unauthenticated", [])


def test_a_log_size_that_is_reached_is_no_other_question(claim, client, keep):
    """Whoever reads back what they wrote is given what others were given since."""
    asked = keep()
    answers = [client.get(claim, headers={"Log-Size-At-Least": size}) for size in ("0", "3", "3")]
    assert {(200, "3")} == {(a.status_code, a.headers["Log-Size"]) for a in answers}
    assert asked.count == 1


def test_other_forms_and_methods_are_other_questions(claim, client, keep):
    """Neither a page, nor HEAD, nor another name of this record is answered with what was kept of JSON."""
    keep()
    assert client.get(claim).content_type == "application/json"
    assert client.get(claim, headers={"Accept": "text/html"}).content_type == "text/html; charset=utf-8"
    assert client.head(claim).data == b""
    assert client.options(claim).status_code == 204
    other = client.get(claim, headers={"Host": "record.example"})
    assert f"<http://record.example{claim}/timegate>" in ", ".join(other.headers.getlist("Link"))


def test_each_answer_tells_the_log_size_of_now(claim, desk, client, keep):
    """What is recorded elsewhere in the record is told by the next answer, which is otherwise the same."""
    keep()
    before = [client.get(claim) for _ in range(2)]
    open_claim(desk, id_=OTHER_ID)
    after = [client.get(claim) for _ in range(2)]
    assert ["3", "3", "4", "4"] == [a.headers["Log-Size"] for a in (*before, *after)]
    assert len({a.data for a in (*before, *after)}) == 1


@pytest.fixture
def elsewhere(record_url: str, clock: Clock, desk: FlaskClient) -> Iterator[FlaskClient]:
    """Give a desk at another server of the same record, which keeps answers of its own."""
    store = open_store(record_url)
    timeline = Timeline(store, clock=clock, new_salt=new_salt)
    client = create_app(timeline, Config()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = desk.environ_base["HTTP_AUTHORIZATION"]
    yield client
    timeline.close()
    store.close()


@pytest.mark.parametrize("path", KEPT)
def test_what_another_server_redacts_is_gone_here(claim, client, elsewhere, keep, path):
    """With the answer to a redaction, its words are in no answer of any server, kept or not."""
    keep()
    assert ["ivan", "ivan"] == [re.search("ivan", client.get(path).text.lower())[0] for _ in range(2)]
    assert mend(elsewhere, kept("redacted", regarding=3), 3).status_code == 201
    assert mend(elsewhere, kept("redacted", regarding=2), 4).status_code == 201
    answers = [client.get(path) for _ in range(2)]
    assert [200, 200] == [a.status_code for a in answers]
    assert ["5", "5"] == [a.headers["Log-Size"] for a in answers]
    assert "ivan" not in (answers[0].text + answers[1].text).lower()


def test_whoever_records_reads_it_back(claim, desk, client, keep):
    """An answer that was kept never hides what was recorded since, with or without a log size to wait for."""
    keep()
    assert [client.get(claim).json["version"] for _ in range(2)] == [3, 3]
    made = append(desk, said("confirmed", MOFA))
    size = str(int(made.headers["Log-Position"]) + 1)
    assert client.get(claim).json["version"] == 4
    assert client.get(claim, headers={"Log-Size-At-Least": size}).json["version"] == 4


def test_it_is_kept_for_a_minute_at_most(claim, client, keep, clock):
    """What mends the read model and records nothing reaches readers in time."""
    asked = keep()
    client.get(claim)
    clock.move_on(seconds=LONGEST)
    client.get(claim)
    assert asked.count == 1
    clock.move_on(seconds=1)
    client.get(claim)
    client.get(claim)
    assert asked.count == 2


def test_the_oldest_makes_room(claim, client, keep):
    """So many bytes and no more: what does not fit any more is asked for anew."""
    asked = keep()
    paths = [f"{claim}/events?limit={n}" for n in range(1, 401)]  # 3 KiB each, or more
    assert {client.get(path).status_code for path in paths} == {200}
    client.get(paths[-1])
    assert asked.count == 400
    client.get(paths[0])
    assert asked.count == 401


def test_what_is_large_for_the_room_is_not_kept(desk, client, keep):
    """One answer never takes more than an eighth of it."""
    long = (said("alleged", NAMED, scope=f"{n}", note=f"{n}{'.' * 60_000}") for n in range(3))
    open_claim(desk, *long)
    asked = keep()
    for path in (f"{CLAIM}/events", f"{CLAIM}/events/2"):
        assert [client.get(path).status_code for _ in range(2)] == [200, 200]
    assert asked.count == 3


def test_a_record_that_cannot_be_read_is_said_at_once(claim, client, store, keep):
    """Whether anything was recorded is asked once; where nobody can tell, nothing that was kept is given."""
    keep()
    expected = client.get(claim)
    with patch.object(type(store), "reading", side_effect=Unavailable("The record cannot be read.")) as looked:
        refusal = client.get(claim)
    assert refused(refusal) == (503, "unavailable", [])
    assert refusal.json["detail"] == "The record cannot be read."
    assert looked.call_count == 1
    assert client.get(claim).data == expected.data


def test_what_was_kept_is_counted_and_logged_like_any_answer(claim, timeline, caplog):
    """Route, status, token and an id of its own: nobody who reads the log has to know what was kept."""
    metrics = Metrics()
    client = create_app(timeline, Config(), metrics).test_client()
    caplog.set_level("INFO", "service.web.observing")
    answers = [client.get(f"{claim}/events") for _ in range(3)]
    lines = [{**record.facts, "ms": "…"} for record in caplog.records]
    route = "/claims/<claim_id>/events"
    assert [
        {
            "request_id": a.headers["X-Request-Id"],
            "method": "GET",
            "route": route,
            "status": 200,
            "ms": "…",
            "token": None,
        }
        for a in answers
    ] == lines
    assert len({line["request_id"] for line in lines}) == 3
    counted = f'onrecord_requests_total{{method="GET",route="{route}",status="200"}} 3.0'
    assert counted in metrics.write(3, []).decode()
