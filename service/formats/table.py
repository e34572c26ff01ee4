"""CSV (RFC 4180): one row an event, in the order of the record, safe to open in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from domain.codebook import EVENT_TYPES, STATEMENTS, Amended
from domain.reading import wording_at
from domain.statement import Payload
from service.formats.dossier import Dossier, Item
from service.telling.links import web_address
from service.telling.terms import tell_verdict
from service.telling.wording import is_partial, plain

_FURTHER = (
    *("grade", "likelihood", "confidence", "rating", "via", "note", "utterance"),
    *("relation", "linked_claim", "authority", "amended"),
)
COLUMNS = (
    "claim",
    "claim_text",
    "version",
    "type",
    "stance",
    "reads",
    "changed_by",
    "party",
    "kind",
    "country",
    "speaker",
    "role",
    "on_behalf_of",
    "attribution",
    "extent",
    "scope",
    "strength",
    "summary",
    "quote",
    "quote_lang",
    "translation",
    "said_on",
    "said_on_text",
    "publisher",
    "title",
    "url",
    "published_on",
    "reliability",
    "credibility",
    "regarding",
    "reason",
    "recorded_at",
    "recorded_by",
    "address",
    *_FURTHER,
)
LOGGED = (  # of an event as it was logged
    *(name for name in COLUMNS if name not in {"claim_text", "reads", "changed_by"}),
    *("amended_to", "erased_by"),
)
_PLAIN = (  # those that are members of a payload by the same name
    *("attribution", "scope", "strength", "said_on", "said_on_text", "credibility", "regarding", "reason"),
    *("grade", "likelihood", "confidence", "note", "utterance", "relation", "authority", "amended"),
)
_FORMULA = tuple(
    "=+-@\uff1d\uff0b\uff0d\uff20"
)  # the wide ones are read as the others where Chinese, Japanese or Korean is written
_BREAKS = ("\t", "\r", "\n")
# What parts cells somewhere: commas; semicolons where commas part decimals; tabs; ends of lines.
_PARTS = re.compile('[",;\t\r\n]')


def guard(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula: what begins like one gets an apostrophe before it.

    Blanks before it are no protection, since some programs drop them.
    """
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) or cell.startswith(_BREAKS) else cell


def write_row(cells: Iterable[object]) -> str:
    """Write one line of CSV: None is an empty cell; every text is guarded, and quoted where a program would part it."""
    return ",".join(_write(guard(plain(cell)) if isinstance(cell, str) else cell) for cell in cells) + "\r\n"


def _write(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if _PARTS.search(text) else text


def write(dossiers: Sequence[Dossier], base: str) -> str:
    """Write the events of claims, each claim's in order."""
    rows = (row for dossier in dossiers for row in _rows(dossier, base))
    return write_row(COLUMNS) + "".join(write_row(row.get(name) for name in COLUMNS) for row in rows)


def tell_logged(event: Payload, base: str) -> dict[str, Any]:
    """Tell a stored event by column as it was logged; an amendment, with the statement that it carries.

    `amended_to` is the type of that, `erased_by` the redaction by which an event lost its words.
    """
    data = event.get("data")
    item = Item(
        version=event["version"],
        kind=EVENT_TYPES[event["type"]],
        data=data and {**data.get("statement", {}), **data},
        reads="",
        changed_by=None,
        recorded_at=event["recorded_at"],
        recorded_by=event["recorded_by"],
        modified_at=event["recorded_at"],
    )
    told = _row(event["claim"], item, base) | {"erased_by": event.get("redacted")}
    if item.kind is Amended and data:
        stance, extent = _stance(data["type"]), _extent(data["type"], data["statement"])
        told |= {"amended_to": data["type"], "stance": stance, "extent": extent}
    return told


def _rows(dossier: Dossier, base: str) -> Iterator[dict[str, Any]]:
    wordings = dossier.list_wordings()
    for item in dossier.items:
        worded = wording_at(wordings, item.version)
        yield _row(dossier.claim["id"], item, base) | {"claim_text": worded.text if worded else dossier.claim["text"]}


def _row(claim: str, item: Item, base: str) -> dict[str, Any]:
    data = item.data or {}
    speaker, quote, source = (data.get(name, {}) for name in ("speaker", "quote", "source"))
    party = item.party or {}
    return {
        **{name: data.get(name) for name in _PLAIN},
        "claim": claim,
        "version": item.version,
        "type": item.kind.type,
        "extent": _extent(item.kind.type, data),
        "stance": _stance(item.kind.type),
        "reads": item.reads,
        "changed_by": item.changed_by,
        "party": party.get("name"),
        "kind": party.get("kind"),
        "country": party.get("country"),
        "speaker": speaker.get("name"),
        "role": speaker.get("role"),
        "on_behalf_of": data.get("on_behalf_of", {}).get("name"),
        "summary": data.get("summary") or data.get("text"),
        "quote": quote.get("text"),
        "quote_lang": quote.get("lang"),
        "translation": quote.get("translation"),
        **{name: source.get(name) for name in ("publisher", "title", "published_on", "reliability")},
        "url": web_address(source.get("url")),
        "recorded_at": item.recorded_at,
        "recorded_by": item.recorded_by,
        "rating": tell_verdict(data.get("rating", {})) or None,
        "via": "; ".join(data.get("via", ())) or None,
        "linked_claim": data.get("claim"),
        "address": f"{base}claims/{claim}/events/{item.version}",
    }


def _stance(type_: str) -> str | None:
    return STATEMENTS[type_].stance if type_ in STATEMENTS else None


def _extent(type_: str, data: Payload) -> str | None:
    """Tell whether a statement that may be of a part is of all: what it does not say itself, too."""
    if not data or type_ not in STATEMENTS or not STATEMENTS[type_].partly:
        return None
    return "partial" if is_partial(type_, data) else "full"
