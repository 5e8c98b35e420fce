"""Principals (保証契約者) for which an account acts, or which it sees: itself, branch offices (支店), joint ventures (JV)."""

import strawberry

from denshi_hosho.core.principals.reading import kind_of, relation_of
from denshi_hosho.schema.context import CoreObject, shown
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.paging import PageInfo
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.words import PrincipalKind, Relation


@reached(Reach.PRINCIPALS)
@strawberry.type(description="A principal (保証契約者) for which the account acts, or which it sees.")
class Principal(Node):
    is_type_of = staticmethod(shows("Principal"))

    name: str = strawberry.field(description="Its name, as certificates have it.")

    @strawberry.field(graphql_type=PrincipalKind, description="Company, branch office (支店) or joint venture (JV).")
    def kind(self) -> CoreObject:
        return kind_of(shown(self))


@reached(Reach.PRINCIPALS)
@strawberry.type(description="For whom an account may act, or whom it may only see.")
class Party:
    name: str = strawberry.field(description="Name of the principal.")
    acts: bool = strawberry.field(description="It acts for the principal; false: it only sees what belongs to it.")

    @strawberry.field(graphql_type=Principal, description="The principal; its id goes into `onBehalfOf`.")
    def principal(self) -> CoreObject:
        return self

    @strawberry.field(graphql_type=Relation, description="As what it acts or sees.")
    def relation(self) -> CoreObject:
        return relation_of(shown(self))


@reached(Reach.PRINCIPALS)
@strawberry.type(description="A party in a list.")
class PartyEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Party = strawberry.field(description="The party.")


@reached(Reach.PRINCIPALS)
@strawberry.type(description="A page of the principals for whom an account may act, or whom it may see.")
class PartyConnection:
    edges: list[PartyEdge] = strawberry.field(description="The parties with their cursors.")
    nodes: list[Party] = strawberry.field(description="The parties without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many there are.")
