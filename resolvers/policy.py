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

    def check(self, actor: Actor | None) -> None:
        """Raise `Refused` unless `actor` may use an operation with this policy."""
        if self is Policy.OPEN:
            return
        who = signed_in(actor)
        if who.role not in self.value:
            (role,) = self.value
            raise Refused(_not_allowed(role))


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


def _not_allowed(role: Role) -> Refusal:
    return Refusal(
        "NOT_ALLOWED",
        f"この操作は{role.ja}のアカウントだけができます。",
        f"Only an account of a {role.lower()} can do this.",
    )
