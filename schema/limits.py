"""What a GraphQL document may cost, counted in time linear in its text, before anything costly looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.paging import DEFAULT_PAGE, MAX_PAGE

MAX_DOCUMENT: Final = 16_384  # characters
MAX_TOKENS: Final = 2_000
MAX_COMMENTS: Final = 200
MAX_OPERATIONS: Final = 20
MAX_DEPTH: Final = 16  # GraphiQL's own introspection has 15
MAX_FIELDS: Final = 1_000
MAX_QUERIES: Final = 10
MAX_MUTATIONS: Final = 5
MAX_DIRECTIVES: Final = 20
MAX_PAGES: Final = 10
MAX_VALUES: Final = 20_000
MAX_ERRORS: Final = 20
MERGE_BUDGET: Final = 10_000  # comparisons; the largest document of our tests needs 320

WEIGHT: Final = "weight"
_SATURATED: Final = 1_000_000_000
_MAX_NESTING: Final = 100  # of fragments and selections in each other: a chain of that many is nobody's document


class DocumentTooLong(HoshoError):
    """A document has too many characters, tokens or comments."""

    code = "DOCUMENT_TOO_LONG"


class DocumentTooDeep(HoshoError):
    """The fields of a document are nested too deeply."""

    code = "DOCUMENT_TOO_DEEP"


class DocumentTooCostly(HoshoError):
    """A document asks for too much at once."""

    code = "DOCUMENT_TOO_COSTLY"


def counts_as(values: int) -> dict[str, object]:
    """Return the metadata of a field that is so much work that it counts as this many values of an answer."""
    return {WEIGHT: values}


class Page(NamedTuple):
    """A page within a selection: its rows (a number, or the variable that will say it), and what is asked of each."""

    sizes: tuple[int | str, ...]
    row: "Cost"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a selection costs with its fragments spread out; counts stop at `_SATURATED`.

    `fields` counts every field once, `plain` only those outside of `pages`.
    """

    depth: int = 0
    fields: int = 0
    roots: int = 0
    directives: int = 0
    paged: int = 0
    plain: int = 0
    pages: tuple[Page, ...] = ()

    def __add__(self, other: "Cost") -> "Cost":
        """Return the cost of both, side by side."""
        return Cost(
            max(self.depth, other.depth),
            min(self.fields + other.fields, _SATURATED),
            min(self.roots + other.roots, _SATURATED),
            min(self.directives + other.directives, _SATURATED),
            min(self.paged + other.paged, _SATURATED),
            min(self.plain + other.plain, _SATURATED),
            (*self.pages, *other.pages)[: MAX_PAGES + 1],
        )

    def values(self, variables: Mapping[str, object]) -> int:
        """Return how many values the answer may have, below a page once for each row.

        A field is one of them, or as many as it `counts_as`.
        """
        rows = sum(_rows(page.sizes, variables) * page.row.values(variables) for page in self.pages)
        return min(self.plain + rows, _SATURATED)


def _rows(sizes: tuple[int | str, ...], variables: Mapping[str, object]) -> int:
    given = [variables.get(size) if isinstance(size, str) else size for size in sizes]
    rows = max((int(each) for each in given if isinstance(each, int | float)), default=DEFAULT_PAGE)
    return min(max(rows, 1), MAX_PAGE)  # a page of any other size is refused later, by its own code


class Measured(NamedTuple):
    """The cost of an operation, and the numbers that its variables default to."""

    cost: Cost
    defaults: Mapping[str, object]

    def check(self, variables: Mapping[str, object]) -> None:
        """Raise `DocumentTooCostly` if an answer under these variables may have more than `MAX_VALUES` values."""
        values = self.cost.values({**self.defaults, **variables})
        if values > MAX_VALUES:
            raise _too_costly(values, MAX_VALUES, "値(一覧の件数×項目)", "values (rows of pages × fields)")


