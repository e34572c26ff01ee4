"""Hold all that a store says it ever signed to its keys, and to the tree of its log.

For a store whose newest checkpoint holds and whose nodes are those of its events: then
whatever else was signed is of the same log, or it was changed, or there were two logs.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from domain.merkle import root_of
from service.public_log.checkpoint import Checkpoint, find_cosigners, open_checkpoint, read_checkpoint
from service.public_log.note import BadNote, VerifierKey, split_note
from service.public_log.rotation import is_named
from service.store.interface import View
from service.store.tree import LogKey, MissingNode, SignedCheckpoint
from service.verifying.steps import Report, Trust

PAGE = 1_000  # checkpoints
FIRST = -(2**63) + 1  # number, whatever there is
GROWTH = 2  # step
DAMAGED = "note damaged"


def check_listed(report: Report, view: View, trust: Trust, signed: Checkpoint | None) -> None:
    """Look at the keys of the log, whoever signed last; and for what those signed."""
    listed = view.tree.log_keys()
    check_keys(report, listed, trust, signed)
    if listed and not view.tree.checkpoints(-1, 1):
        names = " and ".join(key.verifier_key for key in listed)
        report.fail(1, "checkpoint gone", f"expected checkpoints signed by {names}, got none")


def check_keys(report: Report, listed: Sequence[LogKey], trust: Trust, signed: Checkpoint | None) -> None:
    """Look at every key and statement, and for the auditor's keys among them: a log forgets none (step 1)."""
    before: LogKey | None = None
    for number, key in enumerate(listed):
        try:
            VerifierKey.parse(key.verifier_key)
            told = "" if key.number == number else f"expected key {number}"
            is_named(before, key)
        except BadNote as error:
            told = str(error)
        if told:
            report.fail(1, "key edited", f"key {key.number} of the log: {told}")
        before = key
    names = [key.verifier_key for key in listed]
    for held in trust.keys if signed else ():
        if held.written() not in names:
            told = f"expected {held.written()}, which you hold, among the keys of the log"
            report.fail(1, "key gone", f"{told}, got {', '.join(names) or 'none'}")


def check_beside(report: Report, view: View, trust: Trust, path: str, note: str) -> None:
    """Hold the store to what stands beside the key as signed last, which the database's owner may not reach."""
    latest = view.tree.latest_checkpoint()
    keys = [*trust.keys, *_parse(view.tree.log_keys()).values()]
    try:
        last = open_checkpoint(note, keys)
    except BadNote as error:
        name = "key gone" if _is_of_another_key(note, keys) else DAMAGED
        report.fail(1, name, f"{path} is to tell what was signed last: {error}")
    else:
        if latest is None or last.size > latest.size:
            miss_checkpoint(report, view, last, latest.size if latest else None, f"that {path} tells of")
        elif not report.fault_count and _find_root(view, last.size) != last.root:
            report.fail(GROWTH, "forked", f"expected the root of size {last.size} that {path} tells of, got another")
        elif GROWTH in report.done:
            report.done[GROWTH] += f", and the size {last.size} that {path} tells of"
        elif GROWTH in report.passed_over:  # nothing was kept elsewhere
            report.done[GROWTH] = f"size {latest.size} extends the size {last.size} that {path} tells of; you kept none"


def _is_of_another_key(note: str, keys: Sequence[VerifierKey]) -> bool:
    """Tell whether it is a checkpoint of the log some keys are of, which says to be signed by none of them."""
    try:
        text, signatures = split_note(note)
        origin = read_checkpoint(text).origin
    except BadNote:
        return False
    names, signers = {key.name for key in keys}, {signature.name for signature in signatures}
    return origin in names & signers and not any(key.made(signature) for key in keys for signature in signatures)


def miss_checkpoint(report: Report, view: View, lost: Checkpoint, newest: int | None, told: str) -> None:
    """Tell that something was signed past what is here, and whether what it signed is here."""
    if _find_root(view, lost.size) == lost.root:
        newest_told = "none" if newest is None else f"{newest} as the newest"
        wanted = f"expected the checkpoint of size {lost.size} {told}, got {newest_told}"
        report.fail(GROWTH, "checkpoint gone", f"{wanted}; all events that it signed are there")
    elif newest is not None:
        report.fail(GROWTH, "rolled back", f"expected at least the size {lost.size} {told}, got {newest}")
    else:
        told = f"expected the events that were signed at size {lost.size} {told}, got others, or fewer"
        report.fail(GROWTH, "rolled back", told)


