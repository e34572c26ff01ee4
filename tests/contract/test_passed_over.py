"""What a trigger passes over without a word is not taken for stored, on either engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.errors import Damaged
from service.store import finding
from service.store.outbox import DeliveryRow, WebhookRow
from service.store.tree import LogKey, SignedCheckpoint
from tests.builders import CLAIM_ID, MID, OTHER_ID, kept, said
from tests.contract.asking import append, contents, opening
from tests.contract.test_sessions_kept import SESSION, TOKEN

PASSING_OVER = {
    "sqlite": "CREATE TRIGGER hush BEFORE {} BEGIN SELECT RAISE(IGNORE); END",
    "postgresql": (
        "CREATE FUNCTION hush() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; "
        "CREATE TRIGGER a_hush BEFORE {} FOR EACH ROW EXECUTE FUNCTION hush()"
    ),
}  # by engine
MANY = [said("denied", MID, scope=f"part {n}") for n in range(101)]  # events, which PostgreSQL copies
AT = SESSION.created_at
DELIVERY = DeliveryRow("d", str(OTHER_ID), "standing_changed", str(CLAIM_ID), 1, 0, AT, None, "reported", AT)
WEBHOOK = WebhookRow(
    str(OTHER_ID), "desk-seoul", "https://example.org/", ("standing_changed",), None, None, "whsec_", AT
)


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
    "many events": ("INSERT ON events", ask_for(opening(OTHER_ID, *MANY))),
    "a leaf": ("INSERT ON log", ask_for(append(CLAIM_ID, said("alleged", MID)))),
    "the head": ("UPDATE ON log_head", ask_for(opening(OTHER_ID))),
    "a body": ("INSERT ON bodies", ask_for(opening(OTHER_ID))),
    "many bodies": ("INSERT ON bodies", ask_for(opening(OTHER_ID, *MANY[:10]))),
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
def test_nothing_is_acknowledged_that_is_not_stored(engine, store, bench, behind, what, do, monkeypatch):
    """Where a trigger passes over a row, what was to store or change it fails, and nothing of it is there."""
    monkeypatch.setattr(finding, "FRESH", 1)  # else a row of lists is stored with a later event
    bench.do(opening(CLAIM_ID, said("denied", MID)))
    with store.writing() as transaction:
        transaction.save_token(TOKEN)
        transaction.sessions.save_session(SESSION)
        transaction.outbox.save_webhook(WEBHOOK)
        transaction.outbox.insert_deliveries([DELIVERY])
    before = contents(store)
    behind(PASSING_OVER[engine.name].format(what))
    with pytest.raises(Damaged, match="Nothing was stored"):
        do(store, bench)
    assert before == contents(store)
