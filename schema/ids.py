"""Global ids: opaque to clients, unique over all types, and checked for their type when they come back."""

import base64
import binascii

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.global_id import global_id

__all__ = ["IdMalformed", "global_id", "row_id", "split_id"]

_DIGITS = 18  # of a 63-bit integer, all lengths of which are safe


class IdMalformed(HoshoError):
    """What was given as a global id is none, or one of another type."""

    code = "ID_MALFORMED"


def split_id(text: str) -> tuple[str, str]:
    """Return type name and own id. Raise `IdMalformed`."""
    try:
        typename, colon, local = base64.urlsafe_b64decode(text).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise _malformed() from error
    if not (typename and colon and local):
        raise _malformed()
    return typename, local


def row_id(text: str, typename: str) -> int:
    """Return the number of the row that a global id of `typename` stands for. Raise `IdMalformed`."""
    found, local = split_id(text)
    if found != typename or not local.isascii() or not local.isdigit() or len(local) > _DIGITS:
        raise IdMalformed(f"{typename} のIDではありません。", f"This is not the id of a {typename}.")
    return int(local)


def _malformed() -> IdMalformed:
    return IdMalformed("IDの形が正しくありません。", "This is not an id that the API gave out.")
