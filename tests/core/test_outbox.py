import asyncio
import email.policy
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit
from denshi_hosho.core.clock import JST
from denshi_hosho.core.outbox import BATCH, LEASE, MAX_PAUSE, Post, claim, postpone, settle
from denshi_hosho.core.postman import Postman, message, plainly, to_folder
from denshi_hosho.core.tables import access_key, mail
from tests.core.world import NOTARY, NOW, World, add_actor

pytestmark = pytest.mark.anyio
DUE = datetime(2024, 6, 3, 16, tzinfo=JST)
SECOND = timedelta(seconds=1)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Sent(list[EmailMessage]):
    """A transport that remembers; it fails for the mails of which `fails` says so."""

    def __init__(self, fails: type[Exception] | None = None) -> None:
        super().__init__()
        self.fails = fails

    def __call__(self, sent: EmailMessage) -> None:
        if self.fails:
            raise self.fails("no route to host")
        self.append(sent)


def postman(world: World, transport: Any, now: datetime = DUE) -> Postman:
    return Postman(world.database, transport, plainly("noreply@guarantee.example.jp"), Clock(now))


def files(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def names(folder: Path) -> list[str]:
    return sorted(files(folder))


def in_the_way(file: Path) -> None:
    file.write_text("in the way")


async def one_mail(world: World) -> Any:
    return await world.one(sa.select(mail))


@pytest.mark.parametrize(
    ("concluded", "due"),
    [
        (datetime(2024, 6, 3, 15, 59, 59, tzinfo=JST), DUE),
        (datetime(2024, 6, 3, 16, 0, 0, tzinfo=JST), DUE),
        (datetime(2024, 6, 3, 16, 0, 1, tzinfo=JST), DUE + timedelta(days=1)),
        (datetime(2024, 6, 30, 23, 0, 0, tzinfo=JST), datetime(2024, 7, 1, 16, tzinfo=JST)),
    ],
)
async def test_a_mail_waits_for_16_oclock(world: World, concluded: datetime, due: datetime) -> None:
    await world.concluded(now=concluded)
    row = await one_mail(world)
    assert (row.due_at, row.created_at, row.attempts, row.sent_at) == (due, concluded, 0, None)
    assert await claim(world.database, "one", due - SECOND) == []
    assert [each.id for each in await claim(world.database, "one", due)] == [row.id]


async def test_an_urgent_mail_is_due_now(world: World) -> None:
    await world.concluded(urgent=True)
    assert (await one_mail(world)).due_at == NOW
    assert len(await claim(world.database, "one", NOW)) == 1


async def test_the_mail_says_where_to_look_and_never_the_key(world: World) -> None:
    guarantee_id = await world.concluded(works_name="{number} % 工事 {0}")
    row = await one_mail(world)
    key = await world.one(sa.select(access_key.c.sealed, access_key.c.sealed_with))
    plain = world.vault.unseal("1070000473", key.sealed, key.sealed_with)
    assert (row.guarantee_id, row.recipient, row.message_id) == (
        guarantee_id, "contractor@example.jp", f"<registration.1070000473.{world.contractor.account_id}@hosho.example.jp>",
    )  # fmt: skip
    assert row.subject == "電子証書・認証キー登録のお知らせ"
    text, _, log = row.body.partition("────────────────────\n")
    head = await world.database.write(audit.head)
    assert log == (
        "監査ログ（記録が後から書き換えられていないことの証拠です。お読みになる必要はありませんが、メールは保存してください）\n"
        + NOTARY.checkpoint(4, head.root)
    )
    assert head.size == 4
    assert text == (
        "株式会社西日本保証建設 本町支店 様\n\n"
        "電子証書と認証キーを登録しました。次のサイトにログインしてご確認ください。\n\n"
        "  https://hosho.example.jp\n\n"
        "  区分         : 前払金保証\n"
        "  保証契約番号 : 1070000473\n"
        "  工事名       : {number} % 工事 {0}\n"
        "  発注者       : 松江市\n\n"
        "発注者へは「認証キー等のお知らせ」をご提出ください。認証キーはこのメールには記載していません。\n"
        "発注者は、保証契約番号と認証キーにより、次の画面で電子証書を閲覧します。\n\n"
        "  https://hosho.example.jp/open\n\n"
        "西日本建設業保証株式会社\n\n"
    )
    assert plain not in row.body
    assert plain not in message(row, "a@example.jp").as_string()


async def test_every_account_of_the_principal_gets_its_own_mail(world: World) -> None:
    async def second(connection: AsyncConnection) -> None:
        assert world.contractor.principal_id
        await add_actor(connection, "second", world.contractor.role, world.contractor.principal_id)

    await world.database.write(second)
    await world.concluded()
    rows = await world.all(sa.select(mail.c.recipient, mail.c.message_id).order_by(mail.c.id))
    assert [row.recipient for row in rows] == ["contractor@example.jp", "second@example.jp"]
    assert len({row.message_id for row in rows}) == 2


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://hosho.example.jp:8443/x", "hosho.example.jp"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("", "localhost"),
    ],
)
def test_message_ids_are_of_the_platforms_host(url: str, host: str) -> None:
    assert Post("a@example.jp", url, NOTARY).host == host


