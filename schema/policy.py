"""What every field and type says of who may reach it: a policy for an operation, and for a type how its objects are reached."""

from collections.abc import Callable
from enum import Enum
from typing import Final, TypeVar

from denshi_hosho.resolvers.policy import Policy

POLICY: Final = "policy"
REACHED: Final = "__hosho_reached__"
T = TypeVar("T", bound=type)


class Reach(Enum):
    """How the objects of a type are reached, and whose they are."""

    GUARDED = "each of its fields has a policy of its own", "the signed-in account's"
    OWN = "through rows of the signed-in party: its own as principal, those made to it as surety", "the party's"
    PRINCIPALS = "by the principal, through its own rows", "the principal's"
    BY_KEY = (
        "by guarantee number and access key, or through the party's own guarantees",
        "whoever's the key is, and the party's",
    )
    OPEN = "by anybody", "nobody's: public facts"
    ANSWER = "as the answer of an operation, to whom its policy lets ask", "the asker's"
    PART = "as a part of the object that holds it", "as that object"

    def __init__(self, how: str, whose: str) -> None:
        self.how = how
        self.whose = whose


def may(policy: Policy) -> dict[str, object]:
    """Return the metadata of a field that only those of `policy` may ask for."""
    return {POLICY: policy}


def reached(reach: Reach) -> Callable[[T], T]:
    """Return a decorator by which an object type says how its objects are reached."""

    def mark(kind: T) -> T:
        setattr(kind, REACHED, reach)
        return kind

    return mark
