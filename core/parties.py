"""Who takes part: principals (保証契約者), sureties (保証会社) with their branches (取扱店), and accounts that act for them."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.certificate import HandlingBranch, Surety
from denshi_hosho.core.database import Database
from denshi_hosho.core.documents import missing_glyphs
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.numbers import add_range
from denshi_hosho.core.passwords import check_new_password, hashed
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import account, branch, principal, surety
from denshi_hosho.core.text import MAIL_ADDRESS, kept
from denshi_hosho.core.vocabulary import GuaranteeKind, Role, SuretyClass

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{2,63}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewAccount:
    """An account to be made; `party_id` is the principal's or the surety's id, as `role` says."""

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
    await _free(connection, surety.c.name, str(row["name"]), "SURETY_EXISTS")
    surety_id = await _insert(connection, surety, {**row, "surety_class": surety_class, "created_at": now})
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


async def add_principal(
    connection: AsyncConnection, name: str, now: datetime, *, consolidated_payment: bool = False
) -> int:
    """Return the id of a new principal. `consolidated_payment`: 一括後払, certificates come before the fee is paid."""
    _check_printable({"name": kept(name)})
    await _free(connection, principal.c.name, kept(name), "PRINCIPAL_EXISTS")
    row = {"name": kept(name), "consolidated_payment": consolidated_payment, "created_at": now}
    return await _insert(connection, principal, row)


async def surety_called(connection: AsyncConnection, surety_id: int) -> AnyRow:
    """Return name and class of the surety with this id. Raise `Refused` if there is none."""
    columns = sa.select(surety.c.name, surety.c.surety_class).where(surety.c.id == surety_id)
    row = (await connection.execute(columns)).one_or_none()
    if row is None:
        raise Refused(Refusal("SURETY_UNKNOWN", "その保証会社は登録されていません。", "There is no such surety.",
                              ("surety_id",)))  # fmt: skip
    return row


async def party_id(connection: AsyncConnection, role: Role, name: str) -> int:
    """Return the id of the principal or surety called `name`. Raise `Refused` if there is none."""
    table = principal if role is Role.PRINCIPAL else surety
    found = (await connection.execute(sa.select(table.c.id).where(table.c.name == kept(name)))).scalar_one_or_none()
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
    party = "principal_id" if new.role is Role.PRINCIPAL else "surety_id"
    return {"login_id": new.login_id, "password_hash": await hashed(new.password), "role": new.role,
            "email": new.email, party: new.party_id}  # fmt: skip


async def add_account(connection: AsyncConnection, row: dict[str, object], now: datetime) -> int:
    """Return the id of a new account from `prepare_account`'s row. Raise `Refused` if the login id is taken."""
    await _free(connection, account.c.login_id, str(row["login_id"]), "LOGIN_ID_TAKEN")
    return await _insert(connection, account, {**row, "created_at": now})


async def accounts(database: Database) -> list[AnyRow]:
    """Return every account with the name of its party, by login id."""
    party = sa.func.coalesce(principal.c.name, surety.c.name).label("party")
    more = account.c.provider_subject, account.c.disabled_at
    statement = sa.select(account.c.login_id, account.c.role, account.c.email, party, *more)
    tables = account.outerjoin(principal).outerjoin(surety, surety.c.id == account.c.surety_id)
    async with database.read() as connection:
        return list((await connection.execute(statement.select_from(tables).order_by(account.c.login_id))).all())


async def _insert(connection: AsyncConnection, table: sa.Table, row: dict[str, object]) -> int:
    statement = sa.insert(table).values(row).returning(table.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def _free(connection: AsyncConnection, column: sa.Column[str], value: str, code: str) -> None:
    if (await connection.execute(sa.select(column).where(column == value))).first():
        raise Refused(
            Refusal(
                code,
                f"「{value}」は既に登録されています。",
                f"{value} is registered already.",
                (column.name,),
            )
        )
