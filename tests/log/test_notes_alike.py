"""What a signed checkpoint may look like is one thing for both verifiers, as C2SP `signed-note` has it."""

from __future__ import annotations

import pytest

from service.public_log.checkpoint import Checkpoint, open_checkpoint
from service.public_log.note import BadNote, SigningKey, write_note
from tests.log.auditing import ALONE

KEY, OTHER = SigningKey.make("record.example/log"), SigningKey.make("other.example/log")
TEXT = Checkpoint(KEY.name, 812, bytes(range(32))).text()
UNKNOWN = OTHER.sign_text(TEXT).line()


def signed(text=TEXT, *lines):
    """Sign a text, with lines more under it."""
    return write_note(text, [KEY.sign_text(text)]) + "".join(lines)


def filled(size):
    """Sign a text with a line more, so that the note has so many characters."""
    return signed(f"{TEXT}{'x' * (size - len(signed()) - 1)}\n")


NOTES = {
    "as it is": (signed(), True),
    "an unknown signer": (signed(TEXT, UNKNOWN), True),
    "an unknown signer first": (write_note(TEXT, [OTHER.sign_text(TEXT), KEY.sign_text(TEXT)]), True),
    "an unknown signer of five bytes": (signed(TEXT, "\u2014 x AAAAAAA=\n"), True),
    "an unknown signer of four bytes": (signed(TEXT, "\u2014 x AAAAAA==\n"), False),
    "an unknown signer of three bytes": (signed(TEXT, "\u2014 x AAAA\n"), False),
    "an unknown signer without a signature": (signed(TEXT, "\u2014 x \n"), False),
    "an unknown signer without base64": (signed(TEXT, "\u2014 x ?AAAAAA=\n"), False),
    "an unknown signer in another base64": (signed(TEXT, "\u2014 x AAAAAAB=\n"), False),
    "an unknown signer with a plus": (signed(TEXT, "\u2014 x+y AAAAAAA=\n"), False),
    "an unknown signer without a name": (signed(TEXT, "\u2014  AAAAAAA=\n"), False),
    "a line that is no signature": (signed(TEXT, "junk\n"), False),
    "another dash": (signed(TEXT, "- x AAAAAAA=\n"), False),
    "an empty line behind": (signed(TEXT, "\n"), False),
    "no newline at the end": (signed()[:-1], False),
    "a line more under the root": (signed(f"{TEXT}more\n"), True),
    "an empty line under the root": (signed(f"{TEXT}\nmore\n"), False),
    "a control character": (signed(f"{TEXT}mo\tre\n"), False),
    "a delete character": (signed(f"{TEXT}mo\x7fre\n"), True),
    "as many signatures as may be": (signed(TEXT, UNKNOWN * 99), True),
    "a signature too many": (signed(TEXT, UNKNOWN * 100), False),
    "as long as may be": (filled(64_000), True),
    "a character too long": (filled(64_001), False),
}


@pytest.mark.parametrize("signers", [(KEY, OTHER), (OTHER, KEY), (OTHER,), (KEY,)])
@pytest.mark.parametrize("held", [(KEY, OTHER), (OTHER, KEY)])
def test_both_take_the_keys_of_two_logs_alike(signers, held):
    """Who holds the keys of two logs believes a checkpoint that the one it is of has signed, in whatever order."""
    note = write_note(TEXT, [signer.sign_text(TEXT) for signer in signers])
    keys = [ALONE.read_key(ALONE.LOG, key.verifier.written()) for key in held]
    if KEY in signers:
        assert 812 == open_checkpoint(note, [key.verifier for key in held]).size
        assert 812 == ALONE.open_checkpoint(1, note, keys).size
        return
    with pytest.raises(BadNote):
        open_checkpoint(note, [key.verifier for key in held])
    with pytest.raises(ALONE.Failed):
        ALONE.open_checkpoint(1, note, keys)


@pytest.mark.parametrize(("note", "good"), NOTES.values(), ids=NOTES)
def test_both_take_a_note_alike(note, good):
    """Lines of signers whom nobody knows are passed over, what is no such line lets the whole note be refused."""
    key = ALONE.read_key(ALONE.LOG, KEY.verifier.written())
    if good:
        assert 812 == open_checkpoint(note, [KEY.verifier]).size == ALONE.open_checkpoint(1, note, [key]).size
        return
    with pytest.raises(BadNote):
        open_checkpoint(note, [KEY.verifier])
    with pytest.raises((ALONE.Failed, *ALONE.UNREADABLE)):
        ALONE.open_checkpoint(1, note, [key])
