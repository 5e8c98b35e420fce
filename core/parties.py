"""Who takes part: principals (保証契約者), sureties (保証会社) with branches (取扱店), obligees (発注者), and their accounts."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.certificate import HandlingBranch, Surety
from denshi_hosho.core.database import Database
from denshi_hosho.core.documents import missing_glyphs
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.numbers import add_range
from denshi_hosho.core.passwords import check_new_password, hashed
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import account, branch, delegation, obligee, principal, surety
from denshi_hosho.core.text import MAIL_ADDRESS, kept
from denshi_hosho.core.vocabulary import GuaranteeKind, Role, SuretyClass

SURETY_UNKNOWN = Refusal(
    "SURETY_UNKNOWN", "その保証会社は登録されていません。", "There is no such surety.", ("surety_id",)
)
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{2,63}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewAccount:
    """An account to be made; `party_id` is the principal's, the surety's or the obligee's id, as `role` says."""

    login_id: str
    password: str
    role: Role
    party_id: int
    email: str


async def add_surety(
    connection: AsyncConnection, who: Surety, surety_class: SuretyClass, branches: tuple[HandlingBranch, ...],
    numbers: dict[GuaranteeKind, tuple[int, int]], now: datetime,
) -> int:  # fmt: skip
    """Return the id of a new surety with its branches and its ranges of guarantee numbers. Raise `Refused`."""
    row, handling = _kept(asdict(who)), [_kept(asdict(each)) for each in branches]
    for each in (row, *handling):
        _check_printable(each)
    _check_apart([str(each["name"]) for each in handling])
    values: dict[str, object] = {**row, "surety_class": surety_class, "created_at": now}
    surety_id = await _insert(connection, surety.c.name, values, "SURETY_EXISTS")
    for each in handling:
        await connection.execute(sa.insert(branch).values(surety_id=surety_id, **each))
    for kind, (first, last) in numbers.items():
        await add_range(connection, surety_id, kind, first, last)
    return surety_id


def _kept(texts: Mapping[str, str | None]) -> dict[str, str | None]:
    return {field: kept(given) if given else given for field, given in texts.items()}


def _check_printable(texts: Mapping[str, str | None]) -> None:
    for field, given in texts.items():
        if given is not None and (missing := missing_glyphs(given)):
            raise Refused(Refusal("TEXT_NOT_PRINTABLE", f"証書に印字できない文字があります: {missing}",
                                  f"These characters cannot be printed on the certificate: {missing}", (field,)))  # fmt: skip


def _check_apart(names: list[str]) -> None:
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise Refused(Refusal("BRANCH_TWICE", f"取扱店「{twice[0]}」が2回指定されています。",
                              f"The branch {twice[0]} is given twice.", ("name",)))  # fmt: skip


async def add_principal(
    connection: AsyncConnection, name: str, now: datetime, *, consolidated_payment: bool = False
) -> int:
    """Return the id of a new principal. `consolidated_payment`: 一括後払, certificates come before the fee is paid."""
    _check_printable({"name": kept(name)})
    row = {"name": kept(name), "consolidated_payment": consolidated_payment, "created_at": now}
    principal_id = await _insert(connection, principal.c.name, row, "PRINCIPAL_EXISTS")
    itself = {"principal_id": principal_id, "for_principal_id": principal_id, "acts": True}
    await connection.execute(sa.insert(delegation).values(itself))
    return principal_id


async def add_obligee(connection: AsyncConnection, code: str, name: str, now: datetime) -> int:
    """Return the id of a new obligee that gets accounts; `code` is its id in the rulebook. Raise `Refused`."""
    row = {"code": code, "name": kept(name), "created_at": now}
    return await _insert(connection, obligee.c.code, row, "OBLIGEE_EXISTS")


async def set_new_key_on_change(connection: AsyncConnection, surety_id: int, *, new_key_on_change: bool) -> None:
    """Set whether a changed certificate of the surety comes with a new access key."""
    mine = sa.update(surety).where(surety.c.id == surety_id)
    await connection.execute(mine.values(new_key_on_change=new_key_on_change))


