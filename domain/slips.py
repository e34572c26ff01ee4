"""Dates as people write them who do not write EDTF, and which days they can mean."""

import re
from collections.abc import Iterator
from datetime import date

_BETWEEN = "[-./,\\s\u2010-\u2015\u2212년월年月]{1,3}"  # hyphens of every length, and the words of Korean and Chinese
_APART = re.compile(f"([0-9]+)(?:{_BETWEEN}([0-9]+))?(?:{_BETWEEN}([0-9]+))?[.년월일年月日]?", re.ASCII)
_YEAR_FIRST = re.compile("[0-9]{4}(-[0-9]{1,2}){0,2}")
_TOGETHER = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")


def find_meant(text: str) -> list[str]:
    """List the years, months or days, in EDTF, that a text can mean that gives them in numbers only.

    Two where it does not tell which number is the month; none of what gives them otherwise, or gives none.
    """
    match = _TOGETHER.fullmatch(text) or _APART.fullmatch(text)
    if match is None:
        return []
    numbers = [number for number in match.groups() if number]
    orders = (numbers, numbers[::-1], [*numbers[2:], *numbers[:2]])  # the year first, last, last and the month first
    return sorted({meant for order in orders for meant in _write(order)})


def _write(numbers: list[str]) -> Iterator[str]:
    if not _YEAR_FIRST.fullmatch("-".join(numbers)):
        return
    try:
        day = date(*(*map(int, numbers), 1, 1)[:3]).isoformat()
    except ValueError:  # the calendar has no such day
        return
    yield day[: 1 + 3 * len(numbers)]
