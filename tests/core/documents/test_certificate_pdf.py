import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from denshi_hosho.core.documents import GlyphMissing, NoCertificateForm, TextTooLong, certificate_pdf
from denshi_hosho.core.documents.typeface import drawn
from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium
from tests.core.documents.pdf import extent_of, joined, raw_texts_of, read, text_of, texts_of
from tests.samples import LEAFLET_ADVANCE, LEAFLET_PERFORMANCE

WARNING = "発注者へは「認証キー等のお知らせ」をご提出ください。"

LEAFLET_LINES = [
    "この電子証書の印刷物・PDFは提出用ではありません。発注者へは「認証キー等のお知らせ」をご提出ください。",
    "令和4年1月20日",
    "保証証書（前払金保証）",
    *("保証契約番号", "1070000473"),
    *("保証契約者", "株式会社西日本保証建設 本町支店 様"),
    *("被保証者", "支出負担行為担当官 近畿地方整備局長 様"),
    *("保証金額", "145,670,000 円"),
    *("保証期間", "令和5年3月15日"),
    *("工期末日", "令和5年3月15日"),
    *("工事名", "国道〇号線 道路改良工事 その1"),
    *("請負金額(総額)", "2,172,720,000 円"),
    *("請負金額(対象額)", "616,296,000 円"),
    *("預託金融機関", "三菱UFJ銀行 東京支店"),
    "当会社は、前払金保証約款に基づき上記のとおり前払金保証契約を締結し、その責に任じます。",
    "大阪市西区西船場二丁目1番2号",
    "西日本建設業保証株式会社",
    "取締役社長 眞田 一",
    *("取扱店", "東京支店", "東京都中央区日本橋3丁目8番14号", "TEL 03-6848-2671", "FAX 0320-504133"),
]


def test_the_leaflets_certificate_reads_line_by_line() -> None:
    lines = [line.rstrip() for line in text_of(certificate_pdf(LEAFLET_ADVANCE)).splitlines()]
    assert lines[: len(LEAFLET_LINES)] == LEAFLET_LINES
    assert lines[-1] == "前払金保証約款につきましては、https://www.wjcs.net/ をご覧ください。"


def test_every_field_is_found_by_each_reader() -> None:
    for text in texts_of(certificate_pdf(LEAFLET_ADVANCE)):
        for line in LEAFLET_LINES:
            assert joined(line) in text


def test_the_three_notes_say_which_changes_bring_a_certificate() -> None:
    (text, *_) = texts_of(certificate_pdf(LEAFLET_ADVANCE))
    assert (
        "（注）1.保証金額等に変更があった場合は、（変更）と表示し、変更後の内容を記載します。"
        "2.保証期間は工期の変更に伴い自動的に変更されますので、工期のみの変更では、変更の保証証書を発行しません。"
        "3.請負金額のみの変更では、変更の保証証書を発行しません。"
    ) in text


def test_fields_without_a_value_are_left_out() -> None:
    (text, *_) = texts_of(certificate_pdf(LEAFLET_PERFORMANCE))
    assert "217,272,000円" in text
    assert "対象額" not in text
    assert "預託金融機関" not in text
    branch = replace(LEAFLET_ADVANCE.branch, fax=None)
    surety = replace(LEAFLET_ADVANCE.surety, terms_url=None)
    (text, *_) = texts_of(certificate_pdf(replace(LEAFLET_ADVANCE, branch=branch, surety=surety)))
    assert "FAX" not in text
    assert "ご覧ください" not in text


