"""Conclusions: how many guarantees are issued per second through the API, and whether every number is used once."""

import statistics
import time
from asyncio import Runner
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
import uvloop

from benchmarks.calling import Call, ask, call
from benchmarks.databases import NAMES
from benchmarks.figures import Figure
from benchmarks.scale import Scale
from benchmarks.stock import Stock, stock, together
from denshi_hosho.core.tables import access_key, certificate, guarantee, mail, number_range
from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.schema.app import build_app
from denshi_hosho.schema.ids import global_id

PART = "conclusions"
CLIENTS = (1, 16)
BATCH = 48  # a rate is the median over batches: a batch that the machine disturbs does not spoil it

CONCLUDE = """mutation Conclude($input: ConcludeGuaranteeInput!) {
  concludeGuarantee(input: $input) {
    __typename ... on GuaranteePayload { guarantee { number } } ... on Refused { refusals { code message } }
  }
}"""


def measure(kind: str, url: str, folder: Path, scale: Scale) -> list[Figure]:
    """Return the figures on the empty database at `url`. Raise `AssertionError` if a number is missing or doubled."""
    with Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measured(kind, url, folder, scale.conclusions // len(CLIENTS)))


async def _measured(kind: str, url: str, folder: Path, each: int) -> list[Figure]:
    figures = []
    numbers: list[str] = []
    async with stock(url, folder) as made:
        app = build_app(made.platform, deliver_mail=False)
        for clients in CLIENTS:
            calls = await _calls(made, each)
            rates = []
            for first in range(0, len(calls), BATCH):
                batch, start = calls[first : first + BATCH], time.perf_counter()
                answers = await together(lambda given: ask(app, given), batch, clients)
                rates.append(len(batch) / (time.perf_counter() - start))
                numbers += [_number(answer["concludeGuarantee"]) for answer in answers]
            who = "one client" if clients == 1 else f"{clients} clients at once"
            what = f"{who}, {NAMES[kind]}"
            figures.append(Figure(part=PART, what=what, value=statistics.median(rates), unit="/s"))
        await check(made, numbers)
    return figures


async def _calls(made: Stock, count: int) -> list[Call]:
    bearer = made.bearer(made.underwriter)
    ids = await made.approved(count, "市道見本線 道路改良工事")
    inputs = [
        {"applicationId": global_id("GuaranteeApplication", each), "idempotencyKey": f"bench-{each}"} for each in ids
    ]
    return [call(CONCLUDE, "Conclude", {"input": given}, bearer) for given in inputs]


def _number(answer: dict[str, object]) -> str:
    assert answer["__typename"] == "GuaranteePayload", answer
    issued = answer["guarantee"]
    assert isinstance(issued, dict)
    return str(issued["number"])


async def check(made: Stock, numbers: Sequence[str]) -> None:
    """Raise `AssertionError` unless `numbers` run without gap or double, and all that belongs to each was written."""
    async with made.platform.database.read() as connection:
        of_kind = number_range.c.kind == GuaranteeKind.ADVANCE_PAYMENT
        columns = number_range.c.first, number_range.c.next
        first, after_last = (await connection.execute(sa.select(*columns).where(of_kind))).one()
        kept = (await connection.execute(sa.select(guarantee.c.number).order_by(guarantee.c.number))).scalars().all()
        counts = [
            (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
            for table in (certificate, access_key, mail)
        ]
    expected = [f"{number:010}" for number in range(first, first + len(numbers))]
    assert sorted(numbers) == list(kept) == expected, (expected[0], expected[-1], kept)
    assert after_last == first + len(numbers), after_last
    assert counts == [len(numbers)] * 3, counts
