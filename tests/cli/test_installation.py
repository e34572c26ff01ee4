"""`onrecord config`, `doctor`, help and refusals: what is set, what is wrong, and what to type."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import pytest

from service.cli import main
from service.cli.installation import Finding


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Give every command with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_ends_in_an_example(onrecord, words):
    """Every command's help ends in an example of that command."""
    last = onrecord(*words, "--help").stdout.rstrip().splitlines()[-1].strip()
    assert tuple(last.split()[: len(words) + 1]) == ("onrecord", *words)


@pytest.mark.usefixtures("running")
def test_examples_run(onrecord, folder):
    """Every example runs as it stands, in a newsroom that has a record and a spreadsheet."""
    (folder / "events.csv").write_text("claim,type,data.text,data.lang,Said on\nref:y,opened,It happened.,en,\n")
    order = sorted(COMMANDS, key=lambda words: words[-1] == "revoke")
    for words in order:
        if words not in {("demo",), ("serve",), ("witness",)}:  # these run until they are ended; see test_serving
            example = shlex.split(onrecord(*words, "--help").stdout.rstrip().split("Example:\n")[-1])
            done = onrecord(*example[1:])
            assert done.exit_code == 0, (example, done.output)


def test_config_shows_no_secret(onrecord, monkeypatch):
    """Settings are shown with their values, secrets only as set or not set."""
    monkeypatch.setenv("ONRECORD_TOKEN", "onr_secret")
    monkeypatch.setenv("ONRECORD_DATABASE", "postgresql://desk:hunter2@db.example.org/record")
    shown = json.loads(onrecord("config", "--json").stdout)
    assert shown["ONRECORD_TOKEN"] == "(set)"  # noqa: S105 - it is what stands for one
    assert shown["ONRECORD_DATABASE"] == "postgresql://desk:…@db.example.org/record"
    plain = onrecord("config").stdout
    assert "ONRECORD_THREADS=32\n" in plain
    assert "hunter2" not in plain
    assert "onr_secret" not in plain


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u@h/d?password=hunter2",
        "postgresql://u:p@hunter2#x@h/d",
        "host=h password=hunter2",
        "postgresql://u:hunter 2@h/d",
        "postgres://:hunter2@h/d",
    ],
)
def test_no_form_of_an_address_shows_its_password(onrecord, monkeypatch, address):
    """Wherever a password stands in a database's address, neither the settings nor a refusal show it."""
    monkeypatch.setenv("ONRECORD_DATABASE", address)
    for words in (["config"], ["config", "--json"], ["db", "status"], ["doctor"]):
        assert "hunter" not in (done := onrecord(*words)).stdout + done.stderr, words


def test_a_secret_that_is_given_twice_is_refused(onrecord, monkeypatch, folder):
    """A setting and the file of it cannot both be set."""
    (folder / "url").write_text("sqlite:///other.db", encoding="utf-8")
    monkeypatch.setenv("ONRECORD_DATABASE", "sqlite:///record.db")
    monkeypatch.setenv("ONRECORD_DATABASE_FILE", str(folder / "url"))
    done = onrecord("config")
    assert (done.exit_code, "ONRECORD_DATABASE_FILE and ONRECORD_DATABASE are both set" in done.stderr) == (1, True)


@pytest.mark.parametrize("words", [["config"], ["db", "status"], ["serve"], ["demo"], ["show", "ref:x"]])
def test_every_wrong_setting_is_named(onrecord, monkeypatch, words):
    """A wrong configuration is told at once, every fault of it, with status 1."""
    monkeypatch.setenv("ONRECORD_DATABSE", "sqlite:///x.db")
    monkeypatch.setenv("ONRECORD_THREADS", "many")
    done = onrecord(*words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "ONRECORD_DATABSE is no setting" in done.stderr
    assert "ONRECORD_THREADS is 'many'; write a whole number" in done.stderr


def test_an_unknown_engine_is_named(onrecord, monkeypatch):
    """A database URL of an engine that is not known is a wrong setting."""
    monkeypatch.setenv("ONRECORD_DATABASE", "mysql://db.example.org/record")
    done = onrecord("db", "init")
    assert (done.exit_code, "'mysql' is no store this program knows" in done.stderr) == (1, True)


@pytest.mark.usefixtures("running")
def test_doctor_finds_nothing_wrong(onrecord):
    """On a sound installation every line says ok, and the status is 0."""
    done = onrecord("doctor")
    assert (done.exit_code, "WRONG" in done.stdout) == (0, False)
    found = {finding["what"]: finding["ok"] for finding in json.loads(onrecord("doctor", "--json").stdout)}
    assert found == dict.fromkeys(("versions", "configuration", "store", "jobs", "folder", "disk", "server"), True)


def test_doctor_says_what_to_do(onrecord, monkeypatch, folder):
    """What is wrong is said with its remedy, and the status is 1."""
    monkeypatch.setenv("ONRECORD_DATABASE", f"sqlite:///{folder}/nowhere/onrecord.db")
    monkeypatch.setenv("ONRECORD_URL", "http://127.0.0.1:9")
    done = onrecord("doctor")
    assert done.exit_code == 1
    assert "WRONG  store: There is no record at" in done.stdout
    assert "WRONG  folder: " in done.stdout
    assert "WRONG  server: http://127.0.0.1:9 does not answer" in done.stdout
    assert ("`onrecord doctor` looks" in done.stdout, done.stdout.count("onrecord db init")) == (False, 1)


def test_a_server_that_is_down_recorded_nothing(onrecord, monkeypatch):
    """Where the connection is refused nobody read what was sent, and the refusal says so."""
    monkeypatch.setenv("ONRECORD_URL", "http://127.0.0.1:9")
    words = ("--party", "The Paper", "--kind", "media", "--summary", "They met.", "--source", "The Paper")
    done = onrecord("add", "4be7c1d2-0000-4000-8000-000000000001", "reported", *words)
    assert (done.exit_code, "Nothing was recorded." in done.stderr, "It may have" in done.stderr) == (1, True, False)


def test_doctor_tells_of_a_record_that_all_may_read(onrecord, monkeypatch):
    """A record's file that every user of the machine may read is wrong, and the line that mends it is there."""
    with TemporaryDirectory(dir="/tmp") as folder:  # which all may enter
        monkeypatch.chdir(folder)
        onrecord("db", "init")
        assert "ok     store: " in onrecord("doctor").stdout
        Path("onrecord.db").chmod(0o644)
        Path(folder).chmod(0o755)
        beside = Path.cwd() / "onrecord.db-wal"
        told = f"may read onrecord.db and {beside}. Run `chmod 600 onrecord.db {beside}`."
        assert told in onrecord("doctor").stdout


def test_a_remedy_is_a_sentence_of_its_own():
    """Between what is wrong and what to do there is a full stop, and one."""
    assert "rolled back. See the log." == Finding("jobs", "rolled back", "See the log.").told()
    assert "It is gone. Restore it." == Finding("store", "It is gone.", "Restore it.").told()
    assert "3 events" == Finding("server", "3 events").told()


def test_wrong_usage_is_2(onrecord):
    """A command, an option or an argument that is not known ends with status 2."""
    assert [onrecord(*words).exit_code for words in (["nothing"], ["serve", "--prt", "1"], ["show"])] == [2, 2, 2]


def test_a_style_of_log_that_is_none(onrecord, monkeypatch):
    """A word that is no style of log is refused with those that are."""
    monkeypatch.setenv("ONRECORD_LOG", "loud")
    assert "ONRECORD_LOG is 'loud'; write one of: json, text, quiet" in onrecord("config").stderr
