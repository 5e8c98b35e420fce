"""Opening a certificate by number and key: one answer, byte for byte, for whatever is wrong with either."""

import pytest

from denshi_hosho.core import vault
from tests.client import OPEN, REVEAL, Api, concluded, revealed
from tests.schema.operations import MUTATIONS

pytestmark = pytest.mark.anyio
NOT_OPENED = {
    "code": "CERTIFICATE_NOT_OPENED",
    "message": "保証契約番号と認証キーの組み合わせが正しくありません。受注者にご確認ください。",
    "messageEn": "This number and this key do not belong together. Ask the principal.",
    "path": [],
    "sources": [],
}
ROTATE = MUTATIONS["rotateAccessKey"]


async def opened(api: Api, number: str, key: str) -> bytes:
    response = await api.post(OPEN, number=number, accessKey=key)
    assert response.status_code == 200
    return response.content


async def test_one_answer_for_every_way_to_fail(api: Api) -> None:
    first = await concluded(api, "1")
    second = await concluded(api, "2")
    paper = await concluded(api, "3", delivery="PAPER")
    notice = await revealed(api, first["id"])
    other = await revealed(api, second["id"])
    contractor = await api.as_("contractor")
    await contractor.do(ROTATE, guaranteeId=second["id"], reason="誤送信", idempotencyKey="r")
    before = await api.rows()
    number, key = notice["number"], notice["accessKey"]
    asked = {
        "wrong key": (number, "K5VL4+5QG_KJ"),
        "key of another": (number, other["accessKey"]),
        "rotated key": (other["number"], other["accessKey"]),
        "unknown number": ("9999999999", key),
        "malformed key": (number, "<'\"\u0000💥"),
        "longest key": (number, "ﷺ" * 64),
        "empty after folding": (number, " "),
        "paper": (paper["number"], key),
    }
    answers = {name: await opened(api, *each) for name, each in asked.items()}
    assert set(answers.values()) == {answers["wrong key"]}
    refused = (await api.post(OPEN, number=number, accessKey="K5VL4+5QG_KJ")).json()
    answer = {"__typename": "Refused", "refusals": [NOT_OPENED], "decision": None}
    assert refused == {"data": {"certificate": answer}}
    assert await api.rows() == {**before, "throttle": 5}  # one source, and four numbers as typed


async def test_number_and_key_are_read_as_people_type_them(api: Api) -> None:
    notice = await revealed(api, (await concluded(api))["id"])
    key = notice["accessKey"]
    wide = "".join(chr(ord(each) + 0xFEE0) for each in key)
    for number, typed in (
        ("１０７００００４７３", key),
        (" 10700-00473 ", f" {key[:4].lower()}-{key[4:]} "),
        ("1070000473", wide),
        ("1070000473", wide.lower()),
    ):
        answer = (await api.ask(OPEN, number=number, accessKey=typed))["certificate"]
        assert (answer["__typename"], answer.get("number")) == ("Certificate", "1070000473"), typed


async def test_the_first_opening_stays_the_first(api: Api) -> None:
    notice = await revealed(api, (await concluded(api))["id"])
    for _ in range(2):
        await opened(api, notice["number"], notice["accessKey"])
    events = await (await api.as_("contractor")).ask("{ viewer { guarantees { nodes { keyEvents { event note } } } } }")
    assert events["viewer"]["guarantees"]["nodes"] == [
        {"keyEvents": [{"event": name, "note": None} for name in ("REVEALED", "OPENED", "OPENED")]}
    ]


async def test_rotation_gives_a_new_key_once_for_one_request(api: Api) -> None:
    guarantee = await concluded(api)
    old = await revealed(api, guarantee["id"])
    contractor = await api.as_("contractor")
    for _ in range(2):
        answer = await contractor.do(ROTATE, guaranteeId=guarantee["id"], reason="誤送信", idempotencyKey="r")
        assert answer["guarantee"]["keyEvents"] == [
            {"event": "REVEALED", "note": None},
            {"event": "ROTATED", "note": "誤送信"},
        ]
    new = await revealed(api, guarantee["id"])
    assert new["accessKey"] != old["accessKey"]
    assert set(new["accessKey"]) <= set(vault.ALPHABET)
    assert len(new["accessKey"]) == 12
    answers = [await opened(api, each["number"], each["accessKey"]) for each in (old, new)]
    assert [b'"Certificate"' in each for each in answers] == [False, True]


MALFORMED: list[tuple[object, object, str]] = [
    ("107000047", "K5VL4+5QG_KJ", "NUMBER_MALFORMED"),
    ("10700004733", "K5VL4+5QG_KJ", "NUMBER_MALFORMED"),
    ("107000047X", "K5VL4+5QG_KJ", "NUMBER_MALFORMED"),
    ("", "K5VL4+5QG_KJ", "NUMBER_MALFORMED"),
    (1070000473, "K5VL4+5QG_KJ", "SCALAR_MALFORMED"),
    ("1070000473", "", "SCALAR_MALFORMED"),
    ("1070000473", "K5VL4" * 13, "SCALAR_MALFORMED"),
    ("1070000473", 12, "SCALAR_MALFORMED"),
    (None, "K5VL4+5QG_KJ", "GRAPHQL_INVALID"),
]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_what_can_be_no_number_or_key_in_any_spelling(api: Api, subtests: pytest.Subtests) -> None:
    before = await api.rows()
    for number, key, code in MALFORMED:
        with subtests.test(f"{number} {key}"):
            response = await api.post(OPEN, number=number, accessKey=key)
            (error,) = response.json()["errors"]
            assert error["extensions"]["code"] == code
            assert "K5VL4" not in response.text
    assert await api.rows() == before


async def test_a_rotation_says_why(api: Api, subtests: pytest.Subtests) -> None:
    guarantee = await concluded(api)
    before = await api.rows()
    contractor = await api.as_("contractor")
    for reason, code in (
        ("", "NOTE_LENGTH"),
        ("  ", "NOTE_LENGTH"),
        ("あ" * 1001, "NOTE_LENGTH"),
        ("a\0", "TEXT_CONTROL_CHARACTER"),
    ):
        with subtests.test(reason[:3]):
            answer = await contractor.do(ROTATE, guaranteeId=guarantee["id"], reason=reason, idempotencyKey="r")
            assert [(each["code"], each["path"]) for each in answer["refusals"]] == [(code, ["reason"])]
            assert await api.rows() == before


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_guarantee_of_another_is_not_found_for_its_key(api: Api) -> None:
    guarantee = await concluded(api)
    other = await api.as_("other")
    mine = await other.do(REVEAL, guaranteeId=guarantee["id"])
    none = await other.do(REVEAL, guaranteeId="R3VhcmFudGVlOjk5OTk=")
    assert mine == none
    assert [each["code"] for each in mine["refusals"]] == ["NOT_FOUND"]
