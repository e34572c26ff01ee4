"""Files that are odd, not false: both verifiers believe the same of them, and refuse the same."""

from __future__ import annotations

import json

import orjson
import pytest
from click.testing import CliRunner

from service.cli import main
from service.public_log.note import COSIGNATURE, SigningKey
from tests.log.auditing import ALONE
from tests.log.handing import SIZE

FAILED = 3
EVIL = "\x1b[2K\x07\x9b\x7f\u202e\u2066\u200f\n2 ok      growth: FORGED\ud800"


@pytest.fixture
def ask(tmp_path, monkeypatch, capsys, key):
    """Give a way to ask both verifiers about a file: answers what each exits with, and what it prints."""
    monkeypatch.setenv("ONRECORD_DATABASE", f"sqlite:///{tmp_path}/none.db")
    path = tmp_path / "handed.out"

    def asked(text, *more):
        path.write_bytes(text)
        ours = CliRunner().invoke(main, ["verify", str(path), "--key", key.verifier.written(), *more])
        assert isinstance(ours.exception, SystemExit | None), ours.exc_info
        try:
            code = ALONE.main([str(path), key.verifier.written(), *more])
        except SystemExit as ended:
            code = ended.code
        return (ours.exit_code, code), (ours.output, "".join(capsys.readouterr()))

    return asked


def pretty(bundle):
    """Write evidence as a person would want to read it."""
    return json.dumps(json.loads(bundle), indent=2, ensure_ascii=False).encode()


def with_event(bundle, at, **changes):
    """Change members of an item of evidence."""
    changed = json.loads(bundle)
    changed["events"][at] |= changes
    return changed


ODD = {
    "as it is": (json.loads, 0),
    "its members in another order": (lambda bundle: dict(reversed(json.loads(bundle).items())), 0),
    "another readme": (lambda bundle: {**json.loads(bundle), "readme": ""}, 0),
    "a readme that is none": (lambda bundle: {**json.loads(bundle), "readme": None}, FAILED),
    "a readme that is a list": (lambda bundle: {**json.loads(bundle), "readme": []}, FAILED),
    "a readme of half a character": (lambda bundle: {**json.loads(bundle), "readme": "\ud800"}, FAILED),
    "unpublished is another number": (lambda bundle: {**json.loads(bundle), "unpublished": 7}, 0),
    "unpublished is a text": (lambda bundle: {**json.loads(bundle), "unpublished": "0"}, FAILED),
    "unpublished is true": (lambda bundle: {**json.loads(bundle), "unpublished": True}, FAILED),
    "unpublished is a fraction": (lambda bundle: {**json.loads(bundle), "unpublished": 0.5}, FAILED),
    "unpublished is very large": (lambda bundle: {**json.loads(bundle), "unpublished": 10**18}, 0),
    "unpublished is larger": (lambda bundle: {**json.loads(bundle), "unpublished": 2**63 - 1}, 0),
    "unpublished is too large": (lambda bundle: {**json.loads(bundle), "unpublished": 10**25}, FAILED),
    "a position that is true": (lambda bundle: with_event(bundle, 1, position=True), FAILED),
    "a position that is a text": (lambda bundle: with_event(bundle, 1, position="1"), FAILED),
    "a proof that is a text": (lambda bundle: with_event(bundle, 1, proof=""), FAILED),
    "a proof of no texts": (lambda bundle: with_event(bundle, 1, proof=[None]), FAILED),
    "an item with more": (lambda bundle: with_event(bundle, 1, note=1), FAILED),
    "a consistency proof": (lambda bundle: {**json.loads(bundle), "consistency": []}, FAILED),
    "a member more": (lambda bundle: {**json.loads(bundle), "note": 1}, FAILED),
    "no key": (lambda bundle: {**json.loads(bundle), "verifier_key": None}, FAILED),
    "no checkpoint": (lambda bundle: {**json.loads(bundle), "checkpoint": None}, FAILED),
    "a checkpoint with a line more": (
        lambda bundle: {**json.loads(bundle), "checkpoint": json.loads(bundle)["checkpoint"] + "junk\n"},
        FAILED,
    ),
    "a checkpoint without its last newline": (
        lambda bundle: {**json.loads(bundle), "checkpoint": json.loads(bundle)["checkpoint"][:-1]},
        FAILED,
    ),
    "no events": (lambda bundle: {**json.loads(bundle), "events": []}, FAILED),
}


@pytest.mark.parametrize("name", ODD)
def test_both_take_odd_evidence_alike(ask, bundle, name):
    """Evidence with members of odd types is refused by both verifiers; the record's mere word may say anything."""
    odd, expected = ODD[name]
    for indent in (None, 2):
        text = json.dumps(odd(bundle), indent=indent, separators=None if indent else (",", ":")).encode()
        codes, told = ask(text)
        assert (expected, expected) == codes, told


