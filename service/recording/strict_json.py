"""Strict JSON: what the record takes, and nothing that two readers could read differently.

RFC 8259 as narrowed by RFC 7493 (I-JSON): UTF-8, no member twice, no NaN or infinity,
no lone surrogates; and at most 20 levels. A number too large to be exact comes back as
a float, which no member of the record takes.
"""

from __future__ import annotations

import json
import re
from collections import Counter

import orjson

from service.errors import Malformed

DEEPEST = 20  # levels of objects and arrays
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')


class _Members(list[tuple[str, object]]):
    """An object's members in order, before one that is there twice has hidden the other."""


def parse(text: bytes | str, deepest: int = DEEPEST) -> object:
    """Parse one JSON text; raises Malformed, which names the fault and where it is."""
    try:
        raw = text.encode() if isinstance(text, str) else text
        value: object = orjson.loads(raw)
    except UnicodeEncodeError as error:
        raise Malformed(f"This text holds a lone surrogate, at character {error.start + 1}.") from error
    except orjson.JSONDecodeError as error:
        detail = f"This is not JSON: {error.msg}, at line {error.lineno}, column {error.colno}."
        raise Malformed(detail) from error
    # orjson accepts a member twice, of which it keeps one, and goes deep.
    if _count_members(value, deepest) == _STRING.sub(b"", raw).count(b":"):
        return value
    # The standard library reads the text again, keeping every member, to say what is wrong.
    try:
        _refuse_faults(json.loads(raw, object_pairs_hook=_Members, parse_int=str, parse_float=str), deepest)
    except RecursionError as error:
        raise Malformed(f"This goes deeper than {deepest} levels.") from error
    return value


def write(value: object) -> str:
    """Write what holds no floats as `domain.entry.canonical` does, sooner."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _count_members(value: object, deepest: int) -> int:
    """Count the members of all objects in a value; -1 where it goes too deep."""
    count, level, depth = 0, [value], 0
    while level:
        inner: list[object] = []
        for node in level:
            if type(node) is dict:
                count += len(node)
                inner += node.values()
            elif type(node) is list:
                inner += node
            else:
                continue
            if depth == deepest:
                return -1
        level, depth = inner, depth + 1
    return count


def _refuse_faults(tree: object, deepest: int) -> None:
    waiting = [(tree, "", 1)]
    while waiting:
        node, pointer, depth = waiting.pop()
        if not isinstance(node, list):
            continue
        if depth > deepest:
            raise Malformed(f"This goes deeper than {deepest} levels, at {pointer}.", pointer=pointer)
        if isinstance(node, _Members):
            _refuse_twice([name for name, _ in node], pointer)
            waiting += [(inner, f"{pointer}/{_escaped(name)}", depth + 1) for name, inner in node]
        else:
            waiting += [(inner, f"{pointer}/{i}", depth + 1) for i, inner in enumerate(node)]


def _refuse_twice(names: list[str], pointer: str) -> None:
    if len(set(names)) < len(names):
        twice = Counter(names).most_common(1)[0][0]
        place = pointer or "the outermost object"
        raise Malformed(f"The member {twice!r} is there twice, in {place}.", pointer=f"{pointer}/{_escaped(twice)}")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")  # RFC 6901 section 3
