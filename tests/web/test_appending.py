"""The short way of an append: it answers, refuses, counts and logs what the whole way does, and stores the same."""

import json
import logging
from datetime import timedelta

import pytest

from service import tokens
from service.errors import Unavailable
from service.metrics import Metrics
from service.tokens import create_token, revoke_token
from service.web import appending
from service.web.appending import ShortAppends
from tests.builders import kept, said
from tests.web.directory import MID_KEY, MINISTRY_KEY
from tests.web.newsroom import CLAIM, JSON, NO_ID, OTHER, OTHER_ID, append, in_json, nothing_recorded, open_claim

NAMED = {"X-Request-Id": "asked-so"}
OWN = {"Location", "ETag", "Log-Size", "Log-Position", "Content-Length"}  # of one event and no other
WHOLE = "?dry_run=false"  # whoever asks something goes the whole way
REFUSED = {
    "said before": (json.dumps(in_json(said("reported"))), CLAIM, {}, 409),
    "no such claim": (json.dumps(in_json(said("denied"))), f"/claims/{NO_ID}", {}, 404),
    "nothing to take back": (json.dumps(in_json(said("retracted", regarding=1))), CLAIM, {}, 409),
    "an opening": (json.dumps({"type": "opened", "data": {"text": "A.", "lang": "en"}}), CLAIM, {}, 409),
    "an editor's without a version": (json.dumps(in_json(kept("struck", regarding=2, reason="No."))), CLAIM, {}, 428),
    "faults": ('{"type":"denied","data":{"said_on":"soon","colour":1}}', CLAIM, {}, 422),
    "no JSON": ("{", CLAIM, {}, 400),
    "too large": (json.dumps(in_json(said("denied", note="x" * 70_000))), CLAIM, {}, 413),
    "a key that is none": (json.dumps(in_json(said("denied"))), CLAIM, {"Idempotency-Key": "short"}, 422),
    "no token": (json.dumps(in_json(said("denied"))), CLAIM, {"Authorization": "Bearer onr_none"}, 401),
    "an empty If-Match": (json.dumps(in_json(said("denied"))), CLAIM, {"If-Match": ""}, 422),
    "an empty log size": (json.dumps(in_json(said("denied"))), CLAIM, {"Log-Size-At-Least": ""}, 422),
    "two tokens": (json.dumps(in_json(said("denied"))), CLAIM, {"Authorization": "Bearer a, Bearer b"}, 400),
}


@pytest.fixture
def lines(caplog):
    """Give what was logged of requests, without their times."""
    caplog.set_level(logging.INFO, "service.web.observing")
    return lambda: [{**one.facts, "ms": "…"} for one in caplog.records if one.name == "service.web.observing"]


def test_an_append_is_answered_alike_either_way(desk, lines):
    """Status, headers in their order and the line in the log are the same."""
    open_claim(desk)
    open_claim(desk, id_=OTHER_ID)
    short = append(desk, said("denied"), CLAIM, headers=NAMED)
    whole = desk.post(f"{OTHER}/events{WHOLE}", json=in_json(said("denied")), headers=NAMED)
    assert short.status == "201 CREATED"
    assert whole.status == short.status
    assert [name for name, _ in short.headers] == [name for name, _ in whole.headers]
    assert dict(short.headers) | dict.fromkeys(OWN) == dict(whole.headers) | dict.fromkeys(OWN)
    assert (short.headers["Location"], short.headers["ETag"]) == (f"{CLAIM}/events/2", '"2"')
    assert short.data == desk.get(f"{CLAIM}/events/2").data
    assert short.headers["Content-Length"] == str(len(short.data))
    first, second = [line for line in lines() if line["request_id"] == "asked-so"]
    assert first == second


@pytest.mark.parametrize("case", REFUSED)
def test_an_append_is_refused_alike_either_way(desk, client, lines, case):
    """Every byte of a refusal, its headers and its line in the log are the same, and nothing is stored."""
    body, claim, headers, status = REFUSED[case]
    open_claim(desk, said("reported"))
    with nothing_recorded(client):
        told = [
            desk.post(f"{claim}/events{query}", data=body, headers={**JSON, **NAMED, **headers})
            for query in ("", WHOLE)
        ]
    short, whole = [(answer.status_code, list(answer.headers), answer.data) for answer in told]
    assert status == short[0]
    assert whole == short
    first, second = [line for line in lines() if line["request_id"] == "asked-so"]
    assert first == second


