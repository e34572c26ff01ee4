"""Verify what was handed out: an export, or another record over HTTP; steps 1 to 5.

None of it is believed but the checkpoint's signature, under the key that the auditor brings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import orjson

from domain.merkle import BadProof, Frontier, verify_consistency
from service import exports
from service.checkpoint import Checkpoint
from service.note import BadNote, read_base64
from service.verify import Report, Trust, Walk, check_grown, check_signature, read_kept

PAGE = 1_000  # events asked for, or looked at, at a time
Progress = Callable[[float], None]
Fetch = Callable[[str], bytes]  # by path and query


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
    signed = check_head(report, head, trust)
    walk, end = Walk(report), _End()
    under = min(signed.size, size) if signed else 0
    count, root = _follow(walk, end.read(rest, report), (under, size), progress)
    if (end.told, count) != (size, size):
        told = "no last line" if end.told is None else f"a last line that tells of {end.told}"
        report.fail(4, "cut off", f"expected {size} events and a last line, got {count} and {told}")
    if signed:
        _check_beginning(report, signed, under, root, read_hashes(report, head.get("consistency", [])))
    walk.finish(whole=False, under=under)
    later = f"; {size - under} more are not signed yet" if size > under else ""
    report.done[3] = f"{under} events are canonical, committed to and in the log{later}"
    return report


def read_head(line: bytes, expected: str) -> dict[str, Any]:
    """Read the JSON object that says what a file is; raises NotVerifiable."""
    members = _EXPORT if expected == exports.FORMAT else _EVIDENCE
    head = read_members(line, members)
    if head["format"] != expected:
        raise NotVerifiable(f"expected a file of the format {expected}, got {head['format']!r}")
    if more := sorted(head.keys() - members.keys() - {"consistency"}):
        raise NotVerifiable(f"expected no members but {', '.join(members)}, got {', '.join(more)} too")
    if head.get("log_size", 0) < 0:
        raise NotVerifiable(f"expected a log_size of 0 or more, got {head['log_size']}")
    return head


def read_members(text: bytes, members: Mapping[str, Any]) -> dict[str, Any]:
    """Read a JSON object that has some members, each of a type; raises NotVerifiable."""
    try:
        found = orjson.loads(text)
    except ValueError as error:
        raise NotVerifiable(f"expected JSON, got {text[:80]!r}") from error
    for name, kind in members.items():
        there = isinstance(found, dict) and name in found and isinstance(found[name], kind)
        if not there or isinstance(found[name], bool):
            raise NotVerifiable(f"expected a JSON object with {', '.join(members)}, got {text[:80]!r}")
    return dict(found)


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


def _follow(
    walk: Walk, placed: Iterator[tuple[int, bytes]], sizes: tuple[int, int], progress: Progress
) -> tuple[int, bytes]:
    # Answers how many events there are, and the root of the first of both sizes; all are looked at all the same.
    under, size = sizes
    frontier, expected = Frontier(), 0
    root = frontier.root()
    while True:
        start = frontier.size
        wanted = under - start if start < under else PAGE
        page = list(islice(placed, min(PAGE, wanted)))
        if not page:
            return start, root
        for position, _ in page:
            if position != expected:
                walk.report.fail(4, "position out of order", f"expected position {expected}, got {position}")
            expected = position + 1  # so that a gap is told once
        frontier.add(walk.take(page))
        if frontier.size <= under:
            root = frontier.root()
        progress(min(1.0, frontier.size / max(size, 1)))


def _check_beginning(report: Report, signed: Checkpoint, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    try:
        verify_consistency(size, root, signed.size, signed.root, proof)
    except BadProof as error:
        report.fail(
            3, "changed", f"{error}: an event was edited, left out, put in or moved since size {signed.size} was signed"
        )


def check_head(report: Report, head: Mapping[str, Any], trust: Trust) -> Checkpoint | None:
    """Take steps 1 and 2 for a file, whose head is to tell of the log what its checkpoint does."""
    signed, kept = check_signature(report, head["checkpoint"], trust), read_kept(report, trust)
    if signed and head["origin"] != signed.origin:
        report.fail(1, "of another log", f"expected the origin {signed.origin}, got {head['origin']}")
    if signed and head["verifier_key"] not in {key.written() for key in trust.keys}:
        report.fail(1, "of another log", f"expected a verifier_key that you hold, got {head['verifier_key']}")
    _check_offline(report, kept, signed)
    return signed


def _check_offline(report: Report, kept: Checkpoint | None, signed: Checkpoint | None) -> None:
    if kept is None or signed is None:
        return
    if signed.size > kept.size > 0:
        report.passed_over[2] = (
            f"the file does not prove that size {signed.size} extends size {kept.size}; "
            f"ask its record: /log/consistency?from={kept.size}&to={signed.size}, or verify that"
        )
    else:
        check_grown(report, kept, signed, [])


def read_hashes(report: Report, texts: Any) -> list[bytes]:
    """Read the hashes of a proof; what is none is a fault of step 3."""
    try:
        return [read_base64(text) for text in texts]
    except (BadNote, TypeError) as error:
        report.fail(3, "changed", f"expected hashes in base64, got {texts!r}: {error}")
        return []


def _write(event: Any) -> bytes:
    try:
        return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # too deep
        raise NotVerifiable(f"expected an event, got what has no canonical form: {error}") from error


def verify_server(fetch: Fetch, trust: Trust, progress: Progress) -> Report:
    """Verify another record over HTTP: all its events against its checkpoint."""
    report = Report()
    signed = check_signature(report, fetch("/log/checkpoint").decode(errors="replace"), trust)
    kept = read_kept(report, trust)
    if kept and signed:
        proof = []
        if 0 < kept.size < signed.size:
            answer = read_members(fetch(f"/log/consistency?from={kept.size}&to={signed.size}"), {"proof": list})
            proof = read_hashes(report, answer["proof"])
        check_grown(report, kept, signed, proof)
    walk, under = Walk(report), signed.size if signed else 0
    count, root = _follow(walk, _fetch_events(fetch), (under, under), progress)
    if count < under:
        report.fail(4, "cut off", f"expected {under} events, which were signed, got {count}")
    elif signed:
        _check_beginning(report, signed, under, root, [])
    walk.finish(whole=True, under=under)
    later = f"; {count - under} more are not signed yet" if count > under else ""
    report.done[3] = f"{under} events are canonical, committed to and in the log{later}"
    return report


def _fetch_events(fetch: Fetch) -> Iterator[tuple[int, bytes]]:
    # All that is there, past what is signed too: of what was redacted meanwhile the redaction is to be seen.
    after = -1
    while True:
        text = fetch(f"/events?limit={PAGE}" + (f"&after={after}" if after >= 0 else ""))
        page = read_members(text, {"events": list, "next": int | None})
        for placed in page["events"]:
            if not (isinstance(placed, dict) and isinstance(placed.get("position"), int) and "event" in placed):
                raise NotVerifiable(f"expected events with their positions, got {orjson.dumps(placed)[:80]!r}")
            yield placed["position"], _write(placed["event"])
        if len(page["events"]) < PAGE or page["next"] is None or page["next"] <= after:
            return
        after = page["next"]
