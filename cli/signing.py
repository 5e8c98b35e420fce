"""`hosho signing init`, which makes a signing certificate, and `hosho verify`, which verifies copies of certificates."""

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import click

from denshi_hosho.cli.environment import settings
from denshi_hosho.core.clock import JST, system_clock
from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.jws import PublicKeys, SigningKeys, parsed, public_keys
from denshi_hosho.core.not_verified import CopyUnreadable, NotVerified, StatusUnknown
from denshi_hosho.core.pdf_signing import load_seal
from denshi_hosho.core.pdf_trust import Trust, trust_from_pem
from denshi_hosho.core.self_made import self_made
from denshi_hosho.core.statement import statement
from denshi_hosho.core.status import looked_up
from denshi_hosho.core.verifying import CopyForm, VerifiedCopy, check_together, verify_jws, verify_pdf
from denshi_hosho.core.vocabulary import CertificateStatus

KEY, CERTIFICATES, AUTHORITY = "pdf.key", "pdf.pem", "authority.pem"
_LIMIT, _SECONDS = 1_000_000, 20
_CURRENT = {CertificateStatus.ACTIVE, CertificateStatus.ROTATED}
NOT_GENUINE, NO_LONGER_CURRENT = 1, 3


class SigningExists(HoshoError):
    """There is a signing key in the folder already: it is never written over."""

    code = "SIGNING_EXISTS"


@click.group()
def signing() -> None:
    """Keep the key that signs certificates as PDF."""


@signing.command("init")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the files are to lie."
)
@click.option(
    "--organisation", default="denshi-hosho", show_default=True, help="Who issues: the name in the certificate."
)
def signing_init(folder: Path, organisation: str) -> None:
    """Make a self-issued signing certificate (自己発行の署名証明書), and print the settings that use it.

    If HOSHO_PDF_KEY_PASSPHRASE is set, the key is encrypted with it. The authority's own key is thrown away.
    """
    passphrase = settings().pdf_key_passphrase
    make_files(folder, organisation, system_clock(), passphrase)
    click.echo(f"HOSHO_PDF_KEY={folder / KEY}\nHOSHO_PDF_CERTIFICATES={folder / CERTIFICATES}")
    click.echo(
        "自己発行の署名証明書です。証書の紙面にもそのように記載されます。第三者の証明が必要な場合は認証局の証明書を使ってください。\n"
        f"This certificate is self-issued, and the certificates' pages say so. Give {folder / AUTHORITY} to whoever is to\n"
        "verify PDFs, by a way they trust. The authority's private key was thrown away: nobody can issue in its name.",
        err=True,
    )


