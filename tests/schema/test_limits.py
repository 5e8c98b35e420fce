"""A document beyond a limit is refused in milliseconds, and every document that anybody needs is not."""

import time
from typing import Any

import pytest
from graphql import GraphQLError, OverlappingFieldsCanBeMergedRule, get_introspection_query, parse, validate

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.paging import DEFAULT_PAGE, MAX_PAGE
from denshi_hosho.schema import examining, limits
from denshi_hosho.schema.examining import Verdict, examine, parse_within_limits
from denshi_hosho.schema.limits import measure
from denshi_hosho.schema.root import build_schema
from tests.client import APPLY, Api
from tests.docs.markdown import DOCUMENTS, examples
from tests.schema import operations

SCHEMA = build_schema()._schema
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
PAGE = "{ viewer { guarantees(first: %s) { nodes { id } } } }"
EXAMPLES = [example for file in DOCUMENTS for example in examples(file)]


def verdict(text: str) -> Verdict:
    return examine(SCHEMA, parse_within_limits(text))


def refusal(text: str) -> tuple[str, str]:
    """The code and the English sentence by which a document is refused."""
    try:
        (error,) = verdict(text).errors
    except HoshoError as refused:
        return refused.code, refused.en
    assert isinstance(error.original_error, HoshoError), error
    return error.original_error.code, error.original_error.en


