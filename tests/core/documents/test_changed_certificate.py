"""The certificate marked （変更） or （訂正） as PDF: one page that says what it said before, and what it says now."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from denshi_hosho.core.certificate import Certificate
from denshi_hosho.core.changes.differences import LABELS, differences, shown
from denshi_hosho.core.documents import certificate_pdf
from denshi_hosho.core.documents.certificate import CHANGE_LENGTH, _cut
from denshi_hosho.core.vocabulary import Change, Medium
from tests.core.documents.pdf import joined, read, texts_of
from tests.samples import LEAFLET_ADVANCE

LONG = "国道〇号線道路改良工事第十二号橋梁下部工及び取付道路築造工事" * 2
REMARK = "自己署名の証明書による署名です。本番の電子証書ではありません。"


def changed(change: Change, **values: Any) -> Certificate:
    return replace(LEAFLET_ADVANCE, version=2, change=change, issued_on=date(2022, 9, 1), **values)


def drawn(after: Certificate, before: Certificate = LEAFLET_ADVANCE) -> bytes:
    return certificate_pdf(
        after, viewer_url="https://hosho.example.jp/open/1070000473", remark=REMARK, changes=differences(before, after)
    )


@pytest.mark.parametrize(("change", "mark"), [(Change.AMENDMENT, "変更"), (Change.CORRECTION, "訂正")])
def test_each_changed_field_is_told_before_and_after(change: Change, mark: str) -> None:
    after = changed(change, guaranteed_amount=200_000_000, guarantee_ends_on=date(2023, 5, 31), covered_price=None)
    for text in texts_of(drawn(after)):
        assert f"保証証書（前払金保証）（{mark}）" in text
        assert joined(f"{mark}内容（{mark}前 → {mark}後）") in text
        for each in differences(LEAFLET_ADVANCE, after):
            assert joined(f"{each.label}：{shown(each.before)} → {shown(each.after)}") in text


def test_everything_at_its_longest_still_is_one_page() -> None:
    before = replace(LEAFLET_ADVANCE, works_name=LONG, obligee_name=LONG[:40], principal_name=LONG[:40],
                     depositary_bank=LONG[:40])  # fmt: skip
    after = replace(
        before, version=2, change=Change.AMENDMENT, medium=Medium.PAPER, principal_name=f"新{LONG[:39]}",
        obligee_name=f"新{LONG[:39]}", guaranteed_amount=9_999_999_999_999, guarantee_ends_on=date(2099, 12, 31),
        completion_on=date(2099, 12, 30), works_name=f"新{LONG}", contract_price=9_999_999_999_998,
        covered_price=9_999_999_999_997, depositary_bank=f"新{LONG[:39]}",
    )  # fmt: skip
    assert len(differences(before, after)) == len(LABELS)
    pdf = drawn(after, before)
    assert len(read(pdf).pages) == 1
    for text in texts_of(pdf):
        for label in LABELS.values():
            assert joined(f"{label}：") in text


@given(st.text("工事道路", min_size=1, max_size=200), st.text("工事道路", min_size=1, max_size=200))
@example("工" * 200, "工" * 199 + "事")
@example("工" * 199, "工" * 200)
@example("工" * 32, "工" * 33)
def test_texts_that_differ_never_look_the_same_when_they_are_cut(before: str, after: str) -> None:
    shown_before, shown_after = _cut(before, after)
    assert (shown_before == shown_after) == (before == after)
    assert max(len(shown_before), len(shown_after)) <= CHANGE_LENGTH
