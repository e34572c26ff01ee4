"""What is noted of requests: a line in the log, counts for Prometheus, and an id by which both are found."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.config import Config
from service.logs import JsonLines, PlainLines, with_facts
from service.metrics import Metrics
from service.store.job_log import JobRow
from service.timeline import Timeline
from service.tokens import create_token
from service.web import create_app
from tests.builders import said

CLAIM = {"text": "An official met the envoy in Moscow.", "lang": "en"}


@pytest.fixture
def metrics() -> Metrics:
    """Count from zero."""
    return Metrics()


@pytest.fixture
def timeline(store, clock, metrics):
    """Build the timeline, whose groups are counted."""
    built = Timeline(store, clock=clock, new_salt=lambda: bytes(16), on_group=metrics.note_group)
    yield built
    built.close()


@pytest.fixture
def app(timeline, metrics):
    """Make the application, where metrics need no token."""
    return create_app(timeline, Config(public_metrics=True), metrics)


@pytest.fixture
def lines(caplog):
    """Give what was logged of requests."""
    caplog.set_level(logging.INFO, "service.web.observing")
    return lambda: [record.facts for record in caplog.records if record.name == "service.web.observing"]


def test_a_request_is_a_line(desk, client, lines):
    """A line tells id, method, route, status, time and the name of the token: no address, no secret, no words."""
    made = desk.post("/claims", json=CLAIM)
    client.get("/claims?q=secret+plan")
    client.get("/nowhere/at/all")
    told = lines()
    assert [{**line, "ms": "…"} for line in told] == [
        {
            "request_id": answer_id,
            "method": method,
            "route": route,
            "status": status,
            "ms": "…",
            "token": token,
        }
        for (method, route, status, token), answer_id in zip(
            [
                ("POST", "/claims", 201, "desk-seoul"),
                ("GET", "/claims", 200, None),
                ("GET", "none", 404, None),
            ],
            [line["request_id"] for line in told],
            strict=True,
        )
    ]
    assert made.headers["X-Request-Id"] == told[0]["request_id"]
    assert len({line["request_id"] for line in told}) == 3
    assert all(0 <= line["ms"] < 60_000 for line in told)
    assert "onr_" not in str(told)


@pytest.mark.parametrize("given", ["a", "0f3b-7", "x" * 128])
def test_the_id_of_the_caller_is_taken(client, lines, given):
    """A plain word in `X-Request-Id` is the request's id, in the log and in the answer."""
    answer = client.get("/claims", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"], lines()[0]["request_id"]) == (given, given)


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, 'a"b', "ключ"])
def test_an_id_that_is_no_word_is_replaced(client, given):
    """Anything else is replaced by an id of ours."""
    answer = client.get("/claims", headers={"X-Request-Id": given.encode().decode("latin-1")})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_a_fault_is_logged_under_the_id(client, timeline, monkeypatch, caplog):
    """A fault nobody foresaw is logged with the request's id, and the answer shows nothing of it but that id."""
    monkeypatch.setattr(timeline, "list_claims", lambda **_: 1 / 0)
    answer = client.get("/claims", headers={"X-Request-Id": "find-me"})
    assert (answer.status_code, answer.headers["X-Request-Id"]) == (500, "find-me")
    (record,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert (record.facts, record.exc_info[0]) == ({"request_id": "find-me"}, ZeroDivisionError)
    assert "ZeroDivision" not in answer.text


def record_of(message: str, **more) -> logging.LogRecord:
    """Make what is to be logged."""
    made = logging.makeLogRecord({"name": "service.x", "levelname": "INFO", "msg": message, "created": 1769853600.5})
    made.__dict__.update(with_facts(**more))
    return made


def test_a_line_is_one_line():
    """Whatever comes from outside, a JSON line is one object on one line, and a plain line is one line."""
    record = record_of("a\nb\u2028", status=200, token="x\r\ny")  # noqa: S106 - a name
    assert json.loads(JsonLines().format(record)) == {
        "at": "2026-01-31T10:00:00.500000Z",
        "level": "info",
        "logger": "service.x",
        "message": "a\nb\u2028",
        "token": "x\r\ny",
        "status": 200,
    }
    assert "\n" not in JsonLines().format(record)
    assert PlainLines().format(record) == "2026-01-31 10:00:00 info a b status=200 token=x y"


def samples(client, **who) -> dict[str, float]:
    """Read the metrics as Prometheus does: a sample by its name and labels."""
    answer = client.get("/metrics", **who)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        f"{sample.name}{{{','.join(f'{k}={v}' for k, v in sorted(sample.labels.items()))}}}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_what_is_counted(desk, client, store):
    """Requests by route, groups, events, the size of the record and what came of the jobs are told to Prometheus."""
    claim = desk.post("/claims", json={**CLAIM, "events": [{"type": "denied", "data": said("denied")[1]}]}).json["id"]
    for _ in range(3):
        client.get(f"/claims/{claim}")
    client.get("/claims/nothing")
    client.open("/claims", method="BREW")
    with store.writing() as transaction:
        at = "2026-01-31T10:00:00.000000Z"
        transaction.job_log.note([JobRow("self-check", at, at, failed=True, detail="No.", runs=5, errors=2, misses=1)])
    found = samples(client)
    expected = {
        "onrecord_requests_total{method=GET,route=/claims/<claim_id>,status=200}": 3,
        "onrecord_requests_total{method=GET,route=/claims/<claim_id>,status=404}": 1,
        "onrecord_requests_total{method=POST,route=/claims,status=201}": 1,
        "onrecord_requests_total{method=other,route=none,status=405}": 1,
        "onrecord_request_seconds_count{method=GET,route=/claims/<claim_id>}": 4,
        "onrecord_commits_total{outcome=stored}": 1,
        "onrecord_commits_total{outcome=failed}": 0,
        "onrecord_commit_seconds_count{}": 1,
        "onrecord_group_commands_sum{}": 1,
        "onrecord_events_recorded_total{}": 2,
        "onrecord_queue_commands{}": 0,
        "onrecord_log_size{}": 2,
        "onrecord_job_runs_total{job=self-check}": 5,
        "onrecord_job_errors_total{job=self-check}": 2,
        "onrecord_job_misses_total{job=self-check}": 1,
        "onrecord_job_failed{job=self-check}": 1,
        "onrecord_job_ended_timestamp_seconds{job=self-check}": 1769853600,
    }
    assert {name: found.get(name) for name in expected} == expected


def test_addresses_make_no_labels(client):
    """However many addresses are asked for, the number of samples stays the same."""
    client.get("/claims/x")
    client.get("/x")
    samples(client)
    before = len(samples(client))
    for n in range(50):
        client.get(f"/claims/{n}")
        client.get(f"/nowhere/{n}")
    assert len(samples(client)) == before


@pytest.mark.parametrize(
    ("role", "status"), [(None, 401), ("reader", 403), ("editor", 403), ("auditor", 200), ("admin", 200)]
)
def test_metrics_need_the_right_to_operate(timeline, metrics, store, clock, role, status):
    """Unless they are public, metrics are for auditors and administrators."""
    client = create_app(timeline, Config(), metrics).test_client()
    token = role and create_token(store, role, role, now=clock(), expires_in=None)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert client.get("/metrics", headers=headers).status_code == status


SHARED = """
import sys
from service.metrics import Metrics
from service.recording.deciding import Group
metrics = Metrics(sys.argv[1])
metrics.note_request("GET", "/claims", 200, 0.01)
metrics.note_group(Group(3, 4, 0.01, True), 7)
print(metrics.write(0, []).decode())
"""


def test_processes_are_added_up(tmp_path, monkeypatch):
    """Of several processes that count in one folder, each tells the sum of all."""
    env = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    told = [
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", SHARED, str(tmp_path)], env=env, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(3)
    ]
    for count, text in enumerate(told, 1):
        found = {(s.name, *s.labels.values()): s.value for f in text_string_to_metric_families(text) for s in f.samples}
        assert found["onrecord_requests_total", "GET", "/claims", "200"] == count
        assert found["onrecord_events_recorded_total",] == 4 * count
        assert found["onrecord_queue_commands",] == 7  # those that have ended have no queue any more
        assert found["onrecord_request_seconds_count", "GET", "/claims"] == count


def test_the_library_is_not_loaded_before_its_folder_is_named():
    """The command line does not load the metrics: the server names their folder first."""
    look = "import sys, service.cli; sys.exit('prometheus_client' in sys.modules)"
    env = {"PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run([sys.executable, "-c", look], env=env, check=False).returncode == 0  # noqa: S603 - ours


def test_readiness_says_why_not(client, timeline, store):
    """A record that cannot be written is not ready, and the answer says why."""
    assert client.get("/readyz").json == {"status": "ready", "log_size": 0, "jobs": {"ok": True, "detail": ""}}
    at = "2026-01-31T10:00:00.000000Z"
    with store.writing() as transaction:
        transaction.job_log.note([JobRow("self-check", at, at, failed=True, detail="No.", runs=1, errors=1, misses=0)])
    jobs = {"ok": False, "detail": f"self-check failed at {at}: No."}
    assert client.get("/readyz").json == {"status": "ready", "log_size": 0, "jobs": jobs}
    timeline.close()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.json["detail"].startswith("Nothing is recorded just now: this process is stopping")
