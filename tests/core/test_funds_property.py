"""Whatever is asked for, approved, paid, cancelled and returned in whatever order: what is left is what the rows say."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.funds.states import COUNTED, WITHDRAWAL
from denshi_hosho.core.vocabulary import GuaranteeStep, WithdrawalState
from tests.core.test_funds import ADVANCE, Funds
from tests.core.world import World

_T = GuaranteeStep
LIMITS = (10_000_000, 4_400_000)  # of the first two lines of the statement
STEPS = (_T.WITHDRAWAL_CANCELLED, _T.WITHDRAWAL_RETURNED, _T.WITHDRAWAL_APPROVED, _T.WITHDRAWAL_PAID)
YEN = st.integers(1, 6_000_000)
MOVES = st.lists(st.tuples(YEN, YEN) | st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), max_size=15)
Made = dict[int, tuple[tuple[int, int], WithdrawalState]]


async def asked_for(funds: Funds, made: Made, amounts: tuple[int, int]) -> None:
    """Ask for an amount of each line; it is refused exactly if more is asked for than is left."""
    left = [
        limit - sum(asked[line] for asked, state in made.values() if state in COUNTED)
        for line, limit in enumerate(LIMITS)
    ]
    try:
        made[await funds.request(*amounts)] = amounts, WithdrawalState.REQUESTED
    except Refused:
        assert any(yen > most for yen, most in zip(amounts, left, strict=True))
    else:
        assert all(yen <= most for yen, most in zip(amounts, left, strict=True))


async def moved(funds: Funds, made: Made, step: GuaranteeStep, place: int) -> None:
    """Take a step with one of the requests; it is refused exactly from the states from which it cannot be taken."""
    if not made:
        return
    chosen = list(made)[place % len(made)]
    amounts, state = made[chosen]
    doing = {_T.WITHDRAWAL_APPROVED: funds.approve, _T.WITHDRAWAL_PAID: funds.pay}.get(step)
    try:
        await (funds.end(chosen, step) if doing is None else doing(chosen))
    except Refused:
        assert state not in WITHDRAWAL.move(step).before
    else:
        made[chosen] = amounts, WITHDRAWAL.after(state, step)


async def lives(world: World, moves: list[tuple[object, int]]) -> None:
    funds, made = Funds(world, await world.concluded()), Made()
    await funds.receive()
    await funds.consent(await funds.state())
    for what, number in moves:
        if isinstance(what, GuaranteeStep):
            await moved(funds, made, what, number)
        else:
            assert isinstance(what, int)
            await asked_for(funds, made, (what, number))
        stands = await funds.stands()
        sums = {state: sum(sum(asked) for asked, now in made.values() if now is state) for state in COUNTED}
        assert (stands.requested, stands.approved, stands.paid) == tuple(sums.values())
        assert stands.balance == ADVANCE - sums[WithdrawalState.PAID]
        assert stands.available == ADVANCE - sum(sums.values())
        assert 0 <= (stands.available or 0) <= (stands.balance or 0) <= ADVANCE


def test_what_is_left_is_never_negative_and_always_what_the_rows_say(database_url: str) -> None:
    with asyncio.Runner() as runner:
        database = Database(database_url)
        world = runner.run(World.begin(database))

        @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(MOVES)
        def holds(moves: list[tuple[object, int]]) -> None:
            runner.run(lives(world, moves))

        holds()
        runner.run(database.close())
