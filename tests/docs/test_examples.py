"""The examples in the documentation are asked of a demo, one after the other, and their shown answers compared."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from denshi_hosho.cli.seeding import PASSWORD, seed
from denshi_hosho.core.clock import JST
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from denshi_hosho.schema.app import build_app
from tests.client import SIGN_IN
from tests.docs.code_base import ROOT
from tests.docs.markdown import Example, differs, examples

pytestmark = pytest.mark.anyio

# What the documents say of their answers: taken at this moment, from a demo that nobody had touched.
TAKEN_AT = datetime(2026, 11, 24, 10, tzinfo=JST).astimezone(UTC)
WITH_ANSWERS = ("README.md", "docs/getting-started.md", "docs/api.md", "docs/calculators.md")


@pytest.fixture
async def demo(settings: Settings, rulebook: Rulebook) -> AsyncIterator[httpx.AsyncClient]:
    """A demo that nobody has touched, over HTTP without a network."""
    settings = replace(settings, public_url="http://127.0.0.1:8000", development=True)
    platform = Platform.build(settings, clock=lambda: TAKEN_AT, rulebook=rulebook)
    await seed(platform)
    transport = httpx.ASGITransport(build_app(platform, deliver_mail=False))
    async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as http:
        yield http
    await platform.database.close()


class Reader:
    """Somebody who pastes one example after the other."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.kept: dict[str, object] = {}
        self.tokens: dict[str, str] = {}

    async def ask(self, example: Example) -> dict[str, Any]:
        """The whole answer to an example, of which something may be kept."""
        body = {"query": example.query, "variables": self.filled(example.variables)}
        answer: dict[str, Any] = (
            await self.http.post("/graphql", json=body, headers=await self.signed(example.who))
        ).json()
        if example.keep:
            name, path = example.keep
            value: Any = answer
            for step in path.split("."):
                value = value[step]
            self.kept[f"<{name}>"] = value
        return answer

    def filled(self, value: Any) -> Any:
        """The variables with what was kept in place of `<its name>`."""
        if isinstance(value, dict):
            return {name: self.filled(each) for name, each in value.items()}
        return self.kept[value] if isinstance(value, str) and value.startswith("<") else value

    async def signed(self, who: str) -> dict[str, str]:
        """The header of a signed-in account; none for anyone."""
        if who == "anyone":
            return {}
        if who not in self.tokens:
            given = {"input": {"loginId": who, "password": PASSWORD}}
            answer = await self.http.post("/graphql", json={"query": SIGN_IN, "variables": given})
            self.tokens[who] = answer.json()["data"]["signIn"]["accessToken"]
        return {"Authorization": f"Bearer {self.tokens[who]}"}


@pytest.mark.parametrize("document", WITH_ANSWERS)
async def test_examples_are_answered_as_shown(demo: httpx.AsyncClient, document: str) -> None:
    reader, found = Reader(demo), examples(ROOT / document)
    assert found
    for example in found:
        assert example.answer is not None, f"{example.place} shows no answer"
        answer = await reader.ask(example)
        assert not list(differs(example.answer, answer)), f"{example.place}\n{answer}"


def test_no_other_document_holds_examples() -> None:
    others = {file for file in (ROOT / "docs").rglob("*.md") if str(file.relative_to(ROOT)) not in WITH_ANSWERS}
    assert not [each.place for file in others for each in examples(file)]


def test_a_comparison_finds_what_differs() -> None:
    shown = {"a": [1, "…"], "b": "http://h/…", "…": "…"}
    assert not list(differs(shown, {"a": [1, 2], "b": "http://h/x", "c": 3}))
    assert list(differs(shown, {"a": [2, 2], "b": "http://h/x"})) == ["answer.a[0]: 2"]
    assert list(differs(shown, {"a": [1], "b": "x"})) == ["answer.b: 'x'"]
    assert list(differs({"a": 1}, {"a": 1, "b": 2})) == ["answer: fields ['a', 'b']"]
    assert list(differs({"a": [1]}, {"a": [1, 2]})) == ["answer.a: 2 items"]
    assert list(differs({"a": 1, "…": "…"}, {"b": 2})) == ["answer: fields ['b']"]
    assert list(differs({"a": 1}, {"a": True})) == ["answer.a: True"]


def test_an_example_is_read_with_its_parts(tmp_path: Path) -> None:
    file = tmp_path / "d.md"
    file.write_text('x\n<!-- as surety, keep "k" = data.a -->\n```graphql\n{ a }\n```\n```json variables\n{"v": 1}\n```\n'
                    '```json\n{"not": "it"}\n```\n```json answer\n{"data": {}}\n```\n')  # fmt: skip
    assert examples(file) == [
        Example("d.md:3", "{ a }\n", "surety", ("k", "data.a"), {"v": 1}, {"data": {}}),
    ]