def fan_out(fragments: int) -> str:
    """Each fragment spreads the next one twice."""
    chain = "".join(f" fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(fragments))
    return f"{{ ...f0 }}{chain} fragment f{fragments} on Query {{ __typename }}"


TOO_COSTLY = "DOCUMENT_TOO_COSTLY"
COMPARED = "Fields of one name are repeated too often to compare them (at most 10000 comparisons). Split the request."


def fields(asked: str) -> str:
    return f"At most 1000 fields, with fragments spread out, are answered at once; this asks for {asked}. Split the request."


REFUSED = {
    "characters": ("{ __typename }".ljust(16_385), "DOCUMENT_TOO_LONG",
                   "A document has at most 16384 characters; this one has 16385."),
    "tokens": ("{" + " a" * 1999 + "}", "DOCUMENT_TOO_LONG", "A document has at most 2000 tokens; this one has more."),
    "comments": ("#\n" * 201 + "{ __typename }", "DOCUMENT_TOO_LONG",
                 "A document has at most 200 comments; this one has more."),
    "depth": ("{ viewer" * 16 + "{ role" + "}" * 17, "DOCUMENT_TOO_DEEP",
              "Fields nest 16 deep at most; these are 17 deep."),
    "depth through fragments": ("{ viewer { ...a } } fragment a on Viewer {" + " x {" * 7 + " ...b" + " }" * 8
                                + " fragment b on X {" + " x {" * 8 + " x" + " }" * 9, "DOCUMENT_TOO_DEEP",
                                "Fields nest 16 deep at most; these are 17 deep."),
    "nesting without depth": ("{ ...f0 }" + "".join(f" fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(110))
                              + " fragment f110 on Query { __typename }", "DOCUMENT_TOO_DEEP",
                              "Fields nest 100 deep at most; these are 101 deep."),
    "fields": ("{ viewer {" + " role" * 1000 + "} }", TOO_COSTLY,
               fields("1001")),
    "fields by 12 fragments": (fan_out(12), TOO_COSTLY,
                               fields("4096")),
    "more than can be counted": (fan_out(60), TOO_COSTLY,
                                 fields("1000000000+")),
    "fields of a fragment that nobody spreads": ("{ __typename } fragment f on Viewer {" + " role" * 1001 + "}", TOO_COSTLY,
                                                 fields("1001")),
    "queries": ("{" + "".join(f" a{n}: __typename" for n in range(11)) + "}", TOO_COSTLY,
                "At most 10 fields at the top are answered at once; this asks for 11. Split the request."),
    "queries by a fragment": ("{ ...f ...f } fragment f on Query {" + " __typename" * 6 + "}", TOO_COSTLY,
                              "At most 10 fields at the top are answered at once; this asks for 12. Split the request."),
    "mutations": ("mutation {" + " __typename" * 6 + "}", TOO_COSTLY,
                  "At most 5 fields at the top are answered at once; this asks for 6. Split the request."),
    "directives": ("query @a {" + " ... @a { __typename @a }" * 10 + "}", TOO_COSTLY,
                   "At most 20 directives are answered at once; this asks for 21. Split the request."),
    "pages": ("{ viewer {" + "".join(f" a{n}: guarantees {{ totalCount }}" for n in range(11)) + "} }", TOO_COSTLY,
              "At most 10 lists in pages are answered at once; this asks for 11. Split the request."),
    "operations": ("".join(f"query q{n} {{ __typename }} " for n in range(21)), TOO_COSTLY,
                   "At most 20 operations are answered at once; this asks for 21. Split the request."),
    "repeated fields": ("{ viewer { applications { nodes {" + " steps { step }" * 200 + "} } } }", TOO_COSTLY,
                        COMPARED),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_beyond_a_limit_is_refused_with_what_was_asked(name: str) -> None:
    text, code, en = REFUSED[name]
    assert refusal(text) == (code, en)


ALLOWED = {
    "characters": "{ __typename }".ljust(16_384),
    "tokens": "query ($a: [Int] = [" + "1 " * 1985 + "]) { __typename }",
    "comments": "#\n" * 200 + "{ __typename }",
    "depth": "{ viewer" * 15 + "{ role" + "}" * 16,
    "fields": "{ viewer {" + " role" * 999 + "} }",
    "queries": "{" + " __typename" * 10 + "}",
    "mutations": "mutation {" + " __typename" * 5 + "}",
    "directives": "{" + " __typename @skip(if: false) @include(if: true)" * 10 + "}",
    "pages": "{ viewer {" + "".join(f" a{n}: guarantees {{ totalCount }}" for n in range(10)) + "} }",
    "operations": "".join(f"query q{n} {{ __typename }} " for n in range(20)),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_document_at_a_limit_is_measured_and_passes(name: str) -> None:
    measure(SCHEMA, parse_within_limits(ALLOWED[name]))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.place)
def test_every_documented_operation_is_far_from_the_limits(example: Any) -> None:
    found = verdict(example.query)
    assert found.errors == []
    for measured in found.operations.values():
        measured.check(example.variables)
        assert measured.cost.fields < limits.MAX_FIELDS / 5
        assert measured.cost.values(example.variables) < limits.MAX_VALUES / 4


def test_the_largest_operations_of_our_tests_and_the_editors_introspection_pass() -> None:
    introspection = get_introspection_query(
        input_value_deprecation=True, directive_is_repeatable=True, schema_description=True, specified_by_url=True
    )
    for text in (introspection, operations.NODE, operations.ELIGIBILITY, APPLY, *operations.MUTATIONS.values()):
        assert verdict(text).errors == []
    (deepest,) = verdict(introspection).operations.values()
    assert deepest.cost.depth == limits.MAX_DEPTH - 1


@pytest.mark.parametrize(
    ("text", "variables", "values"),
    [
        ("{ viewer { role } }", {}, 2),
        ("{ viewer { guarantees { totalCount } } }", {}, 2 + DEFAULT_PAGE),
        (PAGE % 7, {}, 2 + 7 * 2),
        (PAGE % 7_000, {}, 2 + MAX_PAGE * 2),
        (PAGE % -1, {}, 2 + 1 * 2),
        (PAGE % ("9" * 5_000), {}, 2 + MAX_PAGE * 2),
        (PAGE % "null", {}, 2 + DEFAULT_PAGE * 2),
        ("query ($n: Int)" + PAGE % "$n", {"n": 3}, 2 + 3 * 2),
        ("query ($n: Int)" + PAGE % "$n", {"n": 3.0}, 2 + 3 * 2),
        ("query ($n: Int)" + PAGE % "$n", {"n": "3"}, 2 + DEFAULT_PAGE * 2),
        ("query ($n: Int)" + PAGE % "$n", {}, 2 + DEFAULT_PAGE * 2),
        ("query ($n: Int = 9)" + PAGE % "$n", {}, 2 + 9 * 2),
        ("query ($n: Int = 9)" + PAGE % "$n", {"n": None}, 2 + DEFAULT_PAGE * 2),
        ("query ($n: Int)" + PAGE % "$n, last: 100", {"n": None}, 2 + 100 * 2),
        ("{ viewer { guarantees(last: 5) { ...page } } } fragment page on GuaranteeConnection { nodes { ...on Node { id } } }",
         {}, 2 + 5 * 2),
        ("{ node(id: 1) { ...on Viewer { a: guarantees(first: 2) { nodes { id number } } b: applications { totalCount } } } }",
         {}, 3 + 2 * 3 + DEFAULT_PAGE),
        ("{ node(id: 1) { ...on Guarantee { timeline(first: 7, skip: 1) { code ja } } } }", {}, 2 + 7 * 2),
        ("{ node(id: 1) { ...on Guarantee { timeline { code ja } } } }", {}, 2 + 100 * 2),
        ("{ auditLog { consistencyProof(first: 50, second: 90) } }", {}, 2),
    ],
)  # fmt: skip
def test_rows_multiply_what_is_asked_of_each(text: str, variables: dict[str, Any], values: int) -> None:
    (measured,) = measure(SCHEMA, parse(text)).values()
    assert measured.cost.values({**measured.defaults, **variables}) == values


def test_a_circle_of_fragments_is_told_by_the_standard_rule() -> None:
    for text in (
        "{ ...f } fragment f on Query { ...f }",
        "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }",
    ):
        errors = verdict(text).errors
        assert any("Cannot spread fragment 'f' within itself" in error.message for error in errors)
        assert all(error.original_error is None for error in errors)


def test_an_unknown_fragment_or_field_costs_nothing_more_and_is_told() -> None:
    assert [error.message for error in verdict("{ ...f unknown { a } }").errors] == [
        "Unknown fragment 'f'.",
        "Cannot query field 'unknown' on type 'Query'.",
    ]


@pytest.mark.parametrize("directive", ["stream", "defer", "stream(label: 7)", "unknown"])
def test_a_directive_that_the_schema_has_not_is_unknown_wherever_it_stands(directive: str) -> None:
    query = 'mutation { signIn(input: {loginId: "a", password: "b"}) { __typename @DIRECTIVE } }'
    query = query.replace("DIRECTIVE", directive)
    name = directive.partition("(")[0]
    assert [error.message for error in verdict(query).errors] == [f"Unknown directive '@{name}'."]


def test_errors_of_a_document_are_told_up_to_twenty() -> None:
    errors = verdict("query (" + "".join(f"$a{n}: Int " for n in range(300)) + ") { __typename }").errors
    assert len(errors) == limits.MAX_ERRORS + 1
    assert errors[-1].message == "Too many validation errors, error limit reached. Validation aborted."


def test_the_largest_document_needs_a_small_part_of_the_comparisons() -> None:
    left: list[int] = []

    class Counted(examining.FewComparisons):
        def leave_document(self, *_: object) -> None:
            left.append(self.rule_context.remaining_complexity_budget)

    assert issubclass(examining.FewComparisons, OverlappingFieldsCanBeMergedRule)
    assert validate(SCHEMA, parse(operations.NODE), [Counted]) == []
    assert limits.MERGE_BUDGET * 3 // 4 < left[0] < limits.MERGE_BUDGET


def test_whatever_a_document_holds_its_verdict_takes_milliseconds() -> None:
    """Each of these took a second or more before it was measured first; the bound leaves room for a busy machine."""
    nasty = [
        fan_out(12),
        fan_out(100),
        "{" + " viewer { role }" * 380 + "}",
        "{ viewer {" + " role" * 900 + "} }",
        "{ viewer {" + " a: guarantees { nodes { ...f } }" * 9 + "} } fragment f on Guarantee {" + " keyEvents { event }" * 90 + "}",
        "{" + "".join(f"...f{n} " for n in range(30)) + "}"
        + "".join(f"fragment f{n} on Query {{ {' '.join(f'...f{m}' for m in range(n + 1, 30))} __typename }}" for n in range(30)),
        "".join(f"query q{n} {{ ...f0 }}" for n in range(20))
        + "".join(f"fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(80)) + "fragment f80 on Query { __typename }",
        "{" + "".join(f" {'g' * 150}{n}" for n in range(10)) + "}",
    ]  # fmt: skip
    fastest: dict[str, float] = {}
    for text in nasty:
        document = parse_within_limits(text)
        times = []
        for _ in range(3):
            start = time.process_time()
            examine(SCHEMA, document)
            times.append(time.process_time() - start)
        fastest[text[:60]] = min(times)
    assert max(fastest.values()) < 0.25, fastest


@pytest.mark.anyio
@SQLITE
async def test_the_client_is_told_the_limit_in_both_languages(api: Api) -> None:
    for accept, status in (("application/graphql-response+json", 400), ("application/json", 200)):
        headers = {"accept": accept}
        answer = await api.http.post("/graphql", json={"query": fan_out(12)}, headers=headers)
        assert answer.status_code == status
        assert answer.json() == {
            "errors": [
                {
                    "message": "一度に要求できる項目(フラグメントを展開した数)は1000までですが、4096あります。分けて送ってください。",
                    "extensions": {
                        "code": "DOCUMENT_TOO_COSTLY",
                        "messageEn": "At most 1000 fields, with fragments spread out, are answered at once; this asks for 4096."
                        " Split the request.",
                    },
                }
            ]
        }


@pytest.mark.anyio
@SQLITE
async def test_a_cached_verdict_still_minds_the_variables(api: Api) -> None:
    contractor = await api.as_("contractor")
    wide = " ".join(f"a{n}: keyEvents {{ event note }}" for n in range(80))
    query = f"query ($n: Int) {{ viewer {{ guarantees(first: $n) {{ nodes {{ {wide} }} }} }} }}"
    for _ in range(2):
        assert (await contractor.ask(query, n=80))["viewer"]["guarantees"] == {"nodes": []}
        body = (await contractor.post(query, n=100)).json()
        assert body["errors"][0]["extensions"] == {
            "code": "DOCUMENT_TOO_COSTLY",
            "messageEn": "At most 20000 values (rows of pages × fields) are answered at once; this asks for 24102."
            " Split the request.",
        }
        assert (await contractor.ask(query))["viewer"]["guarantees"] == {"nodes": []}
        assert await contractor.errors(query, n=101) == ["DOCUMENT_TOO_COSTLY"]
        assert await contractor.errors(PAGE % 101) == ["PAGE_MALFORMED"]


@pytest.mark.anyio
@SQLITE
async def test_introspection_is_refused_before_it_is_validated(api: Api) -> None:
    assert await api.errors("{ __schema { types { name } } unknown }") == ["INTROSPECTION_OFF"]


def test_a_syntax_error_stays_one() -> None:
    with pytest.raises(GraphQLError, match="Syntax Error: Expected Name"):
        parse_within_limits("{")
