"""A checkpoint that was kept is held to the events of an export themselves; a beginning says that it is one."""

from __future__ import annotations

import json
from base64 import b64encode

import orjson
import pytest
from click.testing import CliRunner

from domain.merkle import Frontier
from service.cli import main
from tests.log.auditing import ALONE, AUDITORS, HONEST
from tests.log.handing import EARLY, SIZE, resign, sign
from tests.log.making import event, make


def rewrite(lines, key):
    """Make another history of an export, under a checkpoint that is signed by the real key; gives its note too."""
    return resign(lines, key, lambda events: events[1]["data"].update(summary="Yes."))


def cut(lines, size, client):
    """Cut an export to its beginning, as whoever hides the rest would."""
    head, *items = lines.splitlines(keepends=True)
    proof = client.get(f"/log/consistency?from={size}&to={SIZE}").json["proof"]
    changed = orjson.dumps({**json.loads(head), "log_size": size, "consistency": proof}) + b"\n"
    return b"".join([changed, *items[:size], orjson.dumps({"complete": True, "events": size}) + b"\n"])


def test_a_rewritten_history_is_forked_from_what_was_kept(auditor, export, key, record):
    """An export that is signed and whole, and not the one that was seen, is found by an older checkpoint alone."""
    forged, note = rewrite(export(SIZE), key)
    assert HONEST == auditor.export(forged, key.verifier)
    assert HONEST == auditor.export(forged, key.verifier, note)
    found = auditor.export(forged, key.verifier, record[1])
    assert found.startswith("step 2: ")
    assert "forked" in found
    assert f"of the first {EARLY} events" in found


def test_what_was_kept_of_nothing_is_extended_by_all(auditor, export, key):
    """A checkpoint of the empty log is extended by every export, if its root is that of the empty tree."""
    empty = sign(key, 0, Frontier().root())
    assert HONEST == auditor.export(export(SIZE), key.verifier, empty)
    assert "step 2" in auditor.export(export(SIZE), key.verifier, sign(key, 0, bytes(32)))


def test_a_record_over_http_is_held_to_what_was_kept_by_its_events(auditor, key):
    """It is asked for no proof, which a record that was cut off cannot give; a fork and a cut are told apart."""
    made = make([event(), event(2, type="denied"), event(3, type="denied")], key)
    kept, other = (make([event(), event(2, type=word)], key).note for word in ("denied", "confirmed"))
    assert HONEST == auditor.server(made.fetch, key.verifier, kept)
    found = auditor.server(made.fetch, key.verifier, other)
    assert found.startswith("step 2: ")
    assert "forked" in found
    del made.answers["/events"][2:]
    assert "step 4: cut off: expected 3 events, which were signed, got 2" in auditor.server(
        made.fetch, key.verifier, kept
    )


@pytest.mark.parametrize("size", [0, 1, 2, 8, 14])
def test_a_beginning_is_less_than_what_was_kept(auditor, export, client, key, size):
    """An export cut to any beginning fails against a kept checkpoint of more, unless that beginning was asked for."""
    short, kept = cut(export(SIZE), size, client), client.get("/log/checkpoint").text
    found = auditor.export(short, key.verifier, kept)
    assert found.startswith("step 2: cut short: expected the 15 events that ")
    assert f"got the first {size}" in found
    assert f"--as-of {size}" in found
    if size in {0, 1, 2, 8}:  # past that, words are erased whose redaction is past the end
        assert HONEST == auditor.export(short, key.verifier)
        assert HONEST == auditor.export(short, key.verifier, kept, size)
    assert "step 4" in auditor.export(short, key.verifier, None, size + 1)


def test_an_older_file_than_what_was_kept_proves_nothing_of_it(auditor, export, key, client, record):
    """An export under an earlier checkpoint than the kept one passes if it is what was asked for, and says so."""
    early, kept = export(1), client.get("/log/checkpoint").text
    assert HONEST == auditor.export(early, key.verifier, kept, 1)
    assert auditor.export(early, key.verifier, kept).startswith("step 2: cut short")


def run(tmp_path, monkeypatch, text, *arguments):
    """Ask both verifiers about an export; answers each one's exit status and what it says."""
    monkeypatch.setenv("ONRECORD_DATABASE", f"sqlite:///{tmp_path}/none.db")
    (tmp_path / "record.ndjson").write_bytes(text)
    return CliRunner().invoke(main, ["verify", str(tmp_path / "record.ndjson"), *arguments])


def test_a_beginning_says_what_is_not_there(tmp_path, monkeypatch, capsys, export, client, key):
    """Of a beginning both verifiers say how much of the signed log it is, and that the rest is not in the file."""
    short, name = cut(export(SIZE), 2, client), key.verifier.written()
    told = run(tmp_path, monkeypatch, short, "--key", name)
    assert 0 == told.exit_code
    assert (
        "3 ok      events: the first 2 of the 15 events that were signed are canonical, committed to and in the log; "
        "the rest is not in this file\n"
    ) in told.stdout
    assert 0 == ALONE.main([str(tmp_path / "record.ndjson"), name])
    expected = "Verified: the first 2 of 15 events are in the log; the rest is not in this file.\n"
    assert expected == capsys.readouterr().out


def test_what_the_events_show_of_a_kept_checkpoint_is_said(tmp_path, monkeypatch, capsys, export, key, record):
    """An export that extends the kept checkpoint says so; so does one that cannot show it, of itself."""
    kept, name = tmp_path / "kept.txt", key.verifier.written()
    kept.write_text(record[1], encoding="utf-8")
    told = run(tmp_path, monkeypatch, export(SIZE), "--key", name, "--checkpoint", str(kept))
    assert (0, True) == (told.exit_code, "2 ok      growth: size 15 extends the size 5 that was kept\n" in told.stdout)
    assert 0 == ALONE.main([str(tmp_path / "record.ndjson"), name, str(kept)])
    assert "in the log of size 15; it extends the size 5 that you kept.\n" in capsys.readouterr().out


def test_events_that_are_not_those_signed_show_nothing_of_what_was_kept(export, key, record):
    """Where the events are not those that were signed, growth is not checked by them, and nothing is called forked."""
    changed = export(SIZE).replace(b"No 1.", b"No 7.", 1)
    for auditor in AUDITORS:
        found = auditor.export(changed, key.verifier, record[1])
        assert found.startswith("step 3: ")
        assert "forked" not in found


def test_a_proof_stands_where_an_export_is_a_beginning_alone(auditor, export, key):
    """A consistency proof where there is nothing to prove, or none where there is, is refused."""
    head, *lines = export(SIZE).splitlines(keepends=True)
    for junk in ([], ["junk"], "junk", None, {}, [b64encode(bytes(32)).decode()]):
        changed = orjson.dumps({**json.loads(head), "consistency": junk}) + b"\n"
        assert HONEST != auditor.export(b"".join([changed, *lines]), key.verifier), junk
    head, *lines = export(1).splitlines(keepends=True)
    told = json.loads(head)
    for other in ({**told, "consistency": "x"}, {k: v for k, v in told.items() if k != "consistency"}):
        assert HONEST != auditor.export(b"".join([orjson.dumps(other), b"\n", *lines]), key.verifier)
    head, *lines = export(0).splitlines(keepends=True)
    for junk in ("", {}, None, [b64encode(bytes(32)).decode()]):
        changed = orjson.dumps({**json.loads(head), "consistency": junk}) + b"\n"
        assert HONEST != auditor.export(b"".join([changed, *lines]), key.verifier), junk
