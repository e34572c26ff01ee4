"""The desk: what hangs, and what changed since this desk last looked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
from flask import Response, request

from domain.instants import parse_instant
from service.errors import Unauthenticated
from service.reading.feed import FeedQuestion
from service.reading.hanging import Awaited
from service.reading.lists import ListQuestion
from service.sessions import find_look, note_look
from service.tokens import Actor
from service.web.auth import require_same_origin
from service.web.endpoint import timeline
from service.web.negotiation import redirect_to
from service.web.pages.claims import find_rows
from service.web.pages.forms import find_number
from service.web.pages.record import tell_placed
from service.web.pages.rendering import answer_page, who_looks

MOST = 20
MOST_AWAITED = 50
NEWEST = 50
OPEN_LONG = 14  # days


def show_desk() -> Response:
    """Show what hangs, and what changed."""
    looked = find_look(timeline().store, _desk().name)
    size = timeline().feed.read(FeedQuestion(limit=1)).log_size
    seen = max(0, size - NEWEST) if looked is None else looked  # who never looked sees the newest
    read = timeline().feed.read(FeedQuestion(after=seen - 1, limit=NEWEST))
    placed = orjson.loads(read.body)["events"]
    unanswered = _list(filters={"standing": ["unconfirmed"]})
    awaited = timeline().find_awaited(limit=MOST_AWAITED + 1)
    told = [_tell_awaited(one, timeline().now()) for one in awaited[:MOST_AWAITED]]
    return answer_page(
        "desk.html",
        log_size=read.log_size,
        overdue=[one for one in told if one["overdue"]],
        due=[one for one in told if not one["overdue"]],
        cut=MOST_AWAITED if len(awaited) > MOST_AWAITED else None,
        unanswered=sorted(unanswered, key=lambda row: str(row["claim"]["updated_at"])),
        days_open={row["claim"]["id"]: _days_since(row["claim"]["updated_at"], timeline().now()) for row in unanswered},
        open_long=OPEN_LONG,
        single=_list(flags={"single_source": True}),
        entries=tell_placed(placed),
        seen=seen,
        upto=placed[-1]["position"] + 1 if placed else seen,
        more=read.log_size - seen - len(placed),
    )


def note_seen() -> Response:
    """Note that this desk has seen what changed."""
    require_same_origin()
    upto = find_number(request.form.get("upto", ""))
    if upto is not None:
        note_look(timeline().store, _desk().name, upto)
    return redirect_to("/desk")


def _desk() -> Actor:
    actor = who_looks()
    if actor is None:
        raise Unauthenticated("The desk is for those who have signed in.")
    return actor


def _list(**asked: Any) -> list[dict[str, Any]]:
    read = timeline().list_claims(question=ListQuestion(limit=MOST, **asked))
    return find_rows(orjson.loads(read.body)["claims"])


def _tell_awaited(awaited: Awaited, now: datetime) -> dict[str, Any]:
    """Say how far off a deadline is: whole days, whole hours of the last day, or less than an hour."""
    late = now - parse_instant(awaited.deadline)
    days, rest = divmod(abs(late), timedelta(days=1))
    return {
        "claim": awaited.claim,
        "version": awaited.version,
        "request": awaited.request,
        "deadline": awaited.deadline,
        "overdue": late > timedelta(0),
        "days": days,
        "hours": rest // timedelta(hours=1),
    }


def _days_since(instant: str, now: datetime) -> int:
    return max(0, (now - parse_instant(instant)).days)
