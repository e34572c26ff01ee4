"""What a rewording changed, member by member, as texts that a page can set side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
ABOUT = ("occurred_on", "occurred_on_text", "place", "form", "participants", "track")
MEMBERS = ("text", "lang", "topics", *(f"about.{name}" for name in ABOUT))


def compare_wordings(before: Json, after: Json) -> list[Json]:
    """List what two wordings of a claim differ in: `name`, `was` and `now`, each with `texts` and `lang`."""
    told = ((name, _side(before, name), _side(after, name)) for name in MEMBERS)
    return [{"name": name, "was": was, "now": now} for name, was, now in told if was["texts"] != now["texts"]]


def _side(wording: Json, name: str) -> dict[str, Any]:
    return {"texts": _texts(wording, name), "lang": wording.get("lang", "") if name == "text" else ""}


def _texts(wording: Json, name: str) -> list[str]:
    member = wording.get("about", {}).get(name[len("about.") :]) if "." in name else wording.get(name)
    values = member if isinstance(member, list) else [member] if member else []
    return [value if isinstance(value, str) else _name(value) for value in values]


def _name(party: Json) -> str:
    return f"{party['name']} ({party['country']})" if party.get("country") else str(party["name"])
