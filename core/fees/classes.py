"""In which class (等級) of its tariff a surety has a principal, from which day on; and tariffs, loaded once and never changed."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.fees.tariff import parse
from denshi_hosho.core.ownership import changes
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import application, principal_class, tariff
from denshi_hosho.core.tokens import Actor

NOT_FOUND = Refusal("NOT_FOUND", "該当する申込がありません。", "There is no such application.", ("application_id",))


async def put(
    connection: AsyncConnection, actor: Actor, application_id: int, told: tuple[str, date], now: datetime
) -> None:
    """Put the principal of an application made to the surety in a class from a day on; said again, the last word holds.

    Raise `Refused`.
    """
    class_, from_on = told
    mine = application.c.id == application_id, changes(actor, application)
    row = (await connection.execute(sa.select(application.c.principal_id).where(*mine))).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"surety_id": actor.surety_id, "principal_id": row.principal_id, "class": class_, "from_on": from_on,
              "account_id": actor.account_id, "set_at": now}  # fmt: skip
    new = insert(principal_class).values(values)
    again = {name: values[name] for name in ("class", "account_id", "set_at")}
    keys = [principal_class.c.surety_id, principal_class.c.principal_id, principal_class.c.from_on]
    await connection.execute(new.on_conflict_do_update(index_elements=keys, set_=again))


async def load(connection: AsyncConnection, surety_id: int, text: str, from_on: date, now: datetime) -> int:
    """Return the id of a tariff that holds from `from_on` on, as its file says it.

    A later one begins later, so that what held on a past day stays what it was. Raise `TariffMalformed`, and `Refused` if
    one that begins on that day or later was loaded before.
    """
    told = parse(text)
    newest = sa.select(sa.func.max(tariff.c.from_on)).where(tariff.c.surety_id == surety_id)
    last: date | None = (await connection.execute(newest)).scalar_one()
    if last is not None and last >= from_on:
        raise Refused(_begun(last))
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"surety_id": surety_id, "name": told.name, "from_on": from_on, "example": told.example, "content": text,
           "loaded_at": now}  # fmt: skip
    new = insert(tariff).values(row).on_conflict_do_nothing(index_elements=[tariff.c.surety_id, tariff.c.from_on])
    tariff_id = (await connection.execute(new.returning(tariff.c.id))).scalar_one_or_none()
    if tariff_id is None:
        raise Refused(_begun(from_on))
    return int(tariff_id)


def _begun(last: date) -> Refusal:
    return Refusal(
        "TARIFF_EXISTS",
        f"{last.isoformat()} からの料率が登録済みです。それより後の適用開始日を指定してください。",
        f"A tariff from {last.isoformat()} on is loaded already. Let this one begin on a later day.",
        ("from_on",),
    )


async def tariffs_of(connection: AsyncConnection, surety_id: int) -> list[AnyRow]:
    """Return the surety's tariffs, the newest first: name, from_on, example, loaded_at."""
    columns = tariff.c.name, tariff.c.from_on, tariff.c.example, tariff.c.loaded_at
    mine = sa.select(*columns).where(tariff.c.surety_id == surety_id).order_by(tariff.c.from_on.desc())
    return list((await connection.execute(mine)).all())
