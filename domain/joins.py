"""One party under several names: which names are joined, and when two may be (`docs/events.md`, *Who is one party*).

An editor joins two names on the claim where the evidence was found, and parts them
again. Histories keep the names that were used and a claim's own answer never changes;
joins act where parties are looked at across claims. Joins are symmetric; the order in
which they were made only says under which name the party is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from domain.codebook import Joined, Parted, Recorded
from domain.errors import RuleBroken
from domain.party import party_key
from domain.reading import Reading, gather
from domain.statement import Payload


@dataclass(frozen=True, slots=True)
class Join:
    """Two keys as an event joins them, or (`holds` False) parts them; `since`: the log size just after that event."""

    party: str
    same_as: str
    since: int
    holds: bool = True

    @property
    def names(self) -> frozenset[str]:
        """Give the two keys, in no order."""
        return frozenset({self.party, self.same_as})


class Joins(Protocol):
    """Which names are joined."""

    def joins_of(self, key: str) -> Sequence[Join]:
        """List the joins of one name that hold, in the order they were made."""


class Parties(Joins, Protocol):
    """What the rules ask about the parties of the whole record."""

    def has_spoken(self, key: str) -> bool:
        """Tell whether a statement of that party is in the record."""


class NoParties:
    """The parties of a record that holds nothing else."""

    def has_spoken(self, key: str) -> bool:  # noqa: ARG002 - of any
        """Tell that nobody has."""
        return False

    def joins_of(self, key: str) -> Sequence[Join]:  # noqa: ARG002 - of any
        """List none."""
        return ()


def read_join(event: Recorded, since: int) -> Join | None:
    """Read what an event joins or parts; None for any other event, and for one that was redacted."""
    if not isinstance(event, Joined | Parted) or event.data is None:
        return None
    party, same_as = (party_key(event.data[name]) for name in ("party", "same_as"))
    return Join(party, same_as, since, holds=isinstance(event, Joined))


def still_holding(acts: Iterable[Join]) -> list[Join]:
    """List the joins that hold after all these acts, in the order they were made."""
    holding: dict[frozenset[str], Join] = {}
    for act in sorted(acts, key=lambda act: act.since):
        holding.pop(act.names, None)
        if act.holds:
            holding[act.names] = act
    return list(holding.values())


def find_names(key: str, parties: Joins) -> list[str]:
    """Find all names that are one party with this one, itself among them, the one it is shown under first.

    Where two are joined, those joined to `same_as` come before those joined to `party`.
    """
    reached, waiting, joins = {key}, [key], set[Join]()
    while waiting:
        found = set(parties.joins_of(waiting.pop())) - joins
        joins |= found
        new = {name for join in found for name in join.names} - reached
        reached |= new
        waiting += new
    groups: dict[str, list[str]] = {}
    for join in sorted(joins, key=lambda join: join.since):
        merged = groups.get(join.same_as, [join.same_as]) + groups.get(join.party, [join.party])
        groups |= dict.fromkeys(merged, merged)
    return groups.get(key, [key])


def check_join(kind: type[Recorded], data: Payload, parties: Parties) -> None:
    """Refuse, with RuleBroken, a join that is there already or of nobody, and the parting of what is not joined."""
    party, same_as = party_key(data["party"]), party_key(data["same_as"])
    if kind is Parted:
        if not any(same_as in join.names for join in parties.joins_of(party)):
            detail = f"{data['party']} and {data['same_as']} are not joined, not directly at least."
            raise RuleBroken("join_target", detail, pointer="/same_as")
        return
    for name, key in (("party", party), ("same_as", same_as)):
        if not parties.has_spoken(key):
            detail = f"No statement of {data[name]} is in the record. Write the name, or the key, that it has there."
            raise RuleBroken("join_target", detail, pointer=f"/{name}")
    if same_as in find_names(party, parties):
        raise RuleBroken("join_new", f"{data['party']} and {data['same_as']} are one party already.", pointer="/party")


def read_as_one(reading: Reading, keys: Iterable[str], shown: Payload) -> Reading:
    """Read a claim's words with these keys as one party, the one that is shown; each stays the voice that it was."""
    one, key = frozenset(keys), party_key(shown["name"])
    words = (
        replace(word, party=key, data={**word.data, "party": shown}) if word.party in one else word
        for word in reading.words
    )
    return gather(reading.contents, words)
