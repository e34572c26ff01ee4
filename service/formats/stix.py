"""STIX 2.1: a claim as a report, parties as identities, statements as opinions on the report.

A statement that was taken back, struck or redacted is revoked. An opinion's scale says
less than a stance does, so the exact stance stands in a property extension. Ids are
UUIDv5 of addresses: the same thing has the same id in every bundle. What had been said
by a day is no version of what is said now, so what tells of it is named with that day.
An identity is named by all that it says, so that it never needs a second version.

Source: STIX Version 2.1, OASIS Standard, 10 June 2021.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import orjson

from domain.codebook import Assessed, Statement
from domain.party import party_key
from domain.reading import Wordings, find_rewording
from domain.statement import Payload
from service.formats.dossier import Dossier, Item
from service.telling.dates import tell_past
from service.telling.links import web_address
from service.telling.wording import is_partial, plain, tell_standing, words_of

Object = dict[str, Any]

_NAMES = "https://onrecord.invalid/stix/"  # what is the same in every record is named under it
_SETTLED = "2026-01-01T00:00:00.000Z"  # when this form was settled; for objects that have one version only
_CLASSES = {"person": "individual", "other": "unknown"}
_WORDS = {"asserts": "agree", "affirms": "agree", "denies": "disagree", "evades": "neutral", "withholds": "neutral"}
_TOLD = (
    *("on_behalf_of", "extent", "scope", "strength", "attribution", "said_on", "said_on_text", "regarding", "grade"),
    *("credibility", "likelihood", "confidence", "rating"),
)
_MEANING = (
    "A property extension of opinion and note. stance: asserts, affirms, denies, evades, withholds, withdrawn "
    "(takes an earlier statement back) or unchanged. statement: the event type. version: the event's number in the "
    "claim's history. As in the record, where given: on_behalf_of, extent (absent: the whole; a rival account is of "
    "a part unless it says full, and that is told), scope, strength, attribution, said_on (EDTF), said_on_text, "
    "regarding (version of an earlier event), grade (of a correction: refile, corrected or withdrawn), credibility "
    "(of the words, 1 to 6) and reliability (of the source, A to F), which are the recording desk's (Admiralty "
    "code), likelihood, confidence (ICD 203), rating."
)


def _name(type_: str, address: str) -> str:
    return f"{type_}--{uuid5(NAMESPACE_URL, address)}"


EXTENSION = _name("extension-definition", f"{_NAMES}stance")


def write(dossiers: Sequence[Dossier], base: str) -> str:
    """Write a bundle of claims."""
    objects: dict[str, Object] = {o["id"]: o for o in _frame(base)}
    for dossier in dossiers:
        objects |= {o["id"]: o for o in _objects(dossier, base)}
    told = "\n".join(f"{o['id']} {o['modified']}" for o in objects.values())
    bundle = {"type": "bundle", "id": _name("bundle", told), "objects": list(objects.values())}
    return plain(orjson.dumps(bundle).decode())


def _frame(base: str) -> Iterator[Object]:
    maker = _identity("onrecord", "system")
    yield maker
    yield _identity(base, "system")
    yield {
        **_head("extension-definition", EXTENSION, _SETTLED, _SETTLED),
        "created_by_ref": maker["id"],
        "name": "The exact stance of a statement",
        "description": "What an opinion's scale of five cannot say: asserting, evading, withholding, withdrawing.",
        "schema": _MEANING,
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    }


def _objects(dossier: Dossier, base: str) -> Iterator[Object]:
    parties = {
        party_key(item.party["name"]): _party(item.party) for item in dossier.items if item.speaks and item.party
    }
    yield from parties.values()
    yield _report(dossier, base, [party["id"] for party in parties.values()])
    address, until = f"{base}claims/{dossier.claim['id']}", _until(dossier)
    report, wordings = _name("report", f"{address}{until}"), dossier.list_wordings()
    before = (item.version for item in dossier.items if _is_earlier(item, wordings))
    earlier = {version: _earlier_report(dossier, base, wordings, version, report) for version in before}
    yield from {one["id"]: one for one in earlier.values()}.values()
    refs = {item.version: _name(_type_of(item), f"{address}/events/{item.version}{until}") for item in dossier.items}
    moves, speaking = dossier.list_moves(), {item.version for item in dossier.items if item.speaks}
    for item in dossier.items:
        if item.speaks:
            speaker = {"created_by_ref": parties[party_key(item.party["name"])]["id"]} if item.party else {}
            regards = (item.data or {}).get("regarding")
            said_of = [refs[regards]] if regards in speaking else []
            yield {
                **_head(_type_of(item), refs[item.version], item.recorded_at, moves[item.version]),
                **speaker,
                **({} if item.reads in {"stands", "amended"} else {"revoked": True}),
                **_say(item),
                "object_refs": [earlier[item.version]["id"] if item.version in earlier else report, *said_of],
                "external_references": list(_sources(item, f"{address}/events/{item.version}")),
                "extensions": {EXTENSION: _extension(item)},
            }


def _until(dossier: Dossier) -> str:
    """Write how the address of a claim ends where it asks for what had been said by a day."""
    until = dossier.claim.get("said_until")
    return f"?said_until={quote(until, safe='')}" if until else ""


def _type_of(item: Item) -> str:
    return "note" if issubclass(item.kind, Assessed) else "opinion"


def _report(dossier: Dossier, base: str, parties: list[str]) -> Object:
    claim, record = dossier.claim, _identity(base, "system")["id"]
    address = f"{base}claims/{claim['id']}{_until(dossier)}"
    return {
        **_head("report", _name("report", address), claim["opened_at"], claim["updated_at"]),
        "created_by_ref": record,
        "name": claim["text"],
        "description": _tell_standing(dossier),
        "published": _instant(claim["opened_at"]),
        "object_refs": parties or [record],
        "external_references": [{"source_name": "onrecord", "url": address, "external_id": claim["id"]}],
        **({"labels": claim["topics"]} if claim["topics"] else {}),
        **({"lang": claim["lang"]} if claim["lang"] != "und" else {}),
    }


def _is_earlier(item: Item, wordings: Wordings) -> bool:
    return item.speaks and find_rewording(wordings, item.version) is not None


def _earlier_report(dossier: Dossier, base: str, wordings: Wordings, version: int, report: str) -> Object:
    """Report what the claim read when an event was logged, if that is not what it reads."""
    worded, wording = next(one for one in reversed(wordings) if one[0] <= version)
    at = next(item.recorded_at for item in dossier.items if item.version == worded)
    address = f"{base}claims/{dossier.claim['id']}/versions/{worded}"
    return {
        **_head("report", _name("report", f"{address}{_until(dossier)}"), at, at),
        "created_by_ref": _identity(base, "system")["id"],
        "name": wording.text,
        "description": "An earlier wording of the claim.",
        "published": _instant(at),
        "object_refs": [report],
        "external_references": [{"source_name": "onrecord", "url": address, "external_id": dossier.claim["id"]}],
        **({"lang": wording.lang} if wording.lang != "und" else {}),
    }


def _tell_standing(dossier: Dossier) -> str:
    """Say how the claim stands and since when nothing has moved: the same for whoever asks for this version of it."""
    claim = dossier.claim
    moment = tell_past(claim["updated_at"], claim.get("said_until"))
    return f"Standing in the record: {tell_standing(claim)}{moment}."


def _say(item: Item) -> Object:
    words = {} if item.data is None else {"explanation": words_of(item.data)}
    if _type_of(item) == "note":
        return {"content": words.get("explanation", "This assessment was taken out of the record.")}
    return {"opinion": _opinion(item), **words}


def _opinion(item: Item) -> str:
    word = _WORDS.get(_stance(item), "neutral")
    whole = item.data is not None and item.data.get("extent", "full") == "full" and item.kind.type != "countered"
    strong = whole and item.data is not None and item.data.get("strength") == "categorical" and word != "neutral"
    return f"strongly-{word}" if strong else word


def _stance(item: Item) -> str:
    if not issubclass(item.kind, Statement):
        return "unchanged"
    withdraws = item.kind.takes_back and (item.data or {}).get("grade") != "refile"
    return item.kind.stance or ("withdrawn" if withdraws else "unchanged")


def _extension(item: Item) -> Object:
    data = item.data or {}
    part = {"extent": "partial"} if data and is_partial(item.kind.type, data) else {}
    told = {name: data[name] for name in _TOLD if name in data} | part
    base = {"extension_type": "property-extension", "stance": _stance(item), "statement": item.kind.type}
    graded = {name: data["source"][name] for name in ("reliability",) if name in data.get("source", {})}
    return {**base, "version": item.version, **told, **graded}


def _sources(item: Item, address: str) -> Iterator[Object]:
    yield {"source_name": "onrecord", "url": address}
    source = (item.data or {}).get("source")
    if source:
        url = web_address(source.get("url"))
        place = {"url": url} if url else {"description": source.get("title", source["publisher"])}
        told = {"description": source["title"]} if "title" in source else {}
        hashes = {"hashes": {"SHA-256": source["sha256"]}} if url and "sha256" in source else {}
        yield {"source_name": source["publisher"], **told, **place, **hashes}


def _party(party: Payload) -> Object:
    kind = _CLASSES.get(party["kind"], "organization")
    return _identity(party["name"], kind, party["kind"], party.get("country", ""))


def _identity(name: str, class_: str, kind: str = "", country: str = "") -> Object:
    told = {"labels": [kind]} if kind else {}
    within = {"external_references": [{"source_name": "ISO 3166-1", "external_id": country}]} if country else {}
    address = f"{_NAMES}identities/{orjson.dumps([name, class_, kind, country]).decode()}"
    head = _head("identity", _name("identity", address), _SETTLED, _SETTLED)
    return {**head, "name": name, "identity_class": class_, **told, **within}


def _head(type_: str, id_: str, created: str, modified: str) -> Object:
    return {
        "type": type_,
        "spec_version": "2.1",
        "id": id_,
        "created": _instant(created),
        "modified": _instant(modified),
    }


def _instant(at: str) -> str:
    return f"{at[:23].rstrip('Z')}Z"  # STIX dates versions by the millisecond
