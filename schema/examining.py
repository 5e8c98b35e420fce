"""Judge a GraphQL document before it is executed: its length, its cost, then the rules of GraphQL, within a budget."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.rules.defer_stream_directive_label import DeferStreamDirectiveLabel
from graphql.validation.rules.defer_stream_directive_on_root_field import DeferStreamDirectiveOnRootField
from graphql.validation.rules.defer_stream_directive_on_valid_operations_rule import (
    DeferStreamDirectiveOnValidOperationsRule,
)
from graphql.validation.rules.stream_directive_on_list_field import StreamDirectiveOnListField
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.schema.limits import (
    MAX_COMMENTS,
    MAX_DOCUMENT,
    MAX_ERRORS,
    MAX_TOKENS,
    MERGE_BUDGET,
    DocumentTooCostly,
    DocumentTooLong,
    Measured,
    measure,
)


def _too_long(limit: int, ja: str, en: str, asked: int | None = None) -> DocumentTooLong:
    this_ja, this_en = (f"({asked}{ja}あります)", f"this one has {asked}") if asked else ("", "this one has more")
    return DocumentTooLong(
        f"GraphQL文書は{limit}{ja}までです{this_ja}。", f"A document has at most {limit} {en}; {this_en}."
    )


def parse_within_limits(text: str) -> DocumentNode:
    """Return the document. Raise `DocumentTooLong`, or `GraphQLSyntaxError` for a text that is none."""
    if len(text) > MAX_DOCUMENT:
        raise _too_long(MAX_DOCUMENT, "文字", "characters", len(text))
    try:
        return parse(text, max_lexical_tokens=MAX_TOKENS, max_comments=MAX_COMMENTS)
    except GraphQLSyntaxError as error:
        said = error.message.removeprefix("Syntax Error: Document contains more than ")
        if said.startswith(f"{MAX_TOKENS} tokens."):
            raise _too_long(MAX_TOKENS, "トークン", "tokens") from error
        if said.startswith(f"{MAX_COMMENTS} comments."):
            raise _too_long(MAX_COMMENTS, "コメント", "comments") from error
        raise


class FewComparisons(OverlappingFieldsCanBeMergedRule):
    """The standard rule with a budget of `MERGE_BUDGET` comparisons: its own would last for most of a second."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MERGE_BUDGET


# Directives that the schema has not are refused as unknown; the rules about how to use them fail on a union's __typename.
_OF_NO_USE: Final = {
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    StreamDirectiveOnListField,
}
_RULES: Final = tuple(
    FewComparisons if rule is OverlappingFieldsCanBeMergedRule else rule
    for rule in specified_rules
    if rule not in _OF_NO_USE
)
_STRAWBERRYS: Final = (MaybeNullValidationRule, OneOfInputValidationRule)


class Verdict(NamedTuple):
    """What is wrong with a document, and, if nothing is, what each of its operations costs."""

    errors: list[GraphQLError]
    operations: Mapping[str, Measured]


def examine(schema: GraphQLSchema, document: DocumentNode, first: tuple[type[ASTValidationRule], ...] = ()) -> Verdict:
    """Return the verdict on a document: its cost before all else, then the rules `first`, then the standard ones.

    graphql-core runs all rules of one validation side by side, so a rule could not spare us the others' work.
    """
    try:
        operations = measure(schema, document)
    except HoshoError as error:
        return Verdict([GraphQLError(error.en, original_error=error)], {})
    errors = validate(schema, document, first) if first else []
    if not errors:
        errors = validate(schema, document, (*_RULES, *_STRAWBERRYS), max_errors=MAX_ERRORS)
    if any(error.message == "Validation aborted." for error in errors):
        refusal = DocumentTooCostly(
            f"同じ名前の項目が多すぎて比較しきれません(比較は{MERGE_BUDGET}回まで)。分けて送ってください。",
            f"Fields of one name are repeated too often to compare them (at most {MERGE_BUDGET} comparisons). Split the request.",
        )
        return Verdict([GraphQLError(refusal.en, original_error=refusal)], {})
    return Verdict(errors, operations)
