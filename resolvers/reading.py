"""What signed-in people read: their guarantees and applications, of the columns that were asked for."""

from collections.abc import Sequence

from denshi_hosho.core import guarantees, handed_in, queue
from denshi_hosho.core.guarantees import GuaranteeOrder, Search
from denshi_hosho.core.paging import Page, Window
from denshi_hosho.core.queue import ApplicationOrder
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ApplicationState
from denshi_hosho.resolvers.platform import Platform


async def guarantee_page(
    platform: Platform,
    actor: Actor,
    search: Search,
    by: GuaranteeOrder,
    window: Window,
    wanted: frozenset[str],
) -> Page:
    """Return a page of the actor's guarantees. Raise `PageMalformed`."""
    async with platform.database.read() as connection:
        return await guarantees.list_guarantees(connection, actor, search, by, window, wanted)


async def guarantee(platform: Platform, actor: Actor, key: tuple[str, object], wanted: frozenset[str]) -> AnyRow | None:
    """Return the actor's guarantee with `key` = (`id`, `number` or `application_id`, value), or None."""
    async with platform.database.read() as connection:
        return await guarantees.one_guarantee(connection, actor, key, wanted)


async def key_events(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each of the actor's guarantees `ids`, what happened around its key, oldest first."""
    async with platform.database.read() as connection:
        found = await guarantees.key_events_of(connection, actor, ids)
    return [found[each] for each in ids]


async def application_page(
    platform: Platform, actor: Actor, states: Sequence[ApplicationState], by: ApplicationOrder, window: Window,
    wanted: frozenset[str],
) -> Page:  # fmt: skip
    """Return a page of the actor's applications. Raise `PageMalformed`."""
    async with platform.database.read() as connection:
        return await queue.list_applications(connection, actor, states, by, window, wanted)


async def applications(
    platform: Platform, actor: Actor, ids: Sequence[int], wanted: frozenset[str]
) -> list[AnyRow | None]:
    """Return the actor's applications with these ids, in this order; None where there is none of theirs."""
    async with platform.database.read() as connection:
        found = await queue.applications_by_id(connection, actor, ids, wanted)
    return [found.get(each) for each in ids]


async def guarantees_of(
    platform: Platform, actor: Actor, ids: Sequence[int], wanted: frozenset[str]
) -> list[AnyRow | None]:
    """Return, for each of the actor's applications `ids`, the guarantee that was concluded for it, or None."""
    async with platform.database.read() as connection:
        found = await guarantees.guarantees_of(connection, actor, ids, wanted)
    return [found.get(each) for each in ids]


async def steps(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each of the actor's applications `ids`, its steps, oldest first."""
    async with platform.database.read() as connection:
        found = await queue.steps_of(connection, actor, ids)
    return [found[each] for each in ids]


async def decisions(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each of the actor's applications `ids`, its decisions, oldest first."""
    async with platform.database.read() as connection:
        found = await queue.decisions_of(connection, actor, ids)
    return [found[each] for each in ids]


async def party(platform: Platform, actor: Actor) -> AnyRow:
    """Return id and name of the party for which the actor acts."""
    async with platform.database.read() as connection:
        return await queue.party_name(connection, actor)


async def sureties(platform: Platform) -> list[AnyRow]:
    """Return every surety, by name."""
    async with platform.database.read() as connection:
        return await queue.sureties(connection)


async def surety(platform: Platform, surety_id: int) -> AnyRow | None:
    """Return the surety with this id, or None."""
    return next((each for each in await sureties(platform) if each.id == surety_id), None)


async def branch(platform: Platform, branch_id: int) -> AnyRow | None:
    """Return the branch of a surety with this id, or None."""
    async with platform.database.read() as connection:
        return await queue.one_branch(connection, branch_id)


async def branches(platform: Platform, surety_ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each surety, its branches."""
    async with platform.database.read() as connection:
        found = await queue.branches_of(connection, surety_ids)
    return [found[each] for each in surety_ids]


async def submissions_of(platform: Platform, actor: Actor, guarantee_ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each of the actor's guarantees, its submissions, oldest first."""
    async with platform.database.read() as connection:
        found = await handed_in.submissions_of(connection, actor, guarantee_ids)
    return [found[each] for each in guarantee_ids]


async def submissions(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[AnyRow | None]:
    """Return the actor's submissions with these ids, in this order; None where there is none of theirs."""
    async with platform.database.read() as connection:
        found = await handed_in.submissions_by_id(connection, actor, ids)
    return [found.get(each) for each in ids]


async def submission_items(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each of the actor's submissions `ids`, the guarantees whose keys it hands in."""
    async with platform.database.read() as connection:
        found = await handed_in.items_with_keys(connection, actor, ids)
    return [found[each] for each in ids]


async def submission_steps(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each of the actor's submissions `ids`, its steps, oldest first."""
    async with platform.database.read() as connection:
        found = await handed_in.steps_of(connection, actor, ids)
    return [found[each] for each in ids]
