"""Cost as the record grows, drawn: events on the x axis, one line an operation, both axes logarithmic.

An SVG by hand, readable in light and dark, in print and without colour: each line has its own dashes and marks, and its
name at its end. What it shows is told in its `desc` too, for those who do not see it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 880, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 320, 44, 56  # around the lines
WHOLE = 100  # milliseconds from which on there is no fraction
LINE = 17  # between two names, at least
DASHES = ("", "7 3", "2 3", "9 3 2 3")
MARKS = (
    "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z",  # a disc
    "M-4 -4H4V4H-4Z",
    "M0 -5L5 4H-5Z",
    "M0 -5L5 0L0 5L-5 0Z",
)
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #222 }
  .head { font-weight: 600 } .axis { stroke: #999 } .grid { stroke: #ddd }
  .line { fill: none; stroke-width: 2 } .lead { stroke: #999; stroke-width: 1; fill: none }
  .c0 { stroke: #0b6bcb; fill: #0b6bcb } .c1 { stroke: #b3450b; fill: #b3450b } .c2 { stroke: #1a7f37; fill: #1a7f37 }
  .c3 { stroke: #8a3ffc; fill: #8a3ffc } .c4 { stroke: #9a6700; fill: #9a6700 } .line { fill: none !important }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e6e6 } .back { fill: #161b22 } .axis, .lead { stroke: #777 } .grid { stroke: #333 }
    .c0 { stroke: #6cb6ff; fill: #6cb6ff } .c1 { stroke: #ffa657; fill: #ffa657 } .c2 { stroke: #7ee787; fill: #7ee787 }
    .c3 { stroke: #d2a8ff; fill: #d2a8ff } .c4 { stroke: #e3b341; fill: #e3b341 }
  }
"""

LABELS = 'aria-labelledby="title desc"'
Lines = Mapping[str, Sequence[tuple[int, float]]]  # by name: events, milliseconds


def find_lines(results: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, float]]]:
    """Take the lines from the results of the case `growth`, as JSON has them."""
    return {
        result["work"]: sorted(
            (_size_of(name, result["events"]), 1_000 / figures["per_second"]["median"])
            for name, figures in result["contenders"].items()
        )
        for result in results
        if result["case"] == "growth"
    }


def _size_of(name: str, most: int) -> int:
    return int(name.removeprefix("at ").split()[0].replace(",", "")) if name.startswith("at ") else most


def _short(taken: float) -> str:
    return f"{taken:,.0f}" if taken >= WHOLE else f"{taken:.2g}"


def tell_in_words(lines: Lines) -> str:
    """Say what the picture shows."""
    told = [
        f"{name}: {_short(of[0][1])} ms at {of[0][0]:,} events, {_short(of[-1][1])} ms at {of[-1][0]:,}"
        for name, of in lines.items()
    ]
    return f"Cost of one answer as the record grows, both axes logarithmic. {'; '.join(told)}."


def draw(lines: Lines) -> str:
    """Draw them; answers an SVG document."""
    scale = _Scale(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {LABELS}>',
        f'<title id="title">Cost as the record grows</title>\n<desc id="desc">{escape(tell_in_words(lines))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text class="head" x="{LEFT}" y="24">Milliseconds of processor time an answer</text>',
        *_axes(scale),
        *_lines(lines, scale),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Scale:
    def __init__(self, lines: Lines) -> None:
        sizes = [n for of in lines.values() for n, _ in of]
        taken = [ms for of in lines.values() for _, ms in of]
        self.sizes = (math.log10(min(sizes)), math.log10(max(sizes)))
        self.taken = (math.floor(math.log10(min(taken))), math.ceil(math.log10(max(taken))))

    def x(self, events: float) -> float:
        """Give the place of a size."""
        least, most = self.sizes
        return LEFT + (math.log10(events) - least) / (most - least) * (WIDTH - LEFT - RIGHT)

    def y(self, taken: float) -> float:
        """Give the place of a cost."""
        least, most = self.taken
        return HEIGHT - BOTTOM - (math.log10(taken) - least) / (most - least) * (HEIGHT - TOP - BOTTOM)


def _axes(scale: _Scale) -> Iterator[str]:
    left, right, bottom = LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM
    for power in range(scale.taken[0], scale.taken[1] + 1):
        y = scale.y(10**power)
        yield f'<path class="grid" d="M{left} {y:.1f}H{right}"/>'
        yield f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power:g}</text>'
    for power in range(math.ceil(scale.sizes[0]), math.floor(scale.sizes[1]) + 1):
        x = scale.x(10**power)
        yield f'<path class="axis" d="M{x:.1f} {bottom}v6"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 22}" text-anchor="middle">{10**power:,}</text>'
    yield f'<path class="axis" d="M{left} {bottom}H{right}"/>'
    yield f'<text x="{(left + right) / 2:.0f}" y="{bottom + 44}" text-anchor="middle">events in the record</text>'


def _lines(lines: Lines, scale: _Scale) -> Iterator[str]:
    places = _spread({name: scale.y(of[-1][1]) for name, of in lines.items()})
    for n, (name, of) in enumerate(lines.items()):
        points = [(scale.x(events), scale.y(taken)) for events, taken in of]
        colour, mark, dashes = f"c{n % 5}", MARKS[n % 4], DASHES[(n + n // 4) % 4]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        (x, y), label = points[-1], places[name]
        yield f'<path class="line {colour}" stroke-dasharray="{dashes}" d="{path}"/>'
        yield from (f'<path class="{colour}" transform="translate({x:.1f} {y:.1f})" d="{mark}"/>' for x, y in points)
        yield f'<path class="lead" d="M{x + 7:.1f} {y:.1f}L{x + 22:.1f} {label:.1f}"/>'
        yield f'<path class="{colour}" transform="translate({x + 30:.1f} {label:.1f})" d="{mark}"/>'
        yield f'<text x="{x + 40:.1f}" y="{label + 4:.1f}">{escape(name)}, {_short(of[-1][1])} ms</text>'


def _spread(places: Mapping[str, float]) -> dict[str, float]:
    """Move names that would lie over each other apart, in their order, and within the picture."""
    ordered = sorted(places, key=places.__getitem__)
    spread: dict[str, float] = {}
    above = float("-inf")
    for name in ordered:
        above = spread[name] = max(places[name], above + LINE)
    below = HEIGHT - BOTTOM + LINE / 2
    for name in reversed(ordered):
        below = spread[name] = min(spread[name], below)
        below -= LINE
    return spread
