"""Dates and instants in words for people, as exact as they were given and no more exact.

A calendar date is EDTF and stays as vague as its source; an instant is that of the
recording clock, UTC. A date is one text with a gap for every number, so that a language
may order and decline it as it does.
"""

from __future__ import annotations

import re
from gettext import NullTranslations

from domain.dates import DateFault, Day, bounds

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
YEAR = "{year}"
MONTHS = tuple(f"{name} {{year}}" for name in _NAMES)
DAYS = tuple(f"{{day}} {name} {{year}}" for name in _NAMES)
SEASONS = {  # those that name no hemisphere, and quarters; the others are told by their bounds
    "21": "spring {year}",
    "22": "summer {year}",
    "23": "autumn {year}",
    "24": "winter {year}",
    "33": "first quarter of {year}",
    "34": "second quarter of {year}",
    "35": "third quarter of {year}",
    "36": "fourth quarter of {year}",
}
INSTANT = "{date}, {time} UTC"
BY, FROM_ON, BETWEEN = "by {latest}", "{earliest} or later", "{earliest} to {latest}"
ABOUT, UNSURE = "about {date}", "{date}, uncertain"
_PARTS = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")
PHRASES = (YEAR, *MONTHS, *DAYS, *SEASONS.values(), INSTANT, BY, FROM_ON, BETWEEN, ABOUT, UNSURE)


def tell_day(text: str, translations: NullTranslations) -> str:
    """Say an EDTF date; one that no longer parses is shown as it is."""
    try:
        found = bounds(text)
    except DateFault:
        return text
    _ = translations.gettext
    told = _tell_exact(text.strip("~?%"), translations)
    if told is None and found.earliest and found.latest:
        first, last = (_tell_day(day, translations) for day in (found.earliest, found.latest))
        told = first if first == last else _(BETWEEN).format(earliest=first, latest=last)
    elif told is None and found.latest:
        told = _(BY).format(latest=_tell_day(found.latest, translations))
    elif told is None and found.earliest:
        told = _(FROM_ON).format(earliest=_tell_day(found.earliest, translations))
    if told is None:
        return text
    told = _(ABOUT).format(date=told) if "~" in text or "%" in text else told
    return _(UNSURE).format(date=told) if "?" in text or "%" in text else told


def tell_instant(text: str, translations: NullTranslations) -> str:
    """Say an instant of the recording clock, to the minute."""
    year, month, day = map(int, text[:10].split("-"))
    date = _tell_day((year, month, day), translations)
    return translations.gettext(INSTANT).format(date=date, time=text[11:16])


def _tell_exact(text: str, translations: NullTranslations) -> str | None:
    """Say a year, a month, a season or a day; nothing of any other form."""
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return None
    year, month, day = parts["year"], parts["month"], parts["day"]
    if month is None:
        return translations.gettext(YEAR).format(year=year)
    if int(month) > len(MONTHS):
        return translations.gettext(SEASONS[month]).format(year=year) if month in SEASONS else None
    pattern = MONTHS[int(month) - 1] if day is None else DAYS[int(month) - 1]
    return translations.gettext(pattern).format(day=int(day or 0), year=year)


def _tell_day(day: Day, translations: NullTranslations) -> str:
    year, month, number = day
    return translations.gettext(DAYS[month - 1]).format(day=number, year=year)
