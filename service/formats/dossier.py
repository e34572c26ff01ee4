"""A claim with its events as they read, which is what every format is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.codebook import Amended, Assessed, Recorded, Redacted, Reworded, Statement, Struck
from domain.dates import Bounds
from domain.instants import write_instant
from domain.reading import Reading, Wording, find_held_back, kind_of, list_wordings, read_history
from domain.statement import Payload
from service.recording.ledger import MAPPER
from service.store.interface import View


@dataclass(frozen=True, slots=True)
class Item:
    """An event as it reads: `reads` says whether it stands, and is else the word for what became of it.

    `changed_by` is the version that made it so, `modified_at` when what it says or
    whether it counts last changed.
    """

    version: int
    kind: type[Recorded]
    data: Payload | None  # None where it was struck or erased
    reads: str
    changed_by: int | None
    recorded_at: str
    recorded_by: str
    modified_at: str

    @property
    def speaks(self) -> bool:
        """Tell whether somebody speaks in it, whose words may since have been struck or erased."""
        return issubclass(self.kind, Statement | Assessed)

    @property
    def party(self) -> Payload | None:
        """Give who speaks, where that can be shown."""
        party: Payload | str | None = (self.data.get("party") or self.data.get("by")) if self.data else None
        return None if isinstance(party, str) else party  # in a join it is a name, and nobody speaks


@dataclass(frozen=True, slots=True)
class Dossier:
    """A claim as it stands, or stood, and its events up to then; `past` says in brackets which past was asked for."""

    claim: Mapping[str, Any]
    items: tuple[Item, ...]
    past: str = ""

    def told(self) -> Iterator[tuple[Item, Payload]]:
        """List what was said and can be shown, with its words: statements and assessments."""
        return ((item, item.data) for item in self.items if item.speaks and item.data is not None)

    def list_wordings(self) -> list[tuple[int, Wording]]:
        """List how the claim was worded, each with the event that worded it so: a word is about what it read then."""
        return list_wordings({item.version: (item.kind, item.data) for item in self.items if item.data is not None})

    def list_moves(self) -> dict[int, str]:
        """Tell of each event when what it says, whether it counts, or which wording it is about was last decided."""
        moves, reworded = dict[int, str](), ""
        for item in reversed(self.items):
            moves[item.version] = max(item.modified_at, reworded)
            if item.kind is Reworded:
                reworded = max(item.modified_at, reworded)
        return moves


def read_dossiers(view: View, claims: Sequence[Mapping[str, Any]], said_until: Bounds | None = None) -> list[Dossier]:
    """Put together the dossiers of claims as they were answered."""
    dossiers = []
    for claim in claims:
        placed = view.placed_events(UUID(claim["id"]))[: claim["version"]]
        dossiers.append(make_dossier(claim, [MAPPER.to_domain_event(stored) for _, stored in placed], said_until))
    return dossiers


def make_dossier(claim: Mapping[str, Any], history: Sequence[Recorded], said_until: Bounds | None = None) -> Dossier:
    """Put together a claim and its history as it reads; `said_until` leaves out what was said after."""
    reading = read_history(history, said_until)
    held = find_held_back(history, said_until) if said_until else set()
    became = _find_fates(history, reading)
    changed_at = _find_changes(history)
    items = (_read(event, reading, became, changed_at) for event in history if event.version not in held)
    return Dossier(claim, tuple(items))


def _read(
    event: Recorded, reading: Reading, became: Mapping[int, tuple[str, int]], changed_at: Mapping[int, str]
) -> Item:
    kind, data = reading.contents.get(event.version, (type(event), event.data))
    reads, by = became.get(event.version, ("stands", None))
    recorded_at = write_instant(event.timestamp)
    return Item(
        version=event.version,
        kind=kind,
        data=None if reads in {"struck", "redacted"} else data,
        reads=reads,
        changed_by=by,
        recorded_at=recorded_at,
        recorded_by=event.recorded_by,
        modified_at=changed_at.get(event.version, recorded_at),
    )


def _find_fates(history: Sequence[Recorded], reading: Reading) -> dict[int, tuple[str, int]]:
    # The last word holds: what was amended may be taken back, and what was taken back struck, and any of it redacted.
    amended = {e.data["regarding"]: ("amended", e.version) for e in history if isinstance(e, Amended) and e.data}
    taken_back = {version: ("taken_back", by) for version, by in reading.taken_back.items()}
    struck = {e.data["regarding"]: ("struck", e.version) for e in history if isinstance(e, Struck) and e.data}
    redacted = {e.version: ("redacted", e.redacted) for e in history if e.redacted is not None}
    return amended | taken_back | struck | redacted


def _find_changes(history: Sequence[Recorded]) -> dict[int, str]:
    """Tell when each event was last amended, struck, erased, taken back, or had any of that undone."""
    acts_on: dict[int, set[int]] = {}
    changed_at: dict[int, str] = {}
    for event in history:
        targets = set(_find_targets(event))
        acts_on.setdefault(event.version, set()).update(targets)
        if isinstance(event, Amended) and event.data is not None and _takes_back(kind_of(event.data["type"])):
            acts_on[event.data["regarding"]].add(event.data["statement"]["regarding"])
        reached: set[int] = set()
        while targets:
            reached |= targets
            targets = {further for target in targets for further in acts_on.get(target, ())} - reached
        changed_at |= dict.fromkeys(reached, write_instant(event.timestamp))
    return changed_at


def _find_targets(event: Recorded) -> Iterator[int]:
    if event.data is not None and (isinstance(event, Amended | Struck | Redacted) or _takes_back(type(event))):
        yield event.data["regarding"]


def _takes_back(kind: type[Recorded]) -> bool:
    return issubclass(kind, Statement) and kind.takes_back
