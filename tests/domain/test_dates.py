"""Hold domain.dates to EDTF: what it accepts, with which bounds, and what it refuses."""

import calendar
import datetime as dt
import re
import time
import warnings

import pytest
from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.dates import Bounds, DateFault, bounds

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it calls pyparsing by old names
    from edtf_validate.valid_edtf import is_valid

BOUNDED = {
    Bounds((2025, 12, 21), (2025, 12, 21)): ("2025-12-21", "2025-12-21~"),
    Bounds((2024, 2, 1), (2024, 2, 29)): ("2024-02", "2024-02?", "2024-02-XX"),
    Bounds((1900, 2, 1), (1900, 2, 28)): ("1900-02",),
    Bounds((2025, 1, 1), (2025, 12, 31)): ("2025", "2025%", "2025-XX", "2025-XX-XX"),
    Bounds((-44, 1, 1), (-44, 12, 31)): ("-0044", "-0044-01/-0044-12"),
    Bounds((-44, 3, 15), (-44, 3, 15)): ("-0044-03-15", "-0044-03-15T10:00:00Z"),
    Bounds((2004, 6, 11), (2004, 6, 11)): ("2004-06~-11", "?2004-06-~11", "2004?-06-11", "2004-06-11%"),
    Bounds((2020, 11, 23), (2020, 11, 23)): ("2020-11-23T08:40:00Z", "2020-11-23T08:40:00", "2020-11-23T08:40:00+01"),
    Bounds((2020, 12, 31), (2021, 1, 1)): ("2021-01-01T00:30:00+01:00", "2020-12-31T23:40:00-05:00"),
    Bounds((2024, 2, 29), (2024, 3, 1)): ("2024-03-01T05:29:00+05:30",),
    Bounds((2023, 2, 28), (2023, 3, 1)): ("2023-02-28T13:00:00-11:00",),
    Bounds((2016, 12, 31), (2016, 12, 31)): ("2016-12-31T23:59:60Z",),
    Bounds((2016, 12, 31), (2017, 1, 1)): ("2017-01-01T08:59:60+09:00",),
    Bounds((2025, 12, 20), (2025, 12, 29)): ("2025-12-2X",),
    Bounds((2025, 12, 1), (2025, 12, 31)): ("2025-12-XX", "2025-12-X1"),
    Bounds((2023, 2, 20), (2023, 2, 28)): ("2023-02-2X",),
    Bounds((2025, 10, 1), (2025, 12, 31)): ("2025-1X",),
    Bounds((2025, 1, 1), (2025, 11, 30)): ("2025-X1",),
    Bounds((2010, 1, 1), (2019, 12, 31)): ("201X",),
    Bounds((1560, 12, 25), (1569, 12, 25)): ("156X-12-25",),
    Bounds((1000, 12, 1), (1999, 12, 31)): ("1XXX-12-XX",),
    Bounds((0, 12, 25), (9999, 12, 25)): ("XXXX-12-25",),
    Bounds((1904, 2, 29), (1996, 2, 29)): ("19XX-02-29",),
    Bounds((-199, 1, 1), (-100, 12, 31)): ("-01XX", "-0150S2"),
    Bounds((-9, 1, 1), (-1, 12, 31)): ("-000X", "-0001S3"),
    Bounds((2007, 3, 1), (2007, 5, 31)): ("2007-21", "2007-21~", "2007-25", "2007-31"),
    Bounds((2007, 6, 1), (2007, 8, 31)): ("2007-22", "2007-26", "2007-32"),
    Bounds((2007, 9, 1), (2007, 11, 30)): ("2007-23", "2007-27", "2007-29"),
    Bounds((2007, 12, 1), (2008, 2, 29)): ("2007-24", "2007-28", "2007-30"),
    Bounds((2006, 12, 1), (2007, 2, 28)): ("2006-24",),
    Bounds((2007, 1, 1), (2007, 3, 31)): ("2007-33",),
    Bounds((2007, 4, 1), (2007, 6, 30)): ("2007-34",),
    Bounds((2007, 7, 1), (2007, 9, 30)): ("2007-35",),
    Bounds((2007, 10, 1), (2007, 12, 31)): ("2007-36",),
    Bounds((2007, 1, 1), (2007, 4, 30)): ("2007-37",),
    Bounds((2007, 5, 1), (2007, 8, 31)): ("2007-38",),
    Bounds((2007, 9, 1), (2007, 12, 31)): ("2007-39",),
    Bounds((2007, 1, 1), (2007, 6, 30)): ("2007-40",),
    Bounds((2007, 7, 1), (2007, 12, 31)): ("2007-41",),
    Bounds((170000002, 1, 1), (170000002, 12, 31)): ("Y170000002",),
    Bounds((-170000000, 1, 1), (-170000000, 12, 31)): ("Y-17E7", "Y-170000000"),
    Bounds((999999999999, 1, 1), (999999999999, 12, 31)): ("Y999999999999",),
    Bounds((1700000000, 1, 1), (1709999999, 12, 31)): ("Y17E8S3",),
    Bounds((338000, 1, 1), (338999, 12, 31)): ("Y3388E2S3", "Y338800S3"),
    Bounds((1900, 1, 1), (1999, 12, 31)): ("1950S2", "19XX"),
    Bounds((50, 1, 1), (59, 12, 31)): ("0050S3",),
    Bounds((2004, 1, 1), (2005, 12, 31)): ("2004/2005", "2004~/2005-12"),
    Bounds((2004, 6, 1), (2004, 12, 31)): ("2004-06/2004",),
    Bounds(None, (2004, 12, 31)): ("../2004", "/2004", "[..2004]"),
    Bounds((2004, 12, 1), None): ("2004-12/..", "2004-12/", "[2004-12..]"),
    Bounds((2003, 3, 1), (2004, 8, 31)): ("2003-21/2004-22?",),
    Bounds((2004, 6, 1), (2004, 6, 20)): ("2004-06-~01/2004-06-~20",),
    Bounds((2004, 6, 1), (2004, 7, 3)): ("2004-06-XX/2004-07-03",),
    Bounds((1667, 1, 1), (1672, 12, 31)): ("[1667,1668, 1670..1672]",),
    Bounds((1960, 1, 1), (1961, 12, 31)): ("{1961-12,1960}", "{1960..1961-12}"),
    Bounds(None, None): ("{..1983,1984-10..}",),
}
ACCEPTED = {text: found for found, texts in BOUNDED.items() for text in texts}

