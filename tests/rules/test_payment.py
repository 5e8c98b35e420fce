from dataclasses import replace
from datetime import date

import pytest

from denshi_hosho.rules import Rulebook
from denshi_hosho.rules.coverage import coverage
from denshi_hosho.rules.payment import FACT_KEYS, Payment
from denshi_hosho.rules.rulefile import parse
from denshi_hosho.rules.vocabulary import Known
from tests.rules.rule_texts import MINIMAL
from tests.rules.test_rule_file_mistakes import paid

DAY = date(2026, 1, 5)
ALL = paid(
    "advance_percent = 40", "advance_floor = 1_000_000", "advance_rounding = 100_000", "advance_cap = 300_000_000",
    "interim_percent = 20", "interim_floor = 10_000_000", "excludes_partial_payment = true", "performance_percent = 10",
    "low_bid_percent = 30", 'ja = "前払金の条件"', 'en = "Terms"', 'literal = "原文"', 'source = "page#前払金"',
)  # fmt: skip


def payment(text: str, day: date = DAY) -> Payment | None:
    return Rulebook.from_texts({"town": text}).rules_on("test/town", day).payment


def covered(text: str) -> Known:
    found = coverage(Rulebook.from_texts({"town": text}), "test/town", DAY)
    return next(each.known for each in found if each.aspect == "payment")


def test_a_file_may_state_all_of_it() -> None:
    (source,) = parse(MINIMAL.encode()).sources.values()
    assert payment(ALL) == Payment(
        advance_percent=40, advance_floor=1_000_000, advance_rounding=100_000, advance_cap=300_000_000,
        interim_percent=20, interim_floor=10_000_000, excludes_partial_payment=True, performance_percent=10,
        low_bid_percent=30, ja="前払金の条件", en="Terms", literal="原文", sources=(replace(source, locator="前払金"),),
    )  # fmt: skip


def test_what_is_left_out_is_unknown() -> None:
    found = payment(paid("interim_floor = 1", 'source = "page"'))
    assert found is not None
    assert {key: getattr(found, key) for key in FACT_KEYS if getattr(found, key) is not None} == {"interim_floor": 1}
    assert payment(MINIMAL) is None


def test_that_both_may_go_together_is_not_the_same_as_unknown() -> None:
    found = payment(paid("excludes_partial_payment = false", 'source = "page"'))
    assert found is not None
    assert found.excludes_partial_payment is False
    assert [each[1:] for each in found.told()] == [
        (
            "中間前払金と部分払は併用できます。",
            "Interim advances and partial payments do not exclude each other.",
            "false",
        )
    ]


def test_each_revision_has_its_own_and_before_the_first_there_is_none() -> None:
    second = MINIMAL[MINIMAL.index("[[revision]]") :].replace("2024-04-01", "2025-04-01")
    text = paid("advance_floor = 5", 'source = "page"', second)
    found = payment(text, date(2025, 3, 31))
    assert found is not None
    assert found.advance_floor == 5
    assert payment(text, date(2025, 4, 1)) is None
    assert payment(text, date(2024, 3, 31)) is None


def test_the_facts_say_it_in_both_languages_with_the_source() -> None:
    facts = Rulebook.from_texts({"town": ALL}).rules_on("test/town", DAY).facts
    said = [each for each in facts if each.code == "PAYMENT"]
    assert [(each.ja, each.value) for each in said] == [
        ("前払金の条件", "原文"),
        ("前払金の割合: 40%", "advance_percent:40"),
        ("中間前払金の割合: 20%", "interim_percent:20"),
        ("契約保証の割合: 10%", "performance_percent:10"),
        ("低入札の場合の契約保証の割合: 30%", "low_bid_percent:30"),
        ("前払金の対象となる請負金額の下限: 1,000,000円", "advance_floor:1000000"),
        ("前払金の端数切捨ての単位: 100,000円", "advance_rounding:100000"),
        ("前払金の上限額: 300,000,000円", "advance_cap:300000000"),
        ("中間前払金の対象となる請負金額の下限: 10,000,000円", "interim_floor:10000000"),
        ("中間前払金と部分払は併用できません。", "excludes_partial_payment:true"),
    ]
    assert said[5].en == "Contract price from which an advance is paid: 1,000,000 yen"
    assert {source.locator for each in said for source in each.sources} == {"前払金"}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (ALL, Known.STATED),
        (paid("advance_floor = 1", 'source = "page"'), Known.PARTLY),
        (paid('ja = "別途定める"', 'en = "As laid down elsewhere"', 'source = "page"'), Known.PARTLY),
        (MINIMAL, Known.NOT_STATED),
        (MINIMAL.replace('"contract"\n', '"contract"\nsilent_on = "payment"\n', 1), Known.UNKNOWN),
    ],
)
def test_coverage_tells_how_far_it_is_known(text: str, known: Known) -> None:
    assert covered(text) is known


def test_no_real_obligee_is_said_to_have_terms_that_it_never_published() -> None:
    rulebook = Rulebook.load()
    assert rulebook.obligees()
    for obligee in rulebook.obligees():
        assert rulebook.rules_on(obligee.id, DAY).payment is None
