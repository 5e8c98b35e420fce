"""Handing keys in: the message as the rules want it, the key only where it belongs, and the states up to the answer."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from denshi_hosho.core import postman as posting
from denshi_hosho.core.tables import key_event, mail, metadata, submission, submission_step
from denshi_hosho.resolvers.mailing import postman
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from tests.client import OPEN, Api, Json, approved, codes, concluded, revealed
from tests.conftest import Clock, api_of, with_rulebook
from tests.rules.rule_texts import MINIMAL
from tests.schema.handing_in import (
    OWN_FORM,
    TOGETHER,
    TOLD,
    answered,
    downloaded,
    in_town,
    key_in_text,
    one_prepared,
    prepare,
    prepared,
    read,
    sent,
    submit,
    text_of,
    town,
)
from tests.schema.parties import add_other_surety

pytestmark = pytest.mark.anyio
MESSAGES = """query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) { submissions {
  id state address steps { state note } message { body fields { value secret } numbers ready } } } } }"""


async def kept_text(api: Api) -> str:
    """Everything that stands in the database, as one text."""
    async with api.platform.database.read() as connection:
        rows = [row for table in metadata.sorted_tables for row in (await connection.execute(sa.select(table))).all()]
    return "\n".join(map(repr, rows))


async def events(api: Api) -> list[str]:
    async with api.platform.database.read() as connection:
        return [each.name for each in (await connection.execute(sa.select(key_event.c.event))).scalars()]


async def shown_to(api: Api, who: str, number: str = "1070000473") -> list[Json]:
    answer = await (await api.as_(who)).ask(MESSAGES, number=number)
    return list(answer["viewer"]["guarantee"]["submissions"])


async def test_matsue_wants_its_address_asked_for_first(api: Api) -> None:
    (first,) = await prepared(api, await concluded(api), contactName="松江 花子")
    assert first["submission"]["state"] == "PREPARED"
    assert first["submission"]["address"] is None
    assert (first["message"]["way"], first["message"]["to"], first["message"]["ready"]) == ("EMAIL", None, False)
    assert [(each["code"], each["field"]) for each in first["message"]["unresolved"]] == [("RECIPIENT_ASK", "address")]
    assert "契約窓口" in first["message"]["unresolved"][0]["ja"]
    assert first["message"]["forbidden"] == ["CERTIFICATE_SCREEN"]


async def test_a_told_address_makes_it_ready(api: Api) -> None:
    only = await one_prepared(api, await concluded(api), **TOLD)
    assert (only["message"]["to"], only["message"]["ready"]) == (TOLD["address"], True)
    assert only["submission"]["address"] == TOLD["address"]


async def test_the_ready_mail_holds_the_notice_and_nothing_else(api: Api) -> None:
    guarantee = await concluded(api)
    key = (await revealed(api, guarantee["id"]))["accessKey"]
    only = await one_prepared(api, guarantee, **TOLD)
    written = await downloaded(api, only["emlUrl"])
    assert written["To"] == TOLD["address"]
    assert written["Subject"] == only["message"]["subject"]
    assert (written["X-Unsent"], written["From"]) == ("1", None)
    assert text_of(written).splitlines() == only["message"]["body"].splitlines()
    assert key not in text_of(written)
    assert "松江 花子" in text_of(written)
    (notice,) = written.iter_attachments()
    assert notice.get_filename() == "認証キー等のお知らせ_1070000473.pdf"
    assert notice.get_content_type() == "application/pdf"
    assert notice.get_content().startswith(b"%PDF")


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_the_key_stands_in_the_text_only_where_the_rule_wants_it_there(platform: Platform) -> None:
    async with api_of(with_rulebook(platform, key_in_text())) as api:
        guarantee = await in_town(api)
        key = (await revealed(api, guarantee["id"]))["accessKey"]
        only = await one_prepared(api, guarantee, contactName="松江 花子", contactPhone="1")
        assert only["message"]["keyInText"]
        assert key in only["message"]["body"]
        written = await downloaded(api, only["emlUrl"])
        assert key in text_of(written)
        assert list(written.iter_attachments()) == []
        for who in ("contractor", "surety"):
            (shown,) = await shown_to(api, who)
            assert key not in str(shown)
            assert "＊＊＊＊＊＊＊＊＊＊＊＊" in shown["message"]["body"]
        assert key not in await kept_text(api)


async def test_that_the_key_was_shown_is_written_down(api: Api) -> None:
    guarantee = await concluded(api)
    assert await events(api) == []
    await prepared(api, guarantee, **TOLD)
    assert await events(api) == ["REVEALED"]
    await shown_to(api, "contractor")
    assert await events(api) == ["REVEALED"]


async def test_sent_twice_it_is_prepared_once(api: Api) -> None:
    guarantee = await concluded(api)
    first, again = [await one_prepared(api, guarantee, **TOLD) for _ in range(2)]
    assert {**first, "emlUrl": ""} == {**again, "emlUrl": ""}
    assert (await api.rows())["submission"] == 1
    assert codes(await prepare(api, guarantee)) == ["IDEMPOTENCY_KEY_REUSED"]


async def test_each_guarantee_gets_its_own_message_where_the_rule_is_silent(api: Api) -> None:
    both = [await concluded(api), await concluded(api, "apply-2", kind="PERFORMANCE", guaranteedAmount=4_800_000)]
    first, second = await prepared(api, *both, **TOLD)
    assert (first["message"]["numbers"], second["message"]["numbers"]) == (["1070000473"], ["1070200236"])
    assert first["submission"]["id"] != second["submission"]["id"]
    again = await prepared(api, *both, **TOLD)
    assert [each["submission"]["id"] for each in again] == [each["submission"]["id"] for each in (first, second)]


async def test_several_go_in_one_mail_where_the_rule_allows_it(platform: Platform) -> None:
    async with api_of(with_rulebook(platform, town(TOGETHER))) as api:
        both = [await in_town(api), await in_town(api, "apply-2", kind="PERFORMANCE", guaranteedAmount=4_800_000)]
        only = await one_prepared(api, *both)
        assert only["message"]["numbers"] == ["1070000473", "1070200236"]
        names = [each.get_filename() for each in (await downloaded(api, only["emlUrl"])).iter_attachments()]
        assert names == ["認証キー等のお知らせ_1070000473.pdf", "認証キー等のお知らせ_1070200236.pdf"]
        assert await events(api) == ["REVEALED", "REVEALED"]


async def test_rules_that_no_longer_let_them_go_together_lose_none_of_them(platform: Platform) -> None:
    async with api_of(with_rulebook(platform, town(TOGETHER))) as api:
        both = [await in_town(api), await in_town(api, "apply-2", kind="PERFORMANCE", guaranteedAmount=4_800_000)]
        only = await one_prepared(api, *both)
    async with api_of(with_rulebook(platform, town())) as api:
        contractor = await api.as_("contractor")
        assert await contractor.errors(MESSAGES, number="1070000473") == ["PREPARE_AGAIN"]
        response = await api.http.get(only["emlUrl"])
        assert (response.status_code, response.headers["content-type"]) != (200, "message/rfc822")


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_what_cannot_be_prepared_is_refused_and_nothing_is_written(api: Api) -> None:
    await add_other_surety(api.platform)
    mine = await concluded(api)
    elsewhere = await concluded(api, "apply-2", worksName="別の工事")
    paper = await concluded(api, "apply-3", delivery="PAPER")
    await api.as_("other")
    before = await api.rows()
    assert codes(await prepare(api, mine, elsewhere)) == ["DIFFERENT_WORKS"]
    assert codes(await prepare(api, mine, paper)) == ["ON_PAPER"]
    assert codes(await prepare(api)) == ["TOO_MANY_TOGETHER"]
    assert codes(await prepare(api, {"id": "R3VhcmFudGVlOjk5OQ=="})) == ["NOT_FOUND"]
    given = {"guaranteeIds": [mine["id"]], "idempotencyKey": "x"}
    assert codes(await answered(api, "prepareSubmission", "other", **given)) == ["NOT_FOUND"]
    assert codes(await answered(api, "prepareSubmission", "surety", **given)) == ["NOT_ALLOWED"]
    assert await api.rows() == before


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"subject": "件名\r\nBcc: thief@example.com"}, "TEXT_CONTROL_CHARACTER", "subject"),
        ({"contactName": "a\x00"}, "TEXT_CONTROL_CHARACTER", "contactName"),
        ({"worksNumber": " "}, "TEXT_LENGTH", "worksNumber"),
        ({"division": "課" * 201}, "TEXT_LENGTH", "division"),
        ({"contactEmail": "hanako"}, "EMAIL_MALFORMED", "contactEmail"),
        ({"suretyEmail": "a@b.jp, c@d.jp"}, "EMAIL_MALFORMED", "suretyEmail"),
    ],
)
async def test_what_is_told_is_checked_before_it_is_kept(api: Api, facts: Json, code: str, field: str) -> None:
    guarantee = await concluded(api)
    before = await api.rows()
    answer = await prepare(api, guarantee, **facts)
    assert codes(answer) == [code]
    assert answer["refusals"][0]["path"] == ["facts", field]
    assert await api.rows() == before


async def test_it_goes_from_prepared_to_accepted(api: Api, clock: Clock) -> None:
    guarantee = await concluded(api)
    key = (await revealed(api, guarantee["id"]))["accessKey"]
    made = (await one_prepared(api, guarantee, **TOLD))["submission"]
    opened = {"number": "1070000473", "accessKey": key}
    await api.ask(OPEN, **opened)
    assert [each["state"] for each in await shown_to(api, "contractor")] == ["PREPARED"]
    clock.now += timedelta(days=1)
    api.sessions.clear()
    handed = await sent(api, made, handedInOn="2024-06-03", note="送信済み")
    assert (handed["state"], handed["handedInOn"], handed["address"]) == ("SENT", "2024-06-03", TOLD["address"])
    assert (await answered(api, "confirmArrival", submissionId=made["id"]))["submission"]["state"] == "ARRIVED"
    await api.ask(OPEN, **opened)
    assert [each["state"] for each in await shown_to(api, "surety")] == ["OPENED"]
    answer = await answered(api, "recordAcceptance", submissionId=made["id"], note="受理の連絡")
    assert answer["submission"]["steps"] == [
        {"state": "PREPARED", "note": None},
        {"state": "SENT", "note": "送信済み"},
        {"state": "ARRIVED", "note": None},
        {"state": "OPENED", "note": None},
        {"state": "ACCEPTED", "note": "受理の連絡"},
    ]
    async with api.platform.database.read() as connection:
        who = (
            await connection.execute(sa.select(submission_step.c.account_id).order_by(submission_step.c.id))
        ).scalars()
        assert [each is None for each in who] == [False, False, False, True, False]


async def test_opening_brings_a_sent_key_to_opened_once(api: Api) -> None:
    guarantee = await concluded(api)
    key = (await revealed(api, guarantee["id"]))["accessKey"]
    made = (await one_prepared(api, guarantee, **TOLD))["submission"]
    await sent(api, made)
    for _ in range(2):
        await api.ask(OPEN, number="1070000473", accessKey=key)
    (shown,) = await shown_to(api, "contractor")
    assert [each["state"] for each in shown["steps"]] == ["PREPARED", "SENT", "OPENED"]


async def test_a_rejection_says_why_and_the_key_is_handed_in_anew(api: Api) -> None:
    guarantee = await concluded(api)
    made = (await one_prepared(api, guarantee, **TOLD))["submission"]
    await sent(api, made)
    assert codes(await answered(api, "recordRejection", submissionId=made["id"])) == ["NOTE_LENGTH"]
    answer = await answered(api, "recordRejection", submissionId=made["id"], note="宛先が違います。")
    assert answer["submission"]["state"] == "REJECTED"
    again = (await one_prepared(api, guarantee, key="p2", **TOLD))["submission"]
    assert [(each["id"], each["state"]) for each in await shown_to(api, "contractor")] == [
        (made["id"], "REJECTED"),
        (again["id"], "PREPARED"),
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_step_from_a_wrong_state_is_refused(api: Api) -> None:
    made = (await one_prepared(api, await concluded(api), **TOLD))["submission"]
    before = await api.rows()
    for mutation in ("confirmArrival", "recordAcceptance", "recordRejection"):
        answer = await answered(api, mutation, submissionId=made["id"], note="早い")
        assert codes(answer) == ["WRONG_STATE"]
        assert answer["refusals"][0]["path"] == ["submissionId"]
    assert await api.rows() == before
    await sent(api, made)
    assert codes(await submit(api, made)) == ["WRONG_STATE"]
    await answered(api, "recordAcceptance", submissionId=made["id"])
    for mutation in ("confirmArrival", "recordAcceptance", "recordRejection"):
        assert codes(await answered(api, mutation, submissionId=made["id"], note="遅い")) == ["WRONG_STATE"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"handedInOn": "2024-06-04"}, "DAY_IN_FUTURE"),
        ({"note": ""}, "NOTE_LENGTH"),
        ({"way": "NOT_STATED"}, "WAY_UNKNOWN"),
        ({"way": "TOLD_ON_AWARD"}, "WAY_UNKNOWN"),
        ({"address": "a@example.jp\r\nBcc: b@example.jp"}, "TEXT_CONTROL_CHARACTER"),
        ({"address": ""}, "TEXT_LENGTH"),
        ({"send": True, "addressConfirmed": True}, "MAIL_OFF"),
    ],
)
async def test_what_was_not_handed_in_so_is_refused(api: Api, given: Json, code: str) -> None:
    made = (await one_prepared(api, await concluded(api), **TOLD))["submission"]
    before = await api.rows()
    assert codes(await submit(api, made, **given)) == [code]
    assert await api.rows() == before
    assert [each["state"] for each in await shown_to(api, "contractor")] == ["PREPARED"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_another_way_has_another_address(api: Api) -> None:
    made = (await one_prepared(api, await concluded(api), **TOLD))["submission"]
    handed = await sent(api, made, way="IN_PERSON", note="窓口へ")
    assert (handed["way"], handed["address"]) == ("IN_PERSON", None)


class Sent(list[EmailMessage]):
    """A mail server that takes everything."""

    def transport(self, _url: str) -> posting.Transport:
        return lambda message: self.append(read(message.as_bytes()))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Sent:
    taken = Sent()
    monkeypatch.setattr("denshi_hosho.resolvers.mailing.to_smtp", taken.transport)
    return taken


def with_mail(platform: Platform, rulebook: Rulebook | None = None) -> Platform:
    mailing = replace(platform, settings=replace(platform.settings, smtp_url="smtp://localhost:25"))
    return with_rulebook(mailing, rulebook) if rulebook else mailing


async def test_the_platform_sends_it_and_keeps_no_key(platform: Platform, server: Sent) -> None:
    async with api_of(with_mail(platform)) as api:
        guarantee = await concluded(api)
        key = (await revealed(api, guarantee["id"]))["accessKey"]
        only = await one_prepared(api, guarantee, **TOLD)
        handed = await sent(api, only["submission"], send=True, addressConfirmed=True)
        assert (handed["state"], handed["handedInOn"]) == ("SENT", "2024-06-03")
        async with api.platform.database.read() as connection:
            (queued,) = (await connection.execute(sa.select(mail).where(mail.c.submission_id.is_not(None)))).all()
        assert (queued.recipient, queued.subject, queued.body) == (TOLD["address"], "", "")
        assert await postman(api.platform).round() == 1
        (message,) = server
        assert (message["To"], message["From"]) == (TOLD["address"], platform.post.sender)
        assert (message["Message-ID"], message["X-Unsent"]) == ("<submission.1@hosho.test>", None)
        assert message["Subject"] == only["message"]["subject"]
        assert text_of(message).splitlines() == only["message"]["body"].splitlines()
        assert [each.get_content_type() for each in message.iter_attachments()] == ["application/pdf"]
        assert key not in await kept_text(api)
        assert await postman(api.platform).round() == 0


async def test_a_mail_that_fails_leaves_no_key_behind(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    async with api_of(with_mail(platform, key_in_text())) as api:
        guarantee = await in_town(api)
        key = (await revealed(api, guarantee["id"]))["accessKey"]

        def fails(_url: str) -> posting.Transport:
            def send(message: EmailMessage) -> None:
                raise ValueError(message.get_content())

            return send

        monkeypatch.setattr("denshi_hosho.resolvers.mailing.to_smtp", fails)
        only = await one_prepared(api, guarantee, contactName="松江 花子", contactPhone="1")
        assert (await sent(api, only["submission"], send=True))["address"] == "keiyaku@example.lg.jp"
        assert await postman(api.platform).round() == 0
        assert key not in await kept_text(api)


async def refused_sending(api: Api, made: Json, **given: object) -> list[str]:
    """The codes with which sending is refused; nothing is written."""
    before = await api.rows()
    found = codes(await submit(api, made["submission"], send=True, **given))
    assert await api.rows() == before
    return found


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_nothing_is_sent_to_an_address_that_nobody_confirmed(platform: Platform, server: Sent) -> None:
    async with api_of(with_mail(platform)) as api:
        guarantee = await concluded(api)
        made = await one_prepared(api, guarantee, **TOLD)
        assert await refused_sending(api, made) == ["ADDRESS_NOT_CONFIRMED"]
        assert await refused_sending(api, made, address=TOLD["address"]) == ["ADDRESS_NOT_CONFIRMED"]
        assert await refused_sending(api, made, address="x", addressConfirmed=True) == ["EMAIL_MALFORMED"]
        unresolved = await one_prepared(api, guarantee, key="p2")
        assert await refused_sending(api, unresolved, addressConfirmed=True) == ["ADDRESS_NOT_CONFIRMED"]
    async with api_of(with_mail(platform, town())) as api:
        made = await one_prepared(api, await in_town(api, "t"), key="p3")
        assert await refused_sending(api, made, address="thief@example.com") == ["ADDRESS_NOT_CONFIRMED"]
        differing = await one_prepared(api, await in_town(api, "u"), key="p4", address="other@example.jp")
        assert await refused_sending(api, differing) == ["ADDRESS_NOT_CONFIRMED"]
        assert (await sent(api, made["submission"], send=True))["address"] == "keiyaku@example.lg.jp"


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_an_address_confirmed_at_sending_is_enough(platform: Platform, server: Sent) -> None:
    async with api_of(with_mail(platform)) as api:
        made = await one_prepared(api, await concluded(api))
        given = {"send": True, "address": "late@matsue.example.jp", "addressConfirmed": True}
        await sent(api, made["submission"], **given)
        assert await postman(api.platform).round() == 1
        assert [message["To"] for message in server] == ["late@matsue.example.jp"]
        (shown,) = await shown_to(api, "contractor")
        assert (shown["address"], shown["message"]["ready"]) == ("late@matsue.example.jp", True)


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_an_invoice_that_may_go_along_is_not_waited_for(platform: Platform, server: Sent) -> None:
    invoice = '\n[[revision.submission.companion]]\ndocument = "前払金請求書"\nway = "TOGETHER"\n'
    invoice += 'ja = "請求書"\nen = "Invoice."\nsource = "page"\n'
    async with api_of(with_mail(platform, town(invoice))) as api:
        made = await one_prepared(api, await in_town(api))
        assert await refused_sending(api, made) == ["ATTACHMENT_NOT_OURS"]
    async with api_of(with_mail(platform, town(invoice, 'need = "OPTIONAL"\n'))) as api:
        made = await one_prepared(api, await in_town(api, "t"), key="p2")
        assert (await sent(api, made["submission"], send=True))["state"] == "SENT"
        assert await postman(api.platform).round() == 1
        assert len(server) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_nothing_is_sent_that_is_not_ready_or_whole(platform: Platform) -> None:
    async with api_of(with_mail(platform, town(OWN_FORM))) as api:
        made = await one_prepared(api, await in_town(api))
        assert await refused_sending(api, made) == ["ATTACHMENT_NOT_OURS"]
        assert await refused_sending(api, made, way="FAX", address="0852") == ["NOT_BY_MAIL"]
        assert await refused_sending(api, made, handedInOn="2024-06-02") == ["DAY_NOT_TODAY"]
    described = """
