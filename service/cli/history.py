"""A claim's events as the record reads them: amended, struck and redacted ones say so.

What is shown of an amended event is what the amendment says; how it was logged first
stands beside it. A struck event stays visible, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from domain.awaiting import find_answers
from domain.codebook import EVENT_TYPES, STATEMENTS, CommentRequested
from domain.party import party_key
from domain.positions import Aside
from domain.reading import Reading, find_rewording, list_wordings, read_contents
from service.telling.changes import compare_statements, tell_change
from service.telling.links import is_unsure, web_address
from service.telling.terms import tell_terms
from service.telling.wording import SAID, in_one_line, is_partial, stop

Json = Mapping[str, Any]
_WHYS = {
    "late": "it was said before event {}.",
    "silent": "a word like this sets one only where there is none.",
    "breath": "in the same breath it took a side.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it reads: its type and payload as amended (no payload: redacted), and what was done to it.

    `changes` are what it changed itself, `earlier` is the event by which the claim left the wording that it speaks of,
    `taken` is the version of the event that took it back, `came` are the words that answered a request, `aside` is why
    it is beside its party's position, where it is, `lost` are the redactions that erased amendments of it.
    """

    stored: Json
    type: str
    data: Json | None
    amended: Json | None = None
    struck: Json | None = None
    changes: Sequence[Json] = ()
    earlier: int | None = None
    taken: int | None = None
    came: Sequence[int] = ()
    aside: Aside | None = None
    lost: Sequence[Json] = ()

    @property
    def version(self) -> int:
        """Its number in the claim's history."""
        number: int = self.stored["version"]
        return number

    def told(self) -> str:
        """Say in a few words what it is: its type, who speaks, on what terms, and whether of an earlier wording."""
        did = f"{tell_type(self.type, self.data)}{_by(self.data)}"
        earlier = ["of an earlier wording"] if self.earlier else []
        return ", ".join([did, *map(in_one_line, tell_terms(self.data or {})), *earlier])


History = Mapping[int, Entry]


def read_events(events: Sequence[Json], withdrawals: Iterable[Json] = ()) -> dict[int, Entry]:
    """Read the events of a claim, in order, as the last of them leaves them, and what was withdrawn by then."""
    read: dict[int, Entry] = {}
    for event in events:
        data = event.get("data")
        read[event["version"]] = Entry(event, event["type"], data)
        # What an amendment said that was itself redacted is gone: the event reads again as it was logged.
        target = read.get(data.get("regarding", 0)) if data else None
        if data and target and event["type"] == "amended" and target.data is not None:
            changes = compare_statements((target.type, target.data), (data["type"], data["statement"]))
            read[event["version"]] = replace(read[event["version"]], changes=changes)
            read[target.version] = replace(target, type=data["type"], data=data["statement"], amended=event)
        elif target and event["type"] == "struck":
            read[target.version] = replace(target, struck=event)
        elif data and event["type"] == "redacted" and (mended := read.get(data.get("amended", 0))):
            read[mended.version] = replace(mended, lost=[*mended.lost, event])
    for one in withdrawals:
        of = read.get(one["of"])
        if of and of.taken is None:  # what took it back first made it so
            read[of.version] = replace(of, taken=one["by"])
    reading = _reading_of(read)
    wordings = list_wordings(reading.contents)
    left = ((n, find_rewording(wordings, n)) for n, entry in read.items() if _says(entry))
    read |= {n: replace(read[n], earlier=rewording) for n, rewording in left if rewording}
    read |= {n: replace(read[n], aside=why) for n, why in reading.find_asides().items()}
    asked = {n: data["party"]["name"] for n, (kind, data) in reading.asides.items() if kind is CommentRequested}
    answers = find_answers(reading.words, {n: party_key(name) for n, name in asked.items()})
    return read | {n: replace(read[n], came=[word.version for word in words]) for n, words in answers.items()}


def _says(entry: Entry) -> bool:
    """Tell whether somebody speaks in it, and still does by our record."""
    return entry.type in SAID and entry.data is not None and not entry.struck


