"""Attacks on access keys over HTTP (`tests.attack`), as rows: no guess gets through, no public body is locked out."""

from denshi_hosho.core.work import WORK_BITS
from tests.attack.simulation import ATTACKS, simulate
from tests.chaos.databases import ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.lengths import Lengths


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    del seed  # the attackers leave nothing to chance
    bits = WORK_BITS if lengths.attack_minutes > 1 else 4
    rows = []
    for plan in ATTACKS:
        with stopwatch() as taken, ground(kind) as place:
            (found,) = simulate(place.url, lengths.attack_minutes, bits, (plan,))
        rows.append(row(kind, found, taken[0]))
    return rows


def row(kind: str, found: dict[str, object], seconds: float) -> Row:
    """Return an attack's figures as a row."""
    counts = {name: int(str(value)) for name, value in found.items() if name not in {"attack", "minutes"}}
    tries = sum(value for name, value in counts.items() if name.endswith(": tries"))
    wrong = {
        "guesses that opened": counts["guesses that opened"],
        "public body locked out": sum(value for name, value in counts.items() if name.endswith(": locked out")),
    }
    seen: dict[str, Seen] = {
        "guesses": counts["attempts"],
        "looked at": counts["guesses looked at"],
        "slowest of the public body": f"{max(value for name, value in counts.items() if name.endswith('slowest ms'))} ms",
    }
    what = (
        f"{str(found['attack']).replace('_', ' ')}, {found['minutes']} minutes; times: the public body opened meanwhile"
    )
    return Row(part="attacks", what=what, database=kind, cases=tries, wrong=wrong, seen=seen, seconds=seconds)
