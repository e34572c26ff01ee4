"""Feeds: Atom (RFC 4287) and JSON Feed 1.1, of claims, of events and of corrections.

An entry is a version of a claim or an event, named by its address, and is made from
nothing that came later: it never changes, but for a redaction, which erases. Texts are
plain texts in both forms; none is ever markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

import orjson

from service.telling.changes import compare_statements, name_change, tell_change
from service.telling.grades import tell_grades
from service.telling.links import web_address
from service.telling.wording import find_regarded, in_one_line, plain, tell_event, tell_position, tell_standing

ATOM, JSON_FEED = "application/atom+xml; charset=utf-8", "application/feed+json"
NAMESPACE = "http://www.w3.org/2005/Atom"
NEVER = "1970-01-01T00:00:00Z"  # when a feed without entries was updated: Atom wants an instant
LONGEST_TITLE = 200
Reading = tuple[str, Mapping[str, Any]]  # how an event reads: a type and a payload


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as stored, the claim's text as worded by then, and how what it mends or is `about` read before it.

    That is what it amends, strikes, takes back or clarifies, and nothing where that was erased; of what it erases
    itself, its type.
    """

    event: Mapping[str, Any]
    text: str
    about: Reading | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `id` is its address, `updated` when the record took it."""

    id: str
    title: str
    summary: str
    content: str
    updated: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """What happened, newest first; `address` is the feed's own, `home` that of what it is about."""

    address: str
    home: str
    title: str
    author: str
    entries: Sequence[Entry] = field(default_factory=tuple)


def word_history(events: Iterable[Mapping[str, Any]]) -> Iterator[Happening]:
    """Put to each event of a claim's history, from its first on, the text as it was worded by then."""
    text, reads = "", dict[int, Reading]()
    for event in events:
        data = event.get("data") or {}
        if event["type"] in {"opened", "reworded"}:
            text = data.get("text", text)
        yield Happening(event, text, find_reading(reads, event))
        note_reading(reads, event)


def note_reading(reads: dict[int, Reading], event: Mapping[str, Any]) -> None:
    """Note how an event reads, or the one that it amends, by its number; of what is erased its type alone."""
    data = event.get("data") or {}
    amends = data and event["type"] == "amended"
    reads[data["regarding"] if amends else event["version"]] = (
        (data["type"], data["statement"]) if amends else (event["type"], data)
    )


def find_reading(reads: Mapping[int, Reading], event: Mapping[str, Any]) -> Reading | None:
    """Find how what an event mends or is about read before it; nothing where that is erased, but of what erased it."""
    read = reads.get(find_regarded(event["type"], event.get("data") or {}) or 0)
    return read if read and (read[1] or event["type"] == "redacted") else None


def tell_happening(happening: Happening, base: str) -> Entry:
    """Make the entry of an event."""
    event, changes = happening.event, list_changes(happening)
    sentence, data = _tell_event(happening, changes), event.get("data") or {}
    told = [*map(in_one_line, map(tell_change, changes)), *_tell_details(data.get("statement", data))]
    lines = [sentence, f"Claim: {in_one_line(happening.text)}", *told]
    return Entry(
        id=f"{base}claims/{event['claim']}/events/{event['version']}",
        title=in_one_line(sentence, LONGEST_TITLE),
        summary=sentence,
        content="\n".join(lines),
        updated=event["recorded_at"],
        tags=(event["type"],),
    )


def _tell_event(happening: Happening, changes: Iterable[Mapping[str, Any]]) -> str:
    return tell_event(happening.event, map(name_change, changes), happening.about)


def list_changes(happening: Happening) -> list[Mapping[str, Any]]:
    """List what an amendment changed; nothing of any other event."""
    data = happening.event.get("data")
    if happening.about is None or data is None or happening.event["type"] != "amended":
        return []
    return compare_statements(happening.about, (data["type"], data["statement"]))


def tell_version(claim: Mapping[str, Any], happening: Happening, base: str) -> Entry:
    """Make the entry of a claim as it stood after an event; its positions may say on what terms they were taken."""
    standing, sentence = tell_standing(claim), _tell_event(happening, list_changes(happening))
    title = f"{standing}: {claim['text']}"
    stands = [f"Standing: {standing}.", *(tell_position(position) for position in claim["positions"])]
    return Entry(
        id=f"{base}claims/{claim['id']}/versions/{claim['version']}",
        title=in_one_line(title, LONGEST_TITLE),
        summary=sentence,
        content="\n".join([in_one_line(claim["text"]), sentence, *stands]),
        updated=claim["updated_at"],
        tags=(claim["standing"], *(in_one_line(topic) for topic in claim["topics"])),
    )


def write_atom(feed: Feed) -> str:
    """Write a feed as Atom."""
    root = ET.Element("feed", xmlns=NAMESPACE)
    _add(root, "id", feed.address)
    _add(root, "title", feed.title)
    _add(root, "updated", max((entry.updated for entry in feed.entries), default=NEVER))
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "link", rel="alternate", href=feed.home)
    for entry in feed.entries:
        element = _add(root, "entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "updated", entry.updated)
        _add(element, "published", entry.updated)
        _add(element, "link", rel="alternate", href=entry.id)
        for tag in entry.tags:
            _add(element, "category", term=tag)
        _add(element, "summary", entry.summary)
        _add(element, "content", entry.content, type="text")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def write_json_feed(feed: Feed) -> str:
    """Write a feed as JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": plain(feed.title),
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "authors": [{"name": feed.author}],
        "items": [
            {
                "id": entry.id,
                "url": entry.id,
                "title": entry.title,
                "summary": entry.summary,
                "content_text": entry.content,
                "date_published": entry.updated,
                "tags": list(entry.tags),
            }
            for entry in feed.entries
        ],
    }
    return orjson.dumps(document).decode()


def _tell_details(data: Mapping[str, Any]) -> Iterator[str]:
    quote, source = data.get("quote"), data.get("source")
    if "scope" in data:
        yield in_one_line(f"Which part: {data['scope']}")
    if "speaker" in data:
        role = f", {data['speaker']['role']}" if "role" in data["speaker"] else ""
        yield in_one_line(f"Speaker: {data['speaker']['name']}{role}")
    if quote:
        yield in_one_line(f"Quoted ({quote['lang']}): “{quote['text']}”")
        if "translation" in quote:
            yield in_one_line(f"Translated: “{quote['translation']}”")
    said = [text for text in (data.get("said_on"), data.get("said_on_text")) if text]
    if said:
        yield in_one_line(f"Said: {', '.join(said)}")
    if source:
        told = (source["publisher"], source.get("title"), source.get("published_on"), web_address(source.get("url")))
        yield in_one_line(f"Source: {', '.join(text for text in told if text)}")
    if grades := tell_grades(data):
        yield grades


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, {key: plain(value) for key, value in attributes.items()})
    element.text = None if text is None else plain(text)
    return element