@dataclass(slots=True)
class _Measure:
    """Measures the selections of one document; a fragment is measured once, however often it is spread."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    known: dict[str, Cost] = field(default_factory=dict)
    nesting: int = 0

    def selection(self, selected: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Cost:
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            raise _too_deep(self.nesting, _MAX_NESTING)
        total = Cost()
        for node in selected.selections if selected else ():
            total += Cost(directives=len(node.directives or ()))
            match node:
                case FieldNode():
                    total += self.field(node, parent)
                case FragmentSpreadNode():
                    total += self.fragment(node.name.value)
                case InlineFragmentNode():
                    total += self.selection(node.selection_set, self.type_of(node, parent))
        self.nesting -= 1
        return total

    def field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Cost:
        definition = getattr(parent, "fields", {}).get(node.name.value)
        below = self.selection(node.selection_set, get_named_type(definition.type) if definition else None)
        own = Cost(below.depth + 1, 1 + below.fields, 1, below.directives, below.paged)
        if definition is None or not _is_paged(definition):
            return own + Cost(plain=_weight(definition) + below.plain, pages=below.pages)
        return own + Cost(paged=1, plain=1, pages=(Page(_sizes(node, definition), below),))

    def fragment(self, name: str) -> Cost:
        """Return the cost of a fragment; nothing for one in a circle or unknown, which the standard rules report."""
        if name not in self.fragments:
            return Cost()
        if name not in self.known:
            self.known[name] = Cost()
            node = self.fragments[name]
            directives = Cost(directives=len(node.directives or ()))
            self.known[name] = directives + self.selection(node.selection_set, self.type_of(node, None))
        return self.known[name]

    def type_of(
        self, node: InlineFragmentNode | FragmentDefinitionNode, parent: GraphQLNamedType | None
    ) -> GraphQLNamedType | None:
        condition = node.type_condition
        return self.schema.get_type(condition.name.value) if condition else parent


def _weight(definition: GraphQLField | None) -> int:
    field = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if definition else None
    return int(field.metadata.get(WEIGHT, 1)) if field else 1


def _is_paged(definition: GraphQLField) -> bool:
    """Tell whether a field answers with as many rows as `first` says, from some place on: the proofs' `first` is none."""
    return "first" in definition.args and not definition.args.keys().isdisjoint({"last", "after", "skip"})


def _sizes(node: FieldNode, definition: GraphQLField) -> tuple[int | str, ...]:
    """Return what says the rows of a page, `first` and `last`: numbers, or names of variables; else how many it has then."""
    given = [argument.value for argument in node.arguments or () if argument.name.value in {"first", "last"}]
    if not given and isinstance(definition.args["first"].default_value, int):
        return (definition.args["first"].default_value,)
    return tuple(value.name.value if isinstance(value, VariableNode) else _number(value) for value in given)


def _number(value: ValueNode | None) -> int:
    """Return the number of rows that a literal says; one of many digits is more than any page has."""
    digits = value.value if isinstance(value, IntValueNode) else str(DEFAULT_PAGE)
    return int(digits) if len(digits) <= len(str(MAX_PAGE)) else MAX_PAGE


def measure(schema: GraphQLSchema, document: DocumentNode) -> dict[str, Measured]:
    """Return the cost of each operation by its name ("" for one without); raise `HoshoError` for one beyond a limit.

    Fragments that no operation spreads are held to the same limits, since validation looks at them, too.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    measure = _Measure(schema, fragments)
    for name in fragments:
        _check(measure.fragment(name), roots=_SATURATED)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) > MAX_OPERATIONS:
        raise _too_costly(len(operations), MAX_OPERATIONS, "操作", "operations")
    costs: dict[str, Measured] = {}
    for node in operations:
        cost = measure.selection(node.selection_set, schema.get_root_type(node.operation))
        cost += Cost(directives=len(node.directives or ()))
        _check(cost, roots=MAX_MUTATIONS if node.operation is OperationType.MUTATION else MAX_QUERIES)
        defaults = {each.variable.name.value: _number(each.default_value) for each in node.variable_definitions or ()}
        costs[node.name.value if node.name else ""] = Measured(cost, defaults)
    return costs


def _check(cost: Cost, *, roots: int) -> None:
    """Raise for the first limit that `cost` exceeds."""
    if cost.depth > MAX_DEPTH:
        raise _too_deep(cost.depth, MAX_DEPTH)
    for asked, limit, ja, en in (
        (cost.fields, MAX_FIELDS, "項目(フラグメントを展開した数)", "fields, with fragments spread out,"),
        (cost.roots, roots, "最上位の項目", "fields at the top"),
        (cost.directives, MAX_DIRECTIVES, "ディレクティブ", "directives"),
        (cost.paged, MAX_PAGES, "ページ付きの一覧", "lists in pages"),
    ):
        if asked > limit:
            raise _too_costly(asked, limit, ja, en)


def _too_costly(asked: int, limit: int, ja: str, en: str) -> DocumentTooCostly:
    this = str(asked) if asked < _SATURATED else f"{_SATURATED}+"
    return DocumentTooCostly(
        f"一度に要求できる{ja}は{limit}までですが、{this}あります。分けて送ってください。",
        f"At most {limit} {en} are answered at once; this asks for {this}. Split the request.",
    )


def _too_deep(asked: int, limit: int) -> DocumentTooDeep:
    return DocumentTooDeep(
        f"項目の入れ子は{limit}段までですが、{asked}段あります。",
        f"Fields nest {limit} deep at most; these are {asked} deep.",
    )
