"""What is told beside a stance, so that it misleads nobody: on what terms, overtaken or taken back by whom.

None of it is in a claim's own JSON, which names events by their numbers: it is read from these events, as they read.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from domain.party import voice_of
from domain.positions import Aside
from domain.reading import Wordings, find_rewording
from service.telling.terms import ON_RECORD, find_behalf
from service.telling.wording import Stood, find_saying
from service.web.endpoint import timeline
from service.web.pages.limits import wordings_of
from service.web.pages.story import Told, behalf_of, deed_of, read_story, strength_of, tell_manner, terms_of

Json = Mapping[str, Any]
SIDES = frozenset({"affirms", "denies"})
# On a party's own page.
_OF_ONE = ("terms", "strength", "behalf", "says", "overtaken", "taken_back", "reworded_by", "earlier")
NAMED = 4  # parties of a stance that a row of a list names
_TIMES = 4  # as many events of a position as were read before, where more are needed
_REWORDED = '"type":"reworded"'  # as an event is stored
_ATTRIBUTION, _ON_RECORD = '"attribution":"', f'{ON_RECORD}"'  # likewise
_BEHALF = '"on_behalf_of":'  # likewise
_STRONG_OR_WEAK = ('"strength":"categorical"', '"strength":"hedged"')  # likewise
_OF_A_PART = ('"extent":"partial"', '"type":"countered"')  # likewise
_TELLING = (_BEHALF, *_STRONG_OR_WEAK, *_OF_A_PART)


def find_said(claims: Sequence[Json], named: int | None = None, plain: Container[str] = frozenset()) -> list[list[str]]:
    """Find, of each claim, the stored events that are needed to tell positions; of each stance of the first so many.

    Of a position that was never on the record all events are needed, else no more than up to one that was; likewise of
    one all of whose words are as strong; of one that was first or last taken in somebody's name, all. Of the claims
    that are `plain`, by their ids, where everybody spoke on the record and in their own name, only those of whoever
    overtook or took back something: which event first says so, and how strongly, is not told of these.
    """
    shown = {claim["id"]: [*_list_named(claim, named)] for claim in claims}
    # The first events of a party, where not one alone; the last is read with them.
    reads: dict[str, dict[str, int]] = {claim["id"]: {} for claim in claims}
    needed = {one["id"]: [*_list_needed(one, shown[one["id"]], None)] for one in claims if one["id"] in plain}
    wanted = {one["id"]: (one["version"], needed[one["id"]]) for one in claims if one["id"] in plain}
    found = timeline().find_events(wanted=wanted) if wanted else dict[str, list[str]]()
    asked = [claim for claim in claims if claim["id"] not in plain]
    while asked:
        needed = {one["id"]: [*_list_needed(one, shown[one["id"]], reads[one["id"]])] for one in asked}
        wanted = {one["id"]: (one["version"], needed[one["id"]]) for one in asked if needed[one["id"]]}
        found |= timeline().find_events(wanted=wanted) if wanted else {}
        asked = [one for one in asked if _read_on(one, found.get(one["id"], []), shown[one["id"]], reads[one["id"]])]
    reworded = {id_: (1, [1]) for id_, texts in found.items() if _is_reworded(texts)}
    for id_, opened in timeline().find_events(wanted=reworded).items() if reworded else ():
        found[id_] = [*opened, *found[id_]]
    return [found.get(claim["id"], []) for claim in claims]


def _read_on(claim: Json, texts: list[str], shown: Sequence[Json], reads: dict[str, int]) -> bool:
    """Tell whether to read more, and of whom: of each of whom nothing was on the record yet, some times as much.

    Of whoever spoke in another's name all is read; of who spoke of a part first, up to what says where it stands.

    What tells nothing is left out, unread: most words are on the record, and of the wording of now.
    """
    if not any(_is_off_record(text) or any(mark in text for mark in _TELLING) for text in texts):
        plain = not any("overtaken_by" in one or one["stance"] == "withdrawn" for one in shown)
        if plain and not _is_reworded(texts):
            texts.clear()
        return False
    told, before = read_said(claim, texts), dict(reads)
    for position in shown:
        key, events = position["party"]["key"], position["events"]
        read = reads.get(key, 1)
        if position["stance"] == "withdrawn" or len(events) <= read + 1:
            continue
        known = tell_position(claim, position, told)
        if "behalf" in known:
            reads[key] = len(events)
        elif (
            "terms" in known
            or "strength" in known
            or not find_saying(position, _stood(told[n] for n in events[:read] if n in told), lambda _: None)
        ):
            reads[key] = _TIMES * read
    return before != reads


def _is_off_record(text: str) -> bool:
    """Tell of an event as stored whether nobody knows it to be on record; no text in it holds such quotation marks."""
    place = text.find(_ATTRIBUTION)
    return place >= 0 and not text.startswith(_ON_RECORD, place + len(_ATTRIBUTION))


def _is_reworded(texts: Iterable[str]) -> bool:
    return any(_REWORDED in text for text in texts)


def _list_named(claim: Json, named: int | None) -> Iterator[Json]:
    seen: dict[str, int] = {}
    for position in claim["positions"]:
        stance = position["stance"]
        seen[stance] = seen.get(stance, 0) + 1
        if named is None or seen[stance] <= named:
            yield position


def _list_needed(claim: Json, shown: Sequence[Json], reads: Mapping[str, int] | None) -> Iterator[int]:
    for position in shown:
        if reads is not None and position["stance"] != "withdrawn":
            events = position["events"]
            yield from sorted({*events[: reads.get(position["party"]["key"], 1)], events[-1]})
        for withdrawal in _list_taken(claim, position):
            yield withdrawal["of"]
            yield withdrawal["by"]
        if "overtaken_by" in position:
            yield position["overtaken_by"]


def read_said(claim: Json, texts: Iterable[str]) -> dict[int, Told]:
    """Read stored events of a claim as they read, by version."""
    return {told.version: told for told in read_story(claim, texts)}


def tell_positions(claim: Json, told: Mapping[int, Told]) -> Json:
    """Give a claim with what its events tell of each position."""
    if not told:
        return claim
    wordings = wordings_of(told.values())
    return {**claim, "positions": [tell_position(claim, one, told, wordings) for one in claim["positions"]]}


def tell_position(claim: Json, position: Json, told: Mapping[int, Told], wordings: Wordings = ()) -> Json:
    """Give a position with what can be told of it: `terms`, `strength`, `behalf`, `overtaken`, `taken_back` and others.

    `says` is the first event that says so, where one of a part came before.
    `terms` is the word for how it is to be attributed, where none of its events is known to be on record, `strength`
    that of all of them, where it is not plain, `behalf` in whose name it was taken, or what was taken back of it was
    said, where not in the party's own alone. `overtaken` and `taken_back` say `by` which event, and `who` speaks in
    that, where it is another party. `reworded_by` is the event by which the claim left the wording that it is about,
    `earlier` are its concessions of such a wording, `aside` the words that changed nothing, which say why.
    """
    more: dict[str, Any] = {}
    events = [told[version] for version in position["events"] if version in told]
    if position["stance"] != "withdrawn" and events:  # who took it back is another, maybe
        more |= tell_manner(events)
    says = find_saying(position, _stood(events), lambda version: find_rewording(wordings, version))
    if says and says != position["since"]:
        more["says"] = says
    if overtaking := told.get(position.get("overtaken_by", 0)):
        more["overtaken"] = _tell_overtaken(claim, overtaking, events)
    last = max(position["events"])
    if taken := [one for one in _list_taken(claim, position) if one["of"] in told]:
        chosen = _choose(taken, told)
        more["taken_back"], events, last = _tell_withdrawal(chosen, told), [told[chosen["of"]]], chosen["of"]
    if behalf := find_behalf(event.data for event in events if event.data):
        more["behalf"] = behalf
    if reworded := find_rewording(wordings, last):
        more["reworded_by"] = reworded
    if earlier := [n for n in (*position["concedes"], *position["disputes"]) if find_rewording(wordings, n)]:
        more["earlier"] = earlier
    beside = (told[version] for version in position["beside"] if version in told)
    if aside := [_tell_aside(event, event.beside) for event in beside if event.beside]:
        more["aside"] = aside
    return {**position, **more} if more else position


def _stood(events: Iterable[Told]) -> Iterator[Stood]:
    return ((event.version, event.stance, event.partial) for event in events)


def _tell_aside(event: Told, why: Aside) -> Json:
    what = {"version": event.version, "type": event.type, "partial": event.partial}
    return what | {"why": why.why, "before": why.before}


def tell_beside(claims: Sequence[tuple[Json, Json]]) -> list[Json]:
    """Give positions of one party, each with its claim, with what a party's page tells of it beside its stance."""
    alone = [{**claim, "positions": [position]} for claim, position in claims]
    told = [
        tell_positions(claim, read_said(claim, said))["positions"][0]
        for claim, said in zip(alone, find_said(alone), strict=True)
    ]
    return [{name: one[name] for name in _OF_ONE if name in one} for one in told]


