"""Dates and instants in words for people, as exact as they were given and no more exact.

A calendar date is EDTF and stays as vague as its source; an instant is that of the
recording clock, UTC. A date is one text with a gap for every number, so that a language
may order and decline it as it does.
"""

from __future__ import annotations

import re
from datetime import date as calendar_date
from functools import lru_cache
from gettext import NullTranslations

from domain.dates import DateFault, Day, bounds

Days = tuple[int | None, int | None]  # the numbers of the earliest and the latest day; None is open
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
INSTANT, IN_ZONE, IN_NO_ZONE = "{date}, {time} UTC", "{date}, {time} ({zone})", "{date}, {time} (zone not given)"
BY, FROM_ON, BETWEEN = "by {latest}", "{earliest} or later", "{earliest} to {latest}"
ENDS, OPEN = "start: {earliest}; end: {latest}", "open"  # where one of them is vague itself
WITHIN = "some time from {earliest} to {latest}"  # one time, of which no more is known
NTHS = tuple(f"the {{day}}{ending} of a month in {{year}}" for ending in ("th", "st", "nd", "rd"))
BEFORE_CHRIST = "{date} BC"
SETS = {"[": "one of these: {dates}", "{": "all of these: {dates}"}
ABOUT, UNSURE = "about {date}", "{date}, uncertain"
AS_OF, SAID_BY = "as of %(moment)s", "what had been said by %(date)s"  # as the templates write gaps
EMPTY = "as of log size %(size)s"
ENGLISH = NullTranslations()
_QUALIFIERS = re.compile("[~?%]")
_UNKNOWN = re.compile("(-XX)+$")  # an unknown day of a month says no more than the month
_PARTS = re.compile(r"Y?(?P<year>-?\d{4,}|[\dX]{4})(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d))?)?")
_OFFSET = re.compile(r"[+-]\d\d:\d\d$")
_TIME = re.compile(
    r"(?P<date>.+)T(?P<minute>\d\d:\d\d):(?P<second>\d\d)(?:(?P<utc>Z)|(?P<hours>[+-]\d\d)(?::(?P<minutes>\d\d))?)?"
)
_SEASON = re.compile(r"[\dX]{4}-(2[1-9]|3\d|4[01])(?![\dX-])")
_FOR_PROGRAMS = re.compile(
    r"(?!0000)\d{4}(-(0\d|1[0-2])(-\d\d(T(?!.*:60).*)?)?)?"
)  # `datetime` of HTML, no leap second
PHRASES = (
    *(YEAR, *MONTHS, *DAYS, *SEASONS.values(), INSTANT, IN_ZONE, IN_NO_ZONE, BY, FROM_ON, BETWEEN, ENDS, OPEN, WITHIN),
    *(*NTHS, BEFORE_CHRIST, *SETS.values(), ABOUT, UNSURE, AS_OF, SAID_BY, EMPTY),
)


def tell_day(text: str, translations: NullTranslations) -> str:
    """Say an EDTF date; one that no longer parses is shown as it is."""
    try:
        bounds(text)
    except DateFault:
        return text
    return _tell(text, translations)


def tell_past(at: str | None, said_until: str | None, translations: NullTranslations = ENGLISH) -> str:
    """Say in brackets which past is shown; of the present nothing.

    `at` is the instant of the moment that was asked for; an empty text is that of a record that held nothing yet.
    """
    told = []
    if at is not None:
        moment = tell_instant(at, translations) if at else None
        told.append(
            translations.gettext(AS_OF) % {"moment": moment} if moment else translations.gettext(EMPTY) % {"size": 0}
        )
    if said_until is not None:
        told.append(translations.gettext(SAID_BY) % {"date": tell_until(said_until, translations)})
    return "".join(f" ({words})" for words in told)


def tell_until(text: str, translations: NullTranslations) -> str:
    """Say the last day that is meant where what was said until a date is asked for; without one, the date."""
    last = bounds(text).latest
    return _tell_day(last, translations) if last else tell_day(text, translations)


def names_season(text: str) -> bool:
    """Tell whether a date names a season, a quarter or the like, where one may have meant a month."""
    return _SEASON.search(_QUALIFIERS.sub("", text)) is not None


def find_exact(text: str) -> str | None:
    """Give a year, a month, a day or a time that is sure as HTML has it in `datetime`; nothing of any other form."""
    time = _TIME.fullmatch(text)
    if time and time["hours"]:
        text = text.removesuffix(f":{time['minutes']}") + f":{time['minutes'] or '00'}"
    return text if _FOR_PROGRAMS.fullmatch(text) else None


@lru_cache(maxsize=4096)  # days that come again
def find_days(text: str) -> Days | None:
    """Find the earliest and the latest day that an EDTF date can stand for, by number; of a time, its day as written.

    None where it is no date, where both ends are open, or where no calendar of years 1 to 9999 has either.
    """
    try:
        found = bounds(text.partition("T")[0])
    except DateFault:
        return None
    days = _number(found.earliest), _number(found.latest)
    return days if any(days) else None


