"""The rules that need a history: which event may be about which, and who is linked to whom.

The words of the rules are those of `docs/events.md`, *Rules*; each refusal names one.
Payload faults that show without a history are in `domain.statement`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from domain.codebook import (
    EVENT_TYPES,
    Amended,
    Assessed,
    CommentRequested,
    Joined,
    Linked,
    Opened,
    Parted,
    Recorded,
    Redacted,
    Reworded,
    SourceChanged,
    Statement,
    Struck,
    Unlinked,
    WalkedBack,
)
from domain.errors import RuleBroken
from domain.joins import Parties, check_join
from domain.party import party_key, voice_of
from domain.reading import Reading, find_links, read_history
from domain.statement import Payload

History = Sequence[Recorded]
Links = Sequence[Mapping[str, str]]
FindLinks = Callable[[UUID], Links | None]  # a claim's links, as `domain.reading.find_links` lists them; None: no claim

MAY_REGARD: dict[type[Recorded], tuple[type[Recorded], ...]] = {
    Amended: (Statement, Assessed),
    Struck: (Statement, Assessed),
    SourceChanged: (Statement, Assessed),
    Redacted: (Statement, Assessed, Reworded, Amended, CommentRequested, Joined, Parted),
}


def check_rules(  # noqa: PLR0913 - a claim, what is asked of it, and what else the record holds
    history: History, reading: Reading, kind: type[Recorded], data: Payload, *, links_of: FindLinks, parties: Parties
) -> None:
    """Refuse, with RuleBroken, an event that the claim's history, its links or the joins of parties do not allow.

    `reading` is that of `history`; `links_of` answers the links of any claim.
    """
    if kind is Opened:
        raise RuleBroken("opens_once", "The claim is open already; `reworded` restates it.")
    if kind in MAY_REGARD:
        _check_record_keeping(history, kind, data)
    elif "regarding" in data:
        _check_regarding(history, kind, data, before=len(history) + 1, reading=reading)
    if kind is Amended:
        _check_amended(history, reading, data)
        _check_still_theirs(reading, data)
    if kind in (Linked, Unlinked):
        _check_link(history[0].originator_id, find_links(reading), kind, data, links_of)
    if kind in (Joined, Parted):
        check_join(kind, data, parties)


def _check_exists(regarding: int, before: int) -> None:
    if not 1 <= regarding < before:
        detail = f"There is no event {regarding} before this one; the claim's history has 1 to {before - 1}."
        raise RuleBroken("regarding_exists", detail, pointer="/regarding")


def _check_record_keeping(history: History, kind: type[Recorded], data: Payload) -> None:
    regarding = data["regarding"]
    _check_exists(regarding, len(history) + 1)
    target = history[regarding - 1]
    if not isinstance(target, MAY_REGARD[kind]):
        detail = f"Event {regarding} is `{target.type}`, which cannot be {kind.type}."
        raise RuleBroken("regarding_fits", detail, pointer="/regarding")
    struck = any(isinstance(e, Struck) and e.data and e.data["regarding"] == regarding for e in history)
    if target.data is None or struck:
        detail = f"Event {regarding} was {'struck' if struck else 'redacted'} and cannot be {kind.type} any more."
        raise RuleBroken("still_counts", detail, pointer="/regarding")


def _check_regarding(history: History, kind: type[Recorded], data: Payload, *, before: int, reading: Reading) -> None:
    regarding = data["regarding"]
    _check_exists(regarding, before)
    if not (issubclass(kind, Statement) and kind.of_own_words):
        return
    target = history[regarding - 1]
    now, said = reading.contents.get(regarding, (type(target), None))
    if not issubclass(now, Statement):
        detail = f"Event {regarding} is `{now.type}`, not a statement; nobody can have {kind.type} it."
        raise RuleBroken("regarding_fits", detail, pointer="/regarding")
    if said is None:
        raise RuleBroken("still_counts", f"Event {regarding} was struck or redacted.", pointer="/regarding")
    _check_own_words(regarding, said, data)
    if kind.takes_back:
        _check_not_taken_back(regarding, kind, reading)


def _check_own_words(regarding: int, said: Payload, data: Payload) -> None:
    if not _may_take_back(said, data):
        detail = (
            f"Event {regarding} is the word of {said['party']['name']}; {data['party']['name']} can take back or "
            "explain only its own words or those of a voice of the same state or principal."
        )
        raise RuleBroken("own_words", detail, pointer="/party")


def _may_take_back(said: Payload, data: Payload) -> bool:
    same_party = party_key(said["party"]["name"]) == party_key(data["party"]["name"])
    voices = (voice_of(p["party"], p.get("on_behalf_of")) for p in (said, data))
    return same_party or len(set(voices)) == 1


def _check_not_taken_back(regarding: int, kind: type[Statement], reading: Reading) -> None:
    # A walk-back leaves the statement uncalled false, so that it can still be retracted or corrected outright.
    for word in reading.words:
        holds = word.takes_back and word.regarding == regarding and word.version not in reading.taken_back
        if holds and (word.kind is not WalkedBack or kind is WalkedBack):
            detail = f"Event {regarding} no longer counts: event {word.version} ({word.kind.type}) took it back."
            raise RuleBroken("still_counts", detail, pointer="/regarding")


def _check_amended(history: History, reading: Reading, data: Payload) -> None:
    # What the event should have said must have been sayable at its own place, had it not been logged as it was.
    # What it regards may have been struck or erased since: that came later, and leaves a name to mend.
    place, statement = data["regarding"], data["statement"]
    if "regarding" not in statement:
        return
    regarding, kind = statement["regarding"], EVENT_TYPES[data["type"]]
    others = read_history([e for e in history if e.version != place and not _bears_on(e, place, regarding)])
    erased = 1 <= regarding < place and history[regarding - 1].data is None
    try:
        if not erased or reading.contents[place][1].get("regarding") != regarding:
            _check_regarding(history, kind, statement, before=place, reading=others)
        elif issubclass(kind, Statement) and kind.takes_back:
            _check_not_taken_back(regarding, kind, others)
    except RuleBroken as broken:
        raise RuleBroken(broken.rule, broken.detail, pointer=f"/statement{broken.pointer}") from broken


def _check_still_theirs(reading: Reading, data: Payload) -> None:
    # What later words take back or explain stays a statement of their party, or of a voice of its state.
    place, kind = data["regarding"], EVENT_TYPES[data["type"]]
    for word in reading.words:
        if word.regarding != place or not word.kind.of_own_words or word.version in reading.taken_back:
            continue
        rest = f"and regards event {place}; strike it first, and log it again after the amendment."
        if not issubclass(kind, Statement):
            detail = f"Event {word.version} is `{word.kind.type}` {rest}"
            raise RuleBroken("regarding_fits", detail, pointer="/type")
        if not _may_take_back(data["statement"], word.data):
            detail = f"Event {word.version} is `{word.kind.type}` by {word.data['party']['name']} {rest}"
            raise RuleBroken("own_words", detail, pointer="/statement/party")


def _bears_on(event: Recorded, place: int, regarding: int) -> bool:
    about = (event.data or {}).get("regarding")
    return about == place or (about == regarding and isinstance(event, Struck) and event.version > place)


def _check_link(claim_id: UUID, links: Links, kind: type[Recorded], data: Payload, links_of: FindLinks) -> None:
    relation, target = data["relation"], data["claim"]
    there = {"relation": relation, "claim": target} in links
    if kind is Unlinked:
        if not there:
            raise RuleBroken("link_target", f"There is no link `{relation}` to {target}.", pointer="/claim")
        return
    if links_of(UUID(target)) is None:
        raise RuleBroken("link_target", f"There is no claim {target} in the record.", pointer="/claim")
    if there:
        raise RuleBroken("link_new", f"The link `{relation}` to {target} is there already.", pointer="/claim")
    if relation == "aspect_of" and _reaches(target, str(claim_id), links_of):
        detail = f"{target} is itself an aspect of this claim, directly or through others."
        raise RuleBroken("no_circle", detail, pointer="/claim")


def _reaches(start: str, goal: str, links_of: FindLinks) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        claim = waiting.pop()
        if claim == goal:
            return True
        if claim not in seen:
            seen.add(claim)
            waiting += [x["claim"] for x in links_of(UUID(claim)) or () if x["relation"] == "aspect_of"]
    return False
