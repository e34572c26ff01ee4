"""Where a party stands, as `onrecord show` and `diff` tell it: since when exactly so, in whose name, on what terms."""

from __future__ import annotations

import click

from domain.difference import compare
from service.cli.account import write_account
from service.cli.change import write_change
from tests.builders import KREMLIN, Event, given, kept, said, stands

AT = "2026-01-31T09:33:00.000000Z"
REWORDED = kept("reworded", text="They met in secret.")


def account_of(*events: Event) -> str:
    """Write the account of a claim on which these came."""
    claim = given(*events)
    logged = [{"version": e.version, "type": e.type, "data": e.data, "recorded_at": AT} for e in claim.history]
    with click.Context(click.Command("show")):
        return write_account({**stands(claim), "as_of": {"log_size": 4, "at": AT}}, logged)


def test_since_when_a_party_says_exactly_this_is_told():
    """Who first affirmed a part, or an earlier wording, and now all of this one, is told with what says so."""
    part, full = said("confirmed", extent="partial", scope="the talks"), said("confirmed")
    assert "(RU)  affirms  2, exactly so since 3  -" in account_of(part, full)
    for first in (part, full):
        assert "(RU)  affirms  2, exactly so since 4  -" in account_of(first, REWORDED, full)
    for told in (
        account_of(full, full),
        account_of(full, full, REWORDED),
        account_of(full, said("retracted", regarding=2)),
    ):
        assert "exactly" not in told


def test_a_turn_says_what_took_back_the_word_it_turned_from():
    """Whoever turned, and then took back what it had said first, is told with that; so is who took it back before."""
    turned = [said("confirmed"), said("denied")]
    since = "affirms (event 2, withdrawn by event 4, retracted by Russian Foreign Ministry), then denies (event 3).\n"
    assert since in account_of(*turned, said("retracted", regarding=2))
    before = account_of(turned[0], said("corrected", KREMLIN, regarding=2, grade="corrected"), turned[1])
    assert (
        "affirms (event 2, withdrawn by event 3, corrected by Kremlin, Grade: corrected), then denies (event 4), having"
        in before
    )
    assert "withdrawn" not in account_of(*turned)


def test_a_stance_is_told_with_its_manner_before_and_after():
    """In whose name, on what terms and of which wording a party stood, and stands, is told as in an account."""
    before = [said("denied", attribution="background", on_behalf_of=KREMLIN), REWORDED]
    earlier, claim = given(*before), given(*before, said("confirmed", strength="hedged"))
    events = [{"version": e.version, "type": e.type, "data": e.data, "recorded_at": ""} for e in claim.history]
    with click.Context(click.Command("diff")):
        told = write_change(compare(claim.history, 3, 4), stands(earlier), stands(claim), events)
    assert "Russian Foreign Ministry (RU)  denies on behalf of Kremlin *  affirms *  4 confirmed\n" in told
    assert (
        "* Russian Foreign Ministry (RU), before: on background; said of an earlier wording, which event 3 replaced."
        " * Russian Foreign Ministry (RU), after: hedged. " in " ".join(told.split())
    )
