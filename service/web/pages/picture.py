"""A claim's story as a picture: a lane a party, time across, a mark a statement whose shape tells the stance.

Geometry, which the template draws, and the marks, of which there may be hundreds. What a
date leaves open is a bar as wide as its bounds, what has no date at all stands in a column
of its own, and a reversal is a line between its two marks. No mark leaves its date for want
of room: what is alike and of one date is one mark with a count, and marks that would overlap
stand one under the other. The list of events says the same in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from operator import itemgetter
from typing import Any

from markupsafe import Markup, escape

from service.telling.dates import Days
from service.telling.terms import ON_RECORD, find_strength, find_terms
from service.web.pages.shapes import shape_of
from service.web.pages.story import Told

# All in whole units of the picture's box, each about a pixel.
WIDTH, TOP = 760, 20
ABOVE, BELOW = 42, 22  # room of a lane around its marks, above them its name and, under that, its turns
LEFT, RIGHT, UNDATED = 24, 24, 92  # the column of what has no date is on the left
MARK = 16
HALF, ROW, COUNT = 12, 24, 26  # half a mark with its margin, a mark under another, the room of a count
_MANNERS = ("attribution", "strength")  # kinds of words, for the last members of a kind
MOST_TICKS = 4  # the longest dates of a language stand beside each other
# The type and the stance, whether of a part only, whether it counts, whether of an earlier wording, then its manner.
Kind = tuple[str, str, bool, bool, bool, str | None, str | None]
Alike = Mapping[tuple[Days | None, Kind], list[int]]
Place = tuple[int, tuple[int, int] | None, bool]  # the middle, the bar of a span, whether that is open
# Statements alike and of one date, by their numbers: middle, height, the bar of a span, whether that is open.
Mark = tuple[Kind, list[int], int, int, tuple[int, int] | None, bool]


@dataclass(frozen=True, slots=True)
class Lane:
    """A party's lane."""

    party: Mapping[str, Any]
    y: int
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it, in a box of `width` by `height`."""

    height: int
    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[int, str], ...] = ()  # position, ISO date
    turns: tuple[str, ...] = ()  # reversals, each the path of its line
    undated: bool = False
    width: int = WIDTH
    plot: tuple[int, int] = field(default=(LEFT, WIDTH - RIGHT))
    has_gone: bool = False  # a mark is of a word that does not count any more
    has_earlier: bool = False  # a mark is of a word of an earlier wording


def draw(story: Sequence[Told], claim: Mapping[str, Any]) -> Picture | None:
    """Lay out the statements of a claim's story; nothing where nobody speaks."""
    idle = set(_list_idle(claim))
    by_party: dict[str | None, dict[tuple[Days | None, Kind], list[int]]] = {}
    parties: dict[str | None, Mapping[str, Any]] = {}  # as they spoke last
    gone = moved = False
    for told in story:
        if told.word is not None and told.fate != "struck":
            counts = told.version not in idle and told.counts and told.stance != "kept"
            earlier = told.earlier is not None
            gone, moved = gone or not counts, moved or earlier
            said = told.word.data
            manner = _find_manner(said.get("attribution", ON_RECORD), said.get("strength", "plain"))
            kind = told.type, told.stance, told.partial, counts, earlier, *manner
            by_party.setdefault(told.key, {}).setdefault((told.days, kind), []).append(told.version)
            parties[told.key] = told.party or {}
    if not by_party:
        return None
    spans = {when for alike in by_party.values() for when, _ in alike}
    days = [day for span in spans if span for day in span if day]
    undated = None in spans
    left = LEFT + (UNDATED if undated and days else 0)
    scale = _Scale(min(days), max(days), left) if days else None
    lanes: list[Lane] = []
    bottom = TOP
    for key, alike in by_party.items():
        y = bottom + ABOVE
        marks, rows = _place(alike, scale, y)
        lanes.append(Lane(parties[key], y, marks))
        bottom = y + ROW * (rows - 1) + BELOW
    return Picture(
        height=bottom + 34,
        lanes=tuple(lanes),
        ticks=tuple(scale.ticks()) if scale else (),
        turns=tuple(_list_turns(lanes, claim["reversals"])),
        undated=undated and bool(days),
        plot=(left, WIDTH - RIGHT),
        has_gone=gone,
        has_earlier=moved,
    )


@cache
def _find_manner(attribution: str, strength: str) -> tuple[str | None, str | None]:
    """Find what a mark tells of how a word was said, by its codes."""
    data = {"attribution": attribution, "strength": strength}
    return find_terms(data), find_strength(data)


def _list_idle(claim: Mapping[str, Any]) -> Iterator[int]:
    """List the words that are overtaken, or took a stance and never changed where their party stands."""
    for position in claim["positions"]:
        yield from position["beside"]
        if "overtaken_by" in position:
            yield from position["events"]


