"""Signatures are those of the Standard Webhooks specification: its own example, and a verification written from it."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.webhooks.signing import SECRET_BYTES, headers, message_id, new_secret, shown
from tests.receiving import Forged, verify

NOW = datetime(2024, 6, 3, 1, tzinfo=UTC)


def test_the_reference_librarys_own_example_is_met() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    assert headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', at) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_has_256_bits_and_is_shown_as_the_specification_says() -> None:
    secret = new_secret()
    assert len(secret) == SECRET_BYTES == 32
    assert secret != new_secret()
    assert base64.b64decode(shown(secret).removeprefix("whsec_"), validate=True) == secret


@given(st.binary(min_size=32, max_size=32), st.integers(0, 10**15), st.text())
def test_what_is_signed_verifies_and_nothing_else_does(secret: bytes, index: int, text: str) -> None:
    body = json.dumps({"text": text}).encode()
    signed, now = dict(headers(secret, message_id(index), body, NOW)), int(NOW.timestamp())
    verify(shown(secret), signed, body, now)
    for changed in (
        {"webhook-id": message_id(index + 1)},
        {"webhook-timestamp": str(now + 1)},
        {"webhook-signature": signed["webhook-signature"].replace("v1,", "v2,")},
    ):
        with pytest.raises(Forged):
            verify(shown(secret), signed | changed, body, now)
    with pytest.raises(Forged):
        verify(shown(secret), signed, body + b" ", now)
    with pytest.raises(Forged):
        verify(shown(bytes(each ^ 1 for each in secret)), signed, body, now)
    with pytest.raises(Forged):
        verify(shown(secret), signed, body, int((NOW + timedelta(minutes=6)).timestamp()))
