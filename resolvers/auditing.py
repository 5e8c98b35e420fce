"""The audit log as it is shown: its checkpoint and proofs to everybody, its entries to the parties that they concern."""

from collections.abc import Sequence
from dataclasses import dataclass

from denshi_hosho.core import audit, proofs
from denshi_hosho.core.paging import Page, Window
from denshi_hosho.core.proofs import LogProof
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.trail import TrailSearch, trail
from denshi_hosho.resolvers.platform import Platform


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The log as it is now: its name, how many entries it has, the signed checkpoint, and the keys that verify it."""

    origin: str
    size: int
    checkpoint: str
    verifier_keys: list[str]

    def to_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "origin": self.origin,
            "size": self.size,
            "verifierKeys": self.verifier_keys,
            "checkpoint": self.checkpoint,
        }


async def audit_log(platform: Platform) -> AuditLog:
    """Return the log as it is now."""
    async with platform.database.read() as connection:
        head = await audit.head(connection)
    notary = platform.notary
    note = notary.checkpoint(head.size, head.root)
    return AuditLog(notary.origin, head.size, note, [str(key) for key in notary.verifier_keys])


async def consistency_proof(platform: Platform, first: int, second: int) -> list[str]:
    """Return the proof that the log of `first` entries is the beginning of that of `second`. Raise `LogSizeUnknown`."""
    async with platform.database.read() as connection:
        return await proofs.consistency_proof(connection, first, second)


async def log_proofs(platform: Platform, guarantee_ids: Sequence[int]) -> list[LogProof | None]:
    """Return, for each guarantee whose certificate the asker was shown, the proof of its conclusion."""
    async with platform.database.read() as connection:
        found = await proofs.conclusion_proofs(connection, platform.notary, guarantee_ids)
    return [found.get(each) for each in guarantee_ids]


async def audit_trail(
    platform: Platform, actor: Actor, search: TrailSearch, window: Window, wanted: frozenset[str]
) -> Page:
    """Return a page of the entries that concern the actor's party. Raise `PageMalformed`."""
    async with platform.database.read() as connection:
        return await trail(connection, actor, search, window, wanted)
