import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denshi_hosho.core import merkle
from denshi_hosho.core.merkle import Place

# The leaves and roots that the Certificate Transparency implementations share as their test vectors.
LEAVES = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 300


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if len(leaves) < 2:
        return hashlib.sha256(b"\0" + leaves[0]).digest() if leaves else hashlib.sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1, as it is written there."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """RFC 6962, 2.1.2, as it is written there."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole=whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], whole=False), naive_root(leaves[:k])]


class Tree:
    """A tree grown leaf by leaf, with all that was ever put down of it."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.nodes: dict[Place, bytes] = {}
        self.roots = [merkle.EMPTY]
        self.peaks: list[bytes] = []
        for size, leaf in enumerate(leaves):
            node = merkle.leaf_hash(leaf)
            self.peaks, made = merkle.grow(size, self.peaks, node)
            self.nodes |= {(0, size): node, **made}
            self.roots.append(merkle.root_of(self.peaks))
        self.read = merkle.reader(self.nodes)


MANY = [str(number).encode() for number in range(LARGEST)]
GROWN = Tree(MANY)


def test_the_roots_are_those_of_the_published_vectors() -> None:
    tree = Tree(LEAVES)
    assert [each.hex() for each in tree.roots[1:]] == ROOTS
    assert tree.roots[0].hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_proofs_are_those_of_the_published_vectors() -> None:
    tree = Tree(LEAVES)
    assert [each.hex() for each in merkle.inclusion(tree.read, 5, 8)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [each.hex() for each in merkle.consistency(tree.read, 6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_size_has_the_root_of_the_definition_whichever_way_it_is_computed() -> None:
    for size in range(LARGEST + 1):
        expected = naive_root(MANY[:size])
        assert GROWN.roots[size] == expected
        assert merkle.root(GROWN.read, size) == expected


def test_only_complete_nodes_are_kept_and_all_of_them() -> None:
    assert set(GROWN.nodes) == {
        (level, position) for level in range(10) for position in range(LARGEST) if (position + 1) << level <= LARGEST
    }
    assert [GROWN.nodes[place] for place in merkle.peak_places(LARGEST)] == GROWN.peaks


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_an_inclusion_proof_is_the_definitions_and_verifies(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(GROWN.read, index, size)
    leaf, root = merkle.leaf_hash(MANY[index]), GROWN.roots[size]
    assert path == naive_path(index, MANY[:size])
    assert merkle.verify_inclusion(leaf, index, size, path, root)
    for wrong in altered(data, path):
        assert merkle.verify_inclusion(leaf, index, size, wrong, root) is False
    assert merkle.verify_inclusion(merkle.leaf_hash(b"another"), index, size, path, root) is False
    assert merkle.verify_inclusion(leaf, index, size, path, merkle.leaf_hash(b"another")) is False
    assert merkle.verify_inclusion(leaf, size, size, path, root) is False
    assert merkle.verify_inclusion(leaf, -1, size, path, root) is False
    other = data.draw(st.integers(0, size - 1))
    assert merkle.verify_inclusion(leaf, other, size, path, root) == (other == index)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_consistency_proof_is_the_definitions_and_verifies(data: st.DataObject) -> None:
    second = data.draw(st.integers(1, LARGEST))
    first = data.draw(st.integers(1, second))
    path = merkle.consistency(GROWN.read, first, second)
    sizes, roots = (first, second), (GROWN.roots[first], GROWN.roots[second])
    assert path == naive_subproof(first, MANY[:second], whole=True)
    assert merkle.verify_consistency(sizes, roots, path)
    for wrong in altered(data, path):
        assert merkle.verify_consistency(sizes, roots, wrong) is False
    if first < second:
        assert merkle.verify_consistency(sizes, (merkle.EMPTY, roots[1]), path) is False
        assert merkle.verify_consistency(sizes, (roots[0], merkle.EMPTY), path) is False
        assert merkle.verify_consistency((second, first), roots, path) is False


def altered(data: st.DataObject, path: Sequence[bytes]) -> list[list[bytes]]:
    """The path with one bit changed, one hash too many, and one too few."""
    wrong = [[*path, merkle.EMPTY], [merkle.EMPTY, *path]]
    if path:
        place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
        changed = bytearray(path[place])
        changed[bit // 8] ^= 1 << bit % 8
        wrong += [[*path[:place], bytes(changed), *path[place + 1 :]], [*path[:place], *path[place + 1 :]]]
    return wrong


def test_a_tree_is_consistent_with_the_empty_one_and_with_itself() -> None:
    assert merkle.consistency(GROWN.read, 0, 7) == merkle.consistency(GROWN.read, 7, 7) == []
    assert merkle.verify_consistency((0, 7), (merkle.EMPTY, GROWN.roots[7]), [])
    assert merkle.verify_consistency((0, 7), (GROWN.roots[1], GROWN.roots[7]), []) is False
    assert merkle.verify_consistency((7, 7), (GROWN.roots[7], GROWN.roots[7]), [])
    assert merkle.verify_consistency((7, 7), (GROWN.roots[7], GROWN.roots[6]), []) is False


def test_a_path_that_ends_too_early_proves_nothing_even_if_the_hashes_agree() -> None:
    leaf, sibling = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    above = merkle.node_hash(leaf, sibling)
    assert merkle.verify_inclusion(leaf, 0, 1, [], leaf) is True
    assert merkle.verify_inclusion(leaf, 0, 2, [], leaf) is False
    assert merkle.verify_inclusion(leaf, 0, 4, [sibling], above) is False
    assert merkle.verify_consistency((1, 2), (leaf, above), [sibling]) is True
    assert merkle.verify_consistency((1, 4), (leaf, above), [sibling]) is False
    assert merkle.verify_consistency((1, 2), (leaf, leaf), []) is False
    assert merkle.verify_consistency((6, 8), (leaf, leaf), []) is False


def test_only_a_log_that_has_entries_goes_on_from_the_empty_one_and_without_a_path() -> None:
    root, empty = GROWN.roots[1], merkle.EMPTY
    assert merkle.verify_consistency((0, 1), (empty, root), []) is True
    assert merkle.verify_consistency((0, 1), (empty, root), [root]) is False
    assert merkle.verify_consistency((0, -1), (empty, root), []) is False
    assert merkle.verify_consistency((-1, 1), (empty, root), [root]) is False
    assert merkle.verify_consistency((1, 1), (root, root), [root]) is False


def test_what_no_tree_has_is_not_proved() -> None:
    for index, size in ((7, 7), (-1, 7), (0, 0)):
        with pytest.raises(ValueError, match=r"^there is no such leaf in a tree of this size$"):
            merkle.inclusion(GROWN.read, index, size)
    for first, second in ((8, 7), (-1, 7)):
        with pytest.raises(ValueError, match=r"^the first size is not greater than the second$"):
            merkle.consistency(GROWN.read, first, second)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300])
def test_what_a_proof_needs_is_known_before_it_is_made(size: int) -> None:
    for index in (0, size // 2, size - 1):

        def proof(read: merkle.Reader, index: int = index) -> list[bytes]:
            return merkle.inclusion(read, index, size)

        few = merkle.reader({place: GROWN.nodes[place] for place in merkle.needed(proof)})
        assert proof(few) == proof(GROWN.read)
