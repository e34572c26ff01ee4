"""Hold signed notes, keys and checkpoints to C2SP: what is accepted is what was signed, to the byte."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.merkle import EMPTY_ROOT
from service.public_log.checkpoint import Checkpoint, cosign, find_cosigners, open_checkpoint, read_checkpoint
from service.public_log.note import COSIGNATURE, BadNote, SigningKey, VerifierKey, open_note, split_note, write_note

# Published with Go's sumdb/note: its own example, text, keys and signature.
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    f"{TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ry"
    "yBwJnAM=\n"
)
# The examples of C2SP tlog-checkpoint and tlog-cosignature; their keys are not published, their form is.
PUBLISHED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0"
    "xUe+mbIUBkBIfZ+qnA==\n"
)
LOG, WITNESS = SigningKey.make("record.example/log"), SigningKey.make("witness.example", COSIGNATURE)
CHECKPOINT = Checkpoint("record.example/log", 812, bytes(range(32)))
SIGNED = write_note(
    CHECKPOINT.text(), [LOG.sign_text(CHECKPOINT.text()), cosign(WITNESS, CHECKPOINT.text(), 1_679_315_147)]
)


def opened(note, *keys):
    """Give the text of a note, or nothing where it is refused."""
    try:
        return open_note(note, keys or [LOG.verifier])[0]
    except BadNote:
        return None


def test_the_published_note_is_verified_and_made():
    """The note that Go's package is published with is verified by its key, and made by its signing key to the byte."""
    key = SigningKey.parse(SKEY)
    assert (VKEY, SKEY) == (key.verifier.written(), key.written())
    assert (TEXT, VerifierKey.parse(VKEY)) == open_note(NOTE, [VerifierKey.parse(VKEY)])
    assert NOTE == write_note(TEXT, [key.sign_text(TEXT)])


def test_the_published_checkpoint_is_read():
    """The example of C2SP is taken apart as it says: a name, a size, a root, and two signatures."""
    text, signatures = split_note(PUBLISHED)
    assert [20852163, "example.com/behind-the-sofa"] == [read_checkpoint(text).size, read_checkpoint(text).origin]
    assert ["033de0ae", "8d66cf3f"] == [signature.key_id.hex() for signature in signatures]
    assert 1679315147 == int.from_bytes(signatures[1].signed[:8])
    assert PUBLISHED == write_note(text, signatures)


def test_a_checkpoint_is_these_bytes():
    """A checkpoint is its name, its size and its root in base64, each on a line."""
    assert "record.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n" == (
        Checkpoint("record.example/log", 0, EMPTY_ROOT).text()
    )
    assert CHECKPOINT == open_checkpoint(SIGNED, [LOG.verifier])


def test_a_cosignature_tells_who_and_when():
    """A witness's signature is found with its time, and is none of the log."""
    assert {WITNESS.verifier: 1_679_315_147} == find_cosigners(SIGNED, [WITNESS.verifier])
    stranger = SigningKey.make("witness.example", COSIGNATURE).verifier
    assert {} == find_cosigners(SIGNED, [stranger, LOG.verifier])


@pytest.mark.parametrize("at", range(len(SIGNED.encode())))
def test_no_changed_byte_passes(at):
    """With any byte of a signed checkpoint changed, it is refused, or says the same without the witness."""
    for bit in (1, 4, 32, 128):
        changed = bytearray(SIGNED.encode())
        changed[at] ^= bit
        try:
            note = changed.decode()
            found = (open_checkpoint(note, [LOG.verifier]), find_cosigners(note, [WITNESS.verifier]))
        except (BadNote, UnicodeDecodeError):
            continue
        assert (CHECKPOINT, {}) == found


@settings(max_examples=300)
@for_all(st.text(alphabet=st.sampled_from("a\n \u2014+=A/9"), max_size=60))
def test_no_nonsense_is_a_note(nonsense):
    """Whatever is put together of a note's own characters is refused, or unsigned."""
    assert opened(nonsense) is None
    assert opened(SIGNED + nonsense) in {None, CHECKPOINT.text()}
    assert opened(nonsense + SIGNED) in {None, CHECKPOINT.text()}


BAD = {
    "nobody signed": CHECKPOINT.text() + "\n",
    "somebody else did": write_note(
        CHECKPOINT.text(), [SigningKey.make("record.example/log").sign_text(CHECKPOINT.text())]
    ),
    "another text was signed": write_note(CHECKPOINT.text(), [LOG.sign_text("other\n")]),
    "one true signature and one false of the same key": write_note(
        CHECKPOINT.text(), [LOG.sign_text(CHECKPOINT.text()), LOG.sign_text("other\n")]
    ),
    "a carriage return": SIGNED.replace("\n812", "\r\n812"),
    "no newline at the end": SIGNED[:-1],
    "too many signatures": write_note(CHECKPOINT.text(), [LOG.sign_text(CHECKPOINT.text())] * 101),
    "too long": write_note("x" * 64_000 + "\n", [LOG.sign_text("x" * 64_000 + "\n")]),
}


@pytest.mark.parametrize("note", BAD.values(), ids=BAD)
def test_what_is_no_note_of_this_key_is_refused(note):
    """What this key did not sign, and what is no note, is refused."""
    assert opened(note) is None


BAD_TEXTS = {
    "a size with a leading zero": "record.example/log\n0812\n" + "A" * 43 + "=\n",
    "a size below zero": "record.example/log\n-1\n" + "A" * 43 + "=\n",
    "a size past the largest": "record.example/log\n9223372036854775808\n" + "A" * 43 + "=\n",
    "a short root": "record.example/log\n1\nAAAA\n",
    "a root written another way": "record.example/log\n1\n" + "A" * 42 + "B=\n",
    "an empty line": "record.example/log\n1\n" + "A" * 43 + "=\n\nmore\n",
    "no name": "\n1\n" + "A" * 43 + "=\n",
    "another log's": "other.example/log\n1\n" + "A" * 43 + "=\n",
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_what_is_no_checkpoint_is_refused_whoever_signed(text):
    """What is no checkpoint of this log is refused, though its key signed it."""
    with pytest.raises(BadNote):
        open_checkpoint(write_note(text, [LOG.sign_text(text)]), [LOG.verifier])


@pytest.mark.parametrize(
    "text", ["", "a", VKEY[:-1], VKEY.replace("c74f20a3", "c74f20a4"), VKEY + " ", VKEY.replace("+AR", "+CR")]
)
def test_what_is_no_key_is_refused(text):
    """A key that is cut off, changed, or of another kind is refused; a signing key is never shown."""
    with pytest.raises(BadNote, match="expected"):
        VerifierKey.parse(text)
    with pytest.raises(BadNote) as refusal:
        SigningKey.parse(SKEY[:-2] + text)
    assert SKEY[-20:-4] not in str(refusal.value)
    assert SKEY[-20:-4] not in repr(SigningKey.parse(SKEY))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x00b"])
def test_a_key_has_a_name_that_a_note_can_hold(name):
    """A name with blanks, a plus or control characters names no key."""
    with pytest.raises(BadNote):
        SigningKey.make(name)


def test_no_key_at_all():
    """Where there is no key to verify by, that is said."""
    with pytest.raises(BadNote, match=r"a signature by a key that you hold \(there is none\), got"):
        open_note(NOTE, [])
