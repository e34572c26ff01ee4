"""Hold the witness to C2SP tlog-witness: it signs what extends the last it signed, and nothing else."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.merkle import prove_consistency
from service.public_log.checkpoint import Checkpoint, find_cosigners
from service.public_log.note import COSIGNATURE, Signature, SigningKey, write_note
from service.public_log.witness import Forgotten, Refused, Witness, write_request
from service.web.witness import create_witness
from tests.domain.test_merkle import LEAVES, NODE, tree_hash

LOG, OTHER = SigningKey.make("record.example/log"), SigningKey.make("other.example/log")
WITNESS = SigningKey.make("witness.example", COSIGNATURE)
HOUSE = Path(__file__).parent.parent.parent


@pytest.fixture
def witness(tmp_path, clock):
    """Set up a witness of two logs."""
    return Witness(WITNESS, [LOG.verifier, OTHER.verifier], tmp_path / "seen", clock)


@pytest.fixture
def ask(witness):
    """Give a way to ask the witness over HTTP; answers status and text."""
    client = create_witness(witness).test_client()

    def asked(body):
        answer = client.post("/add-checkpoint", data=body)
        return answer.status_code, answer.text

    return asked


def note_of(size, key=LOG, root=None, origin=None):
    """Sign a checkpoint of the first leaves."""
    text = Checkpoint(origin or key.name, size, root or tree_hash(LEAVES[:size])).text()
    return write_note(text, [key.sign_text(text)])


def request_for(old, size, **more):
    """Ask for a checkpoint to be signed, with the proof that it extends the old one."""
    proof = [b64encode(part).decode() for part in prove_consistency(old, size, NODE)] if old <= size else []
    return write_request(old, more.pop("proof", proof), more.pop("note", note_of(size, **more)))


def test_what_grows_is_signed(ask, witness, clock):
    """From nothing, by any step, and at the same size again, a consistent checkpoint is signed with the time."""
    for old, size in ((0, 5), (5, 5), (5, 6), (6, 64), (64, 300)):
        clock.move_on(minutes=1)
        status, line = ask(request_for(old, size))
        assert 200 == status, line
        at = int(clock().timestamp())
        assert {WITNESS.verifier: at} == find_cosigners(note_of(size) + line, [WITNESS.verifier])
        assert size == witness.find_last(LOG.name).size
    assert 0 == witness.find_last(OTHER.name).size


def test_an_empty_log_is_signed_first(ask):
    """A log may come before it has anything."""
    assert [200, 200] == [ask(request_for(old, size))[0] for old, size in ((0, 0), (0, 9))]


def test_the_example_of_the_specification_is_read():
    """A request is `old` and a size, the proof's hashes, an empty line and the checkpoint."""
    body = request_for(6, 8).decode()
    assert body.startswith("old 6\n")
    assert body.endswith("=\n")
    assert 3 == len(body.partition("\n\n")[0].split("\n")) - 1


