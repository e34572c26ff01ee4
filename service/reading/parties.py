"""Who speaks: parties by their names, and one party's positions, reversals and track record, as of any moment.

Names that an editor joined are one party here, from the event that joined them to the
one that parted them. The claims' own answers stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from domain.errors import NotFound, NothingCounts, NotYetKnown
from domain.joins import Join, find_names
from domain.party import describe_party
from domain.track_record import Kind
from service.reading.cursors import digest, read_cursor, write_cursor
from service.reading.moment import Moment, resolve_moment
from service.reading.party_records import PartyRecord
from service.reading.reads import Answer
from service.search_text import Phrase, read_question, to_tokens
from service.store.directory import Name, PartyQuery
from service.store.finding import OPEN_END
from service.store.interface import View


@dataclass(frozen=True, slots=True)
class PartiesQuestion:
    """Which parties to list, in the order of their keys: all words of `q` begin a word of one of their names.

    `like` is a name, and asks for those that are drawn like it and are others.
    """

    q: str | None = None
    country: str | None = None
    kind: str | None = None
    limit: int = 50
    cursor: str | None = None
    as_of: str | None = None
    like: str | None = None


@dataclass(frozen=True, slots=True)
class PartyQuestion:
    """Which party, and how much of it: a page of its positions, or of those behind one number of its track record.

    `behind` names the number as `domain.track_record.BEHIND` does.
    """

    key: str
    behind: str | None = None
    limit: int = 50
    cursor: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class _Joined:
    """The joins of some names, and of all that are joined to them, as they held at a log size."""

    joins: Sequence[Join]

    def joins_of(self, key: str) -> Sequence[Join]:
        return [join for join in self.joins if key in join.names]


@dataclass(frozen=True, slots=True)
class _Party:
    """One party: those of its names under which it has spoken, the one it is shown under first."""

    names: Sequence[Name]

    @property
    def key(self) -> str:
        return self.names[0].key

    @property
    def keys(self) -> list[str]:
        return [name.key for name in self.names]

    def describe(self) -> dict[str, Any]:
        return dict(describe_party(self.names[0].party))

    def also_known_as(self) -> list[dict[str, Any]]:
        return [dict(describe_party(name.party)) for name in self.names[1:]]

    def fits(self, question: PartiesQuestion, phrases: Sequence[Phrase]) -> bool:
        shown = self.names[0].party
        return (
            question.kind in {None, shown["kind"]}
            and question.country in {None, shown.get("country")}
            and any(all(phrase.written in f" {to_tokens(key)} " for phrase in phrases) for key in self.keys)
        )


def expand_keys(view: View, keys: Sequence[str], size: int) -> list[str]:
    """Give these keys with all that were joined to them at a log size."""
    joined = _read_joins(view, keys, size)
    return list(dict.fromkeys(name for key in keys for name in find_names(key, joined)))


def _read_joins(view: View, keys: Iterable[str], size: int) -> _Joined:
    asked, waiting, joins = set[str](), {*keys}, dict[Join, None]()
    while waiting:
        asked |= waiting
        joins |= dict.fromkeys(view.directory.joins_of(sorted(waiting), size))
        waiting = {name for join in joins for name in join.names} - asked
    return _Joined([*joins])


def list_parties(view: View, question: PartiesQuestion, now: datetime) -> Answer:
    """Give a page of parties."""
    head, bound_to = view.head(), digest([question.q, question.country, question.kind, question.as_of])
    if question.cursor is not None:
        after, moment = read_cursor(question.cursor, bound_to, head.size, str)
    elif question.as_of is not None:
        after, moment = "", resolve_moment(question.as_of, view, now)
    else:
        after, moment = "", Moment(head.size, head.at)
    found = list(islice(_walk(view, question, after, moment.size), question.limit + 1))
    page = found[: question.limit]
    cursor = write_cursor(page[-1].key, moment, bound_to) if len(found) > question.limit else None
    told: dict[str, Any] = {"parties": [_count(view, party, moment.size) for party in page], "next": cursor}
    if question.as_of is not None:
        told["as_of"] = _tell(moment)
    return Answer(orjson.dumps(told).decode(), head.size, links={"next": {"cursor": cursor}} if cursor else {})


def _walk(view: View, question: PartiesQuestion, after: str, size: int) -> Iterator[_Party]:
    phrases = read_question(question.q)
    limit, keys = question.limit + 1, [after]
    while keys:
        query = PartyQuery(size, limit, keys[-1], phrases, question.country, question.kind, question.like)
        keys = view.directory.find_keys(query)
        found = _find_parties(view, keys, size)
        for key in keys:
            party = found.get(key)
            if party and party.key == key and party.fits(question, phrases):
                yield party
        if len(keys) < limit:
            return


def _find_party(view: View, key: str, size: int) -> _Party | None:
    return _find_parties(view, [key], size).get(key)


def _find_parties(view: View, keys: Sequence[str], size: int) -> dict[str, _Party]:
    joined = _read_joins(view, keys, size)
    names = {key: find_names(key, joined) for key in keys}
    spoken = view.directory.find_names(sorted({name for group in names.values() for name in group}), size)
    found = {key: [spoken[name] for name in group if name in spoken] for key, group in names.items()}
    return {key: _Party(group) for key, group in found.items() if group}


def _count(view: View, party: _Party, size: int) -> dict[str, Any]:
    shown, claims = party.describe(), party.names[0].claims
    if len(party.names) > 1:
        shown["also_known_as"] = party.also_known_as()
        first, *others = sorted(party.names, key=lambda name: name.claims, reverse=True)
        claims = first.claims + view.directory.count_beside(first.key, [name.key for name in others], size)
    return {**shown, "statements": sum(name.statements for name in party.names), "claims": claims}


def read_party(view: View, question: PartyQuestion, now: datetime) -> Answer:
    """Give where a party stands, and stood, on its claims, a page of them, and what came of its words.

    What does not come in pages comes with the first: the newest reversals and the track
    record. Raises NotFound, and NotYetKnown before its first statement.
    """
    head = view.head()
    bound_to = digest(["party", question.key, question.behind, question.as_of])
    before, pinned = OPEN_END, None
    if question.cursor is not None:
        before, pinned = read_cursor(question.cursor, bound_to, head.size, int)
    elif question.as_of is not None:
        pinned = resolve_moment(question.as_of, view, now)
    party = _get_party(view, question.key, pinned.size if pinned else head.size)
    record = PartyRecord(view, party.keys, party.names[0].party, pinned.size if pinned else head.size)
    if question.behind is None:
        found = record.list_changed(before, question.limit + 1)
    else:
        found = record.list_behind(question.behind, before, question.limit + 1)
    moment = pinned or _find_change(view, record, found if question.behind is None else None)
    page = found[: question.limit]
    cursor = write_cursor(page[-1][0], moment, bound_to) if len(found) > question.limit else None
    told = {"party": {**_count(view, party, record.size), "also_known_as": party.also_known_as()}}
    told |= _tell_record(record, question, [claim for _, claim in page])
    body = orjson.dumps({**told, "next": cursor, "as_of": _tell(moment)}).decode()
    links = {"next": {"cursor": cursor}} if cursor else {}
    if question.cursor is not None:
        back = record.find_back(question.behind, before, question.limit)
        links["prev"] = {"cursor": "" if back is None else write_cursor(back, moment, bound_to)}
    return Answer(body, head.size, links=links)


def _tell_record(record: PartyRecord, question: PartyQuestion, claims: Sequence[Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"positions": record.positions_on(claims)}
    if question.behind is not None:
        return told | {"reversals": record.reversals_on(claims)}
    if question.cursor is not None:
        return told
    turned = [claim for _, claim in record.list_behind("reversals", OPEN_END, question.limit)]
    return told | {
        "reversals": record.reversals_on(turned),
        "reversed_claims": record.counts.get(Kind("turned"), 0),
        "track_record": record.sum_up(),
    }


def _find_change(view: View, record: PartyRecord, newest: Sequence[tuple[int, Any]] | None) -> Moment:
    """Tell when what is answered about a party changed last; `newest` are its claims, if they are known already."""
    latest = record.list_changed(OPEN_END, 1) if newest is None else newest[:1]
    changed = max((view.directory.changed_at(record.keys, record.size), *(place for place, _ in latest)))
    return Moment(changed, view.recorded_at(changed - 1))


def _get_party(view: View, key: str, size: int) -> _Party:
    party = _find_party(view, key, size)
    if party is None:
        raise _no_such(view, key, size)
    return party


def find_party_events(
    view: View, key: str, limit: int, *, as_of: str | None, now: datetime
) -> tuple[str, str | None, list[str]]:
    """Give a party's name, and the newest stored events that gave, changed or took a word of it, newest first.

    Between them the instant that was asked for. Whoever was told that a party spoke is told what became of that, so
    a party of which no word counts any more has them, too. Raises NotFound, and NotYetKnown before its first statement.
    """
    moment = None if as_of is None else resolve_moment(as_of, view, now)
    size = moment.size if moment else view.head().size
    names = expand_keys(view, [key], size)
    shown = _find_party(view, key, size)
    party = (
        shown.names[0].party if shown else next(filter(None, (view.directory.find_told(n, size) for n in names)), None)
    )
    if party is None:
        raise _no_such(view, key, size)
    places = view.directory.places_of(names, size, limit)
    return (
        party["name"],
        moment.at if moment else None,
        [view.events_from(place, 1)[0][1] for place in places],
    )


def _no_such(view: View, key: str, size: int) -> NotFound | NotYetKnown:
    first = view.directory.first_said(key)
    if first is None:
        return NotFound(f"No party of the key {key!r} speaks in the record. GET /parties?q= finds keys by names.")
    if first <= size:
        return NothingCounts(f"No statement of {key!r} counts: what was logged of it was struck or amended.")
    known_at = view.recorded_at(first - 1)
    return NotYetKnown(
        f"This party's first statement entered the record at {known_at}, with log size {first}. "
        "Ask as of then or later.",
        first_known=known_at,
        first_known_log_size=first,
    )


def _tell(moment: Moment) -> dict[str, Any]:
    return {"log_size": moment.size, "at": moment.at or None}
