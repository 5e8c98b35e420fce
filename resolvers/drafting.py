"""Drafts of applications: saved as far as they are filled in, asked what is missing, submitted like any application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.applying import drafts
from denshi_hosho.core.errors import Refused, at, under
from denshi_hosho.core.form import check_form
from denshi_hosho.core.notes import check_line
from denshi_hosho.core.paging import Page, Window
from denshi_hosho.core.principals.reading import acting_party
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import DraftState, DraftStep, Role
from denshi_hosho.resolvers import obligees
from denshi_hosho.resolvers.applying import submitted
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.draft_content import PLACE, Content, check_content, still_missing
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import acting_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What is written into a draft: a new one, or the one with `draft_id`, whose content it replaces.

    With `copy_from` it begins with the content of that application; what `content` has goes over it.
    """

    draft_id: int | None
    on_behalf_of: int | None
    title: str
    content: Content
    copy_from: int | None


async def save(platform: Platform, actor: Actor | None, written: Writing, idempotency_key: str) -> int:
    """Return the draft's id after it was saved. Raise `Refused`: then nothing was written."""
    acting_for(actor, Role.PRINCIPAL)
    check_line(written.title, ("title",))
    check_content(written.content)
    asked = "save draft", {"content": written.content.to_json(), "draft_id": written.draft_id, "title": written.title,
                           "on_behalf_of": written.on_behalf_of, "copy_from": written.copy_from}  # fmt: skip

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        row = await _values(connection, who, written)
        if written.draft_id is None:
            whose = await acting_party(connection, who, written.on_behalf_of)
            return await drafts.keep(connection, who, whose, row, now)
        held = await drafts.held(connection, who, written.draft_id, DraftStep.SAVED)
        if written.on_behalf_of is not None:
            row["principal_id"] = await acting_party(connection, who, written.on_behalf_of)
        await drafts.rewrite(connection, held, row, now)
        return written.draft_id

    return await done(platform, actor, Role.PRINCIPAL, asked, idempotency_key, work)


async def _values(connection: AsyncConnection, who: Actor, written: Writing) -> dict[str, object]:
    row: dict[str, object] = {"title": written.title, "content": written.content.to_json()}
    if written.copy_from is None:
        return row
    content = written.content.over(Content.copied(await drafts.to_copy(connection, who, written.copy_from)))
    return {**row, "content": content.to_json(), "copied_from_id": written.copy_from}


async def submit(platform: Platform, actor: Actor | None, draft_id: int, idempotency_key: str) -> int:
    """Return the id of the application that the draft becomes, by the checks and rules of any application.

    Raise `Refused`: then nothing was written, and the draft stays open.
    """

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        row = await drafts.held(connection, who, draft_id, DraftStep.SUBMITTED)
        content = Content.from_json(row.content)
        told = content.told()
        if told is None or content.missing():
            raise Refused(*still_missing(content))
        with at(PLACE, "obligee"):
            form = content.form(obligees.name(platform, told.obligee))
        with under(PLACE):
            check_form(form)
            application_id = await submitted(platform, connection, (who, row.principal_id), (form, told), now)
        await drafts.hand_over(connection, row, application_id, now)
        return application_id

    return await done(platform, actor, Role.PRINCIPAL, ("submit draft", {"draft_id": draft_id}), idempotency_key, work)


async def discard(platform: Platform, actor: Actor | None, draft_id: int, idempotency_key: str) -> int:
    """Return the draft's id after it was discarded. Raise `Refused`."""

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await drafts.discard(connection, await drafts.held(connection, who, draft_id, DraftStep.DISCARDED), now)
        return draft_id

    return await done(platform, actor, Role.PRINCIPAL, ("discard draft", {"draft_id": draft_id}), idempotency_key, work)


async def page(
    platform: Platform, actor: Actor, states: Sequence[DraftState], window: Window, wanted: frozenset[str]
) -> Page:
    """Return a page of the drafts that the actor may submit. Raise `PageMalformed`."""
    async with platform.database.read() as connection:
        return await drafts.list_drafts(connection, actor, states, window, wanted)


async def by_id(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[AnyRow | None]:
    """Return the drafts with these ids, in this order; None where there is none that the actor may submit."""
    async with platform.database.read() as connection:
        found = await drafts.drafts_by_id(connection, actor, ids)
    return [found.get(each) for each in ids]
