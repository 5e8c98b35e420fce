"""Who may ask: every operation has a policy, and every mutation for signed-in people asks again for the role it needs."""

from enum import Enum

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role

NOT_SIGNED_IN = Refusal("NOT_SIGNED_IN", "ログインしてください。", "Sign in first.")


class Policy(Enum):
    """Who may use an operation. Whose rows it then sees stands in the WHERE clause of its statements."""

    OPEN = frozenset[Role]()  # anybody
    SIGNED_IN = frozenset(Role)
    PRINCIPAL = frozenset({Role.PRINCIPAL})
    SURETY = frozenset({Role.SURETY})
    OBLIGEE = frozenset({Role.OBLIGEE})
    CLAIMANTS = frozenset({Role.SURETY, Role.OBLIGEE})
    PARTIES = frozenset({Role.PRINCIPAL, Role.SURETY})  # those who made the contract of guarantee

    def check(self, actor: Actor | None) -> None:
        """Raise `Refused` unless `actor` may use an operation with this policy."""
        if self is Policy.OPEN:
            return
        who = signed_in(actor)
        if who.role not in self.value:
            raise Refused(_not_allowed(*(role for role in Role if role in self.value)))


def signed_in(actor: Actor | None) -> Actor:
    """Return the actor. Raise `Refused` if nobody is signed in."""
    if actor is None:
        raise Refused(NOT_SIGNED_IN)
    return actor


def acting_for(actor: Actor | None, role: Role) -> Actor:
    """Return the actor. Raise `Refused` unless it acts for a party of this `role`."""
    actor = signed_in(actor)
    if actor.role is not role:
        raise Refused(_not_allowed(role))
    return actor


def _not_allowed(*roles: Role) -> Refusal:
    names = " or ".join(f"{'an' if role is Role.OBLIGEE else 'a'} {role.lower()}" for role in roles)
    return Refusal(
        "NOT_ALLOWED",
        f"この操作は{'・'.join(role.ja for role in roles)}のアカウントだけができます。",
        f"Only an account of {names} can do this.",
    )
