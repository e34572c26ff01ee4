"""`onrecord search`, `show` and `diff`: which claims there are, how one stands or stood, and what changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import click

from service.cli.account import write_account, write_summary
from service.cli.asking import asking, claim_argument, read_claim
from service.cli.change import write_change
from service.cli.client import Client, Problem
from service.cli.console import configured, example, flatten, hint, json_option, print_json
from service.telling.wording import RULES

PAGE = 20
LONGEST_PAGE = 500
MOST_DIGITS = 9  # of a version
Json = Mapping[str, Any]


@click.command(epilog=example("onrecord search Moscow envoy --standing denied --limit 5"))
@click.argument("words", nargs=-1, required=True)
@click.option("--standing", multiple=True, type=click.Choice(list(RULES)), help="Only claims that stand so.")
@click.option("--party", multiple=True, metavar="KEY", help="Only where this party has a position.")
@click.option("--country", multiple=True, metavar="CC", help="Only where a party of this country has one.")
@click.option("--topic", multiple=True, metavar="T", help="Only with this topic.")
@click.option("--as-of", metavar="T", help="As the record held it: an instant, a date (its end, UTC) or a log size.")
@click.option("--limit", type=click.IntRange(1, LONGEST_PAGE), default=PAGE, show_default=True, help="Claims a page.")
@click.option("--cursor", metavar="C", help="The page after the one that named this cursor.")
@json_option
def search(words: tuple[str, ...], *, as_json: bool, limit: int, **asked: Any) -> None:
    """Find the claims in whose texts all WORDS are found, in any script; a word is found by its beginning.

    Of an option that is repeated, one value must hold; different options must all hold.
    """
    client = Client.of(configured())
    with asking():
        page = client.get("/claims", q=" ".join(words), limit=str(limit), **asked).body
    if as_json:
        print_json(page)
        return
    page = flatten(page)
    for claim in page["claims"]:
        with asking():  # what it says of how and in whose name each spoke
            events = _read_events(client, claim) if claim["positions"] else []
        click.echo(f"{write_summary(claim, flatten(events))}\n")
    hint(_tell_page(page, first=asked["cursor"] is None))


def _tell_page(page: Json, *, first: bool) -> str:
    count = len(page["claims"])
    claims = f"{count} claim{'' if count == 1 else 's'}"
    moment = _tell_moment(page["as_of"]) if "as_of" in page else ""
    if page["next"]:
        return f"{claims} shown{moment}; there are more. For the next page add --cursor {page['next']}"
    if not first:
        return f"{claims} shown{moment}; there are no more."
    return f"{claims} found{moment}." if count else f"No claim{moment} is found by these words and options."


def _tell_moment(as_of: Json) -> str:
    at = f" ({as_of['at']})" if as_of["at"] else ""  # at size 0 nothing had been recorded yet
    return f" as of log size {as_of['log_size']}{at}"


@click.command(epilog=example("onrecord show ref:moscow-contact/meeting --as-of 3"))
@claim_argument
@click.option("--as-of", metavar="T", help="As the record held it: an instant, a date (its end, UTC) or a log size.")
@click.option("--said-until", metavar="D", help="Leave out what was said after this EDTF date.")
@json_option
def show(claim: str, as_of: str | None, said_until: str | None, *, as_json: bool) -> None:
    """Show CLAIM, a UUID or ref:NAME: its text, where it stands and why, who says what, and its events.

    Events are shown as the record reads them: what was amended, struck or redacted says so.
    """
    client, path = Client.of(configured()), f"/claims/{read_claim(claim)}"
    with asking():
        found = client.get(path, as_of=as_of, said_until=said_until).body
        events = _read_events(client, found, said_until)
    if as_json:
        print_json({"claim": found, "events": events})
    else:
        click.echo(write_account(flatten(found), flatten(events)))


def _read_events(client: Client, claim: Json, said_until: str | None = None) -> Sequence[Json]:
    # Asked at the same log size, the events are those that made the claim, whatever came meanwhile.
    moment = str(claim["as_of"]["log_size"])
    events: Sequence[Json] = client.get(f"/claims/{claim['id']}/events", as_of=moment, said_until=said_until).body[
        "events"
    ]
    return events


@click.command(epilog=example("onrecord diff ref:moscow-contact/meeting --from 3 --to 9"))
@claim_argument
@click.option("--from", "start", metavar="N|MOMENT", required=True, help="The earlier version, or a moment.")
@click.option("--to", "end", metavar="N|MOMENT", help="The later version, or a moment; now, where it is not given.")
@json_option
def diff(claim: str, start: str, end: str | None, *, as_json: bool) -> None:
    """Tell what changed on CLAIM between two versions: who moved, by which events, and where it stands since.

    N is the number of a version. A MOMENT, an instant or a date (its end, UTC), is the version that the record held
    then.
    """
    client, path = Client.of(configured()), f"/claims/{read_claim(claim)}"
    with asking():
        earlier, later = (_find_version(client, path, *at) for at in (("--from", start), ("--to", end)))
        if earlier > later:
            raise click.UsageError(f"--from is version {earlier} and --to version {later}; give the earlier one first.")
        change = client.get(f"{path}/versions/{later}", diff=str(earlier)).body
        if not as_json:
            before, found = (client.get(f"{path}/versions/{version}").body for version in (earlier, later))
            events = _read_events(client, found)
    if as_json:
        print_json(change)
    else:
        click.echo(write_change(*map(flatten, (change, before, found, events))))


def _find_version(client: Client, path: str, option: str, text: str | None) -> int:
    if text is not None and re.fullmatch(r"\d+", text, re.ASCII):
        if len(text) > MOST_DIGITS or int(text) == 0:
            raise click.BadParameter(f"a version has 1 to {MOST_DIGITS} digits and is 1 or more", param_hint=option)
        return int(text)
    try:
        version: int = client.get(path, as_of=text).body["version"]
    except Problem as problem:
        if text is not None:
            hint(f"{option} {text!r}:")
        raise problem from None
    return version
