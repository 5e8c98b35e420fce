"""Why a draft of an application would be refused if it were submitted now; nothing is decided, and nothing kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import queue
from denshi_hosho.core.applying.drafts import drafts_by_id
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused, under
from denshi_hosho.core.form import check_form
from denshi_hosho.core.interim import following
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.parties import SURETY_UNKNOWN
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import DraftState, GuaranteeKind, Medium
from denshi_hosho.resolvers.decisions import eligibility, require_delivery
from denshi_hosho.resolvers.draft_content import PLACE, Content, still_missing
from denshi_hosho.resolvers.platform import Platform


async def unresolved(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[list[Refusal]]:
    """Return, for each of the drafts `ids`, why submitting it today would be refused; empty for one that is closed."""
    async with platform.database.read() as connection:
        found = await drafts_by_id(connection, actor, ids)
        sureties = {each.id: each for each in await queue.sureties(connection)}
        today = japan_day(platform.clock())
        opened = {each: await _lineage(connection, actor, row, today) for each, row in found.items()
                  if row.state is DraftState.OPEN}  # fmt: skip
    return [
        [*_against(platform, opened[each][0], sureties, today), *opened[each][1]] if each in opened else []
        for each in ids
    ]


async def _lineage(
    connection: AsyncConnection, actor: Actor, row: AnyRow, today: date
) -> tuple[Content, Sequence[Refusal]]:
    """Return the draft's content with the day of the guarantee that it follows, and what is wrong with that one."""
    content = Content.from_json(row.content)
    if content.missing() or (wish := following.wish_of(content.form("-"), row.principal_id)) is None:
        return content, ()
    try:
        with under(PLACE):
            followed = await following.followed(connection, actor, wish, today)
    except Refused as refused:
        return content, refused.refusals
    first = content.facts.first_guarantee_on or japan_day(followed.concluded_at)
    return replace(content, facts=replace(content.facts, first_guarantee_on=first)), ()


def _against(platform: Platform, content: Content, sureties: Mapping[int, AnyRow], today: date) -> list[Refusal]:
    """Return what is missing, and what the checks and the rules have against that which is there."""
    missing = content.missing()
    surety = None if content.surety_id is None else sureties.get(content.surety_id)
    found = [
        *_refusals(lambda: check_form(_filled_up(content).form("-"))),
        *_by_rules(platform, content, surety, today),
    ]
    if content.surety_id is not None and surety is None:
        found.append(SURETY_UNKNOWN)
    there = (each for each in found if each.path[0] not in missing)
    return [*still_missing(content), *(replace(each, path=(PLACE, *each.path)) for each in there)]


def _by_rules(platform: Platform, content: Content, surety: AnyRow | None, today: date) -> Iterator[Refusal]:
    told, delivery = content.told(), content.delivery
    if told is None or delivery is None:
        return
    of = {} if surety is None else {"surety": surety.name, "surety_class": surety.surety_class}
    whole = replace(told, guarantee_on=today, **of)
    yield from _refusals(lambda: require_delivery(eligibility(platform, whole), delivery))


def _refusals(check: Callable[[], None]) -> Sequence[Refusal]:
    try:
        check()
    except Refused as refused:
        return refused.refusals
    return ()


def _filled_up(content: Content) -> Content:
    """Return the content with something in each required field against which no check has anything."""
    enough = max(MAX_YEN, content.guaranteed_amount or 0, content.covered_price or 0)
    kind = GuaranteeKind.INTERIM_ADVANCE_PAYMENT if content.follows else GuaranteeKind.ADVANCE_PAYMENT
    blank = Content(
        surety_id=0, obligee="-", kind=kind, delivery=Medium.PAPER, works_name="-",
        contract_price=enough, guaranteed_amount=1, completion_on=date.max,
    )  # fmt: skip
    return content.over(blank)
