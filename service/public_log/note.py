"""Signed notes and the keys that sign them, as C2SP `signed-note` has them, and Go's `sumdb/note`.

A note is a text, an empty line, and a line for each signature. Keys are Ed25519; a kind
tells what they sign: notes, or, as a witness's, checkpoints with a time
(`service.public_log.checkpoint`). Base64 is taken only in its one canonical form, so that no other
bytes pass for the same note.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 0x01, 0x04  # kinds: signature types of C2SP signed-note
KEY_BYTES, ID_BYTES = 32, 4
MOST_SIGNATURES = 100
LONGEST_NOTE = 64_000  # characters
_NAME = r"[^\s+]+"
_SIGNATURE = re.compile(rf"\u2014 ({_NAME}) ([A-Za-z0-9+/=]+)")
_VERIFIER = re.compile(rf"({_NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/=]+)")
_SECRET = re.compile(rf"PRIVATE\+KEY\+({_NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/=]+)")


class BadNote(Exception):
    """A note, key or signature is not what it should be; says what was expected and what there is."""


def write_base64(data: bytes) -> str:
    """Write standard base64 with padding."""
    return b64encode(data).decode()


def read_base64(text: str) -> bytes:
    """Read standard base64 in its canonical form; raises BadNote."""
    try:
        data = b64decode(text, validate=True)
    except (ValueError, NotBase64) as error:
        raise BadNote(f"expected base64, got {text!r:.200}") from error
    if write_base64(data) != text:
        told = f"expected base64 {write_base64(data)!r:.200}, got {text!r:.200}"
        raise BadNote(f"{told}, which says the same in another way")
    return data


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who signed, by which key, and the bytes of it."""

    name: str
    key_id: bytes
    signed: bytes

    def line(self) -> str:
        """Write it as a line of a note."""
        return f"\u2014 {self.name} {write_base64(self.key_id + self.signed)}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """What a signature is verified by: a name, a kind and a public key."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read `<name>+<8 hex of key id>+<base64>`; raises BadNote."""
        name, public = _read_key(_VERIFIER, text, "a verifier key, name+hash+base64")
        key = cls(name, public[0], public[1:])
        if text != key.written():
            raise BadNote(f"expected the verifier key {key.written()!r}, got {text!r:.200}")
        return key

    @property
    def key_id(self) -> bytes:
        """Give the four bytes that signatures name the key by."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:ID_BYTES]

    def written(self) -> str:
        """Write it as others hold it."""
        return f"{self.name}+{self.key_id.hex()}+{write_base64(bytes([self.kind]) + self.public)}"

    def made(self, signature: Signature) -> bool:
        """Tell whether a signature says that this key made it."""
        return (self.name, self.key_id) == (signature.name, signature.key_id)

    def verifies(self, message: bytes, signed: bytes) -> bool:
        """Tell whether 64 bytes are this key's signature of a message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signed, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; it is never shown, and never in the store."""

    name: str
    kind: int
    _seed: bytes

    def __repr__(self) -> str:
        """Show whose it is, not what it is."""
        return f"SigningKey({self.name!r})"

    @classmethod
    def make(cls, name: str, kind: int = ED25519) -> SigningKey:
        """Make a new one; raises BadNote for a name that no key can have."""
        if not re.fullmatch(_NAME, name) or not name.isprintable():
            raise BadNote(f"{name!r} names no key: write an address without https://, with no blanks and no plus")
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read `PRIVATE+KEY+<name>+<8 hex of key id>+<base64>`; raises BadNote, which does not show it."""
        try:
            name, secret = _read_key(_SECRET, text, "a signing key")
            key = cls(name, secret[0], secret[1:])
            if text == key.written():
                return key
        except BadNote:
            pass  # it quotes what it was given
        raise BadNote("expected a signing key, PRIVATE+KEY+name+hash+base64, got something else")

    def written(self) -> str:
        """Write it as it is kept."""
        head = f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}"
        return f"{head}+{write_base64(bytes([self.kind]) + self._seed)}"

    @property
    def verifier(self) -> VerifierKey:
        """Give what its signatures are verified by."""
        public = Ed25519PrivateKey.from_private_bytes(self._seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    def sign(self, message: bytes) -> bytes:
        """Sign a message; 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self._seed).sign(message)

    def sign_text(self, text: str) -> Signature:
        """Sign the text of a note."""
        return Signature(self.name, self.verifier.key_id, self.sign(text.encode()))


def _read_key(form: re.Pattern[str], text: str, what: str) -> tuple[str, bytes]:
    found = form.fullmatch(text)
    if not found:
        raise BadNote(f"expected {what}, got {text!r:.200}")
    key = read_base64(found[3])
    if len(key) != 1 + KEY_BYTES or key[0] not in {ED25519, COSIGNATURE}:
        raise BadNote(f"expected {what} of Ed25519 (1 or 4 and {KEY_BYTES} bytes), got {text!r:.200}")
    return found[1], key


def write_note(text: str, signatures: Sequence[Signature]) -> str:
    """Write a signed note; its text ends in a newline."""
    return text + "\n" + "".join(signature.line() for signature in signatures)


def split_note(note: str) -> tuple[str, list[Signature]]:
    """Take a note apart into its text and its signatures, none of which is verified yet; raises BadNote."""
    if len(note) > LONGEST_NOTE:
        raise BadNote(f"expected a note of at most {LONGEST_NOTE} characters, got {len(note)}")
    if any(c < " " and c != "\n" for c in note):
        raise BadNote("expected a note without control characters, got one with them")
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise BadNote(f"expected a text, an empty line and signatures, each ending in a newline, got {note[:200]!r}")
    signatures = [_read_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > MOST_SIGNATURES:
        raise BadNote(f"expected at most {MOST_SIGNATURES} signatures, got {len(signatures)}")
    return text + "\n", signatures


def _read_signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    if not found:
        raise BadNote(f"expected a signature line, got {line[:200]!r}")
    signed = read_base64(found[2])
    if len(signed) <= ID_BYTES:
        raise BadNote(f"expected a key id and a signature, got {len(signed)} bytes")
    return Signature(found[1], signed[:ID_BYTES], signed[ID_BYTES:])


def open_note(note: str, keys: Sequence[VerifierKey]) -> tuple[str, VerifierKey]:
    """Give the text of a note and the first of some keys that signed it.

    Raises BadNote where none did, and where a signature that says to be of one of them is not.
    """
    text, signatures = split_note(note)
    signers = [key for signature in signatures for key in keys if _signed_by(key, signature, text)]
    if not signers:
        expected = " or ".join(key.written() for key in keys) or "a key that you hold (there is none)"
        found = ", ".join(f"{s.name}+{s.key_id.hex()}" for s in signatures)
        raise BadNote(f"expected a signature by {expected}, got signatures by {found}")
    return text, signers[0]


def _signed_by(key: VerifierKey, signature: Signature, text: str) -> bool:
    if not key.made(signature):
        return False
    if not key.verifies(text.encode(), signature.signed):
        raise BadNote(f"expected {key.name}'s signature of this text, got one of something else")
    return True
