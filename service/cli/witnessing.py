"""`onrecord witness`: watch other records' logs, and sign what only grew."""

from __future__ import annotations

from pathlib import Path

import click

from service import server
from service.cli.console import example, hint
from service.cli.serving import PORTS
from service.cli.verifying import read_keys
from service.config import BadConfiguration
from service.machine import tell_time
from service.public_log.log_key import read_key, write_key
from service.public_log.note import COSIGNATURE, ED25519, BadNote, SigningKey
from service.public_log.witness import Witness


@click.command(epilog=example('onrecord witness --log "$(onrecord log keygen)"'))
@click.option(
    "--log", "logs", multiple=True, required=True, metavar="VKEY", help="A log's verifier key; may be repeated."
)
@click.option("--name", default="localhost/witness", show_default=True, help="The name to sign by: an address.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default="witness",
    show_default=True,
    help="The folder for the key and for what was signed last. Never restore it from a backup.",
)
@click.option("--port", type=PORTS, default=8081, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def witness(logs: tuple[str, ...], name: str, state: Path, port: int, host: str) -> None:
    """Witness the logs of other records until Ctrl-C or SIGTERM (C2SP tlog-witness).

    A checkpoint is signed only if it extends the last one that was. The key is made at the first start. Give the
    verifier key and the address, which are printed, to whoever keeps the record (ONRECORD_WITNESSES) and to auditors.
    """
    watched = read_keys(logs, "--log", ED25519)
    key = _find_key(state, name)
    try:
        made = Witness(key, watched, state, tell_time)
        server.serve_witness(made, host=host, port=port, greet=lambda address: _greet(key, address))
    except server.CannotServe as error:
        raise click.ClickException(str(error)) from error


def _greet(key: SigningKey, address: str) -> None:
    hint(f"Witnessing at {address}; Ctrl-C ends it.")
    click.echo(f"{key.verifier.written()} {address}")


def _find_key(state: Path, name: str) -> SigningKey:
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state / "key"
    if not path.exists():
        try:
            write_key(path, SigningKey.make(name, COSIGNATURE))
        except BadNote as error:
            raise click.BadParameter(str(error), param_hint="--name") from error
    key = read_key(path)
    if (key.name, key.kind) != (name, COSIGNATURE):
        raise BadConfiguration(f"The key in {path} signs for {key.name!r}, not as a witness named {name!r}.")
    return key
