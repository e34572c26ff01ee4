"""Who is to be told of an event: decided when it is recorded, and stored in its transaction.

A subscription names what it wants to be told `on`, and may be narrowed to a claim and to a
party, under whichever of its joined names. Each of its words that fits an event makes one
delivery, which holds references and no word of what was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import orjson

from domain.party import party_key
from service.store.outbox import DeliveryRow, WebhookRow

CORRECTIONS = frozenset({"amended", "struck", "redacted", "corrected", "retracted"})
WORDS = ("event", "standing_changed", "reversed", "corrected")


@dataclass(frozen=True, slots=True)
class Change:
    """An event as stored, with the claim as rendered before it (None: it was opened by it) and after it."""

    claim: str
    position: int
    recorded_at: str
    event: bytes
    before: str | None
    after: str


def list_deliveries(
    webhooks: Sequence[WebhookRow], changes: Iterable[Change], names_of: Callable[[str], Iterable[str]]
) -> Iterator[DeliveryRow]:
    """List what is to be told to whom, in the order of the record; `names_of` gives all keys of one party."""
    names = {webhook.party: frozenset(names_of(webhook.party)) for webhook in webhooks if webhook.party is not None}
    for change in changes:
        wanting = [webhook for webhook in webhooks if webhook.claim in (None, change.claim)]
        if not wanting:
            continue
        event, after = orjson.loads(change.event), orjson.loads(change.after)
        before = orjson.loads(change.before) if change.before is not None else None
        words, parties = _words(event, before, after), _parties(event, before, after)
        for webhook in (one for one in wanting if one.party is None or names[one.party] & parties):
            for word in (word for word in WORDS if word in words and word in webhook.on):
                yield DeliveryRow(
                    id=_name(webhook, change.position, word),
                    webhook=webhook.id,
                    type=word,
                    claim=change.claim,
                    version=after["version"],
                    position=change.position,
                    recorded_at=change.recorded_at,
                    standing_from=before and before["standing"],
                    standing_to=after["standing"],
                    due_at=change.recorded_at,
                )


def new_reversals(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the reversals that a claim shows and did not show before."""
    known = [_pair(reversal) for reversal in before["reversals"]] if before else []
    return [reversal for reversal in after["reversals"] if _pair(reversal) not in known]


def _words(event: Mapping[str, Any], before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> set[str]:
    words = {"event"}
    if before is None or before["standing"] != after["standing"]:
        words.add("standing_changed")
    if new_reversals(before, after):
        words.add("reversed")
    if event["type"] in CORRECTIONS:
        words.add("corrected")
    return words


def _parties(event: Mapping[str, Any], before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> set[str]:
    """Name the parties an event concerns: who speaks or is asked in it, and whose position it changes."""
    data = event["data"]
    told = (data, data.get("statement", {}))
    parties = [one[role] for one in told for role in ("party", "by", "same_as") if role in one]
    named = {party_key(party if isinstance(party, str) else party["name"]) for party in parties}  # a join has names
    was, now = ({p["party"]["key"]: p for p in claim["positions"]} if claim else {} for claim in (before, after))
    return named | {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}


def _pair(reversal: Mapping[str, Any]) -> tuple[Any, ...]:
    return (reversal["party"], reversal["from"], reversal["to"])


def _name(webhook: WebhookRow, position: int, word: str) -> str:
    # Derived, so that what is written again after a lost commit has the name it had.
    return f"msg_{uuid5(UUID(webhook.id), f'{position}/{word}').hex}"
