"""What a rewording or an amendment changed, member by member, as texts that can be set side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from domain.codebook import STATEMENTS
from service.telling.members import STATEMENT, fill
from service.telling.wording import in_one_line, is_partial
from service.telling.words import FIELDS, WORDS

Json = Mapping[str, Any]
_WORDING = ("text", "lang", "topics")
_ABOUT = ("occurred_on", "occurred_on_text", "place", "form", "participants", "track")
# How the value of a member is told: as a word of the codebook, of that kind, or as a day. All others stay as they are.
_TOLD = {
    "type": "event",
    "party/kind": "kind",
    "on_behalf_of/kind": "kind",
    **{name: name for name in ("attribution", "extent", "strength", "grade", "likelihood", "confidence")},
    "source/reliability": "reliability",
    "credibility": "credibility",
    **dict.fromkeys(("said_on", "source/published_on", "about/occurred_on"), "day"),
}

# What is printable and not seen: Default_Ignorable_Code_Point and the Braille blank; and blanks that a line swallows.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
    r"|\A |(?<= ) | \Z"
)


def compare_wordings(before: Json, after: Json) -> list[Json]:
    """List what two wordings of a claim differ in, each change with its `name`, how it is `told`, `was` and `now`.

    Either side has its `texts`, and as they are `shown`: where both would look the same, what is not seen is numbered.
    """
    sides = (_read_wording(before), _read_wording(after))
    names = (*_WORDING, *(f"about/{name}" for name in _ABOUT))
    return _compare(names, sides, ({"text": before.get("lang", "")}, {"text": after.get("lang", "")}))


def compare_statements(before: tuple[str, Json], after: tuple[str, Json]) -> list[Json]:
    """List what two loggings of a statement, each its type and payload, differ in; members are named as in a form."""
    sides = (_read_statement(*before, after[1]), _read_statement(*after, before[1]))
    langs = tuple({"quote/text": data.get("quote", {}).get("lang", "")} for _, data in (before, after))
    return _compare(dict.fromkeys(["type", *STATEMENT, *sides[0], *sides[1]]), sides, langs)


def name_change(change: Json) -> str:
    """Name the member that a change is of, in English."""
    name: str = change["name"]
    return FIELDS.get(name, name)


def tell_change(change: Json) -> str:
    """Tell a change in English, for programs and the command line: the member, what it was and what it is."""
    was, now = (_tell_side(change["told"], change[side]["shown"]) for side in ("was", "now"))
    return f"{name_change(change)}: {was} → {now}"


def _tell_side(told: str, texts: Sequence[str]) -> str:
    """Tell one side: words of the codebook as words, dates as they are written, and all else as it was quoted."""
    if told and told != "day":
        return ", ".join(WORDS.get(f"{told}.{text}", text) for text in texts) or "nothing"
    return ", ".join(text if told else f"“{in_one_line(text)}”" for text in texts) or "nothing"


def _compare(names: Iterable[str], sides: Iterable[Mapping[str, list[str]]], langs: Iterable[Json]) -> list[Json]:
    changes: list[Json] = []
    for name in names:
        was, now = (
            {"texts": side.get(name, []), "lang": lang.get(name, "")} for side, lang in zip(sides, langs, strict=True)
        )
        if was["texts"] != now["texts"]:
            alike = _hide_unseen(was["texts"]) == _hide_unseen(now["texts"])
            for side in (was, now):
                side["shown"] = [*map(_number_unseen, side["texts"])] if alike else side["texts"]
            changes.append({"name": name, "told": _TOLD.get(name, ""), "was": was, "now": now})
    return changes


def _hide_unseen(texts: Iterable[str]) -> list[str]:
    return ["".join(c for c in _UNSEEN.sub("", text) if c.isprintable() and c != " ") for text in texts]


def _number_unseen(text: str) -> str:
    """Write what a reader would not see of a text by its number, `U+202E`."""
    told = _UNSEEN.sub(lambda found: f"U+{ord(found[0]):04X}", text)
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in told)


def _read_wording(wording: Json) -> dict[str, list[str]]:
    about = wording.get("about", {})
    members = {name: wording.get(name) for name in _WORDING} | {f"about/{name}": about.get(name) for name in _ABOUT}
    return {name: _texts(value) for name, value in members.items()}


def _read_statement(type_: str, data: Json, other: Json) -> dict[str, list[str]]:
    """Read a side; what it leaves to its type is told where the other side says it."""
    unsaid = {name: code for name, code in _list_unsaid(type_) if name in other}
    fields = {"type": type_} | unsaid | fill(data)
    return {name: value.split("\n") if name == "via" else [value] for name, value in fields.items()}


def _list_unsaid(type_: str) -> Iterator[tuple[str, str]]:
    """List what goes without saying of a statement of a type, by member."""
    yield from (("attribution", "on_record"), ("strength", "plain"))
    if type_ in STATEMENTS and STATEMENTS[type_].partly:
        yield "extent", "partial" if is_partial(type_, {}) else "full"


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value] if value else []
    return [one if isinstance(one, str) else _name(one) for one in values]


def _name(party: Json) -> str:
    return f"{party['name']} ({party['country']})" if party.get("country") else str(party["name"])
