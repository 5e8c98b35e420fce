"""Signatures after the Standard Webhooks specification: HMAC-SHA256 over id, time and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32  # 256 bit; the specification asks for 192 at least


def new_secret() -> bytes:
    """Return a new secret, from the system's source of randomness."""
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """Return the secret as its owner is shown it."""
    return PREFIX + base64.b64encode(secret).decode()


def message_id(entry_index: int) -> str:
    """Return the id of an event: the same at every attempt and every webhook, so that a receiver knows it again."""
    return f"evt_{entry_index}"


def headers(secret: bytes, message: str, body: bytes, now: datetime) -> Mapping[str, str]:
    """Return the three headers of an attempt at `now`."""
    timestamp = str(int(now.timestamp()))
    signed = b".".join((message.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}
