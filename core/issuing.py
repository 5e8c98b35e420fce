"""Concluding a guarantee: number, certificate, key, decision, log entry and mail are one transaction, or nothing."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.applications import About, lock, note_step
from denshi_hosho.core.applying.states import APPLICATION
from denshi_hosho.core.audit import Said
from denshi_hosho.core.certificate import Certificate
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.decisions import DecisionRecord, keep_decision
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.guarantees import CERTIFICATE_COLUMNS, certificate_of
from denshi_hosho.core.keys import store_new_key
from denshi_hosho.core.numbers import take_number
from denshi_hosho.core.outbox import Post, queue_registration_mail
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.statement import digest
from denshi_hosho.core.tables import access_key, application, branch, certificate, guarantee, principal, surety
from denshi_hosho.core.text import folded
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vault import Vault
from denshi_hosho.core.vocabulary import ApplicationStep, Change, FeeState, Medium, Stage

FIRST_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What concluding needs beside the application: who does it, when, with which secrets and mail addresses."""

    actor: Actor
    now: datetime
    vault: Vault
    post: Post


async def approved(connection: AsyncConnection, actor: Actor, application_id: int) -> AnyRow:
    """Return the application, held, if it is approved and its fee is in. Raise `Refused`."""
    row = await lock(connection, actor, application_id, ApplicationStep.CONCLUDED)
    if row.fee_state is FeeState.DUE:
        raise Refused(
            Refusal(
                "FEE_DUE",
                "保証料が未納です。領収または一括後払を記録してから締結してください。",
                "The fee is due. Record it as received or consolidated before concluding.",
                ("application_id",),
            )
        )
    return row


async def issue(connection: AsyncConnection, row: AnyRow, record: DecisionRecord, how: Conclusion) -> int:
    """Return the id of the guarantee concluded for the `approved` application `row`.

    `record` is the decision on which it rests. An electronic guarantee gets an access key and a registration mail
    (by the next 16:00 in Japan, or at once when urgent); a paper one gets neither.
    """
    number = await take_number(connection, row.surety_id, row.kind)
    guarantee_id = await _guarantee(connection, row, number, how.now)
    certified = await _certificate(connection, row, guarantee_id, number, how.now)
    await keep_decision(connection, row.id, Stage.CONCLUSION, record, how.now)
    mine = application.c.id == row.id, application.c.surety_id == how.actor.surety_id
    await connection.execute(
        sa.update(application).where(*mine).values(state=APPLICATION.after(row.state, ApplicationStep.CONCLUDED))
    )
    electronic = row.delivery is Medium.ELECTRONIC
    key_id = await store_new_key(connection, how.vault, guarantee_id, number, how.now) if electronic else None
    said: Said = {certificate.name: digest(certified), "version": certified.version, access_key.name: key_id}
    about = About.row(row, guarantee_id)
    await note_step(connection, how.actor, about, ApplicationStep.CONCLUDED, how.now, said=said)
    if electronic:
        await queue_registration_mail(connection, how.post, guarantee_id, how.now, urgent=row.urgent)
    return guarantee_id


async def _guarantee(connection: AsyncConnection, row: AnyRow, number: str, now: datetime) -> int:
    values = {
        "number": number, "application_id": row.id, "principal_id": row.principal_id, "surety_id": row.surety_id,
        "kind": row.kind, "obligee": row.obligee, "medium": row.delivery, "live_version": FIRST_VERSION,
        "concluded_at": now,
    }  # fmt: skip
    insert = sa.insert(guarantee).values(values).returning(guarantee.c.id)
    return int((await connection.execute(insert)).scalar_one())


async def _certificate(
    connection: AsyncConnection, row: AnyRow, guarantee_id: int, number: str, now: datetime
) -> Certificate:
    parties = (
        sa.select(
            principal.c.name.label("principal_name"),
            surety.c.name.label("surety_name"), surety.c.address.label("surety_address"),
            surety.c.representative.label("surety_representative"), surety.c.terms_url.label("surety_terms_url"),
            branch.c.name.label("branch_name"), branch.c.address.label("branch_address"),
            branch.c.tel.label("branch_tel"), branch.c.fax.label("branch_fax"),
        )
        .select_from(
            principal.join(surety, surety.c.id == row.surety_id).join(branch, branch.c.surety_id == surety.c.id)
        )
        .where(principal.c.id == row.principal_id, branch.c.id == row.branch_id)
    )  # fmt: skip
    names = (await connection.execute(parties)).one()
    said = ("obligee_name", "guaranteed_amount", "guarantee_ends_on", "completion_on", "works_name",
            "contract_price", "covered_price", "depositary_bank")  # fmt: skip
    values = {
        **names._mapping, **{name: getattr(row, name) for name in said}, "guarantee_id": guarantee_id,
        "version": FIRST_VERSION, "change": Change.ORIGINAL, "issued_on": japan_day(now), "salt": secrets.token_hex(16),
        "obligee_folded": folded(str(row.obligee_name)), "works_folded": folded(str(row.works_name)),
    }  # fmt: skip
    await connection.execute(sa.insert(certificate).values(values))
    whole = {**values, "number": number, "kind": row.kind, "medium": row.delivery}
    return certificate_of({name: whole[name] for name in CERTIFICATE_COLUMNS})