REASONED = {
    "has none of the forms": ("", "soon", "1950S0", "[2000,2001/2002]", "[2000 ,2001]"),
    "a year has four digits": ("17E7",),
    "there is no month": ("2025-13/2026", "2025-00", "2025-2X", "2007-42", "2007-21-03"),
    "there is no day": ("2025-12-32", "2025-12-00", "2025-12-4X"),
    "no day of the calendar is": (
        *("2023-02-29", "1900-02-29", "2025-04-31", "2025-02-3X", "XXX1-02-29"),
        *("2023-02-29T08:40:00Z", "2023-02-29/2024", "[2025-02-3X,2026]"),
    ),
    "there is no year -0000": ("-0000", "?-0000-01", "-0000S1"),
    "an unknown digit is a capital X": ("2025-xx",),
    "it has blanks around it": (" 2025", "2025 ", "2025\n"),
    "it has characters other than ASCII": ("\uff12\uff10\uff12\uff15", "\u0662\u0660\u0662\u0665", "вчера"),
    "it has more than 100 characters": ("2025" * 26,),
    "a date-time is like 2020-11-23T08:40:00Z, with every part": (
        *("2020-11-23T", "2020-11-23T08:40Z", "2020-11-23T08:40:00Z?"),
        *("2020-11T08:40:00Z", "2020-11-2XT08:40:00Z", "2020-11-23T08:40:00+0100"),
    ),
    "EDTF has no fractions of a second": ("2020-11-23T08:40:00.5Z",),
    "the hour goes up to 23 and the minute to 59": ("2020-11-23T24:00:00Z", "2020-11-23T08:60:00Z"),
    "the second goes up to 59, or 60 when it is 23:59:60 in UTC": (
        "2016-12-31T23:59:61Z",
        "2016-12-31T08:40:60Z",
        "2016-12-31T23:59:60+01:00",
    ),
    "an offset goes up to 14:00 and its minutes to 59": ("2020-11-23T08:40:00+14:01", "2020-11-23T08:40:00+01:60"),
    "a year after Y has more than four digits": ("Y1985", "Y-1985", "Y0012345"),
    "a year has at most 12 digits": ("Y1E12", "Y1E99999999999999", "Y1000000000000"),
    "the year has 4 digits, so not 5 significant ones": ("1950S5",),
    "before it starts (2025": ("2025/2024", "[2025..2024,2026]", "2025-06-10/2025-06-0X"),
    "it is open at both ends": ("../..", "/", "/..", "../", "[..]"),
    "an interval has two ends": ("2004/2005/2006", "2020-11-23T08:40:00Z/..", "2004/[2005,2006]"),
    "a set stands alone": ("[", "[2005,2006", "[2005,2006}", "[2005,2006]/2007"),
    "a set has two dates or more": ("[1667]", "{}"),
    "item of a set can be open": ("[2000,..2001]", "[2000..,2001]"),
}
REFUSED = {text: reason for reason, texts in REASONED.items() for text in texts}

