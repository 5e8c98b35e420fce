"""The GraphQL schema: its roots, its scalars, and how refusals become data."""

from strawberry.schema.config import StrawberryConfig

from denshi_hosho.schema.applications import GuaranteeApplication
from denshi_hosho.schema.errors import QuietSchema
from denshi_hosho.schema.extensions import extensions
from denshi_hosho.schema.guarantees import Guarantee
from denshi_hosho.schema.guard import guard
from denshi_hosho.schema.mutation import Mutation
from denshi_hosho.schema.query import Branch, Query, Surety
from denshi_hosho.schema.refusals import RefusedHandler
from denshi_hosho.schema.scalars import SCALARS
from denshi_hosho.schema.submissions import Submission


def build_schema(*, development: bool = False) -> QuietSchema:
    """Return the schema; introspection is on in development only. Raise `PolicyMissing` if a field has no policy."""
    schema = QuietSchema(
        query=Query,
        mutation=Mutation,
        types=[Guarantee, GuaranteeApplication, Submission, Surety, Branch],
        extensions=extensions(development=development),
        exception_handlers=[RefusedHandler()],
        config=StrawberryConfig(scalar_map=dict(SCALARS), disable_field_suggestions=not development),
    )
    guard(schema.graphql)
    return schema
