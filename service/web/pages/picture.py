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
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from domain.codebook import STATEMENTS
from domain.dates import DateFault, Day, bounds
from service.web.pages.shapes import shape_of
from service.web.pages.story import Told

WIDTH, LANE, TOP = 760, 58, 20
LEFT, RIGHT, UNDATED = 24, 24, 92  # the column of what has no date is on the left
MARK = 16
HALF, ROW, COUNT = 12, 24, 26  # half a mark with its margin, a mark under another, the room of a count
MOST_TICKS = 4  # the longest dates of a language stand beside each other
Span = tuple[int | None, int | None]  # the numbers of the earliest and the latest day; None is open


class Mark(NamedTuple):
    """Statements alike and of one date, the first of them `told`: its middle, and the bar of a span, maybe `open`."""

    told: Told
    versions: tuple[int, ...]
    x: float
    y: float
    bar: tuple[float, float] | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A party's lane."""

    party: Mapping[str, Any]
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it, in a box of `width` by `height`."""

    height: int
    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str], ...] = ()  # position, ISO date
    turns: tuple[str, ...] = ()  # reversals, each the path of its line
    undated: bool = False
    width: int = WIDTH
    plot: tuple[float, float] = field(default=(LEFT, WIDTH - RIGHT))


def draw(story: Sequence[Told], reversals: Sequence[Mapping[str, Any]]) -> Picture | None:
    """Lay out the statements of a story; nothing where nobody speaks."""
    shown = [told for told in story if told.type in STATEMENTS and told.data is not None and told.fate != "struck"]
    if not shown:
        return None
    spans = [_span_of(told.data or {}) for told in shown]
    days = [day for span in spans if span for day in span if day]
    undated = None in spans
    left = LEFT + (UNDATED if undated and days else 0)
    scale = _Scale(min(days), max(days), left) if days else None
    by_party: dict[str | None, list[tuple[Told, Span | None]]] = {}
    for told, span in zip(shown, spans, strict=True):
        by_party.setdefault(told.key, []).append((told, span))
    lanes: list[Lane] = []
    bottom = float(TOP)
    for mine in by_party.values():
        y = bottom + LANE * 0.62
        lanes.append(Lane(mine[-1][0].party or {}, y, tuple(_place(mine, scale, y))))
        bottom = max(mark.y for mark in lanes[-1].marks) + LANE * 0.38
    return Picture(
        height=round(bottom) + 34,
        lanes=tuple(lanes),
        ticks=tuple(scale.ticks()) if scale else (),
        turns=tuple(_list_turns(lanes, reversals)),
        undated=undated and bool(days),
        plot=(left, WIDTH - RIGHT),
    )


def write_marks(tell: Callable[[str, bool], str], picture: Picture) -> Markup:
    """Write the marks as SVG; `tell` says an event type, by its code, of all or of a part, in the reader's language."""
    kinds: dict[tuple[str, bool], tuple[str, str, str]] = {}  # stance, shape and word of each type, whole or in part
    lines = []
    for told, versions, x, y, bar, is_open in (mark for lane in picture.lanes for mark in lane.marks):
        kind = told.type, told.partial
        if kind not in kinds:
            word = tell(f"event.{told.type}", told.partial and told.type != "countered")
            kinds[kind] = told.stance, shape_of(told.stance, partial=told.partial), escape(word)
        stance, shape, word = kinds[kind]
        drawn = f'<path class="bar{" open" if is_open else ""}" d="M{bar[0]} {y}H{bar[1]}"/>' if bar else ""
        count = (
            f'<text class="count" x="{x + HALF}" y="{y + 4}">\u00d7{len(versions)}</text>' if len(versions) > 1 else ""
        )
        lines.append(
            f'<g class="{stance}{"" if told.counts else " gone"}">\n{drawn}'
            f'<circle class="disc" cx="{x}" cy="{y}" r="11"/>'
            f'<path class="shape" transform="translate({x - 8} {y - 8})" d="{shape}"/>{count}'
            f"<title>{', '.join(map(str, versions))}: {word}</title></g>"
        )
    return Markup("\n".join(lines))  # noqa: S704 - numbers, shapes and words of ours