def tell_number(version: int, history: History) -> str:
    """Name an event by its number, and say whether it is of an earlier wording of the claim."""
    earlier = version in history and history[version].earlier
    return f"event {version}{', of an earlier wording' if earlier else ''}"


def tell_word(version: int, history: History) -> str:
    """Name a statement by its number, and say in whose name and on what terms it was said, and what took it back."""
    entry = history.get(version)
    data, by = (entry and entry.data) or {}, history.get((entry and entry.taken) or 0)
    taken = f"withdrawn by event {by.version}, {by.told()}" if by else ""
    return ", ".join(
        filter(None, [tell_number(version, history), _behalf(data), *map(in_one_line, tell_terms(data)), taken])
    )


def _reading_of(history: History) -> Reading:
    """Read what events of types that are known here say, but for those struck or erased."""
    read = ((n, EVENT_TYPES.get(entry.type), entry.data) for n, entry in history.items() if not entry.struck)
    return read_contents({n: (kind, data) for n, kind, data in read if kind and data})


def tell_asides(claim: Json, history: History) -> Iterator[str]:
    """Say of each word that is beside a position that it changes nothing, and why."""
    for version in sorted(version for position in claim["positions"] for version in position["beside"]):
        if why := history[version].aside:
            because = _WHYS[why.why].format(why.before)
            yield f"Event {version}, {history[version].told()}, does not change its position: {because}"


def tell_type(type_: str, data: Json | None) -> str:
    """Say what was done, and whether to a part of the claim only."""
    return f"{type_} in part" if data and is_partial(type_, data) else type_


def write_entries(entries: Iterable[Entry], history: History) -> Iterator[str]:
    """Write events as they read, with what was done to them; an address is told once."""
    first: dict[tuple[str, ...], int] = {}
    for entry in entries:
        source = tuple(_tell_source((entry.data or {}).get("source")))
        told_at = first.setdefault(source, entry.version)
        again = source[1:] and told_at != entry.version  # a publisher alone is as short as what refers to it
        yield from _write_entry(entry, history, [f"     Source: as event {told_at}"] if again else source)


def _write_entry(entry: Entry, history: History, source: Iterable[str]) -> Iterator[str]:
    marks = {"amended": entry.amended, "struck": entry.struck, "redacted": entry.data is None, "withdrawn": entry.taken}
    mark = "".join(f"[{name}] " for name, done in marks.items() if done)
    when = entry.stored["recorded_at"][:16].replace("T", " ")
    yield f"{entry.version:>3}  {when}  {mark}{_tell(entry.type, entry.data)}"
    if text := _text_of(entry.data, history if entry.type in STATEMENTS else {}):
        yield wrap(f"     {text}", "     ")
    yield from source
    changed = "; ".join(map(tell_change, entry.changes))
    of = f"Said of an earlier wording of the claim, which event {entry.earlier} replaced." if entry.earlier else ""
    for text in (
        of,
        _tell_outcome(entry, history),
        changed and f"Changed: {in_one_line(changed)}",
        *_done_to(entry, history),
    ):
        if text:
            yield wrap(f"     {text}", "     ")


def _tell_source(source: Json | None) -> Iterator[str]:
    """Tell where words can be read; an address has a line of its own, unbroken, so that it can be copied."""
    if not source:
        return
    told = [source["publisher"]]
    told += [f"“{source['title']}”"] if "title" in source else []
    told += [f"published {source['published_on']}"] if "published_on" in source else []
    yield wrap(f"     Source: {in_one_line(', '.join(told))}", "     ")
    if url := source.get("url"):
        why = "programs read this host as different ones" if is_unsure(url) else "not a web address"
        yield f"     {web_address(url) or f'{in_one_line(url)} ({why})'}"
    if kept := web_address(source.get("archived_url")):
        yield f"     Archived: {kept}"


def _tell_outcome(entry: Entry, history: History) -> str:
    if entry.type != "comment_requested" or entry.data is None:
        return ""
    came = "; ".join(f"event {n}, {history[n].told()}" for n in entry.came)
    return f"What came of it: {came}." if came else "No answer is on record."


