"""Making a signing certificate and verifying copies, as an operator and a public body type it."""

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from denshi_hosho.core.status import signed_list
from denshi_hosho.core.vocabulary import CertificateStatus
from tests.cli.test_cli import hosho
from tests.core.signed import URL, Issuer, issuer

SCRIPT = Path(__file__).parents[2] / "schema" / "alone" / "verify_certificate.py"


@pytest.fixture
def copies(tmp_path: Path) -> Issuer:
    """An issuer whose certificate, keys and authority lie in files."""
    ours = issuer()
    file = ours.file()
    (tmp_path / "a.pdf").write_bytes(file.pdf)
    (tmp_path / "a.jws").write_text(file.jws)
    (tmp_path / "jwks.json").write_text(json.dumps(ours.keys.jwks()))
    (tmp_path / "ca.pem").write_bytes(ours.seal.certificates_pem)
    return ours


@pytest.mark.usefixtures("copies")
def test_both_forms_are_verified_offline(tmp_path: Path) -> None:
    given = ["--jwks", str(tmp_path / "jwks.json"), "--ca", str(tmp_path / "ca.pem"), "--offline"]
    done = hosho("verify", str(tmp_path / "a.pdf"), str(tmp_path / "a.jws"), *given)
    assert done.returncode == 0, done.stdout
    for said in ("真正です", "genuine", "試験保証 保証証書署名 2024", "2024-06-03 10:00 JST", "確認していません", "自己発行",
                 "145,670,000 円", "1070000473"):  # fmt: skip
        assert said in done.stdout
    told = json.loads(hosho("verify", str(tmp_path / "a.jws"), *given, "--json").stdout)
    assert (told[0]["genuine"], told[0]["signer"], told[0]["status"]) == (True, "k1", None)
    assert told[0]["certificate"]["worksName"] == "国道〇号線 道路改良工事 その1"


def test_an_altered_copy_and_one_of_another_certificate_are_not_genuine(tmp_path: Path, copies: Issuer) -> None:
    given = ["--jwks", str(tmp_path / "jwks.json"), "--ca", str(tmp_path / "ca.pem"), "--offline"]
    (tmp_path / "b.pdf").write_bytes((tmp_path / "a.pdf").read_bytes() + b"\n")
    done = hosho("verify", str(tmp_path / "b.pdf"), *given)
    assert done.returncode == 1
    assert "NOT GENUINE (COPY_ALTERED)" in done.stdout
    (tmp_path / "c.pdf").write_bytes(copies.file(certificate_id=9).pdf)
    done = hosho("verify", str(tmp_path / "a.jws"), str(tmp_path / "c.pdf"), *given)
    assert done.returncode == 1
    assert "COPIES_DIFFER" in done.stdout


@pytest.mark.usefixtures("copies")
def test_what_cannot_be_told_is_not_called_genuine(tmp_path: Path) -> None:
    missing = hosho("verify", str(tmp_path / "a.jws"), "--offline")
    assert missing.returncode == 1
    assert "--jwks" in missing.stdout
    absent = ["--jwks", str(tmp_path / "jwks.json"), "--status", str(tmp_path / "absent")]
    unknown = hosho("verify", str(tmp_path / "a.jws"), *absent)
    assert unknown.returncode == 1
    assert "STATUS_UNKNOWN" in unknown.stdout


STANDINGS = [
    (CertificateStatus.ACTIVE, "有効", 0),
    (CertificateStatus.ROTATED, "再発行", 0),
    (CertificateStatus.SUPERSEDED, "差替え", 3),
    (CertificateStatus.CANCELLED, "解約", 3),
    (CertificateStatus.RELEASED, "終了", 3),
]


def listed(
    copies: Issuer, folder: Path, status: CertificateStatus, now: datetime, where: str = f"{URL}/status/0"
) -> Path:
    """A status list of now on which only our certificate (id 3) has that status."""
    (folder / "list").write_text(signed_list(copies.keys, where, {3: status}, now))
    return folder / "list"


@pytest.mark.parametrize(("status", "said", "code"), STANDINGS, ids=str)
def test_the_status_list_decides_whether_a_genuine_copy_is_current(
    tmp_path: Path, copies: Issuer, status: CertificateStatus, said: str, code: int
) -> None:
    place = str(listed(copies, tmp_path, status, datetime.now(UTC)))
    given = ["--jwks", str(tmp_path / "jwks.json"), "--ca", str(tmp_path / "ca.pem"), "--status", place]
    done = hosho("verify", str(tmp_path / "a.pdf"), str(tmp_path / "a.jws"), *given)
    assert done.returncode == code, done.stdout
    assert done.stdout.count(f"{status.ja} / {status.value}") == 2
    alone = by_script(tmp_path, "--status", place)
    assert (alone.returncode, alone.stderr) == (code, "")
    assert "Genuine" in alone.stdout
    assert said in alone.stdout.splitlines()[-1]


