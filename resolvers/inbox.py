"""What an obligee (発注者) does with what was handed in to it: looks, compares, accepts and rejects."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused, under
from denshi_hosho.core.inbox import contracts, items, verdicts
from denshi_hosho.core.inbox.comparison import Comparison, Contract, compared
from denshi_hosho.core.inbox.items import InboxFilter, InboxOrder
from denshi_hosho.core.inbox.verdicts import Saying
from denshi_hosho.core.notes import check_line, check_note
from denshi_hosho.core.opening import Claim, open_certificate
from denshi_hosho.core.paging import Page, Window
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.text import kept
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ContractMatch, Role, Verdict
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform

MAX_OPENED = 100
MAX_SEARCH = 60
_COMPARED = frozenset({
    "kind", "works_name", "principal_name", "obligee_name", "guaranteed_amount", "current_price", "current_ends_on",
})  # fmt: skip


def check_filter(look: InboxFilter) -> InboxFilter:
    """Return what is looked for, each word once. Raise `Refused` for texts that are too long."""
    for name in ("text", "works"):
        text: str = getattr(look, name)
        if len(text) > MAX_SEARCH:
            raise Refused(Refusal("TEXT_LENGTH", f"検索文字は{MAX_SEARCH}文字以内で入力してください。",
                                  f"What to look for has {MAX_SEARCH} characters at most.", ("search", name)))  # fmt: skip
        if text:
            check_line(text, ("search", name))
    return replace(
        look, kinds=tuple(dict.fromkeys(look.kinds)), states=tuple(dict.fromkeys(look.states)),
        verdicts=tuple(dict.fromkeys(look.verdicts)),
    )  # fmt: skip


async def page(
    platform: Platform, actor: Actor, look: InboxFilter, by: InboxOrder, window: Window, wanted: frozenset[str]
) -> Page:
    """Return a page of the actor's inbox. Raise `PageMalformed` and `Refused`."""
    checked = check_filter(look)
    async with platform.database.read() as connection:
        return await items.list_items(connection, actor, checked, by, window, wanted)


async def by_id(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[AnyRow | None]:
    """Return the items with these ids, in this order; None where nothing was handed in to the actor."""
    async with platform.database.read() as connection:
        found = await items.items_by_id(connection, actor, ids)
    return [found.get(each) for each in ids]


async def verdicts_of(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[AnyRow | None]:
    """Return, for each guarantee that the actor may see, the verdict on its live version, or None."""
    async with platform.database.read() as connection:
        found = await verdicts.verdicts_of(connection, actor, ids)
    return [found.get(each) for each in ids]


async def comparisons(
    platform: Platform, actor: Actor, ids: Sequence[int], number: str | None = None
) -> list[Comparison]:
    """Return how each item of the actor's inbox agrees with its works contract, or with the one with `number`."""
    async with platform.database.read() as connection:
        found = await items.items_by_id(connection, actor, ids)
        rows = [found[each] for each in ids if each in found]
        compared_rows = await contracts.comparisons(connection, actor, rows, number)
    by_item = {row.id: each for row, each in zip(rows, compared_rows, strict=True)}
    nothing = Comparison(ContractMatch.NOT_MATCHED, None, ())
    return [by_item.get(each, nothing) for each in ids]


async def open_items(platform: Platform, actor: Actor | None, ids: Sequence[int], idempotency_key: str) -> None:
    """Note that the obligee looked at the certificates of these guarantees. Raise `Refused`: then none was noted."""
    chosen = sorted(set(ids))

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        if not 1 <= len(chosen) <= MAX_OPENED:
            raise Refused(Refusal("TOO_MANY_TOGETHER", f"一度に確認できるのは1件から{MAX_OPENED}件までです。",
                                  f"1 to {MAX_OPENED} certificates are opened together.", ("guarantee_ids",)))  # fmt: skip
        await verdicts.open_items(connection, who, chosen, now)
        return len(chosen)

    await done(platform, actor, Role.OBLIGEE, ("openInboxItems", {"ids": chosen}), idempotency_key, work)


async def say(platform: Platform, actor: Actor | None, saying: Saying, idempotency_key: str) -> int:
    """Return the guarantee's id after the obligee accepted or rejected its certificate. Raise `Refused`."""

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        if saying.note is not None or saying.verdict is Verdict.REJECTED:
            check_note(saying.note or "", "note")
        await verdicts.say(connection, who, saying, now)
        return saying.guarantee_id

    return await done(platform, actor, Role.OBLIGEE, (saying.verdict.value, asdict(saying)), idempotency_key, work)


async def register(
    platform: Platform, actor: Actor | None, told: Sequence[Contract], idempotency_key: str
) -> list[AnyRow]:
    """Return the obligee's works contracts after they were registered, in the order given. Raise `Refused`."""
    given = [_kept(each) for each in told]
    numbers = [each.contract_number or "" for each in given]

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        _check_contracts(given, numbers)
        await contracts.register(connection, who, given, now)
        return len(given)

    body = {"contracts": [asdict(each) for each in given]}
    await done(platform, actor, Role.OBLIGEE, ("registerWorksContracts", body), idempotency_key, work)
    async with platform.database.read() as connection:
        return await contracts.contracts_numbered(connection, _known(actor), numbers)


def _known(actor: Actor | None) -> Actor:
    if actor is None:
        raise AssertionError("nothing is done for nobody")
    return actor


def _kept(told: Contract) -> Contract:
    number, obligee = told.contract_number, told.obligee_name
    return replace(
        told, works_name=kept(told.works_name), principal_name=kept(told.principal_name),
        contract_number=None if number is None else kept(number), obligee_name=None if obligee is None else kept(obligee),
    )  # fmt: skip


def _check_contracts(given: Sequence[Contract], numbers: Sequence[str]) -> None:
    most = contracts.MAX_CONTRACTS
    if not 1 <= len(given) <= most:
        raise Refused(Refusal("TOO_MANY_TOGETHER", f"一度に登録できるのは1件から{most}件までです。",
                              f"1 to {most} works contracts are registered together.", ("contracts",)))  # fmt: skip
    for index, each in enumerate(given):
        with under("contracts", str(index)):
            contracts.check_contract(each)
    if twice := [each for each in dict.fromkeys(numbers) if numbers.count(each) > 1]:
        raise Refused(Refusal("CONTRACT_TWICE", f"契約番号「{twice[0]}」が2回指定されています。",
                              f"The contract number {twice[0]} is given twice.", ("contracts",)))  # fmt: skip


async def contract_page(platform: Platform, actor: Actor, window: Window, wanted: frozenset[str]) -> Page:
    """Return a page of the works contracts of the actor's obligee. Raise `PageMalformed`."""
    async with platform.database.read() as connection:
        return await contracts.list_contracts(connection, actor, window, wanted)


async def compare_by_key(platform: Platform, claim: Claim, told: Contract) -> Comparison:
    """Return how the certificate behind number and key agrees with a contract that is not kept; the opening is noted.

    Raise `Refused`: for what is wrong with the contract before anything is looked at, then as any opening does.
    """
    contract = _kept(told)
    with under("contract"):
        contracts.check_contract(contract)
    row = await open_certificate(
        platform.database, platform.vault, platform.throttle, claim, platform.clock(), _COMPARED
    )
    return compared(contracts.guaranteed(row), contract, ContractMatch.TOLD)


def days_since(platform: Platform, item: AnyRow) -> int:
    """Return how many days ago, in Japan, an item was handed in."""
    handed_in_on: date = item.handed_in_on
    return (japan_day(platform.clock()) - handed_in_on).days
