"""Works contracts (請負契約) that an obligee registers, and the one that belongs to a certificate."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.inbox.comparison import Comparison, Contract, Guaranteed, compared
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.notes import check_line
from denshi_hosho.core.paging import Listing, Order, Page, Window, read_page
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import obligee, works_contract
from denshi_hosho.core.text import folded
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ContractMatch

MAX_CONTRACTS: Final = 100
MAX_PERCENT: Final = 100
_AT_ONCE: Final = 500  # of an IN clause
_NEWEST = Order("NEWEST", works_contract.c.id, works_contract.c.id, descending=True)
_AS_TOLD = [each.name for each in fields(Contract) if each.name != "obligee_name"]


def check_contract(contract: Contract) -> None:
    """Raise `Refused` with everything that is wrong with what was told of a works contract."""
    for name in ("contract_number", "works_name", "principal_name", "obligee_name"):
        if (text := getattr(contract, name)) is not None:
            check_line(text, (name,))
    if refusals := [*_amounts(contract), *_days(contract)]:
        raise Refused(*refusals)


def _amounts(contract: Contract) -> Iterator[Refusal]:
    for name in ("contract_price", "advance_amount"):
        yen: int | None = getattr(contract, name)
        if yen is not None and not 1 <= yen <= MAX_YEN:
            yield Refusal("AMOUNT_OUT_OF_RANGE", f"金額は1円以上{MAX_YEN:,}円以下で入力してください。",
                          f"An amount is 1 to {MAX_YEN:,} yen.", (name,))  # fmt: skip
    if contract.advance_amount is not None and contract.advance_amount > contract.contract_price:
        yield Refusal("ADVANCE_ABOVE_CONTRACT_PRICE", "前払金額が請負金額を超えています。",
                      "The advance is above the contract price.", ("advance_amount",))  # fmt: skip
    percent = contract.performance_percent
    if percent is not None and not 1 <= percent <= MAX_PERCENT:
        yield Refusal("PERCENT_OUT_OF_RANGE", f"割合は1から{MAX_PERCENT}までの整数(%)で入力してください。",
                      f"A percentage is a whole number from 1 to {MAX_PERCENT}.", ("performance_percent",))  # fmt: skip


def _days(contract: Contract) -> Iterator[Refusal]:
    begin, end = contract.contract_on, contract.completion_on
    if begin is not None and end is not None and end < begin:
        yield Refusal("COMPLETION_BEFORE_CONTRACT", "工期末日が契約締結日より前です。",
                      "The works end before their contract was made.", ("completion_on",))  # fmt: skip


async def register(connection: AsyncConnection, actor: Actor, contracts: Sequence[Contract], now: datetime) -> None:
    """Keep the contracts of the actor's obligee; one with a number that is known already takes the place of the old one."""
    # In one order, so that two clerks who register the same contracts wait for each other.
    rows = [
        {**{name: getattr(each, name) for name in _AS_TOLD}, "works_folded": folded(each.works_name),
         "obligee_id": actor.obligee_id, "account_id": actor.account_id, "registered_at": now}
        for each in sorted(contracts, key=lambda each: each.contract_number or "")
    ]  # fmt: skip
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(works_contract).values(rows)
    known = [works_contract.c.obligee_id, works_contract.c.contract_number]
    anew = {name: statement.excluded[name] for name in rows[0] if name not in {"obligee_id", "contract_number"}}
    await connection.execute(statement.on_conflict_do_update(index_elements=known, set_=anew))


async def list_contracts(connection: AsyncConnection, actor: Actor, window: Window, wanted: frozenset[str]) -> Page:
    """Return a page of the works contracts of the actor's obligee, the newest first; nothing to others."""
    mine = [works_contract.c.obligee_id == (actor.obligee_id or 0)]
    return await read_page(connection, Listing(works_contract, mine, list(works_contract.c), _NEWEST), window, wanted)


async def contracts_numbered(connection: AsyncConnection, actor: Actor, numbers: Sequence[str]) -> list[AnyRow]:
    """Return the contracts of the actor's obligee with these numbers, in their order; those that are not there are left out."""
    mine = works_contract.c.obligee_id == (actor.obligee_id or 0), works_contract.c.contract_number.in_(numbers)
    found = {row.contract_number: row for row in await connection.execute(sa.select(works_contract).where(*mine))}
    return [found[each] for each in numbers if each in found]


async def comparisons(
    connection: AsyncConnection, actor: Actor, items: Sequence[AnyRow], number: str | None = None
) -> list[Comparison]:
    """Return how each item of the inbox agrees with its works contract.

    The contract is the registered one of the same works name and the same principal, or the one with `number`.
    """
    name = await _obligee_name(connection, actor)
    if number is not None:
        told = await contracts_numbered(connection, actor, [number])
        contract, match = (_contract(told[0], name), ContractMatch.TOLD) if told else (None, ContractMatch.NOT_MATCHED)
        return [compared(guaranteed(each), contract, match) for each in items]
    known: dict[tuple[str, str], list[AnyRow]] = defaultdict(list)
    works = sorted({each.works_folded for each in items})
    for start in range(0, len(works), _AT_ONCE):
        mine = works_contract.c.obligee_id == (actor.obligee_id or 0)
        some = works_contract.c.works_folded.in_(works[start : start + _AT_ONCE])
        for row in await connection.execute(sa.select(works_contract).where(mine, some)):
            known[row.works_folded, folded(row.principal_name)].append(row)
    return [_matched(each, known[each.works_folded, folded(each.principal_name)], name) for each in items]


def _matched(item: AnyRow, found: Sequence[AnyRow], name: str | None) -> Comparison:
    if len(found) == 1:
        return compared(guaranteed(item), _contract(found[0], name), ContractMatch.MATCHED)
    return compared(guaranteed(item), None, ContractMatch.AMBIGUOUS if found else ContractMatch.NOT_MATCHED)


def guaranteed(row: AnyRow) -> Guaranteed:
    """Return what is compared of a certificate's row."""
    return Guaranteed(
        kind=row.kind, works_name=row.works_name, principal_name=row.principal_name, obligee_name=row.obligee_name,
        contract_price=row.current_price, guaranteed_amount=row.guaranteed_amount, ends_on=row.current_ends_on,
    )  # fmt: skip


def _contract(row: AnyRow, obligee_name: str | None) -> Contract:
    return Contract(**{name: getattr(row, name) for name in _AS_TOLD}, obligee_name=obligee_name)


async def _obligee_name(connection: AsyncConnection, actor: Actor) -> str | None:
    name = sa.select(obligee.c.name).where(obligee.c.id == actor.obligee_id)
    return (await connection.execute(name)).scalar_one_or_none()
