"""`onrecord witness` as a process, `log publish` that asks it, and `verify` that asks for its signature."""

from __future__ import annotations

import signal
import sqlite3
import stat
from contextlib import closing

import pytest

from service.public_log.note import COSIGNATURE, SigningKey


@pytest.fixture
def key(onrecord, story):
    """Record the story and make the log's key; answers its verifier key."""
    assert onrecord("import", story).exit_code == 0
    return onrecord("log", "keygen").stdout.strip()


@pytest.fixture
def witness(start, key):
    """Start a witness of the log; answers the line that it prints."""
    process = start("witness", "--log", key, "--name", "witness.example", "--port", "0")
    yield process.stdout.readline().strip()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_witness_signs_what_is_published(onrecord, witness, key, folder, monkeypatch):
    """A partner's witness signs the checkpoint, an auditor can ask for that, and its key is its own."""
    monkeypatch.setenv("ONRECORD_WITNESSES", witness)
    published = onrecord("log", "publish")
    assert "\u2014 witness.example " in published.stdout
    mine = witness.split(" ")[0]
    asked = onrecord("verify", "--key", key, "--witness", mine, "--quorum", "1", "--no-replay")
    assert (0, True) == (asked.exit_code, "seen by 1 of 1 witnesses" in asked.stdout), asked.output
    assert stat.S_IMODE((folder / "witness" / "key").stat().st_mode) == 0o600
    other = SigningKey.make("other.example", COSIGNATURE).verifier.written()
    both = ("--witness", mine, "--witness", other, "--quorum", "2")
    refused = onrecord("verify", "--key", key, *both, "--no-replay")
    assert (3, True) == (refused.exit_code, "too few witnesses" in refused.stdout)


def test_a_witness_that_is_away_holds_nothing_up(onrecord, key, monkeypatch):
    """Where no witness answers, the log is signed all the same."""
    away = SigningKey.make("away.example", COSIGNATURE).verifier.written()
    monkeypatch.setenv("ONRECORD_WITNESSES", f"{away} http://127.0.0.1:9")
    assert onrecord("log", "publish").exit_code == 0


ANOTHER_WITNESS = SigningKey.make("other.example", COSIGNATURE).verifier.written()


@pytest.mark.parametrize("words", [["--log", "nonsense"], ["--log", ANOTHER_WITNESS], []])
def test_a_log_that_is_none_is_wrong_usage(onrecord, words):
    """A witness of no log, of what is no key, or of another witness does not start."""
    assert onrecord("witness", *words).exit_code == 2


def test_verify_finds_a_row_that_was_changed(onrecord, key, folder):
    """A row of the read model that is not what the events make is found by a replay, and named; the status is 3."""
    assert onrecord("log", "publish").exit_code == 0
    assert onrecord("verify", "--key", key).exit_code == 0
    with closing(sqlite3.connect(folder / "onrecord.db", isolation_level=None)) as connection:
        connection.execute("UPDATE bodies SET body = replace(body, 'denied', 'confirmed')")
    found = onrecord("verify", "--key", key)
    assert (3, True) == (found.exit_code, "6 FAILED  read model: read model differs" in found.stdout)
    assert "3 ok      events" in found.stdout
