"""Serve the record: the real one, or a demo that leaves nothing behind."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial
from importlib.resources import files
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import BinaryIO, cast

import click

from service import server
from service.bootstrap import build, open_serving
from service.cli.console import configured, example, hint
from service.config import Config
from service.importing.importer import Importer
from service.importing.rows import read_json_lines
from service.machine import tell_time
from service.recording.items import read_claim_id
from service.tokens import create_token

MEETING = "ref:moscow-contact/meeting"
THIRD_EVENT = 3  # when the record held so many events, nobody had denied the meeting yet
PORTS = click.IntRange(0, 65_535)
DENIAL = (
    '{"type":"denied","data":{"party":{"name":"Example Ministry","kind":"ministry"},'
    '"summary":"No such meeting took place.","source":{"publisher":"Example Wire"}}}'
)


@click.command(epilog=example("onrecord serve --port 8080"))
@click.option("--port", type=PORTS, default=8080, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def serve(port: int, host: str) -> None:
    """Serve the record over HTTP until Ctrl-C or SIGTERM.

    The embedded store is made or migrated first. What is in flight is finished at the end.
    """
    config = configured()
    try:
        server.serve(config, host=host, port=port, greet=_greet)
    except server.CannotServe as error:
        raise click.ClickException(str(error)) from error


@click.command(epilog=example("onrecord demo --port 8080"))
@click.option("--port", type=PORTS, default=8080, show_default=True, help="0 takes a free one.")
def demo(port: int) -> None:
    """Try everything on a temporary record that holds one real story; Ctrl-C removes it."""
    with TemporaryDirectory(prefix="onrecord-demo-") as folder:
        config = replace(configured(), database=f"sqlite:///{folder}/onrecord.db", public_reads=True, log="quiet")
        config = replace(config, log_key_file="", witnesses="", origin=Config.origin)  # it signs in nobody's name
        try:
            host, port = server.claim_address("127.0.0.1", port)
            token = _load_story(config)
            server.serve(config, host=host, port=port, greet=partial(_greet_demo, token))
        except server.CannotServe as error:
            raise click.ClickException(str(error)) from error


def _greet(address: str) -> None:
    hint(f"Serving at {address}; Ctrl-C ends it.")


def _greet_demo(token: str, address: str) -> None:
    claim = f"{address}/claims/{read_claim_id(MEETING)}"
    click.echo(
        dedent(f"""\
        Serving a demo at {address}
        Reporter token: {token}

        In a browser: sign in with the token at {address}/sign-in, and log a statement from a claim's page.

        Log a denial:
        curl -sS {claim}/events -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{DENIAL}'

        Ask how the claim stands, and how it stood when the record held {THIRD_EVENT} events:
        curl -sS {claim}
        curl -sS '{claim}?as_of={THIRD_EVENT}'
        """)
    )
    hint("Ctrl-C ends the demo and removes what was recorded.")


def _load_story(config: Config) -> str:
    """Record the story that comes with the program; answers a reporter's token."""
    store = open_serving(config)
    timeline = build(store)
    try:
        with files("service").joinpath("stories/moscow-contact.jsonl").open("rb") as story:
            importer = Importer(timeline, cast("BinaryIO", story), read_json_lines, by="demo")
            with closing(importer.check(_unseen)) as plan:
                importer.record(plan, _unseen)
        return create_token(store, "demo-reporter", "reporter", now=tell_time(), expires_in=None)
    finally:
        timeline.close()
        store.close()


def _unseen(_part: float) -> None:
    """Show no progress: a story is loaded in a blink."""