# By edtf's strict bounds: the day in UTC does not count; leap seconds, qualified seasons
# and some masks and sets are beyond it; 29 February is in every year and -000X ends in
# year 0; S widens nothing; an unknown end is ten years off; winter ends with December.
EDTF_DIFFERS = {
    *("2021-01-01T00:30:00+01:00", "2020-12-31T23:40:00-05:00"),
    *("2024-03-01T05:29:00+05:30", "2023-02-28T13:00:00-11:00"),
    *("2016-12-31T23:59:60Z", "2017-01-01T08:59:60+09:00", "/2004", "2004-12/", "2007-24", "2007-28", "2007-30"),
    *("2006-24", "2007-21~", "2025-12-2X", "2025-12-X1", "2023-02-2X", "2025-1X", "2025-X1"),
    *("{..1983,1984-10..}", "{1960..1961-12}", "19XX-02-29", "-000X", "-0001S3"),
    *("Y17E8S3", "Y3388E2S3", "Y338800S3", "1950S2", "0050S3", "-0150S2"),
}
# edtf-validate has no leap seconds, no interval from a month to its own year or within
# a negative year and, in sets, no such space and no range from a year to a month.
VALIDATOR_REFUSES = {
    *("2016-12-31T23:59:60Z", "2017-01-01T08:59:60+09:00", "2004-06/2004"),
    *("-0044-01/-0044-12", "[1667,1668, 1670..1672]", "{1960..1961-12}"),
}
# It looks up no calendar, takes sets out of order, hour 24, a month with a time, years
# of any length, intervals open at both ends, and looks past some blanks.
VALIDATOR_ACCEPTS = {
    *("2023-02-29", "1900-02-29", "2025-02-3X", "XXX1-02-29", "[2025-02-3X,2026]"),
    *("2023-02-29T08:40:00Z", "2020-11T08:40:00Z", "2020-11-23T24:00:00Z"),
    *("Y1E12", "Y1E99999999999999", "Y1000000000000", "1950S5", "[2025..2024,2026]"),
    *("../..", "/..", "../", "2025\n", "[2000 ,2001]"),
}

WORST = (
    *("XXXX-02-3X", "XXX1-02-29", "-XXX1-02-29/-XXX1-02-29"),
    *("[" + "XXXX," * 18 + "XXX1-02-29]", "[" + "," * 98 + "]", "." * 100),
    *("Y1E" + "9" * 97, "Y" + "9" * 99, "2025" + "~" * 96, "2025" * 1_000_000),
)


@st.composite
def days(draw):
    """Draw a day of the years -9600 to 9999, by the 400-year cycle of the calendar."""
    day = draw(st.dates(dt.date(2000, 1, 1), dt.date(2399, 12, 31)))
    return day.year + 400 * draw(st.integers(-29, 19)), day.month, day.day


def written(day):
    """Write a day as EDTF does."""
    year, month, number = day
    return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{number:02}"


def edtf_bounds(text):
    """Ask the edtf package for the strict bounds of a date; None where it fails."""
    try:
        date = parse_edtf(text)
        ends = (date.lower_strict(), date.upper_strict())
    except (EDTFParseException, AttributeError, TypeError, ValueError):
        return None
    return Bounds(*(None if isinstance(end, float) else tuple(end)[:3] for end in ends))


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items())
def test_bounds(text, expected):
    """A date has the earliest and the latest day that it can stand for as bounds."""
    assert expected == bounds(text)


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_refused(text, reason):
    """A text that is no date is refused with the reason."""
    with pytest.raises(DateFault, match=re.escape(reason)):
        bounds(text)


