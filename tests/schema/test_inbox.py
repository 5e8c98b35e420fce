"""The obligee's inbox over HTTP: what it sees and never sees, comparisons, verdicts, and the files it takes away."""

import csv
import io
import json

import pytest
import sqlalchemy as sa
from graphql import GraphQLObjectType

from denshi_hosho.core.tables import key_event, submission, submission_step, verdict
from denshi_hosho.core.vocabulary import KeyEventKind
from denshi_hosho.resolvers import inbox_export
from denshi_hosho.schema.ids import global_id
from denshi_hosho.schema.root import build_schema
from tests.client import Api, Json, codes, concluded, revealed
from tests.conftest import Clock
from tests.schema import operations as ops
from tests.schema.delegating import OBLIGEES, add_obligee
from tests.schema.handing_in import answered, one_prepared, sent
from tests.schema.operations import MUTATIONS

pytestmark = pytest.mark.anyio
WORKS = "市道〇号線 道路改良工事"
CONTRACT = {
    "contractNumber": "6-1", "worksName": "市道〇号線　道路改良工事", "principalName": "株式会社西日本保証建設　本町支店",
    "contractPrice": 48_000_000, "contractOn": "2024-06-01", "completionOn": "2025-03-15", "advanceAmount": 19_200_000,
}  # fmt: skip


async def obligees(api: Api) -> tuple[Api, Api]:
    for login_id, code in OBLIGEES.items():
        await add_obligee(api.platform, login_id, code)
    return await api.as_("obligee"), await api.as_("other-obligee")


async def handed_in(api: Api, key: str = "apply-1", **changes: object) -> Json:
    """Conclude a guarantee and hand its key in."""
    guarantee = await concluded(api, key, **changes)
    await sent(api, (await one_prepared(api, guarantee, key=f"p-{key}"))["submission"])
    return guarantee


async def page(who: Api, **given: object) -> Json:
    return dict((await who.ask(ops.INBOX, **given))["viewer"]["inbox"])


async def numbers(who: Api, **search: object) -> list[str]:
    return [each["certificate"]["number"] for each in (await page(who, search=search))["nodes"]]


async def accept(api: Api, guarantee: Json, key: str = "accept", **given: object) -> Json:
    return await answered(api, "acceptCertificate", "obligee", guaranteeId=guarantee["id"], idempotencyKey=key, **given)


async def reject(api: Api, guarantee: Json, key: str = "reject", **given: object) -> Json:
    told = {"code": "AMOUNT_TOO_SMALL", "note": "保証金額が足りません。", **given}
    return await answered(api, "rejectCertificate", "obligee", guaranteeId=guarantee["id"], idempotencyKey=key, **told)


async def states(api: Api) -> list[str]:
    async with api.platform.database.read() as connection:
        rows = await connection.execute(sa.select(submission.c.state).order_by(submission.c.id))
        return [each.value for each in rows.scalars()]


async def test_only_what_was_handed_in_to_it_is_seen_by_an_obligee(api: Api) -> None:
    mine, other = await obligees(api)
    guarantee = await concluded(api)
    prepared = (await one_prepared(api, guarantee))["submission"]
    assert await page(mine) == await page(other)
    assert (await page(mine))["totalCount"] == 0
    assert (await mine.ask(ops.INBOX_ITEM, id=guarantee["id"]))["viewer"]["inboxItem"] is None
    await sent(api, prepared)
    (item,) = (await page(mine))["nodes"]
    assert item["guaranteeId"] == guarantee["id"]
    assert item["certificate"] == {"number": guarantee["number"], "worksName": WORKS}
    assert (item["state"], item["way"], item["handedInOn"], item["daysSince"]) == ("SENT", "EMAIL", "2024-06-03", 0)
    assert (item["verdict"], item["firstOpenedAt"], item["comparison"]["match"]) == (None, None, "NOT_MATCHED")
    assert (await page(other))["nodes"] == []
    for who in ("contractor", "other", "surety"):
        assert (await page(await api.as_(who)))["totalCount"] == 0
        assert (await (await api.as_(who)).ask(ops.INBOX_EXPORT))["viewer"]["inboxExport"] is None


async def test_no_key_fee_note_or_trail_is_on_an_inbox_item(api: Api) -> None:
    mine, _ = await obligees(api)
    guarantee = await handed_in(api)
    asked = (
        "query ($id: ID!, $a: ID!) { node(id: $id) { ... on Guarantee { keyEvents { event } submissions { id } decisions { facts }"
        " } } viewer { applications { totalCount } auditTrail { totalCount } } a: node(id: $a) { id } }"
    )
    seen = await mine.ask(asked, id=guarantee["id"], a=global_id("GuaranteeApplication", 1))
    assert seen == {
        "node": {"keyEvents": [], "submissions": [], "decisions": []}, "a": None,
        "viewer": {"applications": {"totalCount": 0}, "auditTrail": {"totalCount": 0}},
    }  # fmt: skip
    kind = build_schema().graphql.type_map["InboxItem"]
    assert isinstance(kind, GraphQLObjectType)
    names = set(kind.fields)
    assert (
        names & {"keyEvents", "fee", "feeAmount", "decisions", "application", "submissions", "notes", "address"}
        == set()
    )


