"""Everything else that is done to a claim from its page: amend, strike, redact, reword, link, ask for comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response

from domain.codebook import STATEMENTS
from domain.errors import DomainError, Fault, NotFound, RuleBroken
from service.recording.ledger import Item
from service.telling.changes import compare_statements, compare_wordings
from service.telling.members import PARTICIPANTS, PARTY, fill
from service.telling.words import WORDS
from service.timeline import Asked
from service.tokens import EDIT, WRITE
from service.web.addresses import to_uuid
from service.web.endpoint import claim_of, timeline, who_asks
from service.web.pages.cautions import LOOKED_AT, Caution, tell_erasure, tell_typed
from service.web.pages.forms import (
    NEEDED,
    check_misplaced,
    complete,
    find_number,
    is_untouched,
    read_claim,
    read_claim_named,
    read_payload,
    read_statement,
)
from service.web.pages.logging import know_party
from service.web.pages.naming import know_participants
from service.web.pages.recording import Draft, answer_form, read_one, sent, show_form
from service.web.pages.story import Told, find_story, read_story
from service.web.pages.utterances import find_copies
from service.web.pages.voices import tell_positions

Json = Mapping[str, Any]
_FIELDS = {"regarding": "about_event"}  # of a statement that is amended; `regarding` is the event that it amends


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a claim: the event type it records, the right it takes, the fields of its form."""

    type: str
    right: str
    fields: tuple[str, ...]
    of_event: bool = False


ACTS = {
    "amend": Act("amended", EDIT, ("regarding", "reason"), of_event=True),
    "strike": Act("struck", EDIT, ("regarding", "reason"), of_event=True),
    "redact": Act("redacted", EDIT, ("regarding", "reason", "authority"), of_event=True),
    "reword": Act("reworded", EDIT, ("reason",)),
    "link": Act("linked", WRITE, ("relation", "claim", "note")),
    "unlink": Act("unlinked", EDIT, ("relation", "claim", "note")),
    "ask": Act("comment_requested", WRITE, (*PARTY, "channel", "deadline", "question")),
}


def show_act(*, claim_id: str, act: str, regarding: int | None = None) -> Response:
    """Show the form of an act, filled with what is there already."""
    done = _find(act)
    who_asks().require(done.right)
    claim, story = _read_claim(to_uuid(claim_id))
    fields = {"version": str(claim["version"]), "filled": str(claim["version"])}
    told = story.get(regarding or 0)
    if done.of_event:
        if told is None:
            raise NotFound("Say which event, by its number: there is none here that could be mended.")
        _require_possible(done, claim, told)
        fields |= _fill_statement(told) if act == "amend" else {}
        fields["regarding"] = str(told.version)
    if act == "reword":
        fields |= fill(_read_wording(claim))
    if act == "unlink" and told is not None and told.type == "linked":
        fields |= fill({"relation": told.data["relation"], "claim": told.data["claim"]} if told.data else {})
    draft = Draft(fields, cautions=_caution(done, claim, told, story))
    return _show(act, claim, told, draft, 200, _read_without(told, story))


def do_act(*, claim_id: str, act: str, regarding: int | None = None) -> Response:
    """Do it, or say how the claim would stand."""
    done = _find(act)
    claim, story = _read_claim(to_uuid(claim_id))
    draft = sent()
    named = draft.fields.get("regarding", "").strip() if done.of_event else ""
    told = story.get(find_number(named) or regarding or 0)
    draft.cautions = _caution(done, claim, told, story)
    draft.was = claim if act == "reword" else (told and told.data) or {}
    return answer_form(
        draft,
        lambda faults: [_read(done, _catch_up(done, draft, claim, told), claim, told, faults)],
        lambda d, status: _show(act, claim, told, d, status, _read_without(told, story)),
    )


def _find(act: str) -> Act:
    if act not in ACTS:
        raise NotFound(f"Nothing is called {act!r} here. There are: {', '.join(ACTS)}.")
    return ACTS[act]


