"""Whatever is done to what is handed out, a verifier answers: it never falls over, and believes nothing false."""

from __future__ import annotations

import json
import random

import orjson
import pytest
from click.testing import CliRunner

from service.cli import main
from tests.log.auditing import ALONE

FAILED = 3
STRANGE = (None, True, -1, 2**70, 1.5, "", "x", "\ud800", [], {}, [[]], {"": {}}, "=" * 44, "\x00")
TIMES = 60


def places(value, path=()):
    """List the paths of all that a value holds."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from places(one, (*path, name))


def mutate(value, rng):
    """Change one thing somewhere in a value."""
    *path, last = rng.choice(list(places(value)))
    holder = value
    for name in path:
        holder = holder[name]
    kind = rng.randrange(4)
    if kind == 0:
        del holder[last]
    elif kind == 1 and isinstance(holder, list):
        holder.append(holder[last])
    elif kind == 2 and isinstance(holder, list) and len(holder) > 1:
        holder.reverse()
    else:
        holder[last] = rng.choice(STRANGE)


def proved(text):
    """Give what a text proves: all of it, but for what is the record's word alone."""
    told = [json.loads(line) for line in text.splitlines()]
    return orjson.dumps([{k: v for k, v in one.items() if k not in {"readme", "unpublished"}} for one in told])


def mutations(text):
    """Give texts that were changed: in their members, cut, and in a byte."""
    rng = random.Random(7)  # noqa: S311 - chance, not secrets
    for n in range(TIMES):
        lines = text.splitlines(keepends=True)
        at = rng.randrange(len(lines))
        if n % 3 == 0:
            cut = rng.randrange(len(text))
            yield text[:cut] if n % 2 else text[:cut] + text[cut + 9 :]
            continue
        told = json.loads(lines[at])
        mutate(told, rng)
        lines[at] = json.dumps(told, separators=(",", ":"), ensure_ascii=bool(n % 2)).encode(errors="replace") + b"\n"
        yield b"".join(lines)


@pytest.fixture(params=["evidence", "export"])
def honest(request, bundle, export):
    """Take evidence, and an export, in turn."""
    return bundle + b"\n" if request.param == "evidence" else export(9)


def run_ours(path, key):
    """Run `onrecord verify`."""
    result = CliRunner().invoke(main, ["verify", str(path), "--key", key], catch_exceptions=True)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result.exit_code, result.output


def run_alone(path, key):
    """Run the stand-alone verifier."""
    return ALONE.main([str(path), key])


def test_no_mutation_is_believed_or_ends_in_a_traceback(honest, key, tmp_path, monkeypatch):
    """Evidence and exports changed anywhere are refused by both with 3, or prove what they proved before to both."""
    monkeypatch.setenv("ONRECORD_DATABASE", f"sqlite:///{tmp_path}/none.db")
    path = tmp_path / "handed.out"
    for text in (honest, *mutations(honest)):
        path.write_bytes(text)
        code, output = run_ours(path, key.verifier.written())
        assert code == run_alone(path, key.verifier.written()), (text, output)
        assert code in {0, FAILED}, (text, output)
        assert code == FAILED or proved(text) == proved(honest), text
