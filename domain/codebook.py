"""The event types, version 1: one small class each, whose docstring is its definition.

Order and definitions are those of the codebook in `docs/events.md`. CAMEO codes are
from the Conflict and Mediation Event Observations codebook 1.1b3; the grades of a
correction are Reuters' classes. Classes carry no rules: what may be recorded is
decided by the claim, and replay never refuses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Self, cast
from uuid import UUID

from eventsourcing.domain import AggregateEvent, CanInitAggregate
from eventsourcing.utils import register_topic

SCHEMA_VERSION = 1
CLAIM_TOPIC = "onrecord.claim"

SIDE = {"asserts": "for", "affirms": "for", "denies": "against"}


class Recorded(AggregateEvent):
    """Anything that stands in a claim's history.

    `timestamp` is when it was recorded (UTC), `data` the payload exactly as stored, or
    None once it was erased by the redaction whose version `redacted` then is.
    """

    recorded_by: str
    salt: bytes | None
    data: dict[str, Any] | None
    redacted: int | None = None

    type: ClassVar[str] = ""
    TOPIC: ClassVar[str] = ""

    @property
    def version(self) -> int:
        """Its number in the claim's history, 1 first."""
        return self.originator_version

    def erased(self, redaction: int) -> Self:
        """Give what remains once the event numbered `redaction` erased the payload."""
        return cast("Self", replace(cast("Any", self), data=None, salt=None, redacted=redaction))

    def apply(self, aggregate: Any) -> None:
        """Enter the history; every event does so the same way."""
        aggregate.take_up(self)


class Statement(Recorded):
    """A party speaks."""

    stance: ClassVar[str | None] = None
    moves: ClassVar[bool] = True  # False: sets a position only where there is none
    partly: ClassVar[bool] = False  # may be said of a part of the claim only
    takes_back: ClassVar[bool] = False  # takes the statement it regards out of the record's reading
    of_own_words: ClassVar[bool] = False  # is about an earlier statement of the same voice


class Reported(Statement):
    """A publication, or an unnamed source through it, puts the claim forward as news."""

    stance = "asserts"


class Alleged(Statement):
    """A named party other than the press puts the claim forward."""

    stance = "asserts"


class Confirmed(Statement):
    """A party in a position to know says that it is so."""

    stance = "affirms"
    partly = True


class Acknowledged(Statement):
    """A party concedes it, outright or by implication (blame, praise, a demand). CAMEO 015."""

    stance = "affirms"
    partly = True


class Denied(Statement):
    """A party says that it is not so. CAMEO 016."""

    stance = "denies"
    partly = True


class Countered(Statement):
    """A party puts a rival account in its place; of a part only, unless it says so."""

    stance = "denies"
    partly = True


class Dismissed(Statement):
    """A party attacks the report or the reporter without answering the claim."""

    stance = "evades"
    moves = False


class Ncnd(Statement):
    """A party says, as policy, that it neither confirms nor denies.

    Uninformative by design: never read as a weak confirmation.
    """

    stance = "withholds"


class Declined(Statement):
    """A party declines to comment. CAMEO 011."""

    stance = "withholds"
    moves = False


class Unresponsive(Statement):
    """No answer came by the deadline; logged by a person, or by the service when a request lapses."""

    stance = "withholds"
    moves = False


class Unaware(Statement):
    """A party says that it does not know."""

    stance = "withholds"


class Deflected(Statement):
    """A party refers the question to another body."""

    stance = "withholds"


class Clarified(Statement):
    """A party adds meaning to its own earlier statement and admits no error."""

    of_own_words = True


class Corrected(Statement):
    """A party corrects its own earlier statement, with a grade: refile, corrected or withdrawn (Reuters).

    The corrected statement stops counting, but for a refile, which mends a slip and moves nothing.
    """

    of_own_words = True
    takes_back = True


class Retracted(Statement):
    """A party takes back its own earlier statement."""

    of_own_words = True
    takes_back = True


class WalkedBack(Statement):
    """A party retreats from its own earlier statement without calling it false."""

    of_own_words = True
    takes_back = True


