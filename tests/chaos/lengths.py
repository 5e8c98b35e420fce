"""How long each part runs: in full, as the published table has it, and short, as part of every test run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How often each thing is done, on each database."""

    kills: int
    stops: int  # of the database: two of three immediate stops, the others kills of its first process
    backends: int  # two of three killed, the others ended
    cuts: int
    cancels: int
    fuzz: int
    operations: int
    tokens: int
    files: int
    pairs: int
    served_pairs: int
    sign_in_pairs: int
    keys: int
    crashes: int
    mails: int
    attack_minutes: int


FULL = Lengths(
    kills=1_000, stops=150, backends=150, cuts=1_000, cancels=1_000, fuzz=500_000, operations=10_000, tokens=20_000,
    files=2_500, pairs=10_000, served_pairs=10_000, sign_in_pairs=500, keys=2_800, crashes=40, mails=6_000, attack_minutes=24,
)  # fmt: skip
SHORT = Lengths(
    kills=2, stops=2, backends=2, cuts=8, cancels=10, fuzz=300, operations=40, tokens=100, files=34, pairs=60,
    served_pairs=20, sign_in_pairs=3, keys=6, crashes=2, mails=20, attack_minutes=1,
)  # fmt: skip
