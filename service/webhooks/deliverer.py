"""Deliver what waits in the outbox: signed, one at a time to each subscriber, again until it is taken.

Signing and headers are those of Standard Webhooks 1.0.0. At least once: what was sent
when the process died is sent again, under the same `webhook-id`. A subscriber is held
while it is served, in a transaction, so that of any number of processes one serves it; a
hold ends by itself after LEASE. A subscriber that fails rests, so that one that is gone
does not keep the others waiting.
"""

from __future__ import annotations

import hmac
import logging
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Event
from typing import Any

import orjson

from domain.instants import write_instant
from service.outbound import NotSent, Outbound
from service.recording.notices import new_reversals
from service.store.interface import Store, Transaction, View
from service.store.outbox import Attempt, DeliveryRow, WebhookRow
from service.webhooks.subscriptions import SECRET_PREFIX, may_be_told

# How long after each attempt that failed the next one comes; after the last of them it has failed. 27.6 hours in all.
SCHEDULE = tuple(
    timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
)
LEASE = timedelta(minutes=2)  # longer than one attempt takes, with the system's own patience for names
LONGEST_REST = timedelta(minutes=1)
KEPT = timedelta(days=30)
MOST_AT_ONCE = 16  # subscribers
TURN = 50  # deliveries to one subscriber, then others get their turn
LOOK_EVERY = 1.0  # seconds, for subscribers that became due meanwhile
ATTEMPTS_SHOWN = 20
GONE = 410
_log = logging.getLogger(__name__)


def sign(secret: str, message_id: str, at: int, body: bytes) -> str:
    """Sign a message, at a time in seconds since 1970."""
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    told = f"{message_id}.{at}.".encode() + body
    return f"v1,{b64encode(hmac.digest(key, told, sha256)).decode()}"


def write_message(view: View, delivery: DeliveryRow) -> bytes:
    """Write what is told, with the event and the reversals as the record has them by now."""
    claim, version = delivery.claim, delivery.version
    data: dict[str, Any] = {
        "claim": claim,
        "version": version,
        "position": delivery.position,
        "standing": {"from": delivery.standing_from, "to": delivery.standing_to},
        "links": {
            "claim": f"/claims/{claim}",
            "event": f"/claims/{claim}/events/{version}",
            "version": f"/claims/{claim}/versions/{version}",
        },
    }
    if delivery.type == "reversed":
        data["reversals"] = new_reversals(*(_claim_at(view, claim, n) for n in (version - 1, version)))
    event = orjson.Fragment(view.history(claim, after=version - 1, upto=version, limit=1)[0])
    return orjson.dumps({"type": delivery.type, "timestamp": delivery.recorded_at, "data": {**data, "event": event}})


def _claim_at(view: View, claim: str, version: int) -> dict[str, Any]:
    row = view.claim_version(claim, version=version)
    body: dict[str, Any] = orjson.loads(row.body) if row else {"reversals": []}
    return body


