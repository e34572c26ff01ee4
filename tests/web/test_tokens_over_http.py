"""Tokens: what is one, how long it holds, and that it never comes out again."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import pytest

from service.errors import OutcomeUnknown, Unavailable
from service.store.sqlite.file import LOCK_WAIT
from service.tokens import create_token, revoke_token
from tests.builders import said
from tests.web.newsroom import CLAIM, CLAIM_ID, append, in_json, open_claim, refused

ANSWERS = ["/", "/claims", CLAIM, f"{CLAIM}/events", "/events", "/nowhere", "/claims?x=1", "/readyz"]


def ask(client, token, path="/claims"):
    """Read something with a token."""
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def token(store, clock):
    """Make a reporter's token that holds for a day."""
    return create_token(store, "somebody", "reporter", now=clock(), expires_in=timedelta(days=1))


def test_a_token_expires(claim, client, token, clock):
    """A token holds until the instant it expires at, and not at that instant."""
    clock.move_on(days=1, microseconds=-1)
    assert ask(client, token).status_code == 200
    clock.move_on(microseconds=1)
    assert refused(ask(client, token)) == (401, "unauthenticated", [])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/claims", {"text": "Another claim.", "lang": "en"}),
        ("/events", {"events": [{"claim": CLAIM_ID, **in_json(said("denied"))}]}),
        (f"{CLAIM}/events?allow_duplicate=true", in_json(said("denied"))),
    ],
)
def test_a_token_that_is_revoked_while_a_body_comes_records_nothing(
    desk, client, store, timeline, clock, monkeypatch, path, body
):
    """On whichever way it is recorded, the token is asked again in the transaction that records."""
    open_claim(desk)
    record = timeline.record

    def revoke_first(**asked):
        revoke_token(store, "desk-seoul", now=clock())
        return record(**asked)

    monkeypatch.setattr(timeline, "record", revoke_first)
    before = client.get("/events").json["log_size"]
    assert desk.post(path, json=body).status_code == 401
    assert client.get("/events").json["log_size"] == before


def test_a_token_is_revoked_at_once(desk, claim, client, token, store, clock):
    """From the next request on a revoked token reads and writes nothing, and its events stay."""
    headers = {"Authorization": f"Bearer {token}"}
    made = client.post(f"{CLAIM}/events", json=in_json(said("denied")), headers=headers)
    assert (201, "somebody") == (made.status_code, made.json["recorded_by"])
    revoke_token(store, "somebody", now=clock())
    assert refused(client.post(f"{CLAIM}/events", json=in_json(said("ncnd")), headers=headers))[0] == 401
    assert refused(ask(client, token))[0] == 401
    assert made.data == client.get(f"{CLAIM}/events/2").data


def test_a_new_token_of_a_name_replaces_the_revoked_one(claim, client, token, store, clock):
    """The old token of a name stays revoked when the name is used again."""
    revoke_token(store, "somebody", now=clock())
    new = create_token(store, "somebody", "reader", now=clock(), expires_in=None)
    assert [401, 200] == [ask(client, token).status_code, ask(client, new).status_code]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "Basic dXNlcjpwYXNz",
        "Token {}",
        "{}",
        "Bearer {}x",
        "Bearer x{}",
        "Bearer {} {}",
        "Bearer onr_",
        "Bearer onr_short",
        "Bearer " + "x" * 10000,
        "Bearer éè",
        'Bearer "{}"',
        "Bearer,{}",
    ],
)
def test_what_is_no_token(claim, client, token, header):
    """Anything but one whole token under the scheme Bearer is 401, on reads of a public record too."""
    response = client.get("/claims", headers={"Authorization": header.replace("{}", token)})
    assert refused(response) == (401, "unauthenticated", [])
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="onrecord"'


@pytest.mark.parametrize(
    "change", [str.lower, str.upper, str.swapcase, lambda t: t[:-1] + ("0" if t[-1] != "0" else "1")]
)
def test_a_token_that_was_changed(claim, client, token, change):
    """A token that differs in one character is none."""
    assert refused(ask(client, change(token))) == (401, "unauthenticated", [])


def test_the_scheme_is_read_in_any_case(claim, client, token):
    """The scheme's name is read as RFC 9110 has it, in any case."""
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert client.get("/claims", headers={"Authorization": f"{scheme} {token}"}).status_code == 200


def test_strangers_learn_nothing_from_a_refusal(claim, client, token, store, clock):
    """Unknown, malformed, expired and revoked tokens are answered the same."""
    answers = [ask(client, "onr_x").data, ask(client, token[:-1]).data]
    clock.move_on(days=2)
    answers.append(ask(client, token).data)
    revoke_token(store, "somebody", now=clock())
    assert [answers[0]] * 4 == [*answers, ask(client, token).data]


def test_the_use_of_a_token_is_noted(claim, client, token, store, clock):
    """When a token was last used is noted, at most once a minute."""
    noted = []
    for _ in range(3):
        ask(client, token)
        with store.reading() as view:
            noted += [row.last_used_at for row in view.tokens() if row.name == "somebody"]
        clock.move_on(seconds=30)
    assert ["2026-01-31T10:00:00.000000Z", "2026-01-31T10:00:00.000000Z", "2026-01-31T10:01:00.000000Z"] == noted


def test_who_reads_does_not_wait_for_who_writes(claim, client, token, store):
    """That the use of a token is to be noted keeps nobody waiting behind a long transaction, and it is noted later."""
    with ThreadPoolExecutor(1) as reader, store.writing() as transaction:
        transaction.head()
        assert reader.submit(ask, client, token).result(LOCK_WAIT - 5).status_code == 200
    assert ask(client, token).status_code == 200
    with store.reading() as view:
        assert [row.last_used_at for row in view.tokens() if row.name == "somebody"] == ["2026-01-31T10:00:00.000000Z"]


@pytest.mark.parametrize("error", [Unavailable("The disk is full."), OutcomeUnknown("The store did not answer.")])
def test_a_record_that_cannot_be_written_is_still_read(claim, client, token, store, error, caplog):
    """That the use of a token cannot be noted keeps nobody from reading; it is logged."""
    with patch.object(type(store), "writing", side_effect=error):
        assert ask(client, token).status_code == 200
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warned == ["the last use of a token was not noted: " + error.detail]


def test_a_token_never_comes_out(desk, client, token, caplog):
    """No answer and no line of the log holds a token, its digest, or what came as one."""
    caplog.set_level(logging.DEBUG)
    open_claim(desk, said("denied"))
    spent = desk.environ_base["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    told = [ask(client, sent, path) for sent in (token, spent, token[:-1]) for path in ANSWERS]
    told += [append(desk, said("denied")), desk.post("/claims", data=b"{"), client.get(f"/claims/{token}x")]
    with patch("service.timeline.Timeline.get_claim", side_effect=RuntimeError("the inside")):
        told.append(ask(client, token, f"{CLAIM}?said_until=2026"))
    assert told[-1].status_code == 500
    shown = "".join(
        f"{answer.headers}{answer.text}" for answer in told if f"/claims/{token}" not in answer.request.path
    )
    shown += caplog.text
    assert [False, False, False] == [secret in shown for secret in (spent, token, token[:-1])]
