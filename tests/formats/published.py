"""JSON schemas written from the field lists that the makers of the formats publish.

JSON Feed: https://www.jsonfeed.org/version/1.1/. TimelineJS:
https://timeline.knightlab.com/docs/json-format.html. Neither has a schema of its own.
"""

from __future__ import annotations

from typing import Any

URL = {"type": "string", "pattern": "^https?://[!-~]+$"}
TEXT = {"type": "string"}
WORD = {"type": "string", "minLength": 1}
RFC3339 = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
WHOLE = {"type": "integer"}


def closed(required: list[str], **members: Any) -> dict[str, Any]:
    """Describe an object that has these members and no others."""
    return {"type": "object", "required": required, "properties": members, "additionalProperties": False}


AUTHORS = {"type": "array", "items": closed(["name"], name=WORD, url=URL, avatar=URL)}
ITEM = closed(
    ["id", "content_text"],
    id=WORD,
    url=URL,
    external_url=URL,
    title=TEXT,
    content_text=TEXT,
    summary=TEXT,
    date_published=RFC3339,
    date_modified=RFC3339,
    authors=AUTHORS,
    tags={"type": "array", "items": TEXT},
    language=WORD,
)
JSON_FEED = closed(
    ["version", "title", "items"],
    version={"const": "https://jsonfeed.org/version/1.1"},
    title=WORD,
    home_page_url=URL,
    feed_url=URL,
    description=TEXT,
    next_url=URL,
    authors=AUTHORS,
    language=WORD,
    items={"type": "array", "items": ITEM},
)

DATE = closed(
    ["year"],
    year=WHOLE,
    month={"type": "integer", "minimum": 1, "maximum": 12},
    day={"type": "integer", "minimum": 1, "maximum": 31},
    display_date=TEXT,
)
SLIDE_TEXT = closed([], headline=TEXT, text=TEXT)
SLIDE = closed(
    ["start_date", "text", "unique_id"],
    start_date=DATE,
    end_date=DATE,
    text=SLIDE_TEXT,
    group=WORD,
    display_date=WORD,
    autolink={"type": "boolean"},
    unique_id={"type": "string", "pattern": "^[a-z0-9-]+$"},
)
TIMELINE = closed(
    ["events"],
    title=closed(["text"], text=SLIDE_TEXT, unique_id=WORD),
    events={"type": "array", "items": SLIDE, "minItems": 1},
)
