"""Text as it is searched: one form for what is stored and for what is asked, in every script.

Words of most scripts are found by their beginning. Chinese, Japanese and Korean run
words together or hang particles on them, Arabic and Hebrew put theirs in front, Thai,
Lao, Khmer and Burmese leave no blanks: those are cut into overlapping pairs and threes,
and a word asked for is a phrase of them, so that it is found wherever it stands. Accents,
points, case and what joins or parts letters unseen make no difference, nor on which
keyboard Arabic letters and digits were typed. Engines need nothing but tokens between
blanks, phrases and beginnings of tokens.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from domain.errors import Fault, Invalid

LONGEST_QUESTION = 300  # characters
MOST_WORDS = 12

# Combining marks of Latin, Greek and Cyrillic; Hebrew points; Arabic vowel signs and hamzas; soft hyphens and joiners.
_MARKS = re.compile(
    r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u00ad\u200c\u200d]"
)
# Of Arabic script: yehs, kafs, hehs and alefs as one keyboard or habit writes them and as another does; digits.
_ALIKE = {
    **dict.fromkeys((0x0649, 0x06CC), "\u064a"),
    **dict.fromkeys((0x06A9, 0x06AA), "\u0643"),
    **dict.fromkeys((0x0629, 0x06BE, 0x06C1, 0x06C3, 0x06D5), "\u0647"),
    0x0671: "\u0627",
    **{zero + n: str(n) for zero in (0x0660, 0x06F0) for n in range(10)},
}
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_PAIRS = (  # Hangul, kana, Han
    r"\u1100-\u11ff\u2e80-\u2fdf\u3005\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    r"\U00020000-\U000323af"
)
_THREES = (  # Hebrew, Arabic and their neighbours; Thai and Lao; Burmese; Khmer
    r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e80-\u0eff"
    r"\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17e0-\u17e9"
)
_SIGNS = r"\u0900-\u0dff"  # scripts of India and Sri Lanka, whose vowel signs are no letters to \w
_RUNS = re.compile(
    rf"(?P<pairs>[{_PAIRS}]+)|(?P<threes>[{_THREES}]+)|(?P<words>(?:(?![{_PAIRS}{_THREES}])[^\W_]|[{_SIGNS}])+)"
)
_ASCII = re.compile(r"[a-z0-9]+")
_ANY = re.compile(rf"(?:[^\W_]|[{_PAIRS}{_THREES}{_SIGNS}])+")  # runs of any script, to be cut by `_RUNS`
_CUT = re.compile(rf"[{_PAIRS}{_THREES}]")
_GRAM = {"pairs": 2, "threes": 3}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must stand one after another; `begins`: the last may go on."""

    tokens: tuple[str, ...]
    begins: bool

    @property
    def written(self) -> str:
        """Write it as it stands among tokens that each have a blank before and behind them."""
        return f" {' '.join(self.tokens)}{'' if self.begins else ' '}"


def to_tokens(text: str) -> str:
    """Write a text as the tokens it is found by, blanks between them."""
    if text.isascii():  # the same tokens, sooner
        return " ".join(_ASCII.findall(text.lower()))
    plain = _plain(text)
    runs = _ANY.findall(plain)
    return " ".join(runs if _CUT.search(plain) is None else map(_to_tokens, runs))


def to_phrases(question: str) -> list[Phrase]:
    """Read what is asked for: all of the phrases must be found."""
    phrases = []
    for gram, run in chain.from_iterable(map(_cut, _ANY.findall(_plain(question)))):
        if gram is not None and len(run) >= gram:
            phrases.append(Phrase(tuple(run[i : i + gram] for i in range(len(run) - gram + 1)), begins=False))
        else:
            phrases.append(Phrase((run,), begins=True))
    return list(dict.fromkeys(phrases))


def read_question(q: str | None) -> list[Phrase]:
    """Read what a caller asks for, nothing being nothing; raises Invalid."""
    phrases = to_phrases(q) if q is not None and len(q) <= LONGEST_QUESTION else []
    if q is not None and not 0 < len(phrases) <= MOST_WORDS:
        detail = (
            f"A search has 1 to {MOST_WORDS} words with letters or digits, and at most {LONGEST_QUESTION} characters."
        )
        raise Invalid([Fault("q", detail)])
    return phrases


def find_places(text: str, phrases: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Find where phrases stand in a text: where each place starts and ends, in order; none touches another."""
    plain, origins = _align(text)
    tokens: list[tuple[str, int]] = []
    for run in _RUNS.finditer(plain):
        gram = _GRAM.get(str(run.lastgroup))
        cuts = range(len(run[0])) if gram else (0,)
        tokens += [(run[0][i : i + gram] if gram else run[0], run.start() + i) for i in cuts]
    places: list[tuple[int, int]] = []
    for start, end in sorted(_match(tokens, phrases)):
        first, last = origins[start][0], origins[end - 1][1]
        if places and first <= places[-1][1]:
            first, last = places[-1][0], max(last, places.pop()[1])
        places.append((first, last))
    return places


def _match(tokens: Sequence[tuple[str, int]], phrases: Sequence[Phrase]) -> Iterator[tuple[int, int]]:
    words = tuple(token for token, _ in tokens)
    for phrase in phrases:
        before, last = phrase.tokens[:-1], phrase.tokens[-1]
        for n in range(len(before), len(words)):
            fits = words[n].startswith(last) if phrase.begins else words[n] == last
            if fits and words[n - len(before) : n] == before:
                yield tokens[n - len(before)][1], tokens[n][1] + len(last)


def _align(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Give a text as it is searched, and for each of its characters where what it was made from starts and ends."""
    if text.isascii():
        return text.lower(), [(n, n + 1) for n in range(len(text))]
    # What follows a letter and is one with it: marks, and the vowels and finals of Hangul that is written in parts.
    starts = [n for n, c in enumerate(text) if not ("\u1160" <= c <= "\u11ff" or unicodedata.category(c)[0] == "M")]
    plain, origins = "", []
    for start, end in pairwise([*starts, len(text)]):
        part = _plain_letter(text[start:end])
        plain += part
        origins += [(start, end)] * len(part)
    return plain, origins


@lru_cache(maxsize=8192)
def _plain_letter(letter: str) -> str:
    return _plain(letter)


@lru_cache(maxsize=8192)  # words that come again; a long run is sooner cut
def _to_tokens(run: str) -> str:
    tokens: list[str] = []
    for gram, part in _cut(run):
        if gram is None:
            tokens.append(part)
        else:
            # Ends shorter than a gram are kept too, so that a last character alone is found as a beginning.
            tokens += [part[i : i + gram] for i in range(len(part))]
    return " ".join(tokens)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())))
    return plain.translate(_ALIKE) if _ARABIC.search(plain) else plain


def _cut(run: str) -> Iterator[tuple[int | None, str]]:
    if _CUT.search(run) is None:  # most words of most scripts
        yield None, run
    else:
        for match in _RUNS.finditer(run):
            yield _GRAM.get(str(match.lastgroup)), match[0]
