"""The harness in its short form: every part runs on every test run, and finds nothing wrong."""

import pytest

from tests.chaos.conducting import conduct, lanes
from tests.chaos.figures import Row, markdown
from tests.chaos.parts import PARTS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], list[Row]]:
    rows: dict[tuple[str, str], list[Row]] = {}

    def done(part: str, kind: str, of_it: list[Row]) -> None:
        rows[part, kind] = of_it

    conduct(list(lanes((), ())), done, full=False, jobs=2, seed=27)
    return rows


def test_nothing_is_lost_doubled_found_or_accepted(found: dict[tuple[str, str], list[Row]]) -> None:
    wrong = [row for rows in found.values() for row in rows if not row.passed]
    assert not wrong, markdown(wrong)


def test_every_part_has_a_row_on_every_database(found: dict[tuple[str, str], list[Row]]) -> None:
    assert set(found) == {(name, kind) for name, part in PARTS.items() for kind in part.lanes}
    assert all(found.values())
