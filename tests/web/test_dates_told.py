"""Dates in words: as exact as they were given, and in the order and the case of each language."""

from __future__ import annotations

import pytest

from service.web.pages.dates import tell_day, tell_instant
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
        "1 Sep 2025 to 30 Nov 2025",
        "2025년 9월 1일~2025년 11월 30일",
        "с 1\u00a0сентября 2025\u00a0г. по 30\u00a0ноября 2025\u00a0г.",
    ),
    "2025-12-2X": (
        "20 Dec 2025 to 29 Dec 2025",
        "2025년 12월 20일~2025년 12월 29일",
        "с 20\u00a0декабря 2025\u00a0г. по 29\u00a0декабря 2025\u00a0г.",
    ),
    "../2025-12-21": ("by 21 Dec 2025", "늦어도 2025년 12월 21일", "не позднее 21\u00a0декабря 2025\u00a0г."),
    "2025-02-01/": ("1 Feb 2025 or later", "2025년 2월 1일 이후", "не ранее 1\u00a0февраля 2025\u00a0г."),
    "the other day": ("the other day", "the other day", "the other day"),
}


@pytest.mark.parametrize(("text", "told"), DATES.items())
def test_a_date_is_told_as_exactly_as_it_was_given(text, told):
    """A day, a month, a season, bounds or a doubt, in the language's own order and case."""
    assert told == tuple(tell_day(text, translations_of(language)) for language in ("en", "ko", "ru"))


def test_an_instant_names_its_clock():
    """An instant of the recording clock is told to the minute, with its time zone."""
    told = [tell_instant("2026-03-05T09:07:59.123456Z", translations_of(language)) for language in ("en", "ko", "ru")]
    assert told == [
        "5 Mar 2026, 09:07 UTC",
        "2026년 3월 5일 09:07\u00a0UTC",
        "5\u00a0марта 2026\u00a0г., 09:07\u00a0UTC",
    ]