def _list_turns(lanes: Sequence[Lane], reversals: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    places = {version: (mark.x, mark.y) for lane in lanes for mark in lane.marks for version in mark.versions}
    for turn in reversals:
        if turn["from"] in places and turn["to"] in places:
            (a, y), (b, to) = places[turn["from"]], places[turn["to"]]
            above = f"M{a} {y - 9}Q{(a + b) / 2} {min(y, to) - 30} {b} {to - 9}"
            beside = f"M{a + 9} {y}Q{max(a, b) + 34} {(y + to) / 2} {b + 9} {to}"  # one stands under the other
            yield beside if abs(a - b) < 2 * HALF else above


def _place(mine: Sequence[tuple[Told, Span | None]], scale: _Scale | None, y: float) -> Iterator[Mark]:
    """Give each mark its place at its date, and the first row from `y` down on which it overlaps no other."""
    alike: dict[tuple[Any, ...], list[Told]] = {}
    for told, span in mine:
        alike.setdefault((span, told.type, told.partial, told.counts), []).append(told)
    placed = sorted(((_find_place(kind[0], scale), same) for kind, same in alike.items()), key=lambda one: one[0][0])
    ends: list[float] = []  # of the last mark of each row
    for (x, bar, is_open), same in placed:
        row = next((n for n, end in enumerate(ends) if end <= x - HALF), len(ends))
        ends[row : row + 1] = [x + HALF + (COUNT if len(same) > 1 else 0)]
        yield Mark(same[0], tuple(told.version for told in same), x, round(y + ROW * row, 1), bar, is_open)


def _find_place(span: Span | None, scale: _Scale | None) -> tuple[float, tuple[float, float] | None, bool]:
    """Find the middle of a span, or its only end, then its bar where it has one, and whether it is open."""
    if span is None or scale is None:
        return float(LEFT), None, False
    start, end = scale.ends(span)
    x = end if span[0] is None else start if span[1] is None else (start + end) / 2
    return round(x, 1), (round(start, 1), round(end, 1)) if end - start > 1 else None, None in span


def _span_of(data: Mapping[str, Any]) -> Span | None:
    text = data.get("said_on") or data.get("source", {}).get("published_on")
    return _read_span(text) if text else None


@lru_cache(maxsize=4096)  # days that come again
def _read_span(text: str) -> Span | None:
    try:
        found = bounds(text)
    except DateFault:
        return None
    span = _number(found.earliest), _number(found.latest)
    return span if any(span) else None


def _number(day: Day | None) -> int | None:
    try:
        return date(*day).toordinal() if day else None
    except ValueError:
        return None  # a year before 1 or after 9999


class _Scale:
    """Days to places across the picture."""

    def __init__(self, first: int, last: int, left: float) -> None:
        self.left, self.right = left + MARK / 2, WIDTH - RIGHT - MARK * 1.5
        self._first = first
        self._days = last - first

    def ends(self, span: Span) -> tuple[float, float]:
        earliest, latest = span
        start = self.left if earliest is None else self.x(earliest)
        end = self.right if latest is None else start if latest == earliest else self.x(latest)
        return start, end

    def x(self, day: int) -> float:
        if not self._days:
            return (self.left + self.right) / 2
        return self.left + (day - self._first) / self._days * (self.right - self.left)

    def ticks(self) -> list[tuple[float, str]]:
        steps = min(MOST_TICKS - 1, self._days)
        days = [self._first + round(self._days * n / steps) for n in range(steps + 1)] if steps else []
        return [(round(self.x(day), 1), date.fromordinal(day).isoformat()) for day in days or [self._first]]
