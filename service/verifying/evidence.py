"""Verify the evidence of a claim, steps 1 to 5; and, where the log is at hand, that no event of it was left out.

A proof shows that an event is in the log, never that another is not. That is shown by the
entries of all events, which are the leaves of the signed tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from domain.entry import leaf_hash
from domain.merkle import BadProof, Frontier, root_from_inclusion
from service.public_log import evidence
from service.public_log.checkpoint import Checkpoint
from service.public_log.note import write_base64
from service.public_log.proofs import TILE_WIDTH
from service.telling.wording import in_one_line
from service.verifying.files import (
    Progress,
    check_head,
    pass_over,
    read_hashes,
    read_head,
    tell_unproved,
)
from service.verifying.server import Fetch, Patience
from service.verifying.steps import Report, Trust, Walk, check_grown

LONGEST_TEXT = 80  # characters of a claim, or its id


def verify_evidence(
    bundle: Mapping[str, Any], trust: Trust, fetch: Fetch | None = None, progress: Progress = lambda _: None
) -> Report:
    """Verify the evidence of a claim, which was read as strict JSON; raises NotVerifiable.

    `fetch` asks a copy of the log, which is looked through for events of the claim that were left out.
    """
    report = Report()
    bundle = read_head(orjson.dumps(bundle), evidence.FORMAT)
    signed, kept = check_head(report, bundle, trust)
    if signed and kept:
        _check_kept(report, kept, signed)
    walk, before = Walk(report), -1
    for item in bundle["events"]:
        position, event, proof = _read_item(report, item)
        if event is None:
            continue
        if position <= before:
            report.fail(4, "position out of order", f"expected a position past {before}, got {position}")
        before = position
        if event.get("claim") != bundle["claim"]:
            report.fail(4, "of another claim", f"expected claim {bundle['claim']}, got {event.get('claim')!r}")
        (leaf,) = walk.take([(position, orjson.dumps(event, option=orjson.OPT_SORT_KEYS))])
        if signed:
            _check_inclusion(report, signed, position, leaf, proof)
    walk.finish(whole=False)
    count = len(bundle["events"])
    report.done[3] = f"{count} events are canonical, committed to and in the log"
    report.done[4] = f"versions 1 to {count} of {_name_claim(bundle)}, without a gap; "
    if not bundle["events"]:
        report.fail(3, "nothing to verify", "expected events, got none")
    if signed and fetch:
        _look_through(report, signed, (bundle["claim"], count), fetch, progress)
        report.done[4] += f"the log of size {signed.size} has no other event of it"
    else:
        report.done[4] += "whether more followed, the file cannot tell: --log URL looks through the whole log"
    pass_over(report, signed)
    return report


def _name_claim(bundle: Mapping[str, Any]) -> str:
    """Name a claim by its id, and by its text as it was opened, where that was not erased."""
    first: Any = bundle["events"][0] if bundle["events"] else None
    try:
        text = first["event"]["data"]["text"]
    except (TypeError, KeyError):
        return f"claim {bundle['claim']:.{LONGEST_TEXT}}"
    return f"claim {bundle['claim']:.{LONGEST_TEXT}} (“{in_one_line(str(text), LONGEST_TEXT)}”)"


def _check_kept(report: Report, kept: Checkpoint, signed: Checkpoint) -> None:
    if signed.size > kept.size > 0:
        report.passed_over[2] = tell_unproved(kept, signed)
    else:
        check_grown(report, kept, signed, [])


def _look_through(
    report: Report, signed: Checkpoint, expected: tuple[str, int], fetch: Fetch, progress: Progress
) -> None:
    # Every entry that was signed, in tiles: as many are of the claim as there are in its evidence.
    claim, count = expected
    frontier, found, start, patience = Frontier(), 0, f'{{"claim":"{claim}",'.encode(), Patience()
    for at in range(0, signed.size, TILE_WIDTH):
        entries = _read_entries(fetch(_name_tile(at // TILE_WIDTH, signed.size - at)))
        if len(entries) != min(TILE_WIDTH, signed.size - at):
            break  # it is another log, which shows below
        frontier.add([leaf_hash(entry) for entry in entries])
        found += sum(entry.startswith(start) for entry in entries)
        progress(frontier.size / signed.size)
        patience.wait_for(frontier.size)
    if frontier.size != signed.size or frontier.root() != signed.root:
        report.fail(3, "changed", f"expected the entries of the log of size {signed.size} at that address, got others")
    elif found != count:
        told = f"expected {found} events of the claim, which the log of size {signed.size} has, got {count}"
        report.fail(4, "cut off", told)


def _name_tile(number: int, width: int) -> str:
    thousands: list[str] = []
    rest, last = divmod(number, 1_000)
    while rest:
        rest, part = divmod(rest, 1_000)
        thousands.insert(0, f"x{part:03d}/")
    partial = f".p/{width}" if width < TILE_WIDTH else ""
    return f"/log/tile/entries/{''.join(thousands)}{last:03d}{partial}"


def _read_entries(tile: bytes) -> list[bytes]:
    entries, at = list[bytes](), 0
    while at < len(tile) and len(entries) <= TILE_WIDTH:  # one too many is enough to be no tile
        end = at + 2 + int.from_bytes(tile[at : at + 2])
        entries.append(tile[at + 2 : end])
        at = end
    return entries


def _read_item(report: Report, item: Any) -> tuple[int, dict[str, Any] | None, list[bytes]]:
    if isinstance(item, dict) and item.keys() == {"position", "event", "proof"}:
        position, event, proof = item["position"], item["event"], item["proof"]
        if type(position) is int and isinstance(event, dict) and isinstance(proof, list):
            return position, event, read_hashes(report, proof)
    report.fail(3, "edited", f"expected an event with its position and proof, got {orjson.dumps(item)[:80]!r}")
    return -1, None, []


def _check_inclusion(report: Report, signed: Checkpoint, position: int, leaf: bytes, proof: list[bytes]) -> None:
    try:
        root = root_from_inclusion(leaf, position, signed.size, proof)
    except BadProof as error:
        report.fail(3, "not in the log", f"position {position}: {error}")
        return
    if root != signed.root:
        expected, got = write_base64(signed.root), write_base64(root)
        told = f"position {position}: expected the root {expected} that was signed, got {got}"
        report.fail(3, "not in the log", f"{told}: the event, its place or its proof was changed")
