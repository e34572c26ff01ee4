"""Events, stances and standings in words a journalist could read, and text that is safe to show in a line.

What is told of an event depends on the event alone, so that it never changes. Nothing
here judges: the words are those of the codebook (`docs/events.md`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.codebook import STATEMENTS
from service.telling.terms import ATTRIBUTIONS, DEEDS, tell_behalf, tell_manner, tell_terms

Payload = Mapping[str, Any]
Stood = tuple[int, str, bool]  # a word by its number, the stance it takes, and whether of a part of the claim only

STANDINGS = {
    "retracted": "Retracted",
    "contested": "Contested",
    "confirmed": "Confirmed",
    "denied": "Denied",
    "unconfirmed": "Unconfirmed",
    "reported": "Reported",
    "opened": "Opened",
}
STANCES = {
    "asserts": "asserts it",
    "affirms": "affirms it",
    "denies": "denies it",
    "evades": "evades the question",
    "withholds": "neither affirms nor denies it",
    "withdrawn": "what it said was withdrawn",
}
RULES = {
    "retracted": "what was put forward or affirmed in full was withdrawn or corrected away; nobody affirms it in full",
    "contested": "somebody affirms it in full, and somebody denies it in full",
    "confirmed": "somebody affirms it in full, and no denial in full counts against it",
    "denied": "somebody denies it, and nobody affirms it in full",
    "unconfirmed": "whoever answered withholds or evades, and nobody affirms any of it",
    "reported": "somebody asserts it, or affirms a part of it",
    "opened": "no party's word stands",
}
SAID = {
    "reported": "reported",
    "alleged": "alleged",
    "confirmed": "confirmed",
    "acknowledged": "acknowledged",
    "denied": "denied",
    "countered": "gave another account",
    "dismissed": "dismissed the report",
    "ncnd": "neither confirmed nor denied",
    "declined": "declined to comment",
    "unresponsive": "did not respond",
    "unaware": "said that it does not know",
    "deflected": "referred the question elsewhere",
    "clarified": "clarified a statement",
    "corrected": "corrected a statement",
    "retracted": "retracted a statement",
    "walked_back": "walked back a statement",
    "assessed": "assessed",
}
_SOURCES = {"edited": "reads otherwise now", "gone": "is gone", "back": "is there again"}
# Embeddings, overrides and isolates: inside a sentence of ours they would turn its other words around.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # nor can XML 1.0 hold them all
_LONGEST_NAME = 80  # characters of a name among others


def plain(text: str) -> str:
    """Make a text safe to show among ours: no control characters, nothing that turns its neighbours around."""
    return text if text.isprintable() else _UNSHOWN.sub("\ufffd", _BIDI.sub("", text))


def in_field(text: str) -> str:
    """Make a text safe to show in a field of a form: it turns nothing but itself around, and is sent back as it is."""
    return text.replace("\0", "\ufffd")  # HTML cannot hold that one


def in_one_line(text: str, longest: int | None = None) -> str:
    """Show a text in one line, cut at a word where it is longer than it may be."""
    # Most are in one line already: a blank is all that is printable and parts words.
    line = str.strip(text) if text.isprintable() and "  " not in text else " ".join(plain(text).split())
    if longest is None or len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def tell_standing(claim: Payload) -> str:
    """Say where a claim stands."""
    word = STANDINGS[claim["standing"]]
    return f"{word} in part" if claim["because"]["partial"] else word


@dataclass(frozen=True, slots=True)
class Reasons:
    """The events that make a claim stand as it does; `others` take neither side, `in_part` are of a part only."""

    affirming: list[int]
    denying: list[int]
    others: list[int]
    in_part: list[int]


def sort_reasons(claim: Payload) -> Reasons:
    """Sort the events that a claim's `because` names, each kind in order."""
    stances = {version: position["stance"] for position in claim["positions"] for version in position["events"]}
    parts = {version for versions in claim["partly"].values() for version in versions}
    sorted_ = Reasons([], [], [], [])
    sides = {"affirms": sorted_.affirming, "denies": sorted_.denying}
    for version in claim["because"]["events"]:
        (sorted_.in_part if version in parts else sides.get(stances.get(version, ""), sorted_.others)).append(version)
    return sorted_


