"""A history as it reads now: amended, struck and taken back (`docs/events.md`, *Positions*).

An amended event reads, at its own place, as its latest amendment says; a struck or
redacted one is not read at all; a statement that was taken back is read and marked.
Nothing here refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain.codebook import (
    STATEMENTS,
    Amended,
    Assessed,
    Linked,
    Opened,
    Recorded,
    Redacted,
    Reworded,
    Statement,
    Struck,
    Unlinked,
    WalkedBack,
)
from domain.dates import Bounds
from domain.positions import Aside, PartyFold, find_asides, fold_party
from domain.statement import Payload, Word, read_word, surely_said_by

Contents = Mapping[int, tuple[type[Recorded], Payload]]
_NONE: Mapping[int, int] = {}  # held by many


@dataclass(frozen=True, slots=True)
class Reading:
    """A history as it reads now: what each event says after amendments, and what counts.

    `contents` maps a version to the type and payload it reads as; struck and redacted
    events are not in it. `taken_back` maps the version of a statement to the version of
    the first that took it back; `words` are all statements in `contents`, `spoken` the same by party, `asides`
    what else is in `contents`. `folds` and `worded` are only memory: what parties' words were found to amount to, and
    how the claim was found to be worded, as long as it stays so.
    """

    contents: Contents
    words: tuple[Word, ...]
    taken_back: Mapping[int, int]
    asides: Contents
    spoken: Mapping[str, tuple[Word, ...]]
    folds: dict[str, PartyFold] = field(default_factory=dict, compare=False, repr=False)
    worded: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def extended_by(self, event: Recorded) -> Reading | None:
        """Read one more event, or answer None where it changes how earlier ones read."""
        if event.data is None or isinstance(event, Amended | Struck | Redacted):
            return None
        new = {event.version: (type(event), event.data)}
        contents = {**self.contents, **new}
        if not isinstance(event, Statement):
            return replace(self, contents=contents, asides={**self.asides, **new}, worded={})
        word = read_word(type(event), event.version, event.data)
        words = (*self.words, word)
        taken_back = _find_taken_back(words) if word.takes_back else self.taken_back
        concerned = set[str]()
        if word.takes_back:
            concerned.add(word.party)
            changed = {word.regarding} | {version for version, _ in taken_back.items() ^ self.taken_back.items()}
            # A retraction that holds no more, or again, also matters to what it took back, even if another did, too.
            changed |= {taker.regarding for taker in words if taker.takes_back and taker.version in changed}
            concerned |= {other.party for other in words if other.version in changed}
        # What the other parties said folds as before, and what this one said until now.
        folds = {party: fold for party, fold in self.folds.items() if party not in concerned}
        spoken = {**self.spoken, word.party: (*self.spoken.get(word.party, ()), word)}
        return Reading(contents, words, taken_back, self.asides, spoken, folds, self.worded)

    def fold_parties(self) -> dict[str, PartyFold]:
        """Fold what each party said, in the order in which they first spoke."""
        takers = reversed(list(find_takers(self)))
        corrections = {w.regarding or 0: w.version for w in takers if w.kind is not WalkedBack} or _NONE
        folds = {}
        for party, words in self.spoken.items():
            fold = self.folds.get(party)
            if fold is None or len(fold.words) < len(words):
                fold = self.folds[party] = fold_party(words, self.taken_back, corrections, fold)
            folds[party] = fold
        return folds

    def find_asides(self, parties: Iterable[str] | None = None) -> dict[int, Aside]:
        """Find the words that are beside their parties' positions, of some parties or of all, each with why."""
        asked = self.spoken if parties is None else parties
        found = (find_asides(self.spoken.get(party, ()), self.taken_back) for party in asked)
        return {version: why for asides in found for version, why in asides.items()}

    def counts(self, version: int) -> bool:
        """Tell whether a statement still counts: not struck, not redacted, not taken back."""
        return version in self.contents and version not in self.taken_back


def gather(contents: Contents, words: Iterable[Word]) -> Reading:
    """Make the reading of a history whose events read so, of whose statements these are the words."""
    asides = {v: (kind, data) for v, (kind, data) in contents.items() if not issubclass(kind, Statement)}
    told, spoken = tuple(words), dict[str, list[Word]]()
    for word in told:
        spoken.setdefault(word.party, []).append(word)
    by_party = {party: tuple(of) for party, of in spoken.items()}
    return Reading(contents, told, _find_taken_back(told), asides, by_party)


def read_history(history: Sequence[Recorded], said_until: Bounds | None = None) -> Reading:
    """Read a history with its amendments and strikes; `said_until` holds back what was said after.

    What has no date at all is held back too, and so are assessments; what keeps the
    record always applies.
    """
    contents = _read_contents(history)
    for event in history:
        if isinstance(event, Struck) and event.data is not None:
            contents.pop(event.data["regarding"], None)
    if said_until is not None:
        contents = {v: (kind, data) for v, (kind, data) in contents.items() if _said_by(kind, data, said_until)}
    return read_contents(contents)


def read_contents(contents: Contents) -> Reading:
    """Make the reading of a history whose events, in order, read so."""
    words = [read_word(kind, v, data) for v, (kind, data) in contents.items() if issubclass(kind, Statement)]
    return gather(contents, words)


def find_held_back(history: Sequence[Recorded], said_until: Bounds) -> set[int]:
    """List the events that were said after a date, struck ones and amendments of such among them."""
    contents = _read_contents(history)
    held = {v for v, (kind, data) in contents.items() if not _said_by(kind, data, said_until)}
    return held | {e.version for e in history if isinstance(e, Amended) and e.data and e.data["regarding"] in held}


