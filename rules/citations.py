"""Citations: every fact of a rule file names a source of the file, and the place in it where it stands."""

from collections.abc import Mapping
from dataclasses import replace

from denshi_hosho.rules.faults import did_you_mean
from denshi_hosho.rules.plan import Source
from denshi_hosho.rules.reader import Table, mistake

SOURCE_KEYS = frozenset({"title", "publisher", "url", "published_on", "seen_on"})


def read_sources(table: Table) -> dict[str, Source]:
    """Return the sources of a rule file by name; each says its title and the day it was last compared."""
    if not table.raw:
        raise mistake(
            "NO_SOURCE",
            table.place,
            "出典がありません。[sources.名前] を一つ以上書いてください。",
            "no source is stated; add at least one [sources.name].",
        )
    return {name: _source(Table(table.raw[name], table.at(name), SOURCE_KEYS)) for name in table.raw}


def _source(table: Table) -> Source:
    source = Source(
        title=table.text("title"),
        publisher=table.text_or_none("publisher"),
        url=table.text_or_none("url"),
        published_on=table.day_or_none("published_on"),
        seen_on=table.day("seen_on"),
    )
    if source.url is not None and not source.url.startswith(("https://", "http://")):
        raise table.wrong("url", "https:// で始まるURL", "an address that starts with https://")
    if source.published_on and source.seen_on and source.seen_on < source.published_on:
        raise mistake(
            "SEEN_BEFORE_PUBLISHED",
            table.at("seen_on"),
            "公表日（published_on）より前です。どちらかの日付を直してください。",
            "is before published_on; mend one of the two days.",
        )
    return source


def cited(table: Table, sources: Mapping[str, Source]) -> tuple[Source, ...]:
    """Return what `source` of `table` cites: "name" or "name#place on the page", one or a list."""
    if not table.has("source"):
        known = ", ".join(f'"{name}"' for name in sources)
        raise mistake(
            "NO_SOURCE",
            table.place,
            f"出典がありません。source を書いてください（{known}）。",
            f"this fact names no source; add source = one of {known}.",
        )
    return tuple(_cited(item, table.at("source"), sources) for item in table.texts("source"))


def _cited(citation: str, place: str, sources: Mapping[str, Source]) -> Source:
    name, _, locator = citation.partition("#")
    if name not in sources:
        ja, en = did_you_mean(name, sources)
        raise mistake(
            "UNKNOWN_SOURCE",
            place,
            f"「{name}」という出典はありません。{ja}",
            f'"{name}" is not a source of this file; {en}',
        )
    return replace(sources[name], locator=locator or None)
