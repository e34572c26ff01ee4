"""A rehearsal: rows decided one after another, on the record as it would be after those before; nothing is stored.

What it decided lies in a file, a line a row, so that memory does not grow with the rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from hashlib import sha256
from os import SEEK_END
from typing import Any, BinaryIO, NamedTuple, cast
from uuid import UUID

import orjson
from eventsourcing.persistence import StoredEvent
from marshmallow import fields

from domain.claim import Claim
from domain.codebook import BY_THE_CLOCK
from domain.errors import DomainError, Fault, Invalid
from service.importing.read_ahead import ReadAhead
from service.importing.rows import Row, RowFault
from service.recording.items import Version, load, read_claim_id, read_enveloped
from service.recording.ledger import Command, Item, Ledger, keep_latest
from service.recording.schemas import Payload
from service.store.interface import View
from service.timeline import Asked, Timeline, to_command


class RowSchema(Payload):
    """An item of `POST /events`."""

    claim = fields.String(required=True)
    type = fields.Raw(required=True)
    data = fields.Raw(required=True)
    if_match = Version()


class Rehearsed(NamedTuple):
    """A row as it was decided: where it stands in the file, its key, its claim, and the event that it makes."""

    line: int
    key: str
    claim: str
    follows: int  # the version of the claim; 0: it opens it
    event: bytes

    def to_command(self, by: str, *, holds: bool, allow_duplicate: bool) -> Command:
        """Ask for it to be recorded; `holds`: on just the record that it was decided on."""
        event = orjson.loads(self.event)
        decided = holds and event["type"] not in BY_THE_CLOCK
        if event["type"] == "redacted" and not decided:
            for name in ("amendments", "amended"):  # which it is told anew
                event["data"].pop(name, None)
        item = Item(UUID(self.claim), event["type"], event["data"], if_match=self.follows or None)
        return Command(
            (item,),
            by,
            allow_duplicate=allow_duplicate,
            key=self.key,
            fingerprint=sha256(self.key.encode()).digest(),
            decided=decided,
        )

    def tell(self, refused: DomainError) -> RowFault:
        """Tell what is wrong with it."""
        return RowFault(self.line, "", faults_of(refused)[0].detail)


def read_rehearsed(file: BinaryIO) -> Iterator[Rehearsed]:
    """Read what a rehearsal decided, in order."""
    file.seek(0)
    for written in file:
        line, key, _, claim, version, _, event = written.split(b"\t", 6)
        yield Rehearsed(int(line), key.decode(), claim.decode(), int(version) - 1, event)


class _Ahead:
    """A view as it would be with what was rehearsed, which lies in a file meanwhile: memory does not grow with it."""

    def __init__(self, view: View, file: BinaryIO) -> None:
        self._view = ReadAhead(view)
        self.read = self._view.read
        self._file = file
        self._places: dict[UUID, array[int]] = {}  # where in the file a claim's events begin

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    def placed_events(self, claim_id: UUID) -> Sequence[tuple[int, StoredEvent]]:
        placed = list(self._view.placed_events(claim_id))
        for place in self._places.get(claim_id, ()):
            self._file.seek(place)
            _, _, position, _, version, topic, state = self._file.readline().split(b"\t", 6)
            placed.append((int(position), StoredEvent(claim_id, int(version), topic.decode(), state[:-1])))
        return placed

    def add(self, line: int, key: str, position: int, stored: StoredEvent) -> None:
        places = self._places.setdefault(cast("UUID", stored.originator_id), array("q"))
        places.append(self._file.seek(0, SEEK_END))
        head = f"{line}\t{key}\t{position}\t{stored.originator_id}\t{stored.originator_version}\t{stored.topic}\t"
        self._file.write(head.encode() + stored.state + b"\n")  # canonical JSON has no line ends


class Rehearsal:
    """The record as it would be after the rows so far; nothing of it is stored."""

    def __init__(self, timeline: Timeline, view: View, file: BinaryIO) -> None:
        """Begin on a view; what is decided goes to the file."""
        self._timeline = timeline
        self._view = _Ahead(view, file)
        self._claims: dict[UUID, Claim] = {}
        self._ledger = Ledger(cast("View", self._view), self._claims, timeline.now, _no_salt, outlined=True)
        self._bad: dict[str, int] = {}  # the first bad line, by the word for its claim

    def take(self, rows: Sequence[tuple[Row | RowFault, str]], asked: Asked, faults: list[RowFault]) -> None:
        """Rehearse rows, each with its key, adding what is wrong with them to the faults."""
        read = [(row, key, row if isinstance(row, RowFault) else _read_row(row, self._timeline)) for row, key in rows]
        self._view.read({item.claim_id for *_, item in read if isinstance(item, Item)} - self._claims.keys())
        for row, key, item in read:
            if isinstance(row, RowFault):
                faults.append(row)
            elif isinstance(item, Item):
                self._rehearse(row, item, asked, faults)
                self._put_by(row.line, key)
            elif isinstance(item, DomainError):
                self._name(row, item, "", faults)
        keep_latest(self._claims)  # a row that is refused brings the claims that it links to into memory, too

    def _rehearse(self, row: Row, item: Item, asked: Asked, faults: list[RowFault]) -> None:
        if self._ledger.find(item.claim_id):
            self._claims[item.claim_id] = self._claims.pop(item.claim_id)  # the last to go
        try:
            self._ledger.execute(to_command([item], asked, rehearsed=True))
        except DomainError as refused:
            # What a history refuses may be only that an earlier row is not in it.
            earlier = self._bad.get(_word_for_claim(row))
            note = f" (Line {earlier}, of the same claim, is bad too; mend that first.)" if earlier else ""
            self._name(row, refused, note, faults)

    def _name(self, row: Row, refused: DomainError, note: str, faults: list[RowFault]) -> None:
        self._bad.setdefault(_word_for_claim(row), row.line)
        faults += [row.fault(fault.pointer, fault.detail + note) for fault in faults_of(refused)]

    def _put_by(self, line: int, key: str) -> None:
        for entered in self._ledger.entered:
            self._view.add(line, key, entered.log.position, entered.stored)
        self._ledger.entered.clear()


_ROW = RowSchema()


def _no_salt() -> bytes:
    return bytes(16)  # as long as a salt; what is rehearsed is never stored


def _word_for_claim(row: Row) -> str:
    return str(row.item.get("claim")) if isinstance(row.item, dict) else ""


def _read_row(row: Row, timeline: Timeline) -> Item | DomainError:
    """Read a row as an item; answers what refuses it: Invalid, which names every fault, or TooLarge."""
    asked, faults = load(_ROW, row.item)
    claim_id = UUID(int=0)
    try:
        claim_id = read_claim_id(asked["claim"]) if "claim" in asked else claim_id
    except ValueError as error:
        faults.append(Fault("/claim", str(error)))
    try:
        item = read_enveloped(asked, claim_id=claim_id, at=timeline.now(), faults=faults)
    except DomainError as refused:
        return refused
    return Invalid(faults) if faults else item


def faults_of(refused: DomainError) -> Sequence[Fault]:
    """Give each fault for which something was refused."""
    return refused.faults if isinstance(refused, Invalid) else [Fault(refused.pointer, refused.detail)]
