"""What an engine keeps of webhooks: who wants to be told, and what they are to be told.

Rows hold references into the record and words of the codebook, never what anybody said:
that is read when it is sent, so that a redaction reaches what has not been sent yet.
Instants are as the record writes them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A subscription. `claim` and `party` narrow it, where they are set.

    `secret` signs. Until `held_until` it is in the hands of a deliverer, or rests after one failed.
    """

    id: str
    owner: str
    url: str
    on: tuple[str, ...]
    claim: str | None
    party: str | None
    secret: str = field(repr=False)
    created_at: str
    held_until: str = ""
    disabled_at: str | None = None
    disabled_because: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the status that came back, or what stood in the way."""

    at: str
    status: int | None
    error: str | None
    took_ms: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One thing to be told to one subscriber.

    `state` is pending, delivered or failed; `due_at` is set while it is pending; `tries`
    counts since it was last asked for, `attempts` are the latest of all.
    """

    id: str
    webhook: str
    type: str
    claim: str
    version: int
    position: int
    recorded_at: str
    standing_from: str | None
    standing_to: str
    due_at: str | None
    state: str = "pending"
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()


class OutboxView(Protocol):
    """A look at subscriptions and deliveries."""

    def webhooks(self, owner: str | None = None) -> list[WebhookRow]:
        """List the subscriptions of an owner, or all, the oldest first."""

    def live_webhooks(self, claims: Collection[str]) -> Iterator[WebhookRow]:
        """Ask for the subscriptions that are not disabled, and to no other claim than these."""

    def find_webhook(self, webhook: str) -> WebhookRow | None:
        """Find a subscription."""

    def due_webhooks(self, now: str, limit: int) -> list[WebhookRow]:
        """List subscriptions that have something due and that nobody holds, the longest untouched first."""

    def next_delivery(self, webhook: str, now: str) -> DeliveryRow | None:
        """Find what has been due the longest."""

    def find_delivery(self, webhook: str, delivery: str) -> DeliveryRow | None:
        """Find a delivery of a subscription."""

    def deliveries(self, webhook: str, *, before: str | None, limit: int) -> list[DeliveryRow]:
        """List deliveries of a subscription, the newest first, from before one of them on."""


class Outbox(OutboxView, Protocol):
    """Subscriptions and deliveries, inside a write transaction."""

    def save_webhook(self, webhook: WebhookRow) -> None:
        """Store a subscription, or what changed of it."""

    def delete_webhook(self, webhook: str) -> None:
        """Remove a subscription with its deliveries."""

    def insert_deliveries(self, deliveries: Sequence[DeliveryRow]) -> None:
        """Store new deliveries, in order."""

    def save_delivery(self, delivery: DeliveryRow) -> None:
        """Store what changed of a delivery."""

    def fail_pending(self, webhook: str) -> None:
        """Give up what is pending of a subscription."""

    def purge_deliveries(self, before: str) -> int:
        """Remove the deliveries of events recorded before an instant; answers how many."""
