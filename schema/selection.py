"""Which columns a query needs: read from the parsed document with the executor's own rules, so that nothing else is read."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

from graphql import GraphQLObjectType, GraphQLResolveInfo, get_named_type
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues
from strawberry import Info
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

NEEDS = "needs"
SAME_ROW = "same_row"


def needs(*columns: str) -> dict[str, object]:
    """Return the metadata of a field that is made from these columns of its row (default: the one of its own name)."""
    return {NEEDS: columns}


def same_row() -> dict[str, object]:
    """Return the metadata of a field whose object is read from the same row as its parent."""
    return {SAME_ROW: True}


def wanted(info: Info[Any, Any], *path: str, on: str | None = None) -> frozenset[str]:
    """Return the names of the columns that the selection at `path` (GraphQL names) below this field needs.

    `on` is the type to assume where the field's own type is a union or an interface.
    """
    raw = info._raw_info
    details = [FieldDetails(node, None) for node in raw.field_nodes]
    parent = raw.schema.type_map[on] if on else get_named_type(raw.return_type)
    for name in path:
        groups = _groups(raw, parent, details)
        details = [each for group in groups if group[0].node.name.value == name for each in group]
        parent = get_named_type(_object(parent).fields[name].type)
    return frozenset(_columns(raw, parent, details))


def _object(parent: Any) -> GraphQLObjectType:
    if not isinstance(parent, GraphQLObjectType):
        raise TypeError(f"{parent} is abstract: say `on` which type the selection is read")
    return parent


def _groups(raw: GraphQLResolveInfo[Any], parent: Any, details: list[FieldDetails]) -> list[list[FieldDetails]]:
    fragments = {name: FragmentDetails(definition) for name, definition in raw.fragments.items()}
    # Strawberry hands resolvers the coerced values alone.
    variables = VariableValues({}, cast("dict[str, Any]", raw.variable_values))
    collected = collect_subfields(raw.schema, fragments, variables, raw.operation, _object(parent), details)
    return list(collected.grouped_field_set.values())


def _columns(raw: GraphQLResolveInfo[Any], parent: Any, details: list[FieldDetails]) -> Iterable[str]:
    fields = _fields(_object(parent))
    for group in _groups(raw, parent, details):
        name = group[0].node.name.value
        field = fields.get(name)
        if field is None:  # __typename
            continue
        if field.metadata.get(SAME_ROW):
            yield from _columns(raw, get_named_type(_object(parent).fields[name].type), group)
        else:
            yield from field.metadata.get(NEEDS, (field.python_name,))


@lru_cache(maxsize=256)
def _fields(parent: GraphQLObjectType) -> Mapping[str, StrawberryField]:
    definition = parent.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    by_python_name = {field.python_name: field for field in definition.fields}
    names = {name: each.extensions[GraphQLCoreConverter.DEFINITION_BACKREF] for name, each in parent.fields.items()}
    return {name: by_python_name[field.python_name] for name, field in names.items()}
