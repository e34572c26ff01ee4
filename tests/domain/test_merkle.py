"""Hold the Merkle tree to RFC 6962: its published vectors, and that nothing false is ever proved."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.entry import leaf_hash
from domain.merkle import (
    EMPTY_ROOT,
    LARGEST_SIZE,
    BadProof,
    Frontier,
    complete,
    prove_consistency,
    prove_inclusion,
    root_from_inclusion,
    root_of,
    verify_consistency,
)

MANY = settings(max_examples=200)
# The inputs and hashes that the Certificate Transparency project publishes for RFC 6962.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSIONS = {
    (0, 1): [],
    (0, 8): [A, B, C],
    (5, 8): [D, E, ROOTS[4]],
    (2, 3): [ROOTS[2]],
    (1, 5): [ROOTS[1], B, D],
}
CONSISTENCIES = {
    (1, 1): [],
    (1, 8): [A, B, C],
    (6, 8): [F, E, ROOTS[4]],
    (2, 5): [B, D],
    (0, 5): [],
    (5, 5): [],
}
PUBLISHED = tuple(leaf_hash(bytes.fromhex(text)) for text in INPUTS)
LEAVES = tuple(leaf_hash(n.to_bytes(2)) for n in range(300))


@cache
def tree_hash(leaves: tuple[bytes, ...]) -> bytes:
    """Hash a tree as RFC 6962, section 2.1, defines it, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def nodes_of(leaves):
    """Give the nodes of the tree of some leaves."""
    return lambda level, number: tree_hash(leaves[number << level : number + 1 << level])


NODE = nodes_of(LEAVES)
SIZES = st.integers(0, len(LEAVES))


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size):
    """The root of the first n published inputs is the published one, from nodes and from a frontier."""
    frontier = Frontier()
    frontier.add(PUBLISHED[:size])
    assert [ROOTS[size]] * 2 == [root_of(size, nodes_of(PUBLISHED)).hex(), frontier.root().hex()]


@pytest.mark.parametrize("asked", INCLUSIONS)
def test_the_published_inclusion_proofs(asked):
    """An inclusion proof is the published one, and leads to the published root."""
    index, size = asked
    proof = prove_inclusion(index, size, nodes_of(PUBLISHED))
    assert INCLUSIONS[asked] == [part.hex() for part in proof]
    assert ROOTS[size] == root_from_inclusion(PUBLISHED[index], index, size, proof).hex()


@pytest.mark.parametrize("asked", CONSISTENCIES)
def test_the_published_consistency_proofs(asked):
    """A consistency proof is the published one, and holds between the published roots."""
    old, new = asked
    proof = prove_consistency(old, new, nodes_of(PUBLISHED))
    assert CONSISTENCIES[asked] == [part.hex() for part in proof]
    verify_consistency(old, bytes.fromhex(ROOTS[old]), new, bytes.fromhex(ROOTS[new]), proof)


@MANY
@for_all(st.lists(st.integers(0, 40), max_size=12))
def test_a_tree_that_grows_has_the_nodes_and_root_of_one_that_is_whole(steps):
    """However leaves are added, the nodes they complete are those of the whole tree, each once, and so is the root."""
    frontier, stored = Frontier(), {(0, n): leaf for n, leaf in enumerate(LEAVES)}
    for step in steps:
        start = frontier.size
        new = LEAVES[start : start + step]
        found = list(complete(start, new, lambda level, number: stored[level, number]))
        assert found == frontier.add(new)
        for level, first, hashes in found:
            for number, hashed in enumerate(hashes, first):
                assert (level, number) not in stored
                stored[level, number] = hashed
    size = frontier.size
    whole = {(level, n): NODE(level, n) for level in range(1, 9) for n in range(size >> level)}
    assert whole == {key: hashed for key, hashed in stored.items() if key[0]}
    assert tree_hash(LEAVES[:size]) == frontier.root()


@MANY
@for_all(SIZES.filter(bool), st.data())
def test_every_leaf_is_proved_and_no_other(size, data):
    """A proof leads from its leaf at its index to the root, and from no other index, leaf or length to it."""
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 2**64))
    root, proof = tree_hash(LEAVES[:size]), prove_inclusion(index, size, NODE)
    assert root == root_from_inclusion(LEAVES[index], index, size, proof)
    for leaf, at, path in (
        (LEAVES[index], other, proof),
        (LEAVES[index - 1], index, proof),
        (LEAVES[index], index, proof[:-1]),
        (LEAVES[index], index, [*proof, root]),
        (root, index, []),
    ):
        claimed = (leaf, at, list(path)) != (LEAVES[index], index, proof)
        assert not claimed or root != reached(leaf, at, size, path)


def reached(leaf, index, size, proof):
    """Give the root that a proof leads to, or nothing where it is refused."""
    try:
        return root_from_inclusion(leaf, index, size, proof)
    except BadProof:
        return None


