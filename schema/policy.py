"""What every field and type says of who may reach it: a policy for an operation, and for a type how its objects are reached."""

from collections.abc import Callable
from enum import Enum
from typing import Final, TypeVar

from denshi_hosho.resolvers.policy import Policy

POLICY: Final = "policy"
ABOUT: Final = "about"
REACHED: Final = "__hosho_reached__"
T = TypeVar("T", bound=type)


class Reach(Enum):
    """How the objects of a type are reached, and whose they are."""

    GUARDED = "each of its fields has a policy of its own", "the signed-in account's"
    OWN = (
        "through rows of the signed-in party: of principals that it sees, made to it as surety, handed in to it as obligee",
        "the party's",
    )
    PRINCIPALS = "by the principal, through rows of principals for which it acts or which it sees", "the principal's"
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


class About(Enum):
    """What an operation is about."""

    PUBLIC = "public facts", "public facts"
    KEY = "what number and key open", "what number and key open"
    ACCOUNT = "one's own account", "one's own account"
    ROWS = "rows that it sees", "rows that it may change"

    def __init__(self, asked: str, changed: str) -> None:
        self.asked = asked
        self.changed = changed


def may(policy: Policy, about: About | None = None) -> dict[str, object]:
    """Return the metadata of a field that only those of `policy` may ask for.

    `about` is public facts if left out and it is open to anybody, and otherwise rows that are seen or may be changed.
    """
    return {POLICY: policy, ABOUT: about or (About.PUBLIC if policy is Policy.OPEN else About.ROWS)}


def reached(reach: Reach) -> Callable[[T], T]:
    """Return a decorator by which an object type says how its objects are reached."""

    def mark(kind: T) -> T:
        setattr(kind, REACHED, reach)
        return kind

    return mark