def group_words(versions: Iterable[int], told: Mapping[int, Told]) -> list[list[list[int]]]:
    """Group events by who speaks, and those of a party by what is told beside its name: terms, principal and others.

    An event of which nobody is told who speaks stands alone.
    """
    parties: dict[str | int, dict[Hashable, list[int]]] = {}
    for version in versions:
        event = told.get(version)
        known = event is not None and event.party is not None
        words = parties.setdefault((known and event and event.key) or version, {})
        beside = event and (terms_of(event), strength_of(event), behalf_of(event), bool(event.earlier))
        words.setdefault(beside, []).append(version)
    return [[*words.values()] for words in parties.values()]


def list_withdrawals(claim: Json, told: Mapping[int, Told]) -> list[Json]:
    """List the last word of each stance, in full and of a part, that was taken back of a party that has no such stance.

    An assertion is listed only where another party took it back: else no side was taken and left.
    """
    now = {position["party"]["key"]: position for position in claim["positions"]}
    listed: dict[tuple[str, str, bool], Json] = {}
    for withdrawal in claim["withdrawals"]:
        of, position = told.get(withdrawal["of"]), now.get(withdrawal["party"])
        if of is None or position is None or _still_says(position, of):
            continue
        one = _tell_withdrawal(withdrawal, told) | {"party": position["party"]}
        if of.stance in SIDES or (of.stance == "asserts" and one["who"]):
            listed[withdrawal["party"], of.stance, of.partial] = one
    return [*listed.values()]


