"""Random rule files: a Hypothesis strategy over the format, and the TOML text of what it draws."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from denshi_hosho.core.vocabulary import GuaranteeKind, Medium, Procurement, SuretyClass, WorkType
from denshi_hosho.rules.application import DATE_FIELDS, FLAG_FIELDS, WORD_FIELDS, YEN_FIELDS

SINGLE_BASES = ("notice", "nomination", "bidding", "order", "contract", "initial_contract", "guarantee")
DIVISIONS = ("契約課", "水道課", "土木課")
WORDINGS = ("工事", "業務委託")
SURETIES = ("西日本建設業保証株式会社", "試験火災")
KINDS = tuple(kind for kind in GuaranteeKind if kind is not GuaranteeKind.BID)
SAID = {"ja": "日本語", "en": "English", "source": "page"}
DAYS = st.sampled_from([date(2024, month, 1) for month in range(1, 9)])


def some(values: Any) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([str(value) for value in values]), min_size=1, max_size=2, unique=True)


TESTS: dict[str, st.SearchStrategy[Any]] = {
    **{field: some(words) for field, words in WORD_FIELDS.items()},
    **dict.fromkeys(DATE_FIELDS, st.dictionaries(st.sampled_from(["from", "before"]), DAYS, min_size=1)),
    **dict.fromkeys(
        YEN_FIELDS, st.dictionaries(st.sampled_from(["at_least", "below"]), st.just(3_000_000), min_size=1)
    ),
    **dict.fromkeys(FLAG_FIELDS, st.booleans()),
    "division": some(DIVISIONS),
    "surety": some(SURETIES),
    "work_wording": some(WORDINGS),
}
SINGLE = st.sampled_from(sorted(TESTS)).flatmap(lambda field: st.fixed_dictionaries({field: TESTS[field]}))
GUARDS = st.recursive(
    SINGLE,
    lambda guard: st.one_of(
        st.builds(lambda one, other: {**one, **other}, guard, guard),
        st.builds(lambda given: {"not": given}, guard),
        st.builds(lambda one, other: {"any": [one] if one == other else [one, other]}, guard, guard),
    ),
    max_leaves=3,
)


@st.composite
def clauses(draw: st.DrawFn, content: st.SearchStrategy[dict[str, Any]], most: int = 2) -> list[dict[str, Any]]:
    """Draw clauses of which all but the last must be guarded, and the last may be."""
    found = draw(st.lists(content, max_size=most))
    for number, clause in enumerate(found):
        if number < len(found) - 1 or draw(st.booleans()):
            clause["when"] = draw(GUARDS)
    return found


def listing(accepted: st.SearchStrategy[Any], values: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"accepted": accepted, "source": st.just("page")},
        optional={"others": st.sampled_from(["ASK", "NOT_TAKEN"]), "unclear": some(values)},
    )


BASES = st.one_of(st.sampled_from(SINGLE_BASES), st.just("not_stated"), st.just(["notice", "nomination"]))
STARTS = st.fixed_dictionaries({"from": DAYS, "counted_by": BASES, "source": st.just("page")})
SAYINGS = st.just(SAID).map(dict)
CHANNEL = {**SAID, "way": "EMAIL", "recipient": {"known": "ASK", "ja": "契約課", "en": "Contracts"}}
LISTS = {
    "kinds": listing(st.just("ANY") | some(KINDS), KINDS),
    "work_types": listing(
        st.just("ANY") | some(WorkType) | st.just({"CONSTRUCTION": "工事", "SERVICES": "業務委託"}), WorkType
    ),
    "sureties": listing(
        some(SuretyClass) | st.just({"GUARANTEE_COMPANY": "ANY", "INSURER": ["試験火災"]}), SuretyClass
    ),
    "divisions": listing(some(DIVISIONS), DIVISIONS),
    "procurements": listing(some(Procurement), Procurement),
    "contract_media": listing(some(Medium), Medium),
}


@st.composite
def revisions(draw: st.DrawFn, first: date) -> dict[str, Any]:
    guarded = [{**start, "when": draw(GUARDS)} for start in draw(st.lists(STARTS, max_size=1))]
    exclusions = [{**SAID, "when": draw(GUARDS)} for _ in range(draw(st.sampled_from([0, 0, 1])))]
    channels = [{**CHANNEL, **({"when": draw(GUARDS)} if draw(st.booleans()) else {})} for _ in range(2)]
    papers = st.fixed_dictionaries({"accepted": st.booleans(), "source": st.just("page")})
    drawn = {
        **draw(STARTS),
        "from": first,
        "start": guarded,
        "exclusion": exclusions,
        "paper": draw(clauses(papers)),
        "remark": draw(clauses(SAYINGS, most=1)),
        "submission": {"channel": channels, "note": draw(clauses(SAYINGS, most=1))},
        "kinds": draw(clauses(LISTS["kinds"])) or [{"accepted": "ANY", "source": "page"}],
        "work_types": draw(clauses(LISTS["work_types"])) or [{"accepted": "ANY", "source": "page"}],
    }
    for key in draw(st.sets(st.sampled_from(sorted(set(LISTS) - {"kinds", "work_types"})), max_size=2)):
        drawn[key] = draw(clauses(LISTS[key]))
    return {key: value for key, value in drawn.items() if value != []}


@st.composite
def rule_files(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a rule file of one or two revisions as TOML's own values."""
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=2, unique=True)))
    return {
        "format": 1,
        "obligee": {"id": "test/town", "name": "試験町"},
        "sources": {"page": {"title": "試験町", "seen_on": date(2026, 1, 5)}},
        "revision": [draw(revisions(day)) for day in days],
    }


def toml(value: object) -> str:
    """Return a value as TOML, tables inline; the file itself is one line for each top-level key."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def text(file: Mapping[str, object]) -> str:
    """Return the TOML text of a drawn file."""
    return "".join(f"{key} = {toml(value)}\n" for key, value in file.items())
