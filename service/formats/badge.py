"""A claim's standing as a badge: a word and a shape beside it, so that nothing hangs on colour.

One SVG file without style sheets, scripts or anything from elsewhere: it works inside an
<img> and under the strictest content policy. Widths follow from the number of letters,
and `textLength` makes the letters fit whatever font the reader has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from service.telling.wording import in_one_line, tell_stances, tell_standing

SVG = "image/svg+xml"
HEIGHT = 24
_LABEL = "on record"
_LETTER, _PAD, _SHAPE = 7, 8, 16
_LONGEST_TITLE = 300
_NAMED = 4  # parties of a stance
_DARK, _LIGHT = "#24292f", "#ffffff"

# Drawn in a box of 16 by 16, told apart by outline alone.
SHAPES = {
    "retracted": "M2 8h12M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12",  # a ring with a bar across
    "contested": "M1 8h12M4 5L1 8l3 3M10 5l3 3l-3 3",  # arrows both ways
    "confirmed": "M2 9l4 4l8-10",  # a tick
    "denied": "M3 3l10 10M13 3L3 13",  # a cross
    "unconfirmed": "M5 5a3 3 0 1 1 4 3q-1 1-1 2M8 13v1",  # a question mark
    "reported": "M2 3h12v8H8l-3 3v-3H2z",  # a speech bubble
    "opened": "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12",  # a ring
}

# Of a part only: half as wide, over a line that is half as long as a box.
IN_PART = {
    "confirmed": "M4 6l3 3l5-7M4 14h4",
    "denied": "M4 2l7 7M11 2L4 9M4 14h4",
}


def width_of(claim: Mapping[str, Any], past: str = "") -> int:
    """Tell how wide a claim's badge is, in pixels; `past` says of which past, in brackets."""
    return _label_width() + _PAD + _SHAPE + _PAD + _LETTER * len(tell_standing(claim) + past) + _PAD


def draw_badge(claim: Mapping[str, Any], past: str = "") -> str:
    """Draw the badge of a claim as it stands, or stood; `past` says when, in brackets."""
    word, width, split = tell_standing(claim) + past, width_of(claim, past), _label_width()
    size = {"width": str(width), "height": str(HEIGHT), "viewBox": f"0 0 {width} {HEIGHT}"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-labelledby": "t d", **size})
    _add(root, "title", in_one_line(f"{word}: {claim['text']}", _LONGEST_TITLE), id="t")
    _add(root, "desc", f"{_describe(claim)}{past}", id="d")
    _add(root, "rect", width=str(width), height=str(HEIGHT), rx="4", fill=_DARK)
    _add(root, "rect", x=str(split), y="1", width=str(width - split - 1), height=str(HEIGHT - 2), rx="3", fill=_LIGHT)
    _write(root, _LABEL, x=_PAD, fill=_LIGHT)
    strokes = {"fill": "none", "stroke": _DARK, "stroke-width": "2"}
    standing = claim["standing"]
    shape = IN_PART[standing] if claim["because"]["partial"] else SHAPES[standing]
    _add(root, "path", d=shape, transform=f"translate({split + _PAD} 4)", **strokes)
    _write(root, word, x=split + _PAD + _SHAPE + _PAD, fill=_DARK)
    return ET.tostring(root, encoding="unicode") + "\n"


def _describe(claim: Mapping[str, Any]) -> str:
    return " ".join(tell_stances(claim["positions"], _NAMED)) or "No party's word stands."


def _label_width() -> int:
    return _PAD + _LETTER * len(_LABEL) + _PAD


def _write(root: ET.Element, text: str, *, x: int, fill: str) -> None:
    font = {"font-family": "Verdana, DejaVu Sans, sans-serif", "font-size": "12", "lengthAdjust": "spacingAndGlyphs"}
    _add(root, "text", text, x=str(x), y="16", fill=fill, textLength=str(_LETTER * len(text)), **font)


def _add(root: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    ET.SubElement(root, name, attributes).text = text
