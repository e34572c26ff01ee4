"""Who may do what: each role against each kind of write and of read, public or private."""

from __future__ import annotations

import pytest

from service.config import Config
from service.web import create_app
from tests.builders import MID, MOFA, asked, assessed, kept, said
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER_ID, TEXT, batch, in_json, nothing_recorded, open_claim, refused

STATEMENT = {"party": MID, "summary": "No.", "source": {"publisher": "TASS"}}
LINK = {"relation": "context", "claim": OTHER_ID}
BY_REPORTERS = [said("ncnd"), assessed(), asked(MOFA), ("linked", {**LINK, "relation": "follows"})]
BY_EDITORS = [
    ("unlinked", LINK),
    kept("amended", regarding=2, type="denied", statement=STATEMENT),
    kept("struck", regarding=2),
    kept("redacted", regarding=2),
    kept("reworded", text="They met."),
]
RIGHTS = {
    "reader": set(),
    "auditor": set(),
    "reporter": {"write"},
    "editor": {"write", "edit"},
    "admin": {"write", "edit"},
}
READS = [
    "/",
    "/claims",
    CLAIM,
    f"{CLAIM}?as_of=1",
    f"{CLAIM}/events",
    f"{CLAIM}/events/1",
    f"{CLAIM}/versions/1",
    "/events",
]
OPEN_TO_ALL = ["/healthz", "/readyz", "/openapi.json", "/docs", "/docs/docs.js", "/problems/invalid"]


@pytest.fixture
def linked(desk):
    """Open a claim with a denial and a link."""
    open_claim(desk, id_=OTHER_ID)
    return open_claim(desk, said("denied"), ("linked", LINK))


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize("event", BY_REPORTERS + BY_EDITORS, ids=lambda event: event[0])
@pytest.mark.parametrize("form", ["one", "batch", "rehearsed", "with a claim"])
def test_each_role_against_each_write(desk, linked, client, hire, role, event, form):
    """Reporters open, log, assess, ask and link; editors also mend; readers and auditors write nothing."""
    somebody = hire("somebody", role)
    needed = "edit" if event in BY_EDITORS else "write"
    body = in_json(event)
    send = {
        "one": lambda: somebody.post(f"{CLAIM}/events", json=body, headers={"If-Match": '"3"'}),
        "batch": lambda: batch(somebody, {**body, "claim": CLAIM_ID, "if_match": 3}),
        "rehearsed": lambda: somebody.post(f"{CLAIM}/events?dry_run=true", json=body, headers={"If-Match": '"3"'}),
        "with a claim": lambda: somebody.post("/claims", json={"text": TEXT, "events": [body]}),
    }[form]
    if needed in RIGHTS[role]:
        assert send().status_code in ({200, 201} if form != "with a claim" or needed == "write" else {409, 428})
    else:
        with nothing_recorded(client):
            assert refused(send()) == (403, "forbidden", [])


@pytest.mark.parametrize("role", RIGHTS)
def test_who_may_open_a_claim(client, hire, role):
    """Opening a claim, alone or in a batch, is a reporter's right."""
    somebody = hire("somebody", role)
    item = {"claim": OTHER_ID, "type": "opened", "data": {"text": TEXT, "lang": "en"}}
    answers = [somebody.post("/claims", json={"text": TEXT}), batch(somebody, item)]
    expected = 201 if "write" in RIGHTS[role] else 403
    assert [expected] * 2 == [answer.status_code for answer in answers]
    assert client.get("/").json["log_size"] == (2 if expected == 201 else 0)


def test_what_is_recorded_says_by_whom(desk, claim, hire):
    """`recorded_by` is the name of the token, and nothing that a request says."""
    assert "desk-seoul" == desk.get(f"{CLAIM}/events/1").json["recorded_by"]
    made = hire("외교부 출입기자", "reporter").post(f"{CLAIM}/events", json=in_json(said("denied")))
    assert made.json["recorded_by"] == "외교부 출입기자"


@pytest.mark.parametrize("path", ["/claims", f"{CLAIM}/events", "/events"])
@pytest.mark.parametrize("body", [b"", b"not JSON", b"{}"])
def test_nobody_writes_without_a_token(claim, client, path, body):
    """Without a token every write is 401, before anything of it is looked at, and says how to send one."""
    with nothing_recorded(client):
        response = client.post(path, data=body)
    assert refused(response) == (401, "unauthenticated", [])
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="onrecord"'


@pytest.mark.parametrize("path", READS)
def test_anybody_reads_a_public_record(claim, client, path):
    """Where reads are public no token is needed."""
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("role", RIGHTS)
def test_a_private_record_is_read_with_a_token(desk, claim, timeline, hire, path, role):
    """Where reads are private, any role reads everything and no caches but the reader's own keep it."""
    private = create_app(timeline, Config(public_reads=False)).test_client()
    assert refused(private.get(path)) == (401, "unauthenticated", [])
    response = private.get(path, headers={"Authorization": hire("somebody", role).environ_base["HTTP_AUTHORIZATION"]})
    assert (200, "private, no-cache") == (response.status_code, response.headers["Cache-Control"])
    assert "Authorization" in response.headers["Vary"]


@pytest.mark.parametrize("path", OPEN_TO_ALL)
@pytest.mark.parametrize("authorization", [None, "Bearer onr_nobody", "Basic x", ""])
def test_what_tells_nothing_of_the_record_is_open(claim, timeline, path, authorization):
    """Health, description and explanations need no token, and a bad one does no harm."""
    private = create_app(timeline, Config(public_reads=False)).test_client()
    headers = {} if authorization is None else {"Authorization": authorization}
    assert private.get(path, headers=headers, buffered=True).status_code == 200


def test_what_is_not_there_tells_strangers_nothing(claim, timeline):
    """In a private record a claim that exists and one that does not look the same without a token."""
    private = create_app(timeline, Config(public_reads=False)).test_client()
    answers = [private.get(path) for path in (CLAIM, "/claims/4be7c1d2-0000-4000-8000-00000000dead", "/claims/x")]
    assert [answers[0].data] * 3 == [answer.data for answer in answers]
