"""Verify the store itself: what it holds against what it signed, and what was done to it by its name.

The stored leaves and nodes are looked at beside those computed from the events, so that an
edit can be told from a slip, a swap or a loss. All in one snapshot, in stretches of the
log: memory grows with the number of claims alone.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from domain.merkle import EMPTY_ROOT, prove_consistency, root_of
from service.changes import name_change, name_change_by_pairs
from service.checkpoint import Checkpoint
from service.proofs import write_checkpoint
from service.store.interface import Store, View
from service.store.tree import MissingNode
from service.verify import (
    NOTHING,
    BadEvent,
    Report,
    Trust,
    Walk,
    check_grown,
    check_signature,
    read_event,
    read_kept,
)

STRETCH = 4_096  # events
MOST = 1_000  # places that differ, kept to name what was done
Progress = Callable[[float], None]


def verify_store(store: Store, trust: Trust, progress: Progress) -> Report:
    """Hold a store to its checkpoint, and that to what the auditor holds: steps 1 to 5."""
    report = Report()
    with store.reading() as view:
        latest = view.tree.latest_checkpoint()
        signed = check_signature(report, write_checkpoint(view, latest) if latest else None, trust)
        kept = read_kept(report, trust)
        if signed and kept:
            _check_kept(report, view, kept, signed)
        _Audit(view, report, signed).run(progress)
    return report


def _check_kept(report: Report, view: View, kept: Checkpoint, signed: Checkpoint) -> None:
    proof: list[bytes] = []
    if kept.size <= signed.size:
        try:
            if root_of(signed.size, view.tree.node) != signed.root:
                report.fail(2, "tree changed", "expected stored nodes from which it can be proved, got others")
                return
            proof = prove_consistency(kept.size, signed.size, view.tree.node)
        except MissingNode as error:
            report.fail(2, "tree changed", str(error))
            return
    check_grown(report, kept, signed, proof)


class _Audit:
    """Steps 3 to 5 over a store."""

    def __init__(self, view: View, report: Report, signed: Checkpoint | None) -> None:
        self.view = view
        self.report = report
        self.signed = signed
        self.size = view.head().size
        self.under = signed.size if signed else 0
        self.walk = Walk(report)
        self.wrong: list[int] = []  # positions whose stored leaf is not that of the event
        self.off: list[tuple[int, int]] = []  # nodes, by level and number, that are not those of the events

    def run(self, progress: Progress) -> None:
        """Look at every event once."""
        if self.under > self.size:
            self.report.fail(4, "cut off", f"expected the {self.under} events that were signed, got {self.size}")
        root = EMPTY_ROOT
        cuts = sorted({*range(0, self.size, STRETCH), min(self.under, self.size), self.size})
        for start, end in pairwise(cuts):
            completed = self.walk.frontier.add(self._read(start, end))
            if end <= self.under:
                self._compare_nodes(completed)
            if end == self.under:
                root = self.walk.frontier.root()
            progress(end / self.size)
        self._look_past_the_head()
        if self.under <= self.size:
            self._compare_root(root)
        self.walk.finish(whole=True)
        beyond = f"; {self.size - self.under} more are not signed yet" if self.size > self.under else ""
        self.report.done[3] = f"{self.under} events are canonical, committed to and in the log{beyond}"

    def _read(self, start: int, end: int) -> list[bytes]:
        placed = [(position, state.encode()) for position, state in self.view.events_from(start, end - start)]
        if [position for position, _ in placed] != list(range(start, end)):
            placed = self._fill(dict(placed), start, end)
        leaves, stored = self.walk.take(placed), self.view.tree.nodes(0, start, end)
        if stored != leaves:
            self.wrong += [start + n for n in _differing(leaves, stored)][: MOST - len(self.wrong)]
        return leaves

    def _fill(self, there: dict[int, bytes], start: int, end: int) -> list[tuple[int, bytes]]:
        missing = [position for position in range(start, end) if position not in there]
        name = "cut off" if missing[-1] == self.size - 1 and len(missing) == self.size - missing[0] else "missing"
        shown = ", ".join(map(str, missing[:10]))
        self.report.fail(4, name, f"expected an event at every position before {self.size}, got none at {shown}")
        return [(position, there.get(position) or b"") for position in range(start, end)]

    def _compare_nodes(self, completed: list[tuple[int, int, list[bytes]]]) -> None:
        for level, first, hashes in completed:
            stored = self.view.tree.nodes(level, first, first + len(hashes))
            if stored != hashes:
                self.off += [(level, first + n) for n in _differing(hashes, stored)][: MOST - len(self.off)]

    def _look_past_the_head(self) -> None:
        if self.view.events_from(self.size, 1) or self.view.tree.nodes(0, self.size, self.size + 1):
            self.report.fail(4, "slipped in", f"expected nothing past the log's head, {self.size}, got an event there")

    def _compare_root(self, root: bytes) -> None:
        if self.signed is None or root == self.signed.root:
            # What was signed of the events is so, and what differs from it was changed; of the rest nobody can tell.
            for position in self.wrong:
                name = "leaf edited" if position < self.under else "edited"
                self.report.fail(3, name, f"event {position}: expected the leaf of the event, got another in the log")
            for level, number in self.off:
                told = f"node {number} of level {level}: expected the hash of what is below it, got another"
                self.report.fail(3, "node edited", told)
            return
        name, what = self._name_change()
        told = f"{what}; expected the root {self.signed.root.hex()} that was signed, got {root.hex()}"
        self.report.fail(3, name, told)

    def _name_change(self) -> tuple[str, str]:
        pairs = sorted(number for level, number in self.off if level == 1)
        if self.wrong:
            return name_change(self._now, lambda position: self._stored(0, position), sorted(self.wrong))
        if pairs:
            return name_change_by_pairs(self._now, lambda number: self._stored(1, number), pairs)
        return "rewritten", "leaves and nodes were made anew over other events than those that were signed"

    def _now(self, position: int) -> bytes | None:
        for found, state in self.view.events_from(position, 1):
            if found == position:
                try:
                    return read_event(state.encode())[1]
                except BadEvent:
                    return NOTHING
        return None

    def _stored(self, level: int, number: int) -> bytes | None:
        return next(iter(self.view.tree.nodes(level, number, number + 1)), None)


def _differing(expected: list[bytes], found: list[bytes]) -> list[int]:
    padded = found + [NOTHING] * (len(expected) - len(found))
    return [n for n, (one, other) in enumerate(zip(expected, padded, strict=False)) if one != other]
