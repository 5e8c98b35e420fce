"""The road of an application (保証申込) from submission to approval; a step from a wrong state is refused, and says why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit
from denshi_hosho.core.applying.states import APPLICATION
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.form import Form
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.ownership import changes, sees, why_not
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import application, application_step, branch, principal
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ApplicationState, ApplicationStep, AuditEvent, FeeState

_STEPS = ApplicationStep
EVENTS = {
    ApplicationStep.SUBMITTED: AuditEvent.APPLICATION_SUBMITTED,
    ApplicationStep.RETURNED: AuditEvent.APPLICATION_RETURNED,
    ApplicationStep.RESUBMITTED: AuditEvent.APPLICATION_RESUBMITTED,
    ApplicationStep.DECLINED: AuditEvent.APPLICATION_DECLINED,
    ApplicationStep.APPROVED: AuditEvent.APPLICATION_APPROVED,
    ApplicationStep.WITHDRAWN: AuditEvent.APPLICATION_WITHDRAWN,
    ApplicationStep.FEE_CALCULATED: AuditEvent.FEE_CALCULATED,
    ApplicationStep.FEE_RECORDED: AuditEvent.FEE_RECORDED,
    ApplicationStep.CONCLUDED: AuditEvent.GUARANTEE_CONCLUDED,
}
FEE_VOID = "保証の種類、保証金額または保証期間が変わったため、記録済みの保証料は無効になりました。"
FEE_OF = "kind", "guaranteed_amount", "guarantee_ends_on"  # what a fee that was recorded was the fee of
NOT_FOUND = Refusal("NOT_FOUND", "該当する申込がありません。", "There is no such application.", ("application_id",))


def _row(form: Form, facts: str) -> dict[str, object]:
    row = asdict(form)
    del row["contract_on"]
    return {**row, "facts": facts}


async def submit(
    connection: AsyncConnection, actor: Actor, form: Form, facts: str, now: datetime, *, principal_id: int | None = None
) -> int:
    """Return the id of the new application of the actor's own principal, or of `principal_id`, for which it may act."""
    whose = actor.principal_id if principal_id is None else principal_id
    row = {**_row(form, facts), "principal_id": whose, "submitted_at": now,
           "state": APPLICATION.first, "fee_state": FeeState.DUE}  # fmt: skip
    insert = sa.insert(application).values(row).returning(application.c.id)
    application_id = int((await connection.execute(insert)).scalar_one())
    about = About(application_id, form.surety_id, whose)
    await note_step(connection, actor, about, ApplicationStep.SUBMITTED, now)
    return application_id