def _caution(done: Act, claim: Json, told: Told | None, story: Mapping[int, Told]) -> list[Caution]:
    """Give what an act is cautioned of from the start, and whatever else is wrong."""
    if done.type != "redacted" or told is None:
        return []
    return [tell_erasure(told, find_copies(UUID(claim["id"]), told, story.values()))]


def _require_possible(done: Act, claim: Json, told: Told) -> None:
    """Refuse, with RuleBroken, the form of what cannot be done to an event: it is tried, and nothing recorded."""
    tried = "struck" if done.type == "amended" else done.type  # what can be struck can be amended
    data = {"regarding": told.version, "reason": "-", "authority": "-"}
    item = Item(UUID(claim["id"]), tried, data, if_match=claim["version"])
    try:
        timeline().rehearse(items=[item], asked=Asked(who_asks()))
    except RuleBroken:
        raise
    except DomainError:
        pass  # whatever else stands in the way is told when it is done


def _read_claim(claim_id: UUID) -> tuple[Json, dict[int, Told]]:
    claim, story = find_story(claim_id)
    told = {one.version: one for one in story}
    return tell_positions(claim, told), told


def _read_without(told: Told | None, story: Mapping[int, Told]) -> Mapping[str, Any]:
    """Tell how the event that an amendment mends reads once that is erased; nothing, where it reads as it does now."""
    if told is None or told.type != "amended" or not told.data:
        return {}
    target = story[told.data["regarding"]]
    if target.fate not in {"amended", "taken_back"} or target.readings[-1].version != told.version:
        return {}
    return {"mended": target.version, "before": target.readings[-2]}


def _show(  # noqa: PLR0913, PLR0917 - what a form is made of
    act: str, claim: Json, told: Told | None, draft: Draft, status: int, without: Mapping[str, Any]
) -> Response:
    types = (*STATEMENTS, "assessed")
    text = draft.fields.get("text", "") if act == "reword" else ""
    advised = tell_typed("" if text == claim["text"] else text, draft.cautions, UUID(claim["id"]))
    return show_form(
        "act.html", draft, status, act=act, claim=claim, told=told, types=types, advised=advised, **without
    )


def _catch_up(done: Act, draft: Draft, claim: Json, told: Told | None) -> Draft:
    """Bring what nobody touched in a form up to what is on record now, and note what changed since it was opened.

    `version` is that of the claim as the form was opened, `filled` that of which its untouched fields are.
    """
    fields, now = draft.fields, int(claim["version"])
    opened, filled = (_read_version(fields.get(name, ""), now) for name in ("version", "filled"))
    if done.type == "reworded":
        wordings = {at: _wording_at(claim, at) for at in {opened, filled, now}}
        states = {at: fill(_read_wording(wording)) for at, wording in wordings.items()}
        changes = compare_wordings(wordings[opened], wordings[now])
    elif done.type == "amended" and told is not None:
        events = timeline().list_events(claim_id=UUID(claim["id"]))
        tellings = {at: _tell_at(claim, events, told.version, at) for at in {opened, filled, now}}
        if any(one is None or one.data is None for one in tellings.values()):
            return draft  # it was erased, or was not there yet
        read = {at: (one.type, one.data or {}) for at, one in tellings.items() if one}
        states = {at: _fill_statement(one) for at, one in tellings.items() if one}
        changes = compare_statements(read[opened], read[now])
    else:
        return draft
    known = states[filled].keys() | states[now].keys()
    for name in (name for name in known if name in fields or name.startswith(PARTICIPANTS)):
        before, after = (states[at].get(name, "") for at in (filled, now))
        if is_untouched(name, fields.get(name, ""), before):
            fields[name] = after
    fields["filled"] = str(now)
    draft.since = [_set_beside(one, fields) for one in changes]
    return draft


