"""Which fields, arguments and input fields of the schema the operations that a client sent have asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    type_from_ast,
    visit,
)

Asked = set[str]


class _Asking(Visitor):
    def __init__(self, types: TypeInfo, asked: Asked) -> None:
        super().__init__()
        self.types = types
        self.asked = asked

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.asked.add(f"{self.types.get_parent_type()}.{node.name.value}")

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        field, parent = self.types.get_field_def(), self.types.get_parent_type()
        assert isinstance(parent, GraphQLObjectType)
        name = next(name for name, each in parent.fields.items() if each is field)
        self.asked.add(f"{parent}.{name}({node.name.value})")


def asked_by(schema: GraphQLSchema, query: str, variables: Mapping[str, object]) -> Asked:
    """Return Type.field, Type.field(argument) and Input.field of everything in one request."""
    asked: Asked = set()
    document = parse(query)
    types = TypeInfo(schema)
    visit(document, TypeInfoVisitor(types, _Asking(types, asked)))
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            for variable in definition.variable_definitions or ():
                kind = get_named_type(type_from_ast(schema, variable.type))
                asked |= set(_given(kind, variables.get(variable.variable.name.value)))
    return asked


def _given(kind: object, value: object) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _given(kind, each)
    if isinstance(kind, GraphQLInputObjectType) and isinstance(value, Mapping):
        for name, inner in value.items():
            yield f"{kind}.{name}"
            yield from _given(get_named_type(kind.fields[name].type), inner)


def all_of(schema: GraphQLSchema) -> Asked:
    """Return everything that can be asked for; an interface's fields are asked for on its types."""
    found: Asked = set()
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(kind, GraphQLInputObjectType):
            found |= {f"{name}.{field}" for field in kind.fields}
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            found |= {f"{name}.{field}" for field in kind.fields}
            found |= {f"{name}.{field}({arg})" for field, each in kind.fields.items() for arg in each.args}
    return found