async def lock(connection: AsyncConnection, actor: Actor, application_id: int, step: ApplicationStep) -> AnyRow:
    """Return the actor's application, held until the transaction ends. Raise `Refused` if `step` cannot be taken."""
    statement = (
        sa.select(application)
        .where(application.c.id == application_id, changes(actor, application))
        .with_for_update(key_share=True)
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise Refused(await why_not(connection, actor, application, [application_id], NOT_FOUND))
    APPLICATION.after(row.state, step)
    return row


def theirs(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that an application is visible to `actor`."""
    return sees(actor, application)


async def resubmit(
    connection: AsyncConnection, actor: Actor, application_id: int, form: Form, facts: str, now: datetime
) -> None:
    """Put a returned application back into the surety's queue, with its new content. Raise `Refused`."""
    row = await lock(connection, actor, application_id, _STEPS.RESUBMITTED)
    if row.surety_id != form.surety_id:
        raise Refused(Refusal("SURETY_CHANGED", "差し戻された申込の保証会社は変更できません。新しく申し込んでください。",
                              "A returned application stays with its surety. Apply anew for another one.",
                              ("application", "surety_id")))  # fmt: skip
    # A fee that was recorded was that of another guarantee: it is due again, and its record stays in the steps.
    void = row.fee_state is not FeeState.DUE and any(getattr(row, name) != getattr(form, name) for name in FEE_OF)
    fee = {"fee_state": FeeState.DUE, "fee_amount": None, "fee_received_on": None} if void else {}
    values = {**_row(form, facts), **fee, "state": _after(row, _STEPS.RESUBMITTED)}
    await _set(connection, actor, application_id, values)
    await note_step(connection, actor, About.row(row), _STEPS.RESUBMITTED, now, FEE_VOID if void else None)


async def send_back(connection: AsyncConnection, actor: Actor, application_id: int, now: datetime, note: str) -> None:
    """Return an application to its principal for correction; `note` says what to correct. Raise `Refused`."""
    await _judge(connection, actor, application_id, now, _STEPS.RETURNED, note)


async def decline(connection: AsyncConnection, actor: Actor, application_id: int, now: datetime, note: str) -> None:
    """Decline an application for good; `note` says why. Raise `Refused`."""
    await _judge(connection, actor, application_id, now, _STEPS.DECLINED, note)


async def withdraw(connection: AsyncConnection, actor: Actor, application_id: int, now: datetime, note: str) -> None:
    """Withdraw an application (取下げ) for which no guarantee was concluded yet; `note` says why. Raise `Refused`."""
    await _judge(connection, actor, application_id, now, _STEPS.WITHDRAWN, note)


async def approve(
    connection: AsyncConnection, actor: Actor, application_id: int, now: datetime, branch_id: int | None
) -> None:
    """Approve an application; `branch_id` is the handling branch (取扱店), needed if the surety has several.

    Raise `Refused`.
    """
    row = await lock(connection, actor, application_id, _STEPS.APPROVED)
    statement = sa.select(branch.c.id).where(branch.c.surety_id == actor.surety_id)
    if branch_id is not None:
        statement = statement.where(branch.c.id == branch_id)
    branches = (await connection.execute(statement)).scalars().all()
    if len(branches) != 1:
        raise Refused(Refusal("BRANCH_NEEDED", "取扱店を指定してください。", "Say which branch handles the guarantee.",
                              ("branch_id",)))  # fmt: skip
    await _set(connection, actor, application_id, {"state": _after(row, _STEPS.APPROVED), "branch_id": branches[0]})
    await note_step(connection, actor, About.row(row), ApplicationStep.APPROVED, now)


async def record_fee_received(
    connection: AsyncConnection, actor: Actor, application_id: int, now: datetime, fee: tuple[int, date]
) -> None:
    """Record that the fee `(yen, day)` was received. Raise `Refused`."""
    amount, received_on = fee
    if not 1 <= amount <= MAX_YEN:
        raise Refused(Refusal("AMOUNT_OUT_OF_RANGE", f"金額は1円以上{MAX_YEN:,}円以下で入力してください。",
                              f"An amount is 1 to {MAX_YEN:,} yen.", ("amount",)))  # fmt: skip
    row = await _fee_due(connection, actor, application_id)
    values = {"fee_state": FeeState.RECEIVED, "fee_amount": amount, "fee_received_on": received_on}
    await _set(connection, actor, application_id, values)
    await note_step(connection, actor, About.row(row), ApplicationStep.FEE_RECORDED, now, FeeState.RECEIVED.ja)


async def record_fee_consolidated(
    connection: AsyncConnection, actor: Actor, application_id: int, now: datetime
) -> None:
    """Record that the fee is paid later, consolidated (一括後払). Raise `Refused` if the principal is no such customer."""
    row = await _fee_due(connection, actor, application_id)
    statement = sa.select(principal.c.consolidated_payment).where(principal.c.id == row.principal_id)
    if not (await connection.execute(statement)).scalar_one():
        raise Refused(Refusal("NOT_CONSOLIDATED", "この保証契約者は一括後払の対象ではありません。",
                              "This principal is no consolidated-payment customer.", ("consolidated",)))  # fmt: skip
    await _set(connection, actor, application_id, {"fee_state": FeeState.CONSOLIDATED})
    note = FeeState.CONSOLIDATED.ja
    await note_step(connection, actor, About.row(row), ApplicationStep.FEE_RECORDED, now, note)


async def _fee_due(connection: AsyncConnection, actor: Actor, application_id: int) -> AnyRow:
    row = await lock(connection, actor, application_id, _STEPS.FEE_RECORDED)
    if row.fee_state is not FeeState.DUE:
        raise Refused(Refusal("FEE_RECORDED", f"保証料は既に「{row.fee_state.ja}」です。",
                              f"The fee is {row.fee_state} already.", ("application_id",)))  # fmt: skip
    return row


async def _judge(
    connection: AsyncConnection, actor: Actor, application_id: int, now: datetime, step: ApplicationStep, note: str
) -> None:
    row = await lock(connection, actor, application_id, step)
    await _set(connection, actor, application_id, {"state": _after(row, step)})
    await note_step(connection, actor, About.row(row), step, now, note)


def _after(row: AnyRow, step: ApplicationStep) -> ApplicationState:
    return APPLICATION.after(row.state, step)


async def _set(connection: AsyncConnection, actor: Actor, application_id: int, row: Mapping[str, object]) -> None:
    mine = application.c.id == application_id, changes(actor, application)
    await connection.execute(sa.update(application).where(*mine).values(row))


@dataclass(frozen=True, slots=True)
class About:
    """The application that a step is about, whose it is, and the guarantee to which it led."""

    application_id: int
    surety_id: int
    principal_id: int | None
    guarantee_id: int | None = None

    @classmethod
    def row(cls, row: AnyRow, guarantee_id: int | None = None) -> "About":
        """Return what the row of an application says of it."""
        return cls(row.id, row.surety_id, row.principal_id, guarantee_id)


async def note_step(  # noqa: PLR0913, PLR0917  who did what to which application, when, and what was said
    connection: AsyncConnection, actor: Actor, about: About, step: ApplicationStep, now: datetime,
    note: str | None = None, said: audit.Said | None = None,
) -> None:  # fmt: skip
    """Write down who did what to the application, and when; `said` is what the audit log says of it beside."""
    row = {
        "application_id": about.application_id,
        "account_id": actor.account_id,
        "step": step,
        "note": note,
        "at": now,
    }
    insert = sa.insert(application_step).values(row).returning(application_step.c.id)
    step_id = (await connection.execute(insert)).scalar_one()
    audit.append(
        connection, EVENTS[step], now, actor=actor, principal_id=about.principal_id, surety_id=about.surety_id,
        application_id=about.application_id, guarantee_id=about.guarantee_id,
        said={application_step.name: step_id, **(said or {})},
    )  # fmt: skip