def write_marks(tell: Callable[..., str], picture: Picture) -> Markup:
    """Write the marks as SVG; `tell` says an event type, by its code, of all or of a part, in the reader's language."""
    kinds: dict[Kind, tuple[str, str, str]] = {}  # class, shape and word of each
    lines = []
    for kind, versions, x, y, bar, is_open in (mark for lane in picture.lanes for mark in lane.marks):
        if kind not in kinds:
            type_, stance, partial, counts, earlier, *manner = kind
            told = [f"{name}.{code}" for name, code in zip(_MANNERS, manner, strict=True) if code]
            words = [tell(f"event.{type_}", partial), *map(tell, told), *([tell("earlier")] if earlier else [])]
            looks = f"{stance}{'' if counts else ' gone'}{' earlier' if earlier else ''}"
            kinds[kind] = looks, shape_of(stance, partial=partial), str(escape(", ".join(words)))
        looks, shape, word = kinds[kind]
        drawn, numbers, count = "", f"{versions[0]}", ""
        if bar:
            drawn = f'<path class="bar{" open" if is_open else ""}" d="M{bar[0]} {y}H{bar[1]}"/>'
        if len(versions) > 1:
            numbers = ", ".join(map(str, versions))
            count = f'<text class="count" x="{x + HALF}" y="{y + 4}">\u00d7{len(versions)}</text>'
        lines.append(
            f'<g class="{looks}">\n{drawn}'
            f'<circle class="disc" cx="{x}" cy="{y}" r="11"/>'
            f'<path class="shape" transform="translate({x - 8} {y - 8})" d="{shape}"/>{count}'
            f"<title>{numbers}: {word}</title></g>"
        )
    return Markup("\n".join(lines))  # noqa: S704 - numbers, shapes and words of ours


def _list_turns(lanes: Sequence[Lane], reversals: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    ends = {turn[end] for turn in reversals for end in ("from", "to")}
    marks = (mark for lane in lanes for mark in lane.marks)
    places = {n: (x, y) for _, versions, x, y, *_ in marks for n in versions if n in ends}
    for turn in reversals:
        if turn["from"] in places and turn["to"] in places:
            (a, y), (b, to) = places[turn["from"]], places[turn["to"]]
            if abs(a - b) < 2 * HALF:  # one stands under the other
                yield f"M{a + 9} {y}Q{max(a, b) + 34} {(y + to) // 2} {b + 9} {to}"
            else:
                yield f"M{a} {y - 9}Q{(a + b) // 2} {min(y, to) - 30} {b} {to - 9}"


def _place(alike: Alike, scale: _Scale | None, y: int) -> tuple[list[Mark], int]:
    """Place marks at their dates, each on the first row from `y` down where it overlaps no other; tells how many."""
    nowhere = LEFT, None, False
    placed = [(*(scale.place(when) if when and scale else nowhere), kind, same) for (when, kind), same in alike.items()]
    placed.sort(key=itemgetter(0))
    ends: list[int] = []  # of the last mark of each row
    marks: list[Mark] = []
    for x, bar, is_open, kind, versions in placed:
        row, start = 0, x - HALF
        for end in ends:
            if end <= start:
                break
            row += 1
        else:
            ends.append(0)
        ends[row] = x + HALF if len(versions) == 1 else x + HALF + COUNT
        marks.append((kind, versions, x, y + ROW * row, bar, is_open))
    return marks, len(ends)


class _Scale:
    """Days to places across the picture."""

    def __init__(self, first: int, last: int, left: int) -> None:
        self._left, self._right = left + MARK // 2, WIDTH - RIGHT - MARK * 3 // 2
        self._first = first
        self._days = last - first

    def place(self, days: Days) -> Place:
        """Find the middle of a span, or its only end, then its bar where it has one, and whether it is open."""
        earliest, latest = days
        if earliest == latest and earliest is not None:  # as most are
            return self._x(earliest), None, False
        start = self._left if earliest is None else self._x(earliest)
        end = self._right if latest is None else start if latest == earliest else self._x(latest)
        x = end if earliest is None else start if latest is None else (start + end) // 2
        return x, (start, end) if end - start > 1 else None, None in days

    def _x(self, day: int) -> int:
        across = (day - self._first) / self._days if self._days else 1 / 2
        return round(self._left + across * (self._right - self._left))

    def ticks(self) -> list[tuple[int, str]]:
        """Give days to be written under the picture, each with its place."""
        steps = min(MOST_TICKS - 1, self._days)
        days = [self._first + round(self._days * n / steps) for n in range(steps + 1)] if steps else []
        return [(self._x(day), date.fromordinal(day).isoformat()) for day in days or [self._first]]
