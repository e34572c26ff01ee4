"""What is wrong with a form, in the language of the reader: the sentences that the checks of every writer say.

The checks speak English, to programs and to people; what they say most often is a key of
the catalogues, with a gap where they name something. What is none stays English and says so.
"""

from __future__ import annotations

import re
from gettext import NullTranslations

from markupsafe import Markup, escape

from service.telling.words import WORDS
from service.web.pages import forms

# Of grades their letters are enough: their words begin with them, and hold commas.
_GRADES = ("reliability", "credibility")
_KINDS = [*dict.fromkeys(name.partition(".")[0] for name in WORDS if not name.startswith(_GRADES))]
WHYS = (  # all that the domain finds wrong with a date
    "the year comes first, then two digits each, with hyphens between; write {meant}",
    "write {meant}",
    "it can be read in two ways; write {one} or {other}",
    "{text} has none of the forms of EDTF",
    "no day of the calendar is {day}",
    "there is no month {month}",
    "there is no day {day}",
    "there is no year -0000; 1 BC is 0000",
    "an unknown digit is a capital X",
    "it has more than {most} characters",
    "it has characters other than ASCII",
    "it has blanks around it",
    "it ends ({end}) before it starts ({start})",
    "it is open at both ends and says nothing; leave it out",
    "an interval has two ends: calendar dates, '..' or nothing",
    "a set stands alone, and its last bracket is of the kind of its first",
    "a set has two dates or more; write one alone",
    "only the first item of a set can be open before it",
    "only the last item of a set can be open after it",
    "a date-time is like 2020-11-23T08:40:00Z, with every part",
    "EDTF has no fractions of a second; leave them out",
    "the hour goes up to 23 and the minute to 59",
    "the second goes up to 59, or 60 when it is 23:59:60 in UTC",
    "an offset goes up to 14:00 and its minutes to 59",
    "a year has four digits; write a longer one like Y20250",
    "a year after Y has more than four digits, the first not 0",
    "a year has at most {most} digits",
    "the year has {width} digits, so not {known} significant ones",
)
FAULTS = (
    "Missing data for required field.",
    "Not a valid integer.",
    "This is empty. Leave the member out, or say something.",
    "One of: {choices}.",
    "Versions start at 1.",
    "1 to 6 (Admiralty).",
    "Say what was said: give a `summary` in your words, or a `quote`, or both.",
    "A summary has at most {most} characters; put the wording into `quote`.",
    "A name needs at least one letter or digit.",
    "A name has at most {most} characters.",
    "A topic has at most {most} characters. Choose a word or two.",
    "{country} is no ISO 3166-1 alpha-2 code, now or formerly. Write for example RU, KR or SU, or leave it out.",
    "{country} is no ISO 3166-1 alpha-2 code. That of the United Kingdom is GB: write GB.",
    "{lang} is no language tag (BCP 47). Write for example en, ko, fa or zh-Hant.",
    "{text} is not an EDTF date: {why}. Write for example {examples}",
    "{text} is not an EDTF date: {why}.",
    "{text} is not an instant. Write one like 2026-01-31T09:30:00Z, or with an offset, +09:00.",
    "A deadline lies in the future.",
    "Only confirmed, acknowledged, denied and countered can be partial.",
    "`{type}` is about an earlier statement: give the version of that event.",
    "Give the grade of the correction: refile, corrected or withdrawn.",
    "Nothing is reworded: give at least one of text, lang, about and topics.",
    "{text} names no claim. Give its UUID, or ref: and the name it was opened under.",
    "A claim is never linked to itself.",
    "Leave out what stands between // and @: everybody would read that name or password.",
    "This event has {size} bytes; the limit is {limit}. Shorten its texts, or link to the source.",
)
PLAINER = {  # where the sentence for programs names a member, or is theirs: the English for people
    "Missing data for required field.": "This is needed.",
    "Not a valid integer.": "Write a whole number of at most 15 digits.",
    "This is empty. Leave the member out, or say something.": "This is blank. Leave it empty, or say something.",
    "Say what was said: give a `summary` in your words, or a `quote`, or both.": (
        "Say what was said: in your own words, as a quotation, or both."
    ),
    "A summary has at most {most} characters; put the wording into `quote`.": (
        "At most {most} characters; put the wording into the quotation."
    ),
    "`{type}` is about an earlier statement: give the version of that event.": (
        "It is about an earlier statement: give the number of that event."
    ),
    "Nothing is reworded: give at least one of text, lang, about and topics.": (
        "Nothing is reworded: change at least one of the fields below."
    ),
    "{text} names no claim. Give its UUID, or ref: and the name it was opened under.": (
        "{text} names no claim. Paste the address of its page."
    ),
}
QUESTIONS = (  # what is wrong with what an address asks for
    "There is nothing of this name here. Check how it is spelled, or leave it out.",
    "Give this once.",
    "Write a whole number.",
    "{lowest} to {highest}.",
    "Write true or false.",
    "Write the key of a party, or its name.",
    "At most {most} of these at once.",
    "Say which.",
    "Give an earlier version, 1 to {highest}.",
    "This cursor is not one of this list. Start again without it.",
    "Only a search has a relevance: give q, or sort by updated or opened.",
    "A search has 1 to {most} words with letters or digits, and at most {longest} characters.",
    "The record holds {size} events; {asked} is in the future.",
    "There is no day {day}.",
    (
        "{text} is no moment. Write an instant (2026-01-31T09:30:00Z), a date (2026-01-31, its end in UTC), "
        "or a log size (812)."
    ),
    "{text} is no instant and no date. Write 2026-01-31T09:30:00Z or 2026-01-31.",
    "{text} is in the future; it is {now} now.",
    "{text} is in the future.",
)
RULES = {
    "regarding_exists": "There is no such event in this claim's history.",
    "regarding_fits": "That cannot be done to an event of this kind.",
    "own_words": "Only who said it, or a voice of the same state, can take it back or explain it.",
    "still_counts": "That event does not count any more: it was struck, redacted or taken back.",
    "link_target": "There is no such claim, or no such link.",
    "link_new": "That link is there already.",
    "no_circle": "One claim would be an aspect of itself, through others.",
}
_GAP = re.compile(r"\\\{(\w+)\\\}")
_NUMBERS = frozenset({"lowest", "highest", "most", "longest", "size", "limit", "width", "known"})