def tell_withdrawals(withdrawals: Iterable[Json], told: Mapping[int, Told]) -> list[Json]:
    """Tell of each withdrawal whose word was taken back, which, and how."""
    words = ((told[one["of"]], _tell_withdrawal(one, told)) for one in withdrawals)
    return [{**more, "party": of.party, "earlier": of.earlier} for of, more in words]


def _still_says(position: Json, word: Told) -> bool:
    """Tell whether a party stands where a word of it stood: who denies a part does not deny all of it any more."""
    return position["stance"] == word.stance and (word.partial or not position["partial"])


def _list_taken(claim: Json, position: Json) -> list[Json]:
    """List what left a party without a word: what was taken back last, and some before it.

    What else it took back of its own, withdrawals and remarks, took no stance: by their events it is not where it is.
    """
    if position["stance"] != "withdrawn":
        return []
    taken = [one for one in claim["withdrawals"] if one["party"] == position["party"]["key"]]
    with_stance = {one["of"] for one in taken if one["by"] in position["events"]}
    return sorted((one for one in taken if one["of"] in with_stance), key=lambda one: one["by"])[-NAMED:]


def _choose(taken: Sequence[Json], told: Mapping[int, Told]) -> Json:
    """Choose the last word of the stance that was taken back last: of the whole claim, where there is one."""
    stance = told[taken[-1]["of"]].stance
    alike = [one for one in taken if told[one["of"]].stance == stance]
    return next((one for one in reversed(alike) if not told[one["of"]].partial), taken[-1])


def _tell_withdrawal(withdrawal: Json, told: Mapping[int, Told]) -> dict[str, Any]:
    of, by = told[withdrawal["of"]], told.get(withdrawal["by"])
    other = by is not None and by.key != withdrawal["party"]
    return {
        "of": withdrawal["of"],
        "by": withdrawal["by"],
        "type": of.type,
        "stance": of.stance,
        "partial": of.partial,
        "manner": dict(tell_manner([of])),
        "deed": deed_of(by),
        "who": by.party if other and by else None,
        "said": by and by.data,
        "terms": by and terms_of(by),
    }


def _tell_overtaken(claim: Json, overtaking: Told, denials: Sequence[Told]) -> dict[str, Any]:
    """Tell who overtook a denial, and whose voice both are: the voice that the words which overtook it are of."""
    return {
        "by": overtaking.version,
        "who": overtaking.party,
        "terms": terms_of(overtaking),
        "of": _name_voice(claim, overtaking, denials),
    }


def _name_voice(claim: Json, overtaking: Told, denials: Sequence[Told]) -> str | None:
    """Name a state as a party of the claim that is one, else by its country; a principal that is none by its name.

    None where whoever overtook the denial is the principal itself, or is not told any more.
    """
    data, party = overtaking.data or {}, overtaking.party
    if party is None:
        return None
    principal = data.get("on_behalf_of")
    scope, country = voice_of(party, principal)
    if scope == "party":
        return principal and str(principal["name"])
    parties = [(event.data or {}).get("on_behalf_of") for event in (overtaking, *denials)]
    parties += [position["party"] for position in claim["positions"]]
    states = (one for one in parties if one and one["kind"] == "state" and one.get("country") == country)
    return next((str(one["name"]) for one in states if one["name"] != party["name"]), country)
