"""Dates in words: as exact as they were given, and in the order and the case of each language."""

from __future__ import annotations

import pytest

from service.telling.dates import find_exact, tell_day, tell_instant, tell_past, tell_until
from service.web.pages.languages import translations_of

DATES = {
    "2026-03-05": ("5 Mar 2026", "2026년 3월 5일", "5\u00a0марта 2026\u00a0г."),
    "2026-05": ("May 2026", "2026년 5월", "май 2026\u00a0г."),
    "2026": ("2026", "2026년", "2026\u00a0г."),
    "2026-03-05~": ("about 5 Mar 2026", "2026년 3월 5일경", "5\u00a0марта 2026\u00a0г. (приблизительно)"),
    "2026-08?": ("Aug 2026, uncertain", "2026년 8월(불확실)", "август 2026\u00a0г. (под вопросом)"),
    "2007-21": ("spring 2007", "2007년 봄", "весна 2007\u00a0г."),
    "2007-21~": ("about spring 2007", "2007년 봄경", "весна 2007\u00a0г. (приблизительно)"),
    "2025-34": ("second quarter of 2025", "2025년 2분기", "II квартал 2025\u00a0г."),
    "2025-29": (
        "some time from Sep 2025 to Nov 2025",
        "2025년 9월~2025년 11월 중 어느 때",
        "когда-то в промежутке сентябрь 2025\u00a0г. — ноябрь 2025\u00a0г.",
    ),
    "2025-12-2X": (
        "some time from 20 Dec 2025 to 29 Dec 2025",
        "2025년 12월 20일~2025년 12월 29일 중 어느 때",
        "когда-то в промежутке 20\u00a0декабря 2025\u00a0г. — 29\u00a0декабря 2025\u00a0г.",
    ),
    "2025-12-20/2025-12-22": (
        "20 Dec 2025 to 22 Dec 2025",
        "2025년 12월 20일~2025년 12월 22일",
        "20\u00a0декабря 2025\u00a0г. — 22\u00a0декабря 2025\u00a0г.",
    ),
    "[2025-12-20,2025-12-22]": (
        "one of these: 20 Dec 2025, 22 Dec 2025",
        "다음 중 하나: 2025년 12월 20일, 2025년 12월 22일",
        "одна из этих дат: 20\u00a0декабря 2025\u00a0г., 22\u00a0декабря 2025\u00a0г.",
    ),
    "{2025-12-20, 2026-01..}": (
        "all of these: 20 Dec 2025, Jan 2026 or later",
        "다음 모두: 2025년 12월 20일, 2026년 1월 이후",
        "все эти даты: 20\u00a0декабря 2025\u00a0г., январь 2026\u00a0г. или позже",
    ),
    "2020-11-23T08:40:00+09:00": (
        "23 Nov 2020, 08:40 (+09:00)",
        "2020년 11월 23일 08:40(+09:00)",
        "23\u00a0ноября 2020\u00a0г., 08:40 (+09:00)",
    ),
    "2020-11-23T08:40:15Z": (
        "23 Nov 2020, 08:40:15 UTC",
        "2020년 11월 23일 08:40:15\u00a0UTC",
        "23\u00a0ноября 2020\u00a0г., 08:40:15\u00a0UTC",
    ),
    "2020-11-23T08:40:00": (
        "23 Nov 2020, 08:40 (zone not given)",
        "2020년 11월 23일 08:40(시간대 미상)",
        "23\u00a0ноября 2020\u00a0г., 08:40 (часовой пояс не указан)",
    ),
    "2025-XX-31": (
        "the 31st of a month in 2025",
        "2025년 어느 달 31일",
        "31-е число одного из месяцев 2025\u00a0г.",
    ),
    "2025-XX-12": (
        "the 12th of a month in 2025",
        "2025년 어느 달 12일",
        "12-е число одного из месяцев 2025\u00a0г.",
    ),
    "2025-12-XX": ("Dec 2025", "2025년 12월", "декабрь 2025\u00a0г."),
    "201X-12-25": ("25 Dec 201X", "201X년 12월 25일", "25\u00a0декабря 201X\u00a0г."),
    "-0044-03-15": ("15 Mar 45 BC", "기원전 45년 3월 15일", "15\u00a0марта 45\u00a0г. до\u00a0н.\u00a0э."),
    "0000": ("1 BC", "기원전 1년", "1\u00a0г. до\u00a0н.\u00a0э."),
    "../2025-12-21": ("by 21 Dec 2025", "늦어도 2025년 12월 21일", "21\u00a0декабря 2025\u00a0г. или раньше"),
    "2025-02-01/": ("1 Feb 2025 or later", "2025년 2월 1일 이후", "1\u00a0февраля 2025\u00a0г. или позже"),
    "2025-12/2026-01": ("Dec 2025 to Jan 2026", "2025년 12월~2026년 1월", "декабрь 2025\u00a0г. — январь 2026\u00a0г."),
    "2025/2026": ("2025 to 2026", "2025년~2026년", "2025\u00a0г. — 2026\u00a0г."),
    "2025/2025": ("2025", "2025년", "2025\u00a0г."),
    "2024-10/..": ("Oct 2024 or later", "2024년 10월 이후", "октябрь 2024\u00a0г. или позже"),
    "../2025-12": ("by Dec 2025", "늦어도 2025년 12월", "декабрь 2025\u00a0г. или раньше"),
    "2025-12-2X/2025-12-30": (
        "start: some time from 20 Dec 2025 to 29 Dec 2025; end: 30 Dec 2025",
        "시작: 2025년 12월 20일~2025년 12월 29일 중 어느 때, 끝: 2025년 12월 30일",
        (
            "начало: когда-то в промежутке 20\u00a0декабря 2025\u00a0г. — 29\u00a0декабря 2025\u00a0г.; "
            "конец: 30\u00a0декабря 2025\u00a0г."
        ),
    ),
    "2025-12~/..": (
        "start: about Dec 2025; end: open",
        "시작: 2025년 12월경, 끝: 정해지지 않음",
        "начало: декабрь 2025\u00a0г. (приблизительно); конец: не указан",
    ),
    "{2025-11..2026-01}": (
        "all of these: Nov 2025 to Jan 2026",
        "다음 모두: 2025년 11월~2026년 1월",
        "все эти даты: ноябрь 2025\u00a0г. — январь 2026\u00a0г.",
    ),
    "201X": (
        "some time from 2010 to 2019",
        "2010년~2019년 중 어느 때",
        "когда-то в промежутке 2010\u00a0г. — 2019\u00a0г.",
    ),
    "the other day": ("the other day", "the other day", "the other day"),
}


