"""The audit log (監査ログ) as GraphQL types: checkpoint and proofs for everybody, the trail for the parties."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from denshi_hosho.core.trail import TrailSearch, who
from denshi_hosho.resolvers import auditing
from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.paging import PageInfo
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.scalars import GuaranteeNumber
from denshi_hosho.schema.selection import needs
from denshi_hosho.schema.words import AuditEvent, Role


@reached(Reach.OPEN)
@strawberry.type(
    description="The audit log (監査ログ): a Merkle tree (RFC 6962) of all that happened here. Compare its checkpoint with one "
    "from an old mail or key notice: consistencyProof shows that nothing was rewritten between them."
)
class AuditLog:
    origin: str = strawberry.field(description="The log's name.")
    size: int = strawberry.field(description="How many entries it has (件数).")
    checkpoint: str = strawberry.field(description="Name, size and root hash, signed (C2SP tlog-checkpoint).")
    verifier_keys: list[str] = strawberry.field(
        description="The keys by which checkpoints are verified (C2SP signed-note): that which signs now, then older ones."
    )

    @strawberry.field(
        description="The hashes (base64) that prove that the log of `first` entries is the beginning of that of `second` "
        "(RFC 6962, 2.1.2)."
    )
    async def consistency_proof(
        self, info: Request,
        first: Annotated[int, strawberry.argument(description="Size of the older checkpoint.")],
        second: Annotated[int, strawberry.argument(description="Size of the newer checkpoint.")],
    ) -> list[str]:  # fmt: skip
        return await auditing.consistency_proof(info.context.platform, first, second)


@reached(Reach.OWN)
@strawberry.type(
    description="The proof that the conclusion of a guarantee stands in the audit log, for whoever may see its certificate. "
    "tools/verify_log_proof.py checks it without this platform."
)
class LogProof:
    record: str = strawberry.field(description="The entry itself, canonical JSON: the leaf of the tree, byte for byte.")
    index: int = strawberry.field(description="Its place in the log, from 0.")
    size: int = strawberry.field(description="How many entries the log has.")
    path: list[str] = strawberry.field(description="The sibling hashes from the leaf up, base64 (RFC 6962, 2.1.1).")
    checkpoint: str = strawberry.field(description="The signed checkpoint that the path leads to.")
    proof: str = strawberry.field(description="Index, path and checkpoint as one file (C2SP tlog-proof).")


@strawberry.input(description="What to look for in the audit log; what is left out is not looked at.")
class AuditSearchInput:
    events: list[AuditEvent] = strawberry.field(default_factory=list, description="Only these; all if empty.")
    number: GuaranteeNumber | None = strawberry.field(default=None, description="Guarantee number (保証契約番号).")
    from_on: date | None = strawberry.field(default=None, description="From this day in Japan on.")
    to_on: date | None = strawberry.field(default=None, description="Until this day in Japan, which is counted.")
    account_login_id: str | None = strawberry.field(
        default=None, description="What this account of one's own party did."
    )

    def look(self) -> TrailSearch:
        """Return it as the core takes it."""
        return TrailSearch(
            events=self.events, number=self.number, from_on=self.from_on, to_on=self.to_on,
            login_id=self.account_login_id,
        )  # fmt: skip


@reached(Reach.OWN)
@strawberry.type(description="An entry of the audit log: who did what, and when.")
class AuditRecord:
    index: int = strawberry.field(description="Its place in the log, from 0.")
    at: datetime = strawberry.field(description="When.")
    role: Role | None = strawberry.field(
        description="For whom the account acts; null: whoever held number and key (番号と認証キーの所持者), or the platform itself "
        "(発行システム)."
    )
    login_id: str | None = strawberry.field(
        description="Login id of the account, if it is of one's own party; another party's accounts are not told apart."
    )
    number: GuaranteeNumber | None = strawberry.field(
        description="Number of the guarantee that it is about; null: of an application that had none yet."
    )
    record: str = strawberry.field(description="The entry itself, canonical JSON, as the log's tree holds it.")

    @strawberry.field(graphql_type=AuditEvent, description="What happened.", metadata=needs("event"))
    def event(self) -> CoreObject:
        return AuditEvent(shown(self).event)

    @strawberry.field(
        description="Who did it, in Japanese: a login id, a party's name, 番号と認証キーの所持者 or 発行システム.",
        metadata=needs("event", "role", "login_id", "party_name"),
    )
    def who(self) -> str:
        return who(shown(self))


@reached(Reach.OWN)
@strawberry.type(description="An entry of the audit log in a list.")
class AuditRecordEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: AuditRecord = strawberry.field(description="The entry.")


@reached(Reach.OWN)
@strawberry.type(description="A page of the audit log, the newest first.")
class AuditRecordConnection:
    edges: list[AuditRecordEdge] = strawberry.field(description="The entries with their cursors.")
    nodes: list[AuditRecord] = strawberry.field(description="The entries without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many entries were found.")