def _compile(text: str) -> re.Pattern[str]:
    gaps = _GAP.sub(lambda gap: f"(?P<{gap[1]}>{r'[0-9]+' if gap[1] in _NUMBERS else '.+'})", re.escape(text))
    return re.compile(gaps, re.DOTALL)


_PATTERNS = [(text, _compile(text)) for text in (*FAULTS, *WHYS, *QUESTIONS, *forms.FAULTS)]


def tell_fault(detail: str, translations: NullTranslations) -> Markup:
    """Say each line of what is wrong: translated where it is known, else as it is, marked as English."""
    return Markup(" ").join(_tell(line, translations) for line in detail.split("\n"))


def find_fault(detail: str) -> tuple[str, dict[str, str]] | None:
    """Find the text that a detail fills, and what it fills in."""
    found = ((text, pattern.fullmatch(detail)) for text, pattern in _PATTERNS)
    return next(((text, match.groupdict()) for text, match in found if match), None)


def _tell(detail: str, translations: NullTranslations) -> Markup:
    found = find_fault(detail)
    if found is None:
        return Markup('<span lang="en">{}</span>').format(detail)
    text, gaps = found
    filled = {name: _fill(name, told, translations) for name, told in gaps.items()}
    told = translations.gettext(text)
    return Markup(escape(PLAINER.get(text, text) if told == text else told).format(**filled))  # noqa: S704 - a text of ours; what fills it is escaped


def _fill(gap: str, told: str, translations: NullTranslations) -> Markup:
    """Fill a gap: `why` holds a sentence of its own, `type` an event's word, `choices` words of any one kind."""
    if gap == "why":
        return _tell(told, translations)
    codes = told.split(", ") if gap in {"type", "choices"} else []
    kinds = ("event",) if gap == "type" else _KINDS
    kind = next((kind for kind in kinds if codes and all(f"{kind}.{code}" in WORDS for code in codes)), None)
    if kind is None:
        return escape(told)
    return escape(", ".join(translations.gettext(WORDS[f"{kind}.{code}"]) for code in codes))
