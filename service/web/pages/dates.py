"""Dates and instants in words for people, as exact as they were given and no more exact.

A calendar date is EDTF and stays as vague as its source; an instant is that of the
recording clock, UTC.
"""

from __future__ import annotations

import re
from gettext import NullTranslations

from domain.dates import DateFault, Day, bounds

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY, MONTH = "{day} {month} {year}", "{month} {year}"
BY, FROM_ON, BETWEEN = "by {latest}", "{earliest} or later", "{earliest} to {latest}"
ABOUT, UNSURE = "about {date}", "{date}, uncertain"
_EXACT = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
PHRASES = (*MONTHS, DAY, MONTH, BY, FROM_ON, BETWEEN, ABOUT, UNSURE)


def tell_day(text: str, translations: NullTranslations) -> str:
    """Say an EDTF date; one that no longer parses is shown as it is."""
    try:
        found = bounds(text)
    except DateFault:
        return text
    _ = translations.gettext
    bare = text.strip("~?%")
    if _EXACT.fullmatch(bare):
        told = _tell_exact(bare, translations)
    elif found.earliest and found.latest:
        first, last = (_tell_day(day, translations) for day in (found.earliest, found.latest))
        told = first if first == last else _(BETWEEN).format(earliest=first, latest=last)
    elif found.latest:
        told = _(BY).format(latest=_tell_day(found.latest, translations))
    elif found.earliest:
        told = _(FROM_ON).format(earliest=_tell_day(found.earliest, translations))
    else:
        return text
    told = _(ABOUT).format(date=told) if "~" in text or "%" in text else told
    return _(UNSURE).format(date=told) if "?" in text or "%" in text else told


def tell_instant(text: str, translations: NullTranslations) -> str:
    """Say an instant of the recording clock, to the minute."""
    return f"{_tell_exact(text[:10], translations)}, {text[11:16]} UTC"


def _tell_exact(text: str, translations: NullTranslations) -> str:
    year, *rest = text.split("-")
    if not rest:
        return year
    month = translations.gettext(MONTHS[int(rest[0]) - 1]) if 1 <= int(rest[0]) <= len(MONTHS) else ""
    if not month:
        return text  # a season
    if len(rest) == 1:
        return translations.gettext(MONTH).format(month=month, year=year)
    return translations.gettext(DAY).format(day=int(rest[1]), month=month, year=year)


def _tell_day(day: Day, translations: NullTranslations) -> str:
    year, month, number = day
    told = translations.gettext(MONTHS[month - 1])
    return translations.gettext(DAY).format(day=number, month=told, year=year)
