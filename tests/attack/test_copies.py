"""Copies of certificates made to harm whoever verifies them: bombs, and addresses at which the verifier shall call."""

import asyncio
import json
import time
import zlib
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from denshi_hosho.core import pdf_reading
from denshi_hosho.core.not_verified import NotVerified
from denshi_hosho.core.verifying import verify_pdf
from tests.core.signed import URL, Issuer, issuer

signing = import_module("denshi_hosho.cli.signing")  # the package gives a command of the same name
BOMB = zlib.compress(b"\0" * 60_000_000, 9)  # 58 kB, as long as a certificate


class _Parsed(BaseException):
    """The PDF parser was given a file; no `except Exception` hides it."""


def _parse(_stream: object) -> None:
    raise _Parsed


def _bombs(genuine: bytes, stranger: bytes) -> dict[str, bytes]:
    """Files by what is wrong with them; in some a stream unpacks to a thousand times its length."""
    stream = b"<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(BOMB), BOMB)
    body = b"%PDF-1.7\n1 0 obj" + stream + b"endobj\n"
    signature = b"<</ByteRange [0000000000 000000000 000000000 000000000]/Contents <00>>>"
    middle = len(genuine) // 2
    return {
        "unsigned": body + b"%%EOF",
        "a range that covers nothing": body + signature + b"%%EOF",
        "nested objects": b"%PDF-1.7\n" + b"[" * 100_000 + b"/ByteRange",
        "references in a circle": b"%PDF-1.7\n1 0 obj 1 0 R endobj\ntrailer<</Root 1 0 R/Prev 9>>startxref\n9\n%%EOF",
        "an update behind the signature": genuine + body,
        "a bomb inside of a genuine file": genuine[:middle] + BOMB + genuine[middle:],
        "signed by a stranger": stranger,
    }


@pytest.mark.parametrize("which", _bombs(b"%PDF-", b""))
def test_no_pdf_is_parsed_before_its_signer_is_known(monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    ours, stranger = issuer(), issuer("他社", b"b")
    monkeypatch.setattr(pdf_reading, "PdfFileReader", _parse)
    with pytest.raises(_Parsed):
        asyncio.run(verify_pdf(ours.file().pdf, ours.seal.trust))
    begun = time.process_time()
    with pytest.raises(NotVerified):
        asyncio.run(verify_pdf(_bombs(ours.file().pdf, stranger.file().pdf)[which], ours.seal.trust))
    assert time.process_time() - begun < 1


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that `hosho verify` asks; none of them answers."""
    asked: list[str] = []

    def refuse(url: str, **_options: object) -> None:
        asked.append(url)
        raise OSError

    monkeypatch.setattr(signing, "urlopen", refuse)
    return asked


def _verified(folder: Path, ours: Issuer, jws: str) -> int:
    (folder / "jwks.json").write_text(json.dumps(ours.keys.jwks()))
    (folder / "copy.jws").write_text(jws)
    given = [str(folder / "copy.jws"), "--jwks", str(folder / "jwks.json")]
    return CliRunner().invoke(signing.verify, given).exit_code


def test_only_a_genuine_copy_makes_its_verifier_ask_for_a_status(tmp_path: Path, called: list[str]) -> None:
    assert _verified(tmp_path, issuer(), issuer("他社", b"b").file().jws) == signing.NOT_GENUINE
    assert called == []
    assert _verified(tmp_path, issuer(), issuer().file().jws) == signing.NOT_GENUINE
    assert called == [f"{URL}/status/0"]
