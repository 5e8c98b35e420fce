"""The page docs/access.md, written from what fields and types say of themselves: who may do what, and whose rows it sees."""

from collections.abc import Iterator

from graphql import GraphQLObjectType, GraphQLSchema

from denshi_hosho.core.ownership import WHOSE
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.guard import about_of, is_root, object_types, policy_of, reach_of
from denshi_hosho.schema.policy import Reach

_HEAD = """# Who may do what

Written by `hosho schema access > docs/access.md` from the policies in the code; a test compares both. A field or type
without one fails the building of the schema ([ADR 20](adr/0020-policies-are-metadata-and-a-field-without-one-fails-the-build.md)).

**Who** may ask is decided here, before a resolver runs. **Whose rows** are then seen or changed stands in the WHERE clause
of each statement, and in the [table below](#whose-rows). What belongs to another is answered byte for byte like what does
not exist.

`yes`: may ask. `-`: is refused (`NOT_SIGNED_IN`, `NOT_ALLOWED`), and nothing is read or written.
"""

_WHOSE_ROWS = """## Whose rows

An account belongs to one party. For which principals (保証契約者) a principal's account acts, and which it only sees, stands in
the table `delegation` ([ADR 30](adr/0030-who-acts-for-whom-is-a-table-that-every-statement-asks.md)); `viewer.parties` lists
them. It is not handed on: who acts for a branch office acts for no joint venture of that branch office. What is only seen
answers a change with `SEES_ONLY`; what is not even seen, with `NOT_FOUND`. A draft is seen by those alone who may submit it."""


def access_page(schema: GraphQLSchema) -> str:
    """Return the page for `schema`, as Markdown. Raise `PolicyMissing`."""
    guarded = [kind for kind in object_types(schema) if not is_root(schema, kind) and reach_of(kind) is Reach.GUARDED]
    roots = [kind for kind in (schema.query_type, schema.mutation_type) if kind is not None]
    tables = (_operations(kind, changes=kind is schema.mutation_type) for kind in (*roots, *guarded))
    parts = [_HEAD, _whose(), *tables, _types(schema)]
    return "\n".join(parts)


def _whose() -> str:
    rows = (f"| {who} | {sees} | {changes} |" for who, (sees, changes) in WHOSE.items())
    return _table(_WHOSE_ROWS, ("who", "sees rows", "changes rows"), rows)


def _operations(kind: GraphQLObjectType, *, changes: bool) -> str:
    about = ((name, about_of(kind, name)) for name in kind.fields)
    rows = (
        f"| `{name}` | {' | '.join(_columns(policy_of(kind, name)))} | {what.changed if changes else what.asked} |"
        for name, what in about
    )
    return _table(f"## {kind.name}", ("field", "anybody", *(role.lower() for role in Role), "about"), rows)


def _columns(policy: Policy) -> list[str]:
    anybody = policy is Policy.OPEN
    return ["yes" if may else "-" for may in (anybody, *(anybody or role in policy.value for role in Role))]


def _types(schema: GraphQLSchema) -> str:
    rows = (
        f"| `{kind.name}` | {reach_of(kind).how} | {reach_of(kind).whose} |"
        for kind in object_types(schema)
        if not is_root(schema, kind)
    )
    return _table("## Objects", ("type", "is reached", "whose"), rows)


def _table(heading: str, columns: tuple[str, ...], rows: Iterator[str]) -> str:
    return "\n".join((heading, "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *rows, ""))