def test_a_plain_append_asks_nothing_of_the_application(timeline, desk, app):
    """With and without a key it is recorded before the application hears of it; with the same key only once."""
    open_claim(desk)
    app.wsgi_app = ShortAppends(lambda *_: pytest.fail("It was asked."), timeline, Metrics(), ())
    keyed = {"headers": {"Idempotency-Key": "the-same-key"}}
    told = [append(desk, said("denied")), *(append(desk, said("ncnd"), **keyed) for _ in range(2))]
    assert [(answer.status_code, answer.headers["ETag"]) for answer in told] == [
        (201, '"2"'),
        (201, '"3"'),
        (201, '"3"'),
    ]
    assert [answer.headers.get("Idempotent-Replayed") for answer in told] == [None, None, "true"]
    assert told[1].data == told[2].data
    assert timeline.log_size() == 3


@pytest.mark.parametrize(("error", "status"), [(Unavailable("away"), 503), (KeyError("a secret"), 500)])
def test_whom_the_store_does_not_answer_it_is_asked_once(desk, timeline, monkeypatch, error, status):
    """What goes wrong before anybody is known, too, is told as the application tells it, and the connection ends."""
    open_claim(desk)
    asked = []

    def fail(*_, **__):
        asked.append(1)
        raise error

    monkeypatch.setattr(appending, "authenticate", fail)
    answer = append(desk, said("denied"), CLAIM, headers=NAMED)
    assert (answer.status_code, answer.content_type, asked) == (status, "application/problem+json", [1])
    assert (answer.headers["X-Request-Id"], answer.headers["Connection"]) == ("asked-so", "close")


def test_who_asked_before_is_not_looked_up_again(desk, timeline, monkeypatch):
    """Whoever appended within the last minute is known; that their token holds is found where it is recorded."""
    open_claim(desk)
    append(desk, said("reported"))
    monkeypatch.setattr(timeline.store, "reading", lambda **_: pytest.fail("The store was asked."))
    keyed = {"Idempotency-Key": "a-key-of-its-own"}
    told = [append(desk, said(word), headers=sent) for word, sent in (("denied", {}), ("ncnd", keyed))]
    assert [answer.status_code for answer in told] == [201, 201]


def test_what_a_request_recorded_is_told_again_while_nothing_can_be(desk, timeline, store, clock, monkeypatch):
    """A retry gets the first answer though the record cannot be written, as long as its token holds."""
    open_claim(desk)
    keyed = {"headers": {"Idempotency-Key": "the-same-key"}}
    first = append(desk, said("reported"), **keyed)

    def fail(_command):
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(timeline._writer, "submit", fail)  # noqa: SLF001 - what only a machine could break
    again, other = append(desk, said("reported"), **keyed), append(desk, said("reported"))
    assert (again.status_code, again.data, again.headers["Idempotent-Replayed"]) == (201, first.data, "true")
    assert (other.status_code, other.json["code"]) == (503, "unavailable")
    revoke_token(store, "desk-seoul", now=clock())
    assert append(desk, said("reported"), **keyed).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "the-same-key"}])
def test_a_token_that_was_revoked_records_nothing_from_the_next_request_on(desk, client, store, clock, headers):
    """However often it was used before, it is refused with the bytes of the whole way, a retry, too."""
    open_claim(desk)
    assert append(desk, said("reported"), headers=headers).status_code == 201
    revoke_token(store, "desk-seoul", now=clock())
    event = said("denied") if not headers else said("reported")
    with nothing_recorded(client):
        short, again = (append(desk, event, headers=NAMED | headers) for _ in range(2))
        whole = desk.post(f"{CLAIM}/events{WHOLE}", json=in_json(event), headers=NAMED | headers)
    assert short.status_code == 401
    told = [{**dict(answer.headers), "Connection": "", "": answer.data} for answer in (short, again, whole)]
    assert told[0] == told[1] == told[2]  # but for the connection, which ends where the body was not read


