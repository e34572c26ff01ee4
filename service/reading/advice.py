"""Advice on the wording of a claim: one neutral proposition, and not one that is on record already.

Nothing here refuses: a person decides. The signs are those of English, a negation is known in
Russian and Korean too; for all else the search for claims alike helps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import orjson

from service.reading.lists import ListQuestion, list_claims
from service.search_text import LONGEST_QUESTION, to_tokens
from service.store.interface import View

# What a text may be, each with the signs of it. A proposition is affirmed, one, and apart from whoever says it.
_SIGNS = {
    name: re.compile(signs, re.IGNORECASE)
    for name, signs in {
        "negated": (
            r"\b(not|no|nobody|nothing|nowhere|never|neither|nor|none|without|denie[sd]|false(?! flag))\b|n['\u2019]t\b"
            r"|\b(не|ни|нет|никто|никогда|ничего|отрица\w+)\b|않|아니|없[다었는]|못\s?[하했]|(^|\s)안\s"
        ),
        "compound": (
            r"[;]|,\s*(and|but|while|after which)\b|\b(and that|as well as|but)\b|[.!?]\s+\S"
            r"|\band (?-i:[a-z]+ed|gave|held|left|made|met|paid|sent|took|told|went)\b"  # two verbs: met and agreed
        ),
        "attributed": r"\b(said|says|claim(s|ed)|alleged(ly)?|according to|reported(ly)?|told|insist(s|ed))\b",
        "question": r"\?\s*$",
        "loaded": (
            r"\b(secret(ly)?|so-called|shameful|admit(s|ted)|regime|infamous|blatant(ly)?|obviously|clearly"
            r"|terroris(t|ts|m)|puppet|brutal(ly)?|heinous|unprovoked|false flag)\b"
        ),
    }.items()
}
_SHORTEST = 4  # letters of a word that tells claims apart
_TRIED = 4  # words, in pairs
_PER_PAIR = 10
_ALIKE = 0.34  # of all words of both


@dataclass(frozen=True, slots=True)
class Alike:
    """A claim on record that may say the same."""

    id: str
    text: str
    standing: str
    partial: bool


def find_signs(text: str) -> list[str]:
    """Name what speaks against a wording: negated, compound, attributed, question, loaded."""
    return [name for name, signs in _SIGNS.items() if signs.search(text)]


def find_alike(view: View, text: str, *, now: datetime, most: int = 5) -> list[Alike]:
    """Find claims that share much of a text's words, the most alike first."""
    mine = _words(text)
    rare = sorted(mine, key=lambda word: (-len(word), word))[:_TRIED]
    pairs = [(a, b) for i, a in enumerate(rare) for b in rare[i + 1 :]] or [(word, word) for word in rare]
    found: dict[str, tuple[float, Alike]] = {}
    for pair in pairs:
        q = " ".join(dict.fromkeys(pair))
        if len(q) > LONGEST_QUESTION:
            continue
        for claim in orjson.loads(list_claims(view, ListQuestion(q=q, limit=_PER_PAIR), now).body)["claims"]:
            theirs = _words(claim["text"])
            share = len(mine & theirs) / len(mine | theirs)
            standing = claim["standing"], claim["because"]["partial"]
            found[claim["id"]] = share, Alike(claim["id"], claim["text"], *standing)
    best = sorted(found.values(), key=lambda one: -one[0])
    return [alike for share, alike in best if share >= _ALIKE][:most]


def _words(text: str) -> set[str]:
    return {word for word in to_tokens(text).split() if len(word) >= _SHORTEST or not word.isascii()}
