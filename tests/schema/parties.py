"""More parties than the leaflets have: a second surety with an account, to be kept apart from the first."""

from dataclasses import replace
from datetime import UTC, datetime

from denshi_hosho.cli.seeding import actor, add_account, conclude
from denshi_hosho.core import parties
from denshi_hosho.core.vocabulary import GuaranteeKind, Role, SuretyClass
from denshi_hosho.examples import leaflets
from denshi_hosho.resolvers.platform import Platform

_BEGAN = datetime(2024, 4, 1, tzinfo=UTC)
OTHER_BRANCHES = tuple(replace(leaflets.TOKYO_BRANCH, name=name) for name in ("大阪支店", "札幌支店"))


async def add_other_surety(platform: Platform) -> int:
    """Add the surety 別保証 with two branches, numbers from 2000000001 on and the account `other-surety`."""
    who = replace(leaflets.WEST_JAPAN, name="別保証株式会社", terms_url=None)
    numbers = {
        kind: (2_000_000_001 + 1000 * place, 2_000_001_000 + 1000 * place) for place, kind in enumerate(GuaranteeKind)
    }
    surety_id = await platform.database.write(
        lambda connection: parties.add_surety(
            connection, who, SuretyClass.GUARANTEE_COMPANY, OTHER_BRANCHES, numbers, _BEGAN
        )
    )
    await add_account(platform, "other-surety", Role.SURETY, surety_id)
    return surety_id


async def issue_the_samples(platform: Platform) -> None:
    """Issue the leaflet's two certificates, on the day and with the numbers that it shows."""
    at_issue = replace(platform, clock=lambda: leaflets.ISSUED_AT)
    who = await actor(platform, "contractor"), await actor(platform, "surety")
    for form in (leaflets.advance_payment(1), leaflets.performance(1)):
        await conclude(at_issue, who, form, replace(leaflets.FACTS, kind=form.kind))
