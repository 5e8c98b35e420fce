"""The documentation as tests read it: files, links, and the GraphQL examples with their variables and shown answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.docs.code_base import ROOT

# Files in Markdown that the repository shows; `tests/` and `.venv/` hold none of its documentation.
DOCUMENTS = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
MORE = "…"  # in a shown answer: something is left out here

_FENCE = re.compile(r"^```(?P<language>\w*)[ ]?(?P<word>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r'<!-- as (?P<who>\w+)(?:, keep "(?P<name>[^"]+)" = (?P<path>[\w.]+))? -->\s*\Z')
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)


@dataclass
class Example:
    """One GraphQL block. `who` is a login id or "anyone"; `keep` is what later examples use of the answer."""

    place: str
    query: str
    who: str = "anyone"
    keep: tuple[str, str] | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] | None = None


def examples(file: Path) -> list[Example]:
    """Every GraphQL block of a document, in order; `json variables` and `json answer` belong to the one before."""
    text, found = file.read_text(), list[Example]()
    for fence in _FENCE.finditer(text):
        match fence["language"], fence["word"]:
            case "graphql", _:
                line = text.count("\n", 0, fence.start()) + 1
                example = Example(f"{file.name}:{line}", fence["text"])
                if mark := _MARK.search(text[: fence.start()]):
                    example.who = mark["who"]
                    example.keep = (mark["name"], mark["path"]) if mark["name"] else None
                found.append(example)
            case "json", "variables":
                found[-1].variables = json.loads(fence["text"])
            case "json", "answer":
                found[-1].answer = json.loads(fence["text"])
            case _:
                pass
    return found


def differs(shown: object, given: object, place: str = "answer") -> Iterator[str]:
    """Yield where the given answer is not the shown one; `…` stands for anything, or for more of it."""
    match shown, given:
        case dict(), dict():
            if shown.keys() - {MORE} != (given.keys() & shown.keys() if MORE in shown else given.keys()):
                yield f"{place}: fields {sorted(given)}"
                return
            for name in shown.keys() - {MORE}:
                yield from differs(shown[name], given[name], f"{place}.{name}")
        case list(), list():
            told = shown[:-1] if shown[-1:] == [MORE] else shown
            if len(given) < len(told) or (told is shown and len(given) > len(told)):
                yield f"{place}: {len(given)} items"
            for index, (one, other) in enumerate(zip(told, given, strict=False)):
                yield from differs(one, other, f"{place}[{index}]")
        case str(), str():
            if not re.fullmatch(".*".join(map(re.escape, shown.split(MORE))), given, re.DOTALL):
                yield f"{place}: {given!r}"
        case _:
            if shown != given or type(shown) is not type(given):
                yield f"{place}: {given!r}"


def links(file: Path) -> Iterator[str]:
    """The relative links of a document: path, fragment or both; code is no link."""
    text = re.sub(r"`[^`\n]+`", "", _FENCE.sub("", file.read_text()))
    return (link["target"] for link in _LINK.finditer(text) if "://" not in link["target"])


def anchors(file: Path) -> set[str]:
    """The fragments by which a document's headings are linked."""
    text = _FENCE.sub("", file.read_text())
    return {_anchor(heading["text"]) for heading in _HEADING.finditer(text)}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def table_codes(text: str) -> set[str]:
    """The codes that stand alone in the first column of a document's tables."""
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", text, re.MULTILINE))
