"""A party's word: what a payload must satisfy, and what folding needs of it.

Checks run when something is about to be recorded, and only then; a stored statement
is read as it stands, whatever later rules would say of it. Shapes and types are
checked at the edge (`service/recording/schemas.py`); here are the rules of `docs/events.md`
that can be judged from the payload alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.codebook import EVENT_TYPES, SIDE, STATEMENTS, Statement
from domain.dates import Bounds, DateFault, Day, bounds
from domain.errors import Fault
from domain.instants import parse_instant
from domain.language import is_language_tag
from domain.party import COUNTRIES, LONGEST_NAME, Voice, party_key, tell_no_country, voice_of

LONGEST_SUMMARY = 2_000
UNNAMED = frozenset({"background", "deep_background", "anonymous"})  # attributions by which nobody is named
_SINGLE = frozenset({"person", "analyst", "other"})  # kinds of party of which no more than the name is known
_WITH_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*@")  # RFC 3986, section 3.2.1
Payload = Mapping[str, Any]


@dataclass(slots=True)  # nobody changes one; frozen, it would take three times as long to make
class Word:
    """A statement as the fold reads it; `version` is where it was logged.

    `side` is "for", "against" or None; `full`: it takes a side on the whole claim.
    `earliest` is the first day it can have been said on (by `said_on` only), `latest` the
    last (by `said_on`, else by its source's date); None where that is unbounded or unknown.
    """

    version: int
    kind: type[Statement]
    data: Payload
    party: str
    voice: Voice
    side: str | None
    partial: bool
    full: bool
    utterance: str | None
    regarding: int | None
    earliest: Day | None
    latest: Day | None

    @property
    def takes_back(self) -> bool:
        """Tell whether it takes the statement it regards out; a refile mends a slip and does not."""
        return self.kind.takes_back and self.data.get("grade") != "refile"

    @property
    def origin(self) -> str:
        """Name where the words came from: the first of the chain they came through, else the party.

        Of somebody who is not named nothing is known but who passed the words on first: each such is an origin.
        """
        first, *passed_on = (self.data.get("via") or [self.party])[:2]
        origin = party_key(first)
        named = self.data.get("attribution") not in UNNAMED or self.data["party"]["kind"] not in _SINGLE
        if named or origin != self.party:
            return origin
        return f"{origin} {party_key(passed_on[0] if passed_on else self.data['source']['publisher'])}"

    @property
    def day(self) -> date | None:
        """Give the one day it can have been said on, by `said_on`, else by its source's date; None for a wider one."""
        said = _read_date(self.data.get("said_on", self.data["source"].get("published_on")))
        try:
            return date(*said.earliest) if said and said.earliest and said.earliest == said.latest else None
        except ValueError:
            return None  # a year before 1 or after 9999

    def surely_before(self, other: Word) -> bool:
        """Tell whether this was surely said before the other, by the days of both."""
        return self.latest is not None and other.earliest is not None and self.latest < other.earliest


def read_word(kind: type[Statement], version: int, data: Payload) -> Word:
    """Read a stored statement; dates that no longer parse count as unknown."""
    said, published = _read_date(data.get("said_on")), _read_date(data["source"].get("published_on"))
    side = SIDE.get(kind.stance or "")
    default_extent = "partial" if kind is EVENT_TYPES["countered"] else "full"
    partial = kind.partly and data.get("extent", default_extent) == "partial"
    return Word(
        version=version,
        kind=kind,
        data=data,
        party=party_key(data["party"]["name"]),
        voice=voice_of(data["party"], data.get("on_behalf_of")),
        side=side,
        partial=partial,
        full=side is not None and not partial,
        utterance=data.get("utterance"),
        regarding=data.get("regarding"),
        earliest=said.earliest if said else None,
        latest=said.latest if said else published.latest if published else None,
    )


def surely_said_by(data: Payload) -> Day | None:
    """Give the day by which a statement or an assessment surely had been said.

    The earlier of the latest possible days of `said_on` and of the source's date; None
    where there is neither.
    """
    dates = (_read_date(data.get("said_on")), _read_date(data["source"].get("published_on")))
    return min((b.latest for b in dates if b and b.latest), default=None)


def _read_date(text: str | None) -> Bounds | None:
    if text is None:
        return None
    try:
        return bounds(text)
    except DateFault:
        return None


def check_payload(
    type_: str, data: Payload, *, claim_id: UUID | None = None, at: datetime | None = None
) -> Iterator[Fault]:
    """Name every fault of a payload that can be judged without the claim's history.

    `claim_id` and `at` are the claim it is for and the present instant, where they are
    known; `data` may lack what was ill-formed.
    """
    if _holds_blank(data):
        yield from _blank_strings(data, "")
    if type_ in STATEMENTS or type_ == "assessed":
        yield from _check_statement(type_, data)
    elif type_ in {"opened", "reworded"}:
        yield from _check_wording(type_, data)
    elif type_ == "amended":
        amended_type, statement = data.get("type"), data.get("statement")
        if amended_type is not None and statement is not None:
            yield from (f.under("/statement") for f in _check_statement(amended_type, statement))
    elif type_ == "comment_requested":
        yield from _check_party(data.get("party", {}), "/party")
        yield from _check_deadline(data.get("deadline"), at)
    elif type_ in {"linked", "unlinked"} and claim_id and data.get("claim") == str(claim_id):
        yield Fault("/claim", "A claim is never linked to itself.")
    elif type_ in {"joined", "parted"}:
        yield from _check_join(data)


def _holds_blank(value: Mapping[str, object] | list[object]) -> bool:
    for member in value if isinstance(value, list) else value.values():
        if isinstance(member, str):
            if not member[:1].isalnum() and _is_blank(member):  # which few texts make one look at
                return True
        elif isinstance(member, (dict, list)) and _holds_blank(member):
            return True
    return False


def _is_blank(text: str) -> bool:
    """Tell whether nothing of a text can be seen: marks of direction, of zero width and of control cannot, either."""
    return not any(character.isprintable() and not character.isspace() for character in text)


def _blank_strings(value: object, pointer: str) -> Iterator[Fault]:
    if isinstance(value, str):
        if _is_blank(value):
            yield Fault(pointer, "This is empty. Leave the member out, or say something.")
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _blank_strings(member, f"{pointer}/{name}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _blank_strings(item, f"{pointer}/{i}")


def _check_statement(type_: str, data: Payload) -> Iterator[Fault]:
    for role in ("party", "by", "on_behalf_of"):
        if role in data:
            yield from _check_party(data[role], f"/{role}")
    if "summary" not in data and "quote" not in data:
        yield Fault("/summary", "Say what was said: give a `summary` in your words, or a `quote`, or both.")
    if len(data.get("summary", "")) > LONGEST_SUMMARY:
        yield Fault("/summary", f"A summary has at most {LONGEST_SUMMARY} characters; put the wording into `quote`.")
    yield from _check_lang(data.get("quote", {}).get("lang"), "/quote/lang")
    yield from _check_date(data.get("said_on"), "/said_on")
    yield from _check_date(data.get("source", {}).get("published_on"), "/source/published_on")
    for i, name in enumerate(data.get("via", ())):
        if not _is_blank(name) and not party_key(name):
            yield Fault(f"/via/{i}", "A name needs at least one letter or digit.")
    yield from _check_addresses(data)
    yield from _check_against_type(type_, data)


def _check_addresses(data: Payload) -> Iterator[Fault]:
    for holder, members in (("source", ("url", "archived_url")), ("rating", ("url",))):
        for member in members:
            if _WITH_NAME.match(data.get(holder, {}).get(member, "").lstrip()):
                told = "Leave out what stands between // and @: everybody would read that name or password."
                yield Fault(f"/{holder}/{member}", told)


def _check_against_type(type_: str, data: Payload) -> Iterator[Fault]:
    kind = STATEMENTS.get(type_)
    if data.get("extent") == "partial" and not (kind and kind.partly):
        yield Fault("/extent", "Only confirmed, acknowledged, denied and countered can be partial.")
    if kind and kind.of_own_words and "regarding" not in data:
        yield Fault("/regarding", f"`{type_}` is about an earlier statement: give the version of that event.")
    if type_ == "corrected" and "grade" not in data:
        yield Fault("/grade", "Give the grade of the correction: refile, corrected or withdrawn.")
    if type_ != "corrected" and "grade" in data:
        yield Fault("/grade", "Only `corrected` has a grade.")
    rating = data.get("rating", {})
    if {"worst", "value", "best"} <= rating.keys() and not rating["worst"] <= rating["value"] <= rating["best"]:
        yield Fault("/rating/value", "A rating's value lies between its worst and its best.")


def _check_wording(type_: str, data: Payload) -> Iterator[Fault]:
    yield from _check_lang(data.get("lang"), "/lang")
    about = data.get("about", {})
    yield from _check_date(about.get("occurred_on"), "/about/occurred_on")
    for i, party in enumerate(about.get("participants", ())):
        yield from _check_party(party, f"/about/participants/{i}")
    for i, topic in enumerate(data.get("topics", ())):
        if len(topic) > LONGEST_NAME:
            yield Fault(f"/topics/{i}", f"A topic has at most {LONGEST_NAME} characters. Choose a word or two.")
    if type_ == "reworded" and not {"text", "lang", "about", "topics"} & data.keys():
        yield Fault("", "Nothing is reworded: give at least one of text, lang, about and topics.")


def _check_party(party: Payload, pointer: str) -> Iterator[Fault]:
    yield from _check_name(party.get("name", "-a"), f"{pointer}/name")
    country = party.get("country", "XK")
    if not _is_blank(country) and country not in COUNTRIES:
        yield Fault(f"{pointer}/country", tell_no_country(country))


def _check_name(name: str, pointer: str) -> Iterator[Fault]:
    if not _is_blank(name) and not party_key(name):
        yield Fault(pointer, "A name needs at least one letter or digit.")
    if len(name) > LONGEST_NAME:
        yield Fault(pointer, f"A name has at most {LONGEST_NAME} characters.")


def _check_join(data: Payload) -> Iterator[Fault]:
    names = [data.get(role, "") for role in ("party", "same_as")]
    for role, name in zip(("party", "same_as"), names, strict=True):
        yield from _check_name(name, f"/{role}")
    if len({party_key(name) for name in names}) == 1 and party_key(names[0]):
        yield Fault("/same_as", "These are one name: both have the same key.")


def _check_lang(lang: str | None, pointer: str) -> Iterator[Fault]:
    if lang is not None and not _is_blank(lang) and not is_language_tag(lang):
        yield Fault(pointer, f"{lang!r} is no language tag (BCP 47). Write for example en, ko, fa or zh-Hant.")


def _check_deadline(text: str | None, at: datetime | None) -> Iterator[Fault]:
    if text is not None and not _is_blank(text):
        try:
            deadline = parse_instant(text)
            if at and deadline <= at:
                yield Fault("/deadline", "A deadline lies in the future.")
        except ValueError as error:
            yield Fault("/deadline", str(error))


def _check_date(text: str | None, pointer: str) -> Iterator[Fault]:
    if text is not None and not _is_blank(text):
        try:
            bounds(text)
        except DateFault as fault:
            yield Fault(pointer, str(fault))
