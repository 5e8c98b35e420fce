"""A signed token in compact form (RFC 7515), read so strictly that one token has one spelling and one meaning."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

_PART = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Compact:
    """What an unverified token says: its header, its claims, and `signed`, the text that its signature covers."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: str


def read_compact(token: str, longest: int) -> Compact:
    """Return what `token` says, without believing it. Raise `ValueError` if it is none, or spelled in a second way.

    Refused are more than `longest` characters, padding, stray bits behind the last byte (base64 would decode two texts
    alike), a member that stands twice in an object, and numbers that are none.
    """
    if len(token) > longest:
        raise ValueError("too long")
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004  header, payload, signature
        raise ValueError("not three parts")
    header, claims, _signature = (_decoded(part) for part in parts)
    return Compact(_object(header), _object(claims), f"{parts[0]}.{parts[1]}")


def _decoded(part: str) -> bytes:
    if not _PART.fullmatch(part):
        raise ValueError("not base64url")
    try:
        content = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if base64.urlsafe_b64encode(content).decode().rstrip("=") != part:
        raise ValueError("another spelling of the same bytes")
    return content


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(content.decode(), object_pairs_hook=_members, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004  one exception for whatever is wrong
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
