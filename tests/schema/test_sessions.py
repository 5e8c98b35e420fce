"""Sessions: sign in, continue, sign out, change the password; a stolen refresh token ends its session."""

from datetime import timedelta

import pytest

from denshi_hosho.cli.seeding import PASSWORD
from tests.client import Api, Json
from tests.conftest import Clock
from tests.schema.operations import MUTATIONS

pytestmark = pytest.mark.anyio
SIGN_IN, REFRESH, SIGN_OUT, CHANGE = (
    MUTATIONS[name] for name in ("signIn", "refreshSession", "signOut", "changePassword")
)


def refusal(answer: Json) -> tuple[str, list[str]]:
    assert answer["__typename"] == "Refused", answer
    (only,) = answer["refusals"]
    return only["code"], only["path"]


async def signed_in(api: Api, password: str = PASSWORD) -> Json:
    answer = await api.do(SIGN_IN, loginId="contractor", password=password)
    assert answer["__typename"] == "Session", answer
    return answer


async def test_wrong_passwords_and_unknown_ids_are_told_alike(api: Api) -> None:
    before = await api.rows()
    answers = [
        (await api.post(SIGN_IN, input={"loginId": login_id, "password": password})).content
        for login_id, password in (
            ("contractor", "wrong"), ("nobody", PASSWORD), ("", ""), ("contractor\u0000", PASSWORD), ("CONTRACTOR", PASSWORD),
            ("contractor", PASSWORD + "\u0000"), ("contractor", "x" * 100_000),
        )
    ]  # fmt: skip
    assert set(answers) == {answers[0]}
    answer = await api.do(SIGN_IN, loginId="contractor", password="wrong")
    assert refusal(answer) == ("SIGN_IN_FAILED", ["password"])
    assert await api.rows() == {**before, "throttle": 6}  # one source, and five login ids as typed


async def test_a_session_goes_on_and_a_used_token_ends_it(api: Api) -> None:
    first = await signed_in(api)
    second = await api.do(REFRESH, refreshToken=first["refreshToken"])
    assert second["viewer"] == {"role": "PRINCIPAL", "partyName": "株式会社西日本保証建設 本町支店"}
    seen = await api.bearing(second["accessToken"]).ask("{ viewer { role } }")
    assert seen == {"viewer": {"role": "PRINCIPAL"}}
    elsewhere = await signed_in(api)
    assert refusal(await api.do(REFRESH, refreshToken=first["refreshToken"])) == ("SESSION_ENDED", ["refreshToken"])
    assert refusal(await api.do(REFRESH, refreshToken=second["refreshToken"])) == ("SESSION_ENDED", ["refreshToken"])
    assert (await api.do(REFRESH, refreshToken=elsewhere["refreshToken"]))["__typename"] == "Session"


async def test_a_session_ends_after_fourteen_days_and_an_access_token_after_fifteen_minutes(
    api: Api, clock: Clock
) -> None:
    session = await signed_in(api)
    assert session["expiresAt"] == "2024-06-03T01:15:00+00:00"
    clock.now += timedelta(minutes=15)
    response = await api.bearing(session["accessToken"]).post("{ viewer { role } }")
    assert response.status_code == 401
    clock.now += timedelta(days=14) - timedelta(minutes=15, seconds=1)
    session = await api.do(REFRESH, refreshToken=session["refreshToken"])
    clock.now += timedelta(days=14)
    assert refusal(await api.do(REFRESH, refreshToken=session["refreshToken"])) == ("SESSION_ENDED", ["refreshToken"])


async def test_sign_out_ends_this_session_only(api: Api) -> None:
    one, two = await signed_in(api), await signed_in(api)
    for token in (one["refreshToken"], one["refreshToken"], "nobody's"):
        assert await api.do(SIGN_OUT, refreshToken=token) == {"__typename": "SignedOut", "ended": True}
    assert refusal(await api.do(REFRESH, refreshToken=one["refreshToken"])) == ("SESSION_ENDED", ["refreshToken"])
    assert (await api.do(REFRESH, refreshToken=two["refreshToken"]))["__typename"] == "Session"


async def test_change_of_password(api: Api) -> None:
    session = await signed_in(api)
    mine = api.bearing(session["accessToken"])
    before = await api.rows()
    for current, new, expected in (
        ("wrong", "a new password", ("PASSWORD_WRONG", ["currentPassword"])),
        (PASSWORD, "eleven char", ("PASSWORD_LENGTH", ["newPassword"])),
        (PASSWORD, "x" * 257, ("PASSWORD_LENGTH", ["newPassword"])),
    ):
        assert refusal(await mine.do(CHANGE, currentPassword=current, newPassword=new)) == expected
    assert await api.rows() == {**before, "throttle": 2}  # its source and the account
    changed = await mine.do(CHANGE, currentPassword=PASSWORD, newPassword="twelve chars")
    assert refusal(await api.do(SIGN_IN, loginId="contractor", password=PASSWORD))[0] == "SIGN_IN_FAILED"
    assert refusal(await api.do(REFRESH, refreshToken=session["refreshToken"]))[0] == "SESSION_ENDED"
    await signed_in(api, "twelve chars")
    assert (await api.do(REFRESH, refreshToken=changed["refreshToken"]))["__typename"] == "Session"
