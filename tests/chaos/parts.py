"""The parts, in the order of the table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from tests.chaos.figures import Row
from tests.chaos.lengths import Lengths


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the module that runs it, and the databases on which it does."""

    module: str
    lanes: Sequence[str] = ("sqlite", "postgresql")

    @property
    def run(self) -> Callable[[str, Lengths, int], list[Row]]:
        """Return what runs the part: (kind of database, lengths, seed) → rows."""
        found: Callable[[str, Lengths, int], list[Row]] = import_module(f"tests.chaos.{self.module}").run
        return found


PARTS: dict[str, Part] = {
    "kills": Part("kills"),
    "stops": Part("stops", ("postgresql",)),
    "cuts": Part("cuts"),
    "fuzz": Part("fuzz"),
    "operations": Part("operations"),
    "forgeries": Part("forgeries"),
    "oracle": Part("oracle"),
    "dump": Part("dump"),
    "mail": Part("mailing"),
    "attacks": Part("attacks"),
}
