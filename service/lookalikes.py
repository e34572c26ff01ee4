"""Names that look like others: letters of one alphabet that are drawn like those of another, and slips.

Pairs are those of Unicode's confusables (UTS 39) between Latin, Cyrillic and Greek. Names
in Latin, Hangul and Han stand beside each other in one word every day; two alphabets whose
letters are drawn alike do not.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile

from domain.party import party_key

_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE"})  # alphabets, as letters are named
# Letters and what they are drawn like: small ones, and capitals. Cyrillic first, then Greek.
_SMALL = str.maketrans("аеорсухіјѕԁһԛԝӏαορνιγυ", "aeopcyxijsdhqwlaopviyu")  # noqa: RUF001 - so they are
_CAPITALS = str.maketrans("АВЕЅІЈКМНОРСТУХԚԜГПФΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXQWΓΠΦABEZHIKMNOPTYX")

_JOINING = frozenset({"of", "the", "for", "and", "in", "s"})
_LONG, _LONGER = 5, 9  # letters of a word that may have a slip, of one that may have two
_ENDING = 3  # letters in which a word may end otherwise


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


def is_near(name: str, other: str) -> bool:
    """Tell whether two names have the same words, in any order, but for slips, endings and words that only join."""
    words, others = words_of(name), words_of(other)
    if not words or len(words) != len(others):
        return False
    for word in words:
        like = next((one for one in others if one == word), None) or next(
            (one for one in others if _is_near(word, one)), None
        )
        if like is None:
            return False
        others.remove(like)
    return True


def words_of(name: str) -> list[str]:
    """List the words of a name that are not there to join others alone."""
    return [word for word in party_key(name).split("-") if word not in _JOINING]


def _is_near(word: str, other: str) -> bool:
    """Tell whether a word is the other with a slip or two, or another ending; short words have none."""
    shorter, longer = sorted((len(word), len(other)))
    if shorter < _LONG or not (word + other).isalpha():
        return False
    rest = longer - sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    return (longer - rest >= _LONG and rest <= _ENDING) or _count_slips(word, other) <= (2 if longer >= _LONGER else 1)


def _count_slips(word: str, other: str) -> int:
    """Count the letters left out, put in, changed, or swapped with the next one."""
    before: list[int] = []
    row: list[int] = [*range(len(other) + 1)]
    for n, letter in enumerate(word, 1):
        now: list[int] = [n]
        for m, its in enumerate(other, 1):
            least: int = min(row[m] + 1, now[-1] + 1, row[m - 1] + (letter != its))
            if n > 1 and m > 1 and (letter, its) == (other[m - 2], word[n - 2]):
                least = min(least, before[m - 2] + 1)
            now.append(least)
        before, row = row, now
    return row[-1]


def _alphabet_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
