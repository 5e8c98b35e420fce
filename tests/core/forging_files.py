"""Altered and forged copies of a certificate, without end, from a seed: every one must be refused."""

import base64
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from denshi_hosho.core.certificate_files import SignedFile
from tests.core.signed import Issuer, issuer
from tests.samples import LEAFLET_PERFORMANCE

Rng = random.Random


@dataclass(frozen=True)
class Forgery:
    """One forged copy: what was done, and the PDF or the JWS (the other one is None)."""

    what: str
    pdf: bytes | None = None
    jws: str | None = None


def forgeries(seed: int, genuine: Issuer | None = None) -> Iterator[Forgery]:
    """Yield forgeries of the certificates of `genuine` for ever; the same ones for the same seed and issuer."""
    rng, ours, theirs = Rng(seed), genuine or issuer(), issuer("別の保証", b"z")
    files = [ours.file(), ours.file(LEAFLET_PERFORMANCE, 4)]
    foreign = theirs.file()
    while True:
        file, other = rng.sample(files, 2)
        for name, forge in _PDF.items():
            forged = forge(rng, file.pdf)
            if forged != file.pdf:
                yield Forgery(name, pdf=forged)
        for name, alter in _JWS.items():
            text = alter(rng, file.jws)
            if text.strip() != file.jws:
                yield Forgery(name, jws=text)
        yield Forgery("another issuer's PDF", pdf=foreign.pdf)
        yield Forgery("another issuer's statement", jws=foreign.jws)
        yield Forgery("signature of another certificate", pdf=_transplanted(file, other))
        yield Forgery("payload of another certificate", jws=_swapped(file.jws, other.jws))


def _flip(rng: Rng, octets: bytes, first: int = 0, end: int | None = None) -> bytes:
    altered, at = bytearray(octets), rng.randrange(first, len(octets) if end is None else end)
    altered[at] ^= 1 << rng.randrange(8)
    return bytes(altered)


def _contents(pdf: bytes) -> tuple[int, int]:
    first = pdf.index(b"/Contents <") + len(b"/Contents <")
    return first, pdf.index(b">", first)


def _other_digit(rng: Rng, pdf: bytes) -> bytes:
    first, end = _contents(pdf)
    at = rng.randrange(first, first + len(pdf[first:end].rstrip(b"0")))
    digit = rng.choice([each for each in b"0123456789ABCDEF" if each != pdf[at]])
    return pdf[:at] + bytes([digit]) + pdf[at + 1 :]


def _in_padding(rng: Rng, pdf: bytes) -> bytes:
    _, end = _contents(pdf)
    at = end - rng.randrange(1, 500)
    return pdf[:at] + b"1" + pdf[at + 1 :]


def _lower_case(_rng: Rng, pdf: bytes) -> bytes:
    first, end = _contents(pdf)
    return pdf[:first] + pdf[first:end].lower() + pdf[end:]


def _updated(rng: Rng, pdf: bytes) -> bytes:
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Lang"] = writer.root["/Lang"].__class__(rng.choice(["en", "fr", "zh"]))
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _range_moved(rng: Rng, pdf: bytes) -> bytes:
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", pdf)
    assert found is not None
    gap, resume, rest = map(int, found.groups())
    by = rng.randrange(1, 9)
    moved = rng.choice([(gap - by, resume, rest), (gap, resume + by, rest - by), (gap, resume, rest - by)])
    text = b"/ByteRange [0 %d %d %d]" % moved
    return pdf[: found.start()] + text.ljust(len(found.group())) + pdf[found.end() :]


def _transplanted(file: SignedFile, other: SignedFile) -> bytes:
    (first, end), (theirs, their_end) = _contents(file.pdf), _contents(other.pdf)
    return file.pdf[:first] + other.pdf[theirs:their_end] + file.pdf[end:]


