"""Rule files of obligees that do not exist, as rich as the installed ones from which they are varied."""

import itertools
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from denshi_hosho.core.vocabulary import GuaranteeKind, WorkType
from denshi_hosho.rules import Application, Basis, Rulebook

_BASES = tuple(basis.value for basis in Basis)
_KINDS = ('["ADVANCE_PAYMENT"]', '["ADVANCE_PAYMENT", "PERFORMANCE"]')
_YEAR = re.compile(r"\b2024-(?=\d\d-\d\d\b)")
_PUBLISHED = Path(__file__).parents[1] / "obligees" / "denshi_hosho_obligees"
_LATER = "2025-04-01"


def rule_texts(count: int) -> Mapping[str, str]:
    """Return `count` rule files by name, each of another obligee: starts, bases, kinds and number of revisions vary."""
    installed = Rulebook.load(strict=True)
    patterns = [installed.served(each.id).rules for each in installed.obligees()]
    chosen = zip(range(count), itertools.cycle(patterns), strict=False)
    return {f"synthetic_{index:04}": _varied(rules.text, rules.obligee.name, index) for index, rules in chosen}


def _varied(text: str, name: str, index: int) -> str:
    text = text.replace(name, f"架空{index:04}町")
    text = re.sub(r'^id = ".*"$', f'id = "{obligee_id(index)}"', text, count=1, flags=re.MULTILINE)
    text = re.sub(r'^counted_by = ".*"$', f'counted_by = "{_BASES[index % len(_BASES)]}"', text, flags=re.MULTILINE)
    text = _YEAR.sub(f"{2019 + index % 6}-", text)
    if index % 4 == 0:
        text = re.sub(r"(?<=\[revision\.kinds\]\naccepted = )\[.*\]$", _KINDS[index % 8 // 4], text, flags=re.MULTILINE)
    if index % 3 == 0:
        head, mark, revision = text.partition("[[revision]]\n")
        later = re.sub(r"^from = .*$", f"from = {_LATER}", revision, count=1, flags=re.MULTILINE)
        text = head + mark + revision + "\n" + mark + later
    return text


def published_texts(count: int) -> Mapping[str, str]:
    """Return `count` rule files of obligees that do not exist, each a published one's under another id and name."""
    patterns = [file.read_text(encoding="utf-8") for file in sorted(_PUBLISHED.glob("*/rules.toml"))]
    chosen = zip(range(count), itertools.cycle(patterns), strict=False)
    return {f"published_{index:04}": _renamed(text, index) for index, text in chosen}


def _renamed(text: str, index: int) -> str:
    text = re.sub(r'^id = ".*"$', f'id = "{obligee_id(index)}"', text, count=1, flags=re.MULTILINE)
    return re.sub(r'^name = ".*"$', f'name = "架空{index:04}町"', text, count=1, flags=re.MULTILINE)


def obligee_id(index: int) -> str:
    """Return the id of the obligee of the rule file at `index`."""
    return f"synthetic/{index:04}"


def applications(index: int) -> Mapping[str, Application]:
    """Return an application to each obligee that it accepts, one that it refuses, one that it cannot determine."""
    after, before = date(2026, 4, 1), date(2018, 4, 1)
    return {
        "accepted": _application(index, after),
        "refused": _application(index, before),
        "undetermined": _application(index, None),
    }


def _application(index: int, day: date | None) -> Application:
    return Application(
        obligee=obligee_id(index), kind=GuaranteeKind.ADVANCE_PAYMENT, work_type=WorkType.CONSTRUCTION, notice_on=day,
        nomination_on=day, bidding_on=day, order_on=day, contract_on=day, initial_contract_on=day, guarantee_on=day,
    )  # fmt: skip


def distribution(folder: Path, texts: Mapping[str, str], group: str) -> None:
    """Write an installed distribution into `folder`: a plugin of its own for each rule file, found by entry points."""
    lines = [f"[{group}]"]
    for name, text in texts.items():
        package = folder / name
        package.mkdir()
        (package / "rules.toml").write_text(text, encoding="utf-8")
        (package / "__init__.py").write_text(_PLUGIN, encoding="utf-8")
        lines.append(f"{name} = {name}")
    described = folder / "synthetic_obligees-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: synthetic-obligees\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("\n".join(lines) + "\n")


_PLUGIN = '''"""An obligee that does not exist."""

from importlib.resources import files

from denshi_hosho.rules import hookimpl


@hookimpl
def rule_files():
    return (files(__name__) / "rules.toml",)
'''
