"""What cannot be verified, or exported, is told in a sentence with its step or what to do, never in a traceback."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from service.cli import verifying
from service.cli.verifying import _look_beside
from service.public_log.kept_note import KeptNote
from service.public_log.note import SigningKey
from service.rebuild import rebuild
from service.verifying.steps import Report, Trust
from tests.log.auditing import ALONE

STORY = Path(__file__).parent.parent.parent / "service" / "stories" / "moscow-contact.jsonl"


@pytest.fixture
def signed(onrecord, folder):
    """Record the story and sign it; gives a way to run a statement that the program knows nothing of."""
    onrecord("import", str(STORY))
    onrecord("log", "publish")

    def run(*statements):
        with closing(sqlite3.connect(folder / "onrecord.db", isolation_level=None)) as connection:
            for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {trigger}")
            for statement in statements:
                connection.execute(statement)

    return run


def test_what_came_of_each_step_as_json(onrecord, signed):
    """With --json a program reads what came of each step; the status is the same."""
    whole = onrecord("verify", "--json")
    assert (0, True, ["1", "2", "3", "4", "5", "6"]) == (whole.exit_code, *_members(whole))
    signed("UPDATE events SET state = replace(state, 'unfounded', 'well founded')")
    edited = onrecord("verify", "--no-replay", "--json")
    assert (3, False) == (edited.exit_code, _members(edited)[0])
    assert "edited" in {fault["name"] for fault in json.loads(edited.stdout)["faults"]}


def _members(result):
    told = json.loads(result.stdout)
    return told["ok"], sorted(told["done"])


def test_a_standby_is_verified_by_what_it_serves(onrecord, monkeypatch):
    """Where readers are answered from a standby, it is said that this one is not looked at, and what does."""
    monkeypatch.setenv("ONRECORD_READ_DATABASE", "postgresql://standby.example/onrecord")
    result = onrecord("verify", "--no-replay")
    told = "This looks at the database that is written to; `onrecord verify URL` looks at what its standby serves."
    assert told in result.stderr.splitlines()


def test_a_record_that_does_not_answer(onrecord):
    """That nobody answers at an address is no fault of a record: status 1, and what to look at."""
    result = onrecord("verify", "http://127.0.0.1:1")
    assert (1, "") == (result.exit_code, result.stdout)
    assert "http://127.0.0.1:1 does not answer" in result.stderr
    assert "Is the address right, and the record up?" in result.stderr


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"format":"onrecord-evidence/1","checkpoint":', '{"a":' * 999]
)
def test_a_file_that_breaks_off(onrecord, folder, text):
    """A file that breaks off, or is none of ours, fails with 3 and a step."""
    (folder / "file.json").write_text(text, encoding="utf-8")
    result = onrecord("verify", "file.json")
    assert 3 == result.exit_code
    assert "3 FAILED  events: not readable: expected" in result.stdout


def test_a_file_without_an_end_fills_no_memory(onrecord, folder, monkeypatch, capsys):
    """Of evidence, and of a line of an export, no more is read than there can be: a longer one is refused, by both."""
    for where, names in ((verifying, ("LONGEST_LINE", "LARGEST_EVIDENCE")), (ALONE, ("LONGEST_LINE", "BUNDLE"))):
        monkeypatch.setattr(where, names[0], 500)
        monkeypatch.setattr(where, names[1], 1_000)
    key = SigningKey.make("a").verifier.written()
    (folder / "file.json").write_text('{"format":"onrecord-evidence/1","claim":"' + "x" * 2_000, encoding="utf-8")
    result = onrecord("verify", "file.json", "--key", key)
    assert (3, True) == (result.exit_code, "expected evidence of at most 1,000 bytes, got more" in result.stdout)
    assert ALONE.main([str(folder / "file.json"), key]) == 3
    assert "evidence of at most 1000 bytes" in capsys.readouterr().out


def test_an_export_of_a_record_whose_tail_was_cut(onrecord, signed):
    """What was signed and cannot be proved any more is not exported, and the command that names why is told."""
    signed("DELETE FROM events WHERE position >= 20", "DELETE FROM log WHERE position >= 20", "DELETE FROM log_nodes")
    signed("UPDATE log_head SET size = 20")
    result = onrecord("export", "-o", "record.ndjson")
    assert 1 == result.exit_code
    assert "Nothing is exported" in result.stderr
    assert "`onrecord verify` names what was done" in result.stderr
    assert "4 FAILED  order: cut off: expected the 31 events that were signed, got 20" in onrecord("verify").stdout


def test_witnesses_that_are_none(onrecord, monkeypatch):
    """A scheduler refuses witnesses that are none before it runs a job."""
    monkeypatch.setenv("ONRECORD_WITNESSES", "nonsense")
    onrecord("db", "init")
    result = onrecord("scheduler")
    assert 1 == result.exit_code
    assert "The configuration is wrong: ONRECORD_WITNESSES: expected a verifier key" in result.stderr


def test_an_export_from_a_pipe(onrecord, signed, folder):
    """An export that comes through a pipe, in which nobody can go back, is verified like a file."""
    onrecord("export", "-o", "record.ndjson")
    os.mkfifo(folder / "pipe")
    text = (folder / "record.ndjson").read_bytes()
    writer = threading.Thread(target=(folder / "pipe").write_bytes, args=[text])
    writer.start()
    assert 0 == onrecord("verify", "pipe").exit_code
    writer.join()


def test_a_note_that_is_not_for_your_eyes(tmp_path):
    """Who may not read what stands beside the key is told in step 2 that it was not looked at; that is no fault."""
    kept, report, user = KeptNote(tmp_path / "key.signed"), Report(passed_over={2: "nothing was kept"}), os.geteuid()
    kept.path.touch(0o000)
    os.seteuid(user or 65_534)  # root may read anything
    try:
        _look_beside(report, None, Trust(), kept)
    finally:
        os.seteuid(user)
    told = f"nothing was kept; {kept.path}, which tells what was signed last, was not looked at: you may not read it"
    assert ([], {2: told}) == (report.faults, report.passed_over)


def test_what_stands_beside_the_key_and_is_no_note(onrecord, signed, folder):
    """What is no note beside the key is a fault by its name, whatever it is, and nothing is signed on top of it."""
    beside = folder / "onrecord.db.key.signed"
    assert (
        "2 ok      growth: size 31 extends the size 31 that onrecord.db.key.signed tells of"
        in onrecord("verify").stdout
    )
    note = beside.read_text(encoding="utf-8")
    for left in (b"\xff", b"", note.replace("\n31\n", "\n30\n").encode(), b"hello\n\n\xe2\x80\x94 a AAAAAAA=\n", None):
        beside.unlink()
        beside.mkdir() if left is None else beside.write_bytes(left)
        result = onrecord("verify", "--no-replay")
        assert 3 == result.exit_code
        told = "1 FAILED  signature: note damaged: onrecord.db.key.signed is to tell what was signed last: expected "
        assert told in result.stdout
    refused = onrecord("log", "publish")
    assert 1 == refused.exit_code
    assert "onrecord.db.key.signed does not tell what was signed last: expected a signed note" in refused.stderr


def test_what_is_changed_between_the_steps_is_found(onrecord, signed, monkeypatch):
    """Whoever waits until the events were looked at, and changes them before they are replayed, is found by step 6."""

    def changing(store):
        signed("UPDATE events SET state = replace(state, 'unfounded', 'justified')")
        rebuild(store, lambda _: None)
        return Report()

    assert 0 == onrecord("verify").exit_code
    monkeypatch.setattr(verifying, "check_indexes", changing)
    found = onrecord("verify")
    assert 3 == found.exit_code
    told = "events: expected those that were looked at in step 3, got others: somebody changed them meanwhile"
    assert f"6 FAILED  read model: read model differs: {told}\n" in found.stdout


def test_words_that_an_earlier_version_read_otherwise(onrecord, signed):
    """Where only what searches find by differs, it is said what may have made it so and what to do; not beside more."""
    asks = "`onrecord db rebuild` makes it anew from the events."
    assert asks not in onrecord("verify").stderr
    signed("UPDATE words SET tokens = tokens || ' zzz' WHERE position = 4")
    found = onrecord("verify")
    assert (3, True) == (found.exit_code, asks in found.stderr)
    signed("UPDATE bodies SET body = replace(body, 'denies', 'affirms')")
    assert asks not in onrecord("verify").stderr


@pytest.mark.usefixtures("signed")
def test_of_several_kept_checkpoints_none_is_silently_passed_over(onrecord, folder, capsys):
    """Several are asked wrongly: each is to be verified by itself."""
    for name in ("old.txt", "new.txt"):
        (folder / name).write_text(onrecord("log", "publish").stdout, encoding="utf-8")
    assert 0 == onrecord("verify", "--checkpoint", "old.txt").exit_code
    twice = onrecord("verify", "--checkpoint", "old.txt", "--checkpoint", "new.txt")
    assert (2, "") == (twice.exit_code, twice.stdout)
    assert "verify once for each that you kept" in twice.stderr
    with pytest.raises(SystemExit) as ended:
        ALONE.main(["http://127.0.0.1:1", SigningKey.make("a").verifier.written(), "old.txt", "new.txt"])
    assert 2 == ended.value.code
    assert "unrecognized arguments: new.txt" in capsys.readouterr().err


@pytest.mark.parametrize("kept", [b"\xff", None], ids=["no text", "not there"])
def test_what_was_kept_is_a_file_with_a_text(onrecord, folder, kept):
    """A kept checkpoint that cannot be read is asked wrongly, of both verifiers."""
    if kept:
        (folder / "kept.txt").write_bytes(kept)
    key = SigningKey.make("a").verifier.written()
    assert 2 == onrecord("verify", "x.ndjson", "--key", key, "--checkpoint", "kept.txt").exit_code
    with pytest.raises(SystemExit) as ended:
        ALONE.main(["x.ndjson", key, "kept.txt"])
    assert 2 == ended.value.code
