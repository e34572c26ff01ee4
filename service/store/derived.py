"""All that is made from the events alone, table by table, for who checks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from service.store.read_model import ClaimVersion
from service.store.remade import Remade


class Derived(NamedTuple):
    """A table, the columns of its key, and its other columns."""

    name: str
    key: tuple[str, ...]
    rest: tuple[str, ...] = ()


INDEX = Derived("the index of words", ("word", "position", "place"))  # what texts are found by, where it can be read


DERIVED = (
    # What an event is filed under; the event itself, which is in the log, has the last word.
    Derived("events", ("position",), ("claim", "version", "topic")),
    Derived("log", ("position",), ("claim", "version", "recorded_at")),
    Derived("claim_versions", ("since",), ("until", "claim", "version", "due_at", "tags")),
    Derived("bodies", ("since",), ("body",)),
    Derived("lasting", ("since",), ("opened", *(f"words{n}" for n in range(8)))),
    Derived("facets", ("name", "value", "since")),
    Derived("texts", ("position",), ("claim", "until")),
    Derived("words", ("position",), ("tokens",)),
    Derived("vocabulary", ("word",)),
    Derived("said", ("key", "since", "place"), ("until", "claim", "party", "kind", "country")),
    Derived("joins", ("since",), ("claim", "party", "same_as", "holds")),
    Derived("party_counts", ("key", "since"), ("statements", "claims")),
    Derived("party_keys", ("key",), ("first", "tokens")),
    Derived("party_words", ("word", "key")),
    Derived("outcomes", ("claim", "key", "side", "since"), ("until", "fate", "strength", "days")),
    Derived("tallies", ("mark", "since"), ("n",)),
    Derived("hanging", ("claim", "version"), ("why", "at")),
    INDEX,
)


class DerivedView(Protocol):
    """A look at what is made from the events."""

    def of_claim(self, claim: str) -> list[ClaimVersion]:
        """Give all rows of a claim in order, with all of `ClaimVersion` that can be read back."""

    def claims_at(self, claims: Sequence[str], size: int) -> dict[str, ClaimVersion]:
        """Find claims as they stood at a log size, by id; what there is not is not among them."""

    def rows(self, table: Derived) -> Iterator[tuple[Any, ...]]:
        """Give all rows of a table in the order of its key, read as they are asked for; raises Damaged meanwhile."""

    def histories(self) -> Iterator[tuple[str, int]]:
        """Give (claim, how many events it has) of all, in the order they were opened, read as they are asked for."""

    def due(self, table: Derived) -> Iterator[tuple[Any, ...]] | None:
        """Give what the rows of a table have to be, where texts that are here tell it; None where a replay does."""

    def index_faults(self) -> Iterator[str]:
        """Tell what else of the index of words would hide a text from a search; raises Damaged."""


class DerivedTables(DerivedView, Protocol):
    """What is made from the events, inside a write transaction."""

    def clear(self) -> None:
        """Drop all rows but those that count others."""

    def remaking(self) -> AbstractContextManager[Callable[[Remade], None]]:
        """Drop all rows, store those that the block hands over, and count them at its end.

        Inside the block nothing may be asked but for events.
        """
