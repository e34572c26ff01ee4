"""PostgreSQL clusters for tests: each in a folder of its own, to be killed, restarted, copied and promoted.

Nobody but its owner and root can reach a cluster: it listens on no port, only on a socket in its folder, which is
0700; there it trusts whoever comes, in any role. `tests/programs.py` tells what it runs, and as whom.

A guard waits for the end of whoever holds the cluster, however that ends (`kill -9` too); then it stops the cluster
and removes its folder.
"""

from __future__ import annotations

import os
import secrets
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql

from tests.programs import NoCluster, Programs, private_folder

PATIENCE = 60.0  # seconds for what takes one: whatever takes so long has failed
OWNER = "onrecord"
PORT = 5432  # part of the socket's name; no port of the machine is taken
GUARD = 'read _; "$0" stop --silent --mode=immediate --pgdata="$1/data" 2>/dev/null; rm -rf "$1"'
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "200",
    "dynamic_shared_memory_type": "mmap",  # in the folder, so that kill -9 leaves nothing elsewhere
    "wal_retrieve_retry_interval": "100ms",  # a standby that lost its primary looks again at once
    "timezone": "UTC",
    "log_timezone": "UTC",
}
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def wait_until(holds: Callable[[], Any], what: str) -> Any:
    """Ask until something holds, and answer what it gave; raises NoCluster at the end of our patience."""
    deadline = time.monotonic() + PATIENCE
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise NoCluster(f"After {PATIENCE:.0f} s still not so: {what}.")
        time.sleep(0.005)
    return found


def url_at(folder: Path, database: str = "postgres", user: str = OWNER) -> str:
    """Give the URL of a database behind the socket in a folder."""
    return f"postgresql://{user}@/{database}?host={folder}&port={PORT}"


