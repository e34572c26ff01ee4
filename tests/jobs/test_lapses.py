"""Requests for comment whose deadline passes: recorded as unanswered, once, whoever does it and however often."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from service.jobs.lapses import NotRecorded, record_lapsed
from service.machine import new_salt
from service.store import open_store
from service.timeline import Timeline
from service.tokens import create_token
from tests.builders import MID, MOFA, asked, said
from tests.web.browsing import PAGE, Page

CLAIM = {"text": "An official met the envoy in Moscow.", "lang": "en", "ref": "meeting"}
DUE = "2026-02-02T12:00:00.000000Z"


@pytest.fixture
def ask(desk):
    """Give a way to open a claim with events; answers its address."""

    def opened(*events, ref="meeting"):
        told = [{"type": type_, "data": data} for type_, data in events]
        made = desk.post("/claims", json={**CLAIM, "ref": ref, "events": told})
        assert made.status_code == 201, made.text
        return f"/claims/{made.json['id']}"

    return opened


def lapse(timeline) -> int:
    """Do the job once."""
    return record_lapsed(timeline, Event())


def after(client, claim: str, version: int) -> list[tuple[str, str]]:
    """List what was recorded after a version: type, and by whom."""
    events = client.get(f"{claim}/events?after={version}").json["events"]
    return [(event["type"], event["recorded_by"]) for event in events]


def test_silence_at_the_deadline_is_recorded(ask, timeline, client, clock):
    """Past its deadline a request is answered by `unresponsive`, of the party asked, regarding the request."""
    claim = ask(asked(MOFA), said("denied", MID))
    clock.now = clock.now.replace(month=2, day=2, hour=12)
    assert (lapse(timeline), after(client, claim, 3)) == (0, [])
    clock.move_on(days=1, seconds=1)
    assert lapse(timeline) == 1
    event = client.get(f"{claim}/events/4").json
    assert (event["type"], event["recorded_by"], event["recorded_at"]) == (
        "unresponsive",
        "scheduler",
        "2026-02-03T12:00:01.000000Z",
    )
    assert event["data"] == {
        "party": MOFA,
        "regarding": 2,
        "source": {"publisher": "onrecord", "published_on": "2026-02-03"},
        "summary": f"No answer came by {DUE}, the deadline of the request.",
    }
    page = Page(client.get(claim, headers={**PAGE, "Accept-Language": "ru"}).text).text
    assert "Ответа не поступило; срок запроса истёк: 2 февраля 2026 г., 12:00 UTC" in page.replace("\u00a0", " ")
    now = client.get(claim).json
    assert now["awaiting"] == []
    assert [(p["party"]["key"], p["stance"], p["events"]) for p in now["positions"]] == [
        ("russian-foreign-ministry", "denies", [3]),
        ("south-korean-foreign-ministry", "withholds", [4]),
    ]


@pytest.mark.parametrize("other", [MID, MOFA])
def test_it_is_recorded_once(ask, timeline, client, clock, other):
    """However often the job runs there is one event, and none for a request that is not due yet, whoever was asked."""
    claim = ask(asked(MOFA), asked(other, "2026-03-01T00:00:00+09:00"))
    clock.move_on(days=5)
    assert [lapse(timeline) for _ in range(3)] == [1, 0, 0]
    clock.move_on(days=30)
    assert [lapse(timeline) for _ in range(3)] == [1, 0, 0]
    assert after(client, claim, 3) == [("unresponsive", "scheduler")] * 2


def test_a_desk_that_strikes_it_is_not_contradicted(ask, timeline, client, desk, clock):
    """Struck, it stays struck: the request is overdue again, and nothing more is recorded."""
    claim = ask(asked(MOFA))
    clock.move_on(days=5)
    assert lapse(timeline) == 1
    struck = {"type": "struck", "data": {"regarding": 3, "reason": "They had answered by telephone."}}
    assert desk.post(f"{claim}/events", json=struck, headers={"If-Match": '"3"'}).status_code == 201
    assert [lapse(timeline) for _ in range(2)] == [0, 0]
    assert after(client, claim, 3) == [("struck", "desk-seoul")]
    assert len(client.get("/claims?overdue=true").json["claims"]) == 1


ANSWERS = {
    "the party speaks": (said("declined", MOFA), None),
    "another answers it": (said("deflected", MID, regarding=2), None),
    "it is redacted": (("redacted", {"regarding": 2, "reason": "A name.", "authority": "The editor"}), '"2"'),
}


@pytest.mark.parametrize(("answer", "if_match"), ANSWERS.values(), ids=ANSWERS)
def test_what_was_answered_does_not_lapse(ask, timeline, client, desk, clock, answer, if_match):
    """A request that was answered or redacted in time makes no event."""
    claim = ask(asked(MOFA))
    headers = {"If-Match": if_match} if if_match else {}
    body = {"type": answer[0], "data": answer[1]}
    assert desk.post(f"{claim}/events", json=body, headers=headers).status_code == 201
    clock.move_on(days=5)
    assert (lapse(timeline), after(client, claim, 3)) == (0, [])


def test_silence_is_not_recorded_where_the_answer_may_be_erased(ask, timeline, client, desk, clock):
    """Once a later statement is erased nobody can tell whose it was: the request stays overdue, for a desk to judge."""
    claim = ask(asked(MOFA), said("declined", MOFA))
    erased = {"type": "redacted", "data": {"regarding": 3, "reason": "A name.", "authority": "The editor"}}
    assert desk.post(f"{claim}/events", json=erased, headers={"If-Match": '"3"'}).status_code == 201
    clock.move_on(days=5)
    assert (lapse(timeline), after(client, claim, 3)) == (0, [("redacted", "desk-seoul")])
    assert len(client.get("/claims?overdue=true").json["claims"]) == 1


def test_an_answer_in_the_last_moment_counts(ask, timeline, client, desk, clock, monkeypatch):
    """An answer recorded after the job has looked, and before it records, keeps it from recording."""
    claim = ask(asked(MOFA))
    clock.move_on(days=5)
    record = timeline.record

    def too_late(**given):
        monkeypatch.undo()
        body = {"type": "confirmed", "data": said("confirmed", MOFA)[1]}
        assert desk.post(f"{claim}/events", json=body).status_code == 201
        return record(**given)

    monkeypatch.setattr(timeline, "record", too_late)
    assert lapse(timeline) == 0
    assert after(client, claim, 2) == [("confirmed", "desk-seoul")]


def test_many_at_once_record_it_once(ask, timeline, client, clock, record_url):
    """Of eight that do the job at the same moment, each with a writer of its own, one records each silence."""
    claims = [ask(asked(MOFA), ref=f"claim-{n}") for n in range(5)]
    clock.move_on(days=5)
    others = [Timeline(open_store(record_url), clock=clock, new_salt=new_salt) for _ in range(8)]
    begin = threading.Barrier(len(others))

    def do(other):
        begin.wait(30)
        return lapse(other)

    with ThreadPoolExecutor(len(others)) as pool:
        assert sum(pool.map(do, others)) == len(claims)
    assert [after(client, claim, 2) for claim in claims] == [[("unresponsive", "scheduler")]] * len(claims)
    for other in others:
        other.close()
        other.store.close()


def test_one_that_is_refused_does_not_keep_the_others(ask, timeline, client, clock, monkeypatch):
    """A silence that the record refuses is told at the end, by its address; those behind it are recorded."""
    first, second = ask(asked(MOFA), ref="one"), ask(asked(MOFA, "2026-02-02T13:00:00Z"), ref="two")
    clock.move_on(days=5)
    with monkeypatch.context() as patched:
        patched.setattr("service.jobs.lapses.TRIES", 1)
        record = timeline.record

        def behind(*, items, asked):
            lagging = [item.__class__(item.claim_id, item.type, item.data, if_match=1) for item in items]
            return record(items=lagging if first.endswith(str(items[0].claim_id)) else items, asked=asked)

        patched.setattr(timeline, "record", behind)
        with pytest.raises(NotRecorded, match=rf"1 requests lapsed .*{first}/events/2"):
            lapse(timeline)
    assert (after(client, first, 2), len(after(client, second, 2))) == ([], 1)
    assert lapse(timeline) == 1


def test_nobody_can_have_a_token_of_that_name(store, clock):
    """What is recorded by `scheduler` was recorded by the service: no token is made under that name."""
    with pytest.raises(ValueError, match="the service itself"):
        create_token(store, "scheduler", "admin", now=clock(), expires_in=None)
