"""Read one table of a rule file key by key; every mistake becomes one fault with its place and its remedy."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from typing import TypeVar

from denshi_hosho.rules.faults import Fault, RuleFileError, did_you_mean

Choice = TypeVar("Choice", bound=Enum)


def mistake(code: str, place: str, ja: str, en: str) -> RuleFileError:
    """Return the error for one mistake at `place`."""
    return RuleFileError(Fault(code, place, ja, en))


class Table:
    """A table of a rule file. `allowed` are its keys; any other key is a mistake at once."""

    def __init__(self, raw: object, place: str, allowed: frozenset[str]) -> None:
        """Take the table; raise RuleFileError for a wrong type or an unknown key."""
        if not isinstance(raw, Mapping):
            raise mistake("WRONG_TYPE", place, "表（[…]）が必要です。", "must be a table.")
        for key in raw:
            if key not in allowed:
                ja, en = did_you_mean(key, allowed)
                raise mistake(
                    "UNKNOWN_KEY",
                    place,
                    f"「{key}」というキーはありません。{ja}",
                    f'unknown key "{key}"; {en}',
                )
        self.raw: Mapping[str, object] = raw
        self.place = place

    def at(self, key: str) -> str:
        """Return the dotted place of `key`."""
        return f"{self.place}.{key}" if self.place else key

    def has(self, key: str) -> bool:
        """Return whether the table states `key`."""
        return key in self.raw

    def need(self, key: str) -> object:
        """Return the value of `key`; raise RuleFileError where it is missing."""
        if key not in self.raw:
            raise mistake(
                "MISSING_KEY",
                self.place,
                f"「{key}」がありません。追加してください。",
                f'"{key}" is missing; add it.',
            )
        return self.raw[key]

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = self.need(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "空でない文字列", "a text that is not empty")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Return a text, or None where the key is not stated."""
        return self.text(key) if self.has(key) else None

    def day(self, key: str) -> date:
        """Return a day, written without quotes as 2024-06-01."""
        value = self.need(key)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.wrong(key, "引用符なしの日付（例 2024-06-01）", "a day without quotes, such as 2024-06-01")
        return value

    def day_or_none(self, key: str) -> date | None:
        """Return a day, or None where the key is not stated."""
        return self.day(key) if self.has(key) else None

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Return true or false; `default` where the key is not stated."""
        if default is not None and not self.has(key):
            return default
        value = self.need(key)
        if not isinstance(value, bool):
            raise self.wrong(key, "true または false", "true or false")
        return value

    def word(self, key: str, words: type[Choice]) -> Choice:
        """Return one word of a closed set."""
        return word(self.need(key), self.at(key), words)

    def words(self, key: str, words: type[Choice]) -> tuple[Choice, ...]:
        """Return one word or a list of words of a closed set, each once."""
        return tuple(word(item, self.at(key), words) for item in self.items(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one text or a list of texts, each once."""
        found = self.items(key)
        if not all(isinstance(item, str) and item.strip() for item in found):
            raise self.wrong(key, "文字列またはその配列", "a text or a list of texts")
        return tuple(str(item) for item in found)

    def items(self, key: str) -> tuple[object, ...]:
        """Return the value of `key` as a list that is not empty; a single value is a list of one."""
        value = self.need(key)
        found = value if isinstance(value, list) else [value]
        if not found:
            raise self.wrong(key, "一つ以上の値", "at least one value")
        if any(item in found[:index] for index, item in enumerate(found)):
            raise mistake(
                "TWICE",
                self.at(key),
                "同じ値が二度あります。一つにしてください。",
                "a value stands here twice; keep one.",
            )
        return tuple(found)

    def wrong(self, key: str, ja: str, en: str) -> RuleFileError:
        """Return the error for a value of a wrong type."""
        return mistake("WRONG_TYPE", self.at(key), f"{ja}が必要です。", f"must be {en}.")

    def tables(self, key: str) -> Iterator[tuple[object, str]]:
        """Yield each table of `key` with its place: none, a single [table], or [[tables]]."""
        value = self.raw.get(key, [])
        if isinstance(value, list):
            yield from ((item, f"{self.at(key)}[{index}]") for index, item in enumerate(value, 1))
        else:
            yield value, self.at(key)


def word(value: object, place: str, words: type[Choice]) -> Choice:
    """Return the member of `words` that `value` is the code of; raise RuleFileError with the nearest one."""
    codes = {str(member.value): member for member in words}
    if isinstance(value, str) and value in codes:
        return codes[value]
    ja, en = did_you_mean(str(value), codes)
    raise mistake("UNKNOWN_WORD", place, f"「{value}」は使えません。{ja}", f'"{value}" is not known here; {en}')


@contextmanager
def collecting(faults: list[Fault]) -> Iterator[None]:
    """Add the faults of a RuleFileError inside the block to `faults`, so that reading can go on."""
    try:
        yield
    except RuleFileError as error:
        faults.extend(error.faults)
