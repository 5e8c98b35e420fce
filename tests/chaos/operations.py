"""Operations made by Schemathesis from the schema itself, as every kind of user: no bug, and answers as the schema has them."""

import random
from asyncio import Runner
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import graphql
import orjson
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes

from denshi_hosho.cli import seeding
from denshi_hosho.schema.ids import global_id
from tests.chaos import roots
from tests.chaos.conforming import naming, nonconforming
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.fuzz import judged
from tests.chaos.lengths import Lengths
from tests.chaos.progress import Progress
from tests.chaos.world import World, send, world
from tests.client import CONCLUDE, REVEAL

SCHEMA = Path(__file__).resolve().parents[2] / "schema.graphql"
USERS = (seeding.CONTRACTOR, seeding.SURETY, None)
_GUARANTEES = 5
_RENEW = 2_000
_ENDING = {"signOut", "changePassword", "refreshSession"}  # asked by nobody only: they would end the others' sessions


@dataclass(slots=True)
class Tally:
    """What came of the operations."""

    rng: random.Random
    tokens: dict[str | None, str | None] = field(default_factory=dict)
    cases: int = 0
    wrong: Counter[str] = field(
        default_factory=lambda: Counter(
            {"HTTP 500": 0, "INTERNAL": 0, "no JSON": 0, "no code": 0, "not as the schema": 0}
        )
    )
    outcomes: Counter[str] = field(default_factory=Counter)
    audit: str = ""
    examples: dict[str, str] = field(default_factory=dict)


def run(kind: str, lengths: Lengths, seed_: int) -> list[Row]:
    with stopwatch() as taken, ground(kind) as place:
        tally = _run(place, lengths.operations, seed_)
    seen: dict[str, Seen] = {**dict(sorted(tally.outcomes.items())), "audit log": tally.audit, **tally.examples}
    row = Row(part="Schemathesis", what="operations made from the schema, as principal, surety and nobody", database=kind,
              cases=tally.cases, wanted=lengths.operations, wrong=dict(tally.wrong), seen=seen, seconds=taken[0])  # fmt: skip
    return [row]


def _run(place: Ground, count: int, seed_: int) -> Tally:
    tally = Tally(random.Random(seed_))
    schema = graphql.build_schema(SCHEMA.read_text(encoding="utf-8"))
    with Runner() as runner:
        context = world(place)
        made = runner.run(context.__aenter__())
        try:
            _register(runner.run(_proofs(made)))
            strategies = _strategies()
            each = -(-count // len(strategies))
            for (name, strategy), _ in zip(
                strategies, Progress(f"operations {place.kind}, fields", len(strategies)), strict=True
            ):
                ask = _asker(runner, made, schema, tally, name)
                _all(strategy, ask, each, seed_)
            root = runner.run(roots.wrong(made.platform.database))
            tally.wrong.update(root.wrong)
            tally.audit = root.seen
        finally:
            runner.run(context.__aexit__(None, None, None))
    return tally


def _strategies() -> list[tuple[str, st.SearchStrategy[object]]]:
    loaded = schemathesis.graphql.from_path(SCHEMA)
    operations = [result.ok() for result in loaded.get_all_operations() if isinstance(result, Ok)]
    return [(str(getattr(each.definition, "field_name")), each.as_strategy()) for each in operations]  # noqa: B009  untyped


_UNWATCHED = (
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
)


def _all(strategy: st.SearchStrategy[object], ask: Callable[[object], None], count: int, seed_: int) -> None:
    @seed(seed_)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=_UNWATCHED,
    )
    @given(strategy)
    def every(case: object) -> None:
        ask(case)

    every()


def _asker(
    runner: Runner, made: World, schema: graphql.GraphQLSchema, tally: Tally, name: str
) -> Callable[[object], None]:
    def ask(case: object) -> None:
        if tally.cases % _RENEW == 0:
            for user in USERS:
                tally.tokens[user] = runner.run(made.token(user)) if user else None
        user = None if name in _ENDING else USERS[tally.cases % len(USERS)]
        query = naming(case.body)  # type: ignore[attr-defined]
        tally.cases += 1
        headers = {"authorization": f"Bearer {tally.tokens[user]}"} if tally.tokens[user] else {}
        source = f"10.1.{tally.cases >> 8 & 255}.{tally.cases & 255}"
        answer = runner.run(send(made.app, orjson.dumps({"query": query}), headers, source=source))
        wrong = judged(answer)
        body = {} if wrong else answer.json()
        if not wrong and nonconforming(schema, query, body):
            wrong = ["not as the schema"]
        tally.wrong.update(wrong)
        for what in wrong:
            tally.examples.setdefault(f"first with {what}", query)
        codes = [error["extensions"]["code"] for error in body.get("errors", ())]
        tally.outcomes["errors[]" if codes else "data"] += 1

    return ask


def _register(proofs: list[tuple[str, str, str]]) -> None:
    """Let what is made hold real ids, numbers and keys: else nearly every operation would be of nothing."""
    ids = [each for each, _, _ in proofs] + [
        global_id("GuaranteeApplication", each) for each in range(1, _GUARANTEES + 2)
    ]
    ids += [global_id("Surety", 1), global_id("Submission", 1), global_id("Guarantee", 2**40), "R", ""]
    numbers = [number for _, number, _ in proofs] + ["5007000000", "５００７", "x"]
    keys = [key for _, _, key in proofs] + ["K5VL4+5QG_KJ", "x"]
    days = st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat)
    scalars = {
        "ID": st.sampled_from(ids).map(nodes.String), "GuaranteeNumber": st.sampled_from(numbers).map(nodes.String),
        "AccessKey": st.sampled_from(keys).map(nodes.String), "Date": days.map(nodes.String),
        "DateTime": st.datetimes().map(lambda at: nodes.String(at.isoformat())),
        "Yen": st.one_of(st.integers(-1, 10**13 + 1), st.sampled_from([48_000_000, 19_200_000])).map(nodes.Int),
    }  # fmt: skip
    for name, strategy in scalars.items():
        schemathesis.graphql.scalar(name, strategy)


async def _proofs(made: World) -> list[tuple[str, str, str]]:
    """Conclude some guarantees; return id, number and key of each."""
    underwriter, contractor = await made.token(seeding.SURETY), await made.token(seeding.CONTRACTOR)
    found = []
    for application in (await made.approved(_GUARANTEES + 2))[:_GUARANTEES]:
        given = {"applicationId": application, "idempotencyKey": application}
        guarantee = (await made.ask(CONCLUDE, underwriter, input=given))["concludeGuarantee"]["guarantee"]
        shown = await made.ask(REVEAL, contractor, input={"guaranteeId": guarantee["id"]})
        notice = shown["revealAccessKey"]["notice"]
        found.append((guarantee["id"], notice["number"], notice["accessKey"]))
    return found
