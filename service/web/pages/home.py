"""The home page: what moved last, and what was mended last."""

from __future__ import annotations

from flask import Response

from service.reading.lists import ListQuestion
from service.web.endpoint import timeline
from service.web.pages.claims import draw_rows, name_feeds
from service.web.pages.record import draw_mended
from service.web.pages.rendering import answer_page

NEWEST = 15
NEWEST_CORRECTIONS = 5


def show_home() -> Response:
    """Show what moved last, and the newest corrections."""
    read = timeline().list_claims(question=ListQuestion(limit=NEWEST))
    mended = timeline().get_corrections(before=None, limit=NEWEST_CORRECTIONS)
    return answer_page(
        "home.html",
        log_size=read.log_size,
        rows=draw_rows(read, "h3"),
        corrections=draw_mended(mended, "_mended.html"),
        asked={},
        alternates=[
            ("JSON", "application/json", "/claims.json"),
            ("CSV", "text/csv", "/claims.csv"),
            *name_feeds("/claims"),
        ],
    )
