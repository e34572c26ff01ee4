"""TimelineJS JSON (https://timeline.knightlab.com/docs/json-format.html): one slide a statement, a party a group.

TimelineJS takes `headline` and `text` for HTML, which it cleans; here they are escaped,
and the only markup is ours. `group` and `display_date` it reads as HTML, keeps the text
of, and then puts on the page as HTML again: there, escaping would be undone, so what
could become markup is replaced by signs that look alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import orjson

from domain.dates import DateFault, Day, bounds
from domain.reading import find_rewording, wording_at
from domain.statement import Payload
from service.formats.dossier import Dossier, Item
from service.telling.links import web_address
from service.telling.wording import in_one_line, tell, tell_standing

_ALIKE = str.maketrans({"<": "\u2039", ">": "\u203a"})
_ENTITY = re.compile(r"&(?=[#\w])")
_WIDE_AMPERSAND = "\uff06"


def write(dossiers: Sequence[Dossier], base: str) -> str:
    """Write a timeline of claims."""
    events = [slide for dossier in dossiers for slide in _slides(dossier, base, alone=len(dossiers) == 1)]
    return orjson.dumps({"title": _title(dossiers), "events": events}).decode()


def _title(dossiers: Sequence[Dossier]) -> dict[str, Any]:
    if len(dossiers) != 1:
        text = _paragraphs(f"{tell_standing(d.claim)}{d.past}: {d.claim['text']}" for d in dossiers)
        return {"unique_id": "claims", "text": {"headline": f"{len(dossiers)} claims", "text": text}}
    claim = dossiers[0].claim
    text = _paragraphs([f"Standing: {tell_standing(claim)}{dossiers[0].past}."])
    return {"unique_id": f"claim-{claim['id']}", "text": {"headline": _html(claim["text"]), "text": text}}


def _slides(dossier: Dossier, base: str, *, alone: bool) -> Iterator[dict[str, Any]]:
    claim = dossier.claim
    opened = dossier.items[0]
    # Always there, because TimelineJS refuses a timeline without events; and it is when the record begins.
    wordings = dossier.list_wordings()
    first = wordings[0][1].text if wordings else claim["text"]
    yield _slide(claim, opened, "onrecord", _recorded(opened), "The claim entered the record", _html(first))
    for item, data in dossier.told():
        party = data.get("party") or data["by"]
        earlier = wording_at(wordings, item.version) if find_rewording(wordings, item.version) else None
        about = [] if alone else [f"Claim: {claim['text']}"]
        about = [f"Said of an earlier wording of the claim: {earlier.text}"] if earlier else about
        source = _link(data["source"])
        reads = {"amended": ["This entry was amended."], "taken_back": ["This was withdrawn later."]}
        text = _paragraphs([*about, *_spoken(data), *reads.get(item.reads, [])]) + f"<p>{source}</p>"
        record = f'<p><a href="{escape(base)}claims/{claim["id"]}/events/{item.version}">In the record</a></p>'
        headline = _html(tell(item.kind.type, data))
        yield _slide(claim, item, party["name"], _said(data) or _recorded(item), headline, text + record)


def _slide(  # noqa: PLR0913, PLR0917 - what a slide is made of
    claim: Payload, item: Item, group: str, when: dict[str, Any], headline: str, text: str
) -> dict[str, Any]:
    return {
        "unique_id": f"event-{claim['id']}-{item.version}",
        "group": _label(group),
        **when,
        "text": {"headline": headline, "text": text},
        "autolink": False,
    }


def _said(data: Payload) -> dict[str, Any] | None:
    try:
        known = bounds(data["said_on"])
    except (KeyError, DateFault):
        return None
    start, end = known.earliest or known.latest, known.latest or known.earliest
    if start is None or end is None:
        return None
    when = {"start_date": _day(start), "display_date": _label(data["said_on"])}
    return when if start == end else when | {"end_date": _day(end)}


def _recorded(item: Item) -> dict[str, Any]:
    year, month, day = map(int, item.recorded_at[:10].split("-"))
    shown = f"{'undated; ' if item.speaks else ''}recorded {item.recorded_at[:10]} UTC"
    return {"start_date": _day((year, month, day)), "display_date": shown}


def _day(day: Day) -> dict[str, int]:
    return dict(zip(("year", "month", "day"), day, strict=True))


def _spoken(data: Payload) -> Iterator[str]:
    if "quote" in data:
        yield f"“{data['quote']['text']}”"
        if "translation" in data["quote"]:
            yield f"Translated: “{data['quote']['translation']}”"
    if "said_on_text" in data:
        yield f"Said: {data['said_on_text']}"


def _link(source: Payload) -> str:
    shown = _html(": ".join(source[name] for name in ("publisher", "title") if name in source))
    address = web_address(source.get("url"))
    return f'Source: <a href="{escape(address)}">{shown}</a>' if address else f"Source: {shown}"


def _paragraphs(lines: Any) -> str:
    return "".join(f"<p>{_html(line)}</p>" for line in lines)


def _html(text: str) -> str:
    return escape(in_one_line(text))


def _label(text: str) -> str:
    return _ENTITY.sub(_WIDE_AMPERSAND, in_one_line(text).translate(_ALIKE))
