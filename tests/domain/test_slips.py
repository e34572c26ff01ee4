"""Hold domain.slips to how people write dates that are no EDTF: what can be told of them is said in the refusal."""

import re

import pytest

from domain.dates import DateFault, bounds
from domain.slips import find_meant

ONE = {
    "2025-12-21": (
        *("2025/12/21", "12/21/2025", "21/12/2025", "21.12.2025", "20251221", "2025.12.21"),
        *("2025. 12. 21.", "2025년 12월 21일", "2025\u201312\u201321", "2025年12月21日", "21-12-2025"),
    ),
    "2025-01-01": ("2025-1-1", "1/1/2025"),
    "2018-10": ("2018년 10월", "2018/10", "10.2018"),
}


@pytest.mark.parametrize(("text", "meant"), [(text, meant) for meant, texts in ONE.items() for text in texts])
def test_what_was_meant_is_said(text, meant):
    """A date in numbers that is written otherwise is refused with the date to write in its place, and no other."""
    told = f"the year comes first, then two digits each, with hyphens between; write {meant}."
    with pytest.raises(DateFault, match=re.escape(told) + "$"):
        bounds(text)


def test_of_a_year_nothing_is_said_of_months():
    """A year alone that is written otherwise is refused with the year to write, and no rule of months and days."""
    with pytest.raises(DateFault, match=r"^'2018년' is not an EDTF date: write 2018\.$"):
        bounds("2018년")


def test_what_can_be_read_in_two_ways_is_named_both_ways():
    """Where a text does not tell which number is the month, both dates are named and none is chosen."""
    with pytest.raises(DateFault, match=r"it can be read in two ways; write 2025-03-04 or 2025-04-03\.$"):
        bounds("03/04/2025")


@pytest.mark.parametrize(
    "text", ["вчера", "2025-02-30", "30.02.2025", "2025-13", "21/2025", "1/2", "21-12-25", "2025-12-2x", "", "2024/25"]
)
def test_nothing_is_guessed(text):
    """Of what names no day of the calendar in numbers, its year in full, no date is told."""
    assert find_meant(text) == []
