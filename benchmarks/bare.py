"""R: a bare ASGI endpoint with SQL written by hand, that does for three reads the work that the platform does.

It checks the token (verified ones are remembered), number and key with the platform's own functions, puts ownership
into the WHERE clause and records an opening in a transaction; nothing else stands between the request and the driver.
"""

import base64
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

import orjson
from starlette.types import Receive, Scope, Send

from denshi_hosho.core.clock import Clock
from denshi_hosho.core.numbers import parse_number
from denshi_hosho.core.tokens import Actor, Tokens
from denshi_hosho.core.vault import Vault, typed

_CERTIFICATE = """
    g.number, g.kind, g.medium, c.version, c.change, c.issued_on, c.principal_name, c.obligee_name, c.guaranteed_amount,
    c.guarantee_ends_on, c.completion_on, c.works_name, c.contract_price, c.covered_price, c.depositary_bank,
    c.surety_name, c.surety_address, c.surety_representative, c.branch_name, c.branch_tel"""
_LIVE = "FROM guarantee g JOIN certificate c ON c.guarantee_id = g.id AND c.version = g.live_version"

ONE = f"SELECT {_CERTIFICATE} {_LIVE} WHERE g.principal_id = $1 AND g.number = $2"
LIST = f"""SELECT
    g.id, g.number, g.kind, g.medium, c.issued_on, c.change <> 'ORIGINAL', c.obligee_name, c.works_name, c.contract_price,
    c.guaranteed_amount, g.concluded_at, g.first_opened_at, c.guarantee_ends_on, c.completion_on
    {_LIVE} WHERE g.principal_id = $1 ORDER BY g.id DESC LIMIT $2"""
OPEN = f"""SELECT {_CERTIFICATE}, g.id, k.mac, k.mac_with {_LIVE}
    JOIN access_key k ON k.guarantee_id = g.id AND k.retired_at IS NULL WHERE g.number = $1"""
EVENT = "INSERT INTO key_event (guarantee_id, event, at) VALUES ($1, 'OPENED', $2)"
FIRST = "UPDATE guarantee SET first_opened_at = $2 WHERE id = $1 AND first_opened_at IS NULL"

_REST = slice(20, 23)
Row = Sequence[Any]


class Writing(Protocol):
    """A transaction that writes."""

    async def execute(self, sql: str, *values: object) -> object: ...


class Driver(Protocol):
    """One database through its driver.

    `all` returns the rows that a statement finds, `writing` gives a transaction that is committed at its end. `instant`
    and `stored` turn the database's instants into values that become ISO 8601 in JSON, and back.
    """

    async def all(self, sql: str, *values: object) -> Sequence[Row]: ...

    def writing(self) -> AbstractAsyncContextManager[Writing]: ...

    def instant(self, value: Any) -> Any: ...

    def stored(self, value: datetime) -> Any: ...


class Bare:
    """The ASGI endpoint R: answers the operations `One`, `List` and `Open`."""

    def __init__(self, driver: Driver, tokens: Tokens, vault: Vault, clock: Clock) -> None:
        self._driver = driver
        self._tokens = tokens
        self._vault = vault
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = (await receive())["body"]
        request = orjson.loads(body)
        variables = request["variables"]
        match request["operationName"]:
            case "One":
                data = await self._one(self._actor(scope), variables)
            case "List":
                data = await self._list(self._actor(scope), variables)
            case _:
                data = await self._open(variables)
        answer = orjson.dumps({"data": data})
        headers = [(b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store"),
                   (b"content-length", str(len(answer)).encode())]  # fmt: skip
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _actor(self, scope: Scope) -> Actor:
        header = next(value for name, value in scope["headers"] if name == b"authorization")
        return self._tokens.actor(header[7:].decode(), self._clock())

    async def _one(self, actor: Actor, variables: dict[str, Any]) -> dict[str, Any]:
        rows = await self._driver.all(ONE, actor.principal_id, parse_number(variables["number"]))
        return {"viewer": {"guarantee": {"certificate": _certificate(rows[0])} if rows else None}}

    async def _list(self, actor: Actor, variables: dict[str, Any]) -> dict[str, Any]:
        size = variables["first"]
        rows = await self._driver.all(LIST, actor.principal_id, size + 1)
        page, instant = rows[:size], self._driver.instant
        info = {
            "hasNextPage": len(rows) > size, "hasPreviousPage": False,
            "startCursor": _cursor(page[0]) if page else None, "endCursor": _cursor(page[-1]) if page else None,
        }  # fmt: skip
        return {"viewer": {"guarantees": {"nodes": [_node(row, instant) for row in page], "pageInfo": info}}}

    async def _open(self, variables: dict[str, Any]) -> dict[str, Any]:
        number = parse_number(variables["number"])
        rows = await self._driver.all(OPEN, number)
        guarantee_id, mac, mac_with = rows[0][_REST] if rows else (None, None, None)
        if not self._vault.fits(number, typed(variables["key"]), mac, mac_with):
            return {"certificate": {}}
        now = self._driver.stored(self._clock())
        async with self._driver.writing() as transaction:
            await transaction.execute(EVENT, guarantee_id, now)
            await transaction.execute(FIRST, guarantee_id, now)
        return {"certificate": _certificate(rows[0])}


def _certificate(row: Row) -> dict[str, Any]:
    return {
        "number": row[0], "kind": row[1], "medium": row[2], "version": row[3], "change": row[4], "issuedOn": row[5],
        "principalName": row[6], "obligeeName": row[7], "guaranteedAmount": row[8], "guaranteeEndsOn": row[9],
        "completionOn": row[10], "worksName": row[11], "contractPrice": row[12], "coveredPrice": row[13],
        "depositaryBank": row[14], "surety": {"name": row[15], "address": row[16], "representative": row[17]},
        "branch": {"name": row[18], "tel": row[19]},
    }  # fmt: skip


def _node(row: Row, instant: Any) -> dict[str, Any]:
    return {
        "id": base64.urlsafe_b64encode(b"Guarantee:%d" % row[0]).decode(), "number": row[1], "kind": row[2],
        "medium": row[3], "issuedOn": row[4], "changed": bool(row[5]), "obligeeName": row[6], "worksName": row[7],
        "contractPrice": row[8], "guaranteedAmount": row[9], "concludedAt": instant(row[10]),
        "firstOpenedAt": instant(row[11]), "certificate": {"guaranteeEndsOn": row[12], "completionOn": row[13]},
    }  # fmt: skip


def _cursor(row: Row) -> str:
    return base64.urlsafe_b64encode(b'["NEWEST",%d,%d]' % (row[0], row[0])).decode().rstrip("=")