async def surety_called(connection: AsyncConnection, surety_id: int) -> AnyRow:
    """Return name and class of the surety with this id. Raise `Refused` if there is none."""
    columns = sa.select(surety.c.name, surety.c.surety_class).where(surety.c.id == surety_id)
    row = (await connection.execute(columns)).one_or_none()
    if row is None:
        raise Refused(SURETY_UNKNOWN)
    return row


async def party_id(connection: AsyncConnection, role: Role, name: str) -> int:
    """Return the id of the principal or surety called `name`, or of the obligee with this code. Raise `Refused` if there is none."""
    called = {Role.PRINCIPAL: principal.c.name, Role.SURETY: surety.c.name, Role.OBLIGEE: obligee.c.code}[role]
    statement = sa.select(called.table.c.id).where(called == kept(name))
    found = (await connection.execute(statement)).scalar_one_or_none()
    if found is None:
        raise Refused(
            Refusal(
                "PARTY_UNKNOWN",
                f"{role.ja}「{name}」は登録されていません。",
                f"There is no {role.lower()} called {name}.",
            )
        )
    return int(found)


async def prepare_account(new: NewAccount) -> dict[str, object]:
    """Return the row for `new`, its password hashed (which takes long: call it outside any transaction).

    Raise `Refused` for a malformed login id, password or mail address.
    """
    refusals = []
    if not _LOGIN.fullmatch(new.login_id):
        refusals.append(Refusal("LOGIN_ID_MALFORMED", "お客様IDは半角英数字3文字以上64文字以内にしてください。",
                                "A login id has 3 to 64 characters of A-Z a-z 0-9 . _ @ + -", ("login_id",)))  # fmt: skip
    if not MAIL_ADDRESS.fullmatch(new.email):
        refusals.append(Refusal("EMAIL_MALFORMED", "メールアドレスの形が正しくありません。",
                                "This is not a mail address.", ("email",)))  # fmt: skip
    if refusals:
        raise Refused(*refusals)
    check_new_password(new.password, ("password",))
    party = f"{new.role.value.lower()}_id"
    return {"login_id": new.login_id, "password_hash": await hashed(new.password), "role": new.role,
            "email": new.email, party: new.party_id}  # fmt: skip


async def add_account(connection: AsyncConnection, row: dict[str, object], now: datetime) -> int:
    """Return the id of a new account from `prepare_account`'s row. Raise `Refused` if the login id is taken."""
    return await _insert(connection, account.c.login_id, {**row, "created_at": now}, "LOGIN_ID_TAKEN")


async def accounts(database: Database) -> list[AnyRow]:
    """Return every account with the name of its party, by login id."""
    party = sa.func.coalesce(principal.c.name, surety.c.name, obligee.c.name).label("party")
    more = account.c.provider_subject, account.c.disabled_at
    statement = sa.select(account.c.login_id, account.c.role, account.c.email, party, *more)
    tables = (
        account.outerjoin(principal)
        .outerjoin(surety, surety.c.id == account.c.surety_id)
        .outerjoin(obligee, obligee.c.id == account.c.obligee_id)
    )
    async with database.read() as connection:
        return list((await connection.execute(statement.select_from(tables).order_by(account.c.login_id))).all())


async def _insert(connection: AsyncConnection, named: sa.Column[str], row: dict[str, object], taken: str) -> int:
    """Return the id of a new row of `named`'s table. Raise `Refused` with the code `taken` if its name is taken.

    The database itself decides who was first: two that look before they insert would both find the name free.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    table, value = named.table, str(row[named.name])
    statement = insert(table).values(row).on_conflict_do_nothing(index_elements=[named]).returning(table.c.id)
    new_id = (await connection.execute(statement)).scalar_one_or_none()
    if new_id is None:
        raise Refused(
            Refusal(taken, f"「{value}」は既に登録されています。", f"{value} is registered already.", (named.name,))
        )
    return int(new_id)
