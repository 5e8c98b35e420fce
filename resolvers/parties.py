"""For whom the signed-in account may act, and whom it may see."""

from denshi_hosho.core.paging import Page, Window
from denshi_hosho.core.principals import reading
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor
from denshi_hosho.resolvers.platform import Platform


async def page(platform: Platform, actor: Actor, window: Window, wanted: frozenset[str]) -> Page:
    """Return a page of the principals for which the actor acts, or which it sees. Raise `PageMalformed`."""
    async with platform.database.read() as connection:
        return await reading.list_parties(connection, actor, window, wanted)


async def one(platform: Platform, actor: Actor, principal_id: int) -> AnyRow | None:
    """Return the principal with this id, if the actor acts for it or sees it."""
    async with platform.database.read() as connection:
        return await reading.one_party(connection, actor, principal_id)