@pytest.mark.parametrize("wrong", ["outdated", "another list", "another issuer's", "not yet", "absent"])
def test_a_list_that_says_nothing_of_today_is_not_believed(tmp_path: Path, copies: Issuer, wrong: str) -> None:
    now = datetime.now(UTC) + {"outdated": -timedelta(hours=2), "not yet": timedelta(hours=2)}.get(wrong, timedelta())
    where = f"{URL}/status/1" if wrong == "another list" else f"{URL}/status/0"
    signer = issuer("別の保証", b"z") if wrong == "another issuer's" else copies
    place = listed(signer, tmp_path, CertificateStatus.ACTIVE, now, where)
    if wrong == "absent":
        place.unlink()
    done = hosho("verify", str(tmp_path / "a.jws"), "--jwks", str(tmp_path / "jwks.json"), "--status", str(place))
    assert done.returncode == 1
    assert "STATUS_UNKNOWN" in done.stdout
    alone = by_script(tmp_path, "--status", str(place))
    assert (alone.returncode, alone.stderr) == (1 if wrong == "another issuer's" else 2, "")


def by_script(folder: Path, *given: str) -> "subprocess.CompletedProcess[str]":
    """Run the stand-alone script by nothing but Python's standard library."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), "a.jws", "a.pdf", "--jwks", "jwks.json", *given]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603


def test_a_signing_certificate_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "signing"
    made = hosho("signing", "init", "--folder", str(folder), HOSHO_PDF_KEY_PASSPHRASE="sesame")
    assert made.returncode == 0, made.stderr
    assert made.stdout == f"HOSHO_PDF_KEY={folder}/pdf.key\nHOSHO_PDF_CERTIFICATES={folder}/pdf.pem\n"
    assert "自己発行" in made.stderr
    assert b"ENCRYPTED" in (folder / "pdf.key").read_bytes()
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert (folder / "pdf.pem").read_bytes().endswith((folder / "authority.pem").read_bytes())
    again = hosho("signing", "init", "--folder", str(folder))
    assert (again.returncode, "SIGNING_EXISTS" in again.stderr) == (1, True)


def test_serve_refuses_to_start_without_a_key_to_sign_with(tmp_path: Path) -> None:
    secrets = dict(line.split("=", 1) for line in hosho("keys", "generate").stdout.splitlines())
    refused = hosho("serve", HOSHO_DATABASE_URL=f"sqlite:///{tmp_path}/hosho.db", **secrets)
    assert refused.returncode == 1
    assert "missing: HOSHO_PDF_KEY, HOSHO_PDF_CERTIFICATES. `hosho signing init` makes one." in refused.stderr


@pytest.mark.parametrize(
    ("key", "chain", "said"),
    [
        ("", "chain", "HOSHO_PDF_KEY cannot be read"),
        ("key", "", "HOSHO_PDF_CERTIFICATES cannot be read"),
        ("other", "chain", "must begin with the certificate of the key"),
        ("key", "signer", "must hold the certificate of the authority"),
    ],
)
def test_wrong_files_are_named(tmp_path: Path, signing_folder: Path, key: str, chain: str, said: str) -> None:
    pem = (signing_folder / "pdf.pem").read_text()
    other = hosho("signing", "init", "--folder", str(tmp_path / "o"))
    assert other.returncode == 0
    files = {"key": (signing_folder / "pdf.key").read_text(), "chain": pem, "": "nonsense",
             "other": (tmp_path / "o" / "pdf.key").read_text(), "signer": pem.partition("-----END CERTIFICATE-----\n")[0]
             + "-----END CERTIFICATE-----\n"}  # fmt: skip
    (tmp_path / "key").write_text(files[key])
    (tmp_path / "chain").write_text(files[chain])
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    settings = {"HOSHO_PDF_KEY": str(tmp_path / "key"), "HOSHO_PDF_CERTIFICATES": str(tmp_path / "chain")}
    refused = hosho("verify", str(tmp_path / "a.pdf"), "--offline", **settings)
    assert refused.returncode == 1
    assert said in refused.stderr
