"""A claim's story as a picture: a lane a party, time across, a mark a statement whose shape tells the stance.

Geometry, which the template draws, and the marks, of which there may be hundreds. What a
date leaves open is a bar as wide as its bounds, what has no date at all stands in a column
of its own, and a reversal is a line between its two marks. The list of events says the same
in words.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from domain.codebook import STATEMENTS
from domain.dates import DateFault, Day, bounds
from service.web.pages.shapes import shape_of
from service.web.pages.story import Told

WIDTH, LANE, TOP = 760, 58, 20
LEFT, RIGHT, UNDATED = 24, 24, 92  # the column of what has no date is on the left
MARK = 16
MOST_TICKS = 4  # the longest dates of a language stand beside each other
Span = tuple[int | None, int | None]  # the numbers of the earliest and the latest day; None is open


@dataclass(frozen=True, slots=True)
class Mark:
    """A statement: `x` is its middle, `bar` the ends of its span where it has one, `open_at` its open ends."""

    told: Told
    x: float
    y: float
    bar: tuple[float, float] | None = None
    open_at: str = ""


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
    turns: tuple[tuple[float, float, float], ...] = ()  # reversals: from x, to x, y
    undated: bool = False
    width: int = WIDTH
    plot: tuple[float, float] = field(default=(LEFT, WIDTH - RIGHT))


def draw(story: Sequence[Told], reversals: Sequence[Mapping[str, Any]]) -> Picture | None:
    """Lay out the statements of a story; nothing where nobody speaks."""
    shown = [told for told in story if told.type in STATEMENTS and told.data is not None and told.fate != "struck"]
    if not shown:
        return None
    spans = {told.version: _span_of(told.data or {}) for told in shown}
    days = [day for span in spans.values() if span for day in span if day]
    undated = any(span is None for span in spans.values())
    left = LEFT + (UNDATED if undated and days else 0)
    scale = _Scale(min(days), max(days), left) if days else None
    lanes = []
    by_party: dict[str | None, list[Told]] = {}
    for told in shown:
        by_party.setdefault(told.key, []).append(told)
    for n, mine in enumerate(by_party.values()):
        y = TOP + LANE * n + LANE * 0.62
        lanes.append(Lane(mine[-1].party or {}, y, _place(mine, spans, scale, y)))
    marks = {mark.told.version: mark for lane in lanes for mark in lane.marks}
    turns = [(marks[r["from"]], marks[r["to"]]) for r in reversals if {r["from"], r["to"]} <= marks.keys()]
    return Picture(
        height=TOP + LANE * len(lanes) + 34,
        lanes=tuple(lanes),
        ticks=tuple(scale.ticks()) if scale else (),
        turns=tuple((a.x, b.x, a.y) for a, b in turns),
        undated=undated and bool(days),
        plot=(left, WIDTH - RIGHT),
    )


def write_marks(tell: Callable[[str], str], picture: Picture) -> Markup:
    """Write the marks as SVG; `tell` says an event type, by its code, in the language of the reader."""
    drawn = [(mark, mark.told, mark.told.stance) for lane in picture.lanes for mark in lane.marks]
    words = {type_: escape(tell(f"event.{type_}")) for type_ in {told.type for _, told, _ in drawn}}
    return Markup(  # noqa: S704 - numbers, shapes and words of ours
        "\n".join(
            [
                f'<g class="{stance}{"" if told.counts else " gone"}">\n{_write_bar(mark)}'
                f'<circle class="disc" cx="{mark.x}" cy="{mark.y}" r="11"/>'
                f'<path class="shape" transform="translate({mark.x - 8} {mark.y - 8})" d="{shape_of(stance)}"/>'
                f"<title>{told.version}: {words[told.type]}</title></g>"
                for mark, told, stance in drawn
            ]
        )
    )


def _write_bar(mark: Mark) -> str:
    if mark.bar is None:
        return ""
    start, end = mark.bar
    return f'<path class="bar{" open" if mark.open_at else ""}" d="M{start} {mark.y}H{end}"/>'


def _place(mine: Sequence[Told], spans: Mapping[int, Span | None], scale: _Scale | None, y: float) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    taken: list[float] = []  # the places of marks, in order
    undated = 0
    for told in mine:
        span = spans[told.version]
        if span is None or scale is None:
            x = float(LEFT + undated * (MARK + 6))
            undated += 1
            insort(taken, x)
            marks.append(Mark(told, x, y))
            continue
        earliest, latest = span
        first = None if earliest is None else scale.x(earliest)
        last = None if latest is None else scale.x(latest)
        start = scale.left if first is None else first
        end = scale.right if last is None else last
        x = _find_free(end if first is None else start if last is None else (start + end) / 2, taken)
        insort(taken, x)
        opened = ("start " if first is None else "") + ("end" if last is None else "")
        marks.append(Mark(told, x, y, (round(start, 1), round(end, 1)) if end - start > 1 else None, opened))
    return tuple(marks)


def _find_free(x: float, taken: Sequence[float]) -> float:
    """Find the next place to the right on which no mark stands: what was said on one day stands side by side."""
    near = bisect_right(taken, x - MARK - 2)
    while near < len(taken) and taken[near] < x + MARK + 2:
        x += MARK + 4
        near = bisect_right(taken, x - MARK - 2, near)
    return round(x, 1)


def _span_of(data: Mapping[str, Any]) -> Span | None:
    text = data.get("said_on") or data.get("source", {}).get("published_on")
    return _read_span(text) if text else None


@lru_cache(maxsize=4096)  # days that come again
def _read_span(text: str) -> Span | None:
    try:
        found = bounds(text)
    except DateFault:
        return None
    return _number(found.earliest), _number(found.latest)


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

    def x(self, day: int) -> float:
        if not self._days:
            return (self.left + self.right) / 2
        return self.left + (day - self._first) / self._days * (self.right - self.left)

    def ticks(self) -> list[tuple[float, str]]:
        steps = min(MOST_TICKS - 1, self._days)
        days = [self._first + round(self._days * n / steps) for n in range(steps + 1)] if steps else []
        return [(round(self.x(day), 1), date.fromordinal(day).isoformat()) for day in days or [self._first]]