_PDF: dict[str, Callable[[Rng, bytes], bytes]] = {
    "a bit anywhere": _flip,
    "a bit of the page": lambda rng, pdf: _flip(rng, pdf, 0, 4000),
    "a bit of the signature": lambda rng, pdf: _flip(rng, pdf, *_contents(pdf)),
    "a digit of the signature": _other_digit,
    "something in the padding": _in_padding,
    "the signature in small letters": _lower_case,
    "an incremental update": _updated,
    "bytes at the end": lambda rng, pdf: pdf + rng.choice([b"\n", b" ", b"%", b"%%EOF\n", rng.randbytes(40)]),
    "bytes in front": lambda rng, pdf: rng.choice([b"\n", b"%PDF-1.7\n", rng.randbytes(9)]) + pdf,
    "cut off": lambda rng, pdf: pdf[: rng.randrange(len(pdf))],
    "a byte left out": lambda rng, pdf: pdf[: (at := rng.randrange(len(pdf)))] + pdf[at + 1 :],
    "the range moved": _range_moved,
    "the signature taken away": lambda _rng, pdf: pdf[: pdf.index(b"%%EOF") + 6],
    "twice": lambda _rng, pdf: pdf + pdf,
}


def _b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _split(jws: str) -> tuple[dict[str, object], dict[str, object], str]:
    head, body, signature = jws.split(".")
    return *(json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, body)), signature


def _joined(header: object, payload: object, signature: str, **spelling: Any) -> str:
    form: dict[str, Any] = {"ensure_ascii": False, "separators": (",", ":"), "sort_keys": True} | spelling
    dumps = [json.dumps(each, **form) for each in (header, payload)]
    return ".".join((*(_b64(text.encode()) for text in dumps), signature))


def _swapped(jws: str, other: str) -> str:
    head, _, signature = jws.split(".")
    return f"{head}.{other.split('.')[1]}.{signature}"


def _header(**changes: object) -> Callable[[Rng, str], str]:
    def alter(_rng: Rng, jws: str) -> str:
        header, payload, signature = _split(jws)
        changed = {name: value for name, value in {**header, **changes}.items() if value is not None}
        return _joined(changed, payload, signature)

    return alter


def _own_key(rng: Rng, jws: str) -> str:
    head, body, _ = jws.split(".")
    return (
        f"{head}.{body}.{_b64(Ed25519PrivateKey.from_private_bytes(rng.randbytes(32)).sign(f'{head}.{body}'.encode()))}"
    )


def _more_money(rng: Rng, jws: str) -> str:
    header, payload, signature = _split(jws)
    return _joined(header, {**payload, "guaranteedAmount": rng.randrange(10**9)}, signature)


def _spelled(rng: Rng, jws: str) -> str:
    spelling: dict[str, Any] = rng.choice([{"separators": (", ", ": ")}, {"indent": 1}, {"ensure_ascii": True}])
    return _joined(*_split(jws), **spelling)


def _doubled(_rng: Rng, jws: str) -> str:
    head, body, signature = jws.split(".")
    text = base64.urlsafe_b64decode(body + "==").decode()
    return f"{head}.{_b64(text.replace('{', '{' + chr(34) + 'version' + chr(34) + ':9,', 1).encode())}.{signature}"


def _letter(rng: Rng, jws: str) -> str:
    at = rng.randrange(len(jws))
    return jws[:at] + rng.choice("ABCDwxyz0189-_.=") + jws[at + 1 :]


def _loose_bits(_rng: Rng, jws: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return jws[:-1] + letters[letters.index(jws[-1]) ^ 1]


_JWS: dict[str, Callable[[Rng, str], str]] = {
    "a letter": _letter,
    "cut off": lambda rng, jws: jws[: rng.randrange(len(jws))],
    "signed by somebody": _own_key,
    "more money": _more_money,
    "spelled otherwise": _spelled,
    "a member twice": _doubled,
    "loose bits": _loose_bits,
    "padded": lambda _rng, jws: jws + "==",
    "typ changed": _header(typ="statuslist+jwt"),
    "typ left out": _header(typ=None),
    "alg none": _header(alg="none"),
    "alg EdDSA": _header(alg="EdDSA"),
    "alg HS256": _header(alg="HS256"),
    "kid unknown": _header(kid="k9"),
    "a member more in the header": _header(jwk={"kty": "OKP"}),
    "no signature": lambda _rng, jws: jws.rpartition(".")[0] + ".",
}
