"""The documentation names everything that there is, and nothing that there is not."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import click
import graphql
import pytest

from denshi_hosho.cli import hosho
from denshi_hosho.core import vocabulary
from denshi_hosho.core.settings import PREFIX, Settings
from denshi_hosho.core.submissions import SUBMISSION
from denshi_hosho.core.vocabulary import SubmissionState, Word
from denshi_hosho.rules import vocabulary as rule_words
from denshi_hosho.schema.root import build_schema
from tests.docs.code_base import ROOT, codes
from tests.docs.markdown import DOCUMENTS, anchors, examples, links, table_codes

DOCS = ROOT / "docs"
ADRS = sorted((DOCS / "adr").glob("*.md"))
WORDS = [kind for room in (vocabulary, rule_words) for kind in vars(room).values()
         if isinstance(kind, type) and issubclass(kind, Word) and kind is not Word]  # fmt: skip


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _rows(text: str, heading: str) -> list[str]:
    """The first column of the table under a heading."""
    section = text.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]
    return [row.split("|")[1].strip() for row in section.splitlines() if row.startswith("| ")][1:]


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(HOSHO_\w+)` \| ([^|]+) \|", (DOCS / "configuration.md").read_text(), re.MULTILINE))
    defaults = Settings()
    assert rows == {PREFIX + each.name.upper(): _shown(getattr(defaults, each.name)) for each in fields(Settings)}


def _shown(value: object) -> str:
    value = ",".join(value) if isinstance(value, tuple) else value
    return f"`{int(value) if isinstance(value, bool) else value}`" if value or value is False else "none"


def test_every_code_is_documented_and_no_other() -> None:
    assert table_codes((DOCS / "errors.md").read_text()) == codes()


def test_the_states_of_a_submission_are_documented() -> None:
    section = (DOCS / "submission.md").read_text().split("## After it was handed in\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` (\S+) \| (.*?) ?\|", section, re.MULTILINE)
    before = {move.step: move.before for move in SUBMISSION.moves}
    assert rows == [(each.value, each.ja, ", ".join(f"`{state}`" for state in before.get(each, ())))
                    for each in SubmissionState]  # fmt: skip


def test_codes_are_found_in_every_form() -> None:
    assert {"AMOUNT_OUT_OF_RANGE", "SURETY_EXISTS", "TOKEN_INVALID", "BODY_NOT_JSON", "INTROSPECTION_OFF",
            "DOWNLOAD_EXPIRED", "GRAPHQL_SYNTAX", "DATABASE_OUTDATED", "OBLIGEE_UNKNOWN"} <= codes()  # fmt: skip


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_the_glossary_has_every_word_of_every_closed_set(kind: type[Word]) -> None:
    sections = re.split(r"^### ", (DOCS / "glossary.md").read_text(), flags=re.MULTILINE)
    (section,) = (each for each in sections if re.match(rf"{kind.__name__}\b", each))
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE)
    assert rows == [(str(member.value), member.ja) for member in kind]


def test_the_glossary_has_no_closed_set_of_its_own() -> None:
    headings = re.findall(r"^### (\w+)", (DOCS / "glossary.md").read_text(), re.MULTILINE)
    assert headings == [kind.__name__ for kind in WORDS]


@pytest.mark.parametrize(
    ("heading", "of"),
    [("## At run time", "dependencies"), ("## To install", "build"), ("## To develop", "dev")],
)
def test_every_dependency_has_its_reason(heading: str, of: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    stated = project["project"]["dependencies"] if of == "dependencies" else project["dependency-groups"][of]
    names = sorted(re.split(r"[\[>=<;]", requirement)[0] for requirement in stated)
    assert sorted(_rows((DOCS / "dependencies.md").read_text(), heading)) == names


@pytest.mark.parametrize("file", DOCUMENTS, ids=_name)
def test_links_lead_somewhere(file: Path) -> None:
    for link in links(file):
        path, _, fragment = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        assert target.exists(), link
        assert not fragment or fragment in anchors(target), link


def test_every_document_is_on_the_map() -> None:
    map_of_the_house = {(DOCS / link.partition("#")[0]).resolve() for link in links(DOCS / "README.md")}
    assert {file for file in DOCS.rglob("*.md") if file.name != "README.md"} <= map_of_the_house


@pytest.mark.parametrize("file", ADRS, ids=lambda file: file.stem[:4])
def test_an_adr_states_a_decision_in_under_300_words(file: Path) -> None:
    number, heading = int(file.name[:4]), file.read_text().splitlines()[0]
    assert number == ADRS.index(file) + 1
    title = heading.removeprefix(f"# {number}. ")
    assert title != heading
    assert re.search(r"\b(is|are|stay|come|carry|mean|writes|serves|hang|end)\b", title), "a title is a sentence"
    assert re.sub(r"[^a-z0-9]+", "-", title.lower()).startswith(file.stem[5:]), "the file is called as its title begins"
    assert len(file.read_text().split()) < 300
    assert "**Decision.**" in file.read_text()


def test_the_shown_fact_stands_in_the_rule_file() -> None:
    (fact,) = re.findall(r"^```toml\n(.+?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert fact in (ROOT / "rules" / "matsue" / "rules.toml").read_text()


def test_every_example_fits_the_schema() -> None:
    schema = graphql.build_schema(build_schema().as_str())
    found = [example for file in DOCUMENTS for example in examples(file)]
    assert len(found) > 30
    for example in found:
        assert not graphql.validate(schema, graphql.parse(example.query)), example.place


def test_every_query_and_every_mutation_is_named_in_the_guide() -> None:
    guide = (DOCS / "api.md").read_text()
    schema = graphql.build_schema(build_schema().as_str())
    for root in (schema.query_type, schema.mutation_type):
        assert root is not None
        assert [name for name in root.fields if not re.search(rf"\b{name}\b", guide)] == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=_name)
def test_commands_that_are_shown_exist(file: Path) -> None:
    shown = re.findall(r"^(?:\.venv/bin/)?hosho ((?:[^\n\\]|\\\n)+)", file.read_text(), re.MULTILINE)
    for line in shown:
        words = shlex.split(line.replace("\\\n", " "), comments=True)
        command: click.Command = hosho
        context = click.Context(command)
        while isinstance(command, click.Group) and (words or not command.invoke_without_command):
            found = command.get_command(context, words[0])
            assert found is not None, line
            command, words = found, words[1:]
        known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, line


def test_targets_of_make_that_are_shown_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {name for file in DOCUMENTS for name in re.findall(r"(?:^|`)make (\w+)", file.read_text(), re.MULTILINE)}
    assert {"demo", "test"} <= shown <= targets


def test_the_shown_explanation_is_given() -> None:
    (line,) = re.findall(
        r"^\.venv/bin/(hosho rules explain .*)$", (DOCS / "getting-started.md").read_text(), re.MULTILINE
    )
    _, *words = shlex.split(line)
    hosho_command = [sys.executable, "-c", "from denshi_hosho.cli import main; main()", *words]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    said = subprocess.run(hosho_command, check=True, capture_output=True, text=True, env=clean).stdout  # noqa: S603  our own
    assert said.startswith("Outcome: PAPER_ONLY\n")
    assert "[refuses] BEFORE_START" in said
