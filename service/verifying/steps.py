"""Verify a record without trusting whoever keeps it.

The steps are those of `docs/log.md`, *Verifying*:

1. the checkpoint is signed by the key that the auditor holds, and seen by witnesses;
2. it extends the checkpoint that the auditor kept;
3. every event is canonical, committed to, and in the log;
4. versions and positions have no gap;
5. every redacted event has its redaction, and no other payload is missing;
6. the read model equals a replay.

This holds what all sources share: a report, and the walk over events for steps 3 to 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.codebook import EVENT_TYPES, Redacted
from domain.merkle import BadProof, verify_consistency
from domain.rules import MAY_REGARD
from service.public_log.checkpoint import Checkpoint, find_cosigners, open_checkpoint
from service.public_log.note import BadNote, VerifierKey
from service.public_log.rotation import tell_missing_key
from service.verifying.event import BadEvent, read_event

TOLD = 50  # faults, at most; all are counted
LONGEST_TOLD = 1_000  # characters of one: what was found may be anything


@dataclass(frozen=True, slots=True)
class Fault:
    """What a step found: a name for it, and what was expected and what there is."""

    step: int
    name: str
    detail: str


@dataclass(slots=True)
class Report:
    """What each step came to: done, passed over, or failed."""

    done: dict[int, str] = field(default_factory=dict)
    passed_over: dict[int, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    signed: Checkpoint | None = None  # what step 1 found signed

    def fail(self, step: int, name: str, detail: str) -> None:
        """Note a fault."""
        self.fault_count += 1
        if len(self.faults) < TOLD:
            told = detail if len(detail) <= LONGEST_TOLD else f"{detail[:LONGEST_TOLD]} …"
            self.faults.append(Fault(step, name, told))

    def join(self, other: Report) -> None:
        """Take over the faults that another found."""
        self.fault_count += other.fault_count
        self.faults += other.faults[: TOLD - len(self.faults)]


@dataclass(frozen=True, slots=True)
class Trust:
    """What the auditor brings: keys of the log, a checkpoint kept from before, and how many of which witnesses.

    `as_of` is the log size that they asked an export for, where it was to be a beginning.
    """

    keys: Sequence[VerifierKey] = ()
    kept: str | None = None
    witnesses: Sequence[VerifierKey] = ()
    quorum: int = 0
    as_of: int | None = None


Place = tuple[str, int]  # an event's claim and version
LookAgain = Callable[[dict[Place, int]], Mapping[Place, int]]
_LATER = "verify the record itself, or what was taken from it once that is signed"


def _list_erased(redaction: dict[str, Any], version: int) -> dict[int, None] | None:
    """List, to be looked up, the event that a redaction erased, and amendments; None where it may not erase those."""
    amendments = redaction.get("amendments", [])
    erased = [redaction.get("regarding"), *(amendments if type(amendments) is list else [None])]
    listed = dict.fromkeys(erased) if all(type(n) is int and 1 < n < version for n in erased) else {}
    return listed if len(listed) == len(erased) else None


_ERASABLE = {word for word, kind in EVENT_TYPES.items() if issubclass(kind, MAY_REGARD[Redacted])}
NOTHING = bytes(32)  # stands for the leaf of an event that cannot be read


class Walk:
    """Steps 3 to 5, over events in the order of the log: from its first on, or a part of it that others join."""

    def __init__(self, report: Report, *, part: bool = False) -> None:
        """Begin."""
        self.report = report
        self._begun: dict[str, tuple[int, int]] | None = {} if part else None  # by claim, (position, version)
        self._began: tuple[int, str] | None = None  # the first event's position, and when it was recorded
        self._time = "Z"  # when the last one was; before the first, later than any
        self.versions: dict[str, int] = {}  # by claim, the last seen
        # By claim and version: its position, and which events it says that it erased.
        self._redactions: dict[tuple[str, int], tuple[int, dict[int, None]]] = {}
        # Position, claim, version, type, and the redaction it names.
        self._erased: list[tuple[int, str, int, str, int]] = []

    def take(self, placed: Iterable[tuple[int, bytes]]) -> list[bytes]:
        """Look at the events that follow, each with its position; answers their leaf hashes."""
        leaves, versions = [], self.versions
        for position, state in placed:
            if not state:  # it is missing, which was told
                leaves.append(NOTHING)
                continue
            try:
                claim, version, kind, at, leaf, left = read_event(state)
            except BadEvent as bad:
                self.report.fail(3, "edited", f"position {position}: {bad}")
                leaves.append(NOTHING)
                continue
            leaves.append(leaf)
            if at < self._time:
                self._turn_back(position, at)
            self._time = at
            if version != versions.get(claim, 0) + 1:
                self._follow(position, claim, version)
            elif version == 1 and self._begun is not None:
                self._begun[claim] = position, version
            versions[claim] = version
            if isinstance(left, int):
                self._erased.append((position, claim, version, kind, left))
            elif kind == "redacted":
                if (erased := _list_erased(left, version)) is None:
                    told = f"expected event {version} of claim {claim} to redact events before it, and not the first"
                    self.report.fail(5, "redaction of nothing", f"{told}, by their versions, got others")
                self._redactions[claim, version] = position, erased or {}
        return leaves

    def _turn_back(self, position: int, at: str) -> None:
        if self._began is None:
            self._began = position, at
            return
        told = f"position {position}: expected recorded_at {self._time}, as of the one before it, or later, got {at}"
        self.report.fail(4, "time out of order", told)

    def _follow(self, position: int, claim: str, version: int) -> None:
        last = self.versions.get(claim)
        if last is None and self._begun is not None:
            self._begun[claim] = position, version
        elif version != (expected := (last or 0) + 1):
            name = f"position {position} (claim {claim})"
            self.report.fail(4, "version out of order", f"{name}: expected version {expected}, got {version}")

    def join(self, part: Walk) -> None:
        """Go on with what a part saw, which begins where this one is."""
        self.report.join(part.report)
        if part._began:
            if part._began[1] < self._time:
                self._turn_back(*part._began)
            self._time = part._time
        for claim, (position, version) in (part._begun or {}).items():
            if version != self.versions.get(claim, 0) + 1:
                self._follow(position, claim, version)
        self.versions |= part.versions
        self._redactions |= part._redactions
        self._erased += part._erased

    def _find_unerased(self) -> dict[Place, int]:
        # Which events have the words that a redaction says it erased, and that, by claim and version.
        gone = {(claim, version) for _, claim, version, *_ in self._erased}
        return {
            (claim, version): redaction
            for (claim, redaction), (_, erased) in self._redactions.items()
            for version in erased
            if (claim, version) not in gone
        }

    def finish(self, *, whole: bool, under: int | None = None, look_again: LookAgain = dict) -> None:
        """End; `whole`: nothing is left out, so what was not met is not there; `under`: how many events are signed.

        The words of a signed event are erased by a redaction that is signed too, or nobody has proved it. `look_again`
        tells, of the events whose words a redaction says it erased and that had them, which have them still.
        """
        found = self._find_unerased()
        unerased = look_again(found) if found else found
        for (claim, version), redaction in unerased.items():
            told = f"expected no words, which event {redaction} says that it erased, got them"
            self.report.fail(5, "words kept", f"claim {claim}, version {version}: {told}")
        self._refuse_twice()
        for position, claim, version, kind, redaction in self._erased:
            name = f"position {position} (claim {claim}, version {version})"
            its_position, erased = self._redactions.get((claim, redaction), (0, None))
            if kind not in _ERASABLE:
                self._miss(name, f"words, which no redaction takes from `{kind}`, got none")
            elif redaction <= version:
                self._miss(name, f"a redaction after it, got event {redaction}")
            elif erased is None and (whole or redaction <= self.versions[claim]):
                self._miss(name, f"its redaction, event {redaction}, got none")
            elif erased is None:
                told = f"expected its redaction, event {redaction}, got a history that ends before it; {_LATER}"
                self.report.fail(5, "redaction not here", f"{name}: {told}")
            # What it erased is told by the redaction: a statement, and none but amendments with it.
            elif version not in erased or (version != next(iter(erased)) and kind != "amended"):
                named = ", ".join(map(str, erased)) or "none"
                self._miss(name, f"a redaction of it, got event {redaction}, which is one of {named}")
            elif under is not None and position < under <= its_position:
                told = f"expected its redaction, event {redaction}, to be signed, got none yet; verify again once it is"
                self.report.fail(5, "redaction not signed", f"{name}: {told}")
        count = len(self._erased) + len(found) - len(unerased)  # some since they were looked at
        redacted = f"{count} event{' is' if count == 1 else 's are'} redacted, each by its redaction"
        self.report.done[5] = redacted if self._erased or self._redactions else "none"
        self.report.done[4] = f"versions run without a gap on {len(self.versions)} claims, and so do positions"

    def _refuse_twice(self) -> None:
        by: dict[Place, int] = {}
        for (claim, redaction), (position, erased) in self._redactions.items():
            for version in erased:
                if by.setdefault((claim, version), redaction) != redaction:
                    told = f"expected a redaction of what was not redacted, got one of version {version}"
                    name = f"position {position} (claim {claim}, version {redaction})"
                    self.report.fail(5, "redacted twice", f"{name}: {told}, as event {by[claim, version]} is")

    def _miss(self, name: str, expected: str) -> None:
        self.report.fail(5, "payload emptied", f"{name}: expected {expected}")


def read_text(report: Report, step: int, data: bytes) -> str | None:
    """Read what is to be a checkpoint as text."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        report.fail(step, "not readable", f"expected a checkpoint in UTF-8, got {data[error.start :][:80]!r}")
        return None


