from datetime import date

import pytest

from denshi_hosho.rules import Rulebook, UnknownObligee
from denshi_hosho.rules.compare import compare, compare_days
from denshi_hosho.rules.coverage import coverage, stale
from denshi_hosho.rules.vocabulary import Known
from tests.rules.rule_texts import MINIMAL, replaced, with_lines

DAY = date(2026, 1, 5)
CITY = (
    replaced("test/town", "test/city")
    .replace('counted_by = "contract"', 'counted_by = "notice"')
    .replace("[revision.kinds]\n", '[revision.kinds]\nwhen = { work_type = "CONSTRUCTION" }\n')
)
SECOND = (
    MINIMAL[MINIMAL.index("[[revision]]") :].replace("2024-04-01", "2025-04-01").replace("EMAIL", "CONTRACT_SYSTEM")
)


def test_two_obligees_are_compared_fact_by_fact() -> None:
    rulebook = Rulebook.from_texts({"town": MINIMAL, "city": CITY})
    found = compare(rulebook, "test/town", "test/city", DAY)
    assert [difference.line() for difference in found.differences] == [
        (
            "START: From 2024-04-01 on, counted by the day of the contract. "
            "| From 2024-04-01 on, counted by the day of the tender notice."
        ),
        (
            "KIND: Kind of guarantee: advance payment, performance "
            "| Kind of guarantee: advance payment, performance (where work type is construction)"
        ),
    ]
    assert found.differences[0].line("ja") == (
        "START: 契約締結日が2024年4月1日以後の案件から。 | 入札公告日が2024年4月1日以後の案件から。"
    )
    assert found.same == ("WORK_TYPE", "CHANNEL", "RECIPIENT")
    assert (found.left.obligee.id, found.right.obligee.id) == ("test/town", "test/city")


def test_an_obligee_equals_itself_and_an_unknown_one_is_named() -> None:
    rulebook = Rulebook.from_texts({"town": MINIMAL})
    assert compare(rulebook, "test/town", "test/town", DAY).differences == ()
    with pytest.raises(UnknownObligee):
        compare(rulebook, "test/town", "test/twon", DAY)


def test_two_revisions_are_compared_by_their_days() -> None:
    rulebook = Rulebook.from_texts({"town": MINIMAL + SECOND})
    found = compare_days(rulebook, "test/town", date(2024, 4, 1), date(2025, 4, 1))
    assert [difference.aspect for difference in found.differences] == ["START", "CHANNEL"]
    assert (found.left.revision, found.right.revision) == (date(2024, 4, 1), date(2025, 4, 1))


def known(text: str) -> dict[str, Known]:
    return {each.aspect: each.known for each in coverage(Rulebook.from_texts({"town": text}), "test/town", DAY)}


def test_coverage_tells_stated_from_silent_from_not_looked_for() -> None:
    found = known(with_lines('silent_on = ["sureties", "deadline"]'))
    assert {aspect: word for aspect, word in found.items() if word is not Known.NOT_STATED} == {
        "from": Known.STATED,
        "counted_by": Known.STATED,
        "kinds": Known.STATED,
        "work_types": Known.STATED,
        "sureties": Known.UNKNOWN,
        "deadline": Known.UNKNOWN,
        "channel": Known.STATED,
        "recipient": Known.STATED,
    }
    assert (found["paper"], found["change"], found["cc"]) == (Known.NOT_STATED,) * 3


def test_coverage_tells_what_is_stated_only_in_part() -> None:
    text = replaced('counted_by = "contract"', 'counted_by = "not_stated"').replace(
        '{ CONSTRUCTION = "工事" }', '{ CONSTRUCTION = "工事" }\nothers = "ASK"'
    )
    text = text.replace('way = "EMAIL"', 'way = "NOT_STATED"').replace(
        '{ known = "LITERAL", ja = "契約課", en = "Contracts", address = "keiyaku@example.lg.jp" }',
        '{ known = "NOT_STATED", ja = "要確認", en = "Ask" }',
    )
    found = known(text)
    assert (found["counted_by"], found["channel"], found["recipient"]) == (Known.UNKNOWN,) * 3
    assert found["work_types"] is Known.PARTLY


def test_coverage_is_said_in_both_languages() -> None:
    kinds = next(each for each in coverage(Rulebook.load(), "465011", DAY) if each.aspect == "kinds")
    assert kinds.en == "kinds: stated (advance payment / interim advance payment / performance)"
    assert kinds.ja == "kinds: 記載あり（前払金保証 / 中間前払金保証 / 契約保証）"


def test_stale_files_are_those_whose_oldest_source_is_old() -> None:
    recent = replaced("test/town", "test/city").replace("2026-01-05", "2026-12-31")
    rulebook = Rulebook.from_texts({"town": MINIMAL, "city": recent})
    assert stale(rulebook, date(2027, 1, 5)) == ()
    (old,) = stale(rulebook, date(2027, 1, 6))
    assert (old.obligee.id, old.source, old.seen_on, old.age) == ("test/town", "page", date(2026, 1, 5), 366)
    assert [each.obligee.id for each in stale(rulebook, date(2027, 1, 6), days=5)] == ["test/town", "test/city"]
