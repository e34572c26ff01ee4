"""The very commands of the compose file, started as processes against a PostgreSQL, with its logins and its secrets."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.request import Request, urlopen
from uuid import uuid4

import psycopg
import pytest

from service.machine import tell_time
from service.store import open_store
from service.tokens import create_token
from tests.clusters import url_at
from tests.containers.compose import HOUSE, SERVICES

PATIENCE = 60.0  # seconds for what takes a few


def free_port() -> str:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Containers:
    """What the containers would be: processes with the commands, settings and secrets of the compose file."""

    def __init__(self, folder, urls, stack):
        """Know where secrets are."""
        self.folder, self.stack, self.port = folder, stack, free_port()
        for name, url in urls.items():
            (folder / f"{name}-url").write_text(f"{url}\n", encoding="utf-8")

    def environment(self, name):
        """Give the environment of a service, with its secrets where they are here."""
        given = {
            key: value.replace("/run/secrets", str(self.folder)) for key, value in SERVICES[name]["environment"].items()
        }
        plain = {key: value for key, value in os.environ.items() if not key.startswith("ONRECORD_")}
        return {**plain, "PYTHONPATH": str(HOUSE), **given}

    def words(self, command):
        """Write a command as it runs here: our own Python, a free port, no address but this machine's."""
        programs = {"onrecord": [sys.executable, "-m", "service.cli"], "python": [sys.executable]}
        here = [word.replace("8080", self.port).replace("0.0.0.0", "127.0.0.1") for word in command[1:]]  # noqa: S104 - the word
        return [*programs[command[0]], *here]

    def start(self, name):
        """Start a service."""
        told = self.stack.enter_context((self.folder / f"{name}.txt").open("w", encoding="utf-8"))
        process = subprocess.Popen(  # noqa: S603 - our own file
            self.words(SERVICES[name]["command"]), cwd=self.folder, env=self.environment(name), stdout=told, stderr=told
        )
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def check(self, name):
        """Run the health check of a service; answers its status."""
        words = self.words(SERVICES[name]["healthcheck"]["test"][1:])
        ended = subprocess.run(  # noqa: S603 - our own file
            words, cwd=self.folder, env=self.environment(name), capture_output=True, timeout=PATIENCE, check=False
        )
        return ended.returncode

    def wait_until(self, holds, what):
        """Look again until something holds."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            told = {path.name: path.read_text(encoding="utf-8") for path in self.folder.glob("*.txt")}
            assert time.monotonic() < deadline, (what, told)
            time.sleep(0.05)


@pytest.fixture
def containers(cluster, tmp_path):
    """Make the database as its container does: the owner's, with the login that the script makes."""
    server = f"onrecord_server_{uuid4().hex[:12]}"  # logins are the whole cluster's, which other tests use
    (tmp_path / "server-password").write_text("a secret\n", encoding="utf-8")
    script = (HOUSE / "docker" / "logins.sql").read_text(encoding="utf-8")
    script = script.replace("onrecord_server", server)
    script = script.replace("pg_read_file('/run/secrets/server-password')", r"E'a secret\n'")
    with cluster.database() as owner, ExitStack() as stack:
        name = psycopg.conninfo.conninfo_to_dict(owner)["dbname"]
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(script.encode())
            stack.callback(lambda: run(owner, f"DROP OWNED BY {server}; DROP ROLE {server}"))
            yield Containers(tmp_path, {"owner": owner, "server": url_at(cluster.folder, name, server)}, stack)


def run(url, statement):
    """Run a statement."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.mark.long
def test_the_services_come_up_and_work(containers):
    """Migrated by `init`, served by `api`, looked after by `scheduler`; each is healthy by its own check."""
    assert containers.start("api").wait(PATIENCE) == 1, "there is no record yet, and a server makes none"
    assert containers.start("init").wait(PATIENCE) == 0
    assert containers.start("init").wait(PATIENCE) == 0, "twice is as good as once"
    api, scheduler = containers.start("api"), containers.start("scheduler")
    containers.wait_until(lambda: containers.check("api") == 0, "the server is ready")
    store = open_store((containers.folder / "server-url").read_text(encoding="utf-8").strip())
    token = create_token(store, "desk-seoul", "reporter", now=tell_time(), expires_in=None)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps({"text": "It was so.", "lang": "en"}).encode()
    with urlopen(Request(f"http://127.0.0.1:{containers.port}/claims", body, headers)) as answer:
        assert answer.status == 201

    def all_run() -> bool:
        with store.reading() as view:
            return len(view.job_log.jobs()) == 6 and not any(job.failed for job in view.job_log.jobs())

    containers.wait_until(all_run, "every job was run")
    assert containers.check("scheduler") == 0
    url = (containers.folder / "server-url").read_text(encoding="utf-8").strip()
    store.close()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(url, "UPDATE events SET state = ''")
    for process in (api, scheduler):
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert containers.check("api") == 1
