"""Documents: how many certificates and key notices are drawn per second, one after the other."""

import itertools
import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from benchmarks.figures import Figure
from benchmarks.scale import Scale
from benchmarks.timing import repeated
from denshi_hosho.core.certificate import Certificate, KeyNotice
from denshi_hosho.core.documents import certificate_pdf, key_notice_pdf
from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium
from denshi_hosho.examples import leaflets

PART = "documents"
_FORM = leaflets.advance_payment(0)

CERTIFICATE = Certificate(
    number="1070000473", version=1, change=Change.ORIGINAL, kind=_FORM.kind, medium=Medium.ELECTRONIC,
    issued_on=date(2022, 1, 20), principal_name=leaflets.PRINCIPAL, obligee_name=_FORM.obligee_name,
    guaranteed_amount=_FORM.guaranteed_amount, guarantee_ends_on=_FORM.guarantee_ends_on,
    completion_on=_FORM.completion_on, works_name=_FORM.works_name, contract_price=_FORM.contract_price,
    covered_price=_FORM.covered_price, depositary_bank=_FORM.depositary_bank, surety=leaflets.WEST_JAPAN,
    branch=leaflets.TOKYO_BRANCH,
)  # fmt: skip
NOTICE = KeyNotice(
    kind=GuaranteeKind.ADVANCE_PAYMENT, number="1070000473", access_key="K5VL4+5QG_KJ", works_name=_FORM.works_name,
    obligee_name=_FORM.obligee_name, surety_name=leaflets.WEST_JAPAN.name,
)  # fmt: skip


def measure(scale: Scale) -> list[Figure]:
    """Return the figures of both documents, each sheet with another number."""
    numbers = (f"{number:010}" for number in itertools.count(1_070_000_473))
    return [
        _figure("certificate (保証証書)", scale, lambda: certificate_pdf(replace(CERTIFICATE, number=next(numbers)))),
        _figure(
            "key notice (認証キー等のお知らせ)",
            scale,
            lambda: key_notice_pdf(replace(NOTICE, number=next(numbers)), "https://hosho.example.jp/open"),
        ),
    ]


def _figure(what: str, scale: Scale, draw: Callable[[], bytes]) -> Figure:
    size = len(draw())
    rates = [1 / repeated(draw, 0)() for _ in range(scale.sheets)]
    return Figure(part=PART, what=f"{what} as PDF, {size / 1024:.0f} KiB", value=statistics.median(rates), unit="/s")
