"""Read EDTF dates, so that a date as vague as its source still has bounds.

A date is text in the Extended Date/Time Format, levels 0, 1 and 2. Its bounds are the
earliest and the latest calendar day it can stand for: masks (`2025-12-2X`), seasons and
significant digits widen them, the qualifiers `~ ? %` do not, an open or unknown end is
unbounded.

Refused: text of no EDTF form, days that the proleptic Gregorian calendar lacks, masks
that no day fits, intervals that end before they start or have no end at all, sets of
one date, fractions of a second, years of more than twelve digits, text of more than 100
characters.

Source of the rules: ISO 8601-2:2019 as published by the Library of Congress
(https://www.loc.gov/standards/datetime/). Decided here, as it leaves them open: the
months of a season, and that `S` counts the digits of a year as written (0050S3: 50-59).
"""

import re
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from domain.slips import find_meant

Day = tuple[int, int, int]

_LONGEST_TEXT = 100
_LONGEST_YEAR = 12
_REMEMBERED = 4096
_EXAMPLES = "2025-12-21, 2025-12, 2025-12-21~, 2025-12-2X, 2007-21, ../2025-12-21"

_Q = "[?~%]?"
_DATE = re.compile(
    rf"{_Q}(?P<year>-?[0-9X]{{4}}){_Q}"
    rf"(?:-{_Q}(?P<month>[0-9X]{{2}}){_Q}(?:-{_Q}(?P<day>[0-9X]{{2}}){_Q})?)?"
)
_YEAR = re.compile(
    r"(?P<prefix>Y?)(?P<sign>-?)(?P<digits>[0-9]+)"
    rf"(?:E(?P<zeros>[1-9][0-9]*))?(?:S(?P<significant>[1-9][0-9]*))?{_Q}"
)
_DATE_TIME = re.compile(
    r"(?P<date>-?[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):"
    r"(?P<second>[0-9]{2})(?P<fraction>[.,][0-9]+)?"
    r"(?:Z|(?P<sign>[+-])(?P<offset_hour>[0-9]{2})(?::(?P<offset_minute>[0-9]{2}))?)?"
)

_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Codes, first month, count of months. 21-24 name no hemisphere: read as northern.
# The edtf package agrees on all but winter (24, 28, 30), which it ends on 31 December of
# the year; here it runs to the last of February, as meteorologists count it.
_SEASONS = {
    code: (start, count)
    for codes, start, count in (
        ("21 25 31", 3, 3),
        ("22 26 32", 6, 3),
        ("23 27 29", 9, 3),
        ("24 28 30", 12, 3),
        *(("33", 1, 3), ("34", 4, 3), ("35", 7, 3), ("36", 10, 3)),
        *(("37", 1, 4), ("38", 5, 4), ("39", 9, 4)),
        *(("40", 1, 6), ("41", 7, 6)),
    )
    for code in codes.split()
}


class DateFault(ValueError):
    """Say what is wrong with a date and what to write instead."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Hold the earliest and the latest day a date can stand for; None is unbounded."""

    earliest: Day | None
    latest: Day | None


@lru_cache(maxsize=_REMEMBERED)
def bounds(text: str) -> Bounds:
    """Find the earliest and the latest day that an EDTF date can stand for.

    Raises DateFault, in words for whoever wrote the date. The last 4096 dates read are
    remembered; faults are not.
    """
    try:
        return _read(text)
    except DateFault as fault:
        shown = text if len(text) <= _LONGEST_TEXT else f"{text[:40]}..."
        if meant := _name_meant(text):
            raise DateFault(f"{shown!r} is not an EDTF date: {meant}.") from None
        raise DateFault(f"{shown!r} is not an EDTF date: {fault}. Write for example {_EXAMPLES}") from None


def _name_meant(text: str) -> DateFault | None:
    match find_meant(text):
        case [meant] if meant.isdigit():  # a year alone
            return DateFault(f"write {meant}")
        case [meant]:
            return DateFault(f"the year comes first, then two digits each, with hyphens between; write {meant}")
        case [one, other]:
            return DateFault(f"it can be read in two ways; write {one} or {other}")
    return None


