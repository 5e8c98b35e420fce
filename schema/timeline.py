"""The timeline (経過) of a guarantee as GraphQL types."""

from datetime import date, datetime

import strawberry

from denshi_hosho.schema.context import shown
from denshi_hosho.schema.paging import PageInfo
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.words import AuditEvent


@reached(Reach.OWN)
@strawberry.type(description="Something that happened to a guarantee (経過), from its application on.")
class TimelineEntry:
    event: AuditEvent = strawberry.field(
        description="What happened, by the name that the audit log (監査ログ) has for it."
    )
    at: datetime = strawberry.field(description="When.")
    note: str | None = strawberry.field(
        description="What was said with it; null: nothing, or it is not the asker's to read."
    )
    who: str = strawberry.field(
        description="Who did it: a login id of one's own party, another party's name with its role, 番号と認証キーの所持者 or "
        "発行システム."
    )
    day: date | None = strawberry.field(
        description="The day that it is about: of completion (完成日), cancellation (解約日), default, payment (支払日), or the "
        "guarantee's last day that has passed (保証期間の末日)."
    )
    version: int | None = strawberry.field(description="Which version of the certificate it is about, if one.")
    amount: Yen | None = strawberry.field(description="How many yen it is about, if any.")

    @strawberry.field(description="What happened, in Japanese.")
    def ja(self) -> str:
        return str(shown(self).event.ja)


@reached(Reach.OWN)
@strawberry.type(description="An entry of a timeline in a list.")
class TimelineEntryEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: TimelineEntry = strawberry.field(description="The entry.")


@reached(Reach.OWN)
@strawberry.type(description="A page of a timeline (経過), the first first.")
class TimelineEntryConnection:
    edges: list[TimelineEntryEdge] = strawberry.field(description="The entries with their cursors.")
    nodes: list[TimelineEntry] = strawberry.field(description="The entries without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many entries there are.")
