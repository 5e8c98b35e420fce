"""The timeline of a guarantee (保証契約の経過): everything that happened, in order, from its application to its end."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.ownership import HANDED_IN, sees
from denshi_hosho.core.rows import AnyRow, AnySelect
from denshi_hosho.core.tables import (
    account,
    application_step,
    guarantee,
    guarantee_step,
    key_event,
    obligee,
    principal,
    submission_item,
    submission_step,
    surety,
)
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.trail import own_account
from denshi_hosho.core.vocabulary import (
    ApplicationStep,
    GuaranteeStep,
    KeyEventKind,
    SubmissionState,
    Word,
)

MAX_TIMELINE: Final = 500
APPLICATION, KEY, SUBMISSION, GUARANTEE = range(4)
WORDS: Final[dict[int, type[Word]]] = {
    APPLICATION: ApplicationStep, KEY: KeyEventKind, SUBMISSION: SubmissionState, GUARANTEE: GuaranteeStep,
}  # fmt: skip
_VERDICTS: Final = (GuaranteeStep.CERTIFICATE_ACCEPTED, GuaranteeStep.CERTIFICATE_REJECTED)
# What concerns an obligee: that its key was handed in and used, what its certificate says, and how the guarantee ends.
_TO_OBLIGEE: Final = frozenset({
    GuaranteeStep.CERTIFICATE_CHANGED, GuaranteeStep.CERTIFICATE_CORRECTED, GuaranteeStep.CERTIFICATE_ACCEPTED,
    GuaranteeStep.CERTIFICATE_REJECTED, GuaranteeStep.CHANGE_RECORDED, GuaranteeStep.GUARANTEE_EXPIRED,
    GuaranteeStep.GUARANTEE_RELEASED, GuaranteeStep.GUARANTEE_CANCELLED, GuaranteeStep.CLAIM_MADE,
    GuaranteeStep.CLAIM_WITHDRAWN, GuaranteeStep.CLAIM_DETERMINED, GuaranteeStep.CLAIM_REFUSED, GuaranteeStep.CLAIM_PAID,
})  # fmt: skip
# Whose words an obligee reads: those about claims and verdicts. Why a key was replaced,
# a guarantee cancelled or a change asked for, the parties say to each other.
_READ_BY_OBLIGEE: Final = frozenset(
    each for each in _TO_OBLIGEE if each.value.startswith("CLAIM_") or each in _VERDICTS
)
_KEY_TO_OBLIGEE: Final = (KeyEventKind.OPENED, KeyEventKind.ROTATED)


def _rows(
    source: int, table: sa.Table, code: str, guarantee_id: sa.ColumnElement[int], tables: sa.FromClause
) -> AnySelect:
    columns = (
        sa.literal(source, sa.Integer).label("source"), table.c.id.label("row_id"),
        sa.cast(table.c[code], sa.String).label("code"), table.c.note, table.c.at, table.c.account_id,
        guarantee_id.label("guarantee_id"),
    )  # fmt: skip
    return sa.select(*columns).select_from(tables)


def _everything() -> AnySelect:
    held = submission_step.join(submission_item, submission_item.c.submission_id == submission_step.c.submission_id)
    applied = application_step.join(guarantee, guarantee.c.application_id == application_step.c.application_id)
    parts = (
        _rows(APPLICATION, application_step, "step", guarantee.c.id, applied),
        _rows(KEY, key_event, "event", key_event.c.guarantee_id, key_event),
        _rows(SUBMISSION, submission_step, "state", submission_item.c.guarantee_id, held),
        _rows(GUARANTEE, guarantee_step, "step", guarantee_step.c.guarantee_id, guarantee_step),
    )
    return sa.union_all(*parts)  # type: ignore[return-value]  # a compound select reads like one


async def timeline_of(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, first: int, skip: int
) -> Sequence[AnyRow]:
    """Return what happened to a guarantee that the actor may see, oldest first, `first` entries after `skip`.

    An obligee is told only what concerns it, and reads no words that the parties say to each other.

    Each has `source`, `code`, `note`, `at`, `login_id` (of one's own party's
    accounts), `party_name` and `role`.
    """
    happened = _everything().subquery("happened")
    tables = (
        happened.join(guarantee, guarantee.c.id == happened.c.guarantee_id)
        .outerjoin(account, account.c.id == happened.c.account_id)
        .outerjoin(principal, principal.c.id == account.c.principal_id)
        .outerjoin(surety, surety.c.id == account.c.surety_id)
        .outerjoin(obligee, obligee.c.id == account.c.obligee_id)
    )
    columns = (
        *(column for column in happened.c if column.name != "note"), _note(actor, happened), account.c.role,
        sa.case((own_account(actor), account.c.login_id)).label("login_id"),
        sa.func.coalesce(principal.c.name, surety.c.name, obligee.c.name).label("party_name"),
    )  # fmt: skip
    mine = [happened.c.guarantee_id == guarantee_id, sees(actor, guarantee), *_told_to(actor, happened)]
    order = happened.c.at, happened.c.source, happened.c.row_id
    statement = sa.select(*columns).select_from(tables).where(*mine).order_by(*order).limit(first).offset(skip)
    return list((await connection.execute(statement)).all())


def _note(actor: Actor, happened: sa.Subquery) -> sa.ColumnElement[str | None]:
    if actor.obligee_id is None:
        return happened.c.note
    codes = sorted(each.value for each in _READ_BY_OBLIGEE)
    read = sa.and_(happened.c.source == GUARANTEE, happened.c.code.in_(codes))
    return sa.case((read, happened.c.note)).label("note")


def _told_to(actor: Actor, happened: sa.Subquery) -> list[sa.ColumnElement[bool]]:
    if actor.obligee_id is None:
        return []
    shown: list[tuple[int, Sequence[Any]]] = [
        (KEY, _KEY_TO_OBLIGEE), (SUBMISSION, HANDED_IN), (GUARANTEE, sorted(_TO_OBLIGEE)),
    ]  # fmt: skip
    # From when its key was first handed in: what came before that is the parties' own.
    first = (
        sa.select(sa.func.min(submission_step.c.at))
        .join(submission_item, submission_item.c.submission_id == submission_step.c.submission_id)
        .where(
            submission_item.c.guarantee_id == happened.c.guarantee_id, submission_step.c.state == SubmissionState.SENT
        )
        .correlate(happened)
        .scalar_subquery()
    )
    return [
        happened.c.at >= first,
        sa.or_(
            *(
                sa.and_(happened.c.source == source, happened.c.code.in_([each.value for each in codes]))
                for source, codes in shown
            )
        ),
    ]


def word_of(row: AnyRow) -> Word:
    """Return the word for what happened."""
    return WORDS[row.source](row.code)