def tell_position(position: Payload) -> str:
    """Say where a party stands."""
    return f"{_name_speaker(position)}: {_tell_stance(position)}{_tell_beside(position)}."


def tell_stances(positions: Iterable[Payload], most: int) -> Iterator[str]:
    """Say who stands where, a sentence a stance; of each so many parties are named, the others counted."""
    by_stance: dict[str, list[str]] = {}
    for position in positions:
        named = _name_speaker(position, _LONGEST_NAME) + _tell_beside(position)
        by_stance.setdefault(_tell_stance(position), []).append(named)
    for stance, names in by_stance.items():
        more = f" and {len(names) - most} more" if len(names) > most else ""
        yield f"{stance[0].upper()}{stance[1:]}: {', '.join(names[:most])}{more}."


def _name_speaker(position: Payload, longest: int | None = None) -> str:
    name = in_one_line(position["party"]["name"], longest)
    return in_one_line(f"{name}{tell_behalf(position.get('behalf'))}")


def _tell_stance(position: Payload) -> str:
    return STANCES[position["stance"]] + (" in part" if position["partial"] else "")


def _tell_beside(position: Payload) -> str:
    """Say what keeps a stance from misleading; on what terms and how strongly it was taken only where that is known."""
    taken = position.get("taken_back", {})
    beside = [*tell_manner(position), *tell_manner(taken.get("manner", {}))]
    beside += [DEEDS[deed]] if (deed := taken.get("deed")) else []
    beside += [f"withdrawn: {ATTRIBUTIONS[by]}"] if (by := taken.get("terms")) else []
    for word, parts in (("concedes", position.get("concedes")), ("disputes", position.get("disputes"))):
        if parts:
            beside.append(f"{word} a part, event{'s' * (len(parts) > 1)} {', '.join(map(str, parts))}")
    if "overtaken_by" in position:  # what it no longer counts against is another voice's word, of the same principal
        terms = position.get("overtaken", {}).get("terms")
        by = f"event {position['overtaken_by']}{f', {ATTRIBUTIONS[terms]}' if terms else ''}"
        beside.append(f"overtaken by another voice, {by}")
    beside += [f"of an earlier wording, before event {by}"] if (by := position.get("reworded_by")) else []
    return f" ({'; '.join(beside)})" if beside else ""


def tell_event(event: Payload, changed: Iterable[str] = (), about: tuple[str, Payload] | None = None) -> str:
    """Say what an event, as stored, puts on record; of an amendment, which members it `changed`, by their names.

    `about` is how what it strikes, takes back or clarifies read before it, where that is known, or what it erased.
    """
    type_, data = event["type"], event.get("data")
    if data is None:
        return f"Event {event['version']} ({type_.replace('_', ' ')}) was redacted; what it said is erased."
    if type_ == "amended":
        return in_one_line(_tell_amended(data, changed))
    if about and type_ == "redacted":
        return in_one_line(_tell_redacted(data, about[0]))
    if about and type_ == "struck":
        return in_one_line(_tell_struck(data, about))
    return in_one_line(_tell_statement(type_, data, about) if about and type_ in SAID else tell(type_, data))


def tell(type_: str, data: Payload) -> str:
    """Say what a payload of a type puts on record."""
    if type_ in SAID:
        return _tell_statement(type_, data)
    teller = _KEPT.get(type_)
    return teller(data) if teller else stop(f"{type_.replace('_', ' ').capitalize()}. {data.get('reason', '')}".strip())


def is_partial(type_: str, data: Payload) -> bool:
    """Tell whether a statement is about a part of the claim only."""
    kind = STATEMENTS.get(type_)
    default = "partial" if type_ == "countered" else "full"
    return kind is not None and kind.partly and data.get("extent", default) == "partial"


def find_saying(position: Payload, words: Iterable[Stood], left: Callable[[int], int | None]) -> int | None:
    """Find the first of some words that says where a party stands: of all of the claim, where it stands so.

    `left` finds the event by which the claim left the wording that a word is of: where the last word is of the wording
    of now, so is what is found.
    """
    stand, of_now = (position["stance"], position["partial"]), not left(max(position["events"]))
    said = (version for version, *stood in words if tuple(stood) == stand)
    return next((version for version in said if not (of_now and left(version))), None)


