"""Name what was done to a sequence of leaves, from what is left of how it was.

Either the leaves are left as they were logged, or only the nodes above pairs of them. One
change is named, the first; several at once may look like one of another kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.merkle import node_hash

LOOKED_AT = 64  # places that differ
Leaf = Callable[[int], bytes | None]  # by position; None: there is none


def name_change(now: Leaf, was: Leaf, differing: Sequence[int]) -> tuple[str, str]:
    """Name a change by the leaves as they were, and the positions, in order, where they are not so now."""
    first, rest = differing[0], differing[1:LOOKED_AT]
    for other in rest:
        if now(first) == was(other) and now(other) == was(first):
            return "swapped", f"positions {first} and {other} stand in each other's place"
    if rest and now(first + 1) == was(first) and (was(first + 1) is None or now(first + 2) == was(first + 1)):
        return "slipped in", f"what is at position {first} was not there; what follows stood one place before"
    if rest and now(first) == was(first + 1) and now(first + 1) == was(first + 2):
        return "taken out", f"what was at position {first} is gone; what follows stood one place after"
    many = f"positions {', '.join(map(str, differing[:LOOKED_AT]))}" if rest else f"position {first}"
    return "edited", f"{many}: the words, or what the entry says of them, are not those that were logged"


def name_change_by_pairs(now: Leaf, pair: Callable[[int], bytes | None], differing: Sequence[int]) -> tuple[str, str]:
    """Name a change by the nodes above pairs as they were, and the numbers, in order, of those that are not so now."""

    def fits(number: int, left: bytes | None, right: bytes | None) -> bool:
        return left is not None and right is not None and node_hash(left, right) == pair(number)

    first = differing[0]
    left, right = 2 * first, 2 * first + 1
    if fits(first, now(right), now(left)):
        return "swapped", f"positions {left} and {right} stand in each other's place"
    follows = pair(first + 1) is None or fits(first + 1, now(right + 2), now(right + 3))
    for at, one in ((left, right), (right, left)):
        if follows and fits(first, now(one), now(right + 1)):
            return "slipped in", f"what is at position {at} was not there; what follows stood one place before"
    for other in differing[1:LOOKED_AT]:
        for mine, own in ((left, right), (right, left)):
            for its, kept in ((2 * other, 2 * other + 1), (2 * other + 1, 2 * other)):
                here = (now(its), now(own)) if mine == left else (now(own), now(its))
                there = (now(mine), now(kept)) if its % 2 == 0 else (now(kept), now(mine))
                if fits(first, *here) and fits(other, *there):
                    return "swapped", f"positions {mine} and {its} stand in each other's place"
    if fits(first + 1, now(right), now(right + 1)):
        return "taken out", f"what was at position {left} or {right} is gone; what follows stood one place after"
    return "edited", f"position {left} or {right}, with its leaf: it is not what was logged"
