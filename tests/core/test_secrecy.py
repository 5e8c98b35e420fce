"""What holds a secret does not show it when it is printed, logged or raised."""

from pathlib import Path

from denshi_hosho.core.accounts import SignedIn
from denshi_hosho.core.certificate import KeyNotice
from denshi_hosho.core.keys import Revealed
from denshi_hosho.core.parties import NewAccount
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tokens import Actor, Tokens
from denshi_hosho.core.vault import Vault
from denshi_hosho.core.vocabulary import GuaranteeKind, Role
from denshi_hosho.resolvers.documents import Shown

SECRET = "K5VL4+5QG_KJ-is-secret"
NOTICE = KeyNotice(
    kind=GuaranteeKind.PERFORMANCE, number="1070200236", access_key=SECRET, works_name="工事", obligee_name="松江市",
    surety_name="保証",
)  # fmt: skip
THIRTY_TWO = SECRET.encode().ljust(32, b".")
HOLDERS = (
    NOTICE,
    Revealed(NOTICE, 1),
    Shown(1, NOTICE, f"https://hosho.example.jp/documents/{SECRET}", "checkpoint"),
    SignedIn(Actor(1, Role.PRINCIPAL, 1, None), SECRET),
    NewAccount(login_id="a", password=SECRET, role=Role.PRINCIPAL, party_id=1, email="a@example.jp"),
    Settings(
        database_url=f"postgresql://hosho:{SECRET}@db/hosho", token_secrets={"k": THIRTY_TWO},
        seal_secrets={"k": THIRTY_TWO}, pepper_secrets={"k": THIRTY_TWO},
        signing_secrets={"k": THIRTY_TWO}, log_secrets={"k": THIRTY_TWO}, smtp_url=f"smtp://a:{SECRET}@mail",
        mail_folder=Path("mail"),
    ),
    Vault({"k": THIRTY_TWO}, {"k": THIRTY_TWO}),
    Tokens({"k": THIRTY_TWO}, "http://hosho.test"),
)  # fmt: skip


def test_no_holder_of_a_secret_shows_it() -> None:
    for holder in HOLDERS:
        for shown in (repr(holder), str(holder), f"{holder}", repr([holder])):
            assert SECRET not in shown, type(holder).__name__
