"""A look at the record that has read the events of some claims at once, sooner than claim by claim.

Stored events do not change meanwhile, in a snapshot or in the transaction that holds the
head of the log; what enters in that is the ledger's to know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from service.store.interface import View


class ReadAhead:
    """A view, of which all else is asked as ever."""

    def __init__(self, view: View) -> None:
        """Look through a view."""
        self._view = view
        self._there: dict[UUID, list[tuple[int, StoredEvent]]] = {}

    def __getattr__(self, name: str) -> Any:
        """Give what the view itself has."""
        return getattr(self._view, name)

    def read(self, claims: Collection[UUID]) -> None:
        """Read the events of claims that are about to be asked for, in the place of those read before."""
        self._there = self._view.histories(claims) if claims else {}

    def placed_events(self, claim_id: UUID) -> Sequence[tuple[int, StoredEvent]]:
        """Give a claim's events in order, each with its position; none where there is no such claim."""
        read = self._there.get(claim_id)
        return self._view.placed_events(claim_id) if read is None else read
