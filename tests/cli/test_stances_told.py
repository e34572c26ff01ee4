"""Where a party stands, as `onrecord show` and `diff` tell it: since when exactly so, in whose name, on what terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from domain.claim import Claim
from domain.difference import compare
from service.cli.account import write_account
from service.cli.change import write_change
from tests.builders import KREMLIN, Event, given, kept, said, stands

AT = "2026-01-31T09:33:00.000000Z"
LAST = "denies (event 4), then withholds (event 5)."
REWORDED = kept("reworded", text="They met in secret.")


def account_of(*events: Event) -> str:
    """Write the account of a claim on which these came."""
    claim = given(*events)
    with click.Context(click.Command("show")):
        return write_account({**stands(claim), "as_of": {"log_size": 4, "at": AT}}, log(claim))


def log(claim: Claim) -> list[dict[str, Any]]:
    """Give the events of a claim as they are asked for."""
    return [{"version": e.version, "type": e.type, "data": e.data, "recorded_at": AT} for e in claim.history]


def change_of(words: Sequence[Event], since: int, until: int) -> str:
    """Write what these, after its opening, changed on a claim from one version to another."""
    earlier, claim = (given(*words[: n - 1]) for n in (since, until))
    with click.Context(click.Command("diff")):
        return write_change(compare(claim.history, since, until), stands(earlier), stands(claim), log(claim))


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


def test_who_moved_otherwise_between_two_versions_is_told():
    """A shift between them is told beside reversals, and none from before."""
    words = [said("confirmed"), said("ncnd"), said("denied"), said("ncnd")]
    for since, told in ((2, ["affirms (event 2), then withholds (event 3).", LAST]), (4, [LAST])):
        lines = change_of(words, since, 5).splitlines()
        assert [line.partition("Ministry ")[2] for line in lines if line.startswith("Shift: ")] == told


def test_a_stance_is_told_with_its_manner_before_and_after():
    """In whose name, on what terms and of which wording a party stood, and stands, is told as in an account."""
    before = [said("denied", attribution="background", on_behalf_of=KREMLIN), REWORDED]
    told = change_of([*before, said("confirmed", strength="hedged")], 3, 4)
    assert "Russian Foreign Ministry (RU)  denies on behalf of Kremlin *  affirms *  4 confirmed\n" in told
    assert (
        "* Russian Foreign Ministry (RU), before: on background; said of an earlier wording, which event 3 replaced."
        " * Russian Foreign Ministry (RU), after: hedged. " in " ".join(told.split())
    )
