"""Two auditors who share no code find whatever was done to evidence, to an export, or to a record over HTTP."""

from __future__ import annotations

import json
from base64 import b64encode

import orjson
import pytest

from service.public_log.evidence import read_evidence
from service.public_log.note import SigningKey
from service.web.addresses import to_uuid
from tests.contract.proving import canonical
from tests.log.auditing import ALONE, AUDITORS, HONEST
from tests.log.handing import EARLY, SIZE, empty, mend, saying


def test_the_honest_are_believed(auditor, bundle, export, fetch, key, record):
    """Evidence, exports as of any size and the record itself are verified, against what was kept or nothing."""
    for kept in (None, record[1]):
        assert HONEST == auditor.evidence(bundle, key.verifier, kept)
        assert HONEST == auditor.server(fetch, key.verifier, kept)
        for size in (8, 9, 12, SIZE, SIZE + 1):
            assert HONEST == auditor.export(export(size), key.verifier, kept), size
            assert HONEST == auditor.export(export(size), key.verifier, kept, size), size
        for size in (0, 1):  # less than was kept, which is to be asked for
            assert HONEST == auditor.export(export(size), key.verifier, kept, size if kept else None), size


@pytest.mark.parametrize("size", [EARLY, 7])
def test_a_redaction_past_what_is_here_is_not_proved(auditor, export, key, size):
    """An export of a past moment whose words were redacted since does not hold the redaction, and says so."""
    assert "step 5" in auditor.export(export(size), key.verifier)


def test_a_bundle_says_what_it_is(bundle, record, client, key):
    """A bundle has what is needed to verify it, and tells how in plain words."""
    says = json.loads(bundle)
    assert ("onrecord-evidence/1", "record.example/log", key.verifier.written(), 0) == (
        *(says["format"], says["origin"], says["verifier_key"], says["unpublished"]),
    )
    assert [0, 1, 2, 3, 4, 5, 6, 7] == [item["position"] for item in says["events"]]
    assert "this file cannot prove" in says["readme"]
    assert client.get("/log/checkpoint").text == says["checkpoint"]
    assert 404 == client.get("/claims/4be7c1d2-0000-4000-8000-00000000dead/evidence").status_code


def test_what_is_not_signed_is_left_out_of_a_bundle(record, desk, client):
    """Events past the checkpoint are counted and left out."""
    mend(desk, record[0], ("declined", saying("Still no word.")), 8)
    says = client.get(f"{record[0]}/evidence").json
    assert (1, 8) == (says["unpublished"], len(says["events"]))


def edit(item, **changes):
    """Change members of an event's payload."""
    item["event"]["data"] |= changes


def enter(item, **changes):
    """Change members of an event."""
    item["event"] |= changes


def swap(items, one, other):
    """Put two events in each other's place."""
    items[one]["event"], items[other]["event"] = items[other]["event"], items[one]["event"]


def renumber(items):
    """Give positions anew."""
    for n, item in enumerate(items):
        item["position"] = n


def slip_in(items):
    """Put an event of another claim between others."""
    event = dict(items[0]["event"], claim="4be7c1d2-0000-4000-8000-000000000009")
    items.insert(2, {**items[1], "event": event})
    renumber(items)


def take_out(items):
    """Take an event out and close the gap."""
    del items[1]
    renumber(items)


