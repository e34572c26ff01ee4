"""Log what a party said: one form, seven fields for the common case, on several claims in one go."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import orjson
from flask import Response

from domain.codebook import STATEMENTS
from domain.errors import Fault, NotFound
from service.reading.feed import FeedQuestion
from service.recording.ledger import Item
from service.telling.dates import tell_instant
from service.telling.members import fill
from service.telling.words import NO_ANSWER, NO_ANSWER_BY
from service.web.addresses import to_uuid, to_version
from service.web.endpoint import claim_of, timeline, who_asks
from service.web.pages.forms import (
    BROUGHT,
    LEFT_OPEN,
    NO_CLAIM,
    NOT_CHOSEN,
    OFFERED,
    check_misplaced,
    read_claim_named,
    read_statement,
)
from service.web.pages.languages import LANGUAGES, chosen_language, translations_of
from service.web.pages.matrix import find_across, read_matrix
from service.web.pages.naming import find_named
from service.web.pages.recording import Draft, answer_form, read_one, sent, show_form

Json = Mapping[str, Any]
TYPES = (*STATEMENTS, "assessed")
_OWN = ("extent", "scope", "regarding", "grade")  # of one claim, not of the utterance
LOOKED_BACK = 200  # events, for the source of this actor's last statement


def show_log(*, claim_id: str, again: str | None = None, regarding: int | None = None) -> Response:
    """Show the form; it begins with the source of `again`, an event by claim and version, or as an answer to a request.

    `regarding` is the request's number.
    """
    claim = claim_of(to_uuid(claim_id))
    fields = {} if again is None else _source_of(again)
    request = None if regarding is None else _find_request(to_uuid(claim_id), regarding)
    if request is not None:
        fields |= fill({"party": request["party"], "regarding": regarding})
    return _show(claim, Draft(fields), 200)


def log_statement(**asked: Any) -> Response:
    """Record a statement, or say how the claim would stand."""
    known = to_uuid(asked["claim_id"])
    claim = claim_of(known)
    draft = sent()
    source = draft.fields.pop("again", None)
    if source is not None:
        draft.fields |= {name: "" for name in draft.fields if name.startswith("source/")} | _source_of(source)
    brought = list(_bring(draft))
    if any(fault.detail == NO_CLAIM for fault in brought):
        draft.faults = {"bring": NO_CLAIM}
    return answer_form(
        draft, lambda faults: _read(draft, known, faults, brought), lambda d, status: _show(claim, d, status)
    )


def _bring(draft: Draft) -> Iterator[Fault]:
    """Give a claim that somebody names by its address lines of its own in the form, and say so in each language."""
    before = draft.fields.pop("brought", "")
    named = draft.fields.get("bring", "").strip() or (before if draft.checked else "")
    if not named:
        return
    try:
        claim_id = UUID(read_claim_named(named))
        timeline().get_claim(claim_id=claim_id)
    except (ValueError, NotFound):
        yield Fault("/bring", NO_CLAIM)
        return
    draft.fields |= {"bring": "", "brought": str(claim_id)}
    name = f"also/{claim_id}/type"
    if not draft.fields.setdefault(name, ""):
        yield Fault(f"/{name}", BROUGHT)


def _find_brought(fields: Mapping[str, str], there: Collection[str]) -> Iterator[Json]:
    """Find the claims that have lines in a form, but for those that are there in any case."""
    for other, member, _ in _lines_of_others(fields):
        if member == "type" and other not in there:
            with suppress(NotFound):  # what else is wrong with it is told where it is read
                yield claim_of(to_uuid(other))


def _find_request(claim_id: UUID, version: int) -> Json | None:
    """Find what was asked by a request for comment; None where the event is none, or was erased."""
    try:
        event = orjson.loads(timeline().get_event(claim_id=claim_id, version=version).body)
    except NotFound:
        return None
    data: Json | None = event.get("data")
    return data if event["type"] == "comment_requested" else None


def _offer_silence(claim_id: UUID, fields: dict[str, str], *, checked: bool) -> Iterator[Fault]:
    """Offer a sentence where somebody did not respond and nobody said so in words; it is recorded when sent again.

    Where the form is only `checked`, a sentence that was offered is offered in the language of now.
    """
    number = fields.get("regarding", "").strip()
    request = _find_request(claim_id, int(number)) if re.fullmatch("[1-9][0-9]{0,8}", number) else None
    offers = {language: _tell_silence(request, language) for language in LANGUAGES}
    said = fields.get("summary", "").strip()
    if fields.get("quote/text", "").strip() or (said and not (checked and said in offers.values())):
        return
    fields["summary"] = offers[chosen_language()]
    yield Fault("/summary", OFFERED)


def _tell_silence(request: Json | None, language: str) -> str:
    translations = translations_of(language)
    if request is None:
        return translations.gettext(NO_ANSWER)
    return translations.gettext(NO_ANSWER_BY) % {"when": tell_instant(request["deadline"], translations)}


def _source_of(named: str) -> dict[str, str]:
    claim, _, version = named.partition("/")
    event = orjson.loads(timeline().get_event(claim_id=to_uuid(claim), version=to_version(version)).body)
    return fill({"source": (event.get("data") or {}).get("source", {})})


def _show(claim: Json, draft: Draft, status: int) -> Response:
    across = read_matrix(claim, find_across(claim, None)).claims
    brought = [*_find_brought(draft.fields, {other["id"] for other in across})]
    return show_form(
        "log.html",
        draft,
        status,
        claim=claim,
        types=TYPES,
        across=(*across, *brought),
        unfolded=bool(brought or draft.faults.get("bring") or draft.fields.get("utterance")),
        last_source=None if draft.fields.get("source/publisher") else find_last_source(),
    )


def _read(draft: Draft, claim_id: UUID, faults: list[Fault], brought: Sequence[Fault]) -> list[Item]:
    fields, type_ = draft.fields, draft.fields.get("type", "")
    fields |= know_party(fields)
    also = [other for other, member, value in _lines_of_others(fields) if member == "type" and value]
    if also and not fields.get("utterance"):
        fields["utterance"] = f"said-{draft.key[:10]}"
    data = read_statement(type_, fields)
    items = [read_one(type_ or TYPES[0], data, claim_id, faults)]  # what else is wrong is wrong of any
    words = {name: value for name, value in fields.items() if name not in _OWN}
    for other in also:
        own = {name: fields.get(f"also/{other}/{name}", "") for name in ("type", "extent", "scope")}
        payload = read_statement(own["type"], {**words, **own})
        items.append(read_one(own["type"], payload, to_uuid(other), faults, pointer=f"/also/{other}"))
    mine = {fault.pointer for fault in faults}
    faults[:] = [fault for fault in faults if fault.pointer.removeprefix("/also/")[36:] not in mine]  # said once
    if type_ == "unresponsive" and draft.pressed == "record":
        offered = [*_offer_silence(claim_id, fields, checked=draft.checked)]
        faults[:] = [fault for fault in faults if not (offered and fault.pointer.endswith("/summary"))] + offered
    faults += [*_check_types(fields), *brought]
    return items


def _check_types(fields: Mapping[str, str]) -> Iterator[Fault]:
    """Find where nobody chose what the party did, and what was filled in that goes with another choice."""
    if not fields.get("type"):
        yield Fault("/type", NOT_CHOSEN)
    else:
        yield from check_misplaced({value for name, value in fields.items() if name.endswith("type")}, fields)
    for other, member, value in _lines_of_others(fields):
        if member in {"extent", "scope"} and value and not fields.get(f"also/{other}/type"):
            yield Fault(f"/also/{other}/type", LEFT_OPEN)


def _lines_of_others(fields: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Give (claim, member, value) of each field that is of another claim than the form's own: `also/ID/type`."""
    for name, value in fields.items():
        also, _, rest = name.partition("/")
        other, _, member = rest.partition("/")
        if also == "also":
            yield other, member, value


def know_party(fields: Mapping[str, str]) -> dict[str, str]:
    """Give kind and country of a party that speaks in the record already, where the form leaves them open."""
    party = None if fields.get("party/kind") else find_named(fields.get("party/name", "").strip())
    if party is None:
        return {}  # nobody of that name is on record yet: the form asks for the kind
    country = fields.get("party/country") or party.get("country", "")
    return {"party/kind": party["kind"], "party/country": country}


def find_last_source() -> tuple[str, str, int] | None:
    """Find the source of this actor's last statement: its publisher, and the claim and version it stands at."""
    size = timeline().feed.read(FeedQuestion(limit=1)).log_size
    question = FeedQuestion(after=max(-1, size - LOOKED_BACK - 1), limit=LOOKED_BACK)
    events = orjson.loads(timeline().feed.read(question).body)["events"]
    for placed in reversed(events):
        event = placed["event"]
        source = (event.get("data") or {}).get("source")
        if source and event["recorded_by"] == who_asks().name:
            return source["publisher"], event["claim"], event["version"]
    return None