async def test_reading_notes_nothing_and_opening_is_seen_by_the_principal(api: Api) -> None:
    mine, other = await obligees(api)
    guarantee = await handed_in(api)
    before = await api.rows()
    await page(mine)
    await mine.ask(ops.INBOX_ITEM, id=guarantee["id"])
    assert await api.rows() == before
    given = {"guaranteeIds": [guarantee["id"]], "idempotencyKey": "open"}
    assert codes(await other.do(MUTATIONS["openInboxItems"], **given)) == ["NOT_FOUND"]
    both = [guarantee["id"], global_id("Guarantee", 987_654)]
    assert codes(await mine.do(MUTATIONS["openInboxItems"], guaranteeIds=both, idempotencyKey="b")) == ["NOT_FOUND"]
    assert codes(await mine.do(MUTATIONS["openInboxItems"], guaranteeIds=[], idempotencyKey="b")) == [
        "TOO_MANY_TOGETHER"
    ]
    assert await api.rows() == before
    for _ in range(2):  # sent twice, it is done once
        answer = await mine.do(MUTATIONS["openInboxItems"], **given)
        assert [(each["state"], each["firstOpenedAt"]) for each in answer["items"]] == [
            ("OPENED", "2024-06-03T01:00:00+00:00")
        ]
    async with api.platform.database.read() as connection:
        opened = sa.select(key_event.c.account_id).where(key_event.c.event == KeyEventKind.OPENED)
        assert len((await connection.execute(opened)).all()) == 1
        step = sa.select(submission_step.c.account_id).order_by(submission_step.c.id.desc()).limit(1)
        assert (await connection.execute(step)).scalar_one() == (await connection.execute(opened)).scalar_one()
    seen = "query ($id: ID!) { node(id: $id) { ... on Guarantee { firstOpenedAt keyEvents { event } } } }"
    told = (await (await api.as_("contractor")).ask(seen, id=guarantee["id"]))["node"]
    assert told == {
        "firstOpenedAt": "2024-06-03T01:00:00+00:00",
        "keyEvents": [{"event": "REVEALED"}, {"event": "OPENED"}],
    }


async def test_the_principal_sees_a_verdict_and_it_is_given_once(api: Api) -> None:
    _, other = await obligees(api)
    guarantee = await handed_in(api)
    before = await api.rows()
    assert codes(await other.do(MUTATIONS["acceptCertificate"], guaranteeId=guarantee["id"], idempotencyKey="x")) == [
        "NOT_FOUND"
    ]
    assert codes(await accept(api, guarantee, version=2)) == ["VERSION_NOT_LIVE"]
    assert codes(await reject(api, guarantee, note=" ")) == ["NOTE_LENGTH"]
    assert await api.rows() == before
    (item,) = (await accept(api, guarantee, version=1, note="確認しました。"))["items"]
    assert item["state"] == "ACCEPTED"
    asked = "query ($id: ID!) { node(id: $id) { ... on Guarantee { verdict { verdict version code note } } } }"
    for who in ("contractor", "surety"):
        seen = (await (await api.as_(who)).ask(asked, id=guarantee["id"]))["node"]["verdict"]
        assert seen == {"verdict": "ACCEPTED", "version": 1, "code": None, "note": "確認しました。"}
    assert (await (await api.as_("other")).ask(asked, id=guarantee["id"]))["node"] is None
    before = await api.rows()
    refused = await reject(api, guarantee, "again")
    assert codes(refused) == ["WRONG_STATE"]
    assert "受理" in refused["refusals"][0]["message"]
    assert (await accept(api, guarantee, version=1, note="確認しました。"))[
        "__typename"
    ] == "InboxPayload"  # the same request
    assert await api.rows() == before


async def test_what_was_rejected_is_judged_again_after_it_was_handed_in_anew(api: Api) -> None:
    await obligees(api)
    guarantee = await handed_in(api)
    (item,) = (await reject(api, guarantee))["items"]
    assert (item["state"], item["verdict"]["code"]) == ("REJECTED", "AMOUNT_TOO_SMALL")
    assert codes(await accept(api, guarantee)) == ["WRONG_STATE"]
    await sent(api, (await one_prepared(api, guarantee, key="once-more"))["submission"])
    (item,) = (await accept(api, guarantee, "now"))["items"]
    assert (item["state"], item["verdict"]["verdict"]) == ("ACCEPTED", "ACCEPTED")
    assert await states(api) == ["REJECTED", "ACCEPTED"]
    async with api.platform.database.read() as connection:
        kept = (await connection.execute(sa.select(verdict.c.submission_id).order_by(verdict.c.id))).scalars().all()
    assert kept == [1, 2]


