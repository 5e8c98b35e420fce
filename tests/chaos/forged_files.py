"""Forged certificate files: a seam for the verifier of signed certificates."""

from tests.chaos.databases import Ground
from tests.chaos.figures import Row


async def row(place: Ground, count: int, seed: int) -> Row:
    """Return what the verifier makes of `count` forged files."""
    del seed
    return Row(part="forgeries", what="forged certificate files", database=place.kind, wanted=count, missing="not yet")