def check_kept_listed(report: Report, view: View, trust: Trust, kept: Checkpoint) -> None:
    """Look for the kept checkpoint, which its key signed, among those of the store; a log forgets none (step 2).

    For what the log was found to extend: of what it was not, something else is told.
    """
    if GROWTH not in report.done:
        return
    signatures = split_note(trust.kept or "")[1]
    signers = {key.written() for key in trust.keys for signature in signatures if key.made(signature)}
    last, most = view.tree.checkpoint_of(kept.size), len(view.tree.log_keys())  # a key signs a size once
    listed = view.tree.checkpoints(last.number - most, most) if last else []
    if not any(one.size == kept.size and one.verifier_key in signers for one in listed):
        wanted = f"expected the checkpoint of size {kept.size} that was kept among those that were signed, got none"
        report.fail(GROWTH, "checkpoint gone", f"{wanted} by its key; all events that it signed are there")


def check_signed(report: Report, view: View) -> None:
    """Look at every checkpoint, the keys that made them, and what witnesses signed of it."""
    listed = view.tree.log_keys()
    keys = _parse(listed)
    first: dict[str, int] = {}  # by key, the size of what it signed first
    count, size, last, signer = 0, 0, FIRST - 1, ""
    while page := view.tree.checkpoints(last, PAGE):
        for checkpoint in page:
            if checkpoint.number != count or checkpoint.size < size:
                told = f"expected checkpoint {count}, of size {size} or more"
                report.fail(GROWTH, "checkpoint gone", f"{told}, got {checkpoint.number}, of size {checkpoint.size}")
            elif (checkpoint.size, checkpoint.verifier_key) == (size, signer):
                told = f"expected the size {size} to be signed once by this key, got a second time"
                report.fail(1, "checkpoint slipped in", f"checkpoint {checkpoint.number}: {told}")
            count, size, last = checkpoint.number + 1, checkpoint.size, checkpoint.number
            signer = checkpoint.verifier_key
            first.setdefault(checkpoint.verifier_key, size)
            _check(report, view, checkpoint, keys)
    for key in listed:  # it is recorded with what it signs first
        if first.get(key.verifier_key) != key.from_size:
            told = f"key {key.number} of the log: expected it to sign from size {key.from_size} on"
            report.fail(1, "key edited", f"{told}, got {first.get(key.verifier_key, 'no checkpoint')} as its first")
    if count > 1 and not report.fault_count:
        report.done[1] += f", and before it {count - 1} checkpoints of the same log"


def _parse(listed: Sequence[LogKey]) -> dict[str, VerifierKey]:
    known: dict[str, VerifierKey] = {}
    for key in listed:
        with suppress(BadNote):  # told where keys are checked
            known[key.verifier_key] = VerifierKey.parse(key.verifier_key)
    return known


def _check(report: Report, view: View, checkpoint: SignedCheckpoint, keys: dict[str, VerifierKey]) -> None:
    named = f"checkpoint {checkpoint.number}, of size {checkpoint.size}"
    if checkpoint.verifier_key not in keys:
        told = f"expected a key of the log, got {checkpoint.verifier_key}"
        report.fail(1, "checkpoint edited", f"{named}: {told}")
        return
    try:
        signed = open_checkpoint(checkpoint.note, [keys[checkpoint.verifier_key]])
    except BadNote as error:
        report.fail(1, "checkpoint edited", f"{named}: {error}")
        return
    if (signed.size, signed.root) != (checkpoint.size, checkpoint.root):
        report.fail(1, "checkpoint edited", f"{named}: expected the size and root that were signed, got others")
    elif (lines := len(split_note(checkpoint.note)[1])) > 1 or signed.text() not in checkpoint.note:
        told = "expected what this program signs, one signature under three lines"
        report.fail(1, "checkpoint edited", f"{named}: {told}, got a note of {lines} signatures")
    elif _find_root(view, signed.size) != signed.root:
        report.fail(
            GROWTH, "forked", f"{named}: expected the root of this log, got that of another which was signed too"
        )
    for witness, line in view.tree.cosignatures(checkpoint.number):
        try:
            seen = bool(find_cosigners(checkpoint.note + line, [VerifierKey.parse(witness)])) and line.count("\n") == 1
        except BadNote:
            seen = False
        if not seen:
            report.fail(1, "cosignature edited", f"{named}: expected a signature by {witness}, got {line!r}")


def _find_root(view: View, size: int) -> bytes | None:
    """Find the root at a size; None where the log does not go so far."""
    try:
        return root_of(size, view.tree.node)
    except MissingNode:
        return None
