"""Parties as one types: options for a field, each with the kind and country it brings along."""

from __future__ import annotations

import orjson
from flask import Response
from markupsafe import Markup

from domain.errors import Invalid
from service.parties import PartiesQuestion
from service.web.endpoint import timeline
from service.web.pages.rendering import HTML
from service.wording import in_one_line

MOST = 10
_OPTION = Markup('<option value="{}" data-kind="{}" data-country="{}"></option>')


def suggest_parties(*, party: str = "", party_name: str = "") -> Response:
    """List parties whose names have words that begin as typed."""
    typed = (party_name or party).strip()
    try:
        read = timeline().list_parties(question=PartiesQuestion(q=typed, limit=MOST)) if typed else None
    except Invalid:
        read = None  # nothing that could be searched for was typed yet
    found = orjson.loads(read.body)["parties"] if read else []
    options = [_OPTION.format(in_one_line(one["name"]), one["kind"], one.get("country", "")) for one in found]
    return Response("\n".join(options), content_type=HTML, headers={"Cache-Control": "no-store"})
