"""Recording the receipt of an advance (前払金の受領) in one transaction."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.calculators.lines import check_amounts
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.interim import received
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform


async def record_received(
    platform: Platform, actor: Actor | None, guarantee_id: int, amount: int, received_on: date, idempotency_key: str
) -> int:
    """Return the guarantee's id after its advance was recorded as received. Raise `Refused`."""
    check_amounts(1, amount=amount)
    if received_on > japan_day(platform.clock()):
        raise Refused(Refusal("DAY_IN_FUTURE", "未来の日付は指定できません。", "This day lies in the future.",
                              ("received_on",)))  # fmt: skip

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await received.record(connection, who, guarantee_id, amount, received_on, now)
        return guarantee_id

    asked = "recordAdvanceReceived", {"guarantee_id": guarantee_id, "amount": amount, "received_on": received_on}
    return await done(platform, actor, Role.PRINCIPAL, asked, idempotency_key, work)
