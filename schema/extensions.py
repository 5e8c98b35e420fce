"""The schema extensions of every installation: documents within limits, cached verdicts, introspection in development."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, Final

from graphql import ASTValidationRule, DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode, ValidationRule
from strawberry.extensions import SchemaExtension

from denshi_hosho.schema import log
from denshi_hosho.schema.examining import examine, parse_within_limits

# Operations of well-written clients are few; a document is bounded (schema/limits), so the caches are, too.
CACHED_DOCUMENTS: Final = 128
_parsed = lru_cache(CACHED_DOCUMENTS)(parse_within_limits)
_examined = lru_cache(CACHED_DOCUMENTS)(examine)


class DocumentGate(SchemaExtension):
    """Parse and judge a document once, then by its text; what depends on variables is judged each time.

    Several operations without `operationName` are refused; Strawberry would run the first one.
    https://spec.graphql.org/October2021/#GetOperation()
    """

    def __init__(self, rules: tuple[type[ASTValidationRule], ...]) -> None:
        super().__init__()
        self._rules = rules

    def on_parse(self) -> Iterator[None]:
        """Parse through the cache, choose the operation, and tell the log of it."""
        self.execution_context.graphql_document = _parsed(self.execution_context.query or "")
        operation = self._operation(self.execution_context.graphql_document)
        if operation is not None:
            log.tell(
                operation_type=operation.operation.value, operation=operation.name.value if operation.name else None
            )
        yield

    def _operation(self, document: DocumentNode) -> OperationDefinitionNode | None:
        """Return the operation that is to run, if the document has it. Raise `GraphQLError` if it cannot be told."""
        name = self.execution_context._provided_operation_name  # noqa: SLF001  (`operation_name` guesses the first)
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) > 1 and name is None:
            raise GraphQLError("Several operations need operationName.", extensions=_OPERATION_AMBIGUOUS)
        named = (node for node in operations if name is None or (node.name and node.name.value == name))
        return next(named, None)

    def on_validate(self) -> Iterator[None]:
        """Judge through the cache, then the sizes of pages that variables say."""
        context = self.execution_context
        document = context.graphql_document
        if document is not None:
            verdict = _examined(context.schema._schema, document, self._rules)  # noqa: SLF001  (Strawberry's own extensions do)
            context.pre_execution_errors = verdict.errors
            measured = verdict.operations.get(context.operation_name or "")
            if measured is not None and not verdict.errors:
                measured.check(context.variables or {})
        yield


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


def first_rules(*, development: bool) -> tuple[type[ASTValidationRule], ...]:
    """Return the rules that are ours: introspection is allowed in development only."""
    return () if development else (NoIntrospection,)


def extensions(*, development: bool) -> list[Callable[[], SchemaExtension]]:
    """Return the `extensions` argument for the schema."""
    return [partial(DocumentGate, first_rules(development=development))]
