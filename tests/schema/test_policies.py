"""Deny by default: what does not say who may reach it is not built."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry

from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.access_page import access_page
from denshi_hosho.schema.errors import QuietSchema
from denshi_hosho.schema.guard import PolicyMissing, guard
from denshi_hosho.schema.policy import Reach, may, reached
from denshi_hosho.schema.refusals import Refused, RefusedHandler
from denshi_hosho.schema.root import build_schema
from denshi_hosho.schema.states_page import states_page

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
PRINCIPAL, SURETY = Actor(1, Role.PRINCIPAL, 2, None), Actor(3, Role.SURETY, None, 4)
ran: list[str] = []


@reached(Reach.ANSWER)
@strawberry.type
class Done:
    at: str = "once"


@reached(Reach.GUARDED)
@strawberry.type
class Desk:
    open: str = strawberry.field(default="open", metadata=may(Policy.OPEN))
    mine: str = strawberry.field(default="mine", metadata=may(Policy.SIGNED_IN))


def _say(name: str, policy: Policy | None) -> Any:
    """A field called `name`, which says that it ran."""

    def resolve(number: int = 0) -> Done | Refused:
        ran.append(name)
        return Done()

    metadata = may(policy) if policy is not None else {}
    return strawberry.field(resolver=resolve, metadata=metadata)


def schema_of(mutation: type | None = None, **fields: Any) -> QuietSchema:
    async def later() -> str:
        ran.append("later")
        return "later"

    members = {
        "desk": strawberry.field(resolver=Desk, graphql_type=Desk, metadata=may(Policy.OPEN)),
        "later": strawberry.field(resolver=later, metadata=may(Policy.SURETY)),
        **fields,
    }
    query = strawberry.type(type("Query", (), members))
    schema = QuietSchema(query, mutation, exception_handlers=[RefusedHandler()])
    guard(schema.graphql)
    return schema


def ask(schema: QuietSchema, query: str, actor: Actor | None) -> Any:
    ran.clear()
    return asyncio.run(schema.execute(query, context_value=SimpleNamespace(actor=actor)))


def test_a_query_without_a_policy_is_not_built() -> None:
    with pytest.raises(PolicyMissing, match=r"^Query\.forgotten has no policy"):
        schema_of(forgotten=_say("forgotten", None))


def test_a_mutation_without_a_policy_is_not_built() -> None:
    mutation = strawberry.type(type("Mutation", (), {"sign": _say("sign", Policy.OPEN), "forgotten": _say("x", None)}))
    with pytest.raises(PolicyMissing, match=r"^Mutation\.forgotten has no policy"):
        schema_of(mutation)


def test_a_field_of_a_guarded_type_without_a_policy_is_not_built() -> None:
    @reached(Reach.GUARDED)
    @strawberry.type
    class Drawer:
        content: str = "x"

    with pytest.raises(PolicyMissing, match=r"^Drawer\.content has no policy"):
        schema_of(drawer=strawberry.field(resolver=Drawer, graphql_type=Drawer, metadata=may(Policy.OPEN)))


def test_a_type_that_does_not_say_how_it_is_reached_is_not_built() -> None:
    @strawberry.type
    class Secret:
        text: str = "x"

    @strawberry.type
    class Heir(Done):
        more: str = "inherits fields, not what was said of another type"

    for kind in (Secret, Heir):
        field = strawberry.field(resolver=kind, graphql_type=kind, metadata=may(Policy.OPEN))
        with pytest.raises(PolicyMissing, match=rf"^{kind.__name__} does not say how its objects are reached"):
            schema_of(kept=field)


@pytest.mark.parametrize(
    ("policy", "nobody", "principal", "surety"),
    [(Policy.OPEN, "", "", ""), (Policy.SIGNED_IN, "NOT_SIGNED_IN", "", ""), (Policy.PRINCIPAL, "NOT_SIGNED_IN", "", "NOT_ALLOWED"),
     (Policy.SURETY, "NOT_SIGNED_IN", "NOT_ALLOWED", "")],
)  # fmt: skip
def test_a_policy_is_checked_before_the_resolver_runs(policy: Policy, nobody: str, principal: str, surety: str) -> None:
    schema = schema_of(asked=_say("asked", policy))
    query = "{ asked { ... on Done { at } ... on Refused { refusals { code } } } }"
    for actor, code in ((None, nobody), (PRINCIPAL, principal), (SURETY, surety)):
        result = ask(schema, query, actor)
        assert result.errors is None
        assert result.data == {"asked": {"refusals": [{"code": code}]} if code else {"at": "once"}}
        assert ran == ([] if code else ["asked"])


def test_a_field_that_cannot_answer_refused_refuses_in_errors() -> None:
    schema = schema_of()
    result = ask(schema, "{ later }", PRINCIPAL)
    assert "NOT_ALLOWED" in str(result.errors[0])
    assert ran == []
    assert ask(schema, "{ later }", SURETY).data == {"later": "later"}
    assert ask(schema, "{ desk { open } }", None).data == {"desk": {"open": "open"}}
    assert "NOT_SIGNED_IN" in str(ask(schema, "{ desk { open mine } }", None).errors[0])
    assert ask(schema, "{ desk { mine } }", SURETY).data == {"desk": {"mine": "mine"}}


def test_our_schema_is_guarded_and_columns_cost_nothing_more() -> None:
    schema = build_schema().graphql
    wrapped: Callable[[Any], bool] = lambda field: field.resolve.__qualname__.startswith("_wrap")  # noqa: E731
    found = {f"{kind}.{name}" for kind in ("Query", "Mutation", "Viewer", "Guarantee", "Certificate", "GuaranteeApplication")
             for name, field in schema.type_map[kind].fields.items() if wrapped(field)}  # type: ignore[attr-defined]  # fmt: skip
    assert {"Mutation.changePassword", "Mutation.concludeGuarantee", "Viewer.role", "Viewer.guarantees"} <= found
    assert {each for each in found if not each.startswith(("Mutation.", "Viewer."))} == set()


def test_the_states_are_those_of_the_code() -> None:
    drawn = PAGE.with_name("states.md").read_text(encoding="utf-8")
    assert drawn == states_page(), "run: hosho schema states > docs/states.md"


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == access_page(build_schema().graphql), (
        "run: hosho schema access > docs/access.md"
    )
