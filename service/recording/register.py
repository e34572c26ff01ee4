"""Who has spoken and who is joined, while a write transaction decides: the directory, and what entered since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.joins import Join, still_holding
from domain.party import party_key
from service.store.directory import DirectoryView
from service.store.read_model import ClaimVersion


@dataclass(slots=True)
class Register:
    """What the rules may ask about parties; `size` is the log size that the directory is of."""

    directory: DirectoryView
    size: int
    _spoke: list[str] = field(default_factory=list)
    _joins: list[Join] = field(default_factory=list)

    def note(self, row: ClaimVersion) -> None:
        """Note what an event that enters says of parties."""
        self._spoke += [party_key(party["name"]) for _, party in row.words if party]
        self._joins += [row.join] if row.join else []

    def mark(self) -> tuple[int, int]:
        """Tell how much is noted."""
        return len(self._spoke), len(self._joins)

    def go_back(self, mark: tuple[int, int]) -> None:
        """Forget what was noted since."""
        del self._spoke[mark[0] :], self._joins[mark[1] :]

    def has_spoken(self, key: str) -> bool:
        """Tell whether a statement of that party is in the record."""
        return key in self._spoke or bool(self.directory.find_names([key], self.size))

    def joins_of(self, key: str) -> Sequence[Join]:
        """List the joins of one name that hold, in the order they were made."""
        entered = [join for join in self._joins if key in join.names]
        return still_holding([*self.directory.joins_of([key], self.size), *entered])
