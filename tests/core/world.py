"""The people of the core's tests, and the road of an application at their hands, without rules or web."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications, issuing, parties
from denshi_hosho.core.accounts import PasswordChange
from denshi_hosho.core.clock import JST
from denshi_hosho.core.database import Database
from denshi_hosho.core.decisions import DecisionRecord
from denshi_hosho.core.devices import Caller
from denshi_hosho.core.form import Form
from denshi_hosho.core.notary import Notary
from denshi_hosho.core.opening import Claim
from denshi_hosho.core.outbox import Post
from denshi_hosho.core.rows import AnySelect
from denshi_hosho.core.tables import branch, metadata
from denshi_hosho.core.throttle import SIGN_IN, Attempt, Throttle
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vault import Vault
from denshi_hosho.core.vocabulary import GuaranteeKind, Medium, Role, SuretyClass
from denshi_hosho.core.work import Solution
from denshi_hosho.examples import leaflets

NOW = datetime(2024, 6, 3, 10, tzinfo=JST).astimezone(UTC)
SECRET = {"k1": b"s" * 32}
NOTARY = Notary(SECRET, "https://hosho.example.jp")
POST = Post("noreply@guarantee.example.jp", "https://hosho.example.jp", NOTARY)
SOURCE = "192.0.2.1"
RECORD = DecisionRecord(
    outcome="ACCEPTED", revision=date(2024, 6, 1), digest="d" * 64, text="# rules", plugin="matsue",
    plugin_version="1.0", facts="{}", body="{}",
)  # fmt: skip


def form(surety_id: int, **changes: Any) -> Form:
    """An application for an electronic advance payment guarantee, with `changes`."""
    plain = Form(
        surety_id=surety_id, kind=GuaranteeKind.ADVANCE_PAYMENT, obligee="322016", obligee_name="松江市",
        delivery=Medium.ELECTRONIC, works_name="市道〇号線 道路改良工事", contract_price=48_000_000, covered_price=None,
        guaranteed_amount=19_200_000, completion_on=date(2025, 3, 15), guarantee_ends_on=date(2025, 3, 15),
        depositary_bank=None, urgent=False, contract_on=date(2024, 6, 1),
    )  # fmt: skip
    return replace(plain, **changes)


async def rows(database: Database) -> dict[str, int]:
    """How many rows each table has: to see that nothing was written."""
    async with database.read() as connection:
        return {
            table.name: (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Which tables have more (or fewer) rows than before, and by how many."""
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def claim(number: str, access_key: str, caller: Caller | None = None, work: Solution | None = None) -> Claim:
    """What somebody types who wants to open a certificate."""
    return Claim(number, access_key, caller or Caller(SOURCE), work)


def signing_in(login_id: str, caller: Caller | None = None, work: Solution | None = None) -> Attempt:
    """An attempt to sign in."""
    return Attempt(SIGN_IN, login_id, caller or Caller(SOURCE), work)


def changing(current: str, new: str, caller: Caller | None = None, work: Solution | None = None) -> PasswordChange:
    """A change of password."""
    return PasswordChange(current, new, caller or Caller(SOURCE), work)


@dataclass(frozen=True)
class World:
    """Two sureties and two principals; `other` pays consolidated, `rival` acts for the second surety."""

    database: Database
    vault: Vault
    surety_id: int
    rival_id: int
    branch_id: int
    contractor: Actor
    other: Actor
    underwriter: Actor
    rival: Actor

    @property
    def throttle(self) -> Throttle:
        """A throttle whose work is light."""
        return Throttle(SECRET, bits=8)

    @classmethod
    async def begin(cls, database: Database) -> "World":
        async def work(connection: AsyncConnection) -> World:
            surety_id = await parties.add_surety(
                connection, leaflets.WEST_JAPAN, SuretyClass.GUARANTEE_COMPANY, (leaflets.TOKYO_BRANCH,),
                leaflets.NUMBERS, NOW,
            )  # fmt: skip
            rival_id = await parties.add_surety(
                connection, replace(leaflets.WEST_JAPAN, name="別の保証"), SuretyClass.INSURER, (), {}, NOW
            )
            contractor = await parties.add_principal(connection, leaflets.PRINCIPAL, NOW)
            other = await parties.add_principal(connection, "別会社", NOW, consolidated_payment=True)
            branch_id = (await connection.execute(sa.select(branch.c.id))).scalar_one()
            return cls(
                database, Vault(SECRET, SECRET), surety_id, rival_id, branch_id,
                await add_actor(connection, "contractor", Role.PRINCIPAL, contractor),
                await add_actor(connection, "other", Role.PRINCIPAL, other),
                await add_actor(connection, "surety", Role.SURETY, surety_id),
                await add_actor(connection, "rival", Role.SURETY, rival_id),
            )  # fmt: skip

        return await database.write(work)

    def conclusion(self, now: datetime = NOW) -> issuing.Conclusion:
        return issuing.Conclusion(actor=self.underwriter, now=now, vault=self.vault, post=POST)

    async def submitted(self, actor: Actor | None = None, **changes: Any) -> int:
        """Apply as the contractor; return the application's id."""
        who = actor or self.contractor
        filled = form(changes.pop("surety_id", self.surety_id), **changes)
        return await self.database.write(lambda c: applications.submit(c, who, filled, "{}", NOW))

    async def approved(self, actor: Actor | None = None, **changes: Any) -> int:
        """Apply, approve and record the fee; return the application's id."""
        application_id = await self.submitted(actor, **changes)

        async def work(connection: AsyncConnection) -> None:
            await applications.approve(connection, self.underwriter, application_id, NOW, None)
            fee = 100_000, date(2024, 6, 3)
            await applications.record_fee_received(connection, self.underwriter, application_id, NOW, fee)

        await self.database.write(work)
        return application_id

    async def conclude(self, application_id: int, now: datetime = NOW) -> int:
        """Conclude an approved application; return the guarantee's id."""

        async def work(connection: AsyncConnection) -> int:
            row = await issuing.approved(connection, self.underwriter, application_id)
            return await issuing.issue(connection, row, RECORD, self.conclusion(now))

        return await self.database.write(work)

    async def concluded(self, actor: Actor | None = None, now: datetime = NOW, **changes: Any) -> int:
        """Take an application all the way; return the guarantee's id."""
        return await self.conclude(await self.approved(actor, **changes), now)

    async def execute(self, statement: sa.Executable) -> None:
        """Execute `statement` in a transaction of its own."""
        await self.database.write(lambda connection: connection.execute(statement))

    async def one(self, statement: AnySelect) -> Any:
        """The single row of `statement`."""
        async with self.database.read() as connection:
            return (await connection.execute(statement)).one()

    async def all(self, statement: AnySelect) -> list[Any]:
        """All rows of `statement`."""
        async with self.database.read() as connection:
            return list((await connection.execute(statement)).all())

    async def rows(self) -> dict[str, int]:
        return await rows(self.database)


async def add_actor(connection: AsyncConnection, login_id: str, role: Role, party_id: int) -> Actor:
    party = "principal_id" if role is Role.PRINCIPAL else "surety_id"
    row: dict[str, object] = {"login_id": login_id, "password_hash": "none", "role": role,
                              "email": f"{login_id}@example.jp", party: party_id}  # fmt: skip
    account_id = await parties.add_account(connection, row, NOW)
    return Actor(account_id, role, *((party_id, None) if role is Role.PRINCIPAL else (None, party_id)))
