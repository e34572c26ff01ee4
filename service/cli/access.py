"""`onrecord token`: who may use the service over HTTP."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import click

from domain.instants import write_instant
from service.bootstrap import open_existing, open_serving
from service.cli.console import configured, example, hint, json_option, print_json, table
from service.machine import tell_time
from service.store.interface import TokenRow
from service.tokens import ROLES, create_token, revoke_token

LONGEST_NAME = 100
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}


class Span(click.ParamType[timedelta]):
    """A length of time such as 12h, 90d or 26w."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read it."""
        found = re.fullmatch(r"([1-9]\d{0,4})([hdw])", value, re.ASCII)
        if found is None:
            self.fail(f"{value!r} is no length of time. Write 12h, 90d or 26w.", param, ctx)
        return timedelta(hours=int(found[1]) * _HOURS[found[2]])


@click.group(epilog=example("onrecord token list"))
def token() -> None:
    """Give out tokens, list them, take them back."""


@token.command(epilog=example("onrecord token create desk-seoul --role reporter --expires 90d"))
@click.argument("name")
@click.option("--role", type=click.Choice(list(ROLES)), required=True, help="What its holder may do.")
@click.option("--expires", type=Span(), help="12h, 90d, 26w; without it, it holds until revoked.")
def create(name: str, role: str, expires: timedelta | None) -> None:
    """Print a new token, once; events logged with it are recorded by NAME."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise click.BadParameter(f"a name has 1 to {LONGEST_NAME} printable characters", param_hint="NAME")
    store = open_serving(configured())
    try:
        click.echo(create_token(store, name, role, now=tell_time(), expires_in=expires))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    hint("Keep it now: it is not shown again.")


@token.command("list", epilog=example("onrecord token list --json"))
@json_option
def list_tokens(*, as_json: bool) -> None:
    """List who has a token, and whether it holds; tokens themselves are never shown."""
    with open_existing(configured()).reading() as view:
        rows = view.tokens()
    if as_json:
        print_json([{k: v for k, v in asdict(row).items() if k != "digest"} | {"state": _state(row)} for row in rows])
    else:
        header = ("NAME", "ROLE", "STATE", "CREATED", "EXPIRES", "LAST USED")
        cells = ((row.created_at, row.expires_at, row.last_used_at) for row in rows)
        days = ([(at or "-")[:10] for at in instants] for instants in cells)
        click.echo(table(header, [(r.name, r.role, _state(r), *at) for r, at in zip(rows, days, strict=True)]))


@token.command(epilog=example("onrecord token revoke desk-seoul"))
@click.argument("name")
def revoke(name: str) -> None:
    """Take a token back, from the next request on."""
    try:
        revoke_token(open_existing(configured()), name, now=tell_time())
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} is revoked.")


def _state(row: TokenRow) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= write_instant(tell_time()) else "valid"
