"""The advance payment guarantee that an interim one follows: it must be one's own, in force, and of the same works.

The conditions of the interim advance are looked at as far as the platform knows them: what is known and not met refuses,
what is not known is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.calculators.interim import Interim, InterimFacts, interim
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.form import Form
from denshi_hosho.core.guarantees import LIVE
from denshi_hosho.core.ownership import changes, sees, why_not
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import application, certificate, guarantee
from denshi_hosho.core.text import folded
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ConditionState, GuaranteeKind, GuaranteeState

_PATH: Final = ("follows",)
NOT_FOUND: Final = Refusal("NOT_FOUND", "該当する前払金保証がありません。", "There is no such guarantee.", _PATH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An application for an interim advance that follows the guarantee with the number `follows`. Yen, days of Japan's."""

    follows: str
    principal_id: int | None
    surety_id: int
    obligee: str
    works_name: str
    contract_price: int
    guaranteed_amount: int
    completion_on: date


def wish_of(filled: Form | AnyRow, principal_id: int | None) -> Wish | None:
    """Return what a form, or the row of an application, wants to follow; None: nothing."""
    if filled.follows is None:
        return None
    return Wish(
        follows=filled.follows, principal_id=principal_id, surety_id=filled.surety_id, obligee=filled.obligee,
        works_name=filled.works_name, contract_price=filled.contract_price,
        guaranteed_amount=filled.guaranteed_amount, completion_on=filled.completion_on,
    )  # fmt: skip


async def followed(connection: AsyncConnection, actor: Actor, wish: Wish, day: date) -> AnyRow:
    """Return the guarantee that is followed: `concluded_at`, `advance_amount`.

    Raise `Refused` if the actor has none such, if it does not match, or if a condition of the interim advance is not met.
    """
    numbered = guarantee.c.number == wish.follows
    statement = sa.select(guarantee, certificate.c.works_folded).select_from(LIVE).where(numbered)
    row = (await connection.execute(statement.where(changes(actor, guarantee)))).one_or_none()
    if row is None:
        ids = (await connection.execute(sa.select(guarantee.c.id).where(numbered))).scalars().all()
        raise Refused(await why_not(connection, actor, guarantee, ids, NOT_FOUND))
    refusals = tuple(_mismatches(wish, row)) or tuple(_unmet(looked_at(wish, row.advance_amount, day)))
    if refusals:
        raise Refused(*refusals)
    return row


def _mismatches(wish: Wish, row: AnyRow) -> Iterator[Refusal]:
    if row.kind is not GuaranteeKind.ADVANCE_PAYMENT:
        yield Refusal("FOLLOWED_NOT_ADVANCE", "前払金保証の番号を指定してください。",
                      "This is not the number of an advance payment guarantee.", _PATH)  # fmt: skip
    if row.state is not GuaranteeState.ACTIVE:
        yield Refusal("FOLLOWED_NOT_ACTIVE", f"前払金保証は「{row.state.ja}」です。",
                      f"The advance payment guarantee is {row.state}.", _PATH)  # fmt: skip
    if wish.principal_id not in {None, row.principal_id}:
        yield Refusal("FOLLOWED_OTHER_PRINCIPAL", "前払金保証と保証契約者が異なります。",
                      "The advance payment guarantee has another principal.", _PATH)  # fmt: skip
    if wish.surety_id != row.surety_id:
        yield Refusal("FOLLOWED_OTHER_SURETY", "前払金保証と保証会社が異なります。",
                      "The advance payment guarantee has another surety.", _PATH)  # fmt: skip
    if wish.obligee != row.obligee:
        yield Refusal("FOLLOWED_OTHER_OBLIGEE", "前払金保証と発注者が異なります。",
                      "The advance payment guarantee has another obligee.", _PATH)  # fmt: skip
    if folded(wish.works_name) != row.works_folded:
        yield Refusal("FOLLOWED_OTHER_WORKS", "前払金保証と工事名が異なります。",
                      "The advance payment guarantee has another name of the works.", _PATH)  # fmt: skip


def looked_at(wish: Wish, advance_received: int | None, day: date) -> Interim:
    """Return the conditions of the interim advance as the platform knows them on `day`."""
    return interim(
        InterimFacts(
            contract_price=wish.contract_price, starts_on=None, ends_on=wish.completion_on, on=day,
            advance_received=advance_received, amount=wish.guaranteed_amount,
        )
    )  # fmt: skip


def _unmet(found: Interim) -> Iterator[Refusal]:
    for each in found.conditions:
        if each.state is ConditionState.NOT_MET:
            path = ("guaranteed_amount",) if each.code in {"AMOUNT_IN_SHARE", "TOTAL_IN_SHARE"} else _PATH
            yield Refusal(each.code, each.ja, each.en, path)


async def principal_of(connection: AsyncConnection, actor: Actor, application_id: int) -> int | None:
    """Return whose the application is, if the actor may change it."""
    mine = application.c.id == application_id, changes(actor, application)
    return (await connection.execute(sa.select(application.c.principal_id).where(*mine))).scalar_one_or_none()


async def interims_of(
    connection: AsyncConnection, actor: Actor, application_ids: Sequence[int], day: date
) -> dict[int, Interim]:
    """Return the conditions for each application that the actor may see and that follows a guarantee."""
    tables = application.join(guarantee, guarantee.c.number == application.c.follows)
    mine = application.c.id.in_(application_ids), sees(actor, application)
    statement = sa.select(application, guarantee.c.advance_amount).select_from(tables).where(*mine)
    wishes = [(row, wish_of(row, row.principal_id)) for row in await connection.execute(statement)]
    return {row.id: looked_at(wish, row.advance_amount, day) for row, wish in wishes if wish is not None}
