"""Print the rules of this distribution's obligees side by side, as the page docs/obligees.md."""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from denshi_hosho.core.vocabulary import Word
from denshi_hosho.rules.conditions import when_said
from denshi_hosho.rules.coverage import coverage
from denshi_hosho.rules.dimensions import Listing
from denshi_hosho.rules.guards import Guard
from denshi_hosho.rules.plan import ArtefactNeed, Channel
from denshi_hosho.rules.rulebook import Rulebook
from denshi_hosho.rules.rulefile import Revision, RuleFile
from denshi_hosho.rules.starts import Start
from denshi_hosho.rules.vocabulary import Known, Others, Precision

HEAD = """\
# The obligees of `denshi-hosho-obligees`

The rules of {count} public bodies side by side, in the obligees' own terms. This page is made from the rule files by
`python -m denshi_hosho_obligees.table`; where it and a file differ, the file is right. What the distribution is and how
a fact is corrected stands in its [README](../obligees/README.md), what the dimensions mean in [rules.md](rules.md) and
[submission.md](submission.md).

`—`: the file states nothing. `？`: it is open whether this is included. （…の場合）: for these applications only.
Several pages were seen in part only, and a page may have changed since: ask the obligee before relying on anything here.
"""

NOTHING = "—"
Column = tuple[str, Callable[[RuleFile, Revision], Iterable[str]]]


def _tail(guard: Guard) -> str:
    return when_said(guard.condition)[0]


def _obligee(rules: RuleFile, _: Revision) -> Iterator[str]:
    urls = [source.url for source in rules.sources.values() if source.url]
    yield f"[{rules.obligee.name}]({urls[0]})" if urls else rules.obligee.name
    yield f"`{rules.obligee.id}`"


def _starts(_: RuleFile, revision: Revision) -> Iterator[str]:
    for start in revision.starts:
        yield f"{_day(start)}{_tail(start.guard)}"


def _day(start: Start) -> str:
    return f"{start.from_on:%Y-%m}（月のみ）" if start.precision is Precision.MONTH else start.from_on.isoformat()


def _bases(_: RuleFile, revision: Revision) -> Iterator[str]:
    for start in revision.starts:
        yield ("又は".join(basis.ja for basis in start.counted_by) or "記載なし") + _tail(start.guard)


def _lists(*keys: str) -> Callable[[RuleFile, Revision], Iterator[str]]:
    def cell(_: RuleFile, revision: Revision) -> Iterator[str]:
        for key in keys:
            for listing in revision.listings[key]:
                yield _values(listing) + _tail(listing.guard)

    return cell


def _values(listing: Listing) -> str:
    said = [_value(listing, value) for value in _ordered(listing, listing.accepted)]
    if len(said) == len(listing.dimension.words or ()):
        said = ["すべて"]
    asked = [f"{_ja(value)}？" for value in _ordered(listing, listing.unclear)]
    return "、".join([*said, *asked, *(["他は要確認"] if listing.others is Others.ASK else [])])


def _ordered(listing: Listing, values: Collection[str]) -> list[str]:
    order = [str(word) for word in listing.dimension.words or ()]
    return sorted(values, key=lambda value: order.index(value) if value in order else 0)


def _value(listing: Listing, value: str) -> str:
    own = listing.wordings.get(value)
    return "・".join(own) if own else _ja(value) + ("（名称を列挙）" if value in listing.names else "")


def _ja(value: str) -> str:
    return value.ja if isinstance(value, Word) else value


def _left_out(_: RuleFile, revision: Revision) -> Iterator[str]:
    return (exclusion.saying.ja for exclusion in revision.exclusions)


def _paper(_: RuleFile, revision: Revision) -> Iterator[str]:
    return (("可" if paper.accepted else "不可") + _tail(paper.guard) for paper in revision.paper)


def _ways(_: RuleFile, revision: Revision) -> Iterator[str]:
    for guarded in revision.submission.channels:
        yield f"{guarded.channel.way.ja}{_open(guarded.channel)}{_tail(guarded.guard)}"


