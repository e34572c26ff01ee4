"""Tests bring a PostgreSQL with them: as root and as anybody, killed and restarted, copied and promoted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests import programs
from tests.clusters import Cluster, wait_until
from tests.programs import NoCluster, copy_programs, find_programs, identity, private_folder

HOUSE = Path(__file__).parent.parent
PATIENCE = 60  # seconds for what takes one

# Whoever starts this holds a cluster; anybody else than root does so after becoming nobody, as which Python may not be
# found any more: so all is imported before.
HOLDER = """
import os, sys
from tests import programs
from tests.clusters import Cluster
if who := programs.identity():
    if sys.argv[1] == "anybody":
        first = Cluster.start()
        programs.GIVEN = programs.copy_programs(programs.find_programs(), first.folder / "programs")
        os.setgroups([]), os.setgid(who["group"]), os.setuid(who["user"])
cluster = Cluster.start()
print(cluster.folder, cluster.execute("SELECT 1")[0][0], os.geteuid(), cluster.folder.stat().st_uid, flush=True)
sys.stdin.read()
"""


def test_each_test_has_a_database_of_its_own(cluster, pg_url):
    """`pg_url` names a database that is there, empty, and nobody else's."""
    with psycopg.connect(pg_url, autocommit=True) as connection, cluster.database() as another:
        assert pg_url != another
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_database_goes_with_its_test_whoever_is_still_connected(cluster):
    """At the end of the block the database is gone, though a connection was left open."""
    with cluster.database() as url:
        left = psycopg.connect(url)
        name = left.info.dbname
    left.close()
    assert cluster.execute("SELECT datname FROM pg_database WHERE datname = {}", name) == []


def test_every_script_has_letters(pg_url):
    """The locale is the same everywhere: it orders by code point, and knows letters and trigrams in every script."""
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        asked = "SELECT 'a' < 'B', lower('É'), cardinality(show_trgm('평양')), pg_encoding_to_char(encoding)"
        told = connection.execute(f"{asked} FROM pg_database WHERE datname = current_database()").fetchone()
    assert told == (False, "é", 3, "UTF8")


def test_nobody_else_reaches_it(cluster):
    """It listens on no port, and its folder is closed to all but its owner and root."""
    assert cluster.execute("SHOW listen_addresses") == [("",)]
    assert Path(cluster.folder).stat().st_mode & 0o777 == 0o700


def test_whoever_tests_is_not_postgresql(cluster):
    """Its files are those of the user it runs as: nobody's under root, else one's own."""
    owner = identity().get("user", os.geteuid())
    assert owner != 0
    assert [(cluster.folder / "data" / name).stat().st_uid for name in ("PG_VERSION", "postmaster.pid")] == [owner] * 2


@pytest.mark.parametrize("who", ["root", "anybody"])
def test_it_goes_with_whoever_holds_it_however_that_ends(who):
    """Killed with -9, whoever started a cluster leaves neither its processes nor its folder; root or not."""
    if who == "root" and os.geteuid() != 0:
        pytest.skip("only root can be root")
    command = [sys.executable, "-c", HOLDER, who]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=HOUSE, **pipes) as holder:  # noqa: S603 - our own program
        folder, answer, ran_as, owner = holder.stdout.readline().split()
        postmaster = int((Path(folder) / "data" / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
        holder.send_signal(signal.SIGKILL)
    expected = 0 if who == "root" else identity().get("user", os.geteuid())
    assert (answer, int(ran_as), int(owner)) == ("1", expected, identity().get("user", os.geteuid()))
    wait_until(lambda: not Path(folder).exists(), "the folder is gone")
    wait_until(lambda: not runs(postmaster), "the postmaster is gone")


def runs(process):
    """Tell whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_two_start_at_once():
    """Clusters do not get in each other's way, and each has its own folder."""
    with ThreadPoolExecutor() as both:
        first, second = (started.result(PATIENCE) for started in [both.submit(Cluster.start) for _ in range(2)])
    with first, second:
        name = first.create_database()
        assert first.folder != second.folder
        assert second.execute("SELECT datname FROM pg_database WHERE datname = {}", name) == []


@pytest.mark.parametrize("end", [Cluster.kill, Cluster.stop])
def test_what_was_committed_is_there_after_a_restart(end):
    """Killed with -9 or stopped, it comes back with what it had, over its own stale lock files."""
    with Cluster.start(durable=True) as cluster:
        cluster.execute("CREATE TABLE said AS SELECT 1 AS n")
        end(cluster)
        with pytest.raises(psycopg.OperationalError):
            cluster.execute("SELECT 1")
        cluster.restart()
        assert cluster.execute("SELECT n FROM said") == [(1,)]
        assert cluster.execute("SHOW fsync") == [("on",)]


@pytest.mark.faults
def test_a_standby_follows_and_takes_over():
    """A synchronous standby has what the primary acknowledged, and takes writes once it is promoted."""
    with Cluster.start(durable=True) as primary, primary.standby(synchronous=True) as standby:
        primary.execute("CREATE TABLE said AS SELECT 1 AS n")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            standby.execute("CREATE TABLE heard (n integer)")
        primary.kill()
        standby.promote()
        standby.execute("INSERT INTO said VALUES (2)")
        assert standby.execute("SELECT n FROM said ORDER BY n") == [(1,), (2,)]


def test_programs_out_of_reach_are_copied(monkeypatch, tmp_path):
    """Where the user it runs as cannot reach the programs, a copy of them runs, and the originals are as they were."""
    if os.geteuid() != 0:
        pytest.skip("one's own programs are in reach")
    given = copy_programs(find_programs(), tmp_path / "away")  # whose parents are closed to all but root
    monkeypatch.setattr(programs, "GIVEN", str(given))
    before = [(path, path.stat().st_mode) for path in (*tmp_path.parents, *tmp_path.rglob("*"))]
    with Cluster.start() as cluster:
        assert cluster.programs.path.is_relative_to(cluster.folder)
        assert cluster.execute("SELECT 1") == [(1,)]
    assert [(path, path.stat().st_mode) for path in (*tmp_path.parents, *tmp_path.rglob("*"))] == before


def test_a_folder_without_programs_is_refused(monkeypatch, tmp_path):
    """The error names the variable, the folder, and what to name instead."""
    monkeypatch.setattr(programs, "GIVEN", str(tmp_path))
    with pytest.raises(NoCluster, match=f"ONRECORD_PG_BIN is {tmp_path}, where no initdb is. Name the bin folder"):
        find_programs()


def test_a_server_that_does_not_start_says_why():
    """What PostgreSQL printed is in the error, and nothing is left."""
    folder = private_folder()
    with pytest.raises(NoCluster, match="unrecognized configuration parameter"):
        Cluster.start(folder, settings={"no_such_setting": "1"})
    assert not folder.exists()