def _number(day: Day | None) -> int | None:
    try:
        return calendar_date(*day).toordinal() if day else None
    except (ValueError, OverflowError):  # the latter of one that no int of C holds
        return None  # a year before 1 or after 9999


def tell_instant(text: str, translations: NullTranslations) -> str:
    """Say an instant to the minute: in UTC, as the record's clock has it, or in the zone that it was given in."""
    year, month, day = map(int, text[:10].split("-"))
    date = _tell_day((year, month, day), translations)
    zone = _OFFSET.search(text)  # of a deadline, which is kept as it was sent
    return translations.gettext(IN_ZONE if zone else INSTANT).format(date=date, time=text[11:16], zone=zone and zone[0])


def _tell(text: str, translations: NullTranslations) -> str:
    _ = translations.gettext
    if text[0] in SETS:
        items = (_tell_item(item.strip(), translations) for item in text[1:-1].split(","))
        return _(SETS[text[0]]).format(dates=", ".join(items))
    if "/" in text:
        return _tell_interval(text, translations)
    certain = _QUALIFIERS.sub("", text)
    told = (
        _tell_time(certain, translations) or _tell_exact(certain, translations) or _tell_bounds(certain, translations)
    )
    told = _(ABOUT).format(date=told) if "~" in text or "%" in text else told
    return _(UNSURE).format(date=told) if "?" in text or "%" in text else told


def _tell_item(item: str, translations: NullTranslations) -> str:
    start, dots, end = item.partition("..")
    return _tell(f"{start or '..'}/{end or '..'}" if dots else item, translations)


def _tell_interval(text: str, translations: NullTranslations) -> str:
    """Say from when to when, each end as it was given; one that is vague itself is named as what it is."""
    _, given = translations.gettext, [side.strip(".") for side in text.split("/")]
    first, last = (_tell(side, translations) if side else "" for side in given)
    if any(side and _tell_exact(side, translations) is None for side in given):
        return _(ENDS).format(earliest=first or _(OPEN), latest=last or _(OPEN))
    if first and last:
        return first if first == last else _(BETWEEN).format(earliest=first, latest=last)
    return _(BY).format(latest=last) if last else _(FROM_ON).format(earliest=first)


def _tell_time(text: str, translations: NullTranslations) -> str | None:
    """Say a time of a day on the clock that it was given by, to the second where that is given."""
    parts = _TIME.fullmatch(text)
    if parts is None:
        return None
    pattern = INSTANT if parts["utc"] else IN_ZONE if parts["hours"] else IN_NO_ZONE
    time = parts["minute"] + (f":{parts['second']}" if parts["second"] != "00" else "")
    zone = f"{parts['hours']}:{parts['minutes'] or '00'}"
    date = _tell_exact(parts["date"], translations)
    return translations.gettext(pattern).format(date=date, time=time, zone=zone)


def _tell_exact(text: str, translations: NullTranslations) -> str | None:
    """Say a year, a month, a season or a day, of a masked year too; nothing of any other form."""
    parts = _PARTS.fullmatch(_UNKNOWN.sub("", text))
    if parts is None:
        return None
    year, month, day = parts["year"], parts["month"], int(parts["day"] or 0)
    if month is None:
        return None if "X" in year else _fill(YEAR, year, translations)
    if month == "XX":
        return _fill(NTHS[day % 10 if day % 10 < len(NTHS) and day // 10 != 1 else 0], year, translations, day)
    if int(month) > len(MONTHS):
        return _fill(SEASONS[month], year, translations) if month in SEASONS else None
    return _fill((DAYS if day else MONTHS)[int(month) - 1], year, translations, day)


def _tell_bounds(text: str, translations: NullTranslations) -> str:
    """Say between which years, months or days one time is: the smallest that it names."""
    found = bounds(text)
    parts = _UNKNOWN.sub("", text).lstrip("Y-").count("-")
    first, last = (_tell_day(day, translations, parts) for day in (found.earliest, found.latest) if day)
    return first if first == last else translations.gettext(WITHIN).format(earliest=first, latest=last)


def _tell_day(day: Day, translations: NullTranslations, parts: int = 2) -> str:
    """Say a day; of fewer parts after the year, its month or its year."""
    year, month, number = day
    return _fill((YEAR, MONTHS[month - 1], DAYS[month - 1])[parts], str(year), translations, number)


def _fill(pattern: str, year: str, translations: NullTranslations, day: int = 0) -> str:
    """Say a date of a year as it is written in EDTF, where 0000 is 1 BC."""
    _ = translations.gettext
    if "X" in year or int(year) > 0:
        return _(pattern).format(day=day, year=year)
    return _(BEFORE_CHRIST).format(date=_(pattern).format(day=day, year=1 - int(year)))