def check_signature(
    report: Report, note: str | None, trust: Trust, named: Sequence[VerifierKey] | None = None
) -> Checkpoint | None:
    """Step 1: the checkpoint is signed by a key that the auditor holds, and by as many witnesses as they ask for.

    `named` are the keys that follow theirs, by the statements that the log lists, where that list is at hand.
    """
    if note is None:
        report.fail(1, "not signed", "expected a checkpoint, got none: this log has not been signed yet")
        return None
    try:
        checkpoint = _open(note, trust.keys, named)
    except BadNote as error:
        report.fail(1, "not signed by this key", str(error))
        return None
    report.signed = checkpoint
    try:
        seen = find_cosigners(note, trust.witnesses)
    except BadNote as error:
        report.fail(1, "cosignature edited", str(error))
        return checkpoint
    count, known = len({witness.public for witness in seen}), len({witness.public for witness in trust.witnesses})
    if count < trust.quorum:
        names = ", ".join(sorted(witness.name for witness in seen)) or "none"
        report.fail(1, "too few witnesses", f"expected {trust.quorum} of {known}, got {names}")
    witnessed = f", seen by {count} of {known} witnesses" if known else ""
    report.done[1] = f"{checkpoint.origin} signed size {checkpoint.size}{witnessed}"
    return checkpoint


