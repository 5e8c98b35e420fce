"""How text that people type is kept (as given) and how it is compared in searches (width- and case-insensitive)."""

import unicodedata
from collections.abc import Iterator


def kept(text: str) -> str:
    """Return `text` as it is stored: か + ゙ becomes が, white space at its ends goes, nothing else changes.

    Not NFC of the whole text, which would replace the name kanji of cp932 that are compatibility ideographs
    (U+FA19 神 by U+795E 神): a name would change.
    """
    return "".join(map(composed, clusters(text))).strip()


def folded(text: str) -> str:
    """Return `text` as searches compare it: full- and half-width, upper and lower case are one, spaces are dropped."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def clusters(text: str) -> Iterator[str]:
    """Yield the characters of `text`, each with the marks that follow it."""
    cluster = ""
    for character in text:
        if cluster and unicodedata.category(character).startswith("M"):
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


def composed(cluster: str) -> str:
    """Return a character with its marks as one code point, where there is one."""
    return unicodedata.normalize("NFC", cluster) if len(cluster) > 1 else cluster