FORKED = bytes(range(32))
REFUSED = {
    "a roll-back": (409, request_for(5, 5)),
    "a smaller size than was signed": (409, request_for(0, 5)),
    "a step that leaves what was signed out": (409, request_for(0, 64)),
    "an old size past the new one": (400, request_for(9, 5, proof=[])),
    "a fork at the same size": (409, request_for(6, 6, root=FORKED)),
    "a fork further on": (422, request_for(6, 64, root=FORKED)),
    "a false proof": (422, request_for(6, 64, proof=[b64encode(FORKED).decode()] * 4)),
    "no proof": (422, request_for(6, 64, proof=[])),
    "a proof of nothing": (422, request_for(6, 6, proof=[b64encode(FORKED).decode()])),
    "a log it does not know": (404, request_for(6, 64, key=SigningKey.make("stranger.example"))),
    "a log's name with another key": (403, request_for(6, 64, key=SigningKey.make("record.example/log"))),
    "the key of one log, the name of another": (403, request_for(0, 64, key=OTHER, origin="record.example/log")),
    "nothing": (400, b""),
    "no old size": (400, request_for(6, 64).partition(b"\n")[2]),
    "an old size with a leading zero": (400, request_for(6, 64).replace(b"old 6", b"old 06")),
    "an old size below zero": (400, request_for(6, 64).replace(b"old 6", b"old -6")),
    "an old size past all numbers": (400, request_for(6, 64).replace(b"old 6", b"old 9" + b"9" * 30)),
    "too many hashes": (400, request_for(6, 64, proof=[b64encode(FORKED).decode()] * 64)),
    "a hash that is none": (400, request_for(6, 64, proof=["AAA"])),
    "a short hash": (422, request_for(6, 64, proof=["AAAA"])),
    "no checkpoint": (400, b"old 6\n\nhello\n"),
    "bytes that are no text": (400, b"old 6\n\n\xff\xfe"),
    "a body that is too large": (413, b"old 6\n\n" + b"x" * 70_000),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_grow_from_what_was_signed_is_refused(ask, witness, name):
    """A refused request changes nothing; one that starts elsewhere is told the size that was signed last."""
    assert 200 == ask(request_for(0, 6))[0]
    status, body = REFUSED[name]
    answered = ask(body)
    assert status == answered[0], answered
    assert status != 409 or answered[1] == "6\n"
    assert 6 == witness.find_last(LOG.name).size
    assert 200 == ask(request_for(6, 7))[0]


def test_a_conflict_says_its_type(witness):
    """The size that was signed last comes as text/x.tlog.size; the page tells the key and what was seen."""
    client = create_witness(witness).test_client()
    client.post("/add-checkpoint", data=request_for(0, 6))
    answer = client.post("/add-checkpoint", data=request_for(0, 7))
    assert (409, "text/x.tlog.size", "6\n") == (answer.status_code, answer.content_type, answer.text)
    expected = f"{WITNESS.verifier.written()}\n\n{LOG.verifier.written()} 6\n{OTHER.verifier.written()} 0\n"
    assert expected == client.get("/").text


def test_two_requests_at_once_never_sign_two_histories(witness):
    """Of many who start from the same size at once, each to another, one is signed; the others are refused."""
    witness.add_checkpoint(request_for(0, 6))
    answers, start = [], threading.Barrier(8)

    def ask(size):
        start.wait()
        try:
            witness.add_checkpoint(request_for(6, size))
            answers.append("signed")
        except Refused as error:
            answers.append(type(error).__name__)

    threads = [threading.Thread(target=ask, args=(size,)) for size in range(10, 18)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["Moved"] * 7 + ["signed"] == sorted(answers)


def test_what_was_signed_outlives_the_process(witness, tmp_path, clock):
    """A witness that starts anew knows what it signed."""
    witness.add_checkpoint(request_for(0, 6))
    again = Witness(WITNESS, [LOG.verifier], tmp_path / "seen", clock)
    assert (6, tree_hash(LEAVES[:6])) == (again.find_last(LOG.name).size, again.find_last(LOG.name).root)


DAMAGED = {
    "nothing": b"",
    "no text": b"\xff",
    "no note": b"record.example/log\n6\n",
    "another size": note_of(6).replace("\n6\n", "\n7\n").encode(),
    "another history": "\n\n".join([note_of(6, root=FORKED).split("\n\n")[0], note_of(6).split("\n\n")[1]]).encode(),
    "of another log": note_of(6, key=OTHER).encode(),
    "of another name": note_of(6, origin=OTHER.name).encode(),
    "by another key": note_of(6, key=SigningKey.make(LOG.name)).encode(),
}


@pytest.mark.parametrize("left", DAMAGED.values(), ids=DAMAGED)
def test_a_witness_that_has_forgotten_signs_nothing(witness, tmp_path, left):
    """A file that holds nothing the log signed is no log that was never seen: from there it could be led to a fork."""
    client = create_witness(witness).test_client()
    client.post("/add-checkpoint", data=request_for(0, 6))
    (kept,) = (tmp_path / "seen").glob("*.checkpoint")
    kept.write_bytes(left)
    asked = [client.post("/add-checkpoint", data=request_for(old, 8)) for old in (0, 6, 7)]
    for answer in (*asked, client.get("/")):
        assert 500 == answer.status_code
        assert answer.text.startswith(f"{kept.name} does not tell what was signed last of {LOG.name}: ")
    assert left == kept.read_bytes()


@pytest.mark.parametrize("instead", [None, "nowhere"])
def test_a_witness_whose_note_is_gone_signs_nothing(ask, tmp_path, instead):
    """What was signed last and is gone, or behind a link to a disk that is not there, is no log that was never seen."""
    assert 200 == ask(request_for(0, 6))[0]
    (kept,) = (tmp_path / "seen").glob("*.checkpoint")
    left = kept.rename(tmp_path / "moved")
    if instead:
        kept.symlink_to(tmp_path / instead)
    assert [500] * 3 == [ask(request_for(old, 8))[0] for old in (0, 6, 7)]
    left.rename(kept)
    assert 200 == ask(request_for(6, 8))[0]


def test_a_stranger_puts_nothing_into_what_a_witness_keeps(witness, tmp_path, clock):
    """A line that says to be of a key which will follow is passed over, and not there once the witness has that key."""
    new = SigningKey.make(LOG.name)
    false = Signature(LOG.name, new.verifier.key_id, bytes(64)).line()
    assert witness.add_checkpoint(write_request(0, [], note_of(6) + false))
    both = Witness(WITNESS, [LOG.verifier, new.verifier], tmp_path / "seen", clock)
    assert 6 == both.find_last(LOG.name).size
    assert both.add_checkpoint(request_for(6, 7, key=new))


def test_the_time_of_a_signature_is_from_while_nothing_larger_can_be_signed(tmp_path):
    """A signature says that this was the largest at its time, so that is told before another may be signed."""

    def clock():
        (lock,) = (tmp_path / "seen").glob("*.lock")
        with lock.open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return datetime(2026, 1, 31, tzinfo=UTC)

    assert Witness(WITNESS, [LOG.verifier], tmp_path / "seen", clock).add_checkpoint(request_for(0, 6))


def test_a_witness_of_a_log_that_replaced_its_key_holds_both(witness, tmp_path, clock):
    """What the old key signed is known by the old key; once the new one signed what follows, that alone will do."""
    witness.add_checkpoint(request_for(0, 6))
    new = SigningKey.make(LOG.name)
    alone = Witness(WITNESS, [new.verifier], tmp_path / "seen", clock)
    with pytest.raises(Forgotten, match="name the one before it too, with another --log"):
        alone.add_checkpoint(request_for(6, 7, key=new))
    both = Witness(WITNESS, [LOG.verifier, new.verifier], tmp_path / "seen", clock)
    assert both.add_checkpoint(request_for(6, 7, key=new))
    assert 7 == alone.find_last(LOG.name).size


@pytest.mark.faults
def test_a_witness_that_is_killed_has_not_forgotten(tmp_path):
    """Killed at any moment, a witness knows at least the last size for which a signature was given away."""
    program = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from service.public_log.note import SigningKey; from service.public_log.witness import Witness\n"
        "from tests.log import test_witness as t\n"
        "t.LOG = SigningKey.parse(sys.argv[2])\n"
        "w = Witness(t.WITNESS, [t.LOG.verifier], Path(sys.argv[1]), lambda: datetime.now(UTC))\n"
        "last = w.find_last(t.LOG.name).size\n"
        "while last < 299:\n"
        "    w.add_checkpoint(t.request_for(last, last + 1, key=t.LOG)); last += 1; print(last, flush=True)\n"
    )
    signed = 0
    for _ in range(8):
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", program, str(tmp_path / "seen"), LOG.written()],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HOUSE)},
        )
        for _ in range(15):
            signed = max(signed, int(process.stdout.readline() or 0))
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        signed = max([signed, *(int(line) for line in rest.split())])
        last = Witness(WITNESS, [LOG.verifier], tmp_path / "seen", lambda: None).find_last(LOG.name)
        assert signed <= last.size <= signed + 1
        assert tree_hash(LEAVES[: last.size]) == last.root