@pytest.mark.parametrize(
    ("kind", "title", "sentence"),
    [
        (
            GuaranteeKind.ADVANCE_PAYMENT,
            "保証証書（前払金保証）",
            "前払金保証約款に基づき上記のとおり前払金保証契約を締結し",
        ),
        (
            GuaranteeKind.INTERIM_ADVANCE_PAYMENT,
            "保証証書（中間前払金保証）",
            "当会社は、保証約款に基づき上記のとおり中間前払金保証契約を締結し",
        ),
        (
            GuaranteeKind.PERFORMANCE,
            "保証証書（契約保証）",
            "当会社は、保証約款に基づき上記のとおり契約保証の契約を締結し",
        ),
    ],
)
def test_each_kind_has_its_words(kind: GuaranteeKind, title: str, sentence: str) -> None:
    pdf = certificate_pdf(replace(LEAFLET_ADVANCE, kind=kind))
    assert title in text_of(pdf).splitlines()
    for text in texts_of(pdf):
        assert sentence in text


def test_a_bid_guarantee_has_no_certificate() -> None:
    with pytest.raises(NoCertificateForm) as refused:
        certificate_pdf(replace(LEAFLET_ADVANCE, kind=GuaranteeKind.BID))
    assert refused.value.code == "NO_CERTIFICATE_FORM"
    assert "契約保証予約" in refused.value.ja


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (Change.ORIGINAL, "保証証書（前払金保証）"),
        (Change.AMENDMENT, "保証証書（前払金保証）（変更）"),
        (Change.CORRECTION, "保証証書（前払金保証）（訂正）"),
    ],
)
def test_a_change_is_marked_in_title_and_metadata(change: Change, title: str) -> None:
    pdf = certificate_pdf(replace(LEAFLET_ADVANCE, change=change))
    assert title in text_of(pdf).splitlines()
    assert read(pdf).metadata == {
        "/Title": f"{title} 1070000473",
        "/Author": "西日本建設業保証株式会社",
        "/Producer": "denshi-hosho",
        "/CreationDate": "D:20220120000000+09'00'",
    }


def test_only_an_electronic_certificate_says_that_it_is_not_for_handing_in() -> None:
    assert WARNING in text_of(certificate_pdf(LEAFLET_ADVANCE))
    assert "お知らせ" not in text_of(certificate_pdf(replace(LEAFLET_ADVANCE, medium=Medium.PAPER)))


LONG = replace(
    LEAFLET_ADVANCE,
    works_name=(
        "令和6年度 社会資本整備総合交付金（防災・安全）事業　県道〇号線 橋梁補修工事（ＡＢＣ工区）「その1」、" * 5
    )[:200],
    obligee_name="中種子町長　田渕川　寿広" * 8,
    principal_name="株式会社西日本保証建設・日本土木特定建設工事共同企業体" * 3,
)


def _cp932() -> list[str]:
    codes = [bytes([b]) for b in (*range(0x21, 0x7F), *range(0xA1, 0xE0))]
    codes += [bytes([a, b]) for a in (*range(0x81, 0xA0), *range(0xE0, 0xF0), *range(0xFA, 0xFD)) for b in range(256)]
    decoded = {code.decode("cp932", "replace") for code in codes}
    return sorted(mark for mark in decoded if len(mark) == 1 and mark.strip() and mark != "\ufffd")


NAMES = st.lists(st.text(_cp932(), min_size=1, max_size=12), min_size=1, max_size=8).map("　".join)


@settings(max_examples=40, deadline=None)
@given(NAMES, NAMES)
@example("\ufa19神社前〇ー〜～−－‐工事", "ﾎｼｮｳ｡ﾎﾟﾝﾌﾟ゛゜　髙﨑德﨟①㈱Ⅲ")
@example("か\u3099く\u3099", "は\u309a")
def test_names_are_read_back_character_by_character(works: str, obligee: str) -> None:
    pdf = certificate_pdf(replace(LEAFLET_ADVANCE, works_name=works, obligee_name=obligee))
    for text in texts_of(pdf):
        for label, name in (("工事名", works), ("被保証者", obligee)):
            assert joined(label + drawn(name)) in text


