"""Attackers are held to a pace; the public body whose guarantee they attack is locked out not once."""

import pytest

from tests.attack.simulation import ATTACKS, TRIES, simulate

MINUTES = 24  # forty-eight half minutes: the public body opens in each
# What is let through: per source 20 and 2 a minute, per guarantee 20 and 1 a minute.
PER_SOURCE, PER_GUARANTEE = 20 + 2 * MINUTES, 20 + MINUTES
BOUNDS = {
    "one_source_one_guarantee": PER_GUARANTEE,
    "one_source_many_guarantees": PER_SOURCE,
    "many_sources_one_guarantee": PER_GUARANTEE,
    "many_sources_many_guarantees": 4 * PER_GUARANTEE,
}


@pytest.mark.parametrize("plan", ATTACKS, ids=lambda plan: plan.__name__)
def test_the_attacker_is_bounded_and_the_public_body_is_not_locked_out(database_url: str, plan: object) -> None:
    (row,) = simulate(database_url, MINUTES, 8, tuple(each for each in ATTACKS if each is plan))
    name = str(row["attack"])
    looked_at, attempts = int(str(row["guesses looked at"])), int(str(row["attempts"]))
    assert BOUNDS[name] * 3 // 4 <= looked_at <= BOUNDS[name], row
    assert attempts > 3 * looked_at
    assert row["guesses that opened"] == 0
    for body in ("with cookie", "without cookie", "without cookie, attacker's address"):
        assert (row[f"{body}: tries"], row[f"{body}: locked out"]) == (TRIES, 0), row
    assert (
        row["with cookie: asked to work"],
        row["with cookie: told to wait or work"],
        row["with cookie: hashes"],
    ) == (0, 0, 0)
    assert int(str(row["without cookie, attacker's address: hashes"])) > 0
