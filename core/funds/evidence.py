"""Which papers (確認書類) a surety wants to see for what is withdrawn: its own setting, as a file. What is not told is not demanded.

What is officially needed was found nowhere: there is no default, and a file that only shows how one looks says that it is
an example.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.tables import surety
from denshi_hosho.core.vocabulary import Evidence, FundsItem

MAX_NAME: Final = 100


class ChecklistMalformed(HoshoError):
    """A checklist file is not one; the message names the place."""

    code = "CHECKLIST_MALFORMED"

    def __init__(self, place: str, ja: str, en: str) -> None:
        super().__init__(f"確認書類ファイルの {place}: {ja}", f"{place} of the checklist file: {en}")


@dataclass(frozen=True, slots=True)
class Checklist:
    """The papers that are wanted for each item; of items that are missing nothing is known. `example`: nobody's real list."""

    name: str
    example: bool
    items: Mapping[FundsItem, tuple[Evidence, ...]]

    def missing(self, item: FundsItem, there: Iterable[Evidence]) -> list[Evidence]:
        """Return which wanted papers are not there."""
        shown = set(there)
        return [each for each in self.items.get(item, ()) if each not in shown]

    def stored(self) -> str:
        """Return the checklist as it is kept."""
        items = {item.value: [each.value for each in papers] for item, papers in self.items.items()}
        return json.dumps({"name": self.name, "example": self.example, "items": items}, ensure_ascii=False)


def parse(text: str) -> Checklist:
    """Return the checklist that a file says (TOML). Raise `ChecklistMalformed`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ChecklistMalformed("-", f"TOMLとして読めません: {error}", f"this is no TOML: {error}") from error
    if unknown := sorted(raw.keys() - {"name", "example", "items"}):
        raise ChecklistMalformed(unknown[0], "この項目はありません。", "there is no such entry.")
    name, example, items = raw.get("name"), raw.get("example"), raw.get("items")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= MAX_NAME or not name.isprintable():
        raise ChecklistMalformed(
            "name", f"1文字以上{MAX_NAME}文字以内の文字列にしてください。", f"a text of 1 to {MAX_NAME} characters."
        )
    if not isinstance(example, bool) or example is not ("例" in name):
        raise ChecklistMalformed("example", "true か false にしてください。例示のときだけ、name に「例」を含めます。",
                                 "true or false; the name of an example says 例, and no other name does.")  # fmt: skip
    if not isinstance(items, dict) or not items:
        raise ChecklistMalformed("items", "1つ以上の項目の表にしてください。", "a table of at least one item.")
    return Checklist(name.strip(), example, {_item(key): _papers(key, told) for key, told in items.items()})


def _item(key: str) -> FundsItem:
    if key not in FundsItem.__members__:
        names = ", ".join(FundsItem.__members__)
        raise ChecklistMalformed(f"items.{key}", f"{names} のいずれかにしてください。", f"one of {names}.")
    return FundsItem[key]


def _papers(key: str, told: object) -> tuple[Evidence, ...]:
    names = ", ".join(Evidence.__members__)
    if not isinstance(told, list) or any(
        not isinstance(each, str) or each not in Evidence.__members__ for each in told
    ):
        raise ChecklistMalformed(f"items.{key}", f"{names} の配列にしてください。", f"an array of {names}.")
    return tuple(dict.fromkeys(Evidence[each] for each in told))


def read(stored: str | None) -> Checklist | None:
    """Return a surety's checklist as it was kept; None: not told."""
    if stored is None:
        return None
    raw: Mapping[str, Any] = json.loads(stored)
    items = {FundsItem(item): tuple(Evidence(each) for each in papers) for item, papers in raw["items"].items()}
    return Checklist(raw["name"], raw["example"], items)


async def put(connection: AsyncConnection, surety_id: int, checklist: Checklist | None) -> None:
    """Set the surety's checklist, or take it away."""
    stored = None if checklist is None else checklist.stored()
    await connection.execute(sa.update(surety).where(surety.c.id == surety_id).values(evidence=stored))


def written(papers: Sequence[Evidence]) -> str:
    """Return the papers of a line as they are kept, each once."""
    return json.dumps([each.value for each in dict.fromkeys(papers)])


def papers_of(stored: str) -> list[Evidence]:
    """Return the papers of a line as they were kept."""
    return [Evidence(each) for each in json.loads(stored)]
