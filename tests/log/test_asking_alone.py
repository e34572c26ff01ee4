"""The stand-alone verifier takes several keys, and asks for witnesses, as the program does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.public_log.checkpoint import cosign
from service.public_log.note import COSIGNATURE, SigningKey, split_note
from service.recording.strict_json import parse
from service.verifying.evidence import verify_evidence
from service.verifying.steps import Trust
from tests.log.auditing import ALONE, HONEST, told

WITNESSES = [SigningKey.make(f"witness{n}.example", COSIGNATURE) for n in range(3)]
SEEN_AT = 1_790_000_000  # seconds since 1970


@pytest.fixture
def witnessed(publisher, claim, store, client):
    """Publish a record that two of three witnesses have seen; gives the evidence of its claim."""
    address = claim(2)
    signed = publisher.publish()
    text, _ = split_note(signed.note)
    for witness in WITNESSES[:2]:
        with store.writing() as transaction:
            line = cosign(witness, text, SEEN_AT).line()
            transaction.tree.save_cosignature(signed.number, witness.verifier.written(), line)
    return client.get(f"{address}/evidence").data


def run(folder, text, key, *more):
    """Run it on a file as from the command line."""
    path = folder / "evidence.json"
    path.write_bytes(text)
    return ALONE.main([str(path), key.verifier.written(), *more])


def name(*which):
    """Name witnesses as options."""
    return [word for n in which for word in ("--witness", WITNESSES[n].verifier.written())]


def test_it_counts_witnesses(witnessed, key, tmp_path, capsys):
    """Of the witnesses that are named, as many as are asked for must have signed."""
    assert 0 == run(tmp_path, witnessed, key, *name(0, 1, 2), "--quorum", "2")
    assert "in the log of size 3, seen by 2 of 3 witnesses;" in capsys.readouterr().out
    for more in ((*name(0, 1, 2), "--quorum", "3"), (*name(2), "--quorum", "1")):
        assert 3 == run(tmp_path, witnessed, key, *more)
        assert "FAILED step 1: too few witnesses" in capsys.readouterr().out


def test_it_refuses_a_false_witness(witnessed, key, tmp_path, capsys):
    """A line in the name of a witness who signed something else is a false signature, whoever else signed."""
    line = cosign(WITNESSES[1], "record.example/log\n9\n", SEEN_AT).line()
    true = cosign(WITNESSES[1], split_note(ALONE.json.loads(witnessed)["checkpoint"])[0], SEEN_AT).line()
    forged = witnessed.replace(true.strip().encode(), line.strip().encode())
    assert forged != witnessed
    assert 3 == run(tmp_path, forged, key, *name(0, 1), "--quorum", "1")
    assert "the signature of witness1.example" in capsys.readouterr().out


def test_a_time_that_no_cosignature_may_have(witnessed, key, tmp_path, capsys):
    """The last moment there is, 2^63 - 1, is one (C2SP tlog-cosignature); the next is none, to both verifiers."""
    witness, note = WITNESSES[0], ALONE.json.loads(witnessed)["checkpoint"]
    true = cosign(witness, split_note(note)[0], SEEN_AT).line()
    judged = []
    for at in (2**63 - 1, 2**63):
        line = cosign(witness, split_note(note)[0], at).line()
        text = witnessed.replace(true.strip().encode(), line.strip().encode())
        ours = told(verify_evidence(parse(text), Trust([key.verifier], None, [witness.verifier], 1)))
        judged += [ours, run(tmp_path, text, key, *name(0), "--quorum", "1")]
    late = f"expected a time of at most {2**63 - 1} in witness0.example's cosignature, got {2**63}"
    assert [HONEST, 0, f"step 1: cosignature edited: {late}", 3] == judged
    assert "step 1: that the time in the signature of witness0.example is below 2^63" in capsys.readouterr().out


def test_it_takes_the_keys_before_and_after_a_rotation(publisher, claim, client, key, tmp_path):
    """A checkpoint kept from before the key was replaced is verified by the old key, what is served by the new."""
    address = claim(2)
    kept = tmp_path / "kept.txt"
    kept.write_text(publisher.publish().note, encoding="utf-8")
    new = SigningKey.make(key.name)
    publisher.rotate(new)
    claim()
    replace(publisher, key=new).publish()
    text = client.get(f"{address}/evidence").data
    both = ("--key", new.verifier.written())
    assert 0 == run(tmp_path, text, key, str(kept), *both)
    assert 3 == run(tmp_path, text, key, str(kept))
    assert 3 == run(tmp_path, text, new, str(kept))
    assert 0 == run(tmp_path, text, new)
