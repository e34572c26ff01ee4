"""What is wrong with a form, in the language of the reader: the sentences that the checks of every writer say.

The checks speak English, to programs and to people; what they say most often is a key of
the catalogues, with a gap where they name something. What is none stays English and says so.
"""

from __future__ import annotations

import re
from gettext import NullTranslations

from markupsafe import Markup, escape

from service.web.pages import forms

_WHY = "why"  # a gap that holds a sentence of its own
WHYS = (
    "{text} has none of the forms of EDTF",
    "no day of the calendar is {day}",
    "it ends ({end}) before it starts ({start})",
    "there is no month {month}",
    "an unknown digit is a capital X",
    "it is open at both ends and says nothing; leave it out",
    "a set has two dates or more; write one alone",
    "a date-time is like 2020-11-23T08:40:00Z, with every part",
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
    "{country} is no ISO 3166-1 alpha-2 code, now or formerly. Write for example RU, KR or SU, or leave it out.",
    "{lang} is no language tag (BCP 47). Write for example en, ko, fa or zh-Hant.",
    "{text} is not an EDTF date: {why}. Write for example {examples}",
    "{text} is not an instant. Write one like 2026-01-31T09:30:00Z, or with an offset, +09:00.",
    "A deadline lies in the future.",
    "Only confirmed, acknowledged, denied and countered can be partial.",
    "`{type}` is about an earlier statement: give the version of that event.",
    "Give the grade of the correction: refile, corrected or withdrawn.",
    "Nothing is reworded: give at least one of text, lang, about and topics.",
    "{text} names no claim. Give its UUID, or ref: and the name it was opened under.",
    "A claim is never linked to itself.",
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
_ALL = (*FAULTS, *WHYS, *forms.FAULTS)
_PATTERNS = [(text, re.compile(_GAP.sub(r"(?P<\1>.+)", re.escape(text)), re.DOTALL)) for text in _ALL]


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
    filled = {name: _tell(told, translations) if name == _WHY else escape(told) for name, told in gaps.items()}
    return Markup(escape(translations.gettext(text)).format(**filled))  # noqa: S704 - a text of ours; what fills it is escaped
