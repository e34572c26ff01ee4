"""Language tags (BCP 47) as they are written: the grammar of RFC 5646, section 2.1.

A tag is well-formed by that; whether its subtags are registered is not looked up.
"""

from __future__ import annotations

import re

_LANGTAG = (
    "([A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})"  # language; an extended one follows a short one only
    "(-[A-Za-z]{4})?"  # script
    "(-([A-Za-z]{2}|[0-9]{3}))?"  # region
    "(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"  # variants
    "(-[0-9A-WY-Za-wy-z](-[A-Za-z0-9]{2,8})+)*"  # extensions
    "(-[Xx](-[A-Za-z0-9]{1,8})+)?"
)
_PRIVATE_USE = "[Xx](-[A-Za-z0-9]{1,8})+"
# Tags from before the grammar, which it does not hold; those that it does hold need no mention.
_IRREGULAR = (
    *("en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo", "i-navajo"),
    *("i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de"),
)


def _in_any_case(word: str) -> str:
    return "".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in word)


LANGUAGE_TAG = f"^({_LANGTAG}|{_PRIVATE_USE}|{'|'.join(map(_in_any_case, _IRREGULAR))})$"
"""The grammar as a regular expression that JSON Schema (ECMA-262) reads, too."""

_FITS = re.compile(LANGUAGE_TAG)


def is_language_tag(text: str) -> bool:
    """Tell whether a text is a well-formed language tag."""
    return _FITS.fullmatch(text) is not None
