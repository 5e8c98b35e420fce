"""Who may ask: every mutation for signed-in people names the role that it needs."""

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role

NOT_SIGNED_IN = Refusal("NOT_SIGNED_IN", "ログインしてください。", "Sign in first.")


def signed_in(actor: Actor | None) -> Actor:
    """Return the actor. Raise `Refused` if nobody is signed in."""
    if actor is None:
        raise Refused(NOT_SIGNED_IN)
    return actor


def acting_for(actor: Actor | None, role: Role) -> Actor:
    """Return the actor. Raise `Refused` unless it acts for a party of this `role`."""
    actor = signed_in(actor)
    if actor.role is not role:
        raise Refused(
            Refusal(
                "NOT_ALLOWED",
                f"この操作は{role.ja}のアカウントだけができます。",
                f"Only an account of a {role.lower()} can do this.",
            )
        )
    return actor
