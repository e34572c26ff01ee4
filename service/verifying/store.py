"""Verify the store itself: what it holds against what it signed, and what was done to it by its name.

The stored leaves and nodes are looked at beside those computed from the events, so that an
edit can be told from a slip, a swap or a loss. The log is looked at section by section,
in several processes where there are; memory grows with the number of claims alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from domain.merkle import HIGHEST, complete, prove_consistency, root_of
from service.public_log.checkpoint import Checkpoint
from service.public_log.note import write_base64
from service.public_log.proofs import write_checkpoint
from service.public_log.rotation import find_followers
from service.store.interface import Store, View
from service.store.tree import MissingNode
from service.verifying.changes import name_change, name_change_by_pairs
from service.verifying.event import BadEvent, read_event
from service.verifying.section import MOST, SECTION, STRETCH, Each, Section, Span, add_missing, compare_nodes, cut, look
from service.verifying.signed import check_kept_listed, check_listed, check_signed, miss_checkpoint
from service.verifying.steps import (
    NOTHING,
    Place,
    Report,
    Trust,
    Walk,
    check_grown,
    check_signature,
    read_kept,
)

LEAST = -(2**63)  # position
Progress = Callable[[float], None]


def verify_store(store: Store, trust: Trust, progress: Progress, each: Each = map, level: int = SECTION) -> Report:
    """Hold a store to its checkpoint, and that to what the auditor holds: steps 1 to 5.

    `each` looks at sections of the log, those under a node of `level`, in the order they are given.
    """
    report = Report()
    with store.reading() as view:
        latest = view.tree.latest_checkpoint()
        named = find_followers(view.tree.log_keys(), trust.keys)
        signed = check_signature(report, write_checkpoint(view, latest) if latest else None, trust, named)
        check_listed(report, view, trust, signed)
        kept = read_kept(report, trust)
        if kept:
            _check_kept(report, view, kept, signed)
            check_kept_listed(report, view, trust, kept)
        audit = _Audit(report, signed, _read_size(view), level)
    audit.run(store, each, progress)
    with store.reading() as view:
        audit.finish(view)
        if not report.fault_count:
            check_signed(report, view)
    return report


def _check_kept(report: Report, view: View, kept: Checkpoint, signed: Checkpoint | None) -> None:
    if signed is None or kept.size > signed.size:
        miss_checkpoint(report, view, kept, signed.size if signed else None, "that was kept")
        return
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

    def __init__(self, report: Report, signed: Checkpoint | None, size: int, level: int) -> None:
        self.report = report
        self.signed = signed
        self.size = size
        self.level = level  # of the nodes that whole sections are under
        self.under = signed.size if signed else 0
        self.walk = Walk(report)
        self.wrong: list[int] = []
        self.missing: list[range] = []
        self.off: list[tuple[int, int]] = []
        self.whole: list[bytes] = []  # the nodes of whole sections
        self.last: dict[int, bytes] = {}  # by level, the last nodes of the one that is not whole

    def run(self, store: Store, each: Each, progress: Progress) -> None:
        """Look at every event once, and at last at those that have come meanwhile."""
        if self.under > self.size:
            self.report.fail(4, "cut off", f"expected the {self.under} events that were signed, got {self.size}")
        spans = cut(min(self.under, self.size), self.size, self.level)
        for span, section in zip(spans, each(partial(look, store, self.level), spans), strict=True):
            self._take(section)
            if span.signed and self.level in section.nodes:
                self.whole.append(section.nodes[self.level])
            elif span.signed:
                self.last = section.nodes
            progress(span.end / self.size)
        while (now := _look_size(store)) > self.size:  # whatever was seen redacted, its redaction is before `now`
            self._take(look(store, self.level, Span(self.size, now, signed=False)))
            self.size = now

    def _take(self, section: Section) -> None:
        self.walk.join(section.walk)
        self.wrong += section.wrong[: MOST - len(self.wrong)]
        self.off += section.off[: MOST - len(self.off)]
        for positions in section.missing:
            add_missing(self.missing, positions)

    def finish(self, view: View) -> None:
        """Compare the whole with what was signed, and name what was done."""
        self._look_beside(view)
        for positions in self.missing:
            name = "cut off" if positions.stop == self.size else "missing"
            shown = ", ".join(map(str, positions[:10])) + (", …" if len(positions) > len(positions[:10]) else "")
            self.report.fail(4, name, f"expected an event at every position before {self.size}, got none at {shown}")
        if self.under <= self.size:
            self._compare_root(view, self._root(view))
        self.walk.finish(
            whole=True,
            look_again=lambda found: {place: n for place, n in found.items() if self._has_words(view, place)},
        )
        beyond = f"; {self.size - self.under} more are not signed yet" if self.size > self.under else ""
        there = self.under - sum(max(0, min(gone.stop, self.under) - gone.start) for gone in self.missing)
        self.report.done[3] = f"{there} events are canonical, committed to and in the log{beyond}"

    def _has_words(self, view: View, place: Place) -> bool:
        """Tell whether an event has its words still, which may have been erased after it was looked at.

        It has, unless it is found without, or may be one of those that are missing: by another name than its own, or
        in bytes that cannot be read, it has them too.
        """
        claim, version = place
        found = view.history(claim, after=version - 1, upto=version, limit=1)
        return not any(map(partial(_is_erased, place), found)) if found else not self.missing

    def _look_beside(self, view: View) -> None:
        head, end = view.head().size, view.tree.end()
        if end > head:
            self.report.fail(4, "slipped in", f"expected nothing past the log's head, {head}, got an event there")
        elif self.under <= end < head:
            self.report.fail(4, "cut off", f"expected the {head} events that the log's head tells of, got {end}")
        if any(position < 0 for position, _ in view.bytes_from(LEAST, 1)):
            self.report.fail(4, "slipped in", "expected nothing before the log's first event, 0, got an event there")

    def _root(self, view: View) -> bytes:
        nodes = {(self.level, number): node for number, node in enumerate(self.whole)}
        nodes |= {(level, (self.under >> level) - 1): node for level, node in self.last.items()}

        def find(level: int, number: int) -> bytes:
            return nodes[level, number]

        for level, first, hashes in list(complete(0, self.whole, find, level=self.level)):
            nodes |= {(level, number): node for number, node in enumerate(hashes, first)}
            self.off += compare_nodes(view, level, first, hashes)
        return root_of(self.under, find)

    def _compare_root(self, view: View, root: bytes) -> None:
        if self.signed is None or root == self.signed.root:
            # What was signed of the events is so, and what differs from it was changed; of the rest nobody can tell.
            for position in self.wrong:
                name = "leaf edited" if position < self.under else "edited"
                self.report.fail(
                    3, name, f"position {position}: expected the leaf of the event, got another in the log"
                )
            if not self.off:
                self._look_above(view)
            self._tell_nodes(view)
            return
        if self.missing and not self.wrong:
            told = "what is missing is gone with its leaves, so no root can be made to compare with the one signed, "
            self.report.fail(3, "taken out", told + write_base64(self.signed.root))
            return
        name, what = self._name_change(view)
        told = f"{what}; expected the root {write_base64(self.signed.root)} that was signed, got {write_base64(root)}"
        self.report.fail(3, name, told)

    def _look_above(self, view: View) -> None:
        """Look at the nodes past those of what is signed: they are those of events too, and there are no others."""
        grown, count = view.tree.grown(), view.tree.count_nodes()
        due = sum(grown >> level for level in range(1, HIGHEST))
        if grown > _read_size(view) or count != due:
            told = f"expected the {due} nodes of a tree that covers {grown} of {_read_size(view)} events, got {count}"
            self.report.fail(3, "node slipped in", f"{told}; `onrecord db rebuild` makes them anew")
            return
        for start in range(self.under & ~1, grown, STRETCH):
            leaves = view.tree.nodes(0, start, min(start + STRETCH, grown))
            for level, first, hashes in complete(start, leaves, view.tree.node):
                self.off += compare_nodes(view, level, first, hashes)

    def _tell_nodes(self, view: View) -> None:
        if not self.off:
            return
        level, number = self.off[0]
        told = f"node {number} of level {level}: expected the hash of what is below it, got another"
        told += f", and so of {len(self.off) - 1} nodes more" if self.off[1:] else ""
        name = "node edited"
        if not view.tree.grown():
            name, told = "nodes gone", f"expected {len(self.off)} nodes of the tree above the events, got none"
        self.report.fail(3, name, f"{told}; the events are as signed, and `onrecord db rebuild` makes the tree of them")

    def _name_change(self, view: View) -> tuple[str, str]:
        def now(position: int) -> bytes | None:
            for found, stored in view.bytes_from(position, 1):
                if found == position:
                    try:
                        return read_event(stored)[4]
                    except BadEvent:
                        return NOTHING
            return None

        def stored(level: int, number: int) -> bytes | None:
            return next(iter(view.tree.nodes(level, number, number + 1)), None)

        pairs = sorted(number for level, number in self.off if level == 1)
        if self.wrong:
            return name_change(now, partial(stored, 0), sorted(self.wrong))
        if pairs:
            return name_change_by_pairs(now, partial(stored, 1), pairs)
        return "rewritten", "leaves and nodes were made anew over other events than those that were signed"


def _is_erased(place: Place, stored: str | bytes) -> bool:
    """Tell whether what is stored under a name is that event, without words; on SQLite it may be of any type."""
    with suppress(BadEvent):
        *named, _, _, _, left = read_event(stored if isinstance(stored, bytes) else stored.encode())
        return (*named,) == place and isinstance(left, int)
    return False


def _look_size(store: Store) -> int:
    with store.reading() as view:
        return _read_size(view)


def _read_size(view: View) -> int:
    return max(0, min(view.head().size, view.tree.end()))  # whatever the head says, what is there is looked at
