"""Names that look like others: letters of one alphabet that are drawn like those of another.

Pairs are those of Unicode's confusables (UTS 39) between Latin, Cyrillic and Greek. Names
in Latin, Hangul and Han stand beside each other in one word every day; two alphabets whose
letters are drawn alike do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE"})  # alphabets, as letters are named
_CYRILLIC = ("аеорсухіјѕԁһԛԝӏАВЕЅІЈКМНОРСТУХԚԜ", "aeopcyxijsdhqwlABESIJKMHOPCTYXQW")
_GREEK = ("αορνιγυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aopviyuABEZHIKMNOPTYX")  # noqa: RUF001 - so they are
_TO_LATIN = str.maketrans(*map("".join, zip(_CYRILLIC, _GREEK, strict=True)))
_FROM_LATIN = tuple(str.maketrans(latin, other) for other, latin in (_CYRILLIC, _GREEK))


def find_mixed_words(name: str) -> list[str]:
    """List the words of a name in which one alphabet stands within another that is drawn alike."""
    words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name))
    return [word for word in words if len(_ALIKE & {_alphabet_of(letter) for letter in word}) > 1]


def list_lookalikes(name: str) -> Iterator[str]:
    """List the names, in one alphabet each, that are drawn like this one."""
    latin = unicodedata.normalize("NFKC", name).translate(_TO_LATIN)
    yield from sorted({latin, *(latin.translate(table) for table in _FROM_LATIN)} - {name})


def _alphabet_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
