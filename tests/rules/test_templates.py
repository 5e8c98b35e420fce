import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules import RuleFileError
from denshi_hosho.rules.handin import Missing
from denshi_hosho.rules.normalisers import DAY_FORMATS, TEXT_FORMATS, Unfit, day_format, text_format
from denshi_hosho.rules.plan import KindWord
from denshi_hosho.rules.templates import PLACEHOLDERS, Known, read_template

DOCS = (Path(__file__).parents[2] / "docs/submission.md").read_text(encoding="utf-8")
WORDS = (
    KindWord(kind=GuaranteeKind.PERFORMANCE, word="契約"),
    KindWord(kind=GuaranteeKind.ADVANCE_PAYMENT, word="前払金"),
)


def text_as(spec: str, given: str) -> str | Unfit:
    form = text_format(spec)
    assert form is not None
    return form(given)


def day_as(spec: str, day: date) -> str | Unfit:
    form = day_format(spec)
    assert form is not None
    return form(day)


@pytest.mark.parametrize(
    "typed",
    [
        "50400012345",
        "504-0001-2345",
        "５０４－０００１－２３４５",
        "504‐0001−2345",
        "504ー0001ー2345",
        " 504 0001 2345 ",
    ],
)
def test_eleven_digits_come_out_of_whatever_was_typed(typed: str) -> None:
    assert text_as("digits(11)", typed) == "50400012345"


@pytest.mark.parametrize("typed", ["5040001234", "504000123456", "504-0001-234A", "第5号", "-", "504.0001.2345"])
def test_what_is_not_eleven_digits_says_so(typed: str) -> None:
    assert text_as("digits(11)", typed) == Unfit("ハイフンなしの11桁ではありません", "is not 11 digits without hyphens")


@pytest.mark.parametrize(
    ("spec", "given", "found"),
    [
        ("as_given", " 市道〇号線 道路改良工事\r\nその1 ", "市道〇号線 道路改良工事  その1"),
        ("digits", "令5", Unfit("ハイフンなしの数字ではありません", "is not digits without hyphens")),
        ("digits", "０１-2", "012"),
        ("no_hyphens", "Ｒ６－１２ 号", "R612号"),
        ("no_hyphens", "センター3ー1", "センター31"),
        ("halfwidth", "（株）ＡＢＣ－１", "(株)ABC-1"),
        ("fullwidth", "No.12 (A)", "Ｎｏ．１２　（Ａ）"),
        ("at_most(4)", "道路改良", "道路改良"),
        ("at_most(4)", "道路改良工", Unfit("4文字を超えています", "is longer than 4 characters")),
    ],
)
def test_formats_of_texts(spec: str, given: str, found: str | Unfit) -> None:
    assert text_as(spec, given) == found


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("M月D日", "6月1日"),
        ("MM月DD日", "06月01日"),
        ("YYYY年M月D日", "2024年6月1日"),
        ("YYYY-MM-DD", "2024-06-01"),
        ("YYYY/MM/DD", "2024/06/01"),
        ("YYYYMMDD", "20240601"),
        ("MMDD", "0601"),
        ("和暦", "令和6年6月1日"),
        ("ggge年M月D日", "令和6年6月1日"),
        ("ge.M.D", "R6.6.1"),
    ],
)
def test_formats_of_days(spec: str, found: str) -> None:
    assert day_as(spec, date(2024, 6, 1)) == found


def test_the_first_year_of_an_era_and_days_without_one() -> None:
    first = date(2019, 5, 1)
    assert (day_as("和暦", first), day_as("ggge年", first), day_as("ge.M.D", first)) == (
        "令和元年5月1日",
        "令和元年",
        "R1.5.1",
    )
    unfit = Unfit("和暦で表せない日付です", "has no date in an era")
    assert (day_as("和暦", date(1872, 12, 31)), day_as("ge", date(1872, 12, 31))) == (unfit, unfit)


@pytest.mark.parametrize("spec", ["", "月日", "MM月dd日", "YYYY.M.X", "M月D日1"])
def test_what_is_no_format_of_a_day(spec: str) -> None:
    assert day_format(spec) is None


@pytest.mark.parametrize(
    "spec", ["", "digit", "digits()", "digits(0)", "digits(x)", "halfwidth(3)", "as_given ", "at_most"]
)
def test_what_is_no_format_of_a_text(spec: str) -> None:
    assert text_format(spec) is None


def test_every_format_that_a_mistake_proposes_exists_and_is_documented() -> None:
    assert [spec for spec in TEXT_FORMATS if text_format(spec) is None or f"`{spec}`" not in DOCS] == []
    assert [spec for spec in DAY_FORMATS if day_format(spec) is None] == []
    assert [name for name in PLACEHOLDERS if f"`{{{name}}}`" not in DOCS] == []


@given(st.text(), st.sampled_from([*TEXT_FORMATS, "digits(3)", "at_most(2)"]))
def test_a_formatted_text_is_one_line_and_formatting_it_again_changes_nothing(text: str, spec: str) -> None:
    found = text_as(spec, text)
    if isinstance(found, str):
        assert not re.search("[\x00-\x1f\x7f\u2028\u2029]", found)
        assert text_as(spec, found) == found


@given(st.dates(min_value=date(1873, 1, 1)))
def test_a_day_is_read_back_from_what_its_format_writes(day: date) -> None:
    written = day_as("YYYY-MM-DD", day)
    assert isinstance(written, str)
    assert date.fromisoformat(written) == day
    assert day_as("ggge年M月D日", day) == day_as("和暦", day)


def test_a_template_is_filled_with_typed_placeholders() -> None:
    template = read_template("【電子保証({kind})】{works_number:digits(4)}_{company}_{bidding_on}{{}}", "template")
    known: Known = {
        "kind": [GuaranteeKind.PERFORMANCE, GuaranteeKind.ADVANCE_PAYMENT],
        "works_number": "00-12",
        "company": "株式会社 山田組",
        "bidding_on": date(2025, 10, 1),
    }
    assert template.filled(known, WORDS, "・") == "【電子保証(契約・前払金)】0012_株式会社 山田組_10月1日{}"
    assert template.filled(known) == "【電子保証(契約保証、前払金保証)】0012_株式会社 山田組_10月1日{}"
    assert template.names == {"kind", "works_number", "company", "bidding_on"}


def test_everything_missing_or_malformed_is_named_once_with_its_field() -> None:
    template = read_template("{works_number:digits(11)} {works_number:digits(11)} {notice_on} {contact}", "template")
    assert template.filled({"works_number": "第3号", "contact": " \n"}) == (
        Missing(
            code="FACT_MALFORMED",
            field="works_number",
            ja="工事番号「第3号」はハイフンなしの11桁ではありません。確認して入力し直してください。",
            en="The works number “第3号” is not 11 digits without hyphens; check it and tell it again.",
        ),
        Missing(
            code="FACT_MISSING",
            field="notice_on",
            ja="入札公告日が伝えられていません。",
            en="The day of the tender notice is not told.",
        ),
        Missing(
            code="FACT_MISSING",
            field="contact_name",
            ja="担当者の氏名・連絡先が伝えられていません。",
            en="The contact's name and telephone or mail is not told.",
        ),
    )


def test_the_key_is_no_placeholder() -> None:
    with pytest.raises(RuleFileError) as refused:
        read_template("{access_key}", "template")
    assert refused.value.faults[0].code == "PLACEHOLDER"
