"""What the public log answers, from one look at the record: checkpoints, tiles, proofs, roots.

Nothing past the last checkpoint is answered: what is not signed is not published. Formats:
C2SP `tlog-tiles` and `tlog-proof`, version 1.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

import orjson

from domain.entry import entry_of
from domain.errors import Fault, Invalid, NotFound
from domain.instants import write_instant
from domain.merkle import Node, prove_consistency, prove_inclusion, root_of
from service.errors import NotYetPublished
from service.public_log.checkpoint import find_cosigners
from service.public_log.note import VerifierKey, write_base64
from service.public_log.publisher import EVERY
from service.reading.reads import Answer
from service.store.interface import View
from service.store.tree import SignedCheckpoint

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
_TILE = re.compile(r"(?P<number>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII)


def find_latest(view: View) -> SignedCheckpoint:
    """Find the last checkpoint; raises NotYetPublished where nothing has been signed."""
    latest = view.tree.latest_checkpoint()
    if latest is None:
        raise NotYetPublished("This log has not been signed yet.", retry_after=EVERY)
    return latest


def write_checkpoint(view: View, checkpoint: SignedCheckpoint) -> str:
    """Write a checkpoint with the signatures of the witnesses that have seen it."""
    return checkpoint.note + "".join(line for _, line in view.tree.cosignatures(checkpoint.number))


def read_log(view: View, origin: str) -> Answer:
    """Tell what the log is: its name, the last checkpoint taken apart, who signed it and when; no checkpoint, none yet.

    `origin` is the name where nothing is signed yet.
    """
    latest, size = view.tree.latest_checkpoint(), view.head().size
    key = VerifierKey.parse(latest.verifier_key) if latest else None
    told = {
        "origin": key.name if key else origin,
        "verifier_key": latest.verifier_key if latest else None,
        "log_size": size,
        "checkpoint": _take_apart(view, latest) if latest else None,
        "witnesses": _tell_witnesses(view, latest) if latest else [],
    }
    return Answer(orjson.dumps(told).decode(), size)


def _take_apart(view: View, latest: SignedCheckpoint) -> dict[str, object]:
    return {
        "size": latest.size,
        "root": write_base64(latest.root),
        "signed_at": latest.signed_at,
        "note": write_checkpoint(view, latest),
    }


def _tell_witnesses(view: View, latest: SignedCheckpoint) -> list[dict[str, str]]:
    known = [VerifierKey.parse(key) for key, _ in view.tree.cosignatures(latest.number)]
    seen = find_cosigners(write_checkpoint(view, latest), known)
    return [
        {
            "name": witness.name,
            "verifier_key": witness.written(),
            "signed_at": write_instant(datetime.fromtimestamp(at, UTC)),
        }
        for witness, at in seen.items()
    ]


def read_proof(view: View, position: int, size: int | None) -> str:
    """Prove that the event at a position is in the log of a signed size, or of the last one: tlog-proof."""
    checkpoint = _find_signed(view, size)
    _refuse_unpublished(view, position + 1)
    if position >= checkpoint.size:
        raise Invalid([Fault("position", f"The log of size {checkpoint.size} has the positions before that.")])
    path = prove_inclusion(position, checkpoint.size, view.tree.node)
    lines = ["c2sp.org/tlog-proof@v1", f"index {position}", *map(write_base64, path), "", ""]
    return "\n".join(lines) + write_checkpoint(view, checkpoint)


def read_consistency(view: View, old: int, new: int) -> bytes:
    """Prove that the log of one size extends that of another."""
    if old > new:
        raise Invalid([Fault("from", f"Give the smaller size first; {old} is more than {new}.")])
    _refuse_unpublished(view, new)
    proof = prove_consistency(old, new, view.tree.node)
    return orjson.dumps({"from": old, "to": new, "proof": [write_base64(part) for part in proof]})


def read_root(view: View, size: int) -> bytes:
    """Give the root of the log of any size; `read_consistency` proves it."""
    _refuse_unpublished(view, size)
    return orjson.dumps({"size": size, "root": write_base64(root_of(size, view.tree.node))})


def read_keys(view: View) -> bytes:
    """List the keys that the log was signed with, each from a size on."""
    keys = [
        {"verifier_key": k.verifier_key, "from": k.from_size, "recorded_at": k.recorded_at, "statement": k.statement}
        for k in view.tree.log_keys()
    ]
    return orjson.dumps({"keys": keys})


def read_tile(view: View, level: str, path: str) -> bytes:
    """Give the hashes of a tile, full or partial."""
    if not re.fullmatch(r"0|[1-9]\d?", level, re.ASCII):
        raise NotFound(f"There is no level {level!r} of tiles; levels are 0 to 63.")
    start, end = _find_tile(view, int(level), path)
    return b"".join(view.tree.nodes(TILE_HEIGHT * int(level), start, end))


def read_entries(view: View, path: str) -> bytes:
    """Give the entries of a tile of leaves, each after its length in two bytes, big-endian."""
    start, end = _find_tile(view, 0, path)
    entries = [entry_of(state.encode()) for _, state in view.events_from(start, end - start)]
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def remember(node: Node) -> Node:
    """Ask for every node once, where many proofs share them."""
    return cache(node)


def _find_signed(view: View, size: int | None) -> SignedCheckpoint:
    if size is None:
        return find_latest(view)
    _refuse_unpublished(view, size)
    checkpoint = view.tree.checkpoint_of(size)
    if checkpoint is None:
        following = view.tree.checkpoint_covering(size)
        larger = "" if following is None else f" The next larger one that was is {following.size}."
        raise Invalid([Fault("size", f"The log was not signed at size {size}.{larger}")])
    return checkpoint


def _refuse_unpublished(view: View, size: int) -> None:
    latest, held = find_latest(view), view.head().size
    if size <= latest.size:
        return
    if size > held:
        raise NotFound(f"The record holds {held} events, not {size}.")
    raise NotYetPublished(
        f"The log is signed at size {latest.size}, and {size} is past that.",
        log_size=latest.size,
        retry_after=EVERY,
    )


def _find_tile(view: View, level: int, path: str) -> tuple[int, int]:
    # Which nodes of its level a tile has: full, or as wide as asked for, all under the last checkpoint.
    found = _TILE.fullmatch(path)
    digits = found["number"].replace("x", "").replace("/", "") if found else ""
    if found is None or (len(digits) > len("000") and digits.startswith("000")):
        raise NotFound(f"{path!r} names no tile; a name is 005, x001/234 or x001/234.p/17.")
    there = find_latest(view).size >> TILE_HEIGHT * level
    start = TILE_WIDTH * int(digits)
    end = start + int(found["width"] or TILE_WIDTH)
    if end > there or (found["width"] and end - start >= TILE_WIDTH):
        raise NotFound(f"There is no tile {path!r} of level {level} in the log as it is signed.")
    return start, end
