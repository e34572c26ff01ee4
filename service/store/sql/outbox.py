"""Subscriptions and deliveries, in the SQL of both engines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, fields, replace
from typing import Any

import orjson

from service.store.outbox import Attempt, DeliveryRow, WebhookRow
from service.store.sql.dialect import Parameters, Sql

_WEBHOOK = ", ".join(f'"{field.name}"' for field in fields(WebhookRow))
_OR_CHANGE = "ON CONFLICT (id) DO UPDATE SET " + ", ".join(
    f'"{field.name}" = excluded."{field.name}"' for field in fields(WebhookRow)[1:]
)
_DELIVERY = ", ".join(f'"{field.name}"' for field in fields(DeliveryRow))
_OLDER = "AND number < (SELECT number FROM deliveries WHERE id = ?)"
_SAVED = "due_at = ?, state = ?, tries = ?, attempts = ?"


class SQLOutbox:
    """Subscriptions and deliveries, through a connection that is inside a transaction."""

    def __init__(self, sql: Sql) -> None:
        """Use the connection of a look at the record."""
        self._sql = sql

    def webhooks(self, owner: str | None = None) -> list[WebhookRow]:
        """List the subscriptions of an owner, or all, the oldest first."""
        where, given = ("WHERE owner = ?", [owner]) if owner is not None else ("", [])
        return self._webhooks(f"{where} ORDER BY created_at, id", given)

    def live_webhooks(self, claims: Collection[str]) -> Iterator[WebhookRow]:
        """Ask for the subscriptions that are not disabled, and to no other claim than these."""
        concerned = f"(claim IS NULL OR {self._sql.among('claim', 'claims')})"
        return self._ask_webhooks(f"WHERE disabled_at IS NULL AND {concerned}", {"claims": list(claims)})

    def find_webhook(self, webhook: str) -> WebhookRow | None:
        """Find a subscription."""
        return next(iter(self._webhooks("WHERE id = ?", (webhook,))), None)

    def due_webhooks(self, now: str, limit: int) -> list[WebhookRow]:
        """List subscriptions that have something due and that nobody holds, the longest untouched first."""
        due = "EXISTS (SELECT 1 FROM deliveries WHERE webhook = webhooks.id AND due_at <= ?)"
        return self._webhooks(f"WHERE held_until <= ? AND {due} ORDER BY held_until LIMIT ?", (now, now, limit))

    def next_delivery(self, webhook: str, now: str) -> DeliveryRow | None:
        """Find what has been due the longest."""
        due = "WHERE webhook = ? AND due_at <= ? ORDER BY due_at, number LIMIT 1"
        return next(iter(self._deliveries(due, (webhook, now))), None)

    def find_delivery(self, webhook: str, delivery: str) -> DeliveryRow | None:
        """Find a delivery of a subscription."""
        return next(iter(self._deliveries("WHERE webhook = ? AND id = ?", (webhook, delivery))), None)

    def deliveries(self, webhook: str, *, before: str | None, limit: int) -> list[DeliveryRow]:
        """List deliveries of a subscription, the newest first, from before one of them on."""
        older, given = ("", (webhook,)) if before is None else (_OLDER, (webhook, before))
        return self._deliveries(f"WHERE webhook = ? {older} ORDER BY number DESC LIMIT ?", (*given, limit))

    def save_webhook(self, webhook: WebhookRow) -> None:
        """Store a subscription, or what changed of it."""
        row = [" ".join(value) if isinstance(value, tuple) else value for value in astuple(webhook)]
        marks = ", ".join("?" * len(row))
        self._sql.store(f"INSERT INTO webhooks ({_WEBHOOK}) VALUES ({marks}) {_OR_CHANGE}", row)

    def delete_webhook(self, webhook: str) -> None:
        """Remove a subscription with its deliveries."""
        self._sql.execute("DELETE FROM deliveries WHERE webhook = ?", (webhook,))
        self._sql.store("DELETE FROM webhooks WHERE id = ?", (webhook,))

    def insert_deliveries(self, deliveries: Sequence[DeliveryRow]) -> None:
        """Store new deliveries, in order."""
        rows = [[*astuple(row)[:-1], _write_attempts(row)] for row in deliveries]
        self._sql.insert(f"deliveries ({_DELIVERY})", rows)

    def save_delivery(self, delivery: DeliveryRow) -> None:
        """Store what changed of a delivery, where it is there still."""
        changed = (delivery.due_at, delivery.state, delivery.tries, _write_attempts(delivery))
        if self.find_delivery(delivery.webhook, delivery.id):
            self._sql.store(f"UPDATE deliveries SET {_SAVED} WHERE id = ?", (*changed, delivery.id))

    def fail_pending(self, webhook: str) -> None:
        """Give up what is pending of a subscription."""
        given_up = "SET state = 'failed', due_at = NULL WHERE webhook = ? AND due_at IS NOT NULL"
        self._sql.execute(f"UPDATE deliveries {given_up}", (webhook,))

    def purge_deliveries(self, before: str) -> int:
        """Remove the deliveries of events recorded before an instant; answers how many."""
        return self._sql.execute("DELETE FROM deliveries WHERE recorded_at < ?", (before,)).rowcount

    def _webhooks(self, clauses: str, given: Parameters) -> list[WebhookRow]:
        return list(self._ask_webhooks(clauses, given))

    def _ask_webhooks(self, clauses: str, given: Parameters) -> Iterator[WebhookRow]:
        rows = self._sql.execute(f"SELECT {_WEBHOOK} FROM webhooks {clauses}", given)
        return (WebhookRow(id_, owner, url, tuple(on.split()), *more) for id_, owner, url, on, *more in rows)

    def _deliveries(self, clauses: str, given: Parameters) -> list[DeliveryRow]:
        rows = self._sql.execute(f"SELECT {_DELIVERY} FROM deliveries {clauses}", given)
        return [_read_delivery(row) for row in rows]


def _read_delivery(row: Sequence[Any]) -> DeliveryRow:
    attempts = tuple(Attempt(**attempt) for attempt in orjson.loads(row[-1]))
    return replace(DeliveryRow(*row[:-1]), attempts=attempts)


def _write_attempts(row: DeliveryRow) -> str:
    return orjson.dumps(row.attempts).decode()
