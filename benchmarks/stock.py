"""A platform to be measured, with parties and guarantees made on the road that every guarantee takes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from denshi_hosho.cli import seeding
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.form import Form
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeKind, Medium, WorkType
from denshi_hosho.resolvers import applying, documents, underwriting
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Application

T = TypeVar("T")
S = TypeVar("S")

_SECRETS = {"bench": bytes(range(32))}
_FEE = 100_000
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Stock:
    """A platform with the leaflets' surety and principal, and an actor for each."""

    platform: Platform
    surety_id: int
    contractor: Actor
    underwriter: Actor

    def bearer(self, actor: Actor) -> bytes:
        """Return the value of the `Authorization` header with which `actor` asks."""
        signed_in = replace(actor, session="0" * 32)
        return b"Bearer " + self.platform.tokens.access_token(signed_in, self.platform.clock())[0].encode()

    async def approved(self, count: int, name: str) -> list[int]:
        """Return the ids of `count` new applications that wait to be concluded; `name` is in their works' names."""
        forms = [_form(self.surety_id, f"{name}（第{index + 1}工区）", index) for index in range(count)]
        return await together(self._approved, forms, _AT_ONCE)

    async def concluded(self, count: int, name: str) -> list[int]:
        """Return the ids of `count` new guarantees."""

        async def conclude(application_id: int) -> int:
            key = f"conclude {application_id}"
            return await underwriting.conclude(self.platform, self.underwriter, application_id, key)

        return await together(conclude, await self.approved(count, name), _AT_ONCE)

    async def proofs(self, guarantee_ids: Iterable[int]) -> list[tuple[str, str]]:
        """Return number and access key of each guarantee, as its principal is shown them."""

        async def reveal(guarantee_id: int) -> tuple[str, str]:
            shown = await documents.reveal(self.platform, self.contractor, guarantee_id)
            return shown.notice.number, shown.notice.access_key

        return await together(reveal, guarantee_ids, _AT_ONCE)

    async def _approved(self, form: Form) -> int:
        facts = Application(
            obligee=form.obligee, kind=form.kind, work_type=WorkType.CONSTRUCTION, contract_on=form.contract_on,
            contract_price=form.contract_price, guaranteed_amount=form.guaranteed_amount,
        )  # fmt: skip
        platform, who = self.platform, self.underwriter
        application_id = await applying.apply(platform, self.contractor, form, facts, uuid4().hex)
        await underwriting.approve(platform, who, application_id, None)
        today = japan_day(platform.clock())
        await underwriting.record_fee(platform, who, application_id, amount=_FEE, received_on=today, consolidated=False)
        return application_id


@asynccontextmanager
async def stock(url: str, folder: Path) -> AsyncIterator[Stock]:
    """Give a platform on the empty database at `url`; what it writes to files goes into `folder`."""
    platform = Platform.build(Settings(
        database_url=url, token_secrets=_SECRETS, seal_secrets=_SECRETS, pepper_secrets=_SECRETS,
        signing_secrets=_SECRETS, log_secrets=_SECRETS, mail_folder=folder,
    ))  # fmt: skip
    try:
        surety_id = await seeding.add_parties(platform)
        actors = [await seeding.actor(platform, name) for name in (seeding.CONTRACTOR, seeding.SURETY)]
        yield Stock(platform, surety_id, *actors)
    finally:
        await platform.database.close()


async def together(work: Callable[[S], Awaitable[T]], given: Iterable[S], at_once: int) -> list[T]:
    """Return what `work` makes of each of `given`, in that order, with `at_once` of them under way at any time."""
    waiting = enumerate(given)
    done: dict[int, T] = {}

    async def worker() -> None:
        for index, each in waiting:
            done[index] = await work(each)

    await asyncio.gather(*(worker() for _ in range(at_once)))
    return [done[index] for index in sorted(done)]


@contextmanager
def entered(runner: asyncio.Runner, context: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Give what an asynchronous `context` gives to code that is not asynchronous, on the loop of `runner`."""
    stack = AsyncExitStack()
    try:
        yield runner.run(stack.enter_async_context(context))
    finally:
        runner.run(stack.aclose())


def _form(surety_id: int, works_name: str, index: int) -> Form:
    return Form(
        surety_id=surety_id, kind=GuaranteeKind.ADVANCE_PAYMENT, obligee="322016", obligee_name="松江市",
        delivery=Medium.ELECTRONIC, works_name=works_name, contract_price=48_000_000 + index,
        covered_price=40_000_000 if index % 2 else None, guaranteed_amount=16_000_000, completion_on=date(2031, 3, 15),
        guarantee_ends_on=date(2031, 3, 31), depositary_bank="見本銀行 本店" if index % 3 else None, urgent=False,
        contract_on=date(2024, 6, 3),
    )  # fmt: skip
