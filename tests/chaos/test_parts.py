"""The harness in its short form: every part runs on every test run, and finds nothing wrong."""

import pytest

from tests.chaos.conducting import conduct
from tests.chaos.figures import Row, markdown
from tests.chaos.parts import PARTS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return conduct(tuple(PARTS), (), full=False, jobs=2, seed=27)


def test_nothing_is_lost_doubled_found_or_accepted(rows: list[Row]) -> None:
    wrong = [row for row in rows if not row.passed and row.missing != "not yet"]
    assert not wrong, markdown(wrong)


def test_every_part_has_a_row_on_every_database(rows: list[Row]) -> None:
    assert len(rows) >= sum(len(part.short) for part in PARTS.values())
    assert {row.database for row in rows} == {"sqlite", "postgresql"}
