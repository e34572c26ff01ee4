"""What whoever answers sends is bounded by what a record sends there, and no more of it is told than one can read."""

from __future__ import annotations

import json
from itertools import count
from types import SimpleNamespace

import pytest

from domain.merkle import EMPTY_ROOT
from service.public_log.checkpoint import Checkpoint
from service.public_log.note import SigningKey, write_note
from service.public_log.proofs import TILE_WIDTH
from service.verifying import server
from service.verifying.evidence import _read_entries
from tests.cli.test_hostile_servers import FAULT, UNREACHABLE, send
from tests.log.auditing import ALONE
from tests.log.handing import sign
from tests.log.making import event, make

KEY = SigningKey.make("evil.example")
LONG = "A" * 1_000_000
EVENT = {
    **dict.fromkeys(("claim", "recorded_at", "recorded_by", "type"), "a"),
    "data": {},
    "salt": "AAAAAAAAAAAAAAAAAAAAAA==",
    "v": 1,
    "version": 1,
}
NAMED = {"verifier_key": KEY.verifier.written(), "from": 0, "recorded_at": "", "statement": None}


@pytest.fixture
def ask(onrecord, capsys, listen):
    """Give a way to have both verifiers ask a server of these answers; gives both statuses and what both told."""

    def asked(checkpoint=sign(KEY, 0, EMPTY_ROOT), keys=(NAMED,), events=()):  # noqa: B008 - a text
        answers = {
            "/log/checkpoint": checkpoint.encode(),
            "/log/keys": json.dumps({"keys": keys}).encode(),
            "/events": json.dumps({"events": events, "next": None}).encode(),
        }
        url = listen(lambda request: send(answers[request.path.partition("?")[0]])(request))
        ours = onrecord("verify", url, "--key", KEY.verifier.written())
        alone = ALONE.main([url, KEY.verifier.written()])
        return (ours.exit_code, alone), (ours.output, capsys.readouterr().out)

    return asked


def test_an_empty_record_is_verified(ask):
    """What is asked below is refused for what is wrong with it, not for the rest."""
    assert (0, 0) == ask()[0]


def test_a_checkpoint_is_as_long_in_bytes_as_its_characters_may_be(ask):
    """One of 20,058 characters, of four bytes nearly each, is read whole and believed."""
    text = Checkpoint(KEY.name, 0, EMPTY_ROOT).text() + "\U0001d11e" * 20_000 + "\n"
    assert (0, 0) == ask(checkpoint=write_note(text, [KEY.sign_text(text)]))[0]


TOO_MUCH = {
    "a checkpoint": ({"checkpoint": "x\n" * 128_001}, 256_000, 256_000),
    "keys": ({"keys": [LONG]}, 1_000_000, None),
    "events": ({"events": [LONG] * 14}, 14_000_000, 14_000_000),
}  # what is answered, and how many bytes each verifier reads of it


@pytest.mark.parametrize(("answers", "ours", "alone"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_an_answer_is_no_longer_than_a_record_s(ask, answers, ours, alone):
    """Of each address so much is read as a record has there; the stand-alone verifier asks for no keys."""
    codes, told = ask(**answers)
    assert (UNREACHABLE, UNREACHABLE if alone else 0) == codes
    for text, most in zip(told, (ours, alone), strict=True):
        assert most is None or f"expected an answer of at most {most:,} bytes, got more" in text


ODD = {
    "a position": [{"position": LONG, "event": EVENT}],
    "a claim": [{"position": 0, "event": EVENT | {"claim": LONG, "version": 2}}],
    "a member": [{"position": 0, "event": {LONG: 1}}],
    "members": [{"position": 0, "event": {f"{n}": 1 for n in range(100_000)}}],
    "a type": [{"position": 0, "event": EVENT | {"v": LONG}}],
    "words erased by nothing": [
        {
            "position": 0,
            "event": {**{k: v for k, v in EVENT.items() if k not in {"data", "salt"}}, "claim": LONG}
            | {"commitment": "0" * 64, "redacted": 2},
        }
    ],
    "a redaction that is longer": [
        {"position": 0, "event": EVENT | {"claim": LONG}},
        {"position": 1, "event": EVENT | {"claim": LONG, "type": "redacted", "version": 2, "data": {"regarding": 1}}},
    ],
    "no events": [[]] * 100,
}


@pytest.mark.parametrize("events", ODD.values(), ids=ODD)
def test_what_is_found_is_told_in_few_characters(ask, events):
    """Whatever an answer holds in the place of something else, no more is told of it than one can read."""
    codes, told = ask(events=events)
    assert (FAULT, FAULT) == codes
    assert [] == [len(text) for text in told if len(text) > 3_000]


def test_a_key_of_a_million_letters_is_told_in_few(ask):
    """Nor is more told of what stands in the list of keys."""
    codes, told = ask(keys=[NAMED, NAMED | {"verifier_key": LONG[:900_000]}])
    assert (FAULT, 0) == codes
    assert len(told[0]) < 5_000


def test_a_tile_has_no_more_entries_than_a_tile():
    """Of what says to be a tile no more entries are read than show that it is none."""
    assert [b""] * (TILE_WIDTH + 1) == _read_entries(b"\0\0" * 100_000)


@pytest.mark.parametrize(("seconds", "codes"), [(200, (0, 0)), (201, (UNREACHABLE, UNREACHABLE))])
def test_a_record_as_a_whole_has_a_time(onrecord, capsys, listen, monkeypatch, seconds, codes):
    """Six signed events, in three answers, may take 600.6 seconds, each of which comes soon enough by itself."""
    made = make([event(n) for n in range(1, 7)], KEY)
    url = listen(lambda request: send(made.fetch(request.path))(request))
    clocks = [count(step=seconds), count(step=seconds)]
    monkeypatch.setattr(server, "monotonic", clocks[0].__next__)
    monkeypatch.setattr(ALONE, "time", SimpleNamespace(monotonic=clocks[1].__next__))
    for module in (server, ALONE):
        monkeypatch.setattr(module, "PAGE", 3)
    ours = onrecord("verify", url, "--key", KEY.verifier.written())
    alone = ALONE.main([url, KEY.verifier.written()])
    assert codes == (ours.exit_code, alone)
    told = (
        "expected no more than 600 seconds, and 0.1 more for each signed event that came, got 6 of them in 603 seconds"
    )
    for text in (ours.output, capsys.readouterr().out):
        assert (told in text) == bool(alone)
