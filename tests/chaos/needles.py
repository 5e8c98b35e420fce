"""Finding access keys in raw bytes, in every spelling in which one could have been written by mistake."""

import base64
import re
import zlib
from collections.abc import Iterable, Iterator

from denshi_hosho.core.vault import LENGTH

_SYMBOLS = rb"[A-Za-z0-9+_\-/= .%]"
_RUN = re.compile(_SYMBOLS + rb"{12,}")
_WIDE = re.compile(rb"(?:[A-Za-z0-9+_]\x00){12,}|(?:\x00[A-Za-z0-9+_]){12,}")
_HEX = re.compile(rb"[0-9a-fA-F]{24,}")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{40,76}={0,2}\r?\n){2,}|[A-Za-z0-9+/]{60,}={0,2}")
_GROUPED = re.compile(rb"[A-Za-z0-9+_]{4}[ -][A-Za-z0-9+_]{4}[ -][A-Za-z0-9+_]{4}")
_FULL_WIDTH = re.compile(rb"(?:\xef[\xbc\xbd][\x80-\xbf]){12,}")
_SHIFTS = ((0, 0), (1, 2), (2, 3))  # bytes before the key in its group of three; the symbols of base64 that they touch


class Needles:
    """Keys, each in the spellings that are searched for: as is, lower case, grouped, full-width, UTF-16, hex, base64."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = {key.encode(): key for key in keys}
        self.base64 = {spelling: key for raw, key in self.keys.items() for spelling in _in_base64(raw)}
        self._lengths = sorted({len(spelling) for spelling in self.base64})

    def found(self, content: bytes) -> set[str]:
        """Return the keys that stand in `content`."""
        return {key for part in (content, *_unpacked(content)) for key in self._in(part)}

    def _in(self, content: bytes) -> Iterator[str]:
        for run in _RUN.findall(content):
            yield from _windows(run.upper(), LENGTH, self.keys)
            for length in self._lengths:
                yield from _windows(run, length, self.base64)
        for run in _WIDE.findall(content):
            yield from _windows(run.replace(b"\0", b"").upper(), LENGTH, self.keys)
        for run in _HEX.findall(content):
            for shift in (0, 1):
                even = run[shift : shift + (len(run) - shift) // 2 * 2]
                yield from _windows(bytes.fromhex(even.decode()).upper(), LENGTH, self.keys)
        for run in _GROUPED.findall(content):
            yield from _windows(re.sub(rb"[ -]", b"", run).upper(), LENGTH, self.keys)
        for run in _FULL_WIDTH.findall(content):
            plain = "".join(chr(ord(symbol) - 0xFEE0) for symbol in run.decode() if ord(symbol) >= 0xFF01)
            yield from _windows(plain.upper().encode(errors="replace"), LENGTH, self.keys)


def _windows(run: bytes, length: int, among: dict[bytes, str]) -> Iterator[str]:
    for start in range(len(run) - length + 1):
        if (found := among.get(run[start : start + length])) is not None:
            yield found


def _in_base64(key: bytes) -> Iterator[bytes]:
    """Yield what stands in base64 text that holds the key, at each of the three ways in which it can lie in it."""
    for before, cut in _SHIFTS:
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(bytes(before) + key)
            last = len(key) + before
            yield text[cut : last * 8 // 6]


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what is packed in `content`: streams of PDFs, and blocks of base64 as mails have them."""
    for stream in _STREAM.findall(content):
        try:
            yield zlib.decompress(stream.strip(b"\r\n"))
        except zlib.error:
            continue
    for block in _BASE64.findall(content):
        text = re.sub(rb"[^A-Za-z0-9+/]", b"", block)
        yield base64.b64decode(text[: len(text) // 4 * 4])
