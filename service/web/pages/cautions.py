"""What the record takes and a person records knowingly: each caution is shown with a box to tick, and all it is about.

Programs are asked none of this. What is ticked is a field of the form whose value is what one was shown, so that a
tick says nothing of what came or was typed afterwards.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from domain.dates import DateFault, Day, bounds
from domain.errors import DomainError, DuplicateStatement, NotFound
from domain.instants import parse_instant
from domain.party import KINDS, party_key
from domain.statement import UNNAMED
from service.lookalikes import find_mixed_words
from service.reading.advice import Alike, find_signs
from service.recording.ledger import Item
from service.telling.dates import names_season
from service.telling.links import find_link, is_unsure
from service.timeline import Asked
from service.web.endpoint import timeline
from service.web.pages.naming import find_alike, find_near, find_party, find_terms
from service.web.pages.story import Told, find_story, read_logged
from service.web.pages.utterances import tell_copies

Json = Mapping[str, Any]
EARLIEST = 1800  # a year before it is likelier a slip
FARTHEST = timedelta(days=3_653)  # ahead, of what is claimed to happen
LONGEST_WAIT = timedelta(days=366)  # for an answer
LONGEST_ADVISED = 1_000  # characters
_DIGEST = 16  # hexadecimal digits
LOOKED_AT = "sure/moved/version"  # the field that says which version one has looked at since
_NEVER_COMPARED = frozenset({"assessed", "comment_requested"})  # with what is there: nobody calls these duplicates
_DATES = ("said_on", "source/published_on", "about/occurred_on")
_VOICES = ("party", "by", "on_behalf_of")


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to be looked at first: its `kind`, the field it is `at`, what one says to be sure of, what it tells."""

    kind: str
    at: str
    value: str
    facts: Json

    @property
    def name(self) -> str:
        """Name the field of its box."""
        return f"sure/{self.kind}/{self.at}"


def find_cautions(items: Sequence[Item], was: Json, *, advised: str = "", faulty: Container[str] = ()) -> list[Caution]:
    """Find what is to be looked at in what a form asks for, but for what `was` there before and stays as it is.

    `advised` is the value of `tell_wording` that was shown as one typed; of the `faulty` fields nothing else is asked.
    """
    found: dict[str, Caution] = {}
    for item in items:
        data = item.data.get("statement", item.data)
        parties = (_find_relabelled(data), _find_lookalikes(data), _find_principals(item, data), _find_unnamed(data))
        dates = (_find_far(data, timeline().now(), faulty), _find_seasons(data, faulty))
        places = (_find_odd_addresses(data), *dates, *parties)
        cautions = [one for place in places for one in place if _look_up(was, one.at) != _look_up(data, one.at)]
        if item.type in {"opened", "reworded"} and data.get("text", was.get("text")) != was.get("text"):
            cautions += _find_advice(item, advised.split())
        elif item.type in _NEVER_COMPARED:
            cautions += _find_again(item)
        if item.type == "reworded":
            cautions += _find_standing(data, was)
        if item.type == "amended" and "rating" in was and "rating" not in data:
            cautions.append(Caution("rating", "type", item.data.get("type", ""), {}))
        found |= {one.name: one for one in cautions if one.at not in faulty}
    return list(found.values())


def tell_moved(claim_id: UUID, members: Json) -> Caution:
    """Tell what has come to a claim since somebody looked."""
    first, *_ = members["versions_since"]
    history = orjson.loads(timeline().get_history(claim_id=claim_id, after=first - 1).body)["events"]
    events = [read_logged(event) for event in history]
    return Caution("moved", "version", str(members["current_version"]), {"claim": claim_id, "events": events})


def tell_erasure(told: Told, copies: Sequence[str]) -> Caution:
    """Tell what a redaction of an event erases, its words and those of its amendments, and which `copies` it leaves."""
    versions = [reading.version for reading in told.readings] or [told.version]
    return Caution(
        "erasure",
        "reason",
        " ".join(map(str, versions)),
        {"versions": versions, "copies": copies, "told": tell_copies(copies)},
    )


def tell_typed(text: str, cautions: Iterable[Caution], of: UUID | None = None) -> Caution:
    """Tell the same of a wording as one types it, of which nothing is to be ticked; `of` is the claim that has it."""
    ticked = any(caution.kind == "wording" for caution in cautions)
    return tell_wording(*([], []) if ticked else find_wording(text, of))