def refused(old, old_root, new, new_root, proof):
    """Tell whether a consistency proof is refused."""
    try:
        verify_consistency(old, old_root, new, new_root, proof)
    except BadProof:
        return True
    return False


@MANY
@for_all(SIZES.filter(bool), st.data())
def test_no_changed_byte_of_an_inclusion_proof_passes(size, data):
    """With any bit of a leaf or a proof turned, it does not lead to the root."""
    index = data.draw(st.integers(0, size - 1))
    root, path = tree_hash(LEAVES[:size]), [LEAVES[index], *prove_inclusion(index, size, NODE)]
    for at in range(32 * len(path)):
        mutated = turn(path, at, data.draw(st.integers(0, 7)) if at % 32 == 0 else at % 8)
        assert root != reached(mutated[0], index, size, mutated[1:])


def turn(hashes, at, bit):
    """Turn one bit of the byte at a place in several hashes."""
    whole = bytearray(b"".join(hashes))
    whole[at] ^= 1 << bit
    return [bytes(whole[n : n + 32]) for n in range(0, len(whole), 32)]


@MANY
@for_all(SIZES, SIZES)
def test_every_tree_extends_its_beginnings(a, b):
    """A consistency proof holds between any two sizes, none and equal ones included."""
    old, new = sorted((a, b))
    proof = prove_consistency(old, new, NODE)
    verify_consistency(old, tree_hash(LEAVES[:old]), new, tree_hash(LEAVES[:new]), proof)


@MANY
@for_all(st.integers(1, 300), st.integers(1, 300), st.data())
def test_no_changed_byte_of_a_consistency_proof_passes(a, b, data):
    """With any bit of a root or a proof turned, or a hash too many or too few, a consistency proof is refused."""
    old, new = sorted((a, b))
    parts = [tree_hash(LEAVES[:old]), tree_hash(LEAVES[:new]), *prove_consistency(old, new, NODE)]
    for at in range(32 * len(parts)):
        was, now, *proof = turn(parts, at, data.draw(st.integers(0, 7)) if at % 32 == 0 else at % 8)
        assert refused(old, was, new, now, proof)
    was, now, *proof = parts
    assert refused(old, was, new, now, [*proof, now])
    assert not proof or refused(old, was, new, now, proof[:-1])
    assert old == new or refused(new, now, old, was, proof)


@MANY
@for_all(st.integers(1, 299), st.integers(-(2**63), 2**64), st.data())
def test_no_wrong_old_size_passes(new, wrong, data):
    """A consistency proof never holds for an old size whose root is another."""
    old = data.draw(st.integers(0, new))
    proof = prove_consistency(old, new, NODE)
    if wrong != old:
        assert refused(wrong, tree_hash(LEAVES[:old]), new, tree_hash(LEAVES[:new]), proof)


@pytest.mark.parametrize("size", [2**63, 2**64, 2**200, -1])
def test_sizes_that_no_log_has_are_refused(size):
    """A size past the largest, or below zero, is refused at once."""
    assert refused(1, LEAVES[0], size, LEAVES[0], [])
    assert refused(size, LEAVES[0], size, LEAVES[0], [])
    assert reached(LEAVES[0], 0, size, []) is None


def test_a_proof_at_the_largest_size_is_followed_to_its_end():
    """The largest size that a checkpoint can have is no different: 63 hashes."""
    proof = [LEAVES[0]] * 63
    assert reached(LEAVES[1], 2**63 - 2, LARGEST_SIZE, proof[:62]) is not None
    assert reached(LEAVES[1], 0, LARGEST_SIZE, proof) is not None
    assert reached(LEAVES[1], 0, LARGEST_SIZE, proof[:62]) is None


def test_of_nothing_there_is_nothing_to_prove():
    """From the empty tree, and from a tree to itself, a proof has no hashes, and none is taken."""
    root = tree_hash(LEAVES[:5])
    assert not refused(0, EMPTY_ROOT, 5, root, [])
    assert not refused(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    assert refused(0, EMPTY_ROOT, 5, root, [root])
    assert refused(0, root, 5, root, [])
    assert refused(0, EMPTY_ROOT, 0, root, [])
    assert refused(5, root, 5, EMPTY_ROOT, [])
    assert refused(5, root, 5, root, [root])


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2)])
def test_what_is_asked_for_wrongly_is_not_proved(old, new):
    """There is no proof that a tree extends a larger one, nor of a leaf that is not there."""
    with pytest.raises(ValueError, match="does not extend"):
        prove_consistency(old, new, NODE)
    with pytest.raises(ValueError, match="there is no leaf"):
        prove_inclusion(max(old, new), new, NODE)


def test_a_hash_of_another_length_is_refused():
    """A proof of anything but 32-byte hashes is refused, even where its bytes in a row are right."""
    proof = prove_inclusion(0, 4, NODE)
    assert reached(LEAVES[0], 0, 4, [proof[0] + proof[1]]) is None
    assert refused(1, LEAVES[0], 4, tree_hash(LEAVES[:4]), [proof[0][:31], proof[1]])
