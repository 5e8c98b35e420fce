"""The leaflets' sample certificates, as applications that come out as they are printed there."""

from datetime import date, datetime

from denshi_hosho.core.certificate import HandlingBranch, Surety
from denshi_hosho.core.clock import JST
from denshi_hosho.core.form import Form
from denshi_hosho.core.vocabulary import GuaranteeKind, Medium, WorkType
from denshi_hosho.rules import Application

OBLIGEE = "example/kinki"
OBLIGEE_NAME = "支出負担行為担当官 近畿地方整備局長"
PRINCIPAL = "株式会社西日本保証建設 本町支店"
# The leaflet contradicts itself: its list shows 証書発行日 2022/01/28, its certificate 令和4年1月20日. The certificate is followed.
ISSUED_AT = datetime(2022, 1, 20, 10, tzinfo=JST)

WEST_JAPAN = Surety(
    name="西日本建設業保証株式会社",
    address="大阪市西区西船場二丁目1番2号",
    representative="取締役社長 眞田 一",
    # The leaflet's scan reads wjgs here; its first page names the same site as wjcs.
    terms_url="https://www.wjcs.net/",
)
TOKYO_BRANCH = HandlingBranch(
    name="東京支店",
    address="東京都中央区日本橋3丁目8番14号",
    tel="03-6848-2671",
    fax="0320-504133",
)

# The samples' numbers come first. How a surety divides its numbers is not known: these ranges are an example.
NUMBERS = {
    GuaranteeKind.ADVANCE_PAYMENT: (1_070_000_473, 1_070_099_999),
    GuaranteeKind.INTERIM_ADVANCE_PAYMENT: (1_070_100_000, 1_070_199_999),
    GuaranteeKind.PERFORMANCE: (1_070_200_236, 1_070_299_999),
    GuaranteeKind.BID: (1_070_300_000, 1_070_399_999),
}

# Both leaflets are silent on the day of the works contract; the example rule counts by it.
FACTS = Application(
    obligee=OBLIGEE,
    kind=GuaranteeKind.ADVANCE_PAYMENT,
    work_type=WorkType.CONSTRUCTION,
    contract_on=date(2022, 1, 14),
)


def advance_payment(surety_id: int) -> Form:
    """Return the application that becomes 1070000473."""
    return Form(
        surety_id=surety_id,
        kind=GuaranteeKind.ADVANCE_PAYMENT,
        obligee=OBLIGEE,
        obligee_name=OBLIGEE_NAME,
        delivery=Medium.ELECTRONIC,
        works_name="国道〇号線 道路改良工事 その1",
        contract_price=2_172_720_000,
        covered_price=616_296_000,
        guaranteed_amount=145_670_000,
        completion_on=date(2023, 3, 15),
        guarantee_ends_on=date(2023, 3, 15),
        depositary_bank="三菱UFJ銀行 東京支店",
        urgent=False,
    )


def performance(surety_id: int) -> Form:
    """Return the application that becomes 1070200236."""
    return Form(
        surety_id=surety_id,
        kind=GuaranteeKind.PERFORMANCE,
        obligee=OBLIGEE,
        obligee_name=OBLIGEE_NAME,
        delivery=Medium.ELECTRONIC,
        works_name="国道〇号線 道路改良工事 その1",
        contract_price=2_172_720_000,
        covered_price=None,
        guaranteed_amount=217_272_000,
        completion_on=date(2023, 3, 15),
        guarantee_ends_on=date(2023, 3, 15),
        depositary_bank=None,
        urgent=False,
    )
