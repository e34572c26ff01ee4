"""`onrecord db`: make, look at, rebuild and copy the store."""

from __future__ import annotations

from dataclasses import asdict

import click

from service.bootstrap import open_existing, open_migrated
from service.cli.console import configured, example, json_option, print_json, progress_bar, table
from service.public_log.publisher import RefusesToSign
from service.rebuild import rebuild
from service.store.tree import MissingNode


@click.group(epilog=example("onrecord db status"))
def db() -> None:
    """Look after the store named by ONRECORD_DATABASE."""


@db.command(epilog=example("onrecord db init"))
def init() -> None:
    """Create the store, or migrate it, under a lock; safe to run twice and at once."""
    config = configured()
    status = open_migrated(config).status()
    click.echo(f"{config.shown()['ONRECORD_DATABASE']} is ready, schema version {status.schema}.")


@db.command(epilog=example("onrecord db status --json"))
@json_option
def status(*, as_json: bool) -> None:
    """Show the engine, its schema version, and how much is stored."""
    found = asdict(open_existing(configured()).status())
    if as_json:
        print_json(found)
    else:
        click.echo(table(("", ""), [(name.replace("_", " "), value) for name, value in found.items()]).lstrip())


@db.command("rebuild", epilog=example("onrecord db rebuild"))
def rebuild_store() -> None:
    """Make every read-model row again from the events, and the log's tree from its leaves.

    Readers see the old rows until all new ones are there. Appends wait meanwhile, and are refused as unavailable (send
    again) where it takes longer than 15 seconds; none is lost.
    """
    store = open_existing(configured())
    try:
        with progress_bar("Rebuilding") as progress:
            store.reindex()
            count = rebuild(store, progress)
    except (RefusesToSign, MissingNode) as error:
        raise click.ClickException(f"Nothing was made again: {error}") from error
    click.echo(f"The read model of {count} claims was made again.")


@db.command(epilog=example("onrecord db backup backup.db"))
@click.argument("file", type=click.Path(dir_okay=False))
def backup(file: str) -> None:
    """Copy the running store to FILE, which must not exist: a store of its own, whole and consistent."""
    if file == "-":
        raise click.BadParameter("a store cannot be copied to stdout; name a file", param_hint="FILE")
    store = open_existing(configured())
    with progress_bar("Copying") as progress:
        store.backup(file, progress)
    click.echo(f"Copied to {file}.")
