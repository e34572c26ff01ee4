"""A claim's story as a picture: every mark stands at its date, whatever stands there already."""

from __future__ import annotations

import re

from service.web.pages.shapes import shape_of
from tests.builders import KREMLIN, said
from tests.web.browsing import browse
from tests.web.newsroom import CLAIM, open_claim


def read_marks(client):
    """Read the marks of a claim's picture: what each is called, its place, and its outline."""
    marks = browse(client, CLAIM).html.split('<circle class="disc" ')[1:]
    return [
        (
            mark.partition("<title>")[2].partition("</title>")[0],
            float(mark.partition('cx="')[2].partition('"')[0]),
            float(mark.partition('cy="')[2].partition('"')[0]),
            mark.partition(' d="')[2].partition('"')[0],
        )
        for mark in marks
    ]


def test_what_is_alike_and_of_one_day_is_one_mark(desk, client):
    """Eight reports of one day are one mark at that day, with their number; a denial that day stands under it."""
    open_claim(
        desk,
        *(said("reported", said_on="2026-01-01", scope=f"Part {n}") for n in range(8)),
        said("denied", said_on="2026-01-01"),
        said("denied", said_on="2026-12-31"),
        said("ncnd", KREMLIN, said_on="2026-01-01"),
    )
    (reports, x, y, _), (denial, *under, _), (_, *last, _), (_, *other, _) = read_marks(client)
    assert ("2, 3, 4, 5, 6, 7, 8, 9: reported", "10: denied") == (reports, denial)
    assert ([x, y + 24], [712, y]) == (under, last)
    assert other[0] == x
    assert other[1] > y + 24 + 22  # the next lane begins under the last mark of this one
    assert ">×8</text>" in browse(client, CLAIM).html


def test_a_turn_crosses_no_name(desk, client):
    """The arc between two marks side by side bends below the name of their lane."""
    open_claim(desk, said("denied", said_on="2026-01-01"), said("confirmed", said_on="2026-02-01"))
    page = browse(client, CLAIM).html
    (arc,) = re.findall(r'<path class="turn" d="M\d+ (\d+)Q\d+ (\d+) \d+ (\d+)"/>', page)
    start, bend, end = map(int, arc)
    (name,) = re.findall(r'<text class="lane-name" lang="" x="16" y="(\d+)">', page)
    assert (start + 2 * bend + end) // 4 > int(name) + 4


def test_what_is_of_a_part_has_a_mark_of_its_own(desk, client):
    """A partial acknowledgement and a partial denial are told from full ones by their outlines."""
    open_claim(
        desk,
        said("confirmed", said_on="2026-01-01"),
        said("acknowledged", KREMLIN, extent="partial", said_on="2026-01-02"),
        said("denied", KREMLIN, extent="partial", said_on="2026-01-03"),
    )
    told = [(title, outline) for title, _, _, outline in read_marks(client)]
    assert told == [
        ("2: confirmed", shape_of("affirms")),
        ("3: acknowledged in part", shape_of("affirms", partial=True)),
        ("4: denied in part", shape_of("denies", partial=True)),
    ]
    assert len({outline for _, outline in told}) == 3


def test_how_it_was_said_is_told_of_a_mark(desk, client):
    """Whose denial is hedged and whose is not, and who spoke on background, is told of the marks, each its own."""
    open_claim(
        desk,
        said("denied", said_on="2026-01-01"),
        said("denied", said_on="2026-01-01", strength="hedged", scope="A part"),
        said("denied", KREMLIN, said_on="2026-01-02", strength="categorical", attribution="background"),
    )
    assert [title for title, *_ in read_marks(client)] == [
        *("2: denied", "3: denied, hedged", "4: denied, on background, categorical")
    ]


def test_a_moment_is_a_mark_at_its_day(desk, client):
    """A time is no span, whatever its zone: it stands at the day that it was given by, beside what has no time."""
    days = ("2026-01-01", "2026-01-01T23:30:00-05:00", "2026-01-01T00:30:00+09:00", "2026-01-01T12:00:00", "2026-12-31")
    open_claim(desk, *(said("denied", said_on=day, scope=f"Part {n}") for n, day in enumerate(days)))
    assert ["2, 3, 4, 5: denied", "6: denied"] == [title for title, *_ in read_marks(client)]
    assert 'class="bar' not in browse(client, CLAIM).html


def test_a_word_that_does_not_count_is_drawn_as_that(desk, client):
    """What was taken back, is overtaken or changes nothing is faded, and the legend says what that means."""
    minister, president = ({"name": name, "kind": "state", "country": "OM"} for name in ("Minister", "President"))
    open_claim(
        desk,
        said("denied", minister, said_on="2026-01-01"),
        said("confirmed", president, said_on="2026-01-02"),
        said("declined", president, said_on="2026-01-03"),
        said("denied", KREMLIN, said_on="2026-01-04"),
    )
    page = browse(client, CLAIM)
    looks = [mark.partition('"')[0] for mark in page.html.partition("<svg viewBox=")[2].split('<g class="')[1:]]
    assert looks == ["denies gone", "affirms", "withholds gone", "denies"]
    assert "faded: taken back, overtaken, or changes nothing" in page.text
    assert "dotted" not in page.text


def test_a_slip_that_was_mended_is_not_drawn_as_withdrawn(desk, client):
    """A refile moves nothing: in the picture it is a faded dash, as a clarification is, and in the history a dash."""
    paper = {"name": "Geneva Daily", "kind": "media", "country": "CH"}
    open_claim(
        desk,
        said("reported", paper, said_on="2026-01-01"),
        said("corrected", paper, regarding=2, grade="refile", said_on="2026-01-02"),
        said("clarified", paper, regarding=2, said_on="2026-01-03"),
        said("corrected", paper, regarding=2, grade="corrected", said_on="2026-01-04"),
    )
    page = browse(client, CLAIM)
    looks = [mark.partition('"')[0] for mark in page.html.partition("<svg viewBox=")[2].split('<g class="')[1:]]
    assert looks == ["asserts gone", "kept gone", "kept gone", "withdrawn"]
    assert [outline for *_, outline in read_marks(client)][1:] == [
        *(shape_of("kept"), shape_of("kept"), shape_of("withdrawn"))
    ]
    assert [mark.partition('"')[0] for mark in page.html.split('<li class="event ')[2:]] == [
        *("asserts taken_back", "kept", "kept", "withdrawn")
    ]
    assert "faded: taken back, overtaken, or changes nothing" in page.text
