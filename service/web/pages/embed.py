"""A claim in a small page for other people's frames; the only page that may be framed."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response

from service.web.addresses import to_uuid
from service.web.endpoint import timeline
from service.web.pages.claims import find_rows
from service.web.pages.rendering import answer_page, find_parts

FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors *"
)


def show_embed(*, claim_id: str, as_of: str | None = None, said_until: str | None = None) -> Response:
    """Show where a claim stands, live or as it stood at a moment."""
    read = timeline().get_claim(claim_id=to_uuid(claim_id), as_of=as_of, said_until=said_until)
    claim = orjson.loads(read.body)
    moment = {"as_of": None if as_of is None else str(claim["as_of"]["log_size"]), "said_until": said_until}

    def make() -> dict[str, Any]:
        with timeline().expecting(read.log_size):  # a redaction that is known there is in what is told of it, too
            [row] = find_rows([claim])
            return {"stances": row["stances"]}

    # As a claim stands now, whatever mends what was said there makes it another text; as it stood, it may not.
    size = str(read.log_size) if as_of or said_until else ""
    who = find_parts().find("_stood.html", (read.body, size), make)
    response = answer_page("embed.html", log_size=read.log_size, who=who, claim=claim, moment=moment)
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
