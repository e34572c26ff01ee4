"""Change what is handed out, by chance: its bytes, its members, its numbers, its proofs and its checkpoint."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from copy import deepcopy

STRANGE = (None, True, -1, 2**70, 1.5, "", "x", "\ud800", [], {}, [[]], {"": {}}, "=" * 44, "\x00")
SIZES = (0, 1, 2, 3, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, -1)
BASE64 = re.compile(rb"[A-Za-z0-9+/]{43}=")
NUMBER = re.compile(rb"(?<![0-9A-Za-z.-])(0|[1-9][0-9]{0,5})(?![0-9A-Za-z.-])")


def places(value, path=()):
    """List the paths of all that a value holds."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from places(one, (*path, name))


def mutate(value, rng):
    """Change one thing somewhere in a value."""
    *path, last = rng.choice(list(places(value)))
    holder = value
    for name in path:
        holder = holder[name]
    kind = rng.randrange(7)
    if kind == 0:
        del holder[last]
    elif kind == 1 and isinstance(holder, list):
        holder.insert(rng.randrange(len(holder) + 1), deepcopy(holder[last]))
    elif kind == 2 and isinstance(holder, list) and len(holder) > 1:
        other = rng.randrange(len(holder))
        holder[last], holder[other] = holder[other], holder[last]
    elif kind == 3 and type(holder[last]) is int:
        holder[last] = rng.choice([*SIZES, holder[last] - 1, holder[last] + 1])
    elif kind == 4 and isinstance(holder[last], str):
        holder[last] = change_text(holder[last], rng)
    elif kind == 5 and isinstance(holder, dict):
        other = rng.choice(list(holder))
        holder[last], holder[other] = deepcopy(holder[other]), holder[last]
    else:
        holder[last] = deepcopy(rng.choice(STRANGE))


def change_text(text, rng):
    """Change a text: a line of it twice, gone or moved, a character, a number, a hash, or how its base64 is written."""
    lines = text.splitlines(keepends=True) or [""]
    at, kind = rng.randrange(len(lines)), rng.randrange(6)
    if kind == 0:
        lines.insert(rng.randrange(len(lines) + 1), lines[at])
    elif kind == 1:
        del lines[at]
    elif kind == 2:
        rng.shuffle(lines)
    elif kind == 3 and lines[at].strip().isdigit():
        lines[at] = f"{rng.choice([*SIZES, int(lines[at]) + 1])}\n"
    elif kind == 4:
        return change_bytes(text.encode(errors="replace"), rng).decode(errors="replace")
    else:
        lines[at] = lines[at].replace("=", rng.choice(["", "==", "A"]), 1) if "=" in lines[at] else lines[at] + " "
    return "".join(lines)


def change_bytes(text, rng):
    """Change a byte or two, a number, or a hash, wherever it stands."""
    at, kind = rng.randrange(len(text) or 1), rng.randrange(7)
    if kind == 0:
        return text[:at] + bytes([rng.randrange(256)]) + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + rng.randrange(1, 9) :]
    if kind == 2:
        return text[:at] + text[at : at + rng.randrange(1, 60)] + text[at:]
    if kind == 3 and (numbers := list(NUMBER.finditer(text))):
        one = rng.choice(numbers)
        return text[: one.start()] + b"%d" % rng.choice([*SIZES, int(one[0]) + 1]) + text[one.end() :]
    hashes = list(BASE64.finditer(text))
    if kind in {4, 5} and hashes:
        one, other = rng.choice(hashes), rng.choice(hashes)
        by = other[0] if kind == 4 else b64encode(flip(b64decode(one[0]), rng))
        return text[: one.start()] + by + text[one.end() :]
    return flip(text, rng)


def flip(data, rng):
    """Turn one bit over."""
    at = rng.randrange(len(data) or 1)
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :] if data else data


def double(text, rng):
    """Give some object of JSON a member twice, the one before or behind with another value."""
    at = rng.choice([found.end() for found in re.finditer(rb"\{(?=\")", text)] or [0])
    name = re.compile(rb'"[a-z_]*":').match(text, at)
    return text[:at] + name[0] + rng.choice([b"1", b'""', b"null", b"{}"]) + b"," + text[at:] if name else text


def change(text, rng):
    """Change lines of JSON once, in one of many ways."""
    kind = rng.randrange(5)
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    if kind == 0:
        return change_bytes(text, rng)
    if kind == 1:
        return b"".join([*lines[:at], double(lines[at], rng), *lines[at + 1 :]])
    if kind == 2 and len(lines) > 1:
        return change_text(text.decode(), rng).encode()
    told = json.loads(lines[at])
    for _ in range(rng.choice((1, 1, 1, 2))):
        if told and isinstance(told, dict | list):
            mutate(told, rng)
    ascii_ = rng.random() < 0.2
    lines[at] = json.dumps(told, separators=(",", ":"), ensure_ascii=ascii_).encode(errors="replace") + b"\n"
    return b"".join(lines)