def test_message():
    """A refusal quotes the text, says what is wrong and what to write instead."""
    expected = (
        "'2025-13' is not an EDTF date: there is no month 13. Write for example "
        "2025-12-21, 2025-12, 2025-12-21~, 2025-12-2X, 2007-21, ../2025-12-21"
    )
    with pytest.raises(DateFault) as caught:
        bounds("2025-13")
    assert expected == str(caught.value)


@pytest.mark.parametrize("text", WORST, ids=range(len(WORST)))
def test_worst_is_quick(text):
    """A text made to be slow is refused in well under a second, in few words."""
    started = time.process_time()
    with pytest.raises(DateFault) as caught:
        bounds(text)
    assert time.process_time() - started < 0.5
    assert len(str(caught.value)) < 500


def test_memory_is_bounded():
    """The dates remembered have a stated number."""
    assert bounds.cache_info().maxsize == 4096


@given(days())
def test_day_is_itself(day):
    """A calendar day is its own earliest and latest day, in years before 0 too."""
    assert Bounds(day, day) == bounds(written(day))


@given(days(), st.data())
def test_mask_contains(day, data):
    """A mask of a day has bounds that contain the day and fit the mask."""
    text = written(day)
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    hidden = data.draw(st.sets(st.sampled_from(places)))
    mask = "".join("X" if at in hidden else sign for at, sign in enumerate(text))
    found = bounds(mask)
    fits = re.compile(mask.replace("X", "[0-9]"))
    assert found.earliest <= day <= found.latest
    assert fits.fullmatch(written(found.earliest))
    assert fits.fullmatch(written(found.latest))


@given(
    st.integers(1, 9999),
    st.from_regex("[01X][0-9X]", fullmatch=True),
    st.from_regex("[0-3X][0-9X]", fullmatch=True),
)
def test_mask_is_tight(year, month, day):
    """A mask within a year has the first and last fitting day of it, or is refused."""
    fits = re.compile(f"{year:04}-{month}-{day}".replace("X", "[0-9]"))
    fitting = [
        (year, m, d)
        for m in range(1, 13)
        for d in range(1, calendar.monthrange(year, m)[1] + 1)
        if fits.fullmatch(written((year, m, d)))
    ]
    try:
        found = bounds(f"{year:04}-{month}-{day}")
    except DateFault:
        found = None
    assert found == (Bounds(fitting[0], fitting[-1]) if fitting else None)


@given(days(), st.integers(1, 3), st.lists(st.sampled_from(["", *"~?%"]), min_size=6))
def test_qualifiers_change_nothing(day, depth, marks):
    """A date has the same bounds with qualifiers as without."""
    year, month, number = written(day).rsplit("-", 2)
    parts = [year, month, number][:depth]
    marked = [marks[2 * at] + part + marks[2 * at + 1] for at, part in enumerate(parts)]
    assert bounds("-".join(parts)) == bounds("-".join(marked))


@given(days(), days())
def test_interval(one, other):
    """An interval runs from its start to its end, which are refused when swapped."""
    assume(one != other)
    start, end = sorted([one, other])
    assert Bounds(start, end) == bounds(f"{written(start)}/{written(end)}")
    with pytest.raises(DateFault, match="before it starts"):
        bounds(f"{written(end)}/{written(start)}")


@settings(max_examples=500)
@given(
    st.text()
    | st.text("0123456789X-/.~?%SYETZ:[]{}, +", max_size=110)
    | st.lists(st.sampled_from([*ACCEPTED, *"XYTSEZ/[]{},-", "..", "02-3X"])).map("".join)
)
def test_any_text(text):
    """Any text at all has bounds in order or is refused as a date."""
    try:
        found = bounds(text)
    except DateFault:
        return
    ends = [end for end in (found.earliest, found.latest) if end is not None]
    assert sorted(ends) == ends


def test_edtf_agrees():
    """The edtf package finds the same bounds but where it is known to differ."""
    differing = {text for text, ours in ACCEPTED.items() if edtf_bounds(text) != ours}
    assert differing == EDTF_DIFFERS


def test_validator_agrees():
    """The edtf-validate package accepts the same dates but where known to differ."""
    refused_there = {text for text in ACCEPTED if not is_valid(text)}
    accepted_there = {text for text in REFUSED if is_valid(text)}
    assert (refused_there, accepted_there) == (VALIDATOR_REFUSES, VALIDATOR_ACCEPTS)
