"""A claim's history as a page tells it: every event at its own place, and what became of it.

Made from the very JSON that programs get. An amended event reads as its latest amendment
and shows its first logging; a struck one stays visible and struck; of a redacted one its
place remains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from domain.codebook import EVENT_TYPES, STATEMENTS
from domain.party import party_key
from domain.positions import Aside
from domain.statement import Word, read_word
from service.telling.changes import compare_statements, compare_wordings
from service.telling.dates import Days, find_days
from service.telling.terms import Behalf, find_behalf, find_manner, find_strength, find_terms
from service.telling.wording import is_partial
from service.web.endpoint import claim_of, timeline

Json = Mapping[str, Any]
Came = tuple[int, str, bool, Json]  # a word that answered: its number, its type, whether of a part only, its payload
REMEMBERED, LONGEST = 4_096, 2_048  # stored events kept as they were read, 6 KiB each, 12 at most; characters of one

_MENDING = frozenset({"amended", "struck", "redacted"})
_STANCES = {"assessed": "assessed"} | {
    type_: kind.stance or ("withdrawn" if type_ != "clarified" else "kept") for type_, kind in STATEMENTS.items()
}
WORDING = frozenset({"opened", "reworded"})
_LINKING = frozenset({"linked", "unlinked"})
OF_OWN_WORDS = frozenset(type_ for type_, kind in STATEMENTS.items() if kind.of_own_words)
_LEADING = WORDING | _LINKING | OF_OWN_WORDS  # types of which is told what they lead to: an event, a claim, a wording
_NOTHING: Json = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """What an event reads by one logging of it: its own, or the amendment that is event `version`, with its reason."""

    version: int
    type: str
    data: Json
    reason: str | None = None

    @property
    def partial(self) -> bool:
        """Tell whether it is about a part of the claim only."""
        return is_partial(self.type, self.data)


class Told(NamedTuple):
    """An event as it reads: `fate` says what became of it, `by` which event made it so, and `reason` why.

    `type` and `data` are those of its latest amendment. `readings` are the first logging
    and every amendment, in order; there are none where nothing was amended. `data` is None
    where it was erased. `changes` are what a rewording or an amendment changed, `other` is the
    wording of the claim that is linked to, where it is known, `about` the statement that a party takes back or
    clarifies, `whose` not its own. `earlier` is the event by which the claim left the wording it speaks of, `beside`
    why it changes no position (`limits.py`), `deed` how it was taken back, where that is not simply withdrawn,
    `came` which words answered a request (`asked.py`), `away` the events it names that are not on its page, `lost`
    each amendment of it that was erased, by which redaction, and why.
    `digest` is that of its text as stored. What follows from type and data is worked out once, by `_follow`: an event
    that is kept as it was read is told on many pages.
    """

    version: int
    recorded_at: str
    recorded_by: str
    digest: bytes
    type: str
    data: Json | None
    party: Json | None  # who speaks or is asked, where that can be shown
    key: str | None  # of who speaks
    stance: str  # a stance, an assessment, a withdrawal, or the keeping of the record
    partial: bool  # about a part of the claim only
    days: Days | None  # within which it was said, else its source published; nothing where that date is not known
    word: Word | None  # a statement, as the fold reads it
    fate: str | None = None
    by: int | None = None
    reason: str | None = None
    readings: tuple[Reading, ...] = ()
    changes: Sequence[Json] = ()
    other: Json | None = None
    about: Json | None = None
    earlier: int | None = None
    beside: Aside | None = None
    deed: str | None = None
    came: tuple[Came, ...] = ()
    overdue: bool = False
    away: tuple[int, ...] = ()
    lost: tuple[tuple[int, int, str], ...] = ()

    @property
    def speaks(self) -> bool:
        """Tell whether somebody speaks in it."""
        return self.type in STATEMENTS or self.type == "assessed"

    @property
    def counts(self) -> bool:
        """Tell whether it was neither struck nor erased nor taken back."""
        return self.fate in {None, "amended"}

    @property
    def made_from(self) -> bytes:
        """Give a digest of all that decides how it reads: its text, and of whatever became of it that, too."""
        became = self[_BECAME:]
        return self.digest if became == _NOTHING_BECAME else sha256(self.digest + orjson.dumps(became)).digest()


def read_story(claim: Json, texts: Iterable[str], linked: Mapping[str, Json] = MappingProxyType({})) -> list[Told]:
    """Read stored events, in order, as the claim that they make reads them; `linked` are wordings of claims by id."""
    read, last = [remember(text) if len(text) <= LONGEST else _read(text) for text in texts], claim["version"]
    told = {one.version: one for one in read if one.version <= last and one.type in EVENT_TYPES}
    for one in read:
        if one.type in _MENDING and one.version in told and one.data is not None:
            _mend(one, one.data, told)
    for withdrawal in claim["withdrawals"]:
        of = told.get(withdrawal["of"])
        if of is not None and of.fate in {None, "amended"}:
            told[of.version] = of._replace(
                fate="taken_back", by=withdrawal["by"], deed=deed_of(told.get(withdrawal["by"]))
            )
    leading = [one for one in told.values() if one.type in _LEADING and one.data is not None]
    _tell_wordings(told, [one for one in leading if one.type in WORDING])
    for one in leading:
        if one.type in _LINKING:
            told[one.version] = one._replace(other=linked.get((one.data or {})["claim"]))
        elif one.type in OF_OWN_WORDS:
            told[one.version] = _tell_regarded(one, told)
    return list(told.values())


def mark_away(story: Iterable[Told]) -> list[Told]:
    """Put to each event of a page which of those it names are elsewhere, so that it leads to their own pages."""
    shown = [*story]
    here = {told.version for told in shown}
    away = ((told, sorted({*_list_named(told)} - here)) for told in shown)
    return [told._replace(away=tuple(elsewhere)) if elsewhere else told for told, elsewhere in away]


def _list_named(told: Told) -> Iterator[int]:
    """List the events that what is told of one names."""
    found = [told.by, told.earlier, told.beside and told.beside.before, *(was.version for was in told.readings)]
    found += [version for version, *_ in told.came]
    found += [version for amendment, redaction, _ in told.lost for version in (amendment, redaction)]
    payloads = [data for data in (told.data, *(was.data for was in told.readings)) if data]
    found += [data.get(name) for data in payloads for name in ("regarding", "amended")]
    yield from (version for version in found if version)


def find_story(claim_id: UUID, as_of: str | None = None) -> tuple[Json, list[Told]]:
    """Find a claim as it stands, or stood at a moment, with its whole story."""
    claim = claim_of(claim_id, as_of=as_of)
    return claim, read_story(claim, timeline().list_events(claim_id=claim_id, as_of=as_of))


def _read(text: str) -> Told:
    stored = text.encode()
    event = orjson.loads(stored)
    redacted = event.get("redacted")
    read = (
        event["version"],
        event["recorded_at"],
        event["recorded_by"],
        sha256(stored).digest(),
        *_follow(event["version"], event["type"], event.get("data")),
    )
    return Told(*read, "redacted", redacted) if redacted else Told._make(read + _NOTHING_BECAME)


def _follow(
    version: int, type_: str, data: Json | None
) -> tuple[str, Json | None, Json | None, str | None, str, bool, Days | None, Word | None]:
    """Give a type and a payload with what follows from them: the members of an event from `type` to `word`."""
    stance = _STANCES.get(type_, "kept")
    if data is None:
        return type_, None, None, None, stance, False, None, None
    party = data.get("party") or data.get("by")
    if isinstance(party, str):  # one that is joined to another
        party = None
    kind = STATEMENTS.get(type_)
    word = read_word(kind, version, data) if kind else None
    if word and stance == "withdrawn" and not word.takes_back:  # a slip was mended
        stance = "kept"
    key = word.party if word else party_key(party["name"]) if party else None
    said = data.get("said_on") or data.get("source", _NOTHING).get("published_on")
    days = find_days(said) if said else None
    return type_, data, party, key, stance, word is not None and word.partial, days, word


_BECAME = Told._fields.index("fate")
_NOTHING_BECAME = tuple(Told._field_defaults[name] for name in Told._fields[_BECAME:])
remember = lru_cache(REMEMBERED)(_read)  # by its text, so it is what would be read now


def read_logged(event: Json) -> Told:
    """Read an event as it was logged, whatever became of it since."""
    return _read(orjson.dumps(event).decode())


def _tell_wordings(story: dict[int, Told], worded: Iterable[Told]) -> None:
    """Put to each rewording what it changed."""
    wording: Json = {}
    for told in worded:
        before, wording = wording, {**wording, **(told.data or {})}
        story[told.version] = told._replace(changes=compare_wordings(before, wording) if before else ())


def _tell_regarded(told: Told, story: Mapping[int, Told]) -> Told:
    """Put to a word about an earlier statement which that was, and whose: maybe that of another voice."""
    regarded = story.get((told.data or {}).get("regarding", 0))
    if regarded is None or not regarded.party:
        return told
    whose = None if regarded.key == told.key else regarded.party["name"]
    return told._replace(about={"type": regarded.type, "partial": regarded.partial, "whose": whose})


def _mend(mending: Told, data: Json, told: dict[int, Told]) -> None:
    target = told.get(data["regarding"])
    if target is None:
        return
    if mending.type == "redacted":
        told[target.version] = target._replace(reason=data["reason"])
        if mended := told.get(data.get("amended", 0)):
            lost = (*mended.lost, (target.version, mending.version, data["reason"]))
            told[mended.version] = mended._replace(lost=lost)
    elif target.fate in {"struck", "redacted"} or target.data is None:
        return
    elif mending.type == "struck":
        told[target.version] = target._replace(fate="struck", by=mending.version, reason=data["reason"])
    else:
        was = target.readings or (Reading(target.version, target.type, target.data),)
        now = Reading(mending.version, data["type"], data["statement"], data["reason"])
        changes = compare_statements((was[-1].type, was[-1].data), (now.type, now.data))
        told[mending.version] = told[mending.version]._replace(changes=changes)
        follows = _follow(target.version, now.type, now.data)
        reads = Told(target.version, target.recorded_at, target.recorded_by, target.digest, *follows)
        told[target.version] = reads._replace(
            fate="amended", by=now.version, reason=now.reason, readings=(*was, now), lost=target.lost
        )


def terms_of(event: Told) -> str | None:
    """Give the word for how an event is to be attributed, where that is not known to be on the record."""
    return find_terms(event.data or _NOTHING)


def deed_of(event: Told | None) -> str | None:
    """Tell how an event took another back: by a correction, or by a retreat that does not call it false."""
    if event is None or event.type not in {"corrected", "walked_back"}:
        return None
    return None if (event.data or {}).get("grade") == "withdrawn" else event.type


def strength_of(event: Told) -> str | None:
    """Give the word for how strongly an event was said, where that was not plain."""
    return find_strength(event.data or _NOTHING)


def behalf_of(event: Told | None) -> Behalf | None:
    """Tell in whose name an event was said, where it was another's."""
    return find_behalf([event.data]) if event and event.data and "on_behalf_of" in event.data else None


def tell_manner(words: Sequence[Told]) -> Iterator[tuple[str, str]]:
    """Tell on what terms words were said, none known to be on record, and how strongly where all were as strong."""
    return find_manner([word.data or _NOTHING for word in words])
