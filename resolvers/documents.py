"""Certificates and keys: open by number and key, reveal, rotate, and the short-lived URLs behind which PDFs wait."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit, keys
from denshi_hosho.core.certificate import KeyNotice
from denshi_hosho.core.changes.versions import Version, versions_of
from denshi_hosho.core.documents import key_notice_pdf
from denshi_hosho.core.errors import Refusal, Refused, TokenInvalid
from denshi_hosho.core.idempotency import digest, once
from denshi_hosho.core.notes import check_note
from denshi_hosho.core.opening import Claim, open_certificate
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.submissions import items_of
from denshi_hosho.core.tokens import Actor, Document, Ticket
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers import mailing, signing
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import acting_for


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A key notice as its owner is shown it, with the URL of its PDF (good for five minutes) and the log's checkpoint."""

    guarantee_id: int
    notice: KeyNotice
    pdf_url: str
    checkpoint: str


@dataclass(frozen=True, slots=True)
class File:
    """A document to download."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


VERSION_UNKNOWN = Refusal(
    "VERSION_UNKNOWN", "この保証証書にその版はありません。", "The certificate has no such version.", ("version",)
)
Maker = Callable[[Platform, Ticket], Awaitable[File]]
# How the documents of later steps are made from their ticket; the module that knows a document adds itself (`made_by`).
MAKERS: dict[str, Maker] = {}


def made_by(document: Document) -> Callable[[Maker], Maker]:
    """Return a decorator that makes a function the maker of `document`."""

    def keep(maker: Maker) -> Maker:
        MAKERS[document] = maker
        return maker

    return keep


async def opened(
    platform: Platform, claim: Claim, wanted: frozenset[str], version: int | None = None
) -> AnyRow | Version:
    """Return the certificate behind number and key, or an earlier `version` of it; the opening is written down.

    Raise `Refused`, always the same for whatever is wrong; or because too many attempts have failed; or, whoever has number
    and key, because there is no such version.
    """
    row = await open_certificate(platform.database, platform.vault, platform.throttle, claim, platform.clock(), wanted)
    if version is None:
        return row
    async with platform.database.read() as connection:
        every = (await versions_of(connection, [row.guarantee_id]))[row.guarantee_id]
    found = next((each for each in every if each.version == version), None)
    if found is None:
        raise Refused(VERSION_UNKNOWN)
    return found


def certificate_url(platform: Platform, guarantee_id: int, version: int) -> str:
    """Return the URL of a certificate's PDF, good for five minutes for whoever has it."""
    return _url(platform, Ticket("certificate", guarantee_id, version))


def statement_url(platform: Platform, guarantee_id: int, version: int) -> str:
    """Return the URL of a certificate as signed statement (JWS), good for five minutes for whoever has it."""
    return _url(platform, Ticket("statement", guarantee_id, version))


async def reveal(platform: Platform, actor: Actor | None, guarantee_id: int) -> Shown:
    """Return the key notice of one of the principal's own guarantees; that it was shown is written down. Raise `Refused`."""
    who, now = acting_for(actor, Role.PRINCIPAL), platform.clock()

    async def work(connection: AsyncConnection) -> keys.Revealed:
        return await keys.reveal_to(connection, platform.vault, who, guarantee_id, now)

    revealed = await platform.database.write(work)
    async with platform.database.read() as connection:  # after it was committed: the log says by now that it was shown
        note = await audit.checkpoint(connection, platform.notary)
    return Shown(guarantee_id, revealed.notice, key_notice_url(platform, guarantee_id, revealed.key_id), note)


async def rotate(platform: Platform, actor: Actor | None, guarantee_id: int, reason: str, idempotency_key: str) -> int:
    """Return the guarantee's id after it got a new key; the old one opens nothing any more. Raise `Refused`."""
    who, now = acting_for(actor, Role.PRINCIPAL), platform.clock()
    check_note(reason, "reason")
    request = "rotate", digest("rotate", {"guarantee_id": guarantee_id, "reason": reason})

    async def work(connection: AsyncConnection) -> int:
        async def turn() -> int:
            await keys.rotate(connection, platform.vault, who, guarantee_id, reason, now)
            return guarantee_id

        return await once(connection, who.account_id, idempotency_key, request, now, turn)

    return await platform.database.write(work)


async def download(platform: Platform, token: str) -> File:
    """Return the document that a download URL's token stands for. Raise `TokenInvalid` (expired, forged, key rotated).

    The key notice holds the key: it is made anew each time and kept nowhere.
    """
    ticket = platform.tokens.redeem(token, platform.clock())
    if ticket.document in MAKERS:
        return await MAKERS[ticket.document](platform, ticket)
    if ticket.document == "submission":
        return await _draft(platform, ticket)
    if ticket.document == "key-notice":
        async with platform.database.read() as connection:
            revealed = await keys.reveal(connection, platform.vault, ticket.guarantee_id)
            if revealed.key_id != ticket.version:
                raise _rotated()
            note = await audit.checkpoint(connection, platform.notary)
        notice, url = revealed.notice, platform.post.open_url
        pdf = await signing.DRAWING.run(lambda: key_notice_pdf(notice, url, note))
        return File(f"key-notice-{notice.number}.pdf", pdf)
    number, signed = await signing.signed_file(platform, ticket.guarantee_id, ticket.version)
    if ticket.document == "statement":
        return File(f"certificate-{number}.jws", signed.jws.encode(), "application/jose")
    return File(f"certificate-{number}.pdf", signed.pdf)


def _rotated() -> TokenInvalid:
    return TokenInvalid("認証キーは再発行されました。", "The key was rotated since.")


async def _draft(platform: Platform, ticket: Ticket) -> File:
    async with platform.database.read() as connection:
        ids = await items_of(connection, ticket.guarantee_id)
        if await keys.newest_key(connection, ids) != ticket.version:
            raise _rotated()
        draft = await mailing.draft(platform, connection, ticket.guarantee_id)
    return File(f"submission-{ticket.guarantee_id}.eml", draft.as_bytes(), "message/rfc822")


def submission_url(platform: Platform, submission_id: int, key_id: int) -> str:
    """Return the URL of a submission's ready mail (.eml), good for five minutes or until a key in it is rotated."""
    return _url(platform, Ticket("submission", submission_id, key_id))


def key_notice_url(platform: Platform, guarantee_id: int, key_id: int) -> str:
    """Return the URL of a key notice's PDF, good for five minutes or until the key is rotated."""
    return _url(platform, Ticket("key-notice", guarantee_id, key_id))


def url_of(platform: Platform, document: Document, subject_id: int, version: int = 0, about: str = "") -> str:
    """Return the URL of a document that has a maker, good for five minutes for whoever has it."""
    return _url(platform, Ticket(document, subject_id, version, about))


def _url(platform: Platform, ticket: Ticket) -> str:
    token = platform.tokens.ticket(ticket, platform.clock())
    return f"{platform.settings.public_url.rstrip('/')}/documents/{token}"
