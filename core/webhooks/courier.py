"""The courier: takes due deliveries, signs them, and posts them. Any number of couriers may run side by side."""

import asyncio
import os
import secrets
from contextlib import suppress

import structlog

from denshi_hosho.core.clock import Clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import DatabaseUnavailable, Refused, SealBroken
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.vault import Vault
from denshi_hosho.core.webhooks.addresses import target
from denshi_hosho.core.webhooks.deliveries import Outcome, claim, give_back, postpone, settle
from denshi_hosho.core.webhooks.sending import NotAnswered, Sender
from denshi_hosho.core.webhooks.signing import headers, message_id

_TAKEN = range(200, 300)
_log = structlog.get_logger("webhooks")


class Courier:
    """Delivers to the webhooks of `database`; a delivery is taken when its receiver answers with 2xx."""

    def __init__(self, database: Database, vault: Vault, sender: Sender, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._sender = sender
        self._clock = clock
        self._name = f"{os.getpid()}.{secrets.token_hex(4)}"
        self._stopped = asyncio.Event()

    async def round(self) -> int:
        """Post everything that is due; return how many deliveries were taken."""
        taken = 0
        while not self._stopped.is_set() and (batch := await claim(self._database, self._name, self._clock())):
            taken += sum(await asyncio.gather(*(self._deliver(row) for row in batch)))
        return taken

    async def _deliver(self, row: AnyRow) -> bool:
        outcome = await self._post(row)
        if outcome.status in _TAKEN:
            await settle(self._database, row, self._name, outcome, self._clock())
            _log.info("webhook delivered", delivery=row.id, webhook=row.webhook_id)
            return True
        parked = await postpone(self._database, row, self._name, outcome, self._clock())
        say = _log.error if parked else _log.warning
        say("webhook parked" if parked else "webhook not delivered", delivery=row.id, webhook=row.webhook_id,
            status=outcome.status, error=outcome.error, attempts=row.attempts)  # fmt: skip
        return False

    async def _post(self, row: AnyRow) -> Outcome:
        body = str(row.body).encode()
        try:
            secret = self._vault.unseal_secret(row.webhook_id, row.sealed, row.sealed_with)
            signed = headers(secret, message_id(row.entry_index), body, self._clock())
            status = await self._sender.post(target(row.url, local=self._sender.local), signed, body)
        except NotAnswered as error:
            return Outcome(None, str(error))
        except Refused as refused:
            return Outcome(None, refused.refusals[0].code)
        except SealBroken as error:
            return Outcome(None, error.code)
        except Exception as error:  # noqa: BLE001  a delivery that fails oddly holds up no other; it is logged
            _log.exception("webhook failed", delivery=row.id)
            return Outcome(None, type(error).__name__)
        return Outcome(status, None if status in _TAKEN else f"HTTP_{status}")

    def stop(self) -> None:
        """Let the walk end after what is under way."""
        self._stopped.set()

    async def walk(self, every_seconds: int) -> None:
        """Do a round every so many seconds until stopped; an unexpected error is logged and does not end the walk."""
        try:
            while not self._stopped.is_set():
                await self._try()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), every_seconds)
        finally:
            with suppress(DatabaseUnavailable):
                await give_back(self._database, self._name)

    async def _try(self) -> None:
        try:
            await self.round()
        except DatabaseUnavailable as error:
            _log.warning("webhook round waits for the database", code=error.code)
        except Exception:  # noqa: BLE001  one bad round must not stop all later ones; it is logged
            _log.exception("webhook round failed")
