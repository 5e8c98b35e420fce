"""The other parts run with tiny numbers and measure what they say."""

import asyncio
from pathlib import Path

import pytest

from benchmarks import conclusions, documents, rulebook, synthetic
from benchmarks.scale import FULL, TINY
from benchmarks.stock import stock
from denshi_hosho.core.errors import Refused
from denshi_hosho.rules import Outcome, Rulebook


def test_synthetic_rule_files_are_valid_and_differ() -> None:
    texts = synthetic.rule_texts(84)
    rules = Rulebook.from_texts(texts)
    served = [rules.served(each.id).rules for each in rules.obligees()]
    assert len({each.digest for each in served}) == 84
    assert {len(each.revisions) for each in served} == {1, 2}
    assert len({each.revisions[0].starts[0].counted_by for each in served}) == 7


def test_each_synthetic_obligee_accepts_refuses_and_leaves_open() -> None:
    count = 84  # every combination of what is varied
    rules = Rulebook.from_texts(synthetic.rule_texts(count))
    for index in range(count):
        outcomes = {name: rules.decide(each).outcome for name, each in synthetic.applications(index).items()}
        assert outcomes == {
            "accepted": Outcome.ACCEPTED, "refused": Outcome.PAPER_ONLY, "undetermined": Outcome.UNDETERMINED,
        }  # fmt: skip


def test_a_full_run_has_every_municipality() -> None:
    assert FULL.obligees == 1741


def test_the_rulebook_is_measured_in_memory_and_installed() -> None:
    figures = rulebook.measure(TINY)
    assert [figure.unit for figure in figures] == ["ms", "ms", *["µs"] * 8]
    assert figures[1].what == "start, 4 installed plugins (2.0 times as many)"
    assert all(figure.value > 0 and figure.ratio is not None for figure in figures)


def test_documents_are_measured() -> None:
    assert [figure.unit for figure in documents.measure(TINY)] == ["/s", "/s"]


def test_conclusions_are_measured_and_their_numbers_checked(
    database_kind: str, database_url: str, tmp_path: Path
) -> None:
    figures = conclusions.measure(database_kind, database_url, tmp_path, TINY)
    assert [figure.what.partition(",")[0] for figure in figures] == ["one client", "16 clients at once"]


def test_a_missing_or_doubled_number_is_noticed(migrated_sqlite_url: str, tmp_path: Path) -> None:
    async def checked() -> None:
        async with stock(migrated_sqlite_url, tmp_path) as made:
            await made.concluded(2, "工事")
            await conclusions.check(made, ["1070000474", "1070000473"])
            for wrong in (["1070000473"], ["1070000473", "1070000475"], ["1070000473", "1070000473"]):
                with pytest.raises(AssertionError):
                    await conclusions.check(made, wrong)

    asyncio.run(checked())


def test_work_that_fails_is_not_swallowed(migrated_sqlite_url: str, tmp_path: Path) -> None:
    async def twice() -> None:
        async with stock(migrated_sqlite_url, tmp_path) as made:
            await made.concluded(1, "工事")
            async with stock(migrated_sqlite_url, tmp_path):
                pass

    with pytest.raises(Refused):
        asyncio.run(twice())
