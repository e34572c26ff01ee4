"""The command line as a person meets it: in a folder of their own, and beside a server that runs."""

from __future__ import annotations

import http.server
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.bootstrap import build, open_existing
from service.cli import client, main
from service.config import Config
from service.web import create_app
from tests.answering import answering

PATIENCE = 30.0  # seconds
HOUSE = Path(__file__).parent.parent.parent
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sit in an empty folder, with nothing configured."""
    for variable in [name for name in os.environ if name.startswith("ONRECORD_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def onrecord() -> Callable[..., Result]:
    """Run a command as it would be typed, word by word."""

    def run(*words: str, given: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(main, words, input=given)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture(name="start")
def starting() -> Callable[..., subprocess.Popen[str]]:
    """Start a command as a process, of which the test disposes."""
    return start


def start(*words: str, **settings: str) -> subprocess.Popen[str]:
    """Start a command as a process."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "service.cli", *words],
        env={**os.environ, "PYTHONPATH": str(HOUSE), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(name="wait_until")
def waiting() -> Callable[[Callable[[], object], str], None]:
    """Look again until something holds."""
    return wait_until


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Look again until something holds, for as long as patience lasts."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"


@dataclass(frozen=True)
class Serving:
    """A server that answers, and its address."""

    process: subprocess.Popen[str]
    url: str


@contextmanager
def serving(command: str, *words: str) -> Iterator[Serving]:
    """Serve on a free port until the end of the block, whatever happens in it."""
    process = start(command, "--port", "0", *words, ONRECORD_LOG="quiet")  # nobody reads what it logs meanwhile
    try:
        out = process.stdout if command == "demo" else process.stderr
        said = ADDRESS.search(out.readline())
        assert said, process.communicate()
        yield Serving(process, said[0])
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


@pytest.fixture(name="serving")
def a_server() -> Callable[..., AbstractContextManager[Serving]]:
    """Serve until the end of a block."""
    return serving


@pytest.fixture
def story() -> str:
    """Name the file of the story that comes with the program."""
    return str(HOUSE / "service" / "stories" / "moscow-contact.jsonl")


@pytest.fixture
def reporter(onrecord, story: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record the story, and have a reporter's token in the configuration."""
    assert onrecord("import", story).exit_code == 0
    monkeypatch.setenv("ONRECORD_TOKEN", onrecord("token", "create", "desk", "--role", "reporter").stdout.strip())


@pytest.fixture
def served(reporter: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve the story from this process, as the reporter has it in their configuration."""
    config = Config.from_env(os.environ)
    with (
        closing(open_existing(config)) as store,
        closing(build(store)) as timeline,
        answering(create_app(timeline, config)) as url,
    ):
        monkeypatch.setenv("ONRECORD_URL", url)
        yield


@pytest.fixture
def running(reporter: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve it as a newsroom does, jobs and all."""
    with serving("serve") as server:
        monkeypatch.setenv("ONRECORD_URL", server.url)
        yield


class Hostile(http.server.BaseHTTPRequestHandler):
    """Answer as the server is told to, whatever is asked."""

    def do_GET(self):
        """Answer, until whoever asks hangs up."""
        try:
            self.server.answer(self)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def listen(monkeypatch):
    """Give a way to serve an answer; gives its address."""
    monkeypatch.setattr(client, "PAUSES", ())
    running = []

    def listening(answer):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
        server.answer, server.ending = answer, threading.Event()
        running.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield listening
    for server in running:
        server.ending.set()
        server.shutdown()
        server.server_close()
