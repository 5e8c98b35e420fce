from dataclasses import replace

import pytest

from denshi_hosho.core.certificate import KeyNotice
from denshi_hosho.core.documents import GlyphMissing, TextTooLong, key_notice_text
from denshi_hosho.core.documents import key_notice_pdf as drawn
from denshi_hosho.core.notary import notes_in
from denshi_hosho.core.vocabulary import GuaranteeKind
from tests.core.documents.pdf import extent_of, joined, read, text_of, texts_of
from tests.core.world import NOTARY
from tests.samples import LEAFLET_NOTICE

OPEN_URL = "https://hosho.example.jp/open"


def key_notice_pdf(notice: KeyNotice) -> bytes:
    return drawn(notice, OPEN_URL)


def test_the_text_to_copy_is_the_leaflets() -> None:
    assert key_notice_text(LEAFLET_NOTICE) == (
        "区分　　　　　: 前払金保証\n"
        "保証契約番号　: 1070000473\n"
        "認証キー　　　: K5VL4+5QG_KJ\n"
        "工事名　　　　: 国道〇号線 道路改良工事 その1\n"
        "発注者　　　　: 支出負担行為担当官 近畿地方整備局長\n"
        "保証機関　　　: 西日本建設業保証株式会社"
    )


def test_the_notice_reads_line_by_line() -> None:
    lines = [line.strip() for line in text_of(key_notice_pdf(LEAFLET_NOTICE)).splitlines()]
    assert lines[0] == "認証キー等のお知らせ"
    assert lines[1] == "発注者への提出用"
    assert lines[3:9] == ["区分", "前払金保証", "保証契約番号", "1070000473", "認証キー", "K5VL4+5QG_KJ"]
    assert lines[9:21] == [
        *("英字", "数字", "英字", "英字", "数字", "プラス"),
        *("数字", "英字", "英字", "下線", "英字", "英字"),
    ]
    assert lines[21:27] == [
        *("工事名", "国道〇号線 道路改良工事 その1"),
        *("発注者", "支出負担行為担当官 近畿地方整備局長"),
        *("保証機関", "西日本建設業保証株式会社"),
    ]


def test_every_field_is_found_by_each_reader() -> None:
    for text in texts_of(key_notice_pdf(LEAFLET_NOTICE)):
        for line in key_notice_text(LEAFLET_NOTICE).splitlines():
            assert joined(line.partition(": ")[2]) in text


@pytest.mark.parametrize("url", [OPEN_URL, f"https://{'long-name.' * 12}city.example.jp/guarantees/open"])
def test_the_obligee_is_told_where_to_open_it(url: str) -> None:
    pdf = drawn(LEAFLET_NOTICE, url)
    for text in texts_of(pdf):
        assert joined(f"電子証書の閲覧画面（{url}）で") in text
    assert extent_of(pdf)[1] <= 545


def test_it_is_not_taken_for_a_certificate() -> None:
    (text, *_) = texts_of(key_notice_pdf(LEAFLET_NOTICE))
    assert "このお知らせは保証証書ではありません。" in text
    assert "認証キーの提出が、保証証書の提出となります。" in text
    assert "円" not in text


@pytest.mark.parametrize(
    ("key", "readings"),
    [
        ("0O1I5S8B", ["数字", "英字"] * 2 + ["数字", "英字"] * 2),
        ("a-_+#", ["小文字", "ハイフン", "下線", "プラス", "記号"]),
    ],
)
def test_what_looks_alike_is_told_apart_in_words(key: str, readings: list[str]) -> None:
    lines = [line.strip() for line in text_of(key_notice_pdf(replace(LEAFLET_NOTICE, access_key=key))).splitlines()]
    at = lines.index(key)
    assert lines[at + 1 : at + 1 + len(key)] == readings


@pytest.mark.parametrize("kind", [GuaranteeKind.INTERIM_ADVANCE_PAYMENT, GuaranteeKind.PERFORMANCE])
def test_the_kind_is_named(kind: GuaranteeKind) -> None:
    notice = replace(LEAFLET_NOTICE, kind=kind)
    assert kind.ja in text_of(key_notice_pdf(notice)).splitlines()
    assert key_notice_text(notice).startswith(f"区分　　　　　: {kind.ja}\n")


def test_long_names_and_keys_stay_inside_the_page() -> None:
    notice = replace(
        LEAFLET_NOTICE,
        works_name="令和6年度（防災・安全）県道〇号線 橋梁補修工事" * 8,
        obligee_name="支出負担行為担当官　近畿地方整備局長" * 6,
        access_key="K5VL4+5QG_KJ" * 3,
    )
    pdf = key_notice_pdf(notice)
    for text in texts_of(pdf):
        for field in (notice.works_name, notice.obligee_name, notice.access_key):
            assert joined(field) in text
    left, right, lowest, _ = extent_of(pdf)
    assert left >= 50
    assert right <= 545
    assert lowest >= 30


def test_bad_texts_are_refused() -> None:
    with pytest.raises(GlyphMissing):
        key_notice_pdf(replace(LEAFLET_NOTICE, obligee_name="𠮷野町長"))
    with pytest.raises(TextTooLong):
        key_notice_pdf(replace(LEAFLET_NOTICE, works_name="長" * 5000))


def test_the_file_is_stable_small_and_names_no_key_in_its_metadata() -> None:
    pdf = key_notice_pdf(LEAFLET_NOTICE)
    assert pdf == key_notice_pdf(LEAFLET_NOTICE)
    assert len(pdf) < 40_000
    assert read(pdf).metadata == {
        "/Title": "認証キー等のお知らせ 1070000473",
        "/Author": "西日本建設業保証株式会社",
        "/Producer": "denshi-hosho",
    }
    assert b"K5VL4" not in pdf


def test_the_logs_checkpoint_stands_in_small_print_and_can_be_read_back() -> None:
    note = NOTARY.checkpoint(1234, bytes(range(32)))
    pdf = key_notice_pdf(LEAFLET_NOTICE, note)
    assert notes_in(text_of(pdf)) == [note]
    assert extent_of(pdf)[2] >= 30
    assert "監査ログ" not in text_of(key_notice_pdf(LEAFLET_NOTICE))
    assert "log" not in key_notice_text(LEAFLET_NOTICE)
