"""Signed certificates: made when first asked for, verified for anybody, and the public keys and lists to do so elsewhere."""

import asyncio
import base64
import binascii
from collections import OrderedDict
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import certificate_files as files
from denshi_hosho.core import status
from denshi_hosho.core.certificate_files import SignedFile, Standing
from denshi_hosho.core.devices import Caller
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.guarantees import one_certificate
from denshi_hosho.core.not_verified import CopyTooLarge, CopyUnreadable, NotVerified
from denshi_hosho.core.pdf_reading import MAX_PDF
from denshi_hosho.core.pdf_signing import PdfSeal
from denshi_hosho.core.throttle import VERIFIED_OFTEN, VERIFYING, too_many
from denshi_hosho.core.verifying import VerifiedCopy, verify_jws, verify_pdf
from denshi_hosho.core.workbench import Workbench, WorkbenchFull
from denshi_hosho.resolvers.platform import Platform

# Signing waits for a timestamp authority where there is one, and drawing does not wait for signing. Both are of those who
# hold a key or an account, and a document asks for few of them (docs/limits.md): as many as come may wait.
_SIGNING = Workbench("signing", 2)
DRAWING = Workbench("drawing", 1)
# Verifying is anybody's: beyond some seconds' worth of waiting, whoever comes is told to come back.
MAX_VERIFYING_WAIT = 32
BUSY_SECONDS = 5
_VERIFYING = Workbench("verifying", 2, MAX_VERIFYING_WAIT)

ONE_OF_TWO = Refusal(
    "COPY_AMBIGUOUS",
    "pdf か jws のどちらか一方を指定してください。",
    "Give either pdf or jws, and not both.",
    ("input",),
)


class Verdict:
    """What a copy proves (every attribute of `VerifiedCopy`), whether it is what was issued, and how it stands today.

    `status` is None if this database has no such certificate, `status_changed_on` if the day was not recorded.
    `status_url` is where the status is published.
    """

    def __init__(self, copy: VerifiedCopy, standing: Standing | None, *, identical: bool) -> None:
        self._copy = copy
        self.identical = identical
        self.status = standing.status if standing else None
        self.status_changed_on = standing.since if standing else None
        self.status_url = copy.place.uri

    def __getattr__(self, name: str) -> object:
        """Return what the copy says under `name`."""
        return getattr(self._copy, name)


def seal_of(platform: Platform) -> PdfSeal:
    """Return what signs PDFs. Raise `SettingsError` if nothing does."""
    if platform.seal is None:
        platform.settings.require_pdf_key()
        raise AssertionError("a platform that has a key has a seal")
    return platform.seal


async def signed_file(platform: Platform, guarantee_id: int, version: int) -> tuple[str, SignedFile]:
    """Return the number and the signed file of a certificate, which exists; the first one to ask makes it.

    It is drawn and signed outside of any transaction and off the event loop; two who do so at once are given the same bytes.
    Raise `SettingsError`, `TimestampUnavailable`, and what `certificate_pdf` raises; nothing was stored then.
    """
    async with platform.database.read() as connection:
        certificate_id = await files.certificate_id_of(connection, guarantee_id, version)
        what = await one_certificate(connection, guarantee_id, version)
        before = await one_certificate(connection, guarantee_id, version - 1)
        kept = await files.stored(connection, certificate_id)
    if what is None:
        raise AssertionError("it was found a statement ago")
    if kept is not None:
        return what.number, kept
    seal, now = seal_of(platform), platform.clock()
    url = platform.settings.public_url
    made = await _SIGNING.run(partial(files.make, what, before, certificate_id, url, seal, platform.signing, now))
    return what.number, await platform.database.write(
        lambda connection: files.keep(connection, certificate_id, made, now)
    )


class StatusLists:
    """The signed status lists of a platform, each made at most once in a few seconds."""

    KEPT = 64
    SECONDS = 5

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._made: OrderedDict[int, tuple[datetime, str]] = OrderedDict()

    async def signed(self, number: int) -> str | None:
        """Return the signed list `number`, or None if no certificate could stand on it yet."""
        platform, now = self._platform, self._platform.clock()
        made = self._made.get(number)
        if made is not None and 0 <= (now - made[0]).total_seconds() < self.SECONDS:
            return made[1]
        async with platform.database.read() as connection:
            if number > status.place(await files.highest(connection))[0]:
                return None
            listed = await files.statuses(connection, number)
        token = status.signed_list(platform.signing, status.uri(platform.settings.public_url, number), listed, now)
        self._made[number] = now, token
        if len(self._made) > self.KEPT:
            self._made.popitem(last=False)
        return token


async def verify(platform: Platform, caller: Caller, pdf: str | None, jws: str | None) -> Verdict:
    """Return what a copy proves, the PDF in base64 or the statement. Raise `Refused`: one code for each way to fail.

    Each copy counts against its caller's source, before anything is looked at.

    Nothing is told that is not in the copy, but whether it is current: the public status list says that, too.
    """
    if (pdf is None) == (jws is None):
        raise Refused(ONE_OF_TWO)
    await _count(platform, caller)
    try:
        copy = await _verified(platform, pdf, jws)
    except NotVerified as failed:
        path = ("input", "jws" if pdf is None else "pdf")
        raise Refused(Refusal(failed.code, failed.ja, failed.en, path)) from failed
    except WorkbenchFull as full:
        raise too_many(caller, BUSY_SECONDS, why=VERIFIED_OFTEN) from full
    certificate_id = _certificate_id(copy)
    async with platform.database.read() as connection:
        standing, identical = await files.standing(
            connection, copy.certificate, certificate_id, pdf_sha256=copy.pdf_sha256, jws=jws and jws.strip()
        )
    return Verdict(copy, standing, identical=identical)


async def _count(platform: Platform, caller: Caller) -> None:
    now = platform.clock()

    async def work(connection: AsyncConnection) -> int:
        await platform.throttle.clear(connection, now)
        return await platform.throttle.count(connection, VERIFYING, "verifying", caller, now)

    if seconds := await platform.database.write(work):
        raise too_many(caller, seconds, why=VERIFIED_OFTEN)


async def _verified(platform: Platform, pdf: str | None, jws: str | None) -> VerifiedCopy:
    if pdf is None:
        return verify_jws(jws or "", platform.signing.public)
    if len(pdf) > MAX_PDF * 4 // 3 + 4:
        raise CopyTooLarge(MAX_PDF)
    try:
        content = base64.b64decode(pdf, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CopyUnreadable("pdf をbase64で指定してください。", "Give pdf in base64.") from error
    trust = seal_of(platform).trust
    return await _VERIFYING.run(lambda: asyncio.run(verify_pdf(content, trust)))


def _certificate_id(copy: VerifiedCopy) -> int:
    number = copy.place.uri.rpartition("/")[2]
    return int(number) * status.SIZE + copy.place.index if number.isdecimal() and len(number) < 12 else 0  # noqa: PLR2004  no such list
