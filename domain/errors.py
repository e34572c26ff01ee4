"""What the record refuses, named for the fact; no HTTP numbers here.

Every refusal carries a word (`code`), a sentence, and what a caller needs to find
the way out. A refusal means that nothing was recorded.
"""

from __future__ import annotations

import copyreg
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """Name one thing wrong with a payload: `pointer` is a JSON pointer into it."""

    pointer: str
    detail: str

    def under(self, prefix: str) -> Fault:
        """Say where the payload itself stands in a larger document."""
        return Fault(prefix + self.pointer, self.detail)


class DomainError(Exception):
    """Refuse something; `code` is the word programs may rely on."""

    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, *, pointer: str = "", **members: Any) -> None:
        """Keep the sentence, the place in the payload it is about, and named facts."""
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer
        self.members = members

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process as it is, whatever is needed to make one."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class Invalid(DomainError):
    """What was asked can be judged wrong from the request alone; every fault is named."""

    code = "invalid"
    title = "Some of what was sent is not valid"

    def __init__(self, faults: list[Fault]) -> None:
        """Take all faults at once, so that they can be mended at once."""
        self.count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{self.count}; nothing was recorded. Mend what `errors` names and send it again.")
        self.faults = faults


class RuleBroken(DomainError):
    """A rule of the aggregate stands in the way; `rule` names which."""

    code = "rule_broken"
    title = "The claim's history does not allow this"

    def __init__(self, rule: str, detail: str, *, pointer: str = "") -> None:
        """Name the rule as `docs/events.md` does."""
        super().__init__(detail, pointer=pointer, rule=rule)
        self.rule = rule


class NotFound(DomainError):
    """There is nothing of that name."""

    code = "not_found"
    title = "There is nothing here"


class NothingCounts(NotFound):
    """There was something of that name, and nothing of it counts any more."""


class NotYetKnown(DomainError):
    """The record did not hold this at the moment asked about."""

    code = "not_yet_known"
    title = "The record did not hold this then"


class AlreadyExists(DomainError):
    """A claim of that id was opened before."""

    code = "already_exists"
    title = "This claim is already in the record"


class DuplicateStatement(DomainError):
    """The same statement is already in the claim's history and counts."""

    code = "duplicate_statement"
    title = "This statement is already in the record"


class VersionMovedOn(DomainError):
    """Somebody added to the claim since the caller looked."""

    code = "version_moved_on"
    title = "The claim is not at the version you looked at"


class PreconditionRequired(DomainError):
    """What changes how earlier events read needs `If-Match`."""

    code = "precondition_required"
    title = "Say which version you looked at"


class KeyReused(DomainError):
    """An idempotency key came again with another request."""

    code = "key_reused"
    title = "This Idempotency-Key was used for another request"