def _done_to(entry: Entry, history: History) -> Iterator[str]:
    if entry.amended:
        first = entry.stored["data"]
        logged = f"{_tell(entry.stored['type'], first)}: {_text_of(first)}"
        yield f"Amended by event {entry.amended['version']}. First logged as {logged}"
    for lost in entry.lost:
        which, why = lost["data"]["regarding"], in_one_line(lost["data"]["reason"])
        yield f"An amendment of it, event {which}, redacted by event {lost['version']}: {why}"
    if by := history.get(entry.taken or 0):
        yield f"Withdrawn by event {by.version}, {by.told()}"
    if entry.struck:
        yield f"Struck by event {entry.struck['version']}: {in_one_line(entry.struck['data']['reason'])}"
    if entry.data is None:
        number = entry.stored["redacted"]
        redaction = history[number].data if number in history else None
        # As of a moment before the redaction it is not in the history, but what it erased is gone all the same.
        why = f": {in_one_line(redaction['reason'])}" if redaction else ", which came later"
        yield f"Redacted by event {number}{why}"


def _tell(type_: str, data: Json | None) -> str:
    return ", ".join([tell_type(type_, data), *_facts(data or {})])


def _facts(data: Json) -> Iterator[str]:
    """Give what an event's first line says beside its type."""
    if who := _who(data):
        yield who
    if behalf := _behalf(data):
        yield behalf
    yield from map(in_one_line, tell_terms(data))
    if "relation" in data:
        yield f"{data['relation']} {data['claim']}"
    if "deadline" in data:
        yield f"answer due by {data['deadline']}"
    if "channel" in data:
        yield f"channel: {in_one_line(data['channel'])}"
    if "change" in data:
        yield data["change"]
    if "said_on" in data:
        yield f"said {data['said_on']}"


def _by(data: Json | None) -> str:
    who, behalf = _who(data), _behalf(data or {})
    return f" by {' '.join(filter(None, (who, behalf)))}" if who else ""


def _behalf(data: Json) -> str:
    return f"on behalf of {in_one_line(data['on_behalf_of']['name'])}" if "on_behalf_of" in data else ""


def _text_of(data: Json | None, history: History | None = None) -> str:
    if not data:
        return ""
    text = data.get("summary") or _quote(data.get("quote")) or data.get("text") or data.get("question")
    text = data.get("note") if "relation" in data else text
    parts = [f"It should read {_tell(data['type'], data['statement'])}"] if "statement" in data else []
    parts += [text] if text else []
    parts += [f"{name.capitalize()}: {data[name]}" for name in ("reason", "authority") if name in data]
    told = in_one_line(" ".join([*map(stop, parts[:-1]), *parts[-1:]]))
    of = f", an amendment of event {data['amended']}" if "amended" in data else ""
    return f"(about event {_name_event(data['regarding'], history or {})}{of}) {told}" if "regarding" in data else told


def _quote(spoken: Json | None) -> str:
    """Give words as spoken in quotation marks, with their translation, which nobody spoke."""
    if not spoken:
        return ""
    return f"“{spoken['text']}”" + (f" (translated: {spoken['translation']})" if "translation" in spoken else "")


def _name_event(version: int, history: History) -> str:
    """Name an event; where it is a statement of which something is said later, with whose it is."""
    regarded = history.get(version)
    return f"{version}, {regarded.told()}" if regarded and regarded.type in STATEMENTS else str(version)


def _who(data: Json | None) -> str:
    party = (data or {}).get("party") or (data or {}).get("by") or {}
    if isinstance(party, str):  # of a join: two names, as they were given
        return in_one_line(f"{party} and {(data or {})['same_as']}")
    return in_one_line(party.get("name", ""))


def wrap(text: str, indent: str) -> str:
    """Give a text in lines that fit a terminal, those after the first with an indent."""
    width = min(120, click.get_current_context().terminal_width or 100)
    told = text.lstrip()
    return click.wrap_text(told, width, text[: len(text) - len(told)], indent)
