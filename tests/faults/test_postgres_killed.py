"""Kill PostgreSQL under load, and cut its answers off: nothing acknowledged is lost, and nothing is recorded twice."""

import json
import time

import pytest

from tests.builders import said
from tests.clusters import Cluster
from tests.faults.newsroom import CLAIM, CLAIMS, found_record, open_claims, serving
from tests.faults.proxy import Cut, Proxy
from tests.faults.serving import check_record, wait_until
from tests.faults.writing import Writers

pytestmark = pytest.mark.faults

TIMES = 5
AT_LONGEST = 3.0  # seconds until `unavailable` is answered


@pytest.fixture
def durable():
    """Start a PostgreSQL that syncs what it writes."""
    with Cluster.start(durable=True) as cluster:
        yield cluster


def test_killing_postgresql_loses_nothing_that_was_acknowledged(durable, tmp_path, tell):
    """Killed 5 times amid writes by two servers, it keeps all they acknowledged, and they recover."""
    url = durable.url()
    token = found_record(url)
    back = []
    with serving(url, tmp_path, 2, workers="2") as servers:
        open_claims(servers[0], token)
        writers = Writers(servers, token, CLAIMS)
        for turn in range(TIMES):
            with writers.at_work():
                writers.until(40 + 10 * turn)
                durable.kill()
                begun = time.monotonic()
                assert servers[0].ask("GET", CLAIM)[0] == 503
                assert time.monotonic() - begun < AT_LONGEST
                durable.restart()
                begun = time.monotonic()
                writers.until(20)
                back.append(time.monotonic() - begun)
        writers.settle()
    count = writers.check(url)
    assert check_record(url) == len(CLAIMS) + count
    longest = max((seconds for _, seconds in writers.refusals), default=0.0)
    assert longest < AT_LONGEST + 1  # a loaded machine may be late
    tell(
        f"kill -9 of PostgreSQL: {TIMES} times, {count:,} acknowledged, 0 lost, {len(writers.refusals)} answered 503 "
        f"after {longest:.2f} s at most, 20 writes acknowledged {max(back):.2f} s after it was back at most"
    )


@pytest.mark.parametrize("cut", Cut, ids=lambda cut: cut.name)
def test_a_reply_that_is_lost_is_recorded_once(cluster, tmp_path, cut, tell):
    """Whenever the connection breaks, the client is told so, and its retry finds or makes the event exactly once."""
    with cluster.database() as url, Proxy(cluster.folder) as proxy:
        token = found_record(url)
        through = proxy.url(url.partition("?")[0].rpartition("/")[2])
        with serving(through, tmp_path) as (server,):
            open_claims(server, token)
            type_, data = said("denied")
            asked = ("POST", f"{CLAIM}/events", {"type": type_, "data": data})
            proxy.cut_at(cut, containing="" if cut is not Cut.MID_STATEMENT else "insert into events")
            status, _, body = server.ask(*asked, token=token, key="the-same-key")
            code = {Cut.MID_STATEMENT: "unavailable"}.get(cut, "outcome_unknown")
            assert (status, json.loads(body)["code"], proxy.made) == (503, code, [cut])
            status, headers, body = server.ask(*asked, token=token, key="the-same-key")
            replayed = "true" if cut is Cut.AFTER_COMMIT else None
            assert (status, headers["Idempotent-Replayed"], headers["Log-Position"]) == (201, replayed, "8"), body
        assert check_record(url) == len(CLAIMS) + 1
    tell(f"{cut.value}: {code}, then recorded once")


def test_a_database_that_does_not_answer_is_unavailable_and_comes_back(cluster, tmp_path, tell):
    """Parted from its database the service says so within 3 seconds, to readers and writers, and recovers by itself."""
    with cluster.database() as url, Proxy(cluster.folder) as proxy:
        token = found_record(url)
        with serving(proxy.url(url.partition("?")[0].rpartition("/")[2]), tmp_path) as (server,):
            open_claims(server, token)
            type_, data = said("denied")
            write = ("POST", f"{CLAIM}/events", {"type": type_, "data": data})
            waits = []
            for part in (proxy.partition, proxy.refuse):
                part()
                for asked in (("GET", CLAIM), write):
                    begun = time.monotonic()
                    status, headers, body = server.ask(*asked, token=token)
                    waits.append(time.monotonic() - begun)
                    assert (status, headers["Retry-After"] is not None) == (503, True), body
                proxy.heal()
                wait_until(lambda: server.ask("GET", CLAIM)[0] == 200)
            assert max(waits) < AT_LONGEST
            assert server.ask(*write, token=token)[0] == 201
    tell(f"database gone: 503 after {max(waits):.2f} s at most, and back by itself")
