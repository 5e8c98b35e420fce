"""A platform on the harness's database: its people, applications that wait to be concluded, and an ASGI client."""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.types import ASGIApp, Message

from denshi_hosho.cli import seeding
from denshi_hosho.core.clock import Clock, japan_day, system_clock
from denshi_hosho.core.form import Form
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tables import application
from denshi_hosho.core.vocabulary import GuaranteeKind, Medium, WorkType
from denshi_hosho.resolvers import applying, underwriting
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Application, Rulebook
from denshi_hosho.schema.app import build_app
from denshi_hosho.schema.ids import global_id
from tests.chaos.databases import Ground
from tests.client import SIGN_IN, Json

SECRET = bytes(range(32))
_BATCH = 500


def settings_of(ground: Ground, **changes: Any) -> Settings:
    """Return the settings with which the platform runs on `ground`, with `changes`."""
    one = {"chaos": SECRET}
    values: dict[str, Any] = {
        "database_url": ground.url, "token_secrets": one, "seal_secrets": one, "pepper_secrets": one,
        "signing_secrets": one, "log_secrets": one, "mail_folder": ground.folder / "mail", **changes,
    }  # fmt: skip
    return Settings(**values)


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables from which another process reads the same settings."""
    secret = f"chaos:{base64.urlsafe_b64encode(SECRET).decode()}"
    kinds = ("TOKEN", "SEAL", "PEPPER", "SIGNING", "LOG")
    return {
        "HOSHO_DATABASE_URL": settings.database_url, "HOSHO_MAIL_FOLDER": str(settings.mail_folder),
        "HOSHO_PUBLIC_URL": settings.public_url, **{f"HOSHO_{kind}_SECRETS": secret for kind in kinds},
        **({"HOSHO_SMTP_URL": settings.smtp_url} if settings.smtp_url else {}),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over ASGI."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


async def send(
    app: ASGIApp, body: bytes, headers: Mapping[str, str] | None = None, *, source: str = "127.0.0.1",
    path: str = "/graphql", method: str = "POST", raw: Sequence[tuple[bytes, bytes]] | None = None,
) -> Answer:  # fmt: skip
    """Send one HTTP request to `app` in this process, as if it came from the address `source`; `raw`: its very headers."""
    lines = {
        "host": "127.0.0.1:8000",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **(headers or {}),
    }
    path, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode("latin-1", "replace"),
        "root_path": "", "client": (source, 50000), "server": ("127.0.0.1", 8000), "state": {},
        "headers": raw if raw is not None else [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in lines.items()
        ],
    }  # fmt: skip
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def take(message: Message) -> None:
        told.append(message)

    await app(scope, receive, take)
    started = told[0]
    said = {name.decode("latin-1"): value.decode("latin-1") for name, value in started["headers"]}
    return Answer(started["status"], said, b"".join(each.get("body", b"") for each in told[1:]))


def graphql(query: str, **variables: object) -> bytes:
    """Return the body of a request."""
    return orjson.dumps({"query": query, "variables": variables})


@dataclass(slots=True)
class World:
    """A platform with the leaflets' surety and principal, and its application in this process."""

    kind: str
    platform: Platform
    app: ASGIApp
    surety_id: int
    made: int = 0

    async def ask(
        self, query: str, bearer: str | None = None, *, source: str = "127.0.0.1", **variables: object
    ) -> Json:
        """Return `data`, asked from the address `source`. Raise `AssertionError` if there are errors."""
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        answer = (await send(self.app, graphql(query, **variables), headers, source=source)).json()
        if "errors" in answer:
            raise AssertionError(answer["errors"])
        return dict(answer["data"])

    async def token(self, login_id: str) -> str:
        """Return an access token of this account, gotten as a client gets it."""
        signed_in = await self.ask(SIGN_IN, input={"loginId": login_id, "password": seeding.PASSWORD})
        return str(signed_in["signIn"]["accessToken"])

    async def approved(self, count: int) -> list[str]:
        """Return the ids of `count` new applications that can be concluded.

        One takes the road over the API's own functions; the others are copies of its row: only what follows is tested.
        """
        template = await self._take_the_road()

        async def work(connection: AsyncConnection) -> list[int]:
            row = (await connection.execute(sa.select(application).where(application.c.id == template))).one()._asdict()
            del row["id"]
            ids = []
            for start in range(0, count - 1, _BATCH):
                batch = [{**row, "works_name": self._works()} for _ in range(min(_BATCH, count - 1 - start))]
                made = await connection.execute(sa.insert(application).returning(application.c.id), batch)
                ids += list(made.scalars())
            return ids

        copies = await self.platform.database.write(work) if count > 1 else []
        return [global_id("GuaranteeApplication", each) for each in (template, *copies)]

    def _works(self) -> str:
        self.made += 1
        return f"市道〇号線 道路改良工事（第{self.made}工区）"

    async def _take_the_road(self) -> int:
        platform = self.platform
        contractor, underwriter = [await seeding.actor(platform, who) for who in (seeding.CONTRACTOR, seeding.SURETY)]
        form = _form(self.surety_id, self._works())
        facts = Application(
            obligee=form.obligee, kind=form.kind, work_type=WorkType.CONSTRUCTION, contract_on=form.contract_on,
            contract_price=form.contract_price, guaranteed_amount=form.guaranteed_amount,
        )  # fmt: skip
        made = await applying.apply(platform, contractor, form, facts, f"apply {self.made}")
        await underwriting.approve(platform, underwriter, made, None)
        today = japan_day(platform.clock())
        await underwriting.record_fee(
            platform, underwriter, made, amount=seeding.FEE, received_on=today, consolidated=False
        )
        return made


def _form(surety_id: int, works_name: str) -> Form:
    return Form(
        surety_id=surety_id, kind=GuaranteeKind.ADVANCE_PAYMENT, obligee="322016", obligee_name="松江市",
        delivery=Medium.ELECTRONIC, works_name=works_name, contract_price=48_000_000, covered_price=None,
        guaranteed_amount=19_200_000, completion_on=date(2031, 3, 15), guarantee_ends_on=date(2031, 3, 15),
        depositary_bank=None, urgent=False, contract_on=date(2024, 6, 3),
    )  # fmt: skip


@asynccontextmanager
async def world(
    ground: Ground, *, clock: Clock = system_clock, rulebook: Rulebook | None = None, **changes: Any
) -> AsyncIterator[World]:
    """Give a new world on the empty database of `ground`."""
    platform = Platform.build(settings_of(ground, **changes), clock=clock, rulebook=rulebook)
    try:
        surety_id = await seeding.add_parties(platform)
        yield World(ground.kind, platform, build_app(platform, deliver_mail=False), surety_id)
    finally:
        await platform.database.close()


def files_under(*folders: Path) -> list[Path]:
    """Return every file below `folders`."""
    return sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