[[revision.submission.subject]]
ja = "件名に工事名を記載します。"
en = "The subject has the works name."
source = "page"
"""
    async with api_of(with_mail(platform, town(described))) as api:
        made = await one_prepared(api, await in_town(api, "t"), key="p2")
        assert await refused_sending(api, made) == ["SUBJECT_DESCRIBED"]
        told = await one_prepared(api, await in_town(api, "u"), key="p3", subject="電子保証")
        assert (await sent(api, told["submission"], send=True))["state"] == "SENT"


async def test_a_rotated_key_closes_the_url_and_the_next_mail_has_the_new_one(api: Api) -> None:
    guarantee = await concluded(api)
    only = await one_prepared(api, guarantee, **TOLD)
    await downloaded(api, only["emlUrl"])
    await answered(api, "rotateAccessKey", guaranteeId=guarantee["id"], reason="誤送信", idempotencyKey="r")
    assert (await api.http.get(only["emlUrl"])).status_code == 403
    again = await one_prepared(api, guarantee, **TOLD)
    assert again["submission"]["id"] == only["submission"]["id"]
    await downloaded(api, again["emlUrl"])
    assert await events(api) == ["REVEALED", "ROTATED", "REVEALED"]


async def test_a_url_is_good_for_five_minutes(api: Api, clock: Clock) -> None:
    only = await one_prepared(api, await concluded(api), **TOLD)
    clock.now += timedelta(minutes=5)
    assert (await api.http.get(only["emlUrl"])).status_code == 403


async def test_the_surety_sees_where_it_stands_and_others_nothing(api: Api) -> None:
    await add_other_surety(api.platform)
    guarantee = await concluded(api)
    key = (await revealed(api, guarantee["id"]))["accessKey"]
    made = (await one_prepared(api, guarantee, **TOLD))["submission"]
    node = "query ($id: ID!) { node(id: $id) { ... on Submission { state message { body } steps { state } } } }"
    for who in ("contractor", "surety"):
        found = (await (await api.as_(who)).ask(node, id=made["id"]))["node"]
        assert (found["state"], found["steps"]) == ("PREPARED", [{"state": "PREPARED"}])
        assert key not in str(found)
    for who in ("other", "other-surety"):
        assert await (await api.as_(who)).ask(node, id=made["id"]) == {"node": None}


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_todays_rules_say_how_and_the_stored_ones_if_those_refuse(platform: Platform) -> None:
    async with api_of(with_rulebook(platform, town())) as api:
        guarantee = await in_town(api)
    moved = Rulebook.from_texts({"town": MINIMAL.replace("keiyaku@", "new-desk@")})
    refusing = Rulebook.from_texts({"town": MINIMAL.replace("from = 2024-04-01", "from = 2024-07-01")})
    gone = Rulebook.from_texts({})
    # By the notice, which was never told: what it would be is provisional, and no key goes there.
    by_notice = MINIMAL.replace('counted_by = "contract"', 'counted_by = "notice"').replace("keiyaku@", "new-desk@")
    undetermined = Rulebook.from_texts({"town": by_notice})
    expected = (
        (moved, "new-desk@example.lg.jp"),
        (refusing, "keiyaku@example.lg.jp"),
        (gone, "keiyaku@example.lg.jp"),
        (undetermined, "keiyaku@example.lg.jp"),
    )
    for number, (rulebook, address) in enumerate(expected):
        async with api_of(with_rulebook(platform, rulebook)) as api:
            only = await one_prepared(api, guarantee, key=f"p{number}")
            assert only["message"]["to"] == address


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_the_day_of_the_guarantee_is_that_of_its_conclusion(platform: Platform, clock: Clock) -> None:
    first = MINIMAL.replace('counted_by = "contract"', 'counted_by = "guarantee"')
    second = first[first.index("[[revision]]") :].replace("2024-04-01", "2024-06-04").replace("keiyaku@", "new-desk@")
    async with api_of(with_rulebook(platform, Rulebook.from_texts({"town": f"{first}\n{second}"}))) as api:
        application_id = await approved(api, obligee="test/town")
        clock.now += timedelta(days=1)
        api.sessions.clear()
        given = {"applicationId": application_id, "idempotencyKey": "c"}
        guarantee = (await answered(api, "concludeGuarantee", "surety", **given))["guarantee"]
        assert (await one_prepared(api, guarantee))["message"]["to"] == "new-desk@example.lg.jp"


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_what_was_sent_reads_as_on_its_day(platform: Platform, clock: Clock) -> None:
    closing = MINIMAL.replace('way = "EMAIL"\n', 'way = "EMAIL"\nuntil = 2024-06-30\n')
    async with api_of(with_rulebook(platform, Rulebook.from_texts({"town": closing}))) as api:
        made = (await one_prepared(api, await in_town(api)))["submission"]
        await sent(api, made)
        clock.now += timedelta(days=60)
        fresh = Api(api.http, api.platform)
        (shown,) = await shown_to(fresh, "contractor")
        assert (shown["message"]["ready"], shown["message"]["numbers"]) == (True, ["1070000473"])


async def test_a_submission_is_kept_without_its_keys(api: Api) -> None:
    guarantee = await concluded(api)
    key = (await revealed(api, guarantee["id"]))["accessKey"]
    await one_prepared(api, guarantee, **TOLD)
    async with api.platform.database.read() as connection:
        row: Any = (await connection.execute(sa.select(submission))).one()
    assert (row.way, row.address, row.state.name, row.batch) == ("EMAIL", TOLD["address"], "PREPARED", row.id)
    assert key not in await kept_text(api)
