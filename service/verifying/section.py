"""Look at a section of the log by itself, in whatever process: its events, its leaves, and the nodes above them.

A section is what is under one node of level `SECTION`, or less at the end of the log. Each
is looked at in stretches, each stretch in a snapshot of its own, so that a verification of
hours holds nothing back. What is before the end of a section does not change, but for
redactions; they are met once what has come meanwhile is looked at too.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from domain.merkle import Frontier
from service.beside import processes_beside
from service.store.interface import Store, View
from service.verifying.steps import NOTHING, Report, Walk

SECTION = 14  # level of the node that a section is under
STRETCH = 1_024  # events, which with what is made of them fit in a cache of the processor
MOST = 1_000  # places that differ, kept to name what was done
Look = Callable[["Span"], "Section"]
Each = Callable[[Look, Sequence["Span"]], Iterable["Section"]]  # such as `map`


@dataclass(frozen=True, slots=True)
class Span:
    """Where a section begins and ends; `signed`: its nodes are to be there."""

    start: int
    end: int
    signed: bool


@dataclass(slots=True)
class Section:
    """What was found in a section."""

    walk: Walk
    wrong: list[int] = field(default_factory=list)  # positions whose stored leaf is not that of the event
    missing: list[range] = field(default_factory=list)  # positions without an event
    off: list[tuple[int, int]] = field(default_factory=list)  # nodes, by level and number, not those of the events
    nodes: dict[int, bytes] = field(default_factory=dict)  # of a signed one, by level, the last that is complete


def cut(signed: int, size: int, level: int) -> list[Span]:
    """Cut the log into sections: what is signed, and what is past that."""
    step = 1 << level
    spans = [Span(start, end, signed=True) for start, end in pairwise([*range(0, signed, step), signed])]
    return spans + [Span(start, end, signed=False) for start, end in pairwise([*range(signed, size, step), size])]


def look(store: Store, level: int, span: Span) -> Section:
    """Look at a section of a log whose sections are of a level."""
    section = Section(Walk(Report(), part=span.start > 0))
    frontier = Frontier(span.start, level)
    for start, end in pairwise([*range(span.start, span.end, STRETCH), span.end]):
        with store.reading() as view:
            leaves = _read(view, section, start, end)
            if span.signed:
                for height, first, hashes in frontier.add(leaves):
                    section.off += compare_nodes(view, height, first, hashes)
    section.nodes = frontier.last
    del section.wrong[MOST:], section.off[MOST:]
    return section


def _read(view: View, section: Section, start: int, end: int) -> list[bytes]:
    placed = view.bytes_from(start, end - start + 1)  # one more than there may be
    if [position for position, _ in placed if position < end] != list(range(start, end)):
        placed = _fill(section, view.bytes_from(start, 2 * (end - start)), range(start, end))
    del placed[end - start :]
    leaves, stored = section.walk.take(placed), view.tree.nodes(0, start, end)
    if stored != leaves:
        _compare_leaves(section, start, leaves, _in_place(view, 0, start, end, stored))
    return leaves


def _compare_leaves(section: Section, start: int, leaves: list[bytes], stored: Sequence[bytes]) -> None:
    gone = {position for positions in section.missing for position in positions}
    for n in _differing(leaves, stored):
        if start + n not in gone:
            section.wrong.append(start + n)
        elif stored[n] != NOTHING:  # the event is gone, its leaf is not: what is signed of the others shows by it
            leaves[n] = stored[n]


def _in_place(view: View, level: int, start: int, end: int, stored: Sequence[bytes]) -> Sequence[bytes]:
    if len(stored) == end - start:
        return stored
    found = (view.tree.nodes(level, number, number + 1) for number in range(start, end))
    return [one[0] if len(one) == 1 else NOTHING for one in found]


def _fill(section: Section, placed: list[tuple[int, bytes]], positions: range) -> list[tuple[int, bytes]]:
    there = dict(placed)
    for position, count in Counter(position for position, _ in placed if position in positions).items():
        if count > 1:
            told = f"expected one event at position {position}, got {count}"
            section.walk.report.fail(4, "position out of order", told)
    for position in positions:
        if position not in there:
            add_missing(section.missing, range(position, position + 1))
    return [(position, there.get(position) or b"") for position in positions]


def add_missing(missing: list[range], more: range) -> None:
    """Note positions that are missing, as one range with those right before them."""
    if missing and missing[-1].stop == more.start:
        more = range(missing.pop().start, more.stop)
    missing.append(more)


def compare_nodes(view: View, level: int, first: int, hashes: Sequence[bytes]) -> list[tuple[int, int]]:
    """Compare nodes of a level, from a number on, with those that are stored; answers which are not so."""
    stored = view.tree.nodes(level, first, first + len(hashes))
    if stored == hashes:
        return []
    in_place = _in_place(view, level, first, first + len(hashes), stored)
    return [(level, first + n) for n in _differing(hashes, in_place)]


def _differing(expected: Sequence[bytes], found: Sequence[bytes]) -> list[int]:
    return [n for n, (one, other) in enumerate(zip(expected, found, strict=True)) if one != other]


def in_processes(store: Store, count: int) -> Each:
    """Give a way to look at sections of a store in several processes at once, as `map` does in this one.

    Nobody else in this process may use the store, or have another thread.
    """

    def each(looking: Look, spans: Sequence[Span]) -> Iterator[Section]:
        if min(count, len(spans)) < len(("one", "another")):
            yield from map(looking, spans)
            return
        store.close()  # a connection that is carried over a fork spoils what both do with it
        # Nothing there refers to itself, and there is much of it.
        with processes_beside(min(count, len(spans)), fork=True, begin=gc.disable) as pool:
            yield from pool.map(looking, spans)

    return each
