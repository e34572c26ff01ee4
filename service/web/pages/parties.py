"""Parties as pages: who speaks, and one party's positions, reversals and track record."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson
from flask import Response

from domain.reading import find_rewording
from service.reading.parties import PartiesQuestion, PartyQuestion
from service.web.endpoint import same_address_with, timeline
from service.web.pages.claims import ask_all, ask_same, following, name_feeds
from service.web.pages.limits import mark_limits, wordings_of
from service.web.pages.rendering import answer_page
from service.web.pages.story import find_story
from service.web.pages.voices import list_withdrawals, read_said, tell_beside

Json = Mapping[str, Any]
MOST_PAIRS = 10  # reversals shown with their words; the rest are listed
COLUMNS = {
    "denials": ("reversed", "affirmed_by_others", "vindicated", "withdrawn", "standing"),
    "affirmations": ("reversed", "denied_by_others", "vindicated", "withdrawn", "standing"),
}


def show_parties(**asked: Any) -> Response:
    """Show a page of parties."""
    read = timeline().list_parties(question=PartiesQuestion(**asked))
    told = orjson.loads(read.body)
    return answer_page(
        "parties.html",
        log_size=read.log_size,
        cited=told.get("as_of", {}).get("log_size"),
        asked=asked,
        following=following(read),
        alternates=[
            ("JSON", "application/json", f"/parties.json{ask_same()}"),
            ("CSV", "text/csv", f"/parties.csv{ask_all(asked)}"),
        ],
        parties=told["parties"],
        moment=told.get("as_of"),
    )


def show_party(*, limit: int, **asked: Any) -> Response:
    """Show a party: the first page whole, others with what they go on with."""
    of_turns = asked.get("behind") == "reversals"  # each is shown with its words
    question = PartyQuestion(**asked, limit=min(limit, MOST_PAIRS) if of_turns else limit)
    read = timeline().get_party(question=question)
    record = orjson.loads(read.body)
    path = f"/parties/{quote(record['party']['key'])}"
    size = record["as_of"]["log_size"] if question.cursor or question.as_of else read.log_size
    with timeline().expecting(read.log_size):
        record["positions"] = _tell_beside(record, size)
    since = [{"id": position["claim"], "version": position["since"]} for position in record["positions"]]
    pairs = [_pair(change, question.as_of) for change in record.get("reversals", ())[:MOST_PAIRS]]
    return answer_page(
        "party.html",
        log_size=read.log_size,
        cited=size,
        record=record,
        since=[one.event["recorded_at"] for one in timeline().tell_latest(claims=since)],
        columns=COLUMNS,
        behind=question.behind,
        first=question.cursor is None,
        at=_feed_query(question),
        pairs=pairs if question.behind in {None, "reversals"} else [],
        pinned=question.as_of is not None,
        following=following(read),
        previous=same_address_with(read.links["prev"]) if "prev" in read.links else None,
        alternates=[
            ("JSON", "application/json", f"{path}.json{ask_same()}"),
            ("CSV", "text/csv", f"{path}.csv{_feed_query(question)}"),
            *name_feeds(path, _feed_query(question)),
        ],
    )


def _tell_beside(record: Json, size: int) -> list[Json]:
    """Put to each position what its claim tells beside it."""
    names = {one["key"] for one in (record["party"], *record["party"]["also_known_as"])}
    found: dict[str, tuple[Json, Json]] = {}
    claims = timeline().find_claims(ids=[position["claim"] for position in record["positions"]], size=size)
    for position in record["positions"]:
        claim = orjson.loads(claims[position["claim"]])
        for one in claim["positions"]:
            if one["party"]["key"] in names and _is_same(one, position):
                found[claim["id"]] = claim, one
    parts = ({name: one[name] for name in ("concedes", "disputes")} for _, one in found.values())
    told = map(operator.or_, parts, tell_beside([*found.values()]))
    beside = dict(zip(found, map(operator.or_, told, _find_left([*found.values()])), strict=True))
    return [{**one, **beside.get(one["claim"], {})} for one in record["positions"]]


def _find_left(claims: Sequence[tuple[Json, Json]]) -> list[Json]:
    """Find, of positions of one party, each with its claim, which other words than where it stands it `left`."""
    wanted: dict[str, tuple[int, list[int]]] = {}
    for claim, position in claims:
        taken = [one for one in claim["withdrawals"] if one["party"] == position["party"]["key"]]
        if taken and position["stance"] != "withdrawn":
            numbers = {1, *(one[end] for one in taken for end in ("of", "by"))}
            wanted[claim["id"]] = claim["version"], sorted(numbers)
    found = timeline().find_events(wanted=wanted) if wanted else {}
    return [_tell_left(claim, position, found.get(claim["id"], [])) for claim, position in claims]


def _tell_left(claim: Json, position: Json, texts: Sequence[str]) -> Json:
    told = read_said(claim, texts)
    wordings = wordings_of(told.values())
    left = list_withdrawals({**claim, "positions": [position]}, told) if told else []
    return {"left": [{**one, "reworded_by": find_rewording(wordings, one["of"])} for one in left]} if left else {}


def _is_same(one: Json, other: Json) -> bool:
    """Tell whether two positions are one, where names that are joined are read as one party and where they are not."""
    return all(one.get(name) == other.get(name) for name in ("stance", "since", "overtaken_by"))


def _pair(change: Json, as_of: str | None) -> dict[str, Any]:
    """Put the two statements of a reversal side by side, each as it reads."""
    claim_id = UUID(change["claim"])
    claim, story = find_story(claim_id, as_of)
    told = {event.version: event for event in mark_limits(claim, story)}
    old, new = told[change["from"]], told[change["to"]]
    return {"change": change, "text": claim["text"], "sides": [old, new], "across": old.earlier != new.earlier}


def _feed_query(question: PartyQuestion) -> str:
    return f"?as_of={quote(question.as_of)}" if question.as_of else ""