def words_of(data: Payload) -> str:
    """Give what was said: our summary, else the quotation; nobody spoke the words of a translation, which says so."""
    spoken = data.get("quote", {})
    quoted = f"“{spoken['translation']}” (translated)" if "translation" in spoken else f"“{spoken.get('text', '')}”"
    return data.get("summary") or quoted


def tell_deed(type_: str, data: Payload) -> str:
    """Say what a party did, in the word for it, and whether to a part of the claim only."""
    return f"{SAID[type_]} in part" if is_partial(type_, data) else SAID[type_]


def _tell_statement(type_: str, data: Payload, about: tuple[str, Payload] | None = None) -> str:
    beside = [] if (n := find_regarded(type_, data)) is None else [f"event {n}"]
    if about:  # maybe that of another voice of the same state
        beside[-1] += f": {', '.join([_tell_who(*about), *tell_terms(about[1])])}"
    beside += tell_terms(data)
    told = f" ({'; '.join(beside)})" if beside else ""
    return stop(f"{_tell_who(type_, data)}{told}: {words_of(data)}")


def _tell_who(type_: str, data: Payload) -> str:
    party = data.get("party") or data["by"]
    principal = f", on behalf of {data['on_behalf_of']['name']}," if "on_behalf_of" in data else ""
    return f"{party['name']}{principal} {tell_deed(type_, data)}"


def find_regarded(type_: str, data: Payload) -> int | None:
    """Find the number of the event that another strikes, amends, erases, takes back or clarifies."""
    kind = STATEMENTS.get(type_)
    mends = type_ in {"struck", "amended", "redacted"} or (kind is not None and kind.of_own_words)
    return data.get("regarding") if mends else None


def _tell_struck(data: Payload, about: tuple[str, Payload] | None = None) -> str:
    told = f"event {data['regarding']}, {tell(*about)}" if about else f"event {data['regarding']}."
    return f"Struck from our record: {told} Reason: {stop(data['reason'])}"


def _tell_reworded(data: Payload) -> str:
    wording = f"The claim now reads: {stop(data['text'])}" if "text" in data else "The claim was restated."
    return f"{wording} Reason: {stop(data['reason'])}"


def _tell_redacted(data: Payload, type_: str = "") -> str:
    kind = f"an amendment of event {data['amended']}" if "amended" in data else type_.replace("_", " ")
    what = f"event {data['regarding']}" + (f" ({kind})" if kind else "")
    reason, authority = stop(data["reason"]), stop(data["authority"])
    return f"Redacted: what {what} said was erased. Reason: {reason} Authority: {authority}"


def _tell_amended(data: Payload, changed: Iterable[str] = ()) -> str:
    names = "; ".join(changed)
    told = f"event {data['regarding']}, changed: {names}. It" if names else f"event {data['regarding']}"
    reads = tell(data["type"], data["statement"])
    return f"Correction of our record: {told} should read: {reads} Reason: {stop(data['reason'])}"


_KEPT: dict[str, Callable[[Payload], str]] = {
    "opened": lambda data: f"The claim entered the record: {stop(data['text'])}",
    "reworded": _tell_reworded,
    "amended": _tell_amended,
    "struck": _tell_struck,
    "redacted": _tell_redacted,
    "linked": lambda data: f"Linked to another claim ({data['relation'].replace('_', ' ')}): {data['claim']}.",
    "unlinked": lambda data: (
        f"No longer linked to another claim ({data['relation'].replace('_', ' ')}): {data['claim']}."
    ),
    "joined": lambda data: f"{data['party']} and {data['same_as']} are one party. Reason: {stop(data['reason'])}",
    "parted": lambda data: f"{data['party']} and {data['same_as']} are not one party. Reason: {stop(data['reason'])}",
    "source_changed": lambda data: f"The source of event {data['regarding']} {_SOURCES[data['change']]}.",
    "comment_requested": lambda data: f"{data['party']['name']} was asked for comment by {data['deadline']}.",
}


def stop(text: str) -> str:
    """End a text with a full stop, where it has no end of its own."""
    ended = text.rstrip()
    return ended if ended.endswith((".", "!", "?", "…", "。", "؟", "।", ".”", "!”", "?”")) else f"{ended}."
