"""A certificate against its works contract: exact at the yen and the day, unknown where nothing was told."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.inbox.comparison import Comparison, Contract, Guaranteed, compared
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.vocabulary import Agreement, ComparedPoint, ContractMatch, GuaranteeKind, RejectionCode

DAY = date(2025, 3, 15)
SAID = Guaranteed(
    kind=GuaranteeKind.PERFORMANCE, works_name="国道〇号線 道路改良工事 その1", principal_name="株式会社西日本保証建設",
    obligee_name="近畿地方整備局長", contract_price=2_172_720_000, guaranteed_amount=217_272_000, ends_on=DAY,
)  # fmt: skip
CONTRACT = Contract(
    works_name="国道〇号線　道路改良工事　その１", principal_name="株式会社西日本保証建設", obligee_name="近畿地方整備局長",
    contract_price=2_172_720_000, completion_on=DAY,
)  # fmt: skip
YEN = st.integers(1, MAX_YEN)


def found(said: Guaranteed, contract: Contract) -> dict[ComparedPoint, Agreement]:
    return {each.point: each.agreement for each in _compared(said, contract).findings}


def _compared(said: Guaranteed, contract: Contract) -> Comparison:
    return compared(said, contract, ContractMatch.TOLD)


def test_the_leaflet_s_performance_guarantee_is_exactly_a_tenth() -> None:
    assert _compared(SAID, CONTRACT).agreement is Agreement.AGREES
    short = _compared(replace(SAID, guaranteed_amount=217_271_999), CONTRACT)
    (differs,) = [each for each in short.findings if each.agreement is Agreement.DIFFERS]
    assert (differs.code, differs.rejection) == ("GUARANTEED_RATIO_DIFFERS", RejectionCode.AMOUNT_TOO_SMALL)
    assert (differs.on_certificate, differs.in_contract) == ("217271999", "217272000")
    assert short.agreement is Agreement.DIFFERS


@given(YEN, YEN, st.none() | st.integers(1, 100))
def test_the_ratio_is_exact(price: int, amount: int, percent: int | None) -> None:
    said = replace(SAID, contract_price=price, guaranteed_amount=amount)
    contract = replace(CONTRACT, contract_price=price, performance_percent=percent)
    enough = amount >= price * Fraction(10 if percent is None else percent, 100)
    findings = {each.point: each for each in _compared(said, contract).findings}
    ratio = findings[ComparedPoint.GUARANTEED_RATIO]
    assert (ratio.agreement is Agreement.AGREES) == enough
    least = int(ratio.in_contract or "")
    assert found(replace(said, guaranteed_amount=least), contract)[ComparedPoint.GUARANTEED_RATIO] is Agreement.AGREES
    assert (
        found(replace(said, guaranteed_amount=least - 1), contract)[ComparedPoint.GUARANTEED_RATIO] is Agreement.DIFFERS
    )


@pytest.mark.parametrize("kind", [GuaranteeKind.ADVANCE_PAYMENT, GuaranteeKind.INTERIM_ADVANCE_PAYMENT])
def test_an_advance_is_covered_or_not_or_unknown(kind: GuaranteeKind) -> None:
    said = replace(SAID, kind=kind, guaranteed_amount=100)
    point = ComparedPoint.ADVANCE_AMOUNT
    for advance, agreement in ((None, "UNKNOWN"), (100, "AGREES"), (99, "AGREES"), (101, "DIFFERS")):
        points = found(said, replace(CONTRACT, advance_amount=advance))
        assert (points[point], ComparedPoint.GUARANTEED_RATIO in points) == (agreement, False)
    assert ComparedPoint.ADVANCE_AMOUNT not in found(SAID, CONTRACT)


def test_the_guarantee_must_last_until_the_works_end() -> None:
    for end, agreement in ((None, "UNKNOWN"), (DAY, "AGREES"), (DAY + timedelta(1), "DIFFERS")):
        assert found(SAID, replace(CONTRACT, completion_on=end))[ComparedPoint.TERM] == agreement


@pytest.mark.parametrize(
    ("change", "point", "rejection"),
    [
        ({"works_name": "別の工事"}, "WORKS_NAME", "WRONG_WORKS"),
        ({"principal_name": "別会社"}, "PRINCIPAL_NAME", "NAMES_DIFFER"),
        ({"obligee_name": "松江市"}, "OBLIGEE_NAME", "WRONG_OBLIGEE"),
        ({"contract_price": 2_172_719_999}, "CONTRACT_PRICE", "PRICE_DIFFERS"),
    ],
)
def test_each_point_that_differs_names_its_code(change: dict[str, Any], point: str, rejection: str) -> None:
    differs = [each for each in _compared(SAID, replace(CONTRACT, **change)).findings if each.agreement == "DIFFERS"]
    assert [(each.point, each.rejection) for each in differs] == [(point, rejection)]
    assert all(each.ja and each.en for each in differs)


def test_without_a_contract_nothing_is_known_and_an_untold_name_is_unknown() -> None:
    nothing = compared(SAID, None, ContractMatch.NOT_MATCHED)
    assert (nothing.agreement, nothing.findings) == (Agreement.UNKNOWN, ())
    assert _compared(SAID, replace(CONTRACT, obligee_name=None)).agreement is Agreement.UNKNOWN