def _read_contents(history: Sequence[Recorded]) -> dict[int, tuple[type[Recorded], Payload]]:
    contents: dict[int, tuple[type[Recorded], Payload]] = {}
    for event in history:
        if isinstance(event, Amended):
            # An amendment whose event was redacted is redacted with it, and then has no payload either.
            if event.data is not None and event.data["regarding"] in contents:
                contents[event.data["regarding"]] = (kind_of(event.data["type"]), event.data["statement"])
        elif event.data is not None and not isinstance(event, Struck):
            contents[event.version] = (type(event), event.data)
    return contents


def _said_by(kind: type[Recorded], data: Payload, until: Bounds) -> bool:
    if not issubclass(kind, Statement | Assessed):
        return True
    said_by = surely_said_by(data)
    return said_by is not None and (until.latest is None or said_by <= until.latest)


def kind_of(type_: str) -> type[Recorded]:
    """Find what an amended event reads as: a statement of that type, or an assessment."""
    return STATEMENTS.get(type_, Assessed)


def _find_taken_back(words: Sequence[Word]) -> dict[int, int]:
    # Latest first: whoever takes back a retraction speaks after it, so it is known by then whether that one holds.
    taken: dict[int, int] = {}
    for word in reversed(words):
        if word.takes_back and word.version not in taken and word.regarding is not None:
            taken[word.regarding] = word.version
    return taken


def find_taken_or_given_back(history: Sequence[Recorded], reading: Reading) -> Iterator[Word]:
    """Find the words that the last event of a history took back, or gave back, as they read after it.

    Which of them a word took back that a redaction erased is erased, too: it may be the last earlier one of each party.
    """
    event = history[-1]
    if isinstance(event, Redacted):
        yield from _find_maybe_given_back(history[event.data["regarding"] - 1] if event.data else event, reading)
        return
    if isinstance(event, Amended | Struck):
        was = read_history(history[:-1]).taken_back
    elif isinstance(event, Statement) and event.data is not None and reading.words[-1].takes_back:
        was = _find_taken_back(reading.words[:-1])
    else:
        return  # nothing else changes how an earlier word reads
    changed = was.keys() ^ reading.taken_back.keys()
    yield from (word for word in reading.words if word.version in changed)


def _find_maybe_given_back(erased: Recorded, reading: Reading) -> Iterator[Word]:
    if isinstance(erased, Statement) and erased.takes_back:
        yield from {word.party: word for word in reading.words if word.version < erased.version}.values()


def find_takers(reading: Reading) -> Iterator[Word]:
    """Give the words that take others back, and were not taken back themselves."""
    for word in reading.words if reading.taken_back else ():
        if word.takes_back and word.version not in reading.taken_back:
            yield word


def find_links(reading: Reading) -> list[dict[str, str]]:
    """List the relations to other claims that hold, in the order they were made."""
    links: dict[tuple[str, str], dict[str, str]] = {}
    for kind, data in reading.asides.values():
        if kind is Linked:
            links[data["relation"], data["claim"]] = {"relation": data["relation"], "claim": data["claim"]}
        elif kind is Unlinked:
            links.pop((data["relation"], data["claim"]), None)
    return list(links.values())


@dataclass(frozen=True, slots=True)
class Wording:
    """What a claim says: its text, and what it is about. In which language makes no other claim of it."""

    text: str
    about: Payload
    lang: str = field(compare=False)


Wordings = Sequence[tuple[int, Wording]]


def list_wordings(contents: Contents) -> list[tuple[int, Wording]]:
    """List the wordings of a claim, each with the event that worded it so, from its opening on."""
    listed, now = list[tuple[int, Wording]](), dict[str, Any]()
    for version, (kind, data) in contents.items():
        if kind in {Opened, Reworded}:
            now |= data
            about = {name: value for name, value in now.get("about", {}).items() if value}
            listed.append((version, Wording(now.get("text", ""), about, now.get("lang", "und"))))
    return listed


def wording_at(wordings: Wordings, version: int) -> Wording | None:
    """Give the wording that a claim had when an event was logged."""
    return next((wording for worded, wording in reversed(wordings) if worded <= version), None)


def find_rewording(wordings: Wordings, version: int) -> int | None:
    """Find the event by which the claim left the wording it had when an event was logged; None where it has it now."""
    then = wording_at(wordings, version)
    if then is None or wordings[-1][1] == then:
        return None
    return next(worded for worded, wording in wordings if worded > version and wording != then)


def find_wording(reading: Reading) -> Mapping[str, Any]:
    """Give text, lang, about and topics as last worded; members that were never given are null or empty."""
    if not reading.worded:
        reading.worded.update(_find_wording(reading))
    return reading.worded


def _find_wording(reading: Reading) -> dict[str, Any]:
    worded: dict[str, Any] = {}
    for version, (kind, data) in reading.asides.items():
        if version == 1 or kind is Reworded:
            worded |= {name: data[name] for name in ("text", "lang", "about", "topics") if name in data}
    about = worded.get("about", {})
    return {
        "text": worded.get("text"),
        "lang": worded.get("lang"),
        "about": {
            "occurred_on": about.get("occurred_on"),
            "occurred_on_text": about.get("occurred_on_text"),
            "place": about.get("place"),
            "participants": [
                {name: party[name] for name in ("name", "kind", "country") if name in party}
                for party in about.get("participants", ())
            ],
            "form": about.get("form"),
            "track": about.get("track"),
        },
        "topics": worded.get("topics", []),
    }
