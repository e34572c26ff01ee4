"""What a statement is made of, member by member, by names that forms and changes share: `quote/text`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PARTY_MEMBERS = ("name", "kind", "country")
PARTY = tuple(f"party/{member}" for member in PARTY_MEMBERS)
STATEMENT = (
    *PARTY,
    *("speaker/name", "speaker/role"),
    *(f"on_behalf_of/{member}" for member in PARTY_MEMBERS),
    *("attribution", "summary", "quote/text", "quote/lang", "quote/translation", "quote/translated_by"),
    *("said_on", "said_on_text", "extent", "scope", "strength", "regarding", "grade"),
    *("source/publisher", "source/title", "source/url", "source/published_on", "source/archived_url"),
    *("source/reliability", "credibility", "via", "utterance", "note", "likelihood", "confidence"),
    *("rating/text", "rating/value", "rating/worst", "rating/best", "rating/url"),
)
PARTICIPANTS = "about/participants"
MOST_PARTICIPANTS = 20  # that a form asks for
LISTS = {"via": "\n", "topics": ", "}  # what stands between: a name may hold a comma


def fill(data: Mapping[str, Any], under: str = "") -> dict[str, str]:
    """Write a payload as texts by the names of its members."""
    fields: dict[str, str] = {}
    for member, value in data.items():
        name = f"{under}party" if member == "by" else f"{under}{member}"
        if isinstance(value, Mapping):
            fields |= fill(value, f"{name}/")
        elif name == PARTICIPANTS:
            fields |= {key: text for n, one in enumerate(value) for key, text in fill(one, f"{name}/{n}/").items()}
        else:
            fields[name] = LISTS[name].join(value) if name in LISTS else str(value)
    return fields
