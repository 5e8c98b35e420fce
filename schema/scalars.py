"""Scalars of the domain: yen, guarantee numbers and access keys are checked where they enter."""

from collections.abc import Mapping
from datetime import date
from typing import NewType, NoReturn

import strawberry
from strawberry.types.scalar import ScalarDefinition

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.numbers import parse_number

Yen = NewType("Yen", int)
GuaranteeNumber = NewType("GuaranteeNumber", str)
AccessKey = NewType("AccessKey", str)

SAFE_INTEGER = 2**53 - 1  # what a JavaScript client can hold
MAX_TYPED_KEY = 64


class ScalarMalformed(HoshoError):
    """A value is not of its scalar's form."""

    code = "SCALAR_MALFORMED"


def _yen(value: object) -> Yen:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > SAFE_INTEGER:
        raise ScalarMalformed("金額は円単位の整数で指定してください。", "An amount is a whole number of yen.")
    return Yen(value)


def _number(value: object) -> GuaranteeNumber:
    if not isinstance(value, str):
        raise ScalarMalformed(
            "保証契約番号は文字列で指定してください。", "A guarantee number is a string of ten digits."
        )
    return GuaranteeNumber(parse_number(value))


def _key(value: object) -> AccessKey:
    # Only what cannot be a key in any spelling is refused here: what is wrong with a key is told to nobody.
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_TYPED_KEY:
        raise ScalarMalformed(f"認証キーは1文字以上{MAX_TYPED_KEY}文字以内の文字列で指定してください。",
                              f"An access key is a string of 1 to {MAX_TYPED_KEY} characters.")  # fmt: skip
    return AccessKey(value)


def _date(value: object) -> date:
    try:
        return (
            date.fromisoformat(str(value)) if isinstance(value, str) and len(value) == len("2024-06-01") else _no_date()
        )
    except ValueError:
        return _no_date()


def _no_date() -> NoReturn:
    raise ScalarMalformed("日付は 2024-06-01 の形で指定してください。", "A day is written like 2024-06-01.")


SCALARS: Mapping[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date", parse_value=_date, serialize=date.isoformat,
        description="A day in Japan (日付), such as 2024-06-01.",
    ),
    Yen: strawberry.scalar(
        name="Yen", parse_value=_yen, serialize=int,
        description="An amount of money in whole yen (円), a JSON integer; amounts up to 10,000,000,000,000 occur.",
    ),
    GuaranteeNumber: strawberry.scalar(
        name="GuaranteeNumber", parse_value=_number, serialize=str,
        description="The number of a guarantee (保証契約番号): ten digits, no meaning in them. Full-width digits, spaces and "
        "hyphens are accepted.",
    ),
    AccessKey: strawberry.scalar(
        name="AccessKey", parse_value=_key, serialize=str,
        description="The key that opens one guarantee's certificate (認証キー), together with its number. Full-width and "
        "lower-case letters, spaces and hyphens are accepted. Send it in a variable, never in the query text.",
    ),
}  # fmt: skip