class Cluster:
    """A PostgreSQL in a folder of its own.

    One that `start` or `standby` made is held until `close`, or the end of this process. One
    that is made from its folder alone is another's: it can be asked, and asked for databases.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        """Name the cluster in a folder."""
        self.folder = folder
        self.programs = Programs(folder)
        self._settings = SETTINGS | dict(settings or {}) | {"unix_socket_directories": str(folder)}
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._all_gone = -1
        self._standbys = count(1)

    @classmethod
    def start(
        cls,
        folder: Path | None = None,
        *,
        durable: bool = False,
        settings: Mapping[str, str] | None = None,
        held_by: int | None = None,
    ) -> Cluster:
        """Make a cluster and start it, in a folder that `private_folder` made; raises NoCluster.

        `durable` writes as a newsroom's does. Without it a commit may be answered before it is
        written, nothing is synced, and the data lie in memory where there is room, which is
        quicker: whoever tests what a commit promises says `durable`.
        `held_by` is the reading end of a pipe, with which the cluster ends; else it ends with
        `close` or this process.
        """
        cluster = cls(folder or private_folder(lasting=durable), ({} if durable else CARELESS) | dict(settings or {}))
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]  # in plain C pg_trgm knows no letters but ASCII's
        with cluster._watched(held_by):
            if cluster.programs.version >= 17:  # the first to bring this locale with it
                locale.append("--locale-provider=builtin")
            owner = (f"--username={OWNER}", "--auth=trust")
            cluster.programs.run("initdb", "--pgdata=data", "--no-sync", *owner, *locale)
            cluster.restart()
        return cluster

    def standby(self, *, synchronous: bool = False, through: Path | None = None) -> Cluster:
        """Start a standby that streams from this cluster; raises NoCluster.

        Once a synchronous one has come up, commits here wait until it has written them too.
        `through` is the folder of another socket that leads here.
        """
        name = f"standby_{next(self._standbys)}"
        source = f"host={through or self.folder} port={PORT} user={OWNER} application_name={name}"
        copy = Cluster(private_folder(lasting=self._settings.get("fsync") != "off"), self._settings)
        with copy._watched(None):
            slot = ("--create-slot", f"--slot={name}")
            words = ("--pgdata=data", "--write-recovery-conf", "--checkpoint=fast", "--no-sync", *slot)
            copy.programs.run("pg_basebackup", f"--dbname={source}", *words)
            copy.restart()
        streams = "SELECT 1 FROM pg_stat_replication WHERE application_name = {} AND state = 'streaming'"
        if synchronous:
            self.execute("ALTER SYSTEM SET synchronous_standby_names = {}", name)
            self.execute("SELECT pg_reload_conf()")
            streams += " AND sync_state = 'sync'"
        wait_until(lambda: self.execute(streams, name), f"{name} follows")
        return copy

    @classmethod
    def restored(cls, base: Path, settings: Mapping[str, str]) -> Cluster:
        """Start a cluster from a copy of a base backup, recovered as the settings tell; raises NoCluster."""
        cluster = cls(private_folder(), settings)
        with cluster._watched(None):
            for command in (("cp", "-r", str(base), "data"), ("touch", "data/recovery.signal")):
                cluster.programs.start(*command).wait()
            cluster.restart()
        return cluster

    def url(self, database: str = "postgres", user: str = OWNER) -> str:
        """Give the URL of a database; every role may come without a password."""
        return url_at(self.folder, database, user)

    def execute(self, statement: str, *texts: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the owner, by itself; a `{}` in it stands for a text."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql.SQL(statement).format(*map(sql.Literal, texts)))
            return cursor.fetchall() if cursor.description else []

    def create_database(self, template: str = "template1") -> str:
        """Make a database, a copy of one to which nobody is connected, and give its name."""
        name = f"test_{secrets.token_hex(8)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Give the URL of a database that lasts as long as the block."""
        name = self.create_database(template)
        try:
            yield self.url(name)
        finally:
            self.drop_database(name)

    def restart(self) -> None:
        """Start it, after stopping it if it runs; returns when it answers, raises NoCluster if it does not."""
        self.stop()
        self._all_gone, held = os.pipe()
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        command = [self.programs.path / "postgres", "-D", "data", *settings]
        with (self.folder / "log.txt").open("ab") as log:  # its children get `held` too: the pipe ends with the last
            out = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "pass_fds": [held]}
            self._process = self.programs.start(*command, **out)
        os.close(held)
        wait_until(self._answers, f"the cluster in {self.folder} answers")

    def stop(self) -> None:
        """Stop it as an operator does, sending its clients away; its data stay, and `restart` starts it again."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill the postmaster with -9, and wait until its children have gone too."""
        self._end(signal.SIGKILL)

    def promote(self) -> None:
        """Make a standby the primary; returns when it takes writes."""
        self.execute("SELECT pg_promote(true, 60)")
        wait_until(lambda: self.execute("SELECT NOT pg_is_in_recovery()") == [(True,)], "it is the primary")

    def close(self) -> None:
        """Stop it at once, and remove its folder; does nothing to one that is another's."""
        self._end(signal.SIGQUIT)
        if self._guard:
            shutil.rmtree(self.folder)
            self._guard.kill()
            self._guard.communicate()
            self._guard = None

    def log(self) -> str:
        """Give what the server has printed."""
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        """Hold it for a block."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Close it."""
        self.close()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(PATIENCE)
        self._process = None
        gone, _, _ = select.select([self._all_gone], [], [], PATIENCE)
        os.close(self._all_gone)
        if not gone:
            raise NoCluster(f"Processes of the cluster in {self.folder} outlive their postmaster.")
        self._sweep()

    def _sweep(self) -> None:
        """Remove what kill -9 leaves, now that none of its processes is left, whoever has their ids by now."""
        lock = self.folder / "data" / "postmaster.pid"
        if lock.exists():
            if shared_memory := lock.read_text(encoding="ascii").splitlines()[6:7]:
                self.programs.start("ipcrm", "-m", shared_memory[0].split()[-1], stderr=subprocess.DEVNULL).wait()
            lock.unlink()

    def _answers(self) -> bool:
        if self._process and self._process.poll() is not None:
            raise NoCluster(f"PostgreSQL did not start. It printed:\n{self.log()}")
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def _watched(self, held_by: int | None) -> Iterator[None]:
        """Set the guard, and make the cluster under its eyes; what fails in the making leaves nothing."""
        try:
            command = ["/bin/sh", "-c", GUARD, self.programs.path / "pg_ctl", self.folder]
            self._guard = self.programs.start(*command, stdin=subprocess.PIPE if held_by is None else held_by)
            yield
        except BaseException:
            self.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
