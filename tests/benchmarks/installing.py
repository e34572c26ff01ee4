"""The peers that are not among our own libraries: where they come from, in which version, and whether they are here.

They are installed with pip and npm, as these are set up on the machine, into a folder of their own that later runs
find again. Python's have a virtual environment there that sees our libraries behind its own, so that all are served by
the very same server; nothing is ever installed into ours.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from tests.benchmarks.results import Absent

PYTHON = (
    "datasette==0.65.5",
    "django==5.2.19",
    "django-reversion==6.4.0",
    "django-simple-history==3.13.0",
    "psycopg-pool==3.3.3",  # what the eventsourcing library's PostgreSQL module needs
    "umadb==0.7.8",  # carries the server
)
# Emmett's two stores need different versions of Emmett.
NODE = {
    "node": {
        "@event-driven-io/emmett": "0.42.0",
        "@event-driven-io/emmett-postgresql": "0.42.0",
        "@eventide/message-db": "1.3.1",
    },
    "node-sqlite": {"@event-driven-io/emmett": "0.38.5", "@event-driven-io/emmett-sqlite": "0.38.5"},
}
HEADERS = Path("/usr/include/node/node.h")  # Debian's libnode-dev, with which sqlite3 for Node is compiled
ASK = "not installed; --peers installs it"


@dataclass(frozen=True, slots=True)
class Peers:
    """A folder of peers, installed or not."""

    folder: Path

    @property
    def python(self) -> Path:
        """Give the interpreter that knows the Python peers; raises Absent."""
        found = self.folder / "venv" / "bin" / "python"
        if not self._is_whole("venv"):
            raise Absent(ASK)
        return found

    def node_folder(self, name: str) -> Path:
        """Give the folder that holds one of the sets of Node's packages; raises Absent."""
        if not self._is_whole(name):
            raise Absent(ASK)
        if shutil.which("node") is None:
            raise Absent("Node is not installed; Debian has it as nodejs")
        return self.folder / name

    def install(self, tell: Callable[[str], None]) -> None:
        """Install what is not there yet, or there in other versions, one set after the other; tells what fails."""
        for name in ("venv", *NODE):
            if not self._is_whole(name):
                tell(f"installing peers: {name}")
                shutil.rmtree(self.folder / name, ignore_errors=True)
                (self.folder / name).mkdir(parents=True)
                try:
                    (_install_python if name == "venv" else _install_node)(self.folder / name)
                except Absent as absent:
                    tell(f"{name}: {absent.why}")
                else:
                    self._mark(name).write_text(_digest(name), encoding="ascii")

    def _is_whole(self, name: str) -> bool:
        mark = self._mark(name)
        return mark.exists() and mark.read_text(encoding="ascii") == _digest(name)

    def _mark(self, name: str) -> Path:
        return self.folder / name / "installed"


def _digest(name: str) -> str:
    wanted = [*PYTHON, sys.version] if name == "venv" else NODE[name]
    return sha256(json.dumps(wanted).encode()).hexdigest()


def _install_python(folder: Path) -> None:
    venv.create(folder, with_pip=True)
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    (packages / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *PYTHON], folder)


def _install_node(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Absent("npm is not installed; Debian has it as npm, beside nodejs")
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": NODE[folder.name]}))
    # Where no compiled sqlite3 can be had, npm compiles it, which takes a minute, and with Debian's headers if need be.
    headers = {"npm_config_nodedir": str(HEADERS.parents[2])} if HEADERS.exists() else {}
    _run([npm, "install", "--no-audit", "--no-fund", "--loglevel=error"], folder, headers)


def _run(command: list[str], folder: Path, more: Mapping[str, str] = MappingProxyType({})) -> None:
    environment = os.environ | more
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - named above
    if done.returncode:
        raise Absent(f"its installation failed: {(done.stderr or done.stdout).strip()[-400:]}")
