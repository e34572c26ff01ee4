"""Webhooks: who may be told of what. A subscription belongs to the name of the token that made it.

Its owner and administrators see it; to everybody else it is not there. The secret that
signs is shown once, when it is made, and kept since it must sign.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from domain.errors import Fault, Invalid, NotFound
from domain.instants import write_instant
from domain.party import LONGEST_NAME, party_key
from service.errors import LimitReached
from service.outbound import Outbound
from service.recording.items import read_claim_id
from service.store.interface import Store, View
from service.store.outbox import DeliveryRow, WebhookRow
from service.tokens import ADMINISTER, ROLES, WRITE, Actor

MOST_WEBHOOKS = 20  # of one owner
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - as Standard Webhooks has it; no secret itself


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks to be told of, and where."""

    url: str
    on: tuple[str, ...]
    claim: str | None = None
    party: str | None = None


def find_faults(wish: Wish, outbound: Outbound) -> list[Fault]:
    """Find what is wrong with a wish."""
    faults = []
    try:
        outbound.read_url(wish.url)
    except ValueError as error:
        faults.append(Fault("/url", str(error)))
    if wish.claim is not None:
        try:
            read_claim_id(wish.claim)
        except ValueError as error:
            faults.append(Fault("/claim", str(error)))
    if wish.party is not None and not (party_key(wish.party) and len(wish.party) <= LONGEST_NAME):
        faults.append(Fault("/party", f"Write a party's name or key, of at most {LONGEST_NAME} characters."))
    return faults


def subscribe(store: Store, wish: Wish, *, actor: Actor, outbound: Outbound, now: datetime) -> WebhookRow:
    """Make a subscription; raises Invalid and LimitReached. Nobody is asked to prove that the address is theirs."""
    if faults := find_faults(wish, outbound):
        raise Invalid(faults)
    webhook = WebhookRow(
        id=str(uuid4()),
        owner=actor.name,
        url=wish.url,
        on=wish.on,
        claim=None if wish.claim is None else str(read_claim_id(wish.claim)),
        party=None if wish.party is None else party_key(wish.party),
        secret=SECRET_PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode(),
        created_at=write_instant(now),
    )
    with store.writing() as transaction:
        if len(transaction.outbox.webhooks(actor.name)) >= MOST_WEBHOOKS:
            raise LimitReached(f"{actor.name} has {MOST_WEBHOOKS} webhooks, as many as one may have. Delete one first.")
        transaction.outbox.save_webhook(webhook)
    return webhook


def list_webhooks(store: Store, *, actor: Actor) -> list[WebhookRow]:
    """List one's own subscriptions; an administrator's list has everybody's."""
    with store.reading() as view:
        return view.outbox.webhooks(None if _administers(actor) else actor.name)


def get_deliveries(
    store: Store, webhook_id: str, *, actor: Actor, before: str | None, limit: int
) -> tuple[WebhookRow, Sequence[DeliveryRow]]:
    """Give a subscription with a page of its deliveries, the newest first, and one more where there is more."""
    with store.reading() as view:
        webhook = _find(view, webhook_id, actor)
        if before is not None and view.outbox.find_delivery(webhook.id, before) is None:
            raise Invalid([Fault("cursor", "This cursor is not one of this list. Start again without it.")])
        return webhook, view.outbox.deliveries(webhook.id, before=before, limit=limit + 1)


def delete_webhook(store: Store, webhook_id: str, *, actor: Actor) -> None:
    """Remove a subscription, its deliveries and its secret; what is being sent just now may still arrive."""
    with store.writing() as transaction:
        transaction.outbox.delete_webhook(_find(transaction, webhook_id, actor).id)


def replay(store: Store, webhook_id: str, delivery_id: str, *, actor: Actor, now: datetime) -> DeliveryRow:
    """Send something again, under the id it had, with the whole schedule before it.

    What is disabled tries it too: taken, it is enabled again.
    """
    with store.writing() as transaction:
        webhook = _find(transaction, webhook_id, actor)
        delivery = transaction.outbox.find_delivery(webhook.id, delivery_id)
        if delivery is None:
            raise NotFound(f"This webhook has no delivery {delivery_id!r}; they are kept for 30 days.")
        again = replace(delivery, state="pending", due_at=write_instant(now), tries=0)
        transaction.outbox.save_delivery(again)
    return again


def may_be_told(view: View, owner: str, now: datetime) -> bool:
    """Tell whether an owner's token still holds, and still goes as far as a subscription needs."""
    instant = write_instant(now)
    return any(
        token.name == owner
        and token.revoked_at is None
        and (token.expires_at is None or token.expires_at > instant)
        and WRITE in ROLES[token.role]
        for token in view.tokens()
    )


def _administers(actor: Actor) -> bool:
    return ADMINISTER in ROLES[actor.role]


def _find(view: View, webhook_id: str, actor: Actor) -> WebhookRow:
    webhook = view.outbox.find_webhook(webhook_id)
    if webhook is None or not (webhook.owner == actor.name or _administers(actor)):
        raise NotFound(f"You have no webhook {webhook_id!r}. GET /webhooks lists them.")
    return webhook