def _open(said: Channel | ArtefactNeed) -> str:
    if said.valid_from is None and said.valid_until is None:
        return ""
    return f" {said.valid_from or ''}～{said.valid_until or ''}"


def _recipients(_: RuleFile, revision: Revision) -> Iterator[str]:
    for guarded in revision.submission.channels:
        to = guarded.channel.recipient
        listed = [f"{contact.division} {contact.address or contact.phone or ''}".strip() for contact in to.divisions]
        yield "、".join([to.address or to.known.ja, *listed]) + _tail(guarded.guard)


def _artefacts(_: RuleFile, revision: Revision) -> Iterator[str]:
    for guard, need in revision.submission.artefacts:
        yield f"{need.artefact.ja}: {need.need.ja}{_open(need)}{_tail(guard)}"


def _subjects(_: RuleFile, revision: Revision) -> Iterator[str]:
    for clause in revision.submission.subjects:
        said = clause.saying
        yield (f"`{said.template}`" if said.template else said.ja) + _tail(clause.guard)


def _sayings(*keys: str) -> Callable[[RuleFile, Revision], Iterator[str]]:
    def cell(_: RuleFile, revision: Revision) -> Iterator[str]:
        for key in keys:
            yield from (clause.saying.ja + _tail(clause.guard) for clause in revision.submission.sayings[key])

    return cell


TAKEN: Sequence[Column] = (
    ("obligee", _obligee),
    ("from", _starts),
    ("counted by", _bases),
    ("kinds", _lists("kinds")),
    ("work types", _lists("work_types")),
    ("sureties", _lists("sureties")),
    ("divisions, procurement, contract", _lists("divisions", "procurements", "contract_media")),
    ("left out", _left_out),
    ("paper", _paper),
)
HANDED_IN: Sequence[Column] = (
    ("obligee", _obligee),
    ("way", _ways),
    ("recipient", _recipients),
    ("artefacts", _artefacts),
    ("subject", _subjects),
    ("body, copies", _sayings("body", "cc")),
    ("by when, afterwards", _sayings("deadline", "follow_up")),
    ("companions, batching", _sayings("companion", "batching")),
    ("notes", _sayings("note")),
)


def rulebook_here() -> Rulebook:
    """Return the rulebook of the rule files that stand beside this one."""
    files = sorted(Path(__file__).parent.glob("*/rules.toml"))
    return Rulebook.from_texts({file.parent.name: file.read_text(encoding="utf-8") for file in files})


def page(book: Rulebook) -> str:
    """Return the page for the obligees of `book`, in order of id; one row for each revision."""
    rules = [book.served(obligee.id).rules for obligee in book.obligees()]
    taken, handed_in = (_table(columns, rules) for columns in (TAKEN, HANDED_IN))
    parts = [HEAD.format(count=len(rules)), "## What is taken", taken, "## How the key is handed in", handed_in]
    return "\n".join([*parts, "## What is not known", _unknown(book, rules)]).rstrip() + "\n"


def _table(columns: Sequence[Column], rules: Sequence[RuleFile]) -> str:
    rows = [[_cell(column(each, revision)) for _, column in columns] for each in rules for revision in each.revisions]
    return _markdown([heading for heading, _ in columns], rows)


def _unknown(book: Rulebook, rules: Sequence[RuleFile]) -> str:
    """Return the aspects (keys of docs/rules.md) that the latest revisions leave open, by how far they do."""
    rows = []
    for each in rules:
        latest = each.revisions[-1]
        covered = coverage(book, each.obligee.id, latest.from_on)
        aspects = {known: [f"`{item.aspect}`" for item in covered if item.known is known] for known in Known}
        held = [aspects[known] for known in (Known.PARTLY, Known.UNKNOWN, Known.NOT_STATED)]
        rows.append([_cell(_obligee(each, latest)), *(_cell([", ".join(names)] if names else []) for names in held)])
    return _markdown(["obligee", "known in part", "unknown", "not written down"], rows)


def _cell(lines: Iterable[str]) -> str:
    return "<br>".join(line.replace("|", "\\|").replace("\n", " ") for line in lines) or NOTHING


def _markdown(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(rulebook_here()))
