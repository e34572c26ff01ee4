"""Webhooks over HTTP: subscribe, see what was delivered, send it again, unsubscribe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, current_app, request
from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from domain.errors import Fault, Invalid
from domain.party import LONGEST_NAME
from service.outbound import LONGEST_URL, Outbound
from service.recording.items import load
from service.recording.notices import WORDS
from service.recording.schemas import CLAIM, Payload
from service.store.outbox import DeliveryRow, WebhookRow
from service.tokens import WRITE
from service.web.endpoint import Endpoint, read_body, timeline, who_asks
from service.web.parameters import PageQuerySchema
from service.webhooks import subscriptions

STATES = ("pending", "delivered", "failed")
_ON = OneOf(WORDS, error="One of: {choices}.")


class NewWebhookSchema(Payload):
    """A subscription asked for."""

    url = fields.String(
        required=True,
        metadata={
            "description": "https, on port 443 or one from 1024 on; no redirect is followed.",
            "format": "uri",
            "maxLength": LONGEST_URL,
            "examples": ["https://desk.example/hook"],
        },
    )
    on = fields.List(
        fields.String(validate=_ON),
        required=True,
        validate=Length(1, len(WORDS), error="Give 1 to {max} words."),
        metadata={"description": "What to be told of; each of them that fits an event is told on its own."},
    )
    claim = fields.String(
        metadata={"description": "Only this claim: UUID, or ref:NAME. It need not be open yet.", "pattern": CLAIM}
    )
    party = fields.String(
        metadata={
            "description": "Only what concerns this party: its name, or its key.",
            "minLength": 1,
            "maxLength": LONGEST_NAME,
        }
    )


class Disabled(Schema):
    """Since when nothing is sent, and why."""

    at = fields.String(required=True, metadata={"format": "date-time"})
    because = fields.String(required=True)


class Webhook(Schema):
    """A subscription."""

    id = fields.UUID(required=True)
    owner = fields.String(required=True)
    url = fields.String(required=True)
    on = fields.List(fields.String(validate=_ON), required=True)
    claim = fields.UUID()
    party = fields.String()
    created_at = fields.String(required=True, metadata={"format": "date-time"})
    disabled = fields.Nested(Disabled, required=True, allow_none=True)


class WebhookMade(Webhook):
    """A subscription just made, with the secret that signs; it is never shown again."""

    secret = fields.String(required=True)


class Webhooks(Schema):
    """Subscriptions, the oldest first."""

    webhooks = fields.List(fields.Nested(Webhook), required=True)


class Tried(Schema):
    """One attempt: a status, or what stood in the way."""

    at = fields.String(required=True, metadata={"format": "date-time"})
    status = fields.Integer(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    took_ms = fields.Integer(required=True)


class Delivery(Schema):
    """One thing told to one subscriber; `id` is the `webhook-id` it is sent with."""

    id = fields.String(required=True)
    type = fields.String(required=True, validate=_ON)
    claim = fields.UUID(required=True)
    version = fields.Integer(required=True)
    position = fields.Integer(required=True)
    state = fields.String(required=True, validate=OneOf(STATES))
    next_attempt_at = fields.String(required=True, allow_none=True)
    attempts = fields.List(fields.Nested(Tried), required=True)


class Delivered(Webhook):
    """A subscription with a page of its deliveries, the newest first."""

    deliveries = fields.List(fields.Nested(Delivery), required=True)
    next = fields.String(required=True, allow_none=True)


_NEW = NewWebhookSchema()


def subscribe() -> Response:
    """Make a subscription."""
    _refuse_key()
    given, faults = load(_NEW, read_body())
    if faults:
        raise Invalid(faults)
    on = tuple(word for word in WORDS if word in given["on"])
    wish = subscriptions.Wish(given["url"], on, given.get("claim"), given.get("party"))
    outbound = Outbound(allow_loopback=current_app.config["WEBHOOKS_ALLOW_LOOPBACK"])
    made = subscriptions.subscribe(timeline().store, wish, actor=who_asks(), outbound=outbound, now=timeline().now())
    response = _answer({**_describe(made), "secret": made.secret}, 201)
    response.headers["Location"] = f"/webhooks/{made.id}"
    return response


def list_webhooks() -> Response:
    """List subscriptions."""
    found = subscriptions.list_webhooks(timeline().store, actor=who_asks())
    return _answer({"webhooks": [_describe(webhook) for webhook in found]})


def get_webhook(*, webhook_id: str, limit: int, cursor: str | None = None) -> Response:
    """Give a subscription with its deliveries."""
    store = timeline().store
    webhook, found = subscriptions.get_deliveries(store, webhook_id, actor=who_asks(), before=cursor, limit=limit)
    following = found[limit - 1].id if len(found) > limit else None
    page = [_describe_delivery(delivery) for delivery in found[:limit]]
    response = _answer({**_describe(webhook), "deliveries": page, "next": following})
    if following:
        response.headers["Link"] = f'<{request.path}?limit={limit}&cursor={following}>; rel="next"'
    return response


def delete_webhook(*, webhook_id: str) -> Response:
    """Remove a subscription."""
    subscriptions.delete_webhook(timeline().store, webhook_id, actor=who_asks())
    return Response(status=204)


def replay_delivery(*, webhook_id: str, delivery_id: str) -> Response:
    """Send something again."""
    _refuse_key()
    store, now = timeline().store, timeline().now()
    return _answer(
        _describe_delivery(subscriptions.replay(store, webhook_id, delivery_id, actor=who_asks(), now=now)), 202
    )


def _refuse_key() -> None:
    if "Idempotency-Key" in request.headers:
        detail = (
            "A key would have to show the secret again. Send it without; after a lost answer look at GET /webhooks."
        )
        raise Invalid([Fault("Idempotency-Key", detail)])


def _describe(webhook: WebhookRow) -> dict[str, Any]:
    narrowed = {"claim": webhook.claim, "party": webhook.party}
    disabled = {"at": webhook.disabled_at, "because": webhook.disabled_because} if webhook.disabled_at else None
    return {
        "id": webhook.id,
        "owner": webhook.owner,
        "url": webhook.url,
        "on": webhook.on,
        **{name: value for name, value in narrowed.items() if value is not None},
        "created_at": webhook.created_at,
        "disabled": disabled,
    }


def _describe_delivery(delivery: DeliveryRow) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "type": delivery.type,
        "claim": delivery.claim,
        "version": delivery.version,
        "position": delivery.position,
        "state": delivery.state,
        "next_attempt_at": delivery.due_at,
        "attempts": delivery.attempts,
    }


def _answer(document: Mapping[str, Any], status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}  # a subscriber's own business, and once a secret
    return Response(orjson.dumps(document), status, content_type="application/json", headers=headers)


ENDPOINTS = (
    Endpoint(
        "GET", "/webhooks", "Your webhooks", list_webhooks, {200: (Webhooks, "Administrators see all.")}, right=WRITE
    ),
    Endpoint(
        "POST",
        "/webhooks",
        "Be told of what is recorded",
        subscribe,
        {201: (WebhookMade, "The webhook, and once its secret.")},
        right=WRITE,
        body=NewWebhookSchema,
        problems=("malformed", "too_large", "unsupported_media_type", "limit_reached", "outcome_unknown"),
    ),
    Endpoint(
        "GET",
        "/webhooks/{webhook_id}",
        "A webhook and its deliveries",
        get_webhook,
        {200: (Delivered, "The newest delivery first.")},
        right=WRITE,
        query=PageQuerySchema,
        problems=("not_found",),
    ),
    Endpoint(
        "DELETE",
        "/webhooks/{webhook_id}",
        "Be told no more",
        delete_webhook,
        {204: (None, "It is gone, with its deliveries and its secret.")},
        right=WRITE,
        problems=("not_found", "outcome_unknown"),
    ),
    Endpoint(
        "POST",
        "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
        "Send something again",
        replay_delivery,
        {202: (Delivery, "It is due now.")},
        right=WRITE,
        problems=("not_found", "outcome_unknown"),
    ),
)
