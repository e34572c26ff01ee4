"""Hold all that a store says it ever signed to its keys, and to the tree of its log.

For a store whose newest checkpoint holds and whose nodes are those of its events: then
whatever else was signed is of the same log, or it was changed, or there were two logs.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.merkle import root_of
from service.checkpoint import find_cosigners, open_checkpoint
from service.note import BadNote, VerifierKey, open_note
from service.publisher import tell_rotation
from service.store.interface import View
from service.store.tree import LogKey, SignedCheckpoint
from service.verify import Report

PAGE = 1_000  # checkpoints


def check_signed(report: Report, view: View) -> None:
    """Look at every key, every checkpoint, and what witnesses signed of it."""
    keys = _read_keys(report, view.tree.log_keys())
    count, size = 0, 0
    while page := view.tree.checkpoints(count - 1, PAGE):
        for checkpoint in page:
            if checkpoint.number != count or checkpoint.size < size:
                told = f"expected checkpoint {count}, of size {size} or more"
                report.fail(2, "checkpoint gone", f"{told}, got {checkpoint.number}, of size {checkpoint.size}")
            count, size = checkpoint.number + 1, checkpoint.size
            _check(report, view, checkpoint, keys)
    if count > 1 and not report.fault_count:
        report.done[1] += f", and before it {count - 1} checkpoints of the same log"


def _read_keys(report: Report, keys: Sequence[LogKey]) -> dict[str, VerifierKey]:
    known: dict[str, VerifierKey] = {}
    for number, key in enumerate(keys):
        try:
            known[key.verifier_key] = VerifierKey.parse(key.verifier_key)
            told = _find_fault(keys[number - 1] if number else None, key, known)
        except BadNote as error:
            told = str(error)
        if told or key.number != number:
            report.fail(1, "key edited", f"key {key.number} of the log: {told or f'expected key {number}'}")
    return known


def _find_fault(before: LogKey | None, key: LogKey, known: dict[str, VerifierKey]) -> str | None:
    """Tell what is wrong with the statement by which a key was named by the one before it; raises BadNote."""
    if key.statement is None:
        return None  # it took over without a word; an auditor has it from elsewhere
    if before is None or before.verifier_key not in known:
        return "expected a key before it, which named it, got none"
    pair = known[before.verifier_key], known[key.verifier_key]
    expected = tell_rotation(*pair, size=key.from_size)
    said = {open_note(key.statement, [signer])[0] for signer in pair}
    return None if said == {expected} else f"expected the statement {expected!r}, got {key.statement!r}"


def _check(report: Report, view: View, checkpoint: SignedCheckpoint, keys: dict[str, VerifierKey]) -> None:
    named = f"checkpoint {checkpoint.number}, of size {checkpoint.size}"
    by = [keys[checkpoint.verifier_key]] if checkpoint.verifier_key in keys else []
    try:
        signed = open_checkpoint(checkpoint.note, by)
    except BadNote as error:
        report.fail(1, "checkpoint edited", f"{named}: {error}")
        return
    if (signed.size, signed.root) != (checkpoint.size, checkpoint.root):
        report.fail(1, "checkpoint edited", f"{named}: expected the size and root that were signed, got others")
    elif root_of(signed.size, view.tree.node) != signed.root:
        report.fail(2, "forked", f"{named}: expected the root of this log, got that of another which was signed too")
    for witness, line in view.tree.cosignatures(checkpoint.number):
        try:
            seen = bool(find_cosigners(checkpoint.note + line, [VerifierKey.parse(witness)]))
        except BadNote:
            seen = False
        if not seen:
            report.fail(1, "cosignature edited", f"{named}: expected a signature by {witness}, got {line!r}")