def _read(text: str) -> Bounds:
    """Tell the four kinds of date apart: set, interval, date-time, calendar date."""
    if len(text) > _LONGEST_TEXT:
        raise DateFault(f"it has more than {_LONGEST_TEXT} characters")
    if not text.isascii():
        raise DateFault("it has characters other than ASCII")
    if text != text.strip():
        raise DateFault("it has blanks around it")
    if text.startswith(("[", "{")):
        return _set(text)
    if "/" in text:
        return _interval(text)
    if "T" in text:
        return _date_time(text)
    return Bounds(*_calendar_date(text))


def _set(text: str) -> Bounds:
    """Read `[a, b..c]` (one of these) or `{a, b..c}` (all of these)."""
    if text[-1] != {"[": "]", "{": "}"}[text[0]]:
        raise DateFault("a set stands alone, and its last bracket is of the kind of its first")
    first, *rest = text[1:-1].split(",")
    items = [first, *(item.lstrip(" ") for item in rest)]
    if any(item.startswith("..") for item in items[1:]):
        raise DateFault("only the first item of a set can be open before it")
    if any(item.endswith("..") for item in items[:-1]):
        raise DateFault("only the last item of a set can be open after it")
    if len(items) == 1 and ".." not in first:
        raise DateFault("a set has two dates or more; write one alone")
    return _hull([_set_item(item) for item in items])


def _set_item(item: str) -> Bounds:
    start, dots, end = item.partition("..")
    return _span(start, end) if dots else Bounds(*_calendar_date(item))


def _hull(members: list[Bounds]) -> Bounds:
    starts = [member.earliest for member in members if member.earliest is not None]
    ends = [member.latest for member in members if member.latest is not None]
    return Bounds(
        min(starts) if len(starts) == len(members) else None,
        max(ends) if len(ends) == len(members) else None,
    )


def _interval(text: str) -> Bounds:
    """Read `a/b`, where an end may be open (`..`) or unknown (empty)."""
    start, _, end = text.partition("/")
    if any(mark in end for mark in "/]}") or "T" in text:
        raise DateFault("an interval has two ends: calendar dates, '..' or nothing")
    return _span("" if start == ".." else start, "" if end == ".." else end)


def _span(start: str, end: str) -> Bounds:
    """Bound what lies between two calendar dates, where an empty one is unbounded."""
    if not start and not end:
        raise DateFault("it is open at both ends and says nothing; leave it out")
    earliest = _calendar_date(start)[0] if start else None
    latest = _calendar_date(end)[1] if end else None
    if earliest and latest and earliest > latest:
        raise DateFault(f"it ends ({end}) before it starts ({start})")
    return Bounds(earliest, latest)


