"""`onrecord log`: the key that signs the log, and signing it now."""

from __future__ import annotations

from collections.abc import Callable

import click

from service.bootstrap import build_publisher, open_existing
from service.cli.console import configured, example, hint, progress_bar
from service.config import BadConfiguration, Config
from service.public_log.cosigning import ask_witnesses
from service.public_log.log_key import find_key_file, make_key, next_file, read_key, replace_key
from service.public_log.proofs import write_checkpoint
from service.public_log.publisher import RefusesToSign
from service.store.tree import MissingNode, SignedCheckpoint


@click.group(epilog=example("onrecord log publish"))
def log() -> None:
    """Sign the public log (docs/log.md)."""


@log.command(epilog=example("onrecord log keygen"))
@click.option("--rotate", is_flag=True, help="Replace the key there is, which names the new one as its follower.")
def keygen(*, rotate: bool) -> None:
    """Make the key that signs the log, in a file that its owner alone can read; prints the verifier key.

    The file is that of ONRECORD_LOG_KEY_FILE, or next to the embedded store. A key that is there stays as it is.
    """
    config = configured()
    path = find_key_file(config)
    if path is None:
        raise BadConfiguration("ONRECORD_LOG_KEY_FILE names no file to keep the key in.")
    if rotate:
        _rotate(config)
        return
    there = path.exists()
    key = read_key(path) if there else make_key(path, config.origin)
    click.echo(key.verifier.written())
    kept = "It was there before, and is as it was." if there else "Keep a copy of it where nobody else can read it."
    hint(f"The signing key is in {path}. {kept} Hand out the line above: by it others verify what you sign.")


def _tell_refusal(sign: Callable[[], SignedCheckpoint]) -> SignedCheckpoint:
    try:
        return sign()
    except (RefusesToSign, MissingNode) as error:
        raise click.ClickException(f"The log is not signed: {error}.") from error


def _rotate(config: Config) -> None:
    path, store = find_key_file(config), open_existing(config)
    publisher = build_publisher(store, config)
    if publisher is None or path is None:
        raise BadConfiguration("There is no key to replace.")
    following = next_file(path)
    # After a break the key that was made then is the one that may be in the record already.
    new = read_key(following) if following.exists() else make_key(following, publisher.key.name)
    with store.reading() as view:
        recorded = {key.verifier_key for key in view.tree.log_keys()}
    if new.verifier.written() not in recorded:
        _tell_refusal(lambda: publisher.rotate(new))
    replace_key(path)
    with store.reading() as view:
        before, now = view.tree.log_keys()[-2:]
    click.echo(now.verifier_key)
    hint(
        f"This key signs from log size {now.from_size} on. The one before it says so, with both signatures, at "
        f"/log/keys:\n\n{now.statement}\n"
        f"Hand out the line above beside the old one, {before.verifier_key}, by which all that it signed is verified "
        "as before. Whoever kept a checkpoint of before needs both: --key and another --key. The old one signs nothing "
        f"any more, and is gone from {path}.\n\n"
        "Witnesses sign nothing of this log from now on, until whoever runs one starts it with both keys: "
        f"--log {before.verifier_key} --log {now.verifier_key}"
    )


@log.command(epilog=example("onrecord log publish"))
def publish() -> None:
    """Sign the log as it is now, unless it is signed already; prints the checkpoint."""
    config = configured()
    store = open_existing(config)
    publisher = build_publisher(store, config)
    if publisher is None:
        raise BadConfiguration("There is no key to sign with: set ONRECORD_LOG_KEY_FILE and run `onrecord log keygen`.")
    with progress_bar("Extending the tree") as progress:
        signed = _tell_refusal(lambda: publisher.publish(progress))
    ask_witnesses(store, publisher.witnesses, publisher.clock)
    with store.reading() as view:
        click.echo(write_checkpoint(view, signed), nl=False)
