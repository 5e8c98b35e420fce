"""How text that people type is kept (as given) and how it is compared in searches (width- and case-insensitive)."""

import re
import unicodedata
from collections.abc import Iterator

HYPHENS = re.compile(r"[\s\-‐‑‒–—―−ー]+")  # what people put between the parts of a number or a key, and its look-alikes

# What every mail server takes as it stands; addresses beyond it (quoted, commented, not ASCII) are refused when they come
# in, not when a mail is due.
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def kept(text: str) -> str:
    """Return `text` as it is stored: か + ゙ becomes が, white space at its ends goes, nothing else changes.

    Not NFC of the whole text, which would replace the name kanji of cp932 that are compatibility ideographs
    (U+FA19 神 by U+795E 神): a name would change.
    """
    return "".join(map(composed, clusters(text))).strip()


def folded(text: str) -> str:
    """Return `text` as searches compare it: full- and half-width, upper and lower case are one, spaces are dropped."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return unicodedata.normalize("NFKC", "".join(words))  # は゛ became は, space, mark: without the space it is ば


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
    """Return a character with its marks as one code point, where there is one.

    A compatibility ideograph stays itself under any mark, a variation selector (異体字) among them.
    """
    if len(cluster) == 1 or not unicodedata.is_normalized("NFC", cluster[0]):
        return cluster
    return unicodedata.normalize("NFC", cluster)
