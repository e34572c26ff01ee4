"""Names that look like others: letters of one alphabet that are drawn like those of another.

Pairs are those of Unicode's confusables (UTS 39) between Latin, Cyrillic and Greek. Names
in Latin, Hangul and Han stand beside each other in one word every day; two alphabets whose
letters are drawn alike do not.
"""

from __future__ import annotations

import re
import unicodedata

from domain.party import party_key

_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE"})  # alphabets, as letters are named
# Letters and what they are drawn like: small ones, and capitals. Cyrillic first, then Greek.
_SMALL = str.maketrans("аеорсухіјѕԁһԛԝӏαορνιγυ", "aeopcyxijsdhqwlaopviyu")  # noqa: RUF001 - so they are
_CAPITALS = str.maketrans("АВЕЅІЈКМНОРСТУХԚԜГПФΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXQWΓΠΦABEZHIKMNOPTYX")


def find_mixed_words(name: str) -> list[str]:
    """List the words of a name in which one alphabet stands within another that is drawn alike."""
    words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name))
    return [word for word in words if len(_ALIKE & {_alphabet_of(letter) for letter in word}) > 1]


def find_skeletons(name: str) -> set[str]:
    """Write a party's name in letters that stand for all drawn like them, once as small ones are, once as capitals.

    A party is one under its key, in capitals or not: two names look alike where they have a skeleton in common.
    """
    key = party_key(name)
    return {key.translate(_SMALL), key.upper().translate(_CAPITALS).casefold()}


def _alphabet_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
