"""The claim: what may enter its history, and what its history is.

`open_claim` and `record` decide and may refuse (`domain.errors`); `take_up` only
enters what was decided, on recording as on replay, so that tightening a rule never
makes an old history unreadable. The rules are those of `docs/events.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self, cast
from uuid import UUID

from eventsourcing.domain import BaseAggregate

from domain import codebook
from domain.codebook import BY_THE_CLOCK, CLAIM_TOPIC, EVENT_TYPES, Amended, Recorded, Redacted, Statement
from domain.errors import DuplicateStatement, Fault, Invalid, VersionMovedOn
from domain.gist import gist_of
from domain.joins import NoParties, Parties
from domain.party import party_key
from domain.reading import Reading, read_history
from domain.rules import FindLinks, check_rules
from domain.statement import Payload, check_payload


class Claim(BaseAggregate[UUID]):
    """One yes/no proposition and everything that was recorded about it."""

    TOPIC = CLAIM_TOPIC
    Event = codebook.Recorded  # named here for the library, which else makes event classes of its own
    Opened = codebook.Opened

    def __init__(self) -> None:
        """Start with nothing recorded; only `Opened` makes a claim.

        One that is `brief` keeps of what it takes up the gist alone.
        """
        self.history: list[Recorded] = []
        self.brief = False
        self._reading: Reading | None = None

    @classmethod
    def open_claim(cls, claim_id: UUID, data: Payload, *, by: str, at: datetime, salt: bytes) -> Self:
        """Open a claim under an id; raises Invalid."""
        _refuse(check_payload("opened", data))
        return cls._create(codebook.Opened, id=claim_id, timestamp=at, recorded_by=by, salt=salt, data=data)

    @classmethod
    def replay(cls, history: Iterable[Recorded]) -> Self | None:
        """Make the claim that a stored history tells of, or None of an empty one."""
        claim: Self | None = None
        for event in history:
            claim = event.mutate(claim)
        return claim

    def record(  # noqa: PLR0913 - what an event is made of, each named
        self,
        type_: str,
        data: Payload,
        *,
        by: str,
        at: datetime,
        salt: bytes,
        links_of: FindLinks,
        parties: Parties = NoParties(),  # noqa: B008 - it holds nothing
        allow_duplicate: bool = False,
        checked: bool = False,
    ) -> Recorded:
        """Record an event of a type, or refuse; answers the event.

        `links_of` answers the links of any claim, None where there is no such claim, `parties` who else speaks in the
        record. `checked`: `check_payload` found nothing wrong with just this payload for this claim, some time before.
        Raises Invalid, RuleBroken or DuplicateStatement.
        """
        kind = EVENT_TYPES[type_]
        if not checked or type_ in BY_THE_CLOCK:
            _refuse(check_payload(type_, data, claim_id=self.id, at=at))
        check_rules(self.history, self.reading, kind, data, links_of=links_of, parties=parties)
        if issubclass(kind, Statement) and not allow_duplicate:
            self._refuse_duplicate(kind, data)
        return self.enter(type_, self._with_amended(data) if kind is Redacted else data, by=by, at=at, salt=salt)

    def enter(self, type_: str, data: Payload, *, by: str, at: datetime, salt: bytes) -> Recorded:
        """Enter an event that was decided on just this history; answers it."""
        self.trigger_event(EVENT_TYPES[type_], timestamp=at, recorded_by=by, salt=salt, data=data)
        return cast("Recorded", self.collect_events()[-1])

    def expect_version(self, version: int) -> None:
        """Refuse with VersionMovedOn unless the history ends with this version."""
        if version != self.version:
            added = list(range(version + 1, self.version + 1))
            looked = (
                f"You looked at version {version}; the claim is at {self.version} now. Look at what was added"
                if added
                else f"This claim has no version {version}: it is at {self.version}. Look at it"
            )
            raise VersionMovedOn(
                f"{looked}, and send again with the present version in If-Match.",
                current_version=self.version,
                versions_since=added,
            )

    @property
    def reading(self) -> Reading:
        """The history as it reads now."""
        if self._reading is None:
            self._reading = read_history(self.history)
        return self._reading

    def take_up(self, event: Recorded) -> None:
        """Enter a decided event; a redaction also erases what it names and the amendments of that."""
        event = gist_of(event) if self.brief else event
        self.history.append(event)
        self._reading = self._reading and self._reading.extended_by(event)
        if isinstance(event, Redacted) and event.data is not None:
            regarding = event.data["regarding"]
            erased = {regarding, *self._amendments_of(regarding)}
            self.history = [e.erased(event.version) if e.version in erased else e for e in self.history]

    def _amendments_of(self, regarding: int) -> list[int]:
        amendments = (e for e in self.history if isinstance(e, Amended))
        return [e.version for e in amendments if (e.data or {}).get("regarding") == regarding]

    def _with_amended(self, redaction: Payload) -> Payload:
        # What an amendment regarded is erased with it, so the redaction says which they were, or nobody could tell; and
        # where it erases an amendment alone, what that amended.
        erased = self.history[redaction["regarding"] - 1]
        if isinstance(erased, Amended) and erased.data:
            return {**redaction, "amended": erased.data["regarding"]}
        amendments = self._amendments_of(erased.version)
        return {**redaction, "amendments": amendments} if amendments else redaction

    def _refuse_duplicate(self, kind: type[Statement], data: Payload) -> None:
        said, same = self.reading.spoken.get(party_key(data["party"]["name"]), ()), _sameness(data)
        for word in said:
            if word.kind is kind and _sameness(word.data) == same and self.reading.counts(word.version):
                raise DuplicateStatement(
                    f"Event {word.version} of this claim says the same. If it was said again, "
                    "send it with ?allow_duplicate=true.",
                    claim=str(self.id),
                    version=word.version,
                )


def _sameness(data: Payload) -> tuple[Any, ...]:
    principal = data.get("on_behalf_of")
    whose = principal and (party_key(principal["name"]), principal.get("country"))
    return (data.get("said_on"), data["source"].get("url"), data.get("scope"), data.get("regarding"), whose)


def _refuse(faults: Iterable[Fault]) -> None:
    found = list(faults)
    if found:
        raise Invalid(found)
