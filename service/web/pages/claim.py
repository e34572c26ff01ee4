"""A claim's page, as it stands or stood: standing and reason, stance matrix, picture, timeline, time travel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from flask import Response, request

from service.web.addresses import to_uuid, to_version
from service.web.endpoint import timeline
from service.web.negotiation import redirect_to
from service.web.pages.matrix import Matrix, read_matrix
from service.web.pages.picture import draw
from service.web.pages.rendering import answer_page
from service.web.pages.story import read_story

Json = Mapping[str, Any]


def show_claim(
    *,
    claim_id: str,
    format: str,  # noqa: A002, ARG001 - the parameter's name; a page is one form
    as_of: str | None = None,
    said_until: str | None = None,
) -> Response:
    """Show a claim as it stands, or stood."""
    known = to_uuid(claim_id)
    read = timeline().get_claim(claim_id=known, as_of=as_of, said_until=said_until)
    claim = orjson.loads(read.body)
    history = timeline().get_history(claim_id=known, as_of=as_of, said_until=said_until)
    events = orjson.loads(history.body)["events"]
    pinned = as_of is not None
    return _answer(claim, events, read.log_size, pinned=pinned, latest=_latest(known) if pinned else claim["version"])


def show_version(*, claim_id: str, version: str, diff: int | None = None) -> Response:
    """Show a claim as it stood after one of its events, or what changed since an earlier one."""
    known, shown = to_uuid(claim_id), to_version(version)
    if diff is not None:
        return _answer_difference(known, diff, shown)
    read = timeline().get_version(claim_id=known, version=shown)
    events = orjson.loads(timeline().get_history(claim_id=known).body)["events"]
    return _answer(orjson.loads(read.body), events, read.log_size, pinned=True, latest=len(events))


def show_history(*, claim_id: str, **asked: Any) -> Response:
    """Lead to the claim's own page, which tells its history."""
    kept: dict[str, str] = {name: asked[name] for name in ("as_of", "said_until") if name in asked}
    return redirect_to(f"/claims/{to_uuid(claim_id)}{'?' + urlencode(kept) if kept else ''}#history")


def show_event(*, claim_id: str, version: str) -> Response:
    """Show one event: what it says, its bytes as stored, and what can be checked of it."""
    known, shown = to_uuid(claim_id), to_version(version)
    read = timeline().get_event(claim_id=known, version=shown)
    live = timeline().get_claim(claim_id=known)
    claim = orjson.loads(live.body)
    events = orjson.loads(timeline().get_history(claim_id=known).body)["events"]
    story = read_story(claim, events)
    return answer_page(
        "event.html",
        log_size=read.log_size,
        claim=claim,
        told=next((told for told in story if told.version == shown), story[-1]),
        stored=read.body,
        story=story,
        pinned=False,
        alternates=[("JSON", "application/json", f"{request.path.removesuffix('.html')}.json")],
    )


def _latest(claim_id: UUID) -> int:
    latest: int = orjson.loads(timeline().get_claim(claim_id=claim_id).body)["version"]
    return latest


def _answer(claim: Json, events: Sequence[Json], log_size: int, *, pinned: bool, latest: int) -> Response:
    story = read_story(claim, events)
    until = claim.get("said_until")
    as_of = str(claim["as_of"]["log_size"]) if pinned else None
    path = f"/claims/{claim['id']}"
    return answer_page(
        "claim.html",
        log_size=log_size,
        claim=claim,
        story=story,
        pinned=pinned,
        latest=latest,
        newer=latest - claim["version"],
        names={told.version: told.party for told in story if told.party},
        matrix=Matrix((claim,), (), more=False) if until else read_matrix(timeline(), claim, as_of),
        picture=draw(story, claim["reversals"]),
        alternates=_alternates(path, {"as_of": as_of, "said_until": until}),
        pin=_pin(path, claim),
    )


def _pin(path: str, claim: Json) -> str:
    """Give the address that stays with this moment."""
    until = {"said_until": claim["said_until"]} if "said_until" in claim else {}
    return f"{path}?{urlencode([('as_of', claim['as_of']['log_size']), *until.items()])}"


def _answer_difference(claim_id: UUID, earlier: int, later: int) -> Response:
    read = timeline().get_difference(claim_id=claim_id, earlier=earlier, later=later)
    claim = orjson.loads(timeline().get_version(claim_id=claim_id, version=later).body)
    before = orjson.loads(timeline().get_version(claim_id=claim_id, version=earlier).body)
    events = orjson.loads(timeline().get_history(claim_id=claim_id).body)["events"]
    story = read_story(claim, events)
    return answer_page(
        "difference.html",
        log_size=read.log_size,
        claim=claim,
        before=before,
        change=orjson.loads(read.body),
        story=story,
        added=[told for told in story if told.version > earlier],
        latest=len(events),
        pinned=True,
        alternates=[("JSON", "application/json", f"{request.path.removesuffix('.html')}.json?diff={earlier}")],
    )


_FORMS = (
    ("CSV", "text/csv", "csv"),
    ("TimelineJS", "application/json", "timelinejs"),
    ("schema.org", "application/ld+json", "schemaorg"),
    ("STIX 2.1", "application/stix+json", "stix"),
)


def _alternates(path: str, asked: Mapping[str, str | None]) -> list[tuple[str, str, str]]:
    kept = {name: value for name, value in asked.items() if value is not None}
    query = f"?{urlencode(kept)}" if kept else ""
    forms = [(label, kind, f"{path}?{urlencode({**kept, 'format': form})}") for label, kind, form in _FORMS]
    return [
        ("JSON", "application/json", f"{path}.json{query}"),
        ("Atom", "application/atom+xml", f"{path}.atom{query}"),
        ("JSON Feed", "application/feed+json", f"{path}.feed{query}"),
        *forms,
    ]
