"""The directory: which parties speak in the record, and which of their names are joined, as an engine keeps it.

Two kinds of rows are read off each event (`service.store.read_model`): whose word a
statement is from then on, and two names joined or parted. The rest, counts and what a
key is found by, follows from those; it is kept as events come in, or counted anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.joins import Join
from service.search_text import Phrase
from service.store.read_model import ClaimVersion, Party
from service.store.steps import Steps


@dataclass(frozen=True, slots=True)
class Name:
    """A party under one key, as its latest statement names it: how many of its statements are on how many claims."""

    key: str
    party: Party
    statements: int
    claims: int


@dataclass(frozen=True, slots=True)
class PartyQuery:
    """A question for keys, in their order, from behind `after` on.

    The answer may hold more than is asked for: what a key was found by at any time, and
    what any name that was ever joined to it is found by. `phrases` must all be found;
    `like` is a name that others are to be drawn like.
    """

    size: int
    limit: int
    after: str = ""
    phrases: Sequence[Phrase] = ()
    country: str | None = None
    kind: str | None = None
    like: str | None = None


class DirectoryView(Protocol):
    """A look at the parties."""

    def joins_of(self, keys: Sequence[str], size: int) -> list[Join]:
        """List the joins of some names that held at a log size, in the order they were made."""

    def find_names(self, keys: Sequence[str], size: int) -> dict[str, Name]:
        """Find parties as they were at a log size, by their keys: those of whom any statement counted."""

    def find_told(self, key: str, size: int) -> Party | None:
        """Find a party as the record told of it last up to a log size, whether or not that word counts any more."""

    def first_said(self, key: str) -> int | None:
        """Tell the log size just after the first statement of a party, struck or not."""

    def changed_at(self, keys: Sequence[str], size: int) -> int:
        """Tell the log size just after the last event up to a size that changed what any of these said or are, or 0."""

    def count_beside(self, key: str, others: Sequence[str], size: int) -> int:
        """Count the claims on which any of the others spoke, and this one did not."""

    def find_keys(self, query: PartyQuery) -> list[str]:
        """List keys in order."""

    def places_of(self, keys: Sequence[str], size: int, limit: int) -> list[int]:
        """List the positions of the events that gave, changed or took a word of any of these, newest first."""

    def changes_back(self, keys: Sequence[str], size: int, start: int, limit: int) -> list[int]:
        """List when the claims on which any of these has a position changed last, from a log size on, in order."""

    def shared_claims(self, keys: Sequence[str], size: int) -> list[str]:
        """List the claims on which several of these spoke; it costs what all but the most talkative of them said."""


class Directory(DirectoryView, Protocol):
    """The parties, inside a write transaction."""

    def enter(self, rows: Sequence[ClaimVersion]) -> Steps:
        """Take up what new events say of parties, in order."""

    def renew(self, claim: str, rows: Sequence[ClaimVersion]) -> None:
        """Take up anew what all events of a claim say of parties."""

    def recount(self) -> None:
        """Count all parties anew."""
