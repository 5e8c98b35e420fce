"""The parts, in the order of the table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from tests.chaos.figures import Row
from tests.chaos.lengths import Lengths


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the module that runs it, and the databases on which it does, in full length and in the short form."""

    module: str
    lanes: Sequence[str] = ("sqlite", "postgresql")
    short: Sequence[str] = ("sqlite", "postgresql")

    @property
    def run(self) -> Callable[[str, Lengths, int], list[Row]]:
        """Return what runs the part: (kind of database, lengths, seed) → rows."""
        found: Callable[[str, Lengths, int], list[Row]] = import_module(f"tests.chaos.{self.module}").run
        return found


PARTS: dict[str, Part] = {
    "kills": Part("kills"),
    "stops": Part("stops", ("postgresql",), ("postgresql",)),
    "cuts": Part("cuts"),
    "fuzz": Part("fuzz"),
    "operations": Part("operations"),
    "forgeries": Part("forgeries", short=("sqlite",)),
    "oracle": Part("oracle", short=("sqlite",)),
    "dump": Part("dump"),
    "mail": Part("mailing", short=("sqlite",)),
    "attacks": Part("attacks", short=("sqlite",)),
}