def make_files(folder: Path, organisation: str, now: datetime, passphrase: str | None = None) -> None:
    """Write a self-made key and its certificates into `folder`. Raise `SigningExists` if there is a key."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / KEY).exists():
        raise SigningExists(
            f"{folder / KEY} はすでにあります。別のフォルダーを指定してください。",
            f"{folder / KEY} exists already. Choose another folder.",
        )
    made = self_made(organisation, now, passphrase)
    for name, content in ((CERTIFICATES, made.chain), (AUTHORITY, made.authority), (KEY, made.key)):
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--jwks", help="The issuer's public keys, a file or URL. Default: this installation's own.")
@click.option("--ca", help="The issuer's certificates (PEM), a file or URL. Default: this installation's own.")
@click.option("--status", help="The status list, a file or URL. Default: the one that the copy names.")
@click.option("--offline", is_flag=True, help="Do not ask whether the certificate is still current.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def verify(
    files: tuple[Path, ...], jwks: str | None, ca: str | None, status: str | None, *, offline: bool, as_json: bool
) -> None:
    """Verify copies of a certificate (保証証書の検証): FILES are signed PDFs or statements (JWS).

    Exit code 0: genuine; 1: not genuine, or it could not be told; 3: genuine, but no longer current. Given a PDF and
    a statement, both must be of the same certificate.
    """
    copies: list[VerifiedCopy] = []
    answers: list[dict[str, Any]] = []
    code = 0
    for file in files:
        try:
            copy = asyncio.run(_verified(file.read_bytes(), jwks, ca))
            _check_others(copy, copies)
            current = None if offline else _status(copy, status, jwks)
            copies.append(copy)
            answers.append(_told(file, copy, current))
            if current is not None and current not in _CURRENT:
                code = max(code, NO_LONGER_CURRENT)
        except NotVerified as failed:
            answers.append({"file": str(file), "genuine": False, "code": failed.code, "ja": failed.ja, "en": failed.en})
            code = NOT_GENUINE
    if as_json:
        click.echo(json.dumps(answers, ensure_ascii=False, indent=1))
    else:
        click.echo("\n\n".join(map(_shown, answers)))
    raise SystemExit(NOT_GENUINE if any(not each["genuine"] for each in answers) else code)


def _read(place: str) -> bytes:
    try:
        if place.startswith(("https://", "http://")):
            with urlopen(place, timeout=_SECONDS) as answer:  # noqa: S310  http and https only, checked above
                return bytes(answer.read(_LIMIT))
        return Path(place).read_bytes()
    except OSError as error:
        raise CopyUnreadable(f"{place} を読めません。", f"{place} cannot be read.") from error


def _keys(jwks: str | None) -> PublicKeys:
    if jwks is not None:
        return public_keys(parsed(_read(jwks)))
    given = settings()
    if not given.signing_secrets:
        raise CopyUnreadable("公開鍵を --jwks で指定してください。", "Name the public keys with --jwks.")
    return SigningKeys(given.signing_secrets).public


def _trust(ca: str | None) -> Trust:
    if ca is not None:
        return trust_from_pem(_read(ca))
    seal = load_seal(settings())
    if seal is None:
        raise CopyUnreadable("発行者の証明書を --ca で指定してください。", "Name the issuer's certificates with --ca.")
    return seal.trust


async def _verified(content: bytes, jwks: str | None, ca: str | None) -> VerifiedCopy:
    if content.startswith(b"%PDF-"):
        return await verify_pdf(content, _trust(ca))
    return verify_jws(content.decode("ascii", "replace"), _keys(jwks))


def _check_others(copy: VerifiedCopy, others: Sequence[VerifiedCopy]) -> None:
    for other in others:
        if copy.form is not other.form:
            pdf, jws = (copy, other) if copy.form is CopyForm.PDF else (other, copy)
            check_together(pdf, jws)


def _status(copy: VerifiedCopy, place: str | None, jwks: str | None) -> CertificateStatus:
    try:
        token = _read(place or copy.place.uri).decode("ascii", "replace").strip()
        return looked_up(token, _keys(jwks), copy.place.uri, copy.place.index, system_clock())
    except NotVerified as error:
        raise StatusUnknown from error


def _told(file: Path, copy: VerifiedCopy, current: CertificateStatus | None) -> dict[str, Any]:
    return {
        "file": str(file), "genuine": True, "form": copy.form.value, "signer": copy.signer, "issuer": copy.issuer,
        "signedAt": copy.signed_at.isoformat(), "timestamped": copy.timestamped, "selfMade": copy.self_made,
        "status": None if current is None else current.value, "pdfSha256": copy.pdf_sha256,
        "certificate": statement(copy.certificate),
    }  # fmt: skip


def _shown(told: dict[str, Any]) -> str:
    if not told["genuine"]:
        return f"{told['file']}\n  真正ではありません / NOT GENUINE ({told['code']})\n  {told['ja']}\n  {told['en']}"
    said = told["certificate"]
    signed = datetime.fromisoformat(told["signedAt"]).astimezone(JST)
    by = (
        "タイムスタンプ局が証明 / confirmed by a timestamp authority"
        if told["timestamped"]
        else "署名者の時計 / the signer's clock"
    )
    own = "\n  自己発行の署名証明書です / the signing certificate is self-issued" if told["selfMade"] else ""
    state = CertificateStatus(told["status"]) if told["status"] else None
    status = f"{state.ja} / {state.value}" if state else "確認していません / not checked"
    return (
        f"{told['file']}\n  真正です: 署名後の変更はありません / genuine: nothing was changed since it was signed\n"
        f"  署名者 / signer: {told['signer']} ({told['issuer']}){own}\n"
        f"  署名日時 / signed: {signed:%Y-%m-%d %H:%M} JST, {by}\n"
        f"  現況 / status: {status}\n"
        f"  {said['number']} 第{said['version']}版  {said['worksName']}  {said['guaranteedAmount']:,} 円\n"
        f"  {said['principalName']} → {said['obligeeName']}"
    )
