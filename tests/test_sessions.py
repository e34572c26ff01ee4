"""The sessions shown in the documents are run for real, and give what they show.

A fenced block marked `console` is a session: a line `$ ` is a command (`> ` carries it on),
what follows is its output, and `…` there means "anything here", on a line of its own any
lines. The commands of a document are one session, run in order. A block marked with a
language and a file's name is a file that the reader saves. Instants, tokens, salts, hashes
and the port differ from run to run; each must be the same wherever the document repeats it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

HOUSE = Path(__file__).parent.parent
DOCUMENTS = [HOUSE / "README.md", *sorted((HOUSE / "docs").rglob("*.md"))]
SESSIONS = [path for path in DOCUMENTS if "```console" in path.read_text(encoding="utf-8")]
PATIENCE = 60.0  # seconds

FENCED = re.compile(r"^```(?P<told>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
VARIES = {
    "token": r"onr_[0-9A-Za-z]{36}",
    "secret": r"whsec_[0-9A-Za-z+/]{43}=",
    "verifier_key": r"localhost/onrecord\+[0-9a-f]{8}\+[0-9A-Za-z+/]{44}",
    "root": r"(?<![0-9A-Za-z+/_])[0-9A-Za-z+/]{43}=(?!=)",
    "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "minute": r"\d{4}-\d\d-\d\d \d\d:\d\d(?=  | UTC)",
    "http_date": r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT",
    "salt": r"[0-9A-Za-z+/]{22}==",
    "hash": r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b",
    "address": r"127\.0\.0\.1:\d+",
}
COARSE = {"minute", "http_date"}  # two that are the same in the document may differ here
OWN_PORT = "8090"  # where a reader listens, in the documents
ANY_LINES = r"(?:[^\n]*\n)*?"
ONE_OF = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in VARIES.items()))


class Session:
    """A reader at a terminal in a folder of their own, who types what a document shows."""

    def __init__(self, folder: Path) -> None:
        """Sit down in a folder."""
        self.folder = folder
        self.seen: dict[str, str] = {}  # what varies: as in the document, and as it is here
        self.server: subprocess.Popen[str] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.own_port = str(free.getsockname()[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")}
        self.environment = {**kept, "PYTHONPATH": str(HOUSE), "NO_COLOR": "1", "PYTHONUTF8": "1"}

    def run(self, command: str, expected: str) -> None:
        """Type a command, and hold what it prints against what the document shows."""
        command = command.replace(OWN_PORT, self.own_port)
        for told, here in self.seen.items():
            command = command.replace(told, here)
        words = shlex.split(command)
        if words[:1] == ["export"]:
            name, _, value = words[1].partition("=")
            self.environment[name] = value
        elif words[:2] in (["onrecord", "demo"], ["onrecord", "serve"]):
            self.serve(words[1], expected)
        else:
            self.compare(expected, self.output_of(words))

    def save(self, name: str, text: str) -> None:
        """Save a file that a document shows."""
        (self.folder / name).write_text(text.replace(OWN_PORT, self.own_port), encoding="utf-8")

    def output_of(self, words: list[str]) -> str:
        """Run a command, or several with `|` between them."""
        given: bytes | None = None
        printed = ""
        while words:
            end = words.index("|") if "|" in words else len(words)
            here, words = words[:end], words[end + 1 :]
            printed = self.curl(here[1:]) if here[0] == "curl" else self.program(here, given)
            given = printed.encode()
        return printed

    def program(self, words: list[str], given: bytes | None = None) -> str:
        """Run `onrecord` or `python3` in the folder, or show a file."""
        if words[0] == "cat":
            return (self.folder / words[1]).read_text(encoding="utf-8")
        python = {"onrecord": [sys.executable, "-m", "service.cli"], "python3": [sys.executable]}
        command = [*python[words[0]], *words[1:]]
        done = subprocess.run(  # noqa: S603 - what our own documents show
            command,
            input=given,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout.decode()

    def curl(self, words: list[str]) -> str:
        """Do what curl does with the few options that the documents use."""
        method, headers, body, show, address, file = None, {}, None, False, "", ""
        rest = iter(words)
        for word in rest:
            if word in {"-s", "-S", "-sS", "-i", "-sSi"}:
                show = show or "i" in word
            elif word == "-X":
                method = next(rest)
            elif word == "-H":
                name, _, value = next(rest).partition(":")
                headers[name] = value.strip()
            elif word in {"-o", "-O", "-sO"}:
                file = next(rest) if word == "-o" else words[-1].rpartition("/")[2]
            elif word == "-d":
                data = next(rest)
                body = (self.folder / data[1:]).read_bytes() if data.startswith("@") else data.encode()
            else:
                assert word.startswith("http://127.0.0.1:"), f"{word} is nothing that this curl knows"
                address = word
        try:
            answer = urlopen(Request(address, body, headers, method=method), timeout=PATIENCE)  # noqa: S310 - our own
        except HTTPError as error:
            answer = error
        with answer:
            if file:
                (self.folder / file).write_bytes(answer.read())
                return ""
            head = [f"HTTP/1.1 {answer.status} {answer.reason}", *(f"{k}: {v}" for k, v in answer.headers.items()), ""]
            return "\n".join([*(head if show else ()), answer.read().decode()])

    def serve(self, command: str, expected: str) -> None:
        """Start a server in the place of the one before, on a free port, and wait for what it says."""
        self.stop()
        self.server = subprocess.Popen(  # noqa: S603 - as above
            [sys.executable, "-m", "service.cli", command, "--port", "0"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        printed: list[str] = []
        lines = len(expected.strip().splitlines())
        reader = threading.Thread(target=lambda: printed.extend(self.lines_said(lines)), daemon=True)
        reader.start()
        reader.join(PATIENCE)
        self.compare(expected, "".join(printed))
        told, here = next((told, here) for told, here in self.seen.items() if told.startswith("127.0.0.1:"))
        assert told == "127.0.0.1:8080", "the documents use the default port"
        self.environment["ONRECORD_URL"] = f"http://{here}"

    def lines_said(self, count: int) -> Iterator[str]:
        """Read so many lines from the server."""
        assert self.server is not None
        assert self.server.stdout is not None
        for _ in range(count):
            yield self.server.stdout.readline()

    def stop(self) -> None:
        """Stop the server, if there is one."""
        if self.server is not None:
            self.server.terminate()
            self.server.communicate(timeout=PATIENCE)
            self.server = None
        self.seen.pop("127.0.0.1:8080", None)

    def compare(self, expected: str, printed: str) -> None:
        """Fail unless what was printed is what is shown; learn what varies."""
        expected, printed = expected.strip("\n"), printed.strip("\n")
        new: dict[str, str] = {}
        pattern = "".join(ANY_LINES if line == "…" else self.pattern_of(line, new) for line in expected.split("\n"))
        found = re.fullmatch(pattern, f"{printed}\n")
        assert found, f"shown:\n{expected}\n\nprinted:\n{printed}\n\nknown: {self.seen}"
        self.seen |= {told: found[group] for told, group in new.items()}

    def pattern_of(self, line: str, new: dict[str, str]) -> str:
        """Write a line that is shown as a pattern; adds the group that each new value is found in to `new`."""
        pattern, at = "", 0
        for varying in ONE_OF.finditer(line):
            pattern += re.escape(line[at : varying.start()]) + self.one_of(varying, new)
            at = varying.end()
        return f"{pattern}{re.escape(line[at:])}\n".replace("…", r"[^\n]*")

    def one_of(self, varying: re.Match[str], new: dict[str, str]) -> str:
        """Write what varies as a pattern: what is known of it already, or anything of its kind."""
        told, kind = varying[0], varying.lastgroup or ""
        if kind in COARSE:
            return f"(?:{VARIES[kind]})"
        if told in self.seen:
            return re.escape(self.seen[told])
        if told in new:
            return f"(?P={new[told]})"
        new[told] = f"v{len(new)}"
        return f"(?P<{new[told]}>{VARIES[kind]})"


def commands_of(block: str) -> Iterator[tuple[str, str]]:
    """Give each command of a session with the output that is shown."""
    for typed in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *output = typed.split("\n")
        while output and output[0].startswith("> "):
            command = f"{command}\n{output.pop(0)[2:]}".replace("\\\n", "")
        yield command, "\n".join(output)


@pytest.fixture
def session(tmp_path):
    """Begin a session in a folder with the story, as in a checkout."""
    shutil.copytree(HOUSE / "service" / "stories", tmp_path / "service" / "stories")
    begun = Session(tmp_path)
    yield begun
    begun.stop()


@pytest.mark.long
@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_session_gives_what_it_shows(path, session):
    """Every command shown in a document runs, in order, and prints what the document shows."""
    for block in FENCED.finditer(path.read_text(encoding="utf-8")):
        language, _, name = block["told"].partition(" ")
        if language == "console":
            for command, output in commands_of(block["body"]):
                session.run(command, output)
        elif name.endswith((".csv", ".jsonl", ".json", ".py")):
            session.save(name, block["body"])


def test_the_readme_and_the_tutorial_show_sessions():
    """The README and the tutorial show real sessions."""
    assert {"README.md", "tutorial.md"} <= {path.name for path in SESSIONS}