@pytest.mark.parametrize("known", [False, True])
def test_a_token_that_is_revoked_on_the_way_records_nothing(desk, client, store, timeline, clock, monkeypatch, known):
    """Whether it was remembered or looked up just now, it is asked again in the transaction that records."""
    open_claim(desk)
    if known:
        append(desk, said("reported"))
    record = timeline.record

    def revoke_first(**asked):
        revoke_token(store, "desk-seoul", now=clock())
        return record(**asked)

    monkeypatch.setattr(timeline, "record", revoke_first)
    with nothing_recorded(client):
        assert append(desk, said("denied")).status_code == 401


def test_a_key_is_looked_at_before_a_role(desk, hire):
    """What only an editor may, sent with a key that was used, is refused for the key."""
    open_claim(desk)
    reporter, keyed = hire("a-reporter", "reporter"), {**NAMED, "Idempotency-Key": "the-same-key"}
    assert append(reporter, said("denied"), headers=keyed).status_code == 201
    same = in_json(("joined", {"party": MID_KEY, "same_as": MINISTRY_KEY, "reason": "One desk."}))
    answer = reporter.post(f"{CLAIM}/events", json=same, headers=keyed)
    assert (answer.status_code, answer.json["code"]) == (422, "key_reused")


def test_that_a_token_is_used_is_noted_again_after_a_minute(desk, store, clock):
    """Whoever goes on appending is looked up once a minute, and when they were seen is kept."""
    open_claim(desk)
    seen = []
    for seconds in (0, 59, 1):
        clock.move_on(seconds=seconds)
        append(desk, said("denied", scope=str(len(seen))))
        with store.reading() as view:
            seen += [row.last_used_at for row in view.tokens() if row.name == "desk-seoul"]
    assert seen == ["2026-01-31T10:00:00.000000Z"] * 2 + ["2026-01-31T10:01:00.000000Z"]


def test_no_more_tokens_are_remembered_than_may_be(monkeypatch, clock):
    """Where too many are, all are looked up again."""
    monkeypatch.setattr(tokens, "MOST_REMEMBERED", 2)
    remembered, who = tokens.Remembered(), tokens.Actor("desk-seoul", "editor")
    for digest in (b"a", b"b", b"c"):
        remembered.note(digest, who, now=clock())
    assert [remembered.find(digest, now=clock()) for digest in (b"a", b"b", b"c")] == [None, None, who]


def test_who_is_revoked_is_told_so_whatever_else_is_wrong(desk, store, clock):
    """The token is looked at before all else, remembered or not."""
    open_claim(desk)
    append(desk, said("reported"))
    revoke_token(store, "desk-seoul", now=clock())
    keys = ({}, {"Idempotency-Key": "short"}, {"Idempotency-Key": "two,of them"})
    told = [append(desk, said("denied"), headers={**NAMED, **key}) for key in keys]
    assert [answer.status_code for answer in told] == [401] * 3


def test_a_token_that_expires_records_nothing_from_then_on(app, store, clock, desk):
    """The moment it is recorded at counts, and a minute in which it was remembered does not."""
    open_claim(desk)
    client = app.test_client()
    token = create_token(store, "for-a-while", "reporter", now=clock(), expires_in=timedelta(seconds=30))
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    assert append(client, said("reported")).status_code == 201
    clock.move_on(seconds=30)
    assert append(client, said("denied")).status_code == 401


def test_a_body_that_is_cut_off_is_not_recorded(desk, client):
    """A body shorter than its length is refused, though what came of it is in order."""
    open_claim(desk)
    body = json.dumps(in_json(said("denied")))
    with nothing_recorded(client):
        longer = {"CONTENT_LENGTH": str(len(body) + 1)}
        answer = desk.post(f"{CLAIM}/events", data=body, headers=JSON, environ_overrides=longer)
    assert answer.status_code == 400


def test_a_fault_nobody_foresaw_is_logged_and_not_shown(desk, timeline, monkeypatch, caplog):
    """It is a 500 that tells nothing, logged with where it came from, and what it befell is not tried again."""
    open_claim(desk)
    asked = []

    def fail(**_):
        asked.append(1)
        raise KeyError("a secret")

    monkeypatch.setattr(timeline, "record", fail)
    answer = append(desk, said("denied"))
    assert (answer.status_code, answer.json["code"], asked) == (500, "internal", [1])
    assert "secret" not in answer.text
    assert [type(one.exc_info[1]) for one in caplog.records if one.exc_info] == [KeyError]
