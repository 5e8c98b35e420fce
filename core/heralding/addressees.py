"""To whom a letter goes: the open accounts of the party that is told, or the address to which a key was handed in."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.rows import AnyRow, AnySelect
from denshi_hosho.core.tables import account, delegation, obligee, submission, submission_item
from denshi_hosho.core.text import MAIL_ADDRESS
from denshi_hosho.core.vocabulary import AuditEvent, Role, SubmissionState

_BY_MAIL = "EMAIL"  # what the rulebook's ways call it
_OPEN = account.c.disabled_at.is_(None)


@dataclass(frozen=True, slots=True)
class Addressee:
    """An address, and by what the letter to it is told from the others of its entry."""

    mark: str
    address: str


@dataclass(slots=True)
class Addressees:
    """The addressees of a batch of entries, by role and party, and those of the new keys of guarantees."""

    parties: dict[tuple[Role, int | str], list[Addressee]] = field(default_factory=lambda: defaultdict(list))
    handed_in: dict[int, Addressee] = field(default_factory=dict)

    def of(self, role: Role, entry: AnyRow) -> list[Addressee]:
        """Return to whom a letter to the entry's party of this `role` goes."""
        went = self.handed_in.get(entry.guarantee_id) if role is Role.OBLIGEE else None
        if went is not None and entry.event == AuditEvent.KEY_ROTATED:
            return [went]
        party = {Role.PRINCIPAL: entry.principal_id, Role.SURETY: entry.surety_id, Role.OBLIGEE: entry.obligee}[role]
        return self.parties.get((role, party), [])


async def addressees(connection: AsyncConnection, entries: Sequence[AnyRow]) -> Addressees:
    """Return the addressees of everybody who could be told of one of `entries`."""
    found = Addressees()
    for row in (await connection.execute(_principals({each.principal_id for each in entries}))).all():
        _add(found, Role.PRINCIPAL, row)
    columns = account.c.id, account.c.email
    sureties = account.c.surety_id.in_({each.surety_id for each in entries} - {None})
    for row in (
        await connection.execute(sa.select(account.c.surety_id.label("party"), *columns).where(sureties, _OPEN))
    ).all():
        _add(found, Role.SURETY, row)
    obligees = obligee.c.code.in_({each.obligee for each in entries} - {None})
    held = account.join(obligee, obligee.c.id == account.c.obligee_id)
    statement = sa.select(obligee.c.code.label("party"), *columns).select_from(held).where(obligees, _OPEN)
    for row in (await connection.execute(statement)).all():
        _add(found, Role.OBLIGEE, row)
    rotated = {each.guarantee_id for each in entries if each.event == AuditEvent.KEY_ROTATED}
    if rotated:
        await _went(connection, rotated, found)
    return found


def _principals(ids: set[int | None]) -> AnySelect:
    """Return the accounts of the principals themselves; where one has none, of those that act for it."""
    own = sa.exists().where(account.alias("own").c.principal_id == delegation.c.for_principal_id)
    itself = account.c.principal_id == delegation.c.for_principal_id
    acting = delegation.join(account, account.c.principal_id == delegation.c.principal_id)
    where = delegation.c.for_principal_id.in_(ids - {None}), delegation.c.acts, _OPEN, itself | ~own
    columns = delegation.c.for_principal_id.label("party"), account.c.id, account.c.email
    return sa.select(*columns).select_from(acting).where(*where).order_by(account.c.id)


def _add(found: Addressees, role: Role, row: AnyRow) -> None:
    found.parties[role, row.party].append(Addressee(str(row.id), str(row.email)))


async def _went(connection: AsyncConnection, guarantee_ids: set[int], found: Addressees) -> None:
    """Find where the keys of guarantees were last handed in by e-mail."""
    sent = (
        submission_item.c.guarantee_id.in_(guarantee_ids), submission.c.state != SubmissionState.PREPARED,
        submission.c.way == _BY_MAIL, submission.c.address.is_not(None),
    )  # fmt: skip
    columns = submission_item.c.guarantee_id, submission.c.id, submission.c.address
    joined = submission_item.join(submission, submission.c.id == submission_item.c.submission_id)
    statement = sa.select(*columns).select_from(joined).where(*sent).order_by(submission.c.id)
    for row in (await connection.execute(statement)).all():
        if MAIL_ADDRESS.fullmatch(row.address):
            found.handed_in[row.guarantee_id] = Addressee(f"submission-{row.id}", str(row.address))
