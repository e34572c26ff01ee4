"""Pages that are watched, as an engine keeps them: what is known of each, and when it is looked at next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """A page, by the SHA-256 of its address (hex); `due_at` is an instant as the record writes it.

    `state` is `new`, `steady`, `restless` or `gone`; `digest` is that of the text it was
    last known by, `doubt` what was seen instead at the last look ("" where nothing was),
    `etag` what its server named that text, `changes` how many changes were recorded.
    """

    page: str
    due_at: str
    state: str
    digest: str = ""
    doubt: str = ""
    etag: str = ""
    changes: int = 0


class WatchedView(Protocol):
    """A look at pages that are watched."""

    def pages(self, pages: Collection[str]) -> dict[str, WatchedRow]:
        """Find what is known of pages."""


class Watched(WatchedView, Protocol):
    """Pages that are watched, inside a write transaction."""

    def save(self, row: WatchedRow) -> None:
        """Store what is known of a page."""

    def forget(self, before: str) -> int:
        """Forget pages that nobody looks at any more, which were due before an instant; answers how many."""
