"""Whoever meets a key that was replaced is told so: who replaces it, and who verifies with one of the two."""

from __future__ import annotations

import shutil

import pytest

from service.public_log.note import VerifierKey, open_note
from tests.log.auditing import ALONE


@pytest.fixture
def rotated(onrecord, story, folder):
    """Sign a record, keep the checkpoint, replace the key; gives both keys, and what was told."""
    onrecord("import", story)
    (folder / "kept.txt").write_text(onrecord("log", "publish").stdout, encoding="utf-8")
    old = onrecord("log", "keygen").stdout.strip()
    told = onrecord("log", "keygen", "--rotate")
    assert 0 == told.exit_code
    shutil.copy(ALONE.__file__, folder)
    assert 0 == onrecord("export", "-o", "record.ndjson").exit_code
    return old, told.stdout.strip(), told.stderr


def test_who_replaces_a_key_is_told_of_both(rotated, onrecord):
    """The new key alone is on stdout; beside it stand the old one, the statement that both signed, and who needs it."""
    old, new, told = rotated
    assert new == onrecord("log", "keygen").stdout.strip()
    statement = told.split("\n\n", 1)[1].rpartition("\nHand out")[0]
    for key in (old, new):
        text, _ = open_note(statement, [VerifierKey.parse(key)])
        assert text == f"onrecord-log-key/1\nlocalhost/onrecord\n31\n{old}\n{new}\n"
    assert f"beside the old one, {old}," in told
    assert "This key signs from log size 31 on." in told
    assert f"until whoever runs one starts it with both keys: --log {old} --log {new}\n" in told


def test_one_key_of_two_is_told_from_a_fraud(rotated, onrecord, capsys):
    """With one key of two, both verifiers name the key that is missing, and where to find it."""
    old, new, _ = rotated
    for key, missing, step in ((old, new, 1), (new, old, 2)):
        key_id = missing.split("+")[1]
        ours = onrecord("verify", "record.ndjson", "--key", key, "--checkpoint", "kept.txt")
        assert 3 == ours.exit_code
        assert 3 == ALONE.main(["record.ndjson", key, *(["kept.txt"] if step == 2 else [])])
        for told in (ours.stdout, capsys.readouterr().out):
            line = next(line for line in told.splitlines() if "FAILED" in line)
            assert key_id in line
            assert "/log/keys" in line
            assert "--key" in line
            assert "signed, which you did not give, so that is not verified" in line  # anybody can write a key's id
            assert "not this log's" not in told
        assert f"{step} FAILED" in ours.stdout
    assert 0 == onrecord("verify", "record.ndjson", "--key", old, "--key", new, "--checkpoint", "kept.txt").exit_code
    assert 0 == ALONE.main(["record.ndjson", old, "--key", new, "kept.txt"])


def test_another_log_is_not_told_to_have_replaced_its_key(rotated, onrecord):
    """Where the signature is in another name, nothing is said of a replaced key."""
    from service.public_log.note import SigningKey  # noqa: PLC0415

    other = SigningKey.make("other.example").verifier.written()
    told = onrecord("verify", "record.ndjson", "--key", other).stdout
    assert "1 FAILED  signature: not signed by this key: expected a signature by other.example+" in told
    assert "/log/keys" not in told


def test_what_nobody_of_yours_signed_is_not_checked(rotated, onrecord):
    """Where the signature fails, the steps that rest on it are not called ok."""
    old, _, _ = rotated
    lines = onrecord("verify", "record.ndjson", "--key", old).stdout.splitlines()
    not_checked = "not checked: nothing here is signed by a key of yours"
    expected = [
        f"3 -       events: {not_checked}",
        f"4 -       order: {not_checked}",
        f"5 -       redactions: {not_checked}",
    ]
    assert expected == lines[2:5]


def test_what_is_cut_off_is_not_called_checked(rotated, onrecord, folder):
    """Where events are missing that were signed, the steps that need them all are not called ok."""
    _, new, _ = rotated
    lines = (folder / "record.ndjson").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "record.ndjson").write_text("".join(lines[:-3]), encoding="utf-8")
    told = onrecord("verify", "record.ndjson", "--key", new).stdout
    assert "3 -       events: not checked: the events that were signed are not all there\n" in told
    assert "4 FAILED  order: cut off: expected 31 events and a last line, got 29 and no last line\n" in told
    assert "5 -       redactions: not checked: the events that were signed are not all there\n" in told


def test_what_cannot_be_read_leaves_the_rest_unchecked(rotated, onrecord, folder):
    """Where an event cannot be read, what it is to the order is not known, and neither is called ok."""
    _, new, _ = rotated
    lines = (folder / "record.ndjson").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[31] = lines[31].replace('"version":', '"version": ')
    (folder / "record.ndjson").write_text("".join(lines), encoding="utf-8")
    told = onrecord("verify", "record.ndjson", "--key", new).stdout
    assert "3 FAILED  events: edited: position 30: expected canonical JSON" in told
    assert "4 -       order: not checked: there are events that cannot be read\n" in told
    assert "5 -       redactions: not checked: there are events that cannot be read\n" in told