def tell_wording(signs: Sequence[str], alike: Sequence[Alike]) -> Caution:
    """Tell what speaks against a wording of a claim, and which claims on record are much like it."""
    value = " ".join((*signs, *(one.id for one in alike)))
    return Caution("wording", "text", value, {"signs": signs, "alike": alike})


def find_wording(text: str, of: UUID | None = None) -> tuple[list[str], list[Alike]]:
    """Find what `tell_wording` tells of a text; the claim `of` which it is the wording is not among those alike."""
    text = text[:LONGEST_ADVISED]
    alike = timeline().find_alike(text=text) if text.strip() else []
    return find_signs(text), [one for one in alike if one.id != str(of)]


def tell_duplicates(items: Sequence[Item], asked: Asked) -> Caution | None:
    """Tell of all of these statements that are on record but for their words where they are, and whether these differ.

    None where each is new: then two of them are the same.
    """
    found = [_find_duplicate(item, error.members) for item in items if (error := _try(item, asked))]
    value = " ".join(f"{one['claim']}/{one['told'].version}" for one in found)
    return Caution("duplicate", "statement", value, {"all": found}) if found else None


def _try(item: Item, asked: Asked) -> DuplicateStatement | None:
    try:
        timeline().rehearse(items=[item], asked=asked)
    except DuplicateStatement as error:
        return error
    except DomainError:  # it stands only beside the others; what is wrong with it is told of all of them
        pass
    return None


def _find_duplicate(item: Item, members: Json) -> Json:
    claim_id, version = UUID(members["claim"]), members["version"]
    told = next(told for told in _read_story(claim_id) if told.version == version)
    as_mine = told.data is not None and all(told.data.get(n) == item.data.get(n) for n in ("summary", "quote"))
    return {"claim": str(claim_id), "told": told, "differs": not as_mine}


def _find_relabelled(data: Json) -> Iterator[Caution]:
    for role in _VOICES:
        said = data.get(role)
        # Where an event is of no known type, nothing of it was checked: a kind may be none.
        known = find_party(said["name"]) if said and "name" in said and said.get("kind") in KINDS else None
        if said and known and any(known.get(member) != said.get(member) for member in ("name", "kind", "country")):
            now = f"{said['name']} {said['kind']} {said.get('country', '')}"
            yield Caution("party", "party" if role == "by" else role, now, {"was": known, "now": said})


def _find_lookalikes(data: Json) -> Iterator[Caution]:
    """Find names, new on record, that are likely others: an alphabet in another one, drawn or written nearly alike."""
    for role in _VOICES:
        who = data.get(role, {})
        name = who.get("name", "")
        if not name or find_party(name):
            continue
        mixed = find_mixed_words(name)
        like = find_alike(name) or find_near(name, who.get("country"))
        if mixed or like:
            at = f"{'party' if role == 'by' else role}/name"
            yield Caution("lookalike", at, name, {"name": name, "mixed": mixed, "like": like})


def _find_unnamed(data: Json) -> Iterator[Caution]:
    """Find a person of whom nothing says on what terms they spoke, new on record or not named when they spoke last."""
    who = data.get("party", {})
    name = who.get("name", "")
    if name and who.get("kind") == "person" and "attribution" not in data:
        terms = find_terms(name)
        if terms in UNNAMED or not find_party(name):
            yield Caution("unnamed", "party/name", f"{name} {terms or ''}", {"name": name, "terms": terms})


def _find_principals(item: Item, data: Json) -> Iterator[Caution]:
    """Find for whom else a name spoke on a claim: one name is one party, and two unnamed officials are two."""
    key, principal = _key_of(data, "party"), _key_of(data, "on_behalf_of")
    amended = item.data.get("regarding") if item.type == "amended" else None
    others = {}
    for told in _read_story(item.claim_id) if key and principal else ():
        spoke_for = (told.data or {}).get("on_behalf_of")
        counts = told.key == key and told.fate != "struck" and told.version != amended
        if counts and spoke_for and party_key(spoke_for["name"]) != principal:
            others[party_key(spoke_for["name"])] = {"for": spoke_for["name"], "version": told.version}
    if others:
        names = {role: data[role]["name"] for role in ("party", "on_behalf_of")}
        facts = {**names, "claim": str(item.claim_id), "others": [*others.values()]}
        yield Caution("principal", "on_behalf_of/name", "\n".join(names.values()), facts)


