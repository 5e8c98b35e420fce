import pytest

from denshi_hosho.core.vocabulary import Change, GuaranteeKind
from denshi_hosho.core.wording import NOTES, has_form, sentence, terms_name, title


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        (GuaranteeKind.ADVANCE_PAYMENT, Change.ORIGINAL, "保証証書（前払金保証）"),
        (GuaranteeKind.ADVANCE_PAYMENT, Change.AMENDMENT, "保証証書（前払金保証）（変更）"),
        (GuaranteeKind.PERFORMANCE, Change.CORRECTION, "保証証書（契約保証）（訂正）"),
        (GuaranteeKind.INTERIM_ADVANCE_PAYMENT, Change.ORIGINAL, "保証証書（中間前払金保証）"),
    ],
)
def test_the_title_names_kind_and_change(kind: GuaranteeKind, change: Change, expected: str) -> None:
    assert title(kind, change) == expected


def test_the_sentence_of_the_leaflet() -> None:
    assert sentence(GuaranteeKind.ADVANCE_PAYMENT) == (
        "当会社は、前払金保証約款に基づき上記のとおり前払金保証契約を締結し、その責に任じます。"
    )
    assert terms_name(GuaranteeKind.PERFORMANCE) == "保証約款"


def test_a_bid_bond_has_no_certificate_form() -> None:
    assert [kind for kind in GuaranteeKind if not has_form(kind)] == [GuaranteeKind.BID]
    assert sentence(GuaranteeKind.BID) is None
    assert terms_name(GuaranteeKind.BID) is None


def test_there_are_the_three_notes_of_the_leaflet() -> None:
    assert len(NOTES) == 3