async def test_works_contracts_are_kept_by_number_and_compared(api: Api) -> None:
    mine, other = await obligees(api)
    guarantee = await handed_in(api)
    register = MUTATIONS["registerWorksContracts"]
    answer = await mine.do(
        register, contracts=[{**CONTRACT, "contractPrice": 1_000, "advanceAmount": 1}], idempotencyKey="1"
    )
    assert answer["contracts"][0]["contractPrice"] == 1_000
    (item,) = (await page(mine))["nodes"]
    assert (item["comparison"]["agreement"], item["told"]["match"]) == ("DIFFERS", "TOLD")
    await mine.do(register, contracts=[CONTRACT], idempotencyKey="2")
    kept = (await mine.ask(ops.WORKS_CONTRACTS))["viewer"]["worksContracts"]
    assert (kept["totalCount"], kept["nodes"][0]["contractPrice"]) == (1, 48_000_000)
    assert (await other.ask(ops.WORKS_CONTRACTS))["viewer"]["worksContracts"]["totalCount"] == 0
    found = (await mine.ask(ops.INBOX_ITEM, id=guarantee["id"]))["viewer"]["inboxItem"]["comparison"]
    assert (found["match"], found["contractNumber"]) == ("MATCHED", "6-1")
    assert {each["point"]: each["agreement"] for each in found["findings"]} == {
        "WORKS_NAME": "AGREES", "PRINCIPAL_NAME": "AGREES", "OBLIGEE_NAME": "DIFFERS", "CONTRACT_PRICE": "AGREES",
        "ADVANCE_AMOUNT": "AGREES", "TERM": "AGREES",
    }  # fmt: skip
    before = await api.rows()
    for wrong, code in (
        ({"contractPrice": 0, "advanceAmount": None}, "AMOUNT_OUT_OF_RANGE"), ({"performancePercent": 0}, "PERCENT_OUT_OF_RANGE"),
        ({"advanceAmount": 48_000_001}, "ADVANCE_ABOVE_CONTRACT_PRICE"), ({"worksName": "a\nb"}, "TEXT_CONTROL_CHARACTER"),
        ({"completionOn": "2024-05-31"}, "COMPLETION_BEFORE_CONTRACT"), ({"contractNumber": ""}, "TEXT_LENGTH"),
    ):  # fmt: skip
        refused = await mine.do(register, contracts=[{**CONTRACT, "contractNumber": "9", **wrong}], idempotencyKey="w")
        assert codes(refused)[0] == code
        assert refused["refusals"][0]["path"] == ["contracts", "0", next(iter(wrong))]
    assert codes(await mine.do(register, contracts=[CONTRACT, CONTRACT], idempotencyKey="w")) == ["CONTRACT_TWICE"]
    assert codes(await mine.do(register, contracts=[], idempotencyKey="w")) == ["TOO_MANY_TOGETHER"]
    assert await api.rows() == before


async def test_a_certificate_is_compared_without_an_account(api: Api) -> None:
    guarantee = await concluded(api)
    shown = await revealed(api, guarantee["id"])
    told = {name: value for name, value in CONTRACT.items() if name != "contractNumber"}
    given = {"number": shown["number"], "accessKey": shown["accessKey"], "contract": {**told, "obligeeName": "松江市"}}
    found = (await api.ask(ops.COMPARE_CERTIFICATE, **given))["compareCertificate"]
    assert (found["match"], found["agreement"]) == ("TOLD", "AGREES")
    wrong = {**given, "contract": {**told, "advanceAmount": 19_200_001}}
    found = (await api.ask(ops.COMPARE_CERTIFICATE, **wrong))["compareCertificate"]
    (differs,) = [each for each in found["findings"] if each["agreement"] == "DIFFERS"]
    assert (differs["code"], differs["rejection"]) == ("ADVANCE_AMOUNT_DIFFERS", "AMOUNT_TOO_SMALL")
    before = await api.rows()
    bad = {**given, "contract": {**told, "contractPrice": 0}}
    assert codes((await api.ask(ops.COMPARE_CERTIFICATE, **bad))["compareCertificate"])[0] == "AMOUNT_OUT_OF_RANGE"
    assert await api.rows() == before
    closed = (await api.ask(ops.COMPARE_CERTIFICATE, **{**given, "accessKey": "AAAAAAAAAAAA"}))["compareCertificate"]
    assert codes(closed) == ["CERTIFICATE_NOT_OPENED"]