@pytest.mark.parametrize("name", ["国道 1号　道路  改良工事", "A-1 ‐ B　　神\ufa19"])
def test_spaces_inside_a_name_are_read_back_as_they_are(name: str) -> None:
    exact, *others = raw_texts_of(certificate_pdf(replace(LEAFLET_ADVANCE, works_name=name)))
    assert name in exact.splitlines()
    for text in others:  # poppler sees the gaps between words, not the spaces in them
        assert f"工事名 {' '.join(name.split())}" in [" ".join(line.split()) for line in text.splitlines()]


@pytest.mark.parametrize("change", [Change.ORIGINAL, Change.AMENDMENT])
def test_long_names_wrap_inside_the_page_and_lose_nothing(change: Change) -> None:
    pdf = certificate_pdf(replace(LONG, change=change))
    for text in texts_of(pdf):
        for name in (LONG.works_name, LONG.obligee_name, LONG.principal_name):
            assert joined(name) in text
    left, right, lowest, highest = extent_of(pdf)
    assert left >= 60
    assert right <= 535
    assert lowest >= 45
    assert highest <= 842 - 45


def test_the_leaflets_certificate_is_set_in_full_size() -> None:
    sizes: dict[str, float] = {}

    def visit(text: str, _cm: object, _tm: object, _font: object, size: float) -> None:
        sizes[text.strip()] = size

    read(certificate_pdf(LEAFLET_ADVANCE)).pages[0].extract_text(visitor_text=visit)
    assert sizes["145,670,000 円"] == 14


@pytest.mark.parametrize(
    "too_long",
    [
        {"works_name": "長" * 5000},
        {"surety": replace(LEAFLET_ADVANCE.surety, terms_url=f"https://example.com/{'a' * 400}")},
    ],
)
def test_what_fits_at_no_size_is_refused(too_long: dict[str, Any]) -> None:
    with pytest.raises(TextTooLong) as refused:
        certificate_pdf(replace(LEAFLET_ADVANCE, **too_long))
    assert refused.value.code == "TEXT_TOO_LONG"


@pytest.mark.parametrize("field", ["works_name", "obligee_name", "principal_name", "depositary_bank", "number"])
def test_a_character_without_a_glyph_is_refused_wherever_it_stands(field: str) -> None:
    wrong: dict[str, Any] = {field: "𠮷野川"}
    with pytest.raises(GlyphMissing) as refused:
        certificate_pdf(replace(LEAFLET_ADVANCE, **wrong))
    assert refused.value.characters == "𠮷"


def test_the_whole_file_is_small_embedded_and_in_japanese() -> None:
    pdf = certificate_pdf(LEAFLET_ADVANCE)
    assert len(pdf) < 60_000
    reader = read(pdf)
    assert str(reader.root_object["/Lang"]) == "ja-JP"
    resources: Any = reader.pages[0]["/Resources"]
    fonts = [font.get_object() for font in resources["/Font"].values()]
    assert {font["/BaseFont"].split("+")[1] for font in fonts} == {
        "BIZUDMincho-Regular",
        "BIZUDGothic-Regular",
    }
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_the_same_certificate_is_the_same_bytes_in_another_process_and_time_zone() -> None:
    program = (
        "import sys\n"
        "from denshi_hosho.core.documents import certificate_pdf\n"
        "from tests.samples import LEAFLET_ADVANCE\n"
        "sys.stdout.buffer.write(certificate_pdf(LEAFLET_ADVANCE))\n"
    )
    environment = {**os.environ, "TZ": "America/New_York", "PYTHONHASHSEED": "7"}
    run = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", program], capture_output=True, check=True, env=environment
    )
    assert run.stdout == certificate_pdf(LEAFLET_ADVANCE)


def test_threads_do_not_disturb_each_other() -> None:
    works = [replace(LEAFLET_ADVANCE, works_name=f"第{n}工区 {name}") for n, name in enumerate("甲乙丙丁戊己庚辛壬癸")]
    alone = [certificate_pdf(one) for one in works]
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(certificate_pdf, works)) == alone
