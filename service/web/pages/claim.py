"""A claim's page, as it stands or stood: standing and reason, stance matrix, picture, timeline, time travel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from flask import Response, request

from domain.instants import parse_instant
from service.reading.reads import Answer
from service.telling.changes import compare_wordings
from service.telling.wording import Reasons, sort_reasons
from service.web.addresses import to_uuid, to_version
from service.web.endpoint import claim_of, timeline
from service.web.negotiation import redirect_to
from service.web.pages.asked import find_overdue, mark_answers
from service.web.pages.fragments import Fragment, Parts
from service.web.pages.limits import mark_limits
from service.web.pages.matrix import Matrix, find_across, read_matrix
from service.web.pages.picture import draw
from service.web.pages.recording import find_recorded, forget_recorded
from service.web.pages.rendering import answer_page, find_parts
from service.web.pages.story import Told, mark_away, read_story
from service.web.pages.utterances import find_same_utterance
from service.web.pages.voices import group_words, list_withdrawals, tell_positions, tell_withdrawals

Json = Mapping[str, Any]
Turn = tuple[Json, bool, Told | None, Told | None]
_ANSWERED = frozenset({"denied", "contested", "unconfirmed"})  # standings whose reason is what was said to a report
RUN = 16  # events that are kept as one part; those after the last so many are each one


def show_claim(
    *,
    claim_id: str,
    format: str,  # noqa: A002, ARG001 - the parameter's name; a page is one form
    as_of: str | None = None,
    said_until: str | None = None,
) -> Response:
    """Show a claim as it stands, or stood."""
    known = to_uuid(claim_id)
    live = timeline().get_claim(claim_id=known)
    past = as_of is not None or said_until is not None
    read = timeline().get_claim(claim_id=known, as_of=as_of, said_until=said_until) if past else live
    read_events = partial(timeline().list_events, claim_id=known, as_of=as_of, said_until=said_until)
    return _answer(read, live, read_events, pinned=as_of is not None)


def show_version(*, claim_id: str, version: str, diff: int | None = None) -> Response:
    """Show a claim as it stood after one of its events, or what changed since an earlier one."""
    known, shown = to_uuid(claim_id), to_version(version)
    if diff is not None:
        return _answer_difference(known, diff, shown)
    read = timeline().get_version(claim_id=known, version=shown)
    live = timeline().get_claim(claim_id=known)
    return _answer(read, live, partial(timeline().list_events, claim_id=known), pinned=True)


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
    told_of = read_story(claim, timeline().list_events(claim_id=known), find_linked(claim))
    story = mark_answers(mark_limits(claim, told_of), find_overdue(claim, timeline().now()))
    [told] = mark_away([next((told for told in story if told.version == shown), story[-1])])
    label = (told.data or {}).get("utterance")
    return answer_page(
        "event.html",
        log_size=read.log_size,
        claim=claim,
        told=told,
        breath=find_same_utterance(label, read.position) if label and read.position is not None else [],
        stored=read.body,
        story=story,
        pinned=False,
        alternates=[("JSON", "application/json", f"{request.path.removesuffix('.html')}.json")],
    )


def _answer(read: Answer, live: Answer, read_events: Callable[[], list[str]], *, pinned: bool) -> Response:
    claim = orjson.loads(read.body)
    until = claim.get("said_until")
    as_of = str(claim["as_of"]["log_size"]) if pinned else None
    moment = {"as_of": as_of, "said_until": until}
    path = f"/claims/{claim['id']}"
    pin = _pin(path, claim)
    parts = find_parts()
    across = find_across(claim, as_of)
    linked = find_linked(claim, as_of)
    overdue = find_overdue(claim, parse_instant(claim["as_of"]["at"]) if pinned else timeline().now())

    def make_model() -> dict[str, Any]:
        # Not older than what the part is kept by: a redaction that is known there is in these events, too.
        with timeline().expecting(max(read.log_size, live.log_size)):
            events = read_events()
        story = mark_answers(mark_limits(claim, read_story(claim, events, linked)), overdue)
        if pinned or until:  # else all that is named is here
            story = mark_away(story)
        model = _model(claim, story, pinned=pinned, latest=live.version or claim["version"])
        matrix = read_matrix(model["claim"], across)
        rows, runs = _draw_stances(parts, matrix, as_of), _draw_events(parts, story, claim, pinned=pinned)
        return model | {"rows": rows, "runs": runs, "matrix": matrix, "linked": linked, "pin": pin, "moment": moment}

    # A claim's events are the same as long as its version is: whatever is redacted, that is an event of the claim.
    made_from: tuple[str | bytes, ...] = (
        read.body,
        f"{live.version} {pinned} {overdue}",
        orjson.dumps(linked),
        *across.made_from,
    )
    part, alternates = parts.find("_claim.html", made_from, make_model), _alternates(path, moment)
    now = None if pinned or until else find_recorded(claim["id"])
    model = {"claim": claim, "main": part, "pin": pin, "alternates": alternates, "recorded": now, "moment": moment}
    cited = claim["as_of"]["log_size"] if pinned else None
    response = answer_page("claim.html", log_size=read.log_size, cited=cited, **model)
    if now is not None:
        forget_recorded(response)
    return response


def find_linked(claim: Json, as_of: str | None = None) -> dict[str, Json]:
    """Find the wordings of the claims that one is linked to, by their ids, as of the same moment, which they name."""
    linked: dict[str, Json] = {}
    for link in claim["links"]:
        other = claim_of(UUID(link["claim"]), as_of=as_of)
        linked[link["claim"]] = {"text": other["text"], "lang": other["lang"], "as_of": as_of}
    return linked


def _model(claim: Json, story: Sequence[Told], *, pinned: bool, latest: int) -> dict[str, Any]:
    told = {event.version: event for event in story}
    claim, withdrawn = tell_positions(claim, told), list_withdrawals(claim, told)
    reasons, standing = sort_reasons(claim), claim["standing"]
    if standing == "retracted":  # whoever took back its own word for it in full is named as the reason
        withdrawn = [one for one in withdrawn if one["who"] or one["stance"] == "denies" or one["partial"]]
    return {
        "claim": claim,
        "told": told,
        "pinned": pinned,
        "latest": latest,
        "newer": latest - claim["version"],
        "reasons": reasons,
        "voices": {side.name: group_words(getattr(reasons, side.name), told) for side in fields(reasons)},
        "parts": {side: group_words(parts, told) for side, parts in _list_parts(claim, reasons).items()},
        "forward": group_words(sorted(_list_events_of(claim, "asserts")), told) if standing in _ANSWERED else [],
        "overtaken": [position for position in claim["positions"] if "overtaken_by" in position],
        "withdrawals": withdrawn,
        "denials": group_words(sorted(_list_events_of(claim, "denies")), told),
        "earlier": {event.version for event in story if event.earlier},
        "turns": _list_turns(claim, told),
        "picture": draw(story, claim),
    }


def _list_parts(claim: Json, reasons: Reasons) -> dict[str, list[int]]:
    """List by their side the words of a part that count, but those that are named already where no word is in full."""
    full = reasons.affirming or reasons.denying or reasons.others
    named = () if full else reasons.in_part
    return {side: [n for n in parts if n not in named] for side, parts in claim["partly"].items()}


def _list_events_of(claim: Json, stance: str) -> Iterator[int]:
    """List the events of those that stand so in full: who denies keeps no claim from standing as retracted."""
    for position in claim["positions"]:
        if position["stance"] == stance and not position["partial"] and "overtaken_by" not in position:
            yield from position["events"]


def _list_turns(claim: Json, told: Mapping[int, Told]) -> list[Turn]:
    """List reversals and shifts in order, each with whether it is a reversal, and the events at both ends."""
    turns = [(turn, True) for turn in claim["reversals"]] + [(turn, False) for turn in claim["shifts"]]
    turns.sort(key=lambda one: one[0]["to"])
    return [(turn, is_reversal, told.get(turn["from"]), told.get(turn["to"])) for turn, is_reversal in turns]


def _draw_stances(parts: Parts, matrix: Matrix, as_of: str | None) -> list[Fragment]:
    """Draw the rows of the matrix; each knows no more than what it is given."""
    columns = [{"id": column["id"], "text": column["text"]} for column in matrix.claims]
    given = [(who, cells, columns, matrix.wide, as_of) for who, cells in matrix.rows]
    return parts.draw("_stances.html", "row", map(orjson.dumps, given), lambda missing: (given[n] for n in missing))


def _draw_events(parts: Parts, story: Sequence[Told], claim: Json, *, pinned: bool) -> list[Fragment]:
    """Draw the events as they read, in parts; they know no more of their claim than this."""
    beside = {name: claim[name] for name in ("id", "lang")}, pinned, sorted(parts.rights)
    same = orjson.dumps(beside)

    full = len(story) // RUN * RUN
    runs = [*(story[start : start + RUN] for start in range(0, full, RUN)), *([told] for told in story[full:])]
    made_from = (b"".join([same, *(told.made_from for told in run)]) for run in runs)
    return parts.draw("_event.html", "events", made_from, lambda missing: ((runs[n], *beside) for n in missing))


def _pin(path: str, claim: Json) -> str:
    """Give the address that stays with this moment."""
    until = {"said_until": claim["said_until"]} if "said_until" in claim else {}
    return f"{path}?{urlencode([('as_of', claim['as_of']['log_size']), *until.items()])}"


def _answer_difference(claim_id: UUID, earlier: int, later: int) -> Response:
    read = timeline().get_difference(claim_id=claim_id, earlier=earlier, later=later)
    change: Json = orjson.loads(read.body)
    claim, before = claim_of(claim_id, version=later), claim_of(claim_id, version=earlier)
    events = timeline().list_events(claim_id=claim_id)
    told_of = mark_limits(claim, read_story(claim, events, find_linked(claim)))
    story = mark_answers(told_of, find_overdue(claim, parse_instant(claim["as_of"]["at"])))
    by_version = {told.version: told for told in story}
    sides = [_read_side(before, read_story(before, events)), _read_side(claim, story)]
    shifts = [shift for shift in claim["shifts"] if shift not in before["shifts"]]
    return answer_page(
        "difference.html",
        log_size=read.log_size,
        claim=claim,
        before=before,
        change=change,
        sides=sides,
        turns=_list_turns({**change, "shifts": shifts}, by_version),
        withdrawals=tell_withdrawals(change["withdrawals"], by_version),
        rewording=compare_wordings(before, claim),
        story=story,
        added=mark_away(told for told in story if told.version > earlier),
        latest=len(events),
        pinned=True,
        alternates=[("JSON", "application/json", f"{request.path.removesuffix('.html')}.json?diff={earlier}")],
    )


def _read_side(then: Json, story: Sequence[Told]) -> dict[str, Json]:
    """Read where each party stood, by its key, as the words read then."""
    told = tell_positions(then, {event.version: event for event in story})
    return {position["party"]["key"]: position for position in told["positions"]}


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
