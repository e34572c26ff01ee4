"""Three workers on one port, each with a process in which it decides: whoever is killed, no write is lost or twice."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.newsroom import CLAIM, CLAIMS, found_record, open_claims, serving
from tests.faults.serving import PATIENCE, check_record, is_running, wait_until
from tests.faults.test_postgres_many import follow
from tests.faults.writing import Writers

pytestmark = pytest.mark.faults

WORKERS = 3


@pytest.fixture
def url(cluster):
    """Give an empty database."""
    with cluster.database() as database:
        yield database


def workers_of(server):
    """List the workers, each with the process beside it; waits until all are there."""
    found = wait_until(lambda: (now := server.processes()[1:]) and len(now) == 2 * WORKERS and now)
    return list(zip(found[::2], found[1::2], strict=True))


def test_whichever_is_killed_nothing_is_lost_or_doubled(url, tmp_path, tell):
    """Each process beside and each worker is killed amid writes; then all are sent SIGTERM, then the parent -9.

    What was not acknowledged is sent again under its key, mostly to another worker. A follower meets every event once.
    """
    token = found_record(url)
    with serving(url, tmp_path, workers=str(WORKERS)) as (server,):
        open_claims(server, token)
        writers = Writers([server], token, CLAIMS)
        there = workers_of(server)
        for killed in (*(decider for _, decider in there), *(worker for worker, _ in there)):
            with writers.at_work():
                writers.until(15)
                os.kill(killed, signal.SIGKILL)
                writers.until(15)
        with ThreadPoolExecutor(1) as follower, writers.at_work():
            upto = len(writers.acknowledged) + 60
            following = follower.submit(follow, server, upto)
            writers.until(80)
            assert following.result(PATIENCE) == list(range(following.result()[-1] + 1))
        with writers.at_work():
            writers.until(15)
            server.end()
    with serving(url, tmp_path, workers=str(WORKERS)) as (server,):
        writers.servers = [server]
        writers.settle()
        left = server.processes()
        with writers.at_work():
            writers.until(15)
            os.kill(left[0], signal.SIGKILL)
            wait_until(lambda: not any(map(is_running, left)))
    with serving(url, tmp_path, workers=str(WORKERS)) as (server,):
        writers.servers = [server]
        writers.settle()
        assert server.ask("GET", CLAIM)[0] == 200
    count = writers.check(url)
    assert check_record(url) == len(CLAIMS) + count
    codes = [code for code, _ in writers.refusals]
    assert set(codes) <= {"unavailable", "outcome_unknown"}
    tell(f"{WORKERS} workers, each and each beside killed: {count:,} acknowledged, 0 lost, {len(codes)} answered 503")
