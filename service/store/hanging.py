"""What hangs: whoever was asked and has not answered, and whoever withholds, as an engine keeps it.

Made from the events like the read model, of claims as they stand now alone. Instants are
as the record writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from service.store.read_model import ClaimVersion
from service.store.steps import Steps

Why = Literal["asked", "withholds"]


@dataclass(frozen=True, slots=True, order=True)
class HangingRow:
    """One thing that hangs on a claim: of a request since its deadline `at`, of a silence since it was recorded.

    `version` is that of the request, or of the first event that makes the position. Rows
    are in the order of `at`, then claim and version.
    """

    at: str
    claim: str
    version: int


class HangingView(Protocol):
    """A look at what hangs."""

    def oldest(self, why: Why, *, before: str, after: HangingRow | None, limit: int) -> list[HangingRow]:
        """List what hangs since before an instant, the oldest first, from behind a row on."""

    def newest(self, why: Why, *, before: HangingRow, limit: int) -> list[HangingRow]:
        """List what hangs since before a row, the newest first."""

    def of_claim(self, claim: str) -> list[tuple[Why, HangingRow]]:
        """List what hangs on a claim, by version."""


class Hanging(HangingView, Protocol):
    """What hangs, inside a write transaction."""

    def enter(self, rows: Sequence[ClaimVersion]) -> Steps:
        """Take up what hangs on claims from new versions of them on; of a claim's, the last counts."""
