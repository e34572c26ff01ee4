"""What somebody put into the embedded store so that it is not seen is named; and what it does is not taken for done.

SQLite takes letters of either case for the same name, and lets a trigger pass over a row
without a word.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from service.errors import Damaged
from service.store.outbox import DeliveryRow, WebhookRow
from service.store.parts import find_differences
from service.store.tree import LogKey, SignedCheckpoint
from tests.builders import CLAIM_ID, MID, OTHER_ID, kept, said
from tests.contract.asking import append, contents, opening
from tests.contract.conftest import on_sqlite
from tests.contract.test_sessions_kept import SESSION, TOKEN

HUSH = "CREATE TRIGGER hush BEFORE UPDATE ON {} BEGIN SELECT RAISE(IGNORE); END"
SAY = "UPDATE sqlite_schema SET {} WHERE name = '{}'"
NOT_OURS = "expected no {} but those that this program makes, got 'CREATE "
HIDDEN = {
    "a trigger on a name in capitals": ([HUSH.format("EVENTS")], "events", NOT_OURS.format("trigger hush")),
    "one that is said to be in capitals": (
        [HUSH.format("tokens"), SAY.format("tbl_name = 'TOKENS', type = 'TRIGGER', name = 'HUSH'", "hush")],
        "tokens",
        NOT_OURS.format("trigger HUSH"),
    ),
    "one on another's table": ([HUSH.format("Other")], "other", NOT_OURS.format("trigger hush")),
    "an index in capitals": (
        ["CREATE INDEX zz ON said (lower(country))", SAY.format("tbl_name = 'SAID', type = 'INDEX'", "zz")],
        "said",
        "index zz is not ours: expected no index more, got 'CREATE INDEX zz ON said (lower(country))'",
    ),
    "a view in capitals": (
        ["ALTER TABLE bodies RENAME TO gone", "CREATE VIEW BODIES AS SELECT * FROM gone"],
        "bodies",
        NOT_OURS.format("view BODIES"),
    ),
}  # what is done, and of which table what is told
LIES = {
    "a table": ([HUSH.format("tokens"), SAY.format("tbl_name = 'other'", "hush")]),
    "a kind": ([HUSH.format("tokens"), SAY.format("type = 'table'", "hush")]),
    "a name": ([HUSH.format("tokens"), SAY.format("name = 'log_keeps'", "hush")]),
    "an index": (["CREATE INDEX zz ON said (country)", SAY.format("tbl_name = 'other'", "zz")]),
}
AT = SESSION.created_at
DELIVERY = DeliveryRow("d", str(OTHER_ID), "standing_changed", str(CLAIM_ID), 1, 0, AT, None, "reported", AT)
WEBHOOK = WebhookRow(
    str(OTHER_ID), "desk-seoul", "https://example.org/", ("standing_changed",), None, None, "whsec_", AT
)


@pytest.fixture
def engine(empty_file):
    """Keep to the embedded store."""
    return on_sqlite(empty_file)


@pytest.fixture
def change(url):
    """Give a way to run statements on a file whose schema may be written to, with a table of somebody else's."""

    def run(statements):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            for statement in ("CREATE TABLE other (x)", "PRAGMA writable_schema = ON", *statements):
                connection.execute(statement)

    return run


@pytest.mark.parametrize(("statements", "table", "expected"), HIDDEN.values(), ids=HIDDEN)
def test_capitals_hide_nothing(store, change, statements, table, expected):
    """A trigger on whatever table, and an index or a view of ours, is named however its name is written."""
    change(statements)
    told = [(part.table, sentence) for part, sentence in find_differences(*store.parts())]
    assert [True] == [True for where, sentence in told if where == table and expected in sentence], told


@pytest.mark.parametrize("statements", LIES.values(), ids=LIES)
def test_a_schema_that_lies_is_refused(store, change, statements):
    """Where a row of the schema says something else than its statement, SQLite itself takes the file for damaged."""
    change(statements)
    with pytest.raises(Damaged, match="malformed database schema"):
        store.parts()


def ask_for(command):
    """Give what asks a writer for something to be recorded."""
    return lambda _, bench: bench.do(command)


def store_it(where, name, *what):
    """Give what calls a method of a transaction, or of a part of one."""

    def do(store, _):
        with store.writing() as transaction:
            getattr(getattr(transaction, where) if where else transaction, name)(*what)

    return do


PASSED_OVER = {
    "an event": ("INSERT ON events", ask_for(opening(OTHER_ID))),
    "a leaf": ("INSERT ON log", ask_for(append(CLAIM_ID, said("alleged", MID)))),
    "the head": ("UPDATE ON log_head", ask_for(opening(OTHER_ID))),
    "a row of lists": ("INSERT ON facets", ask_for(opening(OTHER_ID))),
    "an erasure": ("UPDATE OF state ON events", ask_for(append(CLAIM_ID, kept("redacted", regarding=2), if_match=2))),
    "a reply": ("INSERT ON replies", ask_for(opening(OTHER_ID, key="a retry"))),
    "a token": ("INSERT ON tokens", store_it("", "save_token", replace(TOKEN, name="bob", digest=b"b" * 32))),
    "a revocation": ("UPDATE ON tokens", store_it("", "save_token", replace(TOKEN, revoked_at=AT))),
    "a session": ("INSERT ON sessions", store_it("sessions", "save_session", replace(SESSION, digest=b"n" * 32))),
    "the end of a session": ("DELETE ON sessions", store_it("sessions", "end_session", SESSION.digest)),
    "a look": ("INSERT ON looks", store_it("sessions", "save_look", "bob", 1)),
    "a subscription": ("INSERT ON webhooks", store_it("outbox", "save_webhook", replace(WEBHOOK, id="v"))),
    "the end of one": ("DELETE ON webhooks", store_it("outbox", "delete_webhook", WEBHOOK.id)),
    "what is to be told": (
        "INSERT ON deliveries",
        store_it("outbox", "insert_deliveries", [replace(DELIVERY, id="e")]),
    ),
    "what is told again": ("UPDATE ON deliveries", store_it("outbox", "save_delivery", DELIVERY)),
    "a node": ("INSERT ON log_nodes", store_it("tree", "insert_nodes", 1, 0, [b"n" * 32])),
    "a checkpoint": (
        "INSERT ON checkpoints",
        store_it("tree", "insert_checkpoint", SignedCheckpoint(0, 2, b"r" * 32, "key", AT, "note")),
    ),
    "a key": ("INSERT ON log_keys", store_it("tree", "insert_key", LogKey(0, "key", 0, AT, None))),
    "a cosignature": ("INSERT ON cosignatures", store_it("tree", "save_cosignature", 0, "key", "line")),
}  # what a trigger passes over, and what is then to fail


@pytest.mark.parametrize(("what", "do"), PASSED_OVER.values(), ids=PASSED_OVER)
def test_nothing_is_acknowledged_that_is_not_stored(store, bench, behind, what, do):
    """Where a trigger passes over a row, what was to store or change it fails, and nothing of it is there."""
    bench.do(opening(CLAIM_ID, said("denied", MID)))
    with store.writing() as transaction:
        transaction.save_token(TOKEN)
        transaction.sessions.save_session(SESSION)
        transaction.outbox.save_webhook(WEBHOOK)
        transaction.outbox.insert_deliveries([DELIVERY])
    before = contents(store)
    behind(f"CREATE TRIGGER hush BEFORE {what} BEGIN SELECT RAISE(IGNORE); END")
    with pytest.raises(Damaged, match="Nothing was stored"):
        do(store, bench)
    assert before == contents(store)
