"""`onrecord doctor` and `onrecord config`: what is set, and what is wrong with this installation."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from domain.errors import DomainError
from service.bootstrap import build, open_existing
from service.cli.client import Client, Problem, Unreachable
from service.cli.console import configured, example, json_option, one_line, print_json
from service.config import BadConfiguration, Config
from service.jobs.states import look_at_jobs, tell_trouble

LEAST_FREE = 200 * 2**20  # bytes
LIBRARIES = ("eventsourcing", "flask", "marshmallow", "granian", "orjson", "click")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; it is wrong where there is a `remedy`, which says what to do."""

    what: str
    detail: str
    remedy: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong with it."""
        return not self.remedy

    def told(self) -> str:
        """Tell it in sentences, the remedy as one of its own."""
        stop = "" if self.detail.endswith((".", "!", "?", "…")) else "."
        return f"{self.detail}{stop} {self.remedy}" if self.remedy else self.detail


@click.command("config", epilog=example("onrecord config --json"))
@json_option
def show_config(*, as_json: bool) -> None:
    """Show the settings in force, secrets only as set or not set."""
    shown = configured().shown()
    if as_json:
        print_json(shown)
    else:
        click.echo("\n".join(f"{name}={value}" for name, value in shown.items()))


@click.command(epilog=example("onrecord doctor"))
@json_option
def doctor(*, as_json: bool) -> None:
    """Look for what is wrong with this installation, and say what to do; status 1 if anything is."""
    findings = list(_examine())
    if as_json:
        print_json([asdict(finding) | {"ok": finding.ok} for finding in findings])
    else:
        for finding in findings:
            mark = click.style("ok   ", fg="green") if finding.ok else click.style("WRONG", fg="red", bold=True)
            click.echo(f"{mark}  {finding.what}: {one_line(finding.told())}")
    if not all(finding.ok for finding in findings):
        raise click.exceptions.Exit(1)


def _examine() -> Iterator[Finding]:
    yield _look_at_versions()
    try:
        config = configured()
    except BadConfiguration as error:
        yield Finding("configuration", str(error).replace("\n", "; "), "Correct the environment.")
        return
    yield Finding("configuration", "every setting is known")
    yield _look_at_store(config)
    yield from _look_at_jobs(config)
    if config.database.startswith("sqlite:"):
        folder = Path(config.database.partition(":///")[2]).absolute().parent
        yield _look_at_folder(folder)
        yield from _look_at_space(folder)
    if "ONRECORD_URL" in os.environ:
        yield _look_at_server(config)


def _look_at_versions() -> Finding:
    found = [f"Python {sys.version.split()[0]}"]
    for library in LIBRARIES:
        try:
            found.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            return Finding("versions", f"{library} is not installed.", "Install onrecord again with pip.")
    return Finding("versions", ", ".join(found))


def _look_at_store(config: Config) -> Finding:
    try:
        store = open_existing(config)
        status, (settings, durable), exposed = store.status(), store.durability(), store.exposed()
        store.close()
    except (DomainError, BadConfiguration) as error:
        return Finding("store", str(error), "If it should be there, look at ONRECORD_DATABASE.")
    remedy = exposed if durable else "Set what is off to on, or a crash loses what was acknowledged."
    return Finding("store", f"{status.engine}, schema {status.schema}, {settings}, {status.events} events", remedy)


def _look_at_jobs(config: Config) -> Iterator[Finding]:
    try:
        timeline = build(open_existing(config))
    except (DomainError, BadConfiguration):
        return  # told already, of the store
    states = look_at_jobs(timeline, config)
    timeline.close()
    timeline.store.close()
    trouble, count = tell_trouble(states), sum(state.runs > 0 for state in states)
    remedy = "See what `onrecord serve` or `onrecord scheduler` logs, and start one where none runs." if trouble else ""
    yield Finding("jobs", trouble or f"{count} of {len(states)} were run; none failed, none is late", remedy)


def _look_at_folder(folder: Path) -> Finding:
    if os.access(folder, os.W_OK | os.X_OK):
        return Finding("folder", f"{folder} can be written")
    return Finding("folder", f"{folder} cannot be written.", "Give this user the right, or set ONRECORD_DATABASE.")


def _look_at_space(folder: Path) -> Iterator[Finding]:
    if folder.exists():
        free = shutil.disk_usage(folder).free
        ok = free >= LEAST_FREE
        yield Finding("disk", f"{free // 2**20} MiB are free", "" if ok else "Make room: 200 MiB at the least.")


def _look_at_server(config: Config) -> Finding:
    try:
        body = Client.of(config).get("/").body
    except Unreachable as error:
        return Finding("server", error.told, "Is ONRECORD_URL right? If so, start it with `onrecord serve`.")
    except Problem as problem:
        return Finding("server", " ".join(problem.lines()), "Look at ONRECORD_URL and ONRECORD_TOKEN.")
    return Finding("server", f"{config.url} answers, {body.get('log_size')} events")
