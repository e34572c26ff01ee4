"""A witness: it signs a log's checkpoint if that extends the last one it signed (C2SP `tlog-witness`).

So a log that shows one history here and another there, or goes back to an old one, needs
every witness as its accomplice. What was signed last of each log is kept in a folder, a
file a log, and is on the disk before its signature is given away: a witness that forgot
could be led to sign two histories. So could one that believed whatever stands in that file:
it is held to the log's signature whenever it is read.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from domain.merkle import EMPTY_ROOT, BadProof, verify_consistency
from service.public_log.checkpoint import Checkpoint, cosign, open_checkpoint, read_checkpoint
from service.public_log.kept_note import KeptNote
from service.public_log.note import (
    BadNote,
    Signature,
    SigningKey,
    VerifierKey,
    read_base64,
    split_note,
    write_base64,
    write_note,
)

MOST_HASHES = 63  # in a proof
LARGEST_REQUEST = 65_536  # bytes
_WAY_OUT = (
    "Nothing is signed of this log until the file is what it was, or the witness starts anew under another key. "
    "If the log replaced its key since, name the one before it too, with another --log"
)
_OLD = re.compile(r"old (0|[1-9]\d{0,18})", re.ASCII)


class Refused(Exception):
    """A request that is not signed; says what was expected and what there is."""


class Malformed(Refused):
    """It is not of the form that requests have."""


class UnknownLog(Refused):
    """The witness does not know this log."""


class NotSigned(Refused):
    """The log did not sign this."""


class Moved(Refused):
    """It does not start from what was signed last; `size` is that."""

    def __init__(self, size: int, detail: str) -> None:
        """Tell the size that was signed last."""
        super().__init__(detail)
        self.size = size


class NotConsistent(Refused):
    """It does not extend what was signed last: a fork, or a false proof."""


class Forgotten(Refused):
    """What was signed last cannot be read, so nothing is signed: the witness has to be looked after."""


class Witness:
    """A key, the logs that it watches, and what it signed last of each."""

    def __init__(
        self, key: SigningKey, logs: Sequence[VerifierKey], folder: Path, clock: Callable[[], datetime]
    ) -> None:
        """Keep state in a folder, which is made where there is none; several processes may share it."""
        self.key = key
        self.logs = tuple(logs)
        self._folder = folder
        self._clock = clock
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add_checkpoint(self, body: bytes) -> str:
        """Sign a checkpoint if it extends what was signed last; answers the signature line. Raises Refused."""
        old, proof, note = _read_request(body)
        checkpoint, text, signed = self._open(note)
        if old > checkpoint.size:
            raise Malformed(f"expected an old size of at most {checkpoint.size}, got {old}")
        with self._alone(checkpoint.origin) as kept:
            last = self.find_last(checkpoint.origin)
            if old != last.size:
                raise Moved(last.size, f"expected the old size {last.size}, which was signed last, got {old}")
            if old == checkpoint.size and checkpoint.root != last.root:
                told = f"expected the root {write_base64(last.root)} of size {old}, got {write_base64(checkpoint.root)}"
                raise Moved(last.size, told)
            try:
                verify_consistency(old, last.root, checkpoint.size, checkpoint.root, proof)
            except BadProof as error:
                raise NotConsistent(str(error)) from error
            kept.keep(write_note(text, signed))
            # A larger one may be signed as soon as nobody is alone here, and then this was not the largest at its time.
            return cosign(self.key, text, int(self._clock().timestamp())).line()

    def find_last(self, origin: str) -> Checkpoint:
        """Find what was signed last of a log; the empty log where nothing was.

        Raises Forgotten where there is a file that holds no checkpoint of this log, signed by it, or where it is gone.
        """
        kept = self._kept(origin)
        try:
            note = _find_note(kept)
            return Checkpoint(origin, 0, EMPTY_ROOT) if note is None else open_checkpoint(note, self._keys(origin))
        except BadNote as error:  # one that began anew, or elsewhere, could be led to sign a fork
            raise Forgotten(
                f"{kept.path.name} does not tell what was signed last of {origin}: {error}. {_WAY_OUT}"
            ) from error

    def _open(self, note: str) -> tuple[Checkpoint, str, list[Signature]]:
        # Of its signatures those alone that were verified: another may say to be of a key that will follow, and is a
        # false one as soon as that key is known.
        try:
            text, signatures = split_note(note)
            claimed = read_checkpoint(text)
        except BadNote as error:
            raise Malformed(str(error)) from error
        keys = self._keys(claimed.origin)
        if not keys:
            raise UnknownLog(f"expected one of {', '.join(key.name for key in self.logs)}, got {claimed.origin}")
        try:
            checkpoint = open_checkpoint(note, keys)
        except BadNote as error:
            raise NotSigned(str(error)) from error
        return checkpoint, text, [signature for signature in signatures if any(key.made(signature) for key in keys)]

    def _keys(self, origin: str) -> list[VerifierKey]:
        return [key for key in self.logs if key.name == origin]

    def _kept(self, origin: str) -> KeptNote:
        return KeptNote(self._folder / f"{sha256(origin.encode()).hexdigest()}.checkpoint")

    @contextmanager
    def _alone(self, origin: str) -> Iterator[KeptNote]:
        # From the look at what was signed last to its successor on the disk there is nobody else, in any process.
        kept = self._kept(origin)
        with _lock_of(kept).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield kept
            if not lock.tell():
                lock.write("signed\n")  # so that a note that is gone is not taken for one that never was


def _lock_of(kept: KeptNote) -> Path:
    return kept.path.with_suffix(".lock")


def _find_note(kept: KeptNote) -> str | None:
    lock = _lock_of(kept)
    there_was_one = lock.exists() and lock.stat().st_size  # asked first: it is told after the note is kept
    note = kept.find()
    if note is None and there_was_one:
        raise BadNote(f"expected a signed note, got no file, and {lock.name} tells that there was one")
    return note


def _read_request(body: bytes) -> tuple[int, list[bytes], str]:
    try:
        head, blank, note = body.decode().partition("\n\n")
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        if not blank or not old or len(lines) > MOST_HASHES:
            raise Malformed(f"expected `old <size>`, at most {MOST_HASHES} hashes, an empty line and a checkpoint")
        return int(old[1]), [read_base64(line) for line in lines], note
    except (UnicodeDecodeError, BadNote) as error:
        raise Malformed(str(error)) from error


def write_request(old: int, proof: Sequence[str], note: str) -> bytes:
    """Write a request: the size that was signed last, the proof in base64, and the checkpoint."""
    return "\n".join([f"old {old}", *proof, "", note]).encode()
