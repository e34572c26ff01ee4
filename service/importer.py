"""Record a file of events, all of whose rows are good, so that it may be broken off and run again.

Two passes. The first decides every row, in order, on a rehearsal of the record, and
names every fault. The second hands the rows to the writer, each a command of its own
with a key made from its content: a row that was recorded by an earlier run is skipped.
Each row also names the version of the claim that the rehearsal had it follow, so that
where one row fails, none of its claim's later ones can take its place.
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from hashlib import sha256
from os import SEEK_END
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from marshmallow import fields

from domain.claim import Claim
from domain.entry import canonical
from domain.errors import DomainError, Fault, Invalid
from service.items import load, read_claim_id, read_item
from service.ledger import Item, Ledger, Receipt
from service.rows import Row, RowFault
from service.schemas import Payload, Whole
from service.store.interface import View
from service.store.read_model import outline_version
from service.timeline import Asked, Timeline, to_command
from service.tokens import Actor

IN_FLIGHT = 400  # rows handed to the writer and not yet durable: two of its groups
CLAIMS_IN_MEMORY = 1_000
RECORDED = -1  # in a plan, for a row that an earlier run recorded

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


class RowSchema(Payload):
    """An item of `POST /events`."""

    claim = fields.String(required=True)
    type = fields.Raw(required=True)
    data = fields.Raw(required=True)
    if_match = Whole()


@dataclass(slots=True)
class Plan:
    """What the second pass is to do: for each row the version it follows (0: it opens), or RECORDED."""

    follows: array[int] = field(default_factory=lambda: array("q"))

    @property
    def skipped(self) -> int:
        """Count the rows that are in the record already."""
        return self.follows.count(RECORDED)

    @property
    def good(self) -> int:
        """Count the rows that are to be recorded."""
        return len(self.follows) - self.skipped


@dataclass(frozen=True, slots=True)
class Importer:
    """One file on its way into the record; `by` is what its events are recorded by."""

    timeline: Timeline
    file: BinaryIO
    read: Callable[[BinaryIO], Iterator[Row | RowFault]]
    by: str = "import"
    allow_duplicate: bool = False

    def check(self, progress: Progress) -> Plan:
        """Check all rows, each on what the earlier ones would leave; raises ImportRefused."""
        plan, faults = Plan(), list[RowFault]()
        with self.timeline.store.reading() as view, TemporaryFile() as file:
            rehearsal = _Rehearsal(self.timeline, view, file)
            asked, empty = self._asked(), view.head().size == 0
            for row, key in self._rows(progress):
                if isinstance(row, RowFault):
                    faults.append(row)
                elif not empty and view.find_reply(self.by, key):
                    plan.follows.append(RECORDED)
                else:
                    plan.follows.append(rehearsal.take(row, asked, faults))
        if faults:
            raise ImportRefused(faults)
        return plan

    def record(self, plan: Plan, progress: Progress) -> int:
        """Record the rows of a plan; answers how many. Raises ImportStopped."""
        waiting: deque[tuple[int, Future[Receipt]]] = deque()
        recorded = 0
        for (row, key), follows in zip(self._rows(progress), plan.follows, strict=True):
            if follows == RECORDED:
                continue
            try:
                item = replace(_read_row(cast("Row", row), self.timeline), if_match=follows or None)
                waiting.append((row.line, self.timeline.submit(items=[item], asked=self._asked(key))))
                if len(waiting) >= IN_FLIGHT:
                    waiting[0][1].result()
                    waiting.popleft()
                    recorded += 1
            except DomainError as refused:
                raise _stop(recorded, waiting, row.line, refused) from refused
        recorded, failed = _settle(recorded, waiting)
        if failed:
            raise ImportStopped(recorded, failed)
        return recorded

    def _asked(self, key: str | None = None) -> Asked:
        fingerprint = sha256((key or "").encode()).digest()
        return Asked(Actor(self.by, "editor"), key, fingerprint, self.allow_duplicate)

    def _rows(self, progress: Progress) -> Iterator[tuple[Row | RowFault, str]]:
        # The same row twice in one file is two events, so the key counts; digests, not rows, are held.
        seen: Counter[bytes] = Counter()
        size = self.file.seek(0, 2) or 1
        self.file.seek(0)
        for row in self.read(self.file):
            digest = sha256(b"" if isinstance(row, RowFault) else canonical(row.item)).digest()
            seen[digest] += 1
            yield row, f"import:{digest.hex()}{seen[digest]}"
            progress(self.file.tell() / size)


class _Ahead:
    """A view as it would be with what was rehearsed, which lies in a file meanwhile: memory does not grow with it."""

    def __init__(self, view: View, file: BinaryIO) -> None:
        self._view = view
        self._file = file
        self._places: dict[UUID, array[int]] = {}  # where in the file a claim's events begin

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    def placed_events(self, claim_id: UUID) -> Sequence[tuple[int, StoredEvent]]:
        placed = list(self._view.placed_events(claim_id))
        for place in self._places.get(claim_id, ()):
            self._file.seek(place)
            position, version, topic, state = self._file.readline().split(b"\t", 3)
            placed.append((int(position), StoredEvent(claim_id, int(version), topic.decode(), state[:-1])))
        return placed

    def add(self, position: int, stored: StoredEvent) -> None:
        places = self._places.setdefault(cast("UUID", stored.originator_id), array("q"))
        places.append(self._file.seek(0, SEEK_END))
        head = f"{position}\t{stored.originator_version}\t{stored.topic}\t"
        self._file.write(head.encode() + stored.state + b"\n")  # canonical JSON has no line ends


class _Rehearsal:
    """The record as it would be after the rows so far; nothing of it is stored."""

    def __init__(self, timeline: Timeline, view: View, file: BinaryIO) -> None:
        self._timeline = timeline
        self._view = _Ahead(view, file)
        self._claims: dict[UUID, Claim] = {}
        self._ledger = Ledger(cast("View", self._view), self._claims, timeline.now, timeline.new_salt, outline_version)
        self._bad: dict[str, int] = {}  # the first bad line, by the word for its claim

    def take(self, row: Row, asked: Asked, faults: list[RowFault]) -> int:
        """Rehearse a row, adding what is wrong with it to the faults; answers the version it follows."""
        try:
            item = _read_row(row, self._timeline)
        except DomainError as refused:
            self._name(row, refused, "", faults)
            return 0
        claim = self._ledger.find(item.claim_id)
        if claim:
            self._claims[item.claim_id] = self._claims.pop(item.claim_id)  # the last to go
        follows = claim.version if claim else 0
        try:
            self._ledger.execute(to_command([item], asked, rehearsed=True))
        except DomainError as refused:
            # What a history refuses may be only that an earlier row is not in it.
            earlier = self._bad.get(_word_for_claim(row))
            note = f" (Line {earlier}, of the same claim, is bad too; mend that first.)" if earlier else ""
            self._name(row, refused, note, faults)
        self._keep_few()
        return follows

    def _name(self, row: Row, refused: DomainError, note: str, faults: list[RowFault]) -> None:
        self._bad.setdefault(_word_for_claim(row), row.line)
        faults += [row.fault(fault.pointer, fault.detail + note) for fault in _faults_of(refused)]

    def _keep_few(self) -> None:
        for entered in self._ledger.entered:
            self._view.add(entered.log.position, entered.stored)
        self._ledger.entered.clear()
        while len(self._claims) > CLAIMS_IN_MEMORY:
            del self._claims[next(iter(self._claims))]


_ROW = RowSchema()


def _word_for_claim(row: Row) -> str:
    return str(row.item.get("claim")) if isinstance(row.item, dict) else ""


def _read_row(row: Row, timeline: Timeline) -> Item:
    """Read a row as an item; raises Invalid, which names every fault, and TooLarge."""
    asked, faults = load(_ROW, row.item)
    claim_id = UUID(int=0)
    try:
        claim_id = read_claim_id(asked["claim"]) if "claim" in asked else claim_id
    except ValueError as error:
        faults.append(Fault("/claim", str(error)))
    item = Item(claim_id, "", {})
    if "type" in asked and "data" in asked:
        if_match = asked.get("if_match")
        item = read_item(
            asked["type"], asked["data"], claim_id=claim_id, at=timeline.now(), faults=faults, if_match=if_match
        )
    if faults:
        raise Invalid(faults)
    return item


def _faults_of(refused: DomainError) -> Sequence[Fault]:
    return refused.faults if isinstance(refused, Invalid) else [Fault(refused.pointer, refused.detail)]


def _settle(recorded: int, waiting: deque[tuple[int, Future[Receipt]]]) -> tuple[int, RowFault | None]:
    """Wait for what is in flight; answers how many rows are recorded, and the first failure."""
    failed: RowFault | None = None
    for line, future in waiting:
        try:
            future.result()
            recorded += 1
        except DomainError as refused:
            failed = failed or RowFault(line, "", _faults_of(refused)[0].detail)
    return recorded, failed


def _stop(recorded: int, waiting: deque[tuple[int, Future[Receipt]]], line: int, refused: DomainError) -> ImportStopped:
    recorded, failed = _settle(recorded, waiting)
    return ImportStopped(recorded, failed or RowFault(line, "", _faults_of(refused)[0].detail))
