"""A claim on other people's pages: its badge, and oEmbed 1.0 (https://oembed.com) for its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID
from xml.etree import ElementTree as ET

import orjson
from flask import Response

from domain.errors import NotFound
from service.formats.badge import HEIGHT, SVG, draw_badge, width_of
from service.telling.dates import tell_past
from service.telling.wording import in_one_line, plain, tell_standing
from service.web import parameters
from service.web.addresses import base_url, to_uuid
from service.web.endpoint import Endpoint, answer, timeline
from service.web.formats import name_forms_of_claim
from service.web.pages.voices import NAMED, find_said, read_said, tell_positions

_XML, _JSON = "text/xml; charset=utf-8", "application/json"
_PINS = {"as_of", "said_until"}  # of a claim's address; any other question is none that a badge answers
_HOUR = 3_600  # seconds: how long a page may show what it has


def get_badge(*, claim_id: str, **asked: Any) -> Response:
    """Draw where a claim stands, or stood."""
    read = timeline().get_claim(claim_id=to_uuid(claim_id), **asked)
    claim = orjson.loads(read.body)
    [said] = find_said([claim], NAMED)
    told = tell_positions(claim, read_said(claim, said))
    return answer(replace(read, body=draw_badge(told, _tell_past(claim, asked)), version=None), SVG)


def get_oembed(
    *,
    url: str,
    format: str,  # noqa: A002 - the parameter's name in oEmbed
    maxwidth: int | None = None,
    maxheight: int | None = None,
) -> Response:
    """Say how a page may show a claim: its badge where there is room for it, else a link."""
    known, asked = _read_address(url)
    read = timeline().get_claim(claim_id=known, **asked)
    claim = orjson.loads(read.body)
    past = _tell_past(claim, asked)
    standing = f"{tell_standing(claim)}{past}{_tell_earlier(claim)}"
    fits = (maxwidth is None or maxwidth >= width_of(claim, past)) and (maxheight is None or maxheight >= HEIGHT)
    document = {
        "version": "1.0",
        "type": "rich" if fits else "link",
        "title": in_one_line(f"{standing}: {claim['text']}"),
        "provider_name": "onrecord",
        "provider_url": base_url(),
        "cache_age": _HOUR,
        **(_embed(claim, standing, width_of(claim, past), f"?{urlencode(asked)}" if asked else "") if fits else {}),
    }
    text, content_type = (_write_xml(document), _XML) if format == "xml" else (orjson.dumps(document).decode(), _JSON)
    return answer(replace(read, body=text, version=None), content_type)


def _read_address(url: str) -> tuple[UUID, dict[str, str]]:
    """Read which claim an address is of, and as of which moment it is pinned."""
    here = re.escape(base_url().partition("://")[2])
    found = re.fullmatch(rf"https?://{here}claims/([^/?#.]+)(?:\.html|\.json)?(?:\?([^#]*))?(?:#.*)?", url)
    asked = parse_qsl(found[2] or "", keep_blank_values=True) if found else []
    if found is None or not {name for name, _ in asked} <= _PINS or len(dict(asked)) < len(asked):
        raise NotFound(f"{url!r} is no address of a claim in this record.")
    return to_uuid(found[1]), dict(asked)


def _tell_past(claim: Mapping[str, Any], asked: Mapping[str, str | None]) -> str:
    return tell_past(claim["as_of"]["at"] if asked.get("as_of") else None, asked.get("said_until"))


def _tell_earlier(claim: dict[str, Any]) -> str:
    """Say whether a word that makes a claim stand as it does is of an earlier wording."""
    [said] = find_said([claim])
    positions = tell_positions(claim, read_said(claim, said))["positions"]
    reasons = {*claim["because"]["events"]}
    earlier = any("reworded_by" in one and reasons & {*one["events"]} for one in positions)
    return " (of an earlier wording)" if earlier else ""


def _embed(claim: dict[str, Any], standing: str, width: int, query: str) -> dict[str, Any]:
    address = f"{base_url()}claims/{claim['id']}"
    told = escape(in_one_line(f"{standing}: {claim['text']}"))
    image = f'<img src="{escape(f"{address}.svg{query}")}" width="{width}" height="{HEIGHT}" alt="{told}">'
    return {"html": f'<a href="{escape(address + query)}">{image}</a>', "width": width, "height": HEIGHT}


def _write_xml(document: dict[str, Any]) -> str:
    root = ET.Element("oembed")
    for name, value in document.items():
        ET.SubElement(root, name).text = plain(str(value))
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n{ET.tostring(root, encoding="unicode")}\n'


ENDPOINTS = (
    Endpoint(
        "GET",
        "/claims/{claim_id}.svg",
        "Where a claim stands, as a badge",
        get_badge,
        {200: (None, "An image.")},
        query=parameters.ClaimQuerySchema,
        link=name_forms_of_claim,
        content_type=SVG,
        problems=("not_found", "not_yet_known"),
    ),
    Endpoint(
        "GET",
        "/oembed",
        "How a page may show a claim (oEmbed 1.0)",
        get_oembed,
        {200: ({"type": "object"}, "As `rich`, or as `link` where there is no room.")},
        query=parameters.OembedQuerySchema,
        also=(_XML,),
        problems=("not_found", "not_yet_known"),
    ),
)
