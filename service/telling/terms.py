"""On what terms something was said: all that a sentence about it has to tell beside who did what.

Pages, feeds and the command line tell of an event outside its own place in the history,
where nothing else says that a voice was not on the record or that a correction is a slip.
So what is told beside the deed is listed here alone, in the language of whoever reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from service.telling.dates import ENGLISH

ON_RECORD = "on_record"  # as what tells no terms is
ATTRIBUTIONS = {
    ON_RECORD: "on the record",
    "background": "on background",
    "deep_background": "on deep background",
    "anonymous": "anonymous",
    "unstated": "attribution not stated",
}
STRENGTHS = {"categorical": "categorical", "plain": "plain", "hedged": "hedged"}
GRADES = {"refile": "refile (a slip)", "corrected": "corrected", "withdrawn": "withdrawn"}
DEEDS = {"corrected": "corrected", "walked_back": "walked back"}  # how a word was taken back, where not simply so
LIKELIHOODS = {
    "almost_no_chance": "almost no chance",
    "very_unlikely": "very unlikely",
    "unlikely": "unlikely",
    "roughly_even": "roughly even odds",
    "likely": "likely",
    "very_likely": "very likely",
    "almost_certain": "almost certain",
}
CONFIDENCES = {"low": "low", "moderate": "moderate", "high": "high"}
GRADE, RATING, LIKELIHOOD, CONFIDENCE = "Grade:", "Rating:", "Likelihood:", "Confidence:"
LABELS = (GRADE, RATING, LIKELIHOOD, CONFIDENCE)
# Members of a statement in the order in which they are told; what goes without saying is not told.
_MEMBERS = (
    ("attribution", "", ATTRIBUTIONS, ON_RECORD),
    ("strength", "", STRENGTHS, "plain"),
    ("grade", GRADE, GRADES, None),
    ("likelihood", LIKELIHOOD, LIKELIHOODS, None),
    ("confidence", CONFIDENCE, CONFIDENCES, None),
)


_MOST_PRINCIPALS = 4  # named of one party, each


@dataclass(frozen=True, slots=True)
class Behalf:
    """In whose name a party spoke, a few principals by name, and whether some of its words were its `own`."""

    names: tuple[str, ...]
    own: bool = False


def find_behalf(words: Iterable[Mapping[str, Any]]) -> Behalf | None:
    """Find in whose name the payloads of a party's words were said; None where it spoke for nobody else."""
    told = [data.get("on_behalf_of") for data in words]
    if not any(told):
        return None
    names = tuple(dict.fromkeys(one["name"] for one in told if one))
    more = ("…",) if len(names) > _MOST_PRINCIPALS else ()
    return Behalf((*names[:_MOST_PRINCIPALS], *more), not all(told))


def tell_behalf(behalf: Behalf | None) -> str:
    """Tell the same in English, after the party's name: nothing where it spoke for itself alone."""
    return f"{' also' if behalf.own else ''} on behalf of {', '.join(behalf.names)}" if behalf else ""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is told beside a deed, in our words; `text` is in those of whoever rated it."""

    told: str
    text: str = ""


def list_terms(data: Mapping[str, Any], translations: NullTranslations = ENGLISH) -> Iterator[Term]:
    """List on what terms a statement was made, or an assessment."""
    if verdict := tell_verdict(data.get("rating", {})):
        yield Term(translations.gettext(RATING), verdict)
    for name, label, words, unsaid in _MEMBERS:
        code = data.get(name, unsaid)
        if code != unsaid:
            told = translations.gettext(words.get(code, code))
            yield Term(f"{translations.gettext(label)} {told}" if label else told)


def tell_terms(data: Mapping[str, Any]) -> list[str]:
    """Tell the same in English, for programs and the command line."""
    return [f"{term.told} “{term.text}”" if term.text else term.told for term in list_terms(data)]


def find_terms(data: Mapping[str, Any]) -> str | None:
    """Give the word for how a payload is to be attributed, where that is not known to be on the record."""
    attribution: str = data.get("attribution", ON_RECORD)
    return None if attribution == ON_RECORD else attribution


def find_strength(data: Mapping[str, Any]) -> str | None:
    """Give the word for how strongly a payload was said, where that was not plain."""
    strength = data.get("strength", "plain")
    return None if strength == "plain" else str(strength)


def find_manner(words: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Find on what `terms` words were said, none known to be on record, and their `strength` where all are alike."""
    terms, strength = find_terms(words[-1]), find_strength(words[-1])
    if terms and all(map(find_terms, words)):
        yield "terms", terms
    if strength and all(find_strength(word) == strength for word in words):
        yield "strength", strength


def tell_manner(manner: Mapping[str, Any]) -> list[str]:
    """Tell the same in English, of what has it as its members."""
    kinds = (("terms", ATTRIBUTIONS), ("strength", STRENGTHS))
    return [told[manner[name]] for name, told in kinds if name in manner]


def tell_verdict(rating: Mapping[str, Any]) -> str:
    """Tell a published verdict by its text, else by its value on its scale."""
    if "text" in rating or "value" not in rating:
        return str(rating.get("text", ""))
    scale = [str(rating[end]) for end in ("worst", "best") if end in rating]
    return f"{rating['value']} ({' … '.join(scale)})" if scale else str(rating["value"])
