"""Many processes on one PostgreSQL: a follower of the feed misses nothing, and all come up at once."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.newsroom import CLAIMS, found_record, open_claims, serving
from tests.faults.serving import HOUSE, PATIENCE, PLAIN, Server, check_record
from tests.faults.writing import Writers

pytestmark = pytest.mark.faults

SERVERS = 6
EVENTS = 600


def follow(server, upto):
    """Follow the feed from its beginning, over one long poll after another; answers the positions met."""
    met, after = [], None
    while not met or met[-1] < upto:
        since = "" if after is None else f"&after={after}"
        status, _, body = server.ask("GET", f"/events?wait=2&limit=50{since}")
        assert status == 200, body
        page = json.loads(body)
        met += [event["position"] for event in page["events"]]
        after = page["next"]
    return met


def test_a_follower_meets_every_event_once_in_order(cluster, tmp_path, tell):
    """While 6 servers record, whoever follows the feed of one of them meets every position once, in order."""
    with cluster.database() as url:
        token = found_record(url)
        with serving(url, tmp_path, SERVERS, threads="4") as servers, ThreadPoolExecutor(1) as follower:
            open_claims(servers[0], token)
            following = follower.submit(follow, servers[-1], EVENTS)
            writers = Writers(servers, token, CLAIMS)
            with writers.at_work():
                writers.until(EVENTS)
            assert following.result(PATIENCE) == list(range(following.result()[-1] + 1))
            writers.settle()
        count = writers.check(url)
        assert check_record(url) == len(CLAIMS) + count
        assert [code for code, _ in writers.refusals] == []
    tell(f"{SERVERS} servers on PostgreSQL: {count:,} recorded, the follower met each once, in order")


@pytest.mark.parametrize("state", ["empty", "full"])
def test_servers_come_up_at_once(cluster, tmp_path, state, tell):
    """6 servers that migrate and start at the same moment all come up, on an empty database and on a full one."""
    with cluster.database() as url:
        if state == "full":
            token = found_record(url)
            with serving(url, tmp_path) as (first,):
                open_claims(first, token)
        together = threading.Barrier(SERVERS)

        def come_up(n):
            own = tmp_path / f"desk-{n}"
            own.mkdir()
            together.wait(PATIENCE)
            init = [sys.executable, "-m", "service.cli", "db", "init"]
            env = PLAIN | {"ONRECORD_DATABASE": url, "PYTHONPATH": str(HOUSE)}
            done = subprocess.run(init, env=env, cwd=HOUSE, capture_output=True, text=True, check=False)  # noqa: S603
            assert (done.returncode, done.stderr) == (0, "")
            server = Server(url, own)
            try:
                return server.ask("GET", "/readyz")[0], json.loads(server.ask("GET", "/")[2])["log_size"]
            finally:
                server.end()

        with ThreadPoolExecutor(SERVERS) as desks:
            answers = list(desks.map(come_up, range(SERVERS)))
        assert answers == [(200, len(CLAIMS) if state == "full" else 0)] * SERVERS
    tell(f"{SERVERS} servers at once on {state} database: all up")
