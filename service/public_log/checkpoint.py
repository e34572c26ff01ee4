"""Checkpoints: what a log says it is at a size, signed; and what witnesses say of them.

The text is that of C2SP `tlog-checkpoint`, a witness's signature that of `tlog-cosignature`,
version 1: it says that, at a time, this was the largest tree of this log that it had seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.merkle import HASH_BYTES, LARGEST_SIZE
from service.public_log.note import (
    COSIGNATURE,
    BadNote,
    Signature,
    SigningKey,
    VerifierKey,
    open_note,
    read_base64,
    split_note,
    write_base64,
)

TIME_BYTES = 8
LATEST = 2**63 - 1  # time of a cosignature, in seconds since 1970: C2SP tlog-cosignature
_TEXT = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9]\d{0,18})\n(?P<root>[A-Za-z0-9+/=]{44})\n(?:[^\n]+\n)*", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's name, its size, and the root of its tree at that size."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Write what is signed."""
        return f"{self.origin}\n{self.size}\n{write_base64(self.root)}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint; lines after the third are passed over. Raises BadNote."""
    found = _TEXT.fullmatch(text)
    if not found or int(found["size"]) > LARGEST_SIZE:
        raise BadNote(f"expected a checkpoint (a name, a size and a root, each on its line), got {text[:200]!r}")
    root = read_base64(found["root"])
    if len(root) != HASH_BYTES:
        raise BadNote(f"expected a root of {HASH_BYTES} bytes, got {len(root)}")
    return Checkpoint(found["origin"], int(found["size"]), root)


def open_checkpoint(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Read a signed checkpoint, one of whose signers among some keys has its origin for a name; raises BadNote."""
    text, key = open_note(note, keys)  # and so no signature of theirs is false
    checkpoint = read_checkpoint(text)
    own = [held for held in keys if held.name == checkpoint.origin]
    if checkpoint.origin != key.name and not any(held.made(s) for s in split_note(note)[1] for held in own):
        raise BadNote(f"expected a checkpoint of {key.name}, got one of {checkpoint.origin}")
    return checkpoint


def cosign(key: SigningKey, text: str, at: int) -> Signature:
    """Sign the text of a checkpoint as a witness, at a time in seconds since 1970."""
    return Signature(key.name, key.verifier.key_id, at.to_bytes(TIME_BYTES) + key.sign(_cosigned(text, at)))


def find_cosigners(note: str, witnesses: Sequence[VerifierKey]) -> dict[VerifierKey, int]:
    """Find which of some witnesses signed a checkpoint, and when; raises BadNote for a false one."""
    text, signatures = split_note(note)
    found: dict[VerifierKey, int] = {}
    for signature in signatures:
        for witness in witnesses:
            if witness.kind == COSIGNATURE and witness.made(signature):
                found[witness] = max(found.get(witness, 0), read_cosignature(witness, signature, text))
    return found


def read_cosignature(witness: VerifierKey, signature: Signature, text: str) -> int:
    """Give the time, in seconds since 1970, at which a witness signed a text; raises BadNote where it did not."""
    at = int.from_bytes(signature.signed[:TIME_BYTES])
    if not witness.verifies(_cosigned(text, at), signature.signed[TIME_BYTES:]):
        raise BadNote(f"expected {witness.name}'s cosignature of this checkpoint, got one of something else")
    if at > LATEST:
        raise BadNote(f"expected a time of at most {LATEST} in {witness.name}'s cosignature, got {at}")
    return at


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
