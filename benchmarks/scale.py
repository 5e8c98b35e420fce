"""How much is measured: a full run for figures to publish, a quick one for a look, a tiny one for tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Sizes of one run. A slice lasts `seconds`; `slices` of them are measured on each side, in turn."""

    obligees: int
    builds: int
    slices: int
    seconds: float
    guarantees: int
    clients: int
    conclusions: int
    sheets: int
    profile_seconds: float


FULL = Scale(
    obligees=1741, builds=3, slices=32, seconds=0.1, guarantees=100, clients=8, conclusions=384, sheets=40,
    profile_seconds=2.5,
)  # fmt: skip
QUICK = Scale(
    obligees=174, builds=1, slices=5, seconds=0.05, guarantees=55, clients=8, conclusions=32, sheets=8,
    profile_seconds=0.5,
)  # fmt: skip
TINY = Scale(
    obligees=4, builds=1, slices=1, seconds=0.005, guarantees=3, clients=2, conclusions=6, sheets=1,
    profile_seconds=0.05,
)  # fmt: skip