def _set_beside(change: Json, fields: Mapping[str, str]) -> Json:
    """Set what a form says beside a change of the same member, where that is something else; blank is no text."""
    name: str = change["name"]
    name, told = _FIELDS.get(name, name), change["told"]
    mine = fields.get(name, "").replace("\r\n", "\n").strip()
    between = ", " if name == "topics" else "\n"
    if name not in fields or is_untouched(name, mine, between.join(change["now"]["texts"])):
        return change
    texts = [mine] if mine else []
    return {**change, "yours": {"shown": texts, "lang": ""}, "as": told if f"{told}.{mine}" in WORDS else ""}


def _read_version(text: str, latest: int) -> int:
    number = find_number(text)
    return latest if number is None else min(max(number, 1), latest)


def _wording_at(claim: Json, version: int) -> Json:
    return claim_of(UUID(claim["id"]), version=version)


def _tell_at(claim: Json, events: Sequence[str], number: int, version: int) -> Told | None:
    """Tell an event as it read when the claim had this version."""
    story = read_story({**claim, "version": version}, events[:version])
    return next((told for told in story if told.version == number), None)


def _read(done: Act, draft: Draft, claim: Json, told: Told | None, faults: list[Fault]) -> Item:
    fields = draft.fields
    if done.type == "comment_requested":
        fields |= know_party(fields)
        fields["deadline"] = _read_deadline(fields.get("deadline", ""))
    data = read_payload(fields, done.fields)
    if done.type == "reworded":
        know_participants(fields)
        data |= read_claim(fields, _read_wording(claim))
    if "claim" in data:
        data["claim"] = read_claim_named(data["claim"])
    if done.type == "amended":
        fields |= know_party(fields)
        faults += check_misplaced({fields.get("type", "")}, fields)
        data |= {"type": fields.get("type", ""), "statement": _read_amended(fields, told)}
    if done.type == "reworded":
        cleared = "text" not in data
        data = _leave_as_is(data, claim) | ({"text": claim["text"]} if cleared else {})  # else nothing is reworded
        faults += [Fault("/text", NEEDED)] * cleared
    version = find_number(fields.get(LOOKED_AT, fields.get("version", "")))
    return read_one(done.type, data, UUID(claim["id"]), faults, if_match=version)


def _fill_statement(told: Told) -> dict[str, str]:
    fields = fill(told.data or {}) | {"type": told.type}
    # `regarding` of an amendment is the event it mends; the statement's own is asked for under another name.
    return fields | {"about_event": fields.pop("regarding")} if "regarding" in fields else fields


def _read_amended(fields: Mapping[str, str], told: Told | None) -> dict[str, Any]:
    """Read the statement as it should have been; what no form asks for stays, where it still holds."""
    type_ = fields.get("type", "")
    was = dict(told.data or {}) if told else {}
    statement = read_statement(type_, {**fields, "regarding": fields.get("about_event", "")}, was)
    if type_ != "assessed":
        was.pop("rating", None)
    if was.get("source", {}).get("url") != statement.get("source", {}).get("url"):
        was.pop("source", None)  # the hash was another page's
    return complete(statement, was)


def _read_wording(claim: Json) -> dict[str, Any]:
    about = {name: value for name, value in claim["about"].items() if value}
    return {"text": claim["text"], "lang": claim["lang"], "topics": claim["topics"], "about": about}


def _leave_as_is(data: dict[str, Any], claim: Json) -> dict[str, Any]:
    """Reword only what is worded anew."""
    data = {"topics": [], "about": {}} | data
    for name, value in _read_wording(claim).items():
        if name in data and fill({name: data[name]}) == fill({name: value}):
            del data[name]
    return data


def _read_deadline(text: str) -> str:
    """Read what a date-and-time field sends, which has no offset: UTC, as the form says."""
    return f"{text}:00Z" if len(text) == len("2026-01-31T09:30") else text
