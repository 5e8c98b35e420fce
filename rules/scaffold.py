"""Start a new obligee plugin: a project that passes its cases at once, with an example to be replaced."""

import json
from datetime import date, timedelta
from pathlib import Path
from string import Template

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.rules.obligees import read_obligee

_PYPROJECT = Template("""\
[build-system]
requires = ["setuptools>=80"]
build-backend = "setuptools.build_meta"

[project]
name = "$project"
version = "0.1.0"
description = $description
requires-python = ">=3.11"
dependencies = ["denshi-hosho"]

[project.entry-points."denshi_hosho.rules"]
$slug = "$package"

[tool.setuptools]
packages = ["$package"]
package-dir = { "" = "src" }

[tool.setuptools.package-data]
"*" = ["*.toml"]
""")

_MODULE = Template('''\
"""The rules of $name."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from denshi_hosho.rules import hookimpl


@hookimpl
def rule_files() -> tuple[Traversable, ...]:
    """Return the obligee's rule file."""
    return (files(__name__) / "rules.toml",)
''')

_RULES = Template("""\
# Replace every value by what the obligee's page says, then remove `example = true`: until then every decision
# says that this is an example. What the page does not say is left out, never guessed. All keys: docs/rules.md
format = 1

[obligee]
id = $id
name = $quoted
example = true

[sources.page]
title = "（仮の出典）発注者のページの題名に置き換えてください"
# url = "https://…"
# publisher = "…"
seen_on = $day

[[revision]]
from = $day
counted_by = "contract"   # or notice, nomination, bidding, order, initial_contract, guarantee, not_stated
source = "page#（仮）"

[revision.kinds]
accepted = ["ADVANCE_PAYMENT", "INTERIM_ADVANCE_PAYMENT", "PERFORMANCE"]
source = "page#（仮）"

[revision.work_types]
accepted = { CONSTRUCTION = "建設工事" }
source = "page#（仮）"

# [revision.payment]   # what the page says of advances: advance_percent, advance_floor, interim_floor, …
# source = "page#…"

[revision.submission]

[[revision.submission.channel]]
way = "NOT_STATED"
ja = "（仮）提出方法は発注者に確認します。"
en = "(Placeholder) Ask the obligee how to hand in the key."
recipient = { known = "NOT_STATED", ja = "（仮）発注者に確認します。", en = "(Placeholder) Ask the obligee." }
source = "page#（仮）"
""")

_CASES = Template("""\
# Every revision needs a case on its first day and one on the day before.
[[case]]
name = "the day before the start"
application = { kind = "ADVANCE_PAYMENT", work_type = "CONSTRUCTION", contract_on = $before }
outcome = "REFUSED"
reasons = ["BEFORE_START", "PAPER_NOT_STATED"]

[[case]]
name = "the first day"
application = { kind = "ADVANCE_PAYMENT", work_type = "CONSTRUCTION", contract_on = $day }
outcome = "ACCEPTED"
reasons = ["STARTED"]
""")


class ScaffoldError(HoshoError):
    """A new plugin cannot be written where it was asked for."""

    code = "SCAFFOLD"


def new(folder: Path, obligee_id: str, name: str, *, seen_on: date) -> Path:
    """Write a plugin project for the obligee into `folder` and return the new project's folder.

    `seen_on` (today, in Japan) stands as the placeholder's dates. Raise RuleFileError for a wrong id and
    ScaffoldError where the project's folder exists already.
    """
    read_obligee({"id": obligee_id, "name": name})
    slug = obligee_id.replace("/", "-")
    project = folder / f"denshi-hosho-rules-{slug}"
    if project.exists():
        raise ScaffoldError(f"{project} は既にあります。", f"{project} exists already.")
    package = f"denshi_hosho_rules_{slug.replace('-', '_')}"
    words = _words(project.name, package, obligee_id, name, seen_on)
    source = project / "src" / package
    source.mkdir(parents=True)
    for file, template in {
        project / "pyproject.toml": _PYPROJECT,
        source / "__init__.py": _MODULE,
        source / "rules.toml": _RULES,
        source / "cases.toml": _CASES,
    }.items():
        file.write_text(template.substitute(words), encoding="utf-8")
    return project


def _words(project: str, package: str, obligee_id: str, name: str, day: date) -> dict[str, str]:
    return {
        "project": project,
        "package": package,
        "slug": obligee_id.replace("/", "-"),
        "id": _quoted(obligee_id),
        "quoted": _quoted(name),
        "description": _quoted(f"denshi-hosho: {name}"),
        "name": name.replace("\\", "").replace('"', ""),
        "day": day.isoformat(),
        "before": (day - timedelta(days=1)).isoformat(),
    }


def _quoted(text: str) -> str:
    """Return `text` as a TOML string: JSON's escapes are a subset of TOML's."""
    return json.dumps(text, ensure_ascii=False)
