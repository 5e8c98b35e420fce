from itertools import product

import pytest

from denshi_hosho.core.errors import Refused
from denshi_hosho.core.life.states import GUARANTEE
from denshi_hosho.core.machine import Machine, Move, steps_from
from denshi_hosho.core.vocabulary import GuaranteeState, GuaranteeStep
from denshi_hosho.schema.states_page import MACHINES, states_page

S = GuaranteeState
SMALL = Machine(
    "Small", "この扉", "The door", "door_id", S.ACTIVE,
    (Move(GuaranteeStep.FEE_STATED, (S.ACTIVE,), None), Move(GuaranteeStep.GUARANTEE_RELEASED, (S.ACTIVE, S.CLAIMED), S.RELEASED)),
)  # fmt: skip


def test_a_step_leads_where_the_table_says() -> None:
    assert SMALL.after(S.ACTIVE, GuaranteeStep.FEE_STATED) is S.ACTIVE
    assert SMALL.after(S.CLAIMED, GuaranteeStep.GUARANTEE_RELEASED) is S.RELEASED


def test_a_wrong_state_is_refused_by_its_name() -> None:
    with pytest.raises(Refused) as caught:
        SMALL.after(S.RELEASED, GuaranteeStep.GUARANTEE_RELEASED)
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.path) == ("WRONG_STATE", ("door_id",))
    assert refusal.ja == "この扉は「保証終了」です。この操作は「有効」「保証金請求中」のときだけできます。"
    assert refusal.en == "The door is RELEASED; this can be done only while it is ACTIVE or CLAIMED."


def test_an_unknown_step_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        SMALL.after(S.ACTIVE, GuaranteeStep.CLAIM_MADE)


def test_it_is_drawn_with_every_state_and_step() -> None:
    assert SMALL.drawing().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> ACTIVE",
        "    ACTIVE: ACTIVE 有効",
        "    RELEASED: RELEASED 保証終了",
        "    ACTIVE --> ACTIVE: 保証料計算書の発行",
        "    ACTIVE --> RELEASED: 保証の終了",
        "    CLAIMED --> RELEASED: 保証の終了",
        "    RELEASED --> [*]",
    ]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_machine_names_each_step_once_and_comes_to_an_end(machine: Machine[GuaranteeState]) -> None:
    steps = [move.step for move in machine.moves]
    assert len(steps) == len(set(steps))
    assert list(machine.ends())
    reached = set(steps_from(machine))
    assert {state for move in machine.moves for state in move.before} <= reached
    assert f"## {machine.name}\n" in states_page()


def test_a_guarantee_has_a_move_for_every_step_and_no_step_leaves_its_end() -> None:
    assert {move.step for move in GUARANTEE.moves} == set(GuaranteeStep)
    ended = {S.RELEASED, S.CANCELLED, S.PERFORMED}
    assert set(GUARANTEE.ends()) == ended
    for step, state in product(GuaranteeStep, ended):
        if state in GUARANTEE.move(step).before:
            assert GUARANTEE.after(state, step) is state