def test_both_take_pretty_evidence(ask, bundle):
    """Evidence that was laid out for reading proves what it proved before, also with other characters about it."""
    assert (0, 0) == ask(pretty(bundle))[0]
    assert (0, 0) == ask(b"\n \r\n" + bundle + b"\n\n")[0]
    assert (FAILED, FAILED) == ask(b"\xef\xbb\xbf" + bundle)[0]
    assert (FAILED, FAILED) == ask(bundle + bundle)[0]
    assert (FAILED, FAILED) == ask(pretty(bundle).replace(b"No 2.", b"Yes."))[0]


def test_both_name_the_claim(ask, bundle):
    """Whose history the evidence is, is told: the id of the claim, and its text as it was opened."""
    codes, told = ask(bundle)
    assert (0, 0) == codes
    for text, quoted in zip(told, ("“An official met the envoy.”", "'An official met the envoy.'"), strict=True):
        assert f" of claim {json.loads(bundle)['claim']} ({quoted})" in text


def test_both_take_an_export_as_it_is_written_alone(ask, export):
    """An export whose first line is laid out otherwise is refused by both."""
    head, *lines = export(SIZE).splitlines(keepends=True)
    told = json.loads(head)
    assert (0, 0) == ask(export(SIZE))[0]
    assert (FAILED, FAILED) == ask(b"".join([json.dumps(told).encode(), b"\n", *lines]))[0]
    for member, value in (("log_size", True), ("log_size", -1), ("log_size", "15"), ("origin", 1), ("note", 1)):
        changed = orjson.dumps({**told, member: value}) + b"\n"
        assert (FAILED, FAILED) == ask(b"".join([changed, *lines]))[0], (member, value)


@pytest.mark.parametrize("member", ["origin", "verifier_key", "claim", "checkpoint", "format"])
def test_neither_lets_a_file_write_to_the_terminal(ask, bundle, member):
    """What a file says is shown with its control characters, line breaks and turns of direction taken out of it."""
    changed = json.dumps({**json.loads(bundle), member: EVIL[:-1]}).encode()
    codes, told = ask(changed)
    assert (FAILED, FAILED) == codes
    for text in told:
        assert text.replace("\n", "").isprintable(), text
        assert not any(line.startswith("2 ok      growth: FORGED") for line in text.splitlines())


def test_the_stand_alone_verifier_shows_characters_by_their_codes(capsys):
    """It prints nothing but plain ASCII, whatever it is told."""
    ALONE.say(f"a{EVIL}é한")
    expected = r"a\x1b[2K\x07\x9b\x7f\u202e\u2066\u200f\n2 ok      growth: FORGED\ud800\xe9\ud55c" + "\n"
    assert expected == capsys.readouterr().out


WITNESS = SigningKey.make("witness.example", COSIGNATURE).verifier.written()
OTHER = SigningKey.make("other.example", COSIGNATURE).verifier.written()


@pytest.mark.parametrize(
    ("witnesses", "quorum"),
    [([], 1), ([WITNESS], 0), ([WITNESS], -1), ([WITNESS], 2), ([WITNESS, WITNESS], 2), ([WITNESS, OTHER], 3)],
    ids=["none", "zero", "negative", "too many", "one twice", "three of two"],
)
def test_a_quorum_of_witnesses_that_are_not_named_is_refused(ask, bundle, witnesses, quorum):
    """More witnesses than are named, each counted once, or fewer than one, is asked wrongly: status 2."""
    named = [word for witness in witnesses for word in ("--witness", witness)]
    codes, told = ask(bundle, *named, "--quorum", str(quorum))
    assert (2, 2) == codes
    for text in told:
        assert f"expected 1 to {len(set(witnesses))}, as many witnesses as" in " ".join(text.split())


def test_a_key_that_is_none_is_asked_wrongly(ask, bundle, key):
    """A text that is no key, and a key of another kind, are refused as such before anything is looked at."""
    name = key.verifier.written()
    for more in (("--key", "junk"), ("--key", WITNESS), ("--witness", name), ("--key", name[:-4] + "AAA=")):
        codes, told = ask(bundle, *more)
        assert (2, 2) == codes, more
        for text in told:
            assert "expected" in text
            assert "Error: Invalid value for" in text or text.startswith("usage: verify.py")


def test_options_may_stand_anywhere(tmp_path, bundle, key, client):
    """A second key may be named before the kept checkpoint."""
    for name, text in (("evidence.json", bundle), ("kept.txt", client.get("/log/checkpoint").data)):
        (tmp_path / name).write_bytes(text)
    paths, name = [str(tmp_path / one) for one in ("evidence.json", "kept.txt")], key.verifier.written()
    for arguments in (
        [paths[0], name, "--key", name, paths[1]],
        ["--key", name, *paths[:1], name, paths[1]],
        [paths[0], name, paths[1], "--key", name],
    ):
        assert 0 == ALONE.main(arguments), arguments
