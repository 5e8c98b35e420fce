"""What a run found so far, kept in a file as each part ends: a run that was interrupted is taken up where it was."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.figures import Row, markdown
from tests.chaos.parts import PARTS
from tests.chaos.report import Sitting


class NotTheSame(ValueError):
    """The file holds the results of a run of another length or seed."""


@dataclass(slots=True)
class Results:
    """Rows by part and database, in one sitting or several. `file`: where they are kept, if anywhere."""

    full: bool
    seed: int
    sittings: list[Sitting]
    file: Path | None = None
    found: dict[str, list[Row]] = field(default_factory=dict)

    def take_up(self, file: Path) -> None:
        """Add what `file` holds. Raise `NotTheSame`."""
        held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if (held["full"], held["seed"]) != (self.full, self.seed):
            raise NotTheSame(f"{file} holds a run with full={held['full']} and seed={held['seed']}")
        self.found = {name: [Row.from_json(values) for values in rows] for name, rows in held["found"].items()}
        self.sittings[:0] = [Sitting(**values) for values in held["sittings"]]

    def note(self, part: str, kind: str, rows: list[Row]) -> None:
        """Add the rows of a part, and keep all of it."""
        self.found[f"{part} {kind}"] = rows
        self.keep()

    def keep(self) -> None:
        """Write the file: it is whole at any moment."""
        if self.file is None:
            return
        self.sittings[-1].look()
        held = {
            "full": self.full, "seed": self.seed, "sittings": [each.to_json() for each in self.sittings],
            "found": {name: [row.to_json() for row in rows] for name, rows in self.found.items()},
        }  # fmt: skip
        draft = self.file.with_name(f"{self.file.name}.part")
        draft.write_text(json.dumps(held, ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(self.file)

    def missing(self, wanted: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Yield what of `wanted` did not come to its end yet. What failed has: it is not tried until it passes."""
        for part, kind in wanted:
            if any(row.missing for row in self.found.get(f"{part} {kind}", ())) or f"{part} {kind}" not in self.found:
                yield part, kind

    @property
    def rows(self) -> list[Row]:
        """Return all rows, in the order of the table."""
        order = [f"{name} {kind}" for name, part in PARTS.items() for kind in part.lanes]
        return [row for name in order for row in self.found.get(name, ())]

    def text(self) -> str:
        """Return what was run where, and the table, as Markdown."""
        facts = ", ".join(f"{name} {value}" for name, value in self.sittings[-1].facts.items())
        sittings = "; ".join(each.text() for each in self.sittings)
        return f"{sittings}. Seed {self.seed}, {facts}.\n\n{markdown(self.rows)}"
