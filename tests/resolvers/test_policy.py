import pytest

from denshi_hosho.core.errors import Refused, SettingsError
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import acting_for, signed_in

PRINCIPAL = Actor(1, Role.PRINCIPAL, 2, None)
SURETY = Actor(3, Role.SURETY, None, 4)


def test_nobody_is_refused() -> None:
    for check in (signed_in, lambda actor: acting_for(actor, Role.SURETY)):
        with pytest.raises(Refused, match="NOT_SIGNED_IN"):
            check(None)


def test_each_role_does_its_own() -> None:
    assert signed_in(PRINCIPAL) is PRINCIPAL
    assert acting_for(PRINCIPAL, Role.PRINCIPAL) is PRINCIPAL
    assert acting_for(SURETY, Role.SURETY) is SURETY
    for actor, role in ((PRINCIPAL, Role.SURETY), (SURETY, Role.PRINCIPAL)):
        with pytest.raises(Refused) as caught:
            acting_for(actor, role)
        (refusal,) = caught.value.refusals
        assert refusal.code == "NOT_ALLOWED"
        assert role.ja in refusal.ja


def test_no_platform_is_built_with_secrets_that_nobody_chose() -> None:
    with pytest.raises(SettingsError, match="HOSHO_TOKEN_SECRETS"):
        Platform.build(Settings())
