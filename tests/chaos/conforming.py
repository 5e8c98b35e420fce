"""Whether an answer is what its operation asked for, by the schema alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Visitor,
    is_abstract_type,
    parse,
    print_ast,
    visit,
)

_PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "Int": int, "Float": (int, float), "String": str, "Boolean": bool, "ID": str, "Yen": int,
}  # fmt: skip
Fragments = Mapping[str, FragmentDefinitionNode]


class _Naming(Visitor):
    """Puts `__typename` into each selection."""

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode:
        if any(
            isinstance(each, FieldNode) and each.alias and each.alias.value == "__typename" for each in node.selections
        ):
            return node
        named = FieldNode(name=NameNode(value="__typename"), arguments=(), directives=())
        return SelectionSetNode(selections=(*node.selections, named))


def naming(query: str) -> str:
    """Return the operation with `__typename` asked for everywhere: else the type of a union's member is not told."""
    return print_ast(visit(parse(query), _Naming()))


def nonconforming(schema: GraphQLSchema, query: str, body: Mapping[str, Any]) -> list[str]:
    """Return in what the answer `body` to `query` differs from the schema: nothing, if it does not."""
    data = body.get("data")
    if data is None:
        return [] if body.get("errors") else ["neither data nor errors"]
    document = parse(query)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    root = schema.query_type if operation.operation is OperationType.QUERY else schema.mutation_type
    if root is None:
        return ["no such root"]
    return list(_object(schema, fragments, root, [operation.selection_set], data, "data"))


def _object(
    schema: GraphQLSchema,
    fragments: Fragments,
    kind: GraphQLObjectType,
    asked: list[SelectionSetNode],
    value: Any,
    at: str,
) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at} is no object"
        return
    fields: dict[str, list[FieldNode]] = {}
    for node in (each for selection in asked for each in _fields(schema, fragments, kind, selection)):
        fields.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
    if value.keys() != fields.keys():
        yield f"{at} has {sorted(value)}, not {sorted(fields)}"
        return
    for name, same in fields.items():
        if same[0].name.value == "__typename":
            if value[name] != kind.name:
                yield f"{at}.{name} is {value[name]!r}"
            continue
        selections = [node.selection_set for node in same if node.selection_set]
        yield from _value(
            schema, fragments, kind.fields[same[0].name.value].type, selections, value[name], f"{at}.{name}"
        )


def _fields(
    schema: GraphQLSchema, fragments: Fragments, kind: GraphQLObjectType, selection: SelectionSetNode
) -> Iterator[FieldNode]:
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
            continue
        inner = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        assert isinstance(inner, InlineFragmentNode | FragmentDefinitionNode)
        on = inner.type_condition.name.value if inner.type_condition else kind.name
        named = schema.get_type(on)
        if on == kind.name or (is_abstract_type(named) and schema.is_sub_type(named, kind)):
            yield from _fields(schema, fragments, kind, inner.selection_set)


def _value(
    schema: GraphQLSchema,
    fragments: Fragments,
    kind: GraphQLOutputType,
    asked: list[SelectionSetNode],
    value: Any,
    at: str,
) -> Iterator[str]:
    if isinstance(kind, GraphQLNonNull):
        if value is None:
            yield f"{at} is null"
            return
        kind = kind.of_type
    if value is None:
        return
    if isinstance(kind, GraphQLList):
        if not isinstance(value, list):
            yield f"{at} is no list"
            return
        for index, each in enumerate(value):
            yield from _value(schema, fragments, kind.of_type, asked, each, f"{at}.{index}")
    elif isinstance(kind, GraphQLScalarType | GraphQLEnumType):
        if not _is_leaf(kind, value):
            yield f"{at} is {value!r}, which is no {kind.name}"
    else:
        yield from _object(schema, fragments, _concrete(schema, kind, value), asked, value, at)


def _is_leaf(kind: GraphQLScalarType | GraphQLEnumType, value: Any) -> bool:
    if isinstance(kind, GraphQLEnumType):
        return value in kind.values
    wanted = _PLAIN.get(kind.name, str)
    return isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))


def _concrete(schema: GraphQLSchema, kind: Any, value: Any) -> GraphQLObjectType:
    """Return the object type of a value; that of an abstract one is told by `__typename` (see `naming`)."""
    if isinstance(kind, GraphQLObjectType):
        return kind
    name = value.get("__typename") if isinstance(value, dict) else None
    named = schema.get_type(name) if isinstance(name, str) else None
    if isinstance(named, GraphQLObjectType) and schema.is_sub_type(kind, named):
        return named
    raise AssertionError(f"{kind} is answered without a __typename that is one of its own: {name!r}")
