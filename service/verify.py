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

from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from domain.merkle import BadProof, Frontier, verify_consistency
from service.checkpoint import Checkpoint, find_cosigners, open_checkpoint
from service.note import BadNote, VerifierKey

TOLD = 50  # faults, at most; all are counted
SALT_BYTES = 16
_COMMON = frozenset({"claim", "recorded_at", "recorded_by", "type", "v", "version"})
_WHOLE, _REMAINS = _COMMON | {"data", "salt"}, _COMMON | {"commitment", "redacted"}


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

    def fail(self, step: int, name: str, detail: str) -> None:
        """Note a fault."""
        self.fault_count += 1
        if len(self.faults) < TOLD:
            self.faults.append(Fault(step, name, detail))

    def failed(self, step: int) -> bool:
        """Tell whether a step has failed."""
        return any(fault.step == step for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Trust:
    """What the auditor brings: keys of the log, a checkpoint kept from before, and how many of which witnesses."""

    keys: Sequence[VerifierKey] = ()
    kept: str | None = None
    witnesses: Sequence[VerifierKey] = ()
    quorum: int = 0


class BadEvent(Exception):
    """A stored event is not what stored events are; says what was expected and what there is."""


def read_event(stored: bytes) -> tuple[dict[str, Any], bytes]:
    """Read a stored event; answers it and the hash of its leaf. Raises BadEvent."""
    try:
        event = orjson.loads(stored)
        canonical = orjson.dumps(event, option=orjson.OPT_SORT_KEYS)
    except ValueError as error:  # among them what has no canonical form
        raise BadEvent(f"expected JSON, got {stored[:80]!r}: {error}") from error
    if canonical != stored or not isinstance(event, dict):
        raise BadEvent(f"expected canonical JSON {canonical[:80]!r}, got {stored[:80]!r}")
    if not (type(event.get("claim")) is str and type(event.get("version")) is int and type(event.get("type")) is str):
        raise BadEvent(f"expected a claim, a version and a type, got {stored[:80]!r}")
    if event.keys() == _WHOLE and type(event["data"]) is dict:
        # Canonical as it is, its members stand in this order; in texts, every quote has a backslash before it.
        data, rest = stored.index(b',"data":'), stored.rindex(b',"recorded_at":')
        salt, kind = stored.index(b',"salt":', rest), stored.index(b',"type":', rest)
        commitment = sha256(_read_salt(event["salt"]) + stored[data + 8 : rest]).hexdigest().encode()
        entry = b'%b,"commitment":"%b"%b%b' % (stored[:data], commitment, stored[rest:salt], stored[kind:])
    elif event.keys() == _REMAINS and type(event["redacted"]) is int:
        entry = orjson.dumps({name: event[name] for name in event if name != "redacted"}, option=orjson.OPT_SORT_KEYS)
    else:
        raise BadEvent(f"expected the members {sorted(_WHOLE)} or {sorted(_REMAINS)}, got {sorted(event)}")
    return event, sha256(b"\x00" + entry).digest()


def _read_salt(text: Any) -> bytes:
    try:
        salt = a2b_base64(text, strict_mode=True)
    except (NotBase64, ValueError, TypeError) as error:
        raise BadEvent(f"expected a salt in base64, got {text!r}") from error
    if len(salt) != SALT_BYTES or b2a_base64(salt, newline=False).decode() != text:
        raise BadEvent(f"expected a salt of {SALT_BYTES} bytes in base64, got {text!r}")
    return salt


NOTHING = bytes(32)  # stands for the leaf of an event that cannot be read


class Walk:
    """Steps 3 to 5, over events in the order of the log."""

    def __init__(self, report: Report) -> None:
        """Begin at the first event."""
        self.report = report
        self.frontier = Frontier()
        self.redacted_count = 0
        self.versions: dict[str, int] = {}  # by claim, the last seen
        self._due: dict[tuple[str, int], list[tuple[int, str]]] = {}  # by redaction, what it must have erased

    def take(self, placed: Iterable[tuple[int, bytes]]) -> list[bytes]:
        """Look at events; answers their leaf hashes."""
        leaves, versions = [], self.versions
        for position, stored in placed:
            if not stored:  # it is missing, which was told
                leaves.append(NOTHING)
                continue
            try:
                event, leaf = read_event(stored)
                claim, version = event["claim"], event["version"]
                expected = versions.get(claim, 0) + 1
                if version != expected:
                    name = f"event {position} (claim {claim})"
                    self.report.fail(4, "version out of order", f"{name}: expected version {expected}, got {version}")
                versions[claim] = version
                if "redacted" in event:
                    self._due.setdefault((claim, event["redacted"]), []).append((version, event["type"]))
                    self.redacted_count += 1
                elif event["type"] == "redacted":
                    self._erased(claim, version, event["data"].get("regarding"))
            except BadEvent as bad:
                self.report.fail(3, "edited", f"event {position}: {bad}")
                leaf = NOTHING
            leaves.append(leaf)
        return leaves

    def _erased(self, claim: str, redaction: int, regarding: Any) -> None:
        for version, kind in self._due.pop((claim, redaction), ()):
            # What it amends went with an amendment's payload, so of one it is only known that it came later.
            if version != regarding and not (kind == "amended" and regarding < version):
                self._miss(claim, version, f"a redaction of it, got event {redaction}, which is one of {regarding}")

    def _miss(self, claim: str, version: int, expected: str) -> None:
        self.report.fail(5, "payload emptied", f"claim {claim}, version {version}: expected {expected}")

    def finish(self, *, whole: bool) -> None:
        """End; `whole`: no event of the record is left out, so what was not met is not there."""
        later = 0
        for (claim, redaction), erased in self._due.items():
            for version, _ in erased:
                if whole or redaction <= self.versions.get(claim, 0):
                    self._miss(claim, version, f"its redaction, event {redaction}, got none")
                else:
                    later += 1
        told = f"{self.redacted_count} events are redacted, each by its redaction" if self.redacted_count else "none"
        self.report.done[5] = told + (f"; {later} of those redactions come after what is here" if later else "")
        self.report.done[4] = f"versions run without a gap on {len(self.versions)} claims, and so do positions"


def check_signature(report: Report, note: str | None, trust: Trust) -> Checkpoint | None:
    """Step 1: the checkpoint is signed by a key that the auditor holds, and by as many witnesses as they ask for."""
    if note is None:
        report.fail(1, "not signed", "expected a checkpoint, got none: this log has not been signed yet")
        return None
    try:
        checkpoint = open_checkpoint(note, trust.keys)
        seen = find_cosigners(note, trust.witnesses)
    except BadNote as error:
        report.fail(1, "not signed by this key", str(error))
        return None
    if len(seen) < trust.quorum:
        names = ", ".join(sorted(witness.name for witness in seen)) or "none"
        report.fail(1, "too few witnesses", f"expected {trust.quorum} of {len(trust.witnesses)}, got {names}")
    witnessed = f", seen by {len(seen)} of {len(trust.witnesses)} witnesses" if trust.witnesses else ""
    report.done[1] = f"{checkpoint.origin} signed size {checkpoint.size}{witnessed}"
    return checkpoint


def read_kept(report: Report, trust: Trust) -> Checkpoint | None:
    """Read the checkpoint that the auditor kept, which must be signed by one of their keys too."""
    if trust.kept is None:
        report.passed_over[2] = "no checkpoint was kept; a roll-back or a fork shows only against one"
        return None
    try:
        return open_checkpoint(trust.kept, trust.keys)
    except BadNote as error:
        report.fail(2, "kept checkpoint is not this log's", str(error))
        return None


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
