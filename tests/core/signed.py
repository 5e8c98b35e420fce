"""Signed certificates for tests, and what verifies them; one key of 2,048 bits for a whole run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pyhanko.sign.timestamps import TimeStamper

from denshi_hosho.core.certificate import Certificate
from denshi_hosho.core.certificate_files import SignedFile, make
from denshi_hosho.core.jws import SigningKeys
from denshi_hosho.core.pdf_signing import PdfSeal, load_seal
from denshi_hosho.core.self_made import self_made
from denshi_hosho.core.settings import Settings
from tests.samples import LEAFLET_ADVANCE

SIGNED_AT = datetime(2024, 6, 3, 1, 0, tzinfo=UTC)
URL = "https://hosho.example.jp"


@dataclass
class Issuer:
    """An installation's keys."""

    seal: PdfSeal
    keys: SigningKeys

    def file(self, certificate: Certificate = LEAFLET_ADVANCE, certificate_id: int = 3) -> SignedFile:
        return make(certificate, None, certificate_id, URL, self.seal, self.keys, SIGNED_AT)

    def stamping(self, timestamper: TimeStamper) -> "Issuer":
        """The same issuer, with a timestamp authority."""
        other = _issuer(self.seal)
        other._timestamper = timestamper
        return Issuer(other, self.keys)


def _issuer(seal: PdfSeal) -> PdfSeal:
    copy = object.__new__(PdfSeal)
    copy.__dict__.update(seal.__dict__)
    return copy


@cache
def issuer(name: str = "試験保証", seed: bytes = b"a") -> Issuer:
    """An issuer with new keys of its own; the same one for the same name."""
    made = self_made(name, SIGNED_AT - timedelta(days=30), bits=2048)
    with TemporaryDirectory() as folder:
        key, chain = Path(folder, "key"), Path(folder, "chain")
        key.write_bytes(made.key)
        chain.write_bytes(made.chain)
        seal = load_seal(Settings(pdf_key=key, pdf_certificates=chain))
    assert seal is not None
    return Issuer(seal, SigningKeys({"k1": seed * 32}))
