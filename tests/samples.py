"""The leaflet's samples, as certificates and as a key notice: shared by the tests of all rooms."""

from dataclasses import replace
from datetime import date

from denshi_hosho.core.certificate import Certificate, KeyNotice
from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium
from denshi_hosho.examples.leaflets import TOKYO_BRANCH, WEST_JAPAN

LEAFLET_ADVANCE = Certificate(
    number="1070000473",
    version=1,
    change=Change.ORIGINAL,
    kind=GuaranteeKind.ADVANCE_PAYMENT,
    medium=Medium.ELECTRONIC,
    issued_on=date(2022, 1, 20),
    principal_name="株式会社西日本保証建設 本町支店",
    obligee_name="支出負担行為担当官 近畿地方整備局長",
    guaranteed_amount=145_670_000,
    guarantee_ends_on=date(2023, 3, 15),
    completion_on=date(2023, 3, 15),
    works_name="国道〇号線 道路改良工事 その1",
    contract_price=2_172_720_000,
    covered_price=616_296_000,
    depositary_bank="三菱UFJ銀行 東京支店",
    surety=WEST_JAPAN,
    branch=TOKYO_BRANCH,
)

LEAFLET_PERFORMANCE = replace(
    LEAFLET_ADVANCE,
    number="1070200236",
    kind=GuaranteeKind.PERFORMANCE,
    guaranteed_amount=217_272_000,
    covered_price=None,
    depositary_bank=None,
)

LEAFLET_NOTICE = KeyNotice(
    kind=GuaranteeKind.ADVANCE_PAYMENT,
    number="1070000473",
    access_key="K5VL4+5QG_KJ",
    works_name="国道〇号線 道路改良工事 その1",
    obligee_name="支出負担行為担当官 近畿地方整備局長",
    surety_name="西日本建設業保証株式会社",
)
