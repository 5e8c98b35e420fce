"""The schema extensions of every installation: bounded caches, and no introspection outside development."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from graphql import ASTValidationRule, FieldNode, GraphQLError, OperationDefinitionNode, ValidationRule
from strawberry.extensions import AddValidationRules, ParserCache, SchemaExtension, ValidationCache

# Operations of well-written clients are few and short; a text beyond this length is parsed anew each time,
# so that the caches hold some 128 × 16 KiB of text at most.
CACHED_DOCUMENTS: Final = 128
CACHED_LENGTH: Final = 16 * 1024


class ShortDocumentParserCache(ParserCache):
    """Keep parsed documents, unless their text is longer than `CACHED_LENGTH` characters."""

    def on_parse(self) -> Iterator[None]:
        """Parse through the cache, or leave a long text to the schema."""
        if len(self.execution_context.query or "") > CACHED_LENGTH:
            yield
        else:
            yield from super().on_parse()


class ShortDocumentValidationCache(ValidationCache):
    """Keep the verdict on documents, unless their text is longer than `CACHED_LENGTH` characters."""

    def on_validate(self) -> Iterator[None]:
        """Validate through the cache, or leave a long text to the schema."""
        if len(self.execution_context.query or "") > CACHED_LENGTH:
            yield
        else:
            yield from super().on_validate()


class OperationIsNamed(SchemaExtension):
    """Refuse several operations without `operationName`; Strawberry would run the first one.

    https://spec.graphql.org/October2021/#GetOperation()
    """

    def on_parse(self) -> Iterator[None]:
        """Let the document be parsed, then count its operations."""
        yield
        document = self.execution_context.graphql_document
        name = self.execution_context._provided_operation_name  # noqa: SLF001  (`operation_name` guesses the first)
        definitions = document.definitions if document is not None else ()
        operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) > 1 and name is None:
            raise GraphQLError("Several operations need operationName.", extensions=_OPERATION_AMBIGUOUS)


class NoIntrospection(ValidationRule):
    """Refuse `__schema` and `__type`; `__typename` stays, clients' caches need it."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Report a field that asks for the schema."""
        if node.name.value in {"__schema", "__type"}:
            self.report_error(GraphQLError("Introspection is off.", node, extensions=_INTROSPECTION_OFF))


_OPERATION_AMBIGUOUS: Final = {
    "code": "GRAPHQL_INVALID",
    "ja": "操作が複数あります。「operationName」で1つ選んでください。",
    "en": "The document holds several operations: choose one by 'operationName'.",
}
_INTROSPECTION_OFF: Final = {
    "code": "INTROSPECTION_OFF",
    "ja": "ここではイントロスペクションはできません。公開されているschema.graphqlを使ってください。",
    "en": "Introspection is off here. Use the published schema.graphql.",
}


def extensions(*, development: bool) -> list[Callable[[], SchemaExtension]]:
    """Return the `extensions` argument for the schema; introspection is allowed in development only."""
    rules: list[type[ASTValidationRule]] = [] if development else [NoIntrospection]
    return [
        lambda: AddValidationRules(rules),
        OperationIsNamed,
        lambda: ShortDocumentParserCache(CACHED_DOCUMENTS),
        lambda: ShortDocumentValidationCache(CACHED_DOCUMENTS),
    ]