@dataclass(frozen=True)
class Deliverer:
    """Works on any store; `stopping`, once set, lets what is being sent come to its end and begins nothing."""

    store: Store
    clock: Callable[[], datetime]
    outbound: Outbound
    stopping: Event = field(default_factory=Event)

    def deliver_due(self) -> None:
        """Deliver everything that is due, and what falls due meanwhile."""
        if not self._find_due():
            return
        with ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="webhook") as pool:
            serving: set[Future[None]] = set()
            while True:
                done = {future for future in serving if future.done()}
                serving -= done
                for future in done:
                    future.result()
                serving |= {pool.submit(self._serve, held) for held in self._hold_due(MOST_AT_ONCE - len(serving))}
                if not serving:
                    return
                wait(serving, LOOK_EVERY, FIRST_COMPLETED)

    def purge(self) -> None:
        """Forget deliveries older than 30 days, and attempts with them."""
        with self.store.writing() as transaction:
            transaction.outbox.purge_deliveries(write_instant(self.clock() - KEPT))

    def _find_due(self) -> bool:
        with self.store.reading() as view:
            return bool(view.outbox.due_webhooks(write_instant(self.clock()), 1))

    def _hold_due(self, most: int) -> list[WebhookRow]:
        if self.stopping.is_set() or not most or not self._find_due():
            return []
        now = self.clock()
        with self.store.writing() as transaction:
            due = transaction.outbox.due_webhooks(write_instant(now), most)
            held = [replace(webhook, held_until=write_instant(now + LEASE)) for webhook in due]
            for webhook in held:
                transaction.outbox.save_webhook(webhook)
        return held

    def _serve(self, held: WebhookRow) -> None:
        for _ in range(TURN):
            with self.store.reading() as view:
                delivery = view.outbox.next_delivery(held.id, write_instant(self.clock()))
                if delivery is None or self.stopping.is_set():
                    break
                body = write_message(view, delivery) if may_be_told(view, held.owner, self.clock()) else None
            attempt = self._attempt(held, delivery, body)
            kept = self._settle(held, delivery, attempt, dismiss=body is None)
            if kept is None:
                return
            held = kept
        now = self.clock()
        with self.store.writing() as transaction:
            if _holds(transaction, held, now):
                transaction.outbox.save_webhook(replace(held, held_until=write_instant(now)))

    def _attempt(self, held: WebhookRow, delivery: DeliveryRow, body: bytes | None) -> Attempt:
        now, started = self.clock(), time.monotonic()
        at = int(now.timestamp())
        status, error = None, None
        if body is None:
            error = "Its owner's token does not hold any more."
        else:
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "onrecord",
                "webhook-id": delivery.id,
                "webhook-timestamp": str(at),
                "webhook-signature": sign(held.secret, delivery.id, at, body),
            }
            try:
                status = self.outbound.post(held.url, body, headers)
            except NotSent as fault:
                error = str(fault)
        return Attempt(write_instant(now), status, error, round((time.monotonic() - started) * 1_000))

    def _settle(self, held: WebhookRow, delivery: DeliveryRow, attempt: Attempt, *, dismiss: bool) -> WebhookRow | None:
        """Store what came of an attempt; answers the subscription as it is held on, or None where it is not."""
        now = self.clock()
        taken = attempt.status is not None and 200 <= attempt.status < 300  # noqa: PLR2004 - success
        with self.store.writing() as transaction:
            if not _holds(transaction, held, now):
                return None  # deleted, or in other hands since it took too long
            outbox = transaction.outbox
            settled = _settled(outbox.find_delivery(held.id, delivery.id) or delivery, attempt, taken=taken, now=now)
            outbox.save_delivery(settled)
            if taken:
                kept = replace(held, held_until=write_instant(now + LEASE), disabled_at=None, disabled_because=None)
                outbox.save_webhook(kept)
                return kept
            because = attempt.error if dismiss else "It answered 410 Gone." if attempt.status == GONE else None
            rest = min(SCHEDULE[min(settled.tries, len(SCHEDULE)) - 1], LONGEST_REST)
            resting = replace(held, held_until=write_instant(now + rest))
            if because is not None:
                outbox.fail_pending(held.id)
                resting = replace(resting, disabled_at=write_instant(now), disabled_because=because)
            outbox.save_webhook(resting)
        _log.info("webhook %s did not take %s: %s", held.id, delivery.id, attempt.error or attempt.status)
        return None


def _holds(transaction: Transaction, held: WebhookRow, now: datetime) -> bool:
    current = transaction.outbox.find_webhook(held.id)
    return current is not None and current.held_until == held.held_until > write_instant(now)


def _settled(delivery: DeliveryRow, attempt: Attempt, *, taken: bool, now: datetime) -> DeliveryRow:
    attempts = (*delivery.attempts, attempt)[-ATTEMPTS_SHOWN:]
    tries = delivery.tries + 1
    if taken:
        return replace(delivery, state="delivered", due_at=None, tries=tries, attempts=attempts)
    if tries > len(SCHEDULE):
        return replace(delivery, state="failed", due_at=None, tries=tries, attempts=attempts)
    return replace(delivery, due_at=write_instant(now + SCHEDULE[tries - 1]), tries=tries, attempts=attempts)
