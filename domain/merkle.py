"""The Merkle tree of the public log: RFC 6962 section 2.1, as RFC 9162 section 2.1 has it; SHA-256.

A node is named by its level and its number: it is the hash of the leaves from
`number << level` up to `(number + 1) << level`, all of which are there; level 0 are the
leaf hashes. A proof is made from such nodes, so that what it costs grows with the height
of the tree. Whoever verifies needs none of them: a proof, and hashes that are trusted.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]  # by level and number
EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32
LARGEST_SIZE = 2**63 - 1  # of a log, as checkpoints have it
HIGHEST = 63  # level of a node


class BadProof(Exception):
    """A proof does not prove what it should; says what was expected and what there is."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours into the node above them."""
    return sha256(b"\x01" + left + right).digest()


def complete(
    start: int, hashes: Sequence[bytes], node: Node, *, level: int = 0, top: int = HIGHEST
) -> Iterator[tuple[int, int, list[bytes]]]:
    """Give the nodes above those of a level that come to be complete by nodes added to it at the number `start`.

    Level by level up to `top`, as (level, number of the first, hashes); `node` is asked for left
    neighbours that were there before. Level 0 are the leaves.
    """
    number, below = start, list(hashes)
    while below and level < top:
        if number % 2:
            number -= 1
            below = [node(level, number), *below]  # a new list: the one before was given away
        level, number = level + 1, number // 2
        below = [sha256(b"\x01" + left + right).digest() for left, right in zip(below[::2], below[1::2], strict=False)]
        if below:
            yield level, number, below


class Frontier:
    """The right edge of a tree that grows: what its root, and its next nodes, are made from.

    That of a part of a tree begins at a multiple of `1 << top` leaves, and ends within the node of level `top` there.
    """

    def __init__(self, start: int = 0, top: int = HIGHEST) -> None:
        """Start from the empty tree, or part."""
        self.size = start
        self.last: dict[int, bytes] = {}  # by level, the last complete node
        self._top = top

    def add(self, leaves: Sequence[bytes]) -> list[tuple[int, int, list[bytes]]]:
        """Add leaf hashes; answers the nodes they complete, as `complete` does."""
        added = list(complete(self.size, leaves, self._node, top=self._top))
        self.last |= {level: hashes[-1] for level, _, hashes in [(0, 0, list(leaves)), *added] if hashes}
        self.size += len(leaves)
        return added

    def root(self) -> bytes:
        """Give the root of the tree as it is."""
        return root_of(self.size, self._node)

    def _node(self, level: int, _number: int) -> bytes:
        return self.last[level]


def root_of(size: int, node: Node) -> bytes:
    """Give the root of the tree of the first `size` leaves."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def _range_hash(start: int, end: int, node: Node) -> bytes:
    # `start` is a multiple of the smallest power of two that is not below the length, so complete nodes tile the range.
    found = b""
    for level in range((end - start).bit_length()):
        if (end - start) >> level & 1:
            here = node(level, (end >> level) - 1)
            found = node_hash(here, found) if found else here
            end -= 1 << level
    return found


def _split(length: int) -> int:
    return 1 << (length - 1).bit_length() - 1  # the largest power of two below the length


def prove_inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Prove that the leaf at an index is in the tree of a size: RFC 6962 section 2.1.1, its sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(start, middle, node))
            start = middle
    return path[::-1]


def prove_consistency(old: int, new: int, node: Node) -> list[bytes]:
    """Prove that the tree of size `new` extends that of size `old`: RFC 6962 section 2.1.2.

    Of the empty tree, and of two equal sizes, there is nothing to prove: no hashes.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not extend one of {old}")
    if old in {0, new}:
        return []
    start, end, path = 0, new, []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(start, middle, node))
            start = middle
    # Where the old tree is a node of the new one, whoever verifies knows its hash.
    return ([_range_hash(start, end, node)] if start else []) + path[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Compute the root that a proof leads to from a leaf hash, RFC 9162 section 2.1.3.2; raises BadProof."""
    if not 0 <= index < size <= LARGEST_SIZE:
        raise BadProof(f"expected an index below the tree's size, got index {index} of {size}")
    _check_hashes(proof)
    at, last, found, used = index, size - 1, leaf, 0
    while last:
        if at % 2 or at < last:
            if used == len(proof):
                break
            sibling, used = proof[used], used + 1
            found = node_hash(sibling, found) if at % 2 else node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last or used != len(proof):
        raise BadProof(f"expected {_length_of_inclusion(index, size)} hashes in the proof, got {len(proof)}")
    return found


def _length_of_inclusion(index: int, size: int) -> int:
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Hold a proof that one tree extends another to both roots, RFC 9162 section 2.1.4.2; raises BadProof."""
    if not 0 <= old <= new <= LARGEST_SIZE:
        raise BadProof(f"expected a tree of at least {old}, got {new}")
    _check_hashes(proof)
    if old in {0, new}:
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or old_root != expected or (new == 0 and new_root != EMPTY_ROOT):
            raise BadProof(
                f"expected root {_in_base64(expected)} and no hashes, got {_in_base64(old_root)} and {len(proof)}"
            )
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]  # a whole node is not in the proof
    for name, expected, found in zip(("old", "new"), (old_root, new_root), _follow(old, new, path), strict=True):
        if expected != found:
            raise BadProof(f"expected {name} root {_in_base64(expected)}, got {_in_base64(found)}")


def _in_base64(root: bytes) -> str:
    return b64encode(root).decode()  # as checkpoints have it, so that a reader can compare


def _follow(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    if not path:
        raise BadProof("expected hashes in the proof, got none")
    at, last = old - 1, new - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    was = now = path[0]
    for sibling in path[1:]:
        if not last:
            raise BadProof(f"expected fewer hashes in the proof, got {len(path)}")
        if at % 2 or at == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while at and not at % 2:
                at, last = at >> 1, last >> 1
        else:
            now = node_hash(now, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise BadProof(f"expected more hashes in the proof, got {len(path)}")
    return was, now


def _check_hashes(proof: Sequence[bytes]) -> None:
    if any(len(part) != HASH_BYTES for part in proof):
        raise BadProof(f"expected hashes of {HASH_BYTES} bytes, got {[len(part) for part in proof]}")