def _date_time(text: str) -> Bounds:
    """Read a date-time: the day as written and, where it differs, the day in UTC."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise DateFault("a date-time is like 2020-11-23T08:40:00Z, with every part")
    if match["fraction"]:
        raise DateFault("EDTF has no fractions of a second; leave them out")
    hour, minute, second = map(int, match.group("hour", "minute", "second"))
    if hour > 23 or minute > 59:
        raise DateFault("the hour goes up to 23 and the minute to 59")
    days_off, minute_in_utc = divmod(hour * 60 + minute - _offset(match), 24 * 60)
    if second > 60 or (second == 60 and minute_in_utc != 24 * 60 - 1):
        raise DateFault("the second goes up to 59, or 60 when it is 23:59:60 in UTC")
    day, _ = _calendar_date(match["date"])
    day_in_utc = _neighbour(day, days_off)
    return Bounds(min(day, day_in_utc), max(day, day_in_utc))


def _offset(match: re.Match[str]) -> int:
    """Count the minutes that a date-time is ahead of UTC; without an offset, none."""
    minutes = int(match["offset_minute"] or 0)
    offset = int(match["offset_hour"] or 0) * 60 + minutes
    if minutes > 59 or offset > 14 * 60:
        raise DateFault("an offset goes up to 14:00 and its minutes to 59")
    return -offset if match["sign"] == "-" else offset


def _neighbour(day: Day, step: int) -> Day:
    """Find the day before (-1), the day itself (0) or the day after (1)."""
    year, month, number = day[0], day[1], day[2] + step
    if number < 1:
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        return year, month, _month_length(year, month)
    if number > _month_length(year, month):
        return (year + 1, 1, 1) if month == 12 else (year, month + 1, 1)
    return year, month, number


def _calendar_date(text: str) -> tuple[Day, Day]:
    """Find the first and last day of a day, month, season or year, masked or not."""
    if text.lstrip("?~%").startswith("-0000"):
        raise DateFault("there is no year -0000; 1 BC is 0000")
    if match := _DATE.fullmatch(text):
        year, month, day = match["year"], match["month"], match["day"]
        if month in _SEASONS and day is None:
            return _season(year, month)
        # What is not written is masked: a year is every day of every month of it.
        return _masked(year, month or "XX", day or "XX")
    if match := _YEAR.fullmatch(text):
        return _year(match)
    if "x" in text:
        raise DateFault("an unknown digit is a capital X")
    raise DateFault(f"{text!r} has none of the forms of EDTF")


def _masked(year: str, month: str, day: str) -> tuple[Day, Day]:
    if "X" not in year + month + day:
        only = int(year), int(month), int(day)
        if 1 <= only[1] <= 12 and 1 <= only[2] <= _month_length(only[0], only[1]):
            return only, only
    first = next(_fitting_days(year, month, day, falling=False), None)
    last = next(_fitting_days(year, month, day, falling=True), None)
    if first is None or last is None:
        raise DateFault(f"no day of the calendar is {year}-{month}-{day}")
    return first, last


def _fitting_days(year: str, month: str, day: str, *, falling: bool) -> Iterator[Day]:
    """Yield the days that fit, in order, from the first or from the last (falling)."""
    months, days = _within(month, 12, falling=falling), _within(day, 31, falling=falling)
    if not months:
        raise DateFault(f"there is no month {month}")
    if not days:
        raise DateFault(f"there is no day {day}")
    for y in _numbers(year, falling=falling):
        for m in months:
            for d in days:
                if d <= _month_length(y, m):
                    yield y, m, d


def _within(mask: str, highest: int, *, falling: bool) -> list[int]:
    return [n for n in _numbers(mask, falling=falling) if 1 <= n <= highest]


def _numbers(mask: str, *, falling: bool) -> Iterator[int]:
    """Yield the numbers that fit a mask like 2X or -01XX, in order; -0000 is none."""
    negative = mask.startswith("-")
    digits = "9876543210" if falling != negative else "0123456789"
    signs = mask.lstrip("-")
    for picked in product(*(digits if sign == "X" else sign for sign in signs)):
        number = int("".join(picked))
        if number or not negative:
            yield -number if negative else number


def _season(year: str, code: str) -> tuple[Day, Day]:
    start, count = _SEASONS[code]
    (first_year, _, _), (last_year, _, _) = _masked(year, "XX", "XX")
    years_on, month = divmod(start + count - 2, 12)
    last_year, month = last_year + years_on, month + 1
    return (first_year, start, 1), (last_year, month, _month_length(last_year, month))


def _year(match: re.Match[str]) -> tuple[Day, Day]:
    """Read a year with a Y before it, significant digits behind it, or both."""
    digits, zeros, significant = match["digits"], match["zeros"], match["significant"]
    if not match["prefix"] and (len(digits) != 4 or zeros):
        raise DateFault("a year has four digits; write a longer one like Y20250")
    if match["prefix"] and (digits[0] == "0" or (len(digits) < 5 and not zeros)):
        raise DateFault("a year after Y has more than four digits, the first not 0")
    width = len(digits) + int(zeros or 0)
    if width > _LONGEST_YEAR:
        raise DateFault(f"a year has at most {_LONGEST_YEAR} digits")
    known = int(significant or width)
    if known > width:
        raise DateFault(f"the year has {width} digits, so not {known} significant ones")
    unit: int = 10 ** (width - known)
    low = int(digits) * 10 ** int(zeros or 0) // unit * unit
    high = low + unit - 1
    if match["sign"]:
        low, high = -high, -max(low, 1)
    return (low, 1, 1), (high, 12, 31)


def _month_length(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else _MONTH_LENGTHS[month - 1]
