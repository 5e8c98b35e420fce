"""The registration mail: when it is due, where it leads, and that it carries no key."""

import email.policy
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from denshi_hosho.core.tables import mail
from denshi_hosho.resolvers.mailing import postman
from denshi_hosho.schema.app import build_app
from tests.client import Api, Json, concluded, revealed
from tests.conftest import Clock

pytestmark = pytest.mark.anyio
AT_FOUR = datetime(2024, 6, 3, 7, tzinfo=UTC)  # 16:00 in Japan


async def due(api: Api) -> list[datetime]:
    async with api.platform.database.read() as connection:
        return list((await connection.execute(sa.select(mail.c.due_at).order_by(mail.c.id))).scalars())


async def delivered(api: Api) -> list[EmailMessage]:
    await postman(api.platform).round()
    files = sorted(api.platform.settings.mail_folder.glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


@pytest.mark.parametrize(
    ("now", "urgent", "expected"),
    [
        (datetime(2024, 6, 3, 1, tzinfo=UTC), False, AT_FOUR),
        (AT_FOUR, False, AT_FOUR),
        (datetime(2024, 6, 3, 7, 0, 1, tzinfo=UTC), False, datetime(2024, 6, 4, 7, tzinfo=UTC)),
        (datetime(2024, 6, 3, 7, 0, 1, tzinfo=UTC), True, datetime(2024, 6, 3, 7, 0, 1, tzinfo=UTC)),
    ],
)
async def test_it_is_due_at_four_in_japan_or_at_once(
    api: Api, clock: Clock, now: datetime, *, urgent: bool, expected: datetime
) -> None:
    clock.now = now
    await concluded(api, urgent=urgent)
    assert await due(api) == [expected]


async def test_it_leads_to_the_viewer_and_carries_no_key(api: Api, clock: Clock) -> None:
    guarantee: Json = await concluded(api)
    key = (await revealed(api, guarantee["id"]))["accessKey"]
    assert await delivered(api) == []
    clock.now = AT_FOUR
    (message,) = await delivered(api)
    assert (message["To"], message["Subject"]) == ("contractor@example.jp", "電子証書・認証キー登録のお知らせ")
    assert message["Message-ID"] == "<registration.1070000473.1@hosho.test>"
    body = message.get_content()
    for word in (
        "http://hosho.test",
        "1070000473",
        "前払金保証",
        "市道〇号線 道路改良工事",
        "松江市",
        "株式会社西日本保証建設",
    ):
        assert word in body
    assert key not in body + str(message)
    assert (await postman(api.platform).round()) == 0


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_the_application_delivers_while_it_runs(api: Api) -> None:
    await concluded(api, urgent=True)
    app = build_app(api.platform)
    folder = api.platform.settings.mail_folder
    async with app.router.lifespan_context(app):
        for _ in range(1000):
            if list(folder.glob("*.eml")):
                break
            await due(api)
    assert [file.name for file in folder.glob("*.eml")] == ["registration.1070000473.1@hosho.test.eml"]