@pytest.mark.parametrize(("text", "told"), DATES.items())
def test_a_date_is_told_as_exactly_as_it_was_given(text, told):
    """A day, a month, a season, bounds or a doubt, in the language's own order and case."""
    assert told == tuple(tell_day(text, translations_of(language)) for language in ("en", "ko", "ru"))


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("2025", "2025"),
        ("2025-12-21", "2025-12-21"),
        ("2020-11-23T08:40:00+09", "2020-11-23T08:40:00+09:00"),
        ("2020-11-23T08:40:00Z", "2020-11-23T08:40:00Z"),
        *((vague, None) for vague in ("2025-12-21~", "2007-21", "2025-12-2X", "0000", "-0044", "2016-12-31T23:59:60Z")),
    ],
)
def test_what_is_exact_can_be_read_by_programs(text, exact):
    """What HTML has a form for is given in it; whatever is vague is given in words only."""
    assert exact == find_exact(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2020-11-23", "23 Nov 2020"),
        ("../2020-11-23", "23 Nov 2020"),
        ("2020-11-23T23:30:00-05:00", "24 Nov 2020"),
        ("2020-11~", "30 Nov 2020"),
        ("2020", "31 Dec 2020"),
        ("2020/..", "2020 or later"),
    ],
)
def test_what_was_said_until_a_date_names_its_last_day(text, told):
    """Whatever `said_until` is written as, a reader is told the day to whose end it reaches."""
    assert told == tell_until(text, translations_of("en"))


@pytest.mark.parametrize(
    ("at", "until", "told"),
    [
        (None, None, ""),
        ("2026-11-26T09:13:59.123456Z", None, " (as of 26 Nov 2026, 09:13 UTC)"),
        (None, "2026-11", " (what had been said by 30 Nov 2026)"),
        ("", None, " (as of log size 0)"),
    ],
)
def test_the_past_is_told_in_brackets(at, until, told):
    """Of what was asked as of a moment, the moment is said, with its clock; of the present nothing is."""
    assert told == tell_past(at, until)


def test_an_instant_names_its_clock():
    """An instant of the recording clock is told to the minute, with its time zone."""
    told = [tell_instant("2026-03-05T09:07:59.123456Z", translations_of(language)) for language in ("en", "ko", "ru")]
    assert told == [
        "5 Mar 2026, 09:07 UTC",
        "2026년 3월 5일 09:07\u00a0UTC",
        "5\u00a0марта 2026\u00a0г., 09:07\u00a0UTC",
    ]


def test_a_deadline_is_told_in_the_zone_that_it_was_given_in():
    """An instant with an offset, kept as it was sent, is told with that offset and never as UTC."""
    at = "2026-03-05T18:00:00+09:00"
    assert [tell_instant(at, translations_of(language)) for language in ("en", "ko", "ru")] == [
        "5 Mar 2026, 18:00 (+09:00)",
        "2026년 3월 5일 18:00(+09:00)",
        "5\u00a0марта 2026\u00a0г., 18:00 (+09:00)",
    ]