def _key_of(data: Json, role: str) -> str:
    return party_key(data.get(role, {}).get("name", ""))


def _read_story(claim_id: UUID) -> list[Told]:
    try:
        return find_story(claim_id)[1]
    except NotFound:  # it is opened by the same form
        return []


def _find_odd_addresses(data: Json) -> Iterator[Caution]:
    for member in ("url", "archived_url"):
        address = data.get("source", {}).get(member)
        if address and not _is_on_the_web(address):
            facts = {"address": address, "unsure": is_unsure(address)}
            yield Caution("address", f"source/{member}", address, facts)


def _is_on_the_web(address: str) -> bool:
    link = find_link(address)
    return link is not None and "." in link.host.strip(".")


def _find_seasons(data: Json, faulty: Container[str]) -> Iterator[Caution]:
    for at in _DATES:
        date = "" if at in faulty else _look_up(data, at) or ""
        if names_season(date):
            yield Caution("season", at, date, {"date": date})


def _find_far(data: Json, now: datetime, faulty: Container[str]) -> Iterator[Caution]:
    tomorrow, some_day = now + timedelta(days=1), now + FARTHEST  # it is tomorrow already, east of Greenwich
    for at, latest in zip(_DATES, (tomorrow, tomorrow, some_day), strict=True):
        date = "" if at in faulty else _look_up(data, at) or ""
        earliest = _find_earliest(date)
        if earliest and earliest > (latest.year, latest.month, latest.day):
            yield Caution("date", at, date, {"date": date})
        elif earliest and earliest[0] < EARLIEST:
            yield Caution("date", at, date, {"date": date, "before": EARLIEST})
    deadline = None if "deadline" in faulty else data.get("deadline")
    if deadline and parse_instant(deadline) > now + LONGEST_WAIT:
        yield Caution("date", "deadline", deadline, {"deadline": deadline})


def _find_earliest(date: str) -> Day | None:
    try:
        return bounds(date).earliest
    except DateFault:  # there is none, or it was not checked: of an event of no known type no member is
        return None


def _find_again(item: Item) -> Iterator[Caution]:
    events = orjson.loads(timeline().get_history(claim_id=item.claim_id).body)["events"]
    same = next((event for event in events if (event["type"], event.get("data")) == (item.type, item.data)), None)
    if same:
        yield Caution("again", "summary", f"{item.claim_id}/{same['version']}", {"event": same})


def _find_advice(item: Item, advised: Container[str]) -> Iterator[Caution]:
    """Find a claim of these very words, and what else is advised of them that was not shown as they were typed."""
    text = item.data.get("text", "")
    words = text.casefold().split()
    signs, alike = find_wording(text, item.claim_id)
    same = next((one for one in alike if one.text.casefold().split() == words), None)
    if same:
        yield Caution("claim", "text", same.id, {"claim": same})
    told = tell_wording(signs, [one for one in alike if one != same])
    if any(word not in advised for word in told.value.split()):
        # Of another text the same might be advised: a tick is of this one.
        yield replace(told, value=f"{told.value} {sha256(text.encode()).hexdigest()[:_DIGEST]}")


def _find_standing(data: Json, was: Json) -> Iterator[Caution]:
    """Find the positions that a new wording would leave, taken back or not: they are about the one that stands."""
    now = [one for one in was.get("positions", ()) if not one.get("reworded_by")]
    if now and not all(_is_as_was(data, was, name) for name in ("text", "about")):
        told = orjson.dumps(
            [data.get("text"), data.get("about"), *([one["party"]["key"], one["events"]] for one in now)]
        )
        yield Caution("rests", "text", sha256(told).hexdigest()[:_DIGEST], {"positions": now})


def _is_as_was(data: Json, was: Json, name: str) -> bool:
    """Tell whether a member of a wording stays; what was never given is nothing, or empty."""
    old, new = was.get(name) or {}, data.get(name, was.get(name)) or {}
    if name == "about":
        old, new = ({member: value for member, value in side.items() if value} for side in (old, new))
    return bool(old == new)


def _look_up(data: Any, at: str) -> Any:
    """Look up a member by the name of its field; an assessment says `by` for `party`."""
    for step in at.split("/"):
        named = "by" if step == "party" and "by" in data else step
        data = data.get(named) or {}
    return data or None
