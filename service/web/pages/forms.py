"""What a form says, as the JSON that the API takes: a field's name is the place of its member, `quote/text`.

Blank fields are members that were not given. What is wrong is found by the same checks as
everywhere, and each fault is shown at its field.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import reduce
from itertools import chain
from typing import Any

from domain.errors import Fault
from service.recording.items import read_claim_id
from service.telling.members import LISTS, MOST_PARTICIPANTS, PARTICIPANTS, PARTY_MEMBERS, STATEMENT, fill
from service.telling.wording import in_field
from service.web.endpoint import WHOLE_NUMBER

CLAIM = (
    *(
        "text",
        "lang",
        "topics",
        "about/occurred_on",
        "about/occurred_on_text",
        "about/place",
        "about/form",
        "about/track",
    ),
)
_FIRST = {"party": "party/name", "source": "source/publisher", "quote": "quote/text"}  # where all of it is missing
_BETWEEN = {"via": "\n", "topics": "[,;]"}  # as people write lists: a topic that a form gives holds neither
_OF_LINES = frozenset({"text", "summary", "quote/text", "quote/translation", "via", "note"})
_RATING = ("text", "value", "worst", "best", "url")
_NUMBERS = frozenset({"regarding", "credibility", "rating/value", "rating/worst", "rating/best"})
_ONLY = {
    **dict.fromkeys(("likelihood", "confidence", *(f"rating/{name}" for name in _RATING)), "assessed"),
    "grade": "corrected",
}
NEEDED = "Missing data for required field."  # as the API says it
NOT_CHOSEN = "Choose what the party did."
LEFT_OPEN = "Choose what it did on this claim, or leave empty the part that was meant."
MISPLACED = {
    "assessed": "Only an assessment has this. Choose “assessed”, or leave this empty.",
    "corrected": "Only a correction by the party has this. Choose “corrected a statement”, or leave this empty.",
}
OFFERED = "Nobody wrote that no answer came: this sentence is offered. Change it or leave it, and record."
BROUGHT = (
    "It has its own lines now. Choose what the party did on it, or leave them as they are, and send the form again."
)
NO_CLAIM = "No claim of this record has this address."
FAULTS = (NOT_CHOSEN, LEFT_OPEN, OFFERED, BROUGHT, NO_CLAIM, *MISPLACED.values())  # what only a form can get wrong

Fields = Mapping[str, str]
Json = Mapping[str, Any]


def read_payload(form: Fields, names: Iterable[str], was: Json | None = None) -> dict[str, Any]:
    """Read the members that were given, nested as their names say; what nobody touched is as it `was`, to the byte."""
    data: dict[str, Any] = {}
    shown = fill(was or {})
    for name in names:
        text = form.get(name, "").replace("\r\n", "\n").strip()
        if not text:
            continue
        *outer, last = name.split("/")
        inside = data
        for step in outer:
            inside = inside.setdefault(step, {})
        kept = name in shown and is_untouched(name, form[name], shown[name])
        inside[last] = _find(was, name) if kept else _read(name, text)
    return data


def is_untouched(name: str, sent: str, shown: str) -> bool:
    """Tell whether a field came back as it was shown, but for what a browser does to the ends of lines."""
    return _as_sent(name, sent) == _as_sent(name, shown)


def _as_sent(name: str, text: str) -> str:
    told = in_field(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    return told if name in _OF_LINES else told.replace("\n", "")


def _find(data: Any, name: str) -> Any:
    return reduce(lambda inside, step: inside[int(step) if isinstance(inside, list) else step], name.split("/"), data)


def read_claim(form: dict[str, str], was: Json | None = None) -> dict[str, Any]:
    """Read a claim's wording; who is said to take part stands in rows, of which blank ones are left out, here too."""
    names = [[f"{PARTICIPANTS}/{n}/{member}" for member in PARTY_MEMBERS] for n in range(MOST_PARTICIPANTS)]
    rows = [[form.pop(name, "") for name in row] for row in names]
    rows = [row for row in rows if any(text.strip() for text in row)]
    named = list(chain.from_iterable(names[: len(rows)]))
    form |= dict(zip(named, chain.from_iterable(rows), strict=True))
    data = read_payload(form, (*CLAIM, *named), was)
    if rows:
        data["about"]["participants"] = [*data["about"]["participants"].values()]
    return data


def read_statement(type_: str, form: Fields, was: Json | None = None) -> dict[str, Any]:
    """Read a statement's payload, or an assessment's, which says `by` where a statement says `party`.

    What a statement of this type does not have is left out; `check_misplaced` names it.
    """
    was = {"party": was["by"], **was} if was and "by" in was else was
    data = read_payload(form, (name for name in STATEMENT if _ONLY.get(name, type_) == type_), was)
    if type_ == "assessed" and "party" in data:
        data["by"] = data.pop("party")
    return data


def check_misplaced(types: Container[str], form: Fields) -> Iterator[Fault]:
    """Find what was filled in that statements of these types do not have."""
    for name, only in _ONLY.items():
        if form.get(name, "").strip() and only not in types:
            yield Fault(f"/{name}", MISPLACED[only])


def complete(data: dict[str, Any], was: Mapping[str, Any], under: str = "") -> dict[str, Any]:
    """Add to what a form says of a statement what the statement said before and no form asks for, as a page's hash."""
    for member, value in was.items():
        name = f"{under}{member}"
        if any(field.startswith(f"{name}/") for field in STATEMENT):
            inside = complete(data.get(member, {}), value, f"{name}/")
            data |= {member: inside} if inside else {}
        elif name not in STATEMENT and member != "by":  # of `by` all is asked for, as `party`
            data[member] = value
    return data


def place(faults: Iterable[Fault]) -> dict[str, str]:
    """Tell what is wrong by field; each fault of it on a line."""
    told: dict[str, str] = {}
    for fault in faults:
        name = fault.pointer.lstrip("/").removeprefix("data/").removeprefix("statement/")
        name = f"party{name.removeprefix('by')}" if name == "by" or name.startswith("by/") else name
        holder, _, last = name.rpartition("/")
        name = holder if holder in LISTS and last.isdecimal() else name  # one field holds them all
        name = _FIRST.get(name, name) if fault.pointer.startswith("/") else name
        told[name] = f"{told[name]}\n{fault.detail}" if name in told else fault.detail
    return told


def _read(name: str, text: str) -> Any:
    if name in _NUMBERS:
        number = find_number(text)
        return text if number is None else number  # what is none is named as a fault where all are
    if name in LISTS:
        return [one.strip() for one in re.split(_BETWEEN[name], text) if one.strip()]
    if name.endswith("/name"):
        return " ".join(text.split())  # another name to programs, and the same to whoever reads it
    return text.upper() if name.endswith("/country") else text


def find_number(text: str) -> int | None:
    """Find the number that a field holds; None where it is none, or longer than any of the record's."""
    return int(text) if re.fullmatch(WHOLE_NUMBER, text, re.ASCII) else None


def read_claim_named(text: str) -> str:
    """Find the claim's id in an address of it, where one was pasted."""
    last = text.rstrip("/").rpartition("/claims/")[2].partition("?")[0].partition("#")[0]
    try:
        return str(read_claim_id(last))
    except ValueError:
        return text
