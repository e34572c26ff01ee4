"""What a schema is made of, as the engine's own catalogue tells it: for who checks that it is what this program made.

Whoever owns a database can put a view in the place of a table, which tells one reader this
and another that; add a trigger that changes what is stored; hide rows from some roles. No
look at rows finds that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

INDEX = "index"
ROW = "row"  # all that a table of one row holds
TABLE = "table"
_SHOWN = 100  # characters


class Part(NamedTuple):
    """A table, or what belongs to one: a column, a trigger, an index; a function belongs to none."""

    table: str
    kind: str
    name: str


Parts = Mapping[Part, str]  # each as the catalogue tells it


class Inspected(Protocol):
    """A store, as its owner may have changed it."""

    def parts(self) -> tuple[Parts, Parts]:
        """Give what this program makes a store of, and what of it there is; raises Unavailable where there is none."""

    def misfits(self) -> Sequence[tuple[str, str]]:
        """Tell, each with its table, which values are of another type than their column; raises Unavailable."""

    def index_faults(self, stopped: Callable[[], bool] = lambda: False) -> Sequence[str]:
        """Tell where an index holds other than its rows, each a sentence without an end; some faults, not all.

        Reads all of the store. Raises Unavailable, soon after `stopped` answers that it is to end, too.
        """

    def reindex(self) -> None:
        """Make the indexes of all tables anew, where readers need not wait for that; raises Unavailable."""

    def exposed(self) -> str:
        """Tell which files of the record all users of this machine may read, and what to do; "" where they may none."""


def find_differences(expected: Parts, found: Parts) -> Iterator[tuple[Part, str]]:
    """Tell which parts are missing, which are others, and which nobody expects; of a missing table nothing else."""
    gone = {part.table for part in expected if part.kind == TABLE and part not in found}
    for part in sorted(expected.keys() | found.keys()):
        wanted, got = expected.get(part), found.get(part)
        if wanted == got or (part.table in gone and part.kind != TABLE and wanted is not None):
            continue
        what = f"{part.kind} {part.name}"
        if got is None:
            yield part, f"expected the {what}, got none"
        elif wanted is not None and part.kind == ROW:
            yield part, f"{what}: expected {wanted!r}, got {got[:_SHOWN]!r}"
        elif wanted is not None:
            yield (
                part,
                f"{what}: expected {_from_where_they_part(wanted, got)}, got {_from_where_they_part(got, wanted)}",
            )
        elif part.kind == INDEX:  # what it holds may be read in the place of the rows, and need not be what they say
            yield part, f"index {part.name} is not ours: expected no index more, got {got[:_SHOWN]!r}"
        else:
            yield part, f"expected no {what} but those that this program makes, got {got[:_SHOWN]!r}"


def _from_where_they_part(one: str, other: str) -> str:
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return repr(one[start : start + _SHOWN])
