"""A claim's story as a picture: a lane a party, time across, a mark a statement whose shape tells the stance.

Geometry only; the template draws it. What a date leaves open is a bar as wide as its
bounds, what has no date at all stands in a column of its own, and a reversal is a line
between its two marks. The list of events says the same in words.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from domain.codebook import STATEMENTS
from domain.dates import DateFault, Day, bounds
from service.web.pages.story import Told

WIDTH, LANE, TOP = 760, 58, 20
LEFT, RIGHT, UNDATED = 24, 24, 92  # the column of what has no date is on the left
MARK = 16
MOST_TICKS = 4  # the longest dates of a language stand beside each other
_YEAR = timedelta(days=366)
Span = tuple[date | None, date | None]  # earliest and latest day; None is open


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
        first, last = (scale.x(day) if day else None for day in span)
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
    try:
        found = bounds(text) if text else None
    except DateFault:
        return None
    return (_to_date(found.earliest), _to_date(found.latest)) if found else None


def _to_date(day: Day | None) -> date | None:
    try:
        return date(*day) if day else None
    except ValueError:
        return None  # a year before 1 or after 9999


class _Scale:
    """Days to places across the picture."""

    def __init__(self, first: date, last: date, left: float) -> None:
        self.left, self.right = left + MARK / 2, WIDTH - RIGHT - MARK * 1.5
        self._first = first
        self._days = (last - first).days

    def x(self, day: date) -> float:
        if not self._days:
            return (self.left + self.right) / 2
        return self.left + (day - self._first).days / self._days * (self.right - self.left)

    def ticks(self) -> list[tuple[float, str]]:
        steps = min(MOST_TICKS - 1, self._days)
        days = [self._first + timedelta(days=round(self._days * n / steps)) for n in range(steps + 1)] if steps else []
        return [(round(self.x(day), 1), day.isoformat()) for day in days or [self._first]]
