"""`onrecord db`, `token` and `export`: the store is made, looked at, rebuilt, copied and written out."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from service.store import finding

READ_MODEL = ("claim_versions", "facets", "texts", "words")


def exported(onrecord, *words: str) -> list:
    """Give the lines of an export."""
    return [json.loads(line) for line in onrecord("export", *words).stdout.splitlines()]


def read_model(path) -> dict[str, list]:
    """Give every row of the read model."""
    with closing(sqlite3.connect(path)) as connection:
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in READ_MODEL}  # noqa: S608


def test_init_makes_a_store_and_may_run_twice(onrecord):
    """`db init` makes the store; again, it does nothing; `db status` tells what is there."""
    for _ in range(2):
        assert onrecord("db", "init").stdout == "sqlite:///onrecord.db is ready, schema version 2.\n"
    status = json.loads(onrecord("db", "status", "--json").stdout)
    assert (status["engine"], status["schema"], status["events"], status["claims"]) == ("sqlite", 2, 0, 0)
    assert status["last_at"] is None


def test_nothing_is_made_by_looking(onrecord, folder):
    """Commands that look do not make a store where there is none, and say what does."""
    for words in (["db", "status"], ["export"], ["token", "list"], ["db", "rebuild"]):
        looked = onrecord(*words)
        assert (looked.exit_code, looked.stdout) == (1, "")
        assert "There is no record at onrecord.db. `onrecord db init` makes one." in looked.stderr
    assert list(folder.iterdir()) == []


def test_what_is_no_store_is_left_alone(onrecord, folder):
    """A file that is something else is named and not touched."""
    (folder / "onrecord.db").write_text("a letter, not a database, and long enough to be looked at twice" * 20)
    for words in (["db", "init"], ["db", "status"], ["export"]):
        done = onrecord(*words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "not a database" in done.stderr
        assert "`onrecord db init`" not in done.stderr
    assert (folder / "onrecord.db").read_text().startswith("a letter")


def test_rebuild_gives_the_same_rows(onrecord, story, folder, monkeypatch):
    """The read model made again from the events is, byte for byte, the one that recording made."""
    monkeypatch.setattr(finding, "FRESH", 4)  # else no facet is entered
    onrecord("import", story)
    before = read_model(folder / "onrecord.db")
    assert all(before.values())
    assert onrecord("db", "rebuild").stdout == "The read model of 7 claims was made again.\n"
    assert read_model(folder / "onrecord.db") == before


def test_rebuild_mends(onrecord, story, folder, monkeypatch):
    """Rows that were lost or changed are made again from the events."""
    monkeypatch.setattr(finding, "FRESH", 4)
    onrecord("import", story)
    before = read_model(folder / "onrecord.db")
    with closing(sqlite3.connect(folder / "onrecord.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM claim_versions WHERE version > 2")
        connection.execute("UPDATE bodies SET body = '{}'")
        connection.execute("DELETE FROM facets WHERE name = 'standing'")
    assert onrecord("db", "rebuild").exit_code == 0
    after = read_model(folder / "onrecord.db")
    assert (after["claim_versions"], after["facets"]) == (before["claim_versions"], before["facets"])


def test_rebuild_mends_the_tree_of_the_log(onrecord, story, folder):
    """Nodes are made again from leaves that are as they were signed; over others nothing is made again."""
    onrecord("import", story)
    onrecord("log", "publish")
    with closing(sqlite3.connect(folder / "onrecord.db", isolation_level=None)) as connection:
        nodes = connection.execute("SELECT * FROM log_nodes").fetchall()
        connection.execute("UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 2")
        assert "node edited" in onrecord("verify", "--no-replay").stdout
        assert onrecord("db", "rebuild").exit_code == 0
        assert (len(nodes), nodes) == (26, connection.execute("SELECT * FROM log_nodes").fetchall())
        connection.execute("DROP TRIGGER log_stays")
        connection.execute("UPDATE log SET leaf = zeroblob(32) WHERE position = 3")
        refused = onrecord("db", "rebuild")
        assert (1, "") == (refused.exit_code, refused.stdout)
        assert "Nothing was made again: expected root" in refused.stderr
        assert nodes == connection.execute("SELECT * FROM log_nodes").fetchall()


def test_backup_is_a_record_of_its_own(onrecord, story, folder, monkeypatch):
    """A backup holds the same record, and never overwrites."""
    onrecord("import", story)
    whole = onrecord("export").stdout
    assert onrecord("db", "backup", "copy.db").stdout == "Copied to copy.db.\n"
    again = onrecord("db", "backup", "copy.db")
    assert (again.exit_code, "never overwrites" in again.stderr) == (1, True)
    unnamed = onrecord("db", "backup", "-")
    assert (unnamed.exit_code, "name a file" in unnamed.stderr, (folder / "-").exists()) == (2, True, False)
    monkeypatch.setenv("ONRECORD_DATABASE", f"sqlite:///{folder}/copy.db")
    assert onrecord("export").stdout == whole


def test_export_is_the_stored_record(onrecord, story, folder):
    """An export has a header, every event as stored in log order, and an end that says it is whole."""
    onrecord("import", story)
    header, *lines, end = onrecord("export").stdout.splitlines()
    assert header == (
        '{"format":"onrecord-export/1","origin":"localhost/onrecord","verifier_key":null,"log_size":31,"checkpoint":null}'
    )
    with closing(sqlite3.connect(folder / "onrecord.db")) as connection:
        stored = [state for (state,) in connection.execute("SELECT state FROM events ORDER BY position")]
    assert lines == [f'{{"position":{n},"event":{state}}}' for n, state in enumerate(stored)]
    assert end == '{"complete":true,"events":31}'


def test_export_as_of(onrecord, story):
    """An export as of a log size is the record as it was then; one in the future is refused."""
    onrecord("import", story)
    header, *lines, end = exported(onrecord, "--as-of", "3")
    assert (header["log_size"], len(lines), end) == (3, 3, {"complete": True, "events": 3})
    refused = onrecord("export", "--as-of", "32")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "as_of: The record holds 31 events; 32 is in the future." in refused.stderr


def test_export_to_a_file_is_whole_or_not_there(onrecord, story, folder):
    """`-o` gives the same bytes, takes an older file's place, is its owner's alone, and leaves nothing else behind."""
    onrecord("import", story)
    (folder / "record.ndjson").write_text("old")
    done = onrecord("export", "-o", "record.ndjson")
    assert (done.exit_code, done.stdout, (folder / "record.ndjson").stat().st_mode & 0o777) == (0, "", 0o600)
    assert (folder / "record.ndjson").read_text(encoding="utf-8") == onrecord("export").stdout
    assert onrecord("export", "-o", "-").stdout == onrecord("export").stdout
    assert not (folder / "-").exists()
    lost = onrecord("export", "-o", "nowhere/record.ndjson")
    assert (lost.exit_code, "No such file or directory" in lost.stderr) == (1, True)
    assert {path.name for path in folder.glob("*.part")} | {path.name for path in folder.glob(".*")} == set()


def test_what_was_exported_can_be_imported(onrecord, story, folder, monkeypatch):
    """The events of an export, imported elsewhere, give every claim the same history."""
    onrecord("import", story)
    lines = exported(onrecord)[1:-1]
    items = ({name: line["event"][name] for name in ("claim", "type", "data")} for line in lines)
    (folder / "items.jsonl").write_text("\n".join(json.dumps(item) for item in items))
    monkeypatch.setenv("ONRECORD_DATABASE", f"sqlite:///{folder}/other.db")
    assert onrecord("import", "items.jsonl").stdout.startswith("31 events recorded")
    told = ("claim", "type", "version", "data")
    there = [[line["event"][name] for name in told] for line in exported(onrecord)[1:-1]]
    assert there == [[line["event"][name] for name in told] for line in lines]


def test_a_token_is_printed_alone_and_once(onrecord):
    """`token create` prints the token and nothing else on stdout; `token list` never shows it."""
    made = onrecord("token", "create", "desk-seoul", "--role", "reporter", "--expires", "90d")
    token = made.stdout.strip()
    assert (made.exit_code, made.stdout, token[:4], len(token)) == (0, f"{token}\n", "onr_", 40)
    listed = onrecord("token", "list").stdout
    assert ("desk-seoul" in listed, "valid" in listed, token in listed) == (True, True, False)
    (row,) = json.loads(onrecord("token", "list", "--json").stdout)
    assert (row["name"], row["role"], row["state"]) == ("desk-seoul", "reporter", "valid")


def test_a_token_is_revoked_once(onrecord):
    """A name in use is refused; a revoked one is free again; what is not there cannot be revoked."""
    onrecord("token", "create", "desk", "--role", "editor")
    assert onrecord("token", "create", "desk", "--role", "editor").exit_code == 1
    assert onrecord("token", "revoke", "desk").stdout == "desk is revoked.\n"
    assert onrecord("token", "revoke", "desk").exit_code == 1
    assert onrecord("token", "create", "desk", "--role", "editor").exit_code == 0


@pytest.mark.parametrize("words", [["--expires", "soon"], ["--role", "king"], []])
def test_wrong_usage_is_2(onrecord, words):
    """What cannot be understood ends with status 2, and makes no token."""
    assert onrecord("token", "create", "desk", *words).exit_code == 2