async def test_the_inbox_is_searched_and_paged(api: Api, clock: Clock) -> None:
    mine, _ = await obligees(api)
    first = await handed_in(api, "a1")
    second = await handed_in(api, "a2", worksName="橋りょう補修工事", kind="PERFORMANCE", guaranteedAmount=4_800_000)
    assert await numbers(mine) == [second["number"], first["number"]]
    assert await numbers(mine, works="ﾊｼ") == []
    for search, found in (
        ({"works": "橋りょう"}, [second]), ({"text": first["number"][3:]}, [first]), ({"text": "西日本保証建設"}, [second, first]),
        ({"kinds": ["PERFORMANCE"]}, [second]), ({"states": ["ACCEPTED"]}, []), ({"fromOn": "2024-06-04"}, []),
        ({"toOn": "2024-06-03", "fromOn": "2024-06-03"}, [second, first]), ({"unanswered": False}, []), ({"text": "%"}, []),
    ):  # fmt: skip
        assert await numbers(mine, **search) == [each["number"] for each in found], search
    await reject(api, first)
    assert await numbers(mine, verdicts=["REJECTED"]) == await numbers(mine, unanswered=False) == [first["number"]]
    for sort in ("NEWEST", "OLDEST", "NUMBER", "WORKS_NAME", "AMOUNT"):
        whole = await page(mine, sort=sort)
        one = await page(mine, sort=sort, first=1)
        two = await page(mine, sort=sort, first=1, after=one["pageInfo"]["endCursor"])
        assert one["nodes"] + two["nodes"] == whole["nodes"], sort
        assert (one["pageInfo"]["hasNextPage"], two["pageInfo"]["hasNextPage"], whole["totalCount"]) == (True, False, 2)
    for text, code in (("あ" * 61, "TEXT_LENGTH"), ("a\0b", "TEXT_CONTROL_CHARACTER")):
        assert await mine.errors(ops.INBOX, search={"text": text}) == [code]
        assert await mine.errors(ops.INBOX_EXPORT, search={"text": text}) == [code]


async def test_the_inbox_is_taken_away_as_csv_and_json(api: Api, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = await obligees(api)
    first = await handed_in(api, "a1", worksName="=HYPERLINK(1)工事")
    second = await handed_in(api, "a2")
    urls = (await mine.ask(ops.INBOX_EXPORT))["viewer"]["inboxExport"]
    assert (urls["total"], urls["cut"]) == (2, False)
    answer = await api.http.get(urls["csvUrl"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.count(b"\r\n") == 3
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["保証契約番号"] for row in rows] == [second["number"], first["number"]]
    assert (rows[1]["工事名"], rows[1]["保証金額"], rows[1]["提出日"]) == (
        "'=HYPERLINK(1)工事",
        "19200000",
        "2024-06-03",
    )
    told = json.loads((await api.http.get(urls["jsonUrl"])).content)
    assert [each["worksName"] for each in told["items"]] == [WORKS, "=HYPERLINK(1)工事"]
    assert (told["total"], told["cut"], told["items"][0]["contractMatch"]) == (2, False, "NOT_MATCHED")
    found = (await mine.ask(ops.INBOX_EXPORT, search={"works": "HYPERLINK", "kinds": ["ADVANCE_PAYMENT"]}))["viewer"][
        "inboxExport"
    ]
    narrowed = json.loads((await api.http.get(found["jsonUrl"])).content)
    assert [each["number"] for each in narrowed["items"]] == [first["number"]]
    longest = {"text": "𠮷" * 60, "works": "𠮷" * 60, "kinds": ["ADVANCE_PAYMENT", "INTERIM_ADVANCE_PAYMENT", "PERFORMANCE", "BID"],
               "states": ["SENT", "ARRIVED", "OPENED", "ACCEPTED", "REJECTED", "PREPARED"], "verdicts": ["ACCEPTED", "REJECTED"],
               "unanswered": True, "fromOn": "2024-06-01", "toOn": "2024-06-30"}  # fmt: skip
    found = (await mine.ask(ops.INBOX_EXPORT, search=longest))["viewer"]["inboxExport"]
    assert json.loads((await api.http.get(found["jsonUrl"])).content)["items"] == []
    assert (await other.ask(ops.INBOX_EXPORT))["viewer"]["inboxExport"]["total"] == 0
    monkeypatch.setattr(inbox_export, "MAX_EXPORTED", 1)
    cut = (await mine.ask(ops.INBOX_EXPORT))["viewer"]["inboxExport"]
    assert cut["cut"]
    answer = await api.http.get(cut["jsonUrl"])
    assert 'newest-1-of-2.json"' in answer.headers["content-disposition"]
    assert [each["number"] for each in json.loads(answer.content)["items"]] == [second["number"]]
