"""A Merkle tree as RFC 6962 defines it: grown leaf by leaf, with proofs that a leaf is in it and that nothing was taken out.

Kept are the hashes of complete subtrees only: the node (level, position) stands for the 2^level leaves from
position * 2^level on. Everything else is computed from those by pure functions over a reader of nodes.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence

Place = tuple[int, int]  # level (0: leaves), position in that level
Reader = Callable[[int, int], bytes]

EMPTY = hashlib.sha256(b"").digest()
_LEAF, _NODE = b"\0", b"\1"  # RFC 6962, section 2.1: a leaf can never be taken for a node


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf that holds `entry`."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above `left` and `right`."""
    return hashlib.sha256(_NODE + left + right).digest()


def peak_places(size: int) -> list[Place]:
    """Return the places of the complete subtrees of which a tree of `size` leaves is made, the largest first."""
    return _covering(0, size)


def _covering(first: int, end: int) -> list[Place]:
    """Return the fewest complete subtrees over the leaves `first` to `end` - 1.

    `first` is where a subtree of that many leaves, or more, may begin: RFC 6962 divides no tree elsewhere.
    """
    places = []
    while first < end:
        level = (end - first).bit_length() - 1
        places.append((level, first >> level))
        first += 1 << level
    return places


def grow(size: int, peaks: Sequence[bytes], leaf: bytes) -> tuple[list[bytes], dict[Place, bytes]]:
    """Return the peaks of a tree of `size` leaves with peaks `peaks` after `leaf` (a hash), and the nodes that it completed.

    The nodes are those above level 0, where the leaf itself stands: one on average, none for every other leaf.
    """
    grown, made, level, position, node = list(peaks), {}, 0, size, leaf
    while position & 1:
        node = node_hash(grown.pop(), node)
        level, position = level + 1, position >> 1
        made[level, position] = node
    return [*grown, node], made


def root_of(peaks: Sequence[bytes]) -> bytes:
    """Return the root of the tree that has these peaks."""
    if not peaks:
        return EMPTY
    *rest, root = peaks
    for peak in reversed(rest):
        root = node_hash(peak, root)
    return root


def root(read: Reader, size: int) -> bytes:
    """Return the root that the tree had when it had `size` leaves."""
    return _root(read, 0, size)


def _root(read: Reader, first: int, end: int) -> bytes:
    return root_of([read(*place) for place in _covering(first, end)])


def _split(size: int) -> int:
    """Return the largest power of two below `size` (at least 2): where RFC 6962 divides a tree."""
    return 1 << (size - 1).bit_length() - 1


def inclusion(read: Reader, index: int, size: int) -> list[bytes]:
    """Return the proof that the leaf at `index` is in the tree of `size` leaves (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("there is no such leaf in a tree of this size")
    path, first, end = [], 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(_root(read, middle, end))
            end = middle
        else:
            path.append(_root(read, first, middle))
            first = middle
    return path[::-1]


def consistency(read: Reader, first: int, second: int) -> list[bytes]:
    """Return the proof that the tree of `first` leaves is the beginning of that of `second` (RFC 6962, 2.1.2)."""
    if not 0 <= first <= second:
        raise ValueError("the first size is not greater than the second")
    if first in {0, second}:
        return []
    path, begin, end, whole = [], 0, second, True
    while first != end:
        middle = begin + _split(end - begin)
        if first <= middle:
            path.append(_root(read, middle, end))
            end = middle
        else:
            path.append(_root(read, begin, middle))
            begin, whole = middle, False
    return ([] if whole else [_root(read, begin, end)]) + path[::-1]


def needed(proof: Callable[[Reader], object]) -> list[Place]:
    """Return which nodes `proof` reads, so that they can be fetched at once before it is made."""
    places: list[Place] = []

    def note(level: int, position: int) -> bytes:
        places.append((level, position))
        return EMPTY

    proof(note)
    return places


def reader(nodes: Mapping[Place, bytes]) -> Reader:
    """Return the reader of nodes that were fetched."""
    return lambda level, position: nodes[level, position]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether `path` proves that `leaf` (a hash) stands at `index` under `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            while not here & 1:  # it is above 0, as `last` is
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(sizes: tuple[int, int], roots: tuple[bytes, bytes], path: Sequence[bytes]) -> bool:
    """Return whether `path` proves that the first tree is the beginning of the second (RFC 9162, 2.1.4.2)."""
    (first, second), (root_1, root_2) = sizes, roots
    if first == second:
        return root_1 == root_2 and not path
    if first == 0:
        return root_1 == EMPTY and not path and second > 0
    if not 0 < first < second or not path:
        return False
    begin, *rest = [root_1, *path] if first & (first - 1) == 0 else path
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = begin
    for sibling in rest:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not here & 1:  # it is above 0, as `last` is
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and (old, new) == (root_1, root_2)