class Assessed(Recorded):
    """An analyst's or fact-checker's reading of the claim or of one event; moves no position.

    `likelihood` and `confidence` are those of ICD 203, `rating` that of a published verdict.
    """


class Opened(Recorded, CanInitAggregate[UUID]):
    """The claim enters the record: text, language, what it is about."""

    originator_topic: str = CLAIM_TOPIC


class Reworded(Recorded):
    """The claim's text, language, subject or topics are restated, with a reason; the old wording stays."""


class Amended(Recorded):
    """We logged an event wrongly: its right type and statement, with a reason; the first logging stays visible."""


class Struck(Recorded):
    """An event does not belong here, with a reason; it stops counting and stays visible."""


class Redacted(Recorded):
    """The payload of an event, and of its amendments (which it lists), was erased, with a reason and an authority.

    One of an amendment alone says in `amended` which event that amended.
    """


class Linked(Recorded):
    """The claim stands in a relation to another."""


class Unlinked(Recorded):
    """A relation to another claim no longer holds."""


class CommentRequested(Recorded):
    """A party was asked for comment, with a deadline (a UTC instant)."""


class Joined(Recorded):
    """Two names are those of one party, with a reason; found on this claim, it holds in the whole record."""


class Parted(Recorded):
    """Two names that were joined are not those of one party after all, with a reason."""


class SourceChanged(Recorded):
    """The page that a statement was read on reads otherwise, is gone, or is there again; moves no position."""


_WORDS: dict[str, type[Recorded]] = {
    "reported": Reported,
    "alleged": Alleged,
    "confirmed": Confirmed,
    "acknowledged": Acknowledged,
    "denied": Denied,
    "countered": Countered,
    "dismissed": Dismissed,
    "ncnd": Ncnd,
    "declined": Declined,
    "unresponsive": Unresponsive,
    "unaware": Unaware,
    "deflected": Deflected,
    "clarified": Clarified,
    "corrected": Corrected,
    "retracted": Retracted,
    "walked_back": WalkedBack,
    "assessed": Assessed,
    "opened": Opened,
    "reworded": Reworded,
    "amended": Amended,
    "struck": Struck,
    "redacted": Redacted,
    "linked": Linked,
    "unlinked": Unlinked,
    "comment_requested": CommentRequested,
    "joined": Joined,
    "parted": Parted,
    "source_changed": SourceChanged,
}


def _publish(words: dict[str, type[Recorded]]) -> dict[str, type[Recorded]]:
    # The topic is what a stored event is found by for as long as the record lasts; a class may move, a topic may not.
    for word, kind in words.items():
        kind.type = word
        kind.TOPIC = f"onrecord.{word}"
        register_topic(kind.TOPIC, kind)
    return words


EVENT_TYPES = _publish(_WORDS)
STATEMENTS = {word: kind for word, kind in EVENT_TYPES.items() if issubclass(kind, Statement)}
RELATIONS = ("aspect_of", "contradicts", "follows", "same_as", "context")
SOURCE_CHANGES = ("edited", "gone", "back")
ATTRIBUTIONS = ("on_record", "background", "deep_background", "anonymous", "unstated")
EXTENTS = ("full", "partial")
STRENGTHS = ("categorical", "plain", "hedged")  # strongest first
GRADES = ("refile", "corrected", "withdrawn")
RELIABILITIES = ("A", "B", "C", "D", "E", "F")  # the Admiralty code's, of a source
CONFIDENCES = ("low", "moderate", "high")
LIKELIHOODS = (
    "almost_no_chance",
    "very_unlikely",
    "unlikely",
    "roughly_even",
    "likely",
    "very_likely",
    "almost_certain",
)
NEEDS_IF_MATCH = frozenset({"amended", "struck", "redacted", "reworded"})
BY_THE_CLOCK = frozenset({"comment_requested"})  # found good, they are looked at again when they are recorded
FOR_EDITORS = frozenset({"amended", "struck", "redacted", "reworded", "unlinked", "joined", "parted"})
