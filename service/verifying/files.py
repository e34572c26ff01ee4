"""Verify what was handed out: an export; steps 1 to 5, and what these have in common with other sources.

None of it is believed but the checkpoint's signature, under the key that the auditor brings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from domain.merkle import BadProof, Frontier, verify_consistency
from service.errors import Malformed
from service.public_log import exports
from service.public_log.checkpoint import Checkpoint
from service.public_log.note import BadNote, read_base64, write_base64
from service.recording.strict_json import parse
from service.verifying.steps import Report, Trust, Walk, check_grown, check_signature, read_kept

PAGE = 1_000  # events looked at at a time
DEEPEST = 200  # levels of what is read: so that an event that goes too deep is read, and named
Progress = Callable[[float], None]

_POSITION = re.compile(rb'\{"position":(0|[1-9]\d{0,18})')
_END = re.compile(rb'\{"complete":true,"events":(0|[1-9]\d{0,18})\}\n')
_HEAD = {"format": str, "origin": str, "verifier_key": str | None, "checkpoint": str | None}
_EXPORT = {**_HEAD, "log_size": int}
_EVIDENCE = {**_HEAD, "claim": str, "events": list, "readme": str, "unpublished": int}


class NotVerifiable(Exception):
    """What is to be verified is not of a kind that can be; says what it should be."""


def verify_export(lines: Iterable[bytes], trust: Trust, progress: Progress) -> Report:
    """Verify an export, line by line."""
    report, rest = Report(), iter(lines)
    head = read_head(next(rest, b""), exports.FORMAT)
    size = head["log_size"]
    signed, kept = check_head(report, head, trust)
    walk, end = Walk(report), _End()
    under = min(signed.size, size) if signed else 0
    count, roots = follow(walk, end.read(rest, report), {under, kept.size if kept else 0}, size, progress)
    if (end.told, count) != (size, size):
        told = "no last line" if end.told is None else f"a last line that tells of {end.told}"
        report.fail(4, "cut off", f"expected {size} events and a last line, got {count} and {told}")
    if trust.as_of not in {None, size}:
        report.fail(4, "cut off", f"expected the record as of size {trust.as_of}, which you asked for, got {size}")
    if signed and under in roots:
        check_beginning(report, signed, under, roots[under], _read_beginning(report, head, signed))
    if signed and kept:
        check_kept(report, kept, signed, (size, trust.as_of), roots)
    walk.finish(whole=False, under=under)
    conclude(report, signed, roots, size)
    return report


def _read_beginning(report: Report, head: Mapping[str, Any], signed: Checkpoint) -> list[bytes]:
    # The proof that an export is the beginning of what was signed is there where it is one, and nowhere else.
    if ("consistency" in head) != (head["log_size"] < signed.size):
        told = f"a log_size of {head['log_size']} under a checkpoint of size {signed.size}"
        report.fail(3, "changed", f"expected a consistency proof where an export is a beginning alone, got {told}")
    return read_hashes(report, head.get("consistency", []))


def check_kept(
    report: Report, kept: Checkpoint, signed: Checkpoint, sizes: tuple[int, int | None], roots: Mapping[int, bytes]
) -> None:
    """Step 2 where the events are at hand: they make the root that was kept, or are less than what was kept.

    `sizes` are how many are told to be there, and what an export was asked for as of.
    """
    size, as_of = sizes
    if size < min(kept.size, signed.size) and as_of != size:
        told = f"expected the {kept.size} events that were kept, got the first {size}; the rest is not in this file"
        report.fail(
            2, "cut short", f"{told}. If it is the record as of size {size} that you asked for, say --as-of {size}"
        )
    elif kept.size in {0, signed.size}:
        check_grown(report, kept, signed, [])
    elif size < kept.size and as_of == size:
        report.passed_over[2] = tell_unproved(kept, signed)
    elif signed.size < kept.size:
        check_grown(report, kept, signed, [])
    elif kept.size not in roots or any(fault.step in {3, 4} for fault in report.faults):
        report.passed_over[2] = "not checked: the events, which would show it, are not those that were signed"
    elif roots[kept.size] != kept.root:
        told = f"expected the root {write_base64(kept.root)} of the first {kept.size} events, which was kept"
        report.fail(2, "forked", f"{told}, got {write_base64(roots[kept.size])}: the same key signed two histories")
    else:
        report.done[2] = f"size {signed.size} extends the size {kept.size} that was kept"


def tell_unproved(kept: Checkpoint, signed: Checkpoint) -> str:
    """Tell that a file alone does not show that two checkpoints are of one log, and what does."""
    old, new = sorted((kept.size, signed.size))
    told = f"the file does not prove that the size {kept.size} that was kept and size {signed.size} are of one log"
    return f"{told}; ask its record: /log/consistency?from={old}&to={new}, or verify that"


def conclude(report: Report, signed: Checkpoint | None, roots: Mapping[int, bytes], size: int) -> None:
    """Say what was found in order, where it was signed and nothing of it is missing."""
    under = min(signed.size, size) if signed else 0
    if pass_over(report, signed, missing=under not in roots) or signed is None:
        return
    if size < signed.size:
        told = (
            f"the first {size} of the {signed.size} events that were signed are canonical, committed to and in the log"
        )
        report.done[3] = f"{told}; the rest is not in this file"
    else:
        later = f"; {size - under} more are not signed yet" if size > under else ""
        report.done[3] = f"{under} events are canonical, committed to and in the log{later}"


def pass_over(report: Report, signed: Checkpoint | None, *, missing: bool = False) -> bool:
    """Say of steps 3 to 5 that they were not checked, where what they find in order proves nothing; tells if so."""
    if signed is None:
        reason = "nothing here is signed by a key of yours"
    elif any(fault.name == "edited" for fault in report.faults):
        reason = "there are events that cannot be read"
    elif missing:
        reason = "the events that were signed are not all there"
    else:
        return False
    for step in (3, 4, 5):
        report.done.pop(step, None)
        report.passed_over[step] = f"not checked: {reason}"
    return True


def read_head(line: bytes, expected: str) -> dict[str, Any]:
    """Read the JSON object that says what a file is; raises NotVerifiable."""
    members, may = (_EXPORT, {"consistency"}) if expected == exports.FORMAT else (_EVIDENCE, set())
    head = read_members(line, members)
    if head["format"] != expected:
        raise NotVerifiable(f"expected a file of the format {expected}, got {head['format']!r:.80}")
    if more := sorted(head.keys() - members.keys() - may):
        raise NotVerifiable(f"expected no members but {', '.join(members)}, got {', '.join(more)} too")
    if head.get("log_size", 0) < 0:
        raise NotVerifiable(f"expected a log_size of 0 or more, got {head['log_size']}")
    return head


def read_members(text: bytes, members: Mapping[str, Any]) -> dict[str, Any]:
    """Read a JSON object that has some members, each of a type, whatever others it has; raises NotVerifiable."""
    found = read_object(text, f"a JSON object with {', '.join(members)}")
    for name, kind in members.items():
        if name not in found or not isinstance(found[name], kind) or isinstance(found[name], bool):
            raise NotVerifiable(f"expected a JSON object with {', '.join(members)}, got {text[:80]!r}")
    return found


def read_object(text: bytes, expected: str) -> dict[str, Any]:
    """Read a JSON object, which is to be what is expected; raises NotVerifiable."""
    try:
        found = parse(text, DEEPEST)
    except Malformed as error:
        raise NotVerifiable(f"expected {expected}, got {text[:80]!r}: {error}") from error
    if not isinstance(found, dict):
        raise NotVerifiable(f"expected {expected}, got {text[:80]!r}")
    return found


class _End:
    """The last line of an export, which tells how many events there are."""

    def __init__(self) -> None:
        self.told: int | None = None

    def read(self, lines: Iterator[bytes], report: Report) -> Iterator[tuple[int, bytes]]:
        """Give each event with its position, up to the last line."""
        for line in lines:
            head, found, event = line.partition(b',"event":')
            if self.told is not None:
                report.fail(4, "slipped in", f"expected nothing after the last line, got {line[:80]!r}")
            elif found and event.endswith(b"}\n") and (position := _POSITION.fullmatch(head)):
                yield int(position[1]), event[:-2]
            elif end := _END.fullmatch(line):
                self.told = int(end[1])
            else:
                report.fail(3, "edited", f"expected a line with a position and an event, got {line[:80]!r}")


def follow(
    walk: Walk, placed: Iterator[tuple[int, bytes]], wanted: Iterable[int], size: int, progress: Progress
) -> tuple[int, dict[int, bytes]]:
    """Take steps 3 and 4 for events; answers how many there are, and the roots of the `wanted` sizes that there are."""
    frontier, expected, stops = Frontier(), 0, sorted(set(wanted))
    roots = {0: frontier.root()}
    while True:
        stop = next((stop for stop in stops if stop > frontier.size), frontier.size + PAGE)
        page = list(islice(placed, min(PAGE, stop - frontier.size)))
        if not page:
            return frontier.size, roots
        for position, _ in page:
            if position != expected:
                walk.report.fail(4, "position out of order", f"expected position {expected}, got {position}")
            expected = position + 1  # so that a gap is told once
        frontier.add(walk.take(page))
        if frontier.size == stop:
            roots[stop] = frontier.root()
        progress(min(1.0, frontier.size / max(size, 1)))


def check_beginning(report: Report, signed: Checkpoint, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Hold the root of the first so many events to the one that was signed."""
    try:
        verify_consistency(size, root, signed.size, signed.root, proof)
    except BadProof as error:
        report.fail(
            3, "changed", f"{error}: an event was edited, left out, put in or moved since size {signed.size} was signed"
        )


def check_head(report: Report, head: Mapping[str, Any], trust: Trust) -> tuple[Checkpoint | None, Checkpoint | None]:
    """Take step 1 for a file, whose head is to tell of the log what its checkpoint does.

    Answers what is signed, and what was kept.
    """
    signed, kept = check_signature(report, head["checkpoint"], trust), read_kept(report, trust)
    if signed and head["origin"] != signed.origin:
        report.fail(1, "of another log", f"expected the origin {signed.origin}, got {head['origin']}")
    if signed and head["verifier_key"] not in {key.written() for key in trust.keys}:
        report.fail(1, "of another log", f"expected a verifier_key that you hold, got {head['verifier_key']}")
    return signed, kept


def read_hashes(report: Report, texts: Any) -> list[bytes]:
    """Read the hashes of a proof, a list of texts; what is none is a fault of step 3."""
    try:
        hashes = [read_base64(text) for text in texts]
    except (BadNote, TypeError) as error:
        report.fail(3, "changed", f"expected hashes in base64, got {texts!r}: {error}")
        return []
    if type(texts) is not list:
        report.fail(3, "changed", f"expected a list of hashes, got {texts!r}")
    return hashes
