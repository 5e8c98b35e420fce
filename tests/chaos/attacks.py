"""Attacks on keys and passwords: a seam for the throttle's figures."""

from tests.chaos.figures import Row
from tests.chaos.lengths import Lengths


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    del lengths, seed
    return [Row(part="attacks", what="guessing keys and passwords", database=kind, missing="not yet")]
