"""Look through the words of a rule file: sources nobody cites, names that no list knows, days that do not fit."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from denshi_hosho.rules.conditions import OneOf, tests
from denshi_hosho.rules.dimensions import DIVISIONS, SURETIES
from denshi_hosho.rules.faults import Fault, did_you_mean
from denshi_hosho.rules.guards import Guard, folded
from denshi_hosho.rules.lint_clauses import warned
from denshi_hosho.rules.rulefile import Revision, RuleFile
from denshi_hosho.rules.starts import Start
from denshi_hosho.rules.vocabulary import Precision

_PLACEHOLDER = "（仮"
_ERAS = {"令和": 2018, "平成": 1988, "": 0}
_DAY = re.compile(r"(令和|平成|)(元|\d{1,4})年(\d{1,2})月(?:(\d{1,2})日)?")
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


def sources(rules: RuleFile) -> Iterator[Fault]:
    """Yield the sources that no fact cites, and those that nobody could find again."""
    cited = set(_cited(tomllib.loads(rules.text).get("revision")))
    for name, source in rules.sources.items():
        if name not in cited:
            yield warned(
                "SOURCE_UNUSED",
                f"sources.{name}",
                "どの事項も引用していません。引用するか、削除してください。",
                "is cited by no fact; cite it where it says something, or remove it.",
            )
        if source.url is None and source.publisher is None and not rules.obligee.example:
            yield warned(
                "SOURCE_NOT_FINDABLE",
                f"sources.{name}",
                "url も publisher もないため、あとから探せません。どちらかを書いてください。",
                "names neither url nor publisher, so that nobody can find it again; add one of them.",
            )


def _cited(raw: object) -> Iterator[str]:
    if isinstance(raw, Mapping):
        for key, value in raw.items():
            if key == "source":
                yield from (str(item).partition("#")[0] for item in (value if isinstance(value, list) else [value]))
            yield from _cited(value)
    elif isinstance(raw, list):
        for item in raw:
            yield from _cited(item)


def placeholders(rules: RuleFile) -> Iterator[Fault]:
    """Yield a fault where the texts of a new project are left in a file that is no example any more."""
    if rules.obligee.example:
        return
    for number, line in enumerate(rules.text.splitlines(), 1):
        if _PLACEHOLDER in line and not line.lstrip().startswith("#"):
            yield Fault(
                "PLACEHOLDER_LEFT",
                f"line {number}",
                "「（仮）」の仮の文が残っています。実際の記載に置き換えてください。",
                "a placeholder （仮） is left; replace it by what the page says.",
            )


def names(revision: Revision, guards: Mapping[str, Guard]) -> Iterator[Fault]:
    """Yield the names in guards that the revision's own lists do not know; `guards` by their place."""
    known = {
        "work_wording": [
            word for each in revision.listings["work_types"] for said in each.wordings.values() for word in said
        ],
        "division": [*_listed(revision, DIVISIONS.key), *_addressed(revision)],
        "surety": [
            name for listing in revision.listings[SURETIES.key] for said in listing.names.values() for name in said
        ],
    }
    for place, guard in guards.items():
        for test in tests(guard.condition) if guard.condition else ():
            listed = known.get(test.field, [])
            if not listed or not isinstance(test, OneOf):
                continue
            for value in test.values:
                if folded(str(value)) not in map(folded, listed):
                    yield _unknown_name(f"{place}.when.{test.field}", str(value), listed)


def _listed(revision: Revision, key: str) -> list[str]:
    return [value for listing in revision.listings[key] for value in (*listing.accepted, *listing.unclear)]


def _addressed(revision: Revision) -> list[str]:
    channels = revision.submission.channels
    return [contact.division for each in channels for contact in each.channel.recipient.divisions]


def _unknown_name(place: str, value: str, listed: list[str]) -> Fault:
    ja, en = did_you_mean(value, dict.fromkeys(listed))
    return warned(
        "UNKNOWN_NAME",
        place,
        f"「{value}」はこの版のどの一覧にもありません。{ja}",
        f'"{value}" stands in no list of this revision; {en}',
    )


def days(start: Start) -> Iterator[Fault]:
    """Yield what does not fit between a start and the page's own words of it."""
    if not _EARLIEST <= start.from_on < _LATEST:
        yield warned(
            "IMPLAUSIBLE_DAY",
            f"{start.place}.from",
            f"{start.from_on} は誤記ではありませんか。年を確かめてください。",
            f"{start.from_on} looks like a slip; check the year.",
        )
    found = list(_days_in(start.literal or ""))
    if not found or start.precision is Precision.MONTH:
        return
    if any(day == 0 for _, _, day in found) and not any(day for _, _, day in found):
        yield warned(
            "LITERAL_MONTH",
            start.place,
            '引用文は月までしか示していません。precision = "month" と reading を書いてください。',
            'the page\'s words name a month only; write precision = "month" and a reading.',
        )
    elif (start.from_on.year, start.from_on.month, start.from_on.day) not in found:
        yield warned(
            "LITERAL_DAY",
            f"{start.place}.from",
            f"引用文の日付に {start.from_on} がありません。どちらかを直すか、reading で読み方を示してください。",
            f"{start.from_on} is not a day in the page's own words; mend one of them, or say in `reading` how it is read.",
        )


def _days_in(literal: str) -> Iterator[tuple[int, int, int]]:
    """Yield (year, month, day) of every date in Japanese prose; day 0: the month only."""
    plain = re.sub(r"\([^)]*\)", "", unicodedata.normalize("NFKC", literal))
    for era, year, month, day in _DAY.findall(plain):
        number = 1 if year == "元" else int(year)
        yield _ERAS[era] + number, int(month), int(day or 0)
