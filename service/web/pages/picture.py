"""A claim's story as a picture: a lane a party, time across, a mark a statement whose shape tells the stance.

Geometry, which the template draws, and the marks, of which there may be hundreds. What a
date leaves open is a bar as wide as its bounds, what has no date at all stands in a column
of its own, and a reversal is a line between its two marks. The list of events says the same
in words.
"""

from __future__ import annotations

from bisect import bisect_right, insort
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
MOST_TICKS = 4  # the longest dates of a language stand beside each other
Span = tuple[int | None, int | None]  # the numbers of the earliest and the latest day; None is open


class Mark(NamedTuple):
    """A statement: `x` is its middle, `bar` the ends of its span where it has one, which may be `open` at either."""

    told: Told
    x: float
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
    lanes = [
        Lane(mine[-1][0].party or {}, TOP + LANE * n + LANE * 0.62, tuple(_place(mine, scale)))
        for n, mine in enumerate(by_party.values())
    ]
    return Picture(
        height=TOP + LANE * len(lanes) + 34,
        lanes=tuple(lanes),
        ticks=tuple(scale.ticks()) if scale else (),
        turns=tuple(_list_turns(lanes, reversals)),
        undated=undated and bool(days),
        plot=(left, WIDTH - RIGHT),
    )


def write_marks(tell: Callable[[str], str], picture: Picture) -> Markup:
    """Write the marks as SVG; `tell` says an event type, by its code, in the language of the reader."""
    kinds: dict[str, tuple[str, str, str]] = {}  # stance, shape and word of each type
    lines = []
    for lane in picture.lanes:
        y, top = str(lane.y), str(lane.y - 8)
        for told, x, bar, is_open in lane.marks:
            if told.type not in kinds:
                kinds[told.type] = told.stance, shape_of(told.stance), escape(tell(f"event.{told.type}"))
            stance, shape, word = kinds[told.type]
            drawn = f'<path class="bar{" open" if is_open else ""}" d="M{bar[0]} {y}H{bar[1]}"/>' if bar else ""
            lines.append(
                f'<g class="{stance}{"" if told.counts else " gone"}">\n{drawn}'
                f'<circle class="disc" cx="{x}" cy="{y}" r="11"/>'
                f'<path class="shape" transform="translate({x - 8} {top})" d="{shape}"/>'
                f"<title>{told.version}: {word}</title></g>"
            )
    return Markup("\n".join(lines))  # noqa: S704 - numbers, shapes and words of ours


def _list_turns(lanes: Sequence[Lane], reversals: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    places = {mark.told.version: (mark.x, lane.y) for lane in lanes for mark in lane.marks}
    for turn in reversals:
        if turn["from"] in places and turn["to"] in places:
            (a, y), (b, _) = places[turn["from"]], places[turn["to"]]
            yield f"M{a} {y - 9}Q{(a + b) / 2} {y - 30} {b} {y - 9}"


def _place(mine: Sequence[tuple[Told, Span | None]], scale: _Scale | None) -> Iterator[Mark]:
    taken: list[float] = []  # the places of marks, in order
    undated = 0
    for told, span in mine:
        bar = None
        if span is None or scale is None:
            x = float(LEFT + undated * (MARK + 6))
            undated += 1
        else:
            start, end = scale.ends(span)
            x = _find_free(end if span[0] is None else start if span[1] is None else (start + end) / 2, taken)
            bar = (round(start, 1), round(end, 1)) if end - start > 1 else None
        insort(taken, x)
        yield Mark(told, x, bar, span is not None and None in span)


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
