"""The page docs/states.md: every state machine of the product, drawn from the code that refuses by it."""

from collections.abc import Sequence
from typing import Any, Final

from denshi_hosho.core.applying.states import APPLICATION, DRAFT
from denshi_hosho.core.changes.states import CHANGE
from denshi_hosho.core.claims.states import CLAIM
from denshi_hosho.core.funds.states import FUNDS_STATEMENT, WITHDRAWAL
from denshi_hosho.core.life.states import GUARANTEE
from denshi_hosho.core.machine import Machine, steps_from
from denshi_hosho.core.submissions import SUBMISSION

MACHINES: Final[Sequence[Machine[Any]]] = (
    DRAFT,
    APPLICATION,
    SUBMISSION,
    GUARANTEE,
    CHANGE,
    FUNDS_STATEMENT,
    WITHDRAWAL,
    CLAIM,
)  # fmt: skip

_HEAD = """# States, and the steps between them

Written by `hosho schema states > docs/states.md` from the machines in the code; a test compares both. A step from a state
that is not named for it is refused with `WRONG_STATE`, in a sentence that names the state, and nothing is written.
"""


def states_page() -> str:
    """Return the page, as Markdown with Mermaid diagrams."""
    return "\n".join([_HEAD, *(_section(machine) for machine in MACHINES)])


def _section(machine: Machine[Any]) -> str:
    rows = [
        f"| `{state}` {state.ja} | {'、'.join(f'`{step}` {step.ja}' for step in steps) or '—'} |"
        for state, steps in steps_from(machine).items()
    ]
    table = "\n".join(["| state | steps that can be taken |", "|---|---|", *rows])
    return f"## {machine.name}\n\n```mermaid\n{machine.drawing()}\n```\n\n{table}\n"
