"""Deny by default: a schema in which a field or type does not say who may reach it is not built, and what it says is checked."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, GraphQLUnionType
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from denshi_hosho.core.errors import Refused
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.policy import ABOUT, POLICY, REACHED, About, Reach
from denshi_hosho.schema.refusals import refused


class PolicyMissing(TypeError):
    """A field or an object type does not say who may reach it."""


def reach_of(kind: GraphQLObjectType) -> Reach:
    """Return how objects of this type are reached. Raise `PolicyMissing`."""
    # Its own word alone: what a class inherits was said of another type.
    found = vars(_definition(kind).origin).get(REACHED)
    if not isinstance(found, Reach):
        raise PolicyMissing(f"{kind.name} does not say how its objects are reached: put @reached(Reach.…) on it")
    return found


def policy_of(kind: GraphQLObjectType, name: str) -> Policy:
    """Return who may ask for that field of that type. Raise `PolicyMissing`."""
    found = _metadata(kind, name).get(POLICY)
    if not isinstance(found, Policy):
        raise PolicyMissing(f"{kind.name}.{name} has no policy: give it metadata=may(Policy.…)")
    return found


def about_of(kind: GraphQLObjectType, name: str) -> About:
    """Return what that field of that type is about; it has a policy."""
    found = _metadata(kind, name)[ABOUT]
    if not isinstance(found, About):
        raise PolicyMissing(f"{kind.name}.{name} does not say what it is about")
    return found


def _metadata(kind: GraphQLObjectType, name: str) -> Mapping[Any, Any]:
    field: StrawberryField = kind.fields[name].extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    return field.metadata


def object_types(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    """Yield the object types of our own, by name."""
    for name, kind in sorted(schema.type_map.items()):
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            yield kind


def is_root(schema: GraphQLSchema, kind: GraphQLObjectType) -> bool:
    """Return whether `kind` is where operations begin."""
    return kind in {schema.query_type, schema.mutation_type, schema.subscription_type}


def guard(schema: GraphQLSchema) -> None:
    """Have every policy checked before its field's resolver runs. Raise `PolicyMissing` where one is missing.

    A field without a policy of its own, on a type that says how its objects are reached, costs nothing more.
    """
    for kind in object_types(schema):
        if is_root(schema, kind) or reach_of(kind) is Reach.GUARDED:
            for name, field in kind.fields.items():
                _wrap(field, policy_of(kind, name))


def _wrap(field: GraphQLField, policy: Policy) -> None:
    resolve = field.resolve
    if resolve is None or policy is Policy.OPEN:
        return
    # A field that can answer `Refused` does; another one's refusal stands in `errors`.
    answers = _can_refuse(field)

    def checked(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        try:
            policy.check(info.context.actor)
        except Refused as refusal:
            if answers:
                return refused(refusal)
            raise
        return resolve(source, info, **arguments)

    field.resolve = checked


def _can_refuse(field: GraphQLField) -> bool:
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return isinstance(kind, GraphQLUnionType) and any(each.name == "Refused" for each in kind.types)


def _definition(kind: GraphQLObjectType) -> StrawberryObjectDefinition:
    extensions: Mapping[str, Any] = kind.extensions
    found: StrawberryObjectDefinition = extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    return found