TAMPERED = {
    "a payload edited": (lambda items: edit(items[1], summary="Yes."), "step 3"),
    "a salt changed": (lambda items: enter(items[1], salt=b64encode(bytes(16)).decode()), "step 3"),
    "an author changed": (lambda items: enter(items[3], recorded_by="nobody"), "step 3"),
    "a version changed": (lambda items: enter(items[3], version=9), "step 3"),
    "the entry of a redacted event edited": (lambda items: enter(items[2], commitment="0" * 64), "step 3"),
    "a payload emptied without a redaction": (lambda items: empty(items[1], 3), "step 5"),
    "a payload emptied by a redaction of another": (lambda items: empty(items[1], 8), "step 5"),
    "a payload emptied by no redaction at all": (lambda items: empty(items[1], 99), "step 5"),
    "an amendment of another emptied": (lambda items: empty(items[6], 8), "step 5"),
    "two swapped": (lambda items: swap(items, 1, 3), "step 3"),
    "two swapped with their positions": (lambda items: items.insert(1, items.pop(3)), "step 4"),
    "one taken out": (lambda items: items.pop(1), "step 4"),
    "one taken out and the gap closed": (take_out, "step 3"),
    "one slipped in": (slip_in, "step 3"),
    "one twice": (lambda items: items.insert(1, items[1]), "step 4"),
    "a member added": (lambda items: enter(items[1], note="true"), "step 3"),
    "a member left out": (lambda items: items[1]["event"].pop("salt"), ""),
    "a short salt": (lambda items: enter(items[1], salt="AAAA"), "step 3"),
    "an event that is none": (lambda items: items[1].update(event=None), ""),
    "a position that is none": (lambda items: items[1].update(position="1"), ""),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampered_evidence_is_found(auditor, bundle, key, name):
    """Whatever is changed in the events of a bundle is found, and the step is told."""
    tamper, step = TAMPERED[name]
    changed = json.loads(bundle)
    tamper(changed["events"])
    found = auditor.evidence(orjson.dumps(changed), key.verifier)
    assert HONEST != found
    assert step in found


@pytest.mark.parametrize("name", TAMPERED)
@pytest.mark.parametrize("size", [SIZE, SIZE + 1, 12])
def test_a_tampered_export_is_found(auditor, export, key, name, size):
    """Whatever is changed in the lines of an export is found, also where it is under a later checkpoint."""
    tamper, step = TAMPERED[name]
    head, *lines, end = export(size).splitlines()
    items = [json.loads(line) for line in lines]
    tamper(items)
    written = [b'{"position":%d,%b' % (int(i["position"]), canonical({"event": i["event"]})[1:]) for i in items]
    found = auditor.export(b"\n".join([head, *written, end, b""]), key.verifier)
    if name == "a position that is none":  # it is written as one
        assert HONEST == found
    else:
        assert HONEST != found
        assert step in found or "step 4" in found


@pytest.mark.parametrize("lost", [1, 2, 5])
def test_an_export_that_was_cut_off_is_found(auditor, export, key, lost):
    """An export without its last line, or with fewer events than it tells, is not whole."""
    lines = export(SIZE).splitlines(keepends=True)
    assert "step 4" in auditor.export(b"".join(lines[:-lost]), key.verifier)
    assert "step 4" in auditor.export(b"".join([*lines[: -1 - lost], lines[-1]]), key.verifier)
    assert "step 4" in auditor.export(b"".join([*lines, lines[1]]), key.verifier)


def test_a_gap_is_told_once(export, key):
    """Of an export from which an event is missing, the gap is told, and not again with every event after it."""
    lines = export(SIZE).splitlines(keepends=True)
    found = AUDITORS[0].export(b"".join(lines[:5] + lines[6:]), key.verifier)
    assert 1 == found.count("position out of order: expected position 4, got 5")
    assert 1 == found.count("position out of order")


def test_the_stand_alone_verifier_tells_how_it_is_asked(capsys):
    """Without a key it answers by its usage, and takes no option for a file."""
    with pytest.raises(SystemExit) as ended:
        ALONE.main(["evidence.json", "--key", "log+1+A"])
    assert 2 == ended.value.code
    assert capsys.readouterr().err.startswith("usage: verify.py ")


def test_an_export_in_other_bytes_is_found(auditor, export, key):
    """A line that says the same in other bytes is not what is stored."""
    assert HONEST != auditor.export(export(SIZE).replace(b'"lang":"', b'"lang": "', 1), key.verifier)
    assert HONEST != auditor.export(export(SIZE).replace(b'{"position":1,', b'{"position":01,'), key.verifier)


def test_another_checkpoint_is_found(auditor, bundle, export, fetch, key, record):
    """A checkpoint by another key, of another log, or changed, proves nothing."""
    for stranger in (SigningKey.make(key.name), SigningKey.make("other.example")):
        for found in (
            auditor.evidence(bundle, stranger.verifier),
            auditor.export(export(SIZE), stranger.verifier),
            auditor.server(fetch, stranger.verifier),
        ):
            assert "step 1" in found
    for was, now in ((b"\\n15\\n", b"\\n16\\n"), (b"record.example/log\\n15", b"other.example/log\\n15")):
        assert "step 1" in auditor.evidence(bundle.replace(was, now, 1), key.verifier)


@pytest.mark.parametrize("member", ["origin", "verifier_key"])
def test_what_a_file_tells_of_itself_is_held_to_its_checkpoint(auditor, bundle, export, key, member):
    """Another log's name or key in the head of a file, beside the checkpoint of this one, is found."""
    other = SigningKey.make("other.example").verifier
    other_one = {"origin": other.name, "verifier_key": other.written()}[member]
    assert "step 1" in auditor.evidence(orjson.dumps({**json.loads(bundle), member: other_one}), key.verifier)
    head, *lines = export(SIZE).splitlines(keepends=True)
    changed = orjson.dumps({**json.loads(head), member: other_one}) + b"\n"
    assert "step 1" in auditor.export(b"".join([changed, *lines]), key.verifier)


@pytest.mark.parametrize("member", ["claim", "checkpoint", "events"])
def test_a_bundle_that_lacks_something_is_none(auditor, bundle, key, member):
    """A bundle without a member, or with another claim's name, proves nothing."""
    changed = json.loads(bundle)
    del changed[member]
    assert HONEST != auditor.evidence(orjson.dumps(changed), key.verifier)
    assert HONEST != auditor.evidence(orjson.dumps({**changed, member: []}), key.verifier)
    assert HONEST != auditor.evidence(orjson.dumps({**changed, member: "x"}), key.verifier)


def test_a_roll_back_and_a_fork_are_found(auditor, record, fetch, key, publisher, clock):
    """Against a checkpoint kept from before, a record that is smaller now, or another, is found."""
    kept = fetch("/log/checkpoint").decode()
    rolled_back = {"/log/checkpoint": record[1].encode()}
    found = auditor.server(lambda path: rolled_back.get(path) or fetch(path), key.verifier, kept)
    assert "step 2" in found
    assert "rolled back" in found
    text = record[1].partition("\n\n")[0].replace(record[1].split("\n")[2], b64encode(bytes(32)).decode()) + "\n"
    forked = f"{text}\n{key.sign_text(text).line()}"
    assert "step 2" in auditor.server(fetch, key.verifier, forked)
    assert "fork" in auditor.server(fetch, key.verifier, forked)


def test_a_record_that_answers_less_is_found(auditor, record, fetch, key):
    """A record over HTTP that leaves events out, or changes one, is found."""

    def cut(path):
        page = json.loads(fetch(path)) if path.startswith("/events") else None
        return fetch(path) if page is None else orjson.dumps({**page, "events": page["events"][5:]})

    def changed(path):
        return fetch(path).replace(b"No 1.", b"Yes 1.")

    assert HONEST != auditor.server(cut, key.verifier)
    assert "step 3" in auditor.server(changed, key.verifier)


def test_evidence_comes_from_one_look(record, store):
    """A claim that there is none of has no evidence."""
    with store.reading() as view:
        assert read_evidence(view, to_uuid(record[0].rpartition("/")[2])).log_size == SIZE + 1