def read_kept(report: Report, trust: Trust) -> Checkpoint | None:
    """Read the checkpoint that the auditor kept, which must be signed by one of their keys too."""
    if trust.kept is None:
        report.passed_over[2] = "no checkpoint was kept; a roll-back or a fork shows only against one"
        return None
    try:
        return _open(trust.kept, trust.keys)
    except BadNote as error:
        report.fail(2, "not signed by this key", f"the checkpoint that was kept: {error}")
        return None


def _open(note: str, keys: Sequence[VerifierKey], named: Sequence[VerifierKey] | None = None) -> Checkpoint:
    try:
        return open_checkpoint(note, keys)
    except BadNote as error:
        raise BadNote(f"{error}{tell_missing_key(note, keys, named)}") from error


def check_grown(report: Report, kept: Checkpoint, now: Checkpoint, proof: Sequence[bytes]) -> None:
    """Step 2: what is signed now extends what was signed then; both signatures hold."""
    if now.size < kept.size:
        report.fail(2, "rolled back", f"expected at least the size {kept.size} that was kept, got {now.size}")
        return
    try:
        verify_consistency(kept.size, kept.root, now.size, now.root, proof)
    except BadProof as error:
        report.fail(2, "forked", f"{error}: the same key signed two histories, or the proof is false")
        return
    report.done[2] = f"size {now.size} extends the size {kept.size} that was kept"