async def test_a_sent_mail_is_sent_once(world: World) -> None:
    await world.concluded()
    sent = Sent()
    assert await postman(world, sent).round() == 1
    assert await postman(world, sent, DUE + timedelta(days=9)).round() == 0
    row = await one_mail(world)
    assert (row.sent_at, row.attempts, row.lease_by, row.lease_until, row.last_error) == (DUE, 1, None, None, None)
    assert len(sent) == 1


async def test_what_one_postman_has_no_other_gets(world: World) -> None:
    for _ in range(5):
        await world.concluded()
    first = await claim(world.database, "one", DUE)
    assert len(first) == 5
    assert await claim(world.database, "two", DUE + LEASE - SECOND) == []


async def test_postmen_at_the_same_time_share_the_mail_and_double_none(world: World) -> None:
    for _ in range(BATCH + 10):
        await world.concluded()
    batches = await asyncio.gather(*(claim(world.database, f"postman {n}", DUE) for n in range(8)))
    batches += await asyncio.gather(*(claim(world.database, f"postman {n}", DUE) for n in range(8)))
    claimed = [row.id for batch in batches for row in batch]
    assert len(claimed) == len(set(claimed)) == BATCH + 10
    assert max(len(batch) for batch in batches) <= BATCH


async def test_several_postmen_deliver_each_mail_once(world: World) -> None:
    for _ in range(BATCH + 5):
        await world.concluded()
    sent = Sent()
    counts = await asyncio.gather(*(postman(world, sent).round() for _ in range(3)))
    assert sum(counts) == BATCH + 5
    assert len({each["Message-ID"] for each in sent}) == len(sent) == BATCH + 5


async def test_a_postman_that_died_is_followed_by_another_with_the_same_message_id(world: World) -> None:
    await world.concluded()
    (dead,) = await claim(world.database, "dead", DUE)
    sent = Sent()
    assert await postman(world, sent, DUE + LEASE - SECOND).round() == 0
    assert await postman(world, sent, DUE + LEASE).round() == 1
    assert [each["Message-ID"] for each in sent] == [dead.message_id]
    assert (await one_mail(world)).attempts == 2


async def test_a_postman_that_lost_its_lease_changes_nothing(world: World) -> None:
    await world.concluded()
    (late,) = await claim(world.database, "late", DUE)
    await claim(world.database, "now", DUE + LEASE)
    before = await one_mail(world)
    await settle(world.database, late.id, "late", DUE + LEASE)
    await postpone(world.database, late, "late", "why", DUE + LEASE)
    assert await one_mail(world) == before


async def test_a_mail_that_fails_waits_longer_each_time_and_says_why(world: World) -> None:
    await world.concluded()
    now, pauses = DUE, []
    with structlog.testing.capture_logs() as logs:
        for attempt in range(1, 15):
            assert await postman(world, Sent(ConnectionRefusedError), now).round() == 0
            row = await one_mail(world)
            assert (row.attempts, row.sent_at, row.lease_by) == (attempt, None, None)
            assert row.last_error == "ConnectionRefusedError('no route to host')"
            assert await claim(world.database, "early", row.lease_until - SECOND) == []
            pauses.append(int((row.lease_until - now).total_seconds()))
            now = row.lease_until
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]
    assert timedelta(seconds=3600) == MAX_PAUSE
    assert {(each["event"], each["error"]) for each in logs} == {("mail not sent", "ConnectionRefusedError")}
    assert await postman(world, Sent(), now).round() == 1
    assert (await one_mail(world)).last_error is None


