"""Record a file of events, all of whose rows are good, so that it may be broken off and run again.

Two passes. The first decides every row, in order, on a rehearsal of the record, and
names every fault. The second records them, many in a transaction, each with a key made
from its content: a row that was recorded by an earlier run is skipped. As long as nobody
else has written since, what was decided holds, and is only entered. Else each row is
decided anew; it names the version of the claim that the rehearsal had it follow, so that
where one row fails, none of its claim's later ones can take its place.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO
from uuid import UUID

from domain.claim import Claim
from domain.errors import DomainError
from service.collecting import seldom_collecting
from service.errors import Unavailable
from service.importing.making import Batch, Making, start_makers
from service.importing.read_ahead import ReadAhead
from service.importing.rehearsal import Rehearsal, Rehearsed, read_rehearsed
from service.importing.rows import Row, RowFault
from service.recording.ledger import Ledger, keep_latest
from service.recording.strict_json import write
from service.store.interface import Transaction
from service.timeline import Asked, Timeline
from service.tokens import Actor

GROUP = 1_000  # rows a transaction; all others who write wait for one
SLICE = 250  # rows that are checked together
LARGE = 2_000  # rows; fewer are recorded sooner than a process starts

Progress = Callable[[float], None]


class ImportRefused(Exception):
    """Some rows are bad; nothing was recorded."""

    def __init__(self, faults: list[RowFault]) -> None:
        """Take all faults at once, so that they can be mended at once."""
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class ImportStopped(Exception):
    """A row that was good in rehearsal was refused; rows before it are recorded."""

    def __init__(self, recorded: int, fault: RowFault) -> None:
        """Tell how far it came, and what stopped it."""
        super().__init__(str(fault))
        self.recorded = recorded
        self.fault = fault


@dataclass(slots=True)
class Plan:
    """What the second pass is to do: what was decided, on a record of so many events; `close` it.

    `beside` are processes to make it in, which start while rows are checked.
    """

    decided: BinaryIO
    size: int
    good: int = 0
    skipped: int = 0  # rows that are in the record already
    beside: Sequence[Executor] = ()

    def start_beside(self) -> None:
        """Start the processes beside, unless that was done."""
        self.beside = self.beside or start_makers(os.cpu_count() or 1)

    def close(self) -> None:
        """Let go of the file, and end the processes beside."""
        self.decided.close()
        for process in self.beside:
            process.shutdown(cancel_futures=True)
        self.beside = ()


@dataclass(frozen=True, slots=True)
class Importer:
    """One file on its way into the record; `by` is what its events are recorded by."""

    timeline: Timeline
    file: BinaryIO
    read: Callable[[BinaryIO], Iterator[Row | RowFault]]
    by: str = "import"
    allow_duplicate: bool = False

    def check(self, progress: Progress, *, only: bool = False) -> Plan:
        """Check all rows, each on what the earlier ones would leave; raises ImportRefused.

        `only`: nothing will be recorded.
        """
        faults = list[RowFault]()
        with ExitStack() as stack, seldom_collecting(), self.timeline.store.reading() as view:
            plan = Plan(TemporaryFile(), view.head().size)  # noqa: SIM115 - the plan closes it
            stack.callback(plan.close)
            rehearsal = Rehearsal(self.timeline, view, plan.decided)
            asked = Asked(Actor(self.by, "editor"), allow_duplicate=self.allow_duplicate)
            all_rows = self._rows(progress)
            while rows := list(islice(all_rows, SLICE)):
                known = view.find_replies(self.by, [key for _, key in rows]) if plan.size else ()
                new = [(row, key) for row, key in rows if key not in known]
                rehearsal.take(new, asked, faults)
                plan.skipped += len(rows) - len(new)
                plan.good += len(new)
                if plan.good >= LARGE and not (faults or only):
                    plan.start_beside()
            if faults:
                raise ImportRefused(faults)
            stack.pop_all()
        return plan

    def record(self, plan: Plan, progress: Progress) -> int:
        """Record the rows of a plan; answers how many. Raises ImportStopped."""
        recorded = self._record_made(plan, progress) if plan.good >= LARGE else 0
        known: dict[UUID, Claim] = {}
        for group in _groups(plan, recorded):
            count, fault = self._record_group(group, plan.size + recorded, known)
            recorded += count
            if fault:
                raise ImportStopped(recorded, fault)
            keep_latest(known)
            progress(recorded / plan.good)
        return recorded

    def _record_made(self, plan: Plan, progress: Progress) -> int:
        """Record what processes beside make of rows, until somebody else has written; answers how many."""
        recorded = 0
        making = Making(self.timeline.store, self.timeline.new_salt, self.by, self.allow_duplicate)
        plan.start_beside()
        try:
            with seldom_collecting():
                for made in making.make_all(_groups(plan), plan.size, self.timeline.now, plan.beside):
                    if not self._store(made, plan.size + recorded):
                        break
                    recorded += len(made.events)
                    if made.refused:
                        raise ImportStopped(recorded, made.refused[1])
                    progress(recorded / plan.good)
        except (DomainError, BrokenExecutor) as error:  # nothing of the group is known to be there
            lost = Unavailable("A process that makes what is recorded was lost.")
            refused = error if isinstance(error, DomainError) else lost
            raise ImportStopped(recorded, next(_groups(plan, recorded))[0].tell(refused)) from error
        return recorded

    def _store(self, made: Batch, size: int) -> bool:
        """Store what was made on a record of so many events; answers whether that is what it still is."""
        with self.timeline.store.writing(long=True) as transaction:
            ledger = self._open(transaction, {})
            if ledger.size != size:
                return False
            ledger.entered += [entered for entered, _ in made.events]
            ledger.replies.update(((reply.actor, reply.key), reply) for _, reply in made.events)
            ledger.flush(transaction)
            return True

    def _record_group(
        self, group: Sequence[Rehearsed], size: int, known: dict[UUID, Claim]
    ) -> tuple[int, RowFault | None]:
        """Record rows in one transaction, up to one that is refused; answers how many, and what is wrong with that."""
        fault: RowFault | None = None
        try:
            with self.timeline.store.writing(long=True) as transaction:
                view = ReadAhead(transaction)
                ledger = self._open(view, known)
                holds = ledger.size == size  # nobody else has written
                if not holds:
                    known.clear()
                view.read({UUID(row.claim) for row in group} - known.keys())
                for row in group:
                    try:
                        ledger.execute(row.to_command(self.by, holds=holds, allow_duplicate=self.allow_duplicate))
                    except DomainError as refused:
                        fault = row.tell(refused)
                        break
                ledger.flush(transaction)
        except DomainError as refused:  # the store's; nothing of the group is known to be there
            return 0, group[0].tell(refused)
        return len(ledger.entered), fault

    def _open(self, transaction: Transaction, known: dict[UUID, Claim]) -> Ledger:
        return Ledger(transaction, known, self.timeline.now, self.timeline.new_salt)

    def _rows(self, progress: Progress) -> Iterator[tuple[Row | RowFault, str]]:
        # The same row twice in one file is two events, so the key counts; digests, not rows, are held.
        # Of a good row it is that of its canonical JSON, as it ever was.
        seen: Counter[bytes] = Counter()
        size = self.file.seek(0, 2) or 1
        self.file.seek(0)
        for row in self.read(self.file):
            digest = sha256(b"" if isinstance(row, RowFault) else write(row.item).encode()).digest()
            seen[digest] += 1
            yield row, f"import:{digest.hex()}{seen[digest]}"
            progress(self.file.tell() / size)


def _groups(plan: Plan, start: int = 0) -> Iterator[list[Rehearsed]]:
    rows = islice(read_rehearsed(plan.decided), start, None)
    while group := list(islice(rows, GROUP)):
        yield group
