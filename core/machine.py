"""State machines as tables: which step leads from which states to which, refused from all others, and drawn in the docs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.vocabulary import Word

S = TypeVar("S", bound=Word)


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """A step: from which states it can be taken, and to which it leads (None: the state stays as it is)."""

    step: Word
    before: tuple[S, ...]
    after: S | None


@dataclass(frozen=True, slots=True)
class Machine(Generic[S]):
    """The states that a thing goes through.

    `ja` and `en` name the thing in refusals (「この申込」, "The application"), `field` is the input field that names it.
    `first` is the state in which it begins.
    """

    name: str
    ja: str
    en: str
    field: str
    first: S
    moves: tuple[Move[S], ...]

    def move(self, step: Word) -> Move[S]:
        """Return the move `step`. Raise `KeyError` if there is none."""
        return {each.step: each for each in self.moves}[step]

    def after(self, state: S, step: Word) -> S:
        """Return the state to which `step` leads from `state`. Raise `Refused` (WRONG_STATE) from a wrong one."""
        move = self.move(step)
        if state not in move.before:
            raise Refused(self.wrong_state(state, move.before))
        return state if move.after is None else move.after

    def wrong_state(self, state: S, needed: Collection[S]) -> Refusal:
        """Return the refusal of a step that can be taken from the states `needed` alone."""
        names = "」「".join(each.ja for each in needed)
        return Refusal(
            "WRONG_STATE",
            f"{self.ja}は「{state.ja}」です。この操作は「{names}」のときだけできます。",
            f"{self.en} is {state}; this can be done only while it is {' or '.join(needed)}.",
            (self.field,),
        )

    def ends(self) -> Iterable[S]:
        """Return the states from which no step leads to another one."""
        left = {
            state for move in self.moves if move.after is not None for state in move.before if state is not move.after
        }
        reached = dict.fromkeys([self.first, *(move.after for move in self.moves if move.after is not None)])
        return [state for state in reached if state not in left]

    def drawing(self) -> str:
        """Return the machine as a Mermaid state diagram, words in Japanese."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.first}"]
        reached = dict.fromkeys([self.first, *(move.after for move in self.moves if move.after is not None)])
        lines += [f"    {state}: {state} {state.ja}" for state in reached]
        for move in self.moves:
            lines += [f"    {state} --> {move.after or state}: {move.step.ja}" for state in move.before]
        return "\n".join([*lines, *(f"    {state} --> [*]" for state in self.ends())])


def steps_from(machine: Machine[S]) -> Mapping[S, list[Word]]:
    """Return which steps can be taken from each state."""
    states = dict.fromkeys([machine.first, *(each.after for each in machine.moves if each.after is not None)])
    return {state: [move.step for move in machine.moves if state in move.before] for state in states}
