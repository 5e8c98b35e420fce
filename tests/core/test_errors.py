from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from denshi_hosho.core.errors import HoshoError, Refusal, Refused, SealBroken, SettingsError, TokenInvalid, at, under

ONE = Refusal("ONE", "一", "one", ("amount",), ("source",))
TWO = Refusal("TWO", "二", "two")


def test_under_puts_its_prefix_before_every_path_and_keeps_the_rest() -> None:
    decision = object()
    with pytest.raises(Refused) as caught, under("input"), under("application", "facts"):
        raise Refused(ONE, TWO, decision=decision)
    first, second = caught.value.refusals
    assert first == Refusal("ONE", "一", "one", ("input", "application", "facts", "amount"), ("source",))
    assert second == Refusal("TWO", "二", "two", ("input", "application", "facts"))
    assert caught.value.decision is decision


def test_at_gives_every_refusal_one_path() -> None:
    decision = object()
    with pytest.raises(Refused) as caught, at("application_id"):
        raise Refused(ONE, TWO, decision=decision)
    assert [refusal.path for refusal in caught.value.refusals] == [("application_id",)] * 2
    assert caught.value.decision is decision


@pytest.mark.parametrize("around", [under, at])
def test_another_exception_passes_unchanged(around: Callable[..., AbstractContextManager[None]]) -> None:
    error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError) as caught, around("x"):
        raise error
    assert caught.value is error


def test_refused_names_its_codes() -> None:
    assert str(Refused(ONE, TWO)) == "ONE, TWO"


def test_every_error_has_a_code_of_its_own_and_both_languages() -> None:
    errors = [kind("何", "what") for kind in (HoshoError, SettingsError, TokenInvalid, SealBroken)]
    assert [error.code for error in errors] == ["INTERNAL", "SETTINGS", "TOKEN_INVALID", "SEAL_BROKEN"]
    assert [(error.ja, error.en, str(error)) for error in errors] == [
        ("何", "what", f"{code}: what") for code in ("INTERNAL", "SETTINGS", "TOKEN_INVALID", "SEAL_BROKEN")
    ]
