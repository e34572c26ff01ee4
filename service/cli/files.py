"""`onrecord import` and `onrecord export`: the record from a file, and as one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import click

from service.bootstrap import build, open_existing, open_serving
from service.cli.console import configured, example, hint, progress_bar
from service.importing.importer import Importer, ImportRefused, ImportStopped
from service.importing.rows import CSVRows, Row, RowFault, read_json_lines
from service.machine import tell_time
from service.own_file import make_own
from service.public_log.exports import export_lines
from service.reading.moment import resolve_moment
from service.store.tree import MissingNode

STDOUT = Path("-")
Read = Callable[[BinaryIO], Iterator[Row | RowFault]]


@click.command("import", epilog=example("onrecord import events.csv --map 'Said on=data.said_on' --dry-run"))
@click.argument("file", type=click.File("rb"))
@click.option("--format", "layout", type=click.Choice(["jsonl", "csv"]), help="Else by the file's name: .csv is CSV.")
@click.option(
    "--map", "renamed", multiple=True, metavar="COL=FIELD", help="What a CSV column holds; COL= leaves it out."
)
@click.option("--by", default="import", show_default=True, help="The name the events are recorded by.")
@click.option("--allow-duplicate", is_flag=True, help="Record statements that are in the record already.")
@click.option("--dry-run", is_flag=True, help="Check everything, record nothing.")
def import_file(  # noqa: PLR0913 - each is an option
    file: BinaryIO, *, layout: str | None, renamed: tuple[str, ...], by: str, allow_duplicate: bool, dry_run: bool
) -> None:
    """Record the events of FILE ("-" is stdin): JSON Lines of `POST /events` items, or CSV.

    A CSV header names members by their paths: claim, type, data.party.name, data.said_on; an empty cell leaves a member
    out, and ";" stands between the items of a list. Every bad row is named, and nothing is recorded unless all are
    good. Run again after a break, it goes on where it stopped.
    """
    named = str(getattr(file, "name", ""))
    read = _reader(layout or ("csv" if named.lower().endswith(".csv") else "jsonl"), renamed)
    store = open_serving(configured())
    timeline = build(store)
    try:
        _import(Importer(timeline, _seekable(file), read, by, allow_duplicate=allow_duplicate), dry_run=dry_run)
    finally:
        timeline.close()
        store.close()


def _import(importer: Importer, *, dry_run: bool) -> None:
    try:
        with progress_bar("Checking") as progress:
            checked = importer.check(progress, only=dry_run)
        with closing(checked) as plan:
            if dry_run:
                good = _count(plan.good, "row is", "rows are")
                click.echo(
                    f"{good} good, {_count(plan.skipped, 'is', 'are')} in the record already; nothing was recorded."
                )
                return
            with progress_bar("Recording") as progress:
                count = importer.record(plan, progress)
    except ImportRefused as refused:
        for fault in refused.faults:
            hint(str(fault))
        lines = len({fault.line for fault in refused.faults})
        raise click.ClickException(f"{_count(lines, 'row is', 'rows are')} bad; nothing was recorded.") from refused
    except ImportStopped as stopped:
        hint(str(stopped.fault))
        raise click.ClickException(
            f"{_count(stopped.recorded, 'row was', 'rows were')} recorded, then this stopped it."
            " Run the same command again to go on."
        ) from stopped
    skipped = _count(plan.skipped, "was", "were")
    click.echo(f"{_count(count, 'event', 'events')} recorded; {skipped} in the record already.")


def _count(n: int, one: str, more: str) -> str:
    return f"{n} {one if n == 1 else more}"


def _reader(layout: str, renamed: tuple[str, ...]) -> Read:
    if layout == "csv":
        faulty = [pair for pair in renamed if "=" not in pair]
        if faulty:
            raise click.BadParameter(f"{faulty[0]!r} is not COL=FIELD", param_hint="--map")
        return CSVRows({column: path for column, _, path in (pair.rpartition("=") for pair in renamed)})
    if renamed:
        raise click.BadParameter("only CSV has columns", param_hint="--map")
    return read_json_lines


def _seekable(file: BinaryIO) -> BinaryIO:
    """Give the file, or a copy of it where it can only be read once: it is read twice."""
    if file.seekable():
        return file
    copy = TemporaryFile()  # noqa: SIM115 - it goes with the process
    copyfileobj(file, copy)
    return copy


@click.command("export", epilog=example("onrecord export -o record.ndjson"))
@click.option("--as-of", metavar="T", help="The record as of an instant, a date (its end, UTC) or a log size.")
@click.option(
    *("-o", "--output"),
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help='A file, written whole or not at all; "-" is stdout.',
)
def export_record(as_of: str | None, output: Path | None) -> None:
    """Write the whole record, as stored, as lines of JSON; the last line says that it is complete."""
    try:
        _export(as_of, output)
    except MissingNode as error:
        detail = "the tree that was signed cannot be had from what is stored; `onrecord verify` names what was done"
        raise click.ClickException(f"Nothing is exported: {detail} ({error}).") from error


def _export(as_of: str | None, output: Path | None) -> None:
    config = configured()
    with open_existing(config).reading() as view:
        size = resolve_moment(as_of, view, tell_time()).size if as_of else view.head().size
        lines = export_lines(view, origin=config.origin, size=size)
        if output is None or output == STDOUT:
            out = sys.stdout.buffer
            out.writelines(lines)
            return
        with _whole(output) as out, progress_bar("Writing") as progress:
            for done, line in enumerate(lines):
                out.write(line)
                progress(min(1.0, done / (size + 1)))
    hint(f"{size} events written to {output}.")


@contextmanager
def _whole(path: Path) -> Iterator[Any]:
    """Write a file, its owner's alone, that takes its name only once it is whole and on the disk."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        make_own(part)
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