@pytest.mark.parametrize("recipient", ["a\nBcc: b@example.jp", "\ud800@example.jp", "保証@例え.jp", "a@b@c", '"', "<"])
@pytest.mark.parametrize("error", [ValueError, KeyError])
async def test_one_bad_mail_does_not_hold_up_those_behind_it(
    world: World, recipient: str, error: type[Exception], tmp_path: Path
) -> None:
    await world.concluded()
    await world.concluded()
    first = (await world.all(sa.select(mail).order_by(mail.c.id)))[0]
    if "\ud800" not in recipient:
        bad = sa.update(mail).where(mail.c.id == first.id).values(recipient=recipient)
        await world.database.write(lambda connection: connection.execute(bad))
    folder = to_folder(tmp_path)

    def transport(sent: EmailMessage) -> None:
        if "\ud800" in recipient and sent["Message-ID"] == first.message_id:
            raise error("odd")
        folder(sent)

    await postman(world, transport).round()
    rows = await world.all(sa.select(mail).order_by(mail.c.id))
    assert rows[1].sent_at == DUE
    assert (rows[0].sent_at is None) == (rows[0].last_error is not None)


async def test_a_round_takes_more_than_one_batch_and_only_what_is_due(world: World) -> None:
    for _ in range(BATCH + 1):
        await world.concluded()
    await world.concluded(now=DUE + SECOND)
    sent = Sent()
    assert await postman(world, sent).round() == BATCH + 1


async def test_a_mail_file_can_be_read_by_any_mail_program(world: World, tmp_path: Path) -> None:
    await world.concluded(works_name="国道〇号線　道路改良工事 その1 " + "長" * 150)
    assert await postman(world, to_folder(tmp_path / "new" / "mail")).round() == 1
    ((name, raw),) = files(tmp_path / "new" / "mail").items()
    row = await one_mail(world)
    assert name == f"{row.message_id.strip('<>')}.eml"
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    read = message_from_bytes(raw, policy=email.policy.default)
    assert not read.defects
    assert (read["From"], read["To"], read["Subject"], read["Message-ID"], read["Auto-Submitted"]) == (
        "noreply@guarantee.example.jp", "contractor@example.jp", "電子証書・認証キー登録のお知らせ", row.message_id,
        "auto-generated",
    )  # fmt: skip
    assert read["Date"].datetime == DUE
    assert read.get_content().replace("\r\n", "\n") == row.body


async def test_a_mail_file_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    real = Path.replace

    def replace(draft: Path, target: Path) -> Path:
        seen.append(names(tmp_path))
        assert draft.read_bytes() == whole.as_bytes()
        return real(draft, target)

    whole = EmailMessage()
    whole["Message-ID"] = "<../a b@example.jp>"
    whole.set_content("x")
    monkeypatch.setattr(Path, "replace", replace)
    to_folder(tmp_path)(whole)
    assert [[name[:16] for name in each] for each in seen] == [["..._a_b@example."]]
    assert names(tmp_path) == [".._a_b@example.jp.eml"]


async def test_a_draft_that_cannot_be_finished_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = EmailMessage()
    whole["Message-ID"] = "<a@example.jp>"

    def full(_draft: Path, _target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        to_folder(tmp_path)(whole)
    assert names(tmp_path) == []


async def test_a_folder_that_cannot_be_written_keeps_the_mail_in_the_outbox(world: World, tmp_path: Path) -> None:
    in_the_way(tmp_path / "file")
    await world.concluded()
    assert await postman(world, to_folder(tmp_path / "file" / "mail")).round() == 0
    row = await one_mail(world)
    assert row.sent_at is None
    assert "NotADirectoryError" in row.last_error
    assert await postman(world, to_folder(tmp_path / "mail"), row.lease_until).round() == 1


async def test_the_walk_goes_on_after_a_round_that_failed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    walker = postman(world, Sent())
    rounds = 0
    enough = asyncio.Event()

    async def fails() -> int:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            enough.set()
        raise ZeroDivisionError

    monkeypatch.setattr(walker, "round", fails)
    with structlog.testing.capture_logs() as logs:
        walk = asyncio.create_task(walker.walk(0))
        await asyncio.wait_for(enough.wait(), 5)
        walk.cancel()
        await asyncio.gather(walk, return_exceptions=True)
    assert walk.cancelled()
    assert {each["event"] for each in logs} == {"mail round failed"}
