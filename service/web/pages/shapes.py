"""A shape for every stance and standing, told apart by outline alone, in a box of 16 by 16."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

from service.formats.badge import IN_PART, SHAPES

_STANCES = {
    "asserts": SHAPES["reported"],
    "affirms": SHAPES["confirmed"],
    "denies": SHAPES["denied"],
    "withholds": SHAPES["unconfirmed"],
    "evades": "M2 12q3-8 6-4t6-4M11 4h3v3",  # a line that swerves away
    "withdrawn": SHAPES["retracted"],
    "assessed": "M7 2a5 5 0 1 0 0 10a5 5 0 1 0 0-10M11 11l4 4",  # a lens
    "kept": "M3 8h10",  # a dash: the record is kept
}
_IN_PART = IN_PART | {"affirms": IN_PART["confirmed"], "denies": IN_PART["denied"]}
_MARK = Markup(
    '<svg class="mark {}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="{}"/></svg>'
)
_ALL = SHAPES | _STANCES


def shape_of(word: str, *, partial: bool = False) -> str:
    """Give the outline of a stance or a standing; of a part only it has one of its own."""
    return _IN_PART.get(word, _ALL[word]) if partial else _ALL[word]


@cache
def mark_of(word: str, partial: object = False) -> Markup:  # noqa: FBT002 - a template's
    """Draw the shape of a stance or a standing, to stand beside its word."""
    return _MARK.format(word, shape_of(word, partial=bool(partial)))
