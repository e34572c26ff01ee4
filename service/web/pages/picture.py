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
from operator import itemgetter
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from service.dates import Days
from service.web.pages.shapes import shape_of
from service.web.pages.story import Told, strength_of, terms_of

# All in whole units of the picture's box, each about a pixel.
WIDTH, TOP = 760, 20
ABOVE, BELOW = 36, 22  # room of a lane around its marks, its name above them
LEFT, RIGHT, UNDATED = 24, 24, 92  # the column of what has no date is on the left
MARK = 16
HALF, ROW, COUNT = 12, 24, 26  # half a mark with its margin, a mark under another, the room of a count
_MANNERS = ("attribution", "strength")  # kinds of words, for the last members of a kind
MOST_TICKS = 4  # the longest dates of a language stand beside each other
# The type, whether of a part only, whether it counts, whether of an earlier wording, on what terms and how strongly.
Kind = tuple[str, bool, bool, bool, str | None, str | None]
Alike = Mapping[tuple[Days | None, Kind], list[Told]]
Place = tuple[int, tuple[int, int] | None, bool]  # the middle, the bar of a span, whether that is open


class Mark(NamedTuple):
    """Statements alike and of one date, the first of them `told`: its middle, and the bar of a span, maybe `open`."""

    told: Told
    kind: Kind
    versions: tuple[int, ...]
    x: int
    y: int
    bar: tuple[int, int] | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A party's lane."""

    party: Mapping[str, Any]
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it, in a box of `width` by `height`."""

    height: int
    lanes: tuple[Lane, ...]
    kinds: frozenset[Kind]  # of its marks
    ticks: tuple[tuple[int, str], ...] = ()  # position, ISO date
    turns: tuple[str, ...] = ()  # reversals, each the path of its line
    undated: bool = False
    width: int = WIDTH
    plot: tuple[int, int] = field(default=(LEFT, WIDTH - RIGHT))

    @property
    def has_gone(self) -> bool:
        """Tell whether a mark is of a word that does not count any more."""
        return any(not counts for _, _, counts, *_ in self.kinds)

    @property
    def has_earlier(self) -> bool:
        """Tell whether a mark is of a word of an earlier wording."""
        return any(earlier for _, _, _, earlier, *_ in self.kinds)


def draw(story: Sequence[Told], claim: Mapping[str, Any]) -> Picture | None:
    """Lay out the statements of a claim's story; nothing where nobody speaks."""
    idle = set(_list_idle(claim))
    by_party: dict[str | None, dict[tuple[Days | None, Kind], list[Told]]] = {}
    latest: dict[str | None, Told] = {}
    for told in story:
        if told.word is not None and told.fate != "struck":
            counts = told.version not in idle and told.counts and told.stance != "kept"
            same = (
                told.days,
                (told.type, told.partial, counts, told.earlier is not None, terms_of(told), strength_of(told)),
            )
            by_party.setdefault(told.key, {}).setdefault(same, []).append(told)
            latest[told.key] = told
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
        lanes.append(Lane(latest[key].party or {}, y, tuple(_place(alike, scale, y))))
        bottom = max([mark.y for mark in lanes[-1].marks]) + BELOW
    return Picture(
        height=bottom + 34,
        lanes=tuple(lanes),
        kinds=frozenset(kind for alike in by_party.values() for _, kind in alike),
        ticks=tuple(scale.ticks()) if scale else (),
        turns=tuple(_list_turns(lanes, claim["reversals"])),
        undated=undated and bool(days),
        plot=(left, WIDTH - RIGHT),
    )


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
    for told, kind, versions, x, y, bar, is_open in (mark for lane in picture.lanes for mark in lane.marks):
        if kind not in kinds:
            word = tell(f"event.{told.type}", told.partial)
            looks = f"{told.stance}{'' if kind[2] else ' gone'}{' earlier' if told.earlier else ''}"
            manner = [tell(f"{name}.{code}") for name, code in zip(_MANNERS, kind[4:], strict=True) if code]
            word = ", ".join([word, *manner, *([tell("earlier")] if told.earlier else [])])
            kinds[kind] = looks, shape_of(told.stance, partial=told.partial), str(escape(word))
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
    marks = (mark for lane in lanes for mark in lane.marks if not ends.isdisjoint(mark.versions))
    places = {version: (mark.x, mark.y) for mark in marks for version in mark.versions}
    for turn in reversals:
        if turn["from"] in places and turn["to"] in places:
            (a, y), (b, to) = places[turn["from"]], places[turn["to"]]
            if abs(a - b) < 2 * HALF:  # one stands under the other
                yield f"M{a + 9} {y}Q{max(a, b) + 34} {(y + to) // 2} {b + 9} {to}"
            else:
                yield f"M{a} {y - 9}Q{(a + b) // 2} {min(y, to) - 30} {b} {to - 9}"


def _place(alike: Alike, scale: _Scale | None, y: int) -> Iterator[Mark]:
    """Give each mark its place at its date, and the first row from `y` down on which it overlaps no other."""
    nowhere = LEFT, None, False
    placed = [(*(scale.place(when) if when and scale else nowhere), kind, same) for (when, kind), same in alike.items()]
    placed.sort(key=itemgetter(0))
    ends: list[int] = []  # of the last mark of each row
    for x, bar, is_open, kind, same in placed:
        row, start = 0, x - HALF
        for end in ends:
            if end <= start:
                break
            row += 1
        else:
            ends.append(0)
        alone = len(same) == 1
        ends[row] = x + HALF if alone else x + HALF + COUNT
        versions = (same[0].version,) if alone else tuple(told.version for told in same)
        yield Mark._make((same[0], kind, versions, x, y + ROW * row, bar, is_open))


class _Scale:
    """Days to places across the picture."""

    def __init__(self, first: int, last: int, left: int) -> None:
        self._left, self._right = left + MARK // 2, WIDTH - RIGHT - MARK * 3 // 2
        self._first = first
        self._days = last - first

    def place(self, days: Days) -> Place:
        """Find the middle of a span, or its only end, then its bar where it has one, and whether it is open."""
        earliest, latest = days
        if earliest == latest and earliest is not None:
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
