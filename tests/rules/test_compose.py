from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass
from denshi_hosho.rules import Artefact, Need, Way
from denshi_hosho.rules.compose import compose, grouped
from denshi_hosho.rules.handin import Attachment, HandIn, Message
from denshi_hosho.rules.plan import Channel, CopyTo, SubmissionPlan
from denshi_hosho.rules.vocabulary import Batching, CopyFor, KeyForm, RecipientKnown
from tests.rules.submission_texts import (
    ADVANCE,
    INTERIM,
    KEYS,
    NUMBERS,
    PERFORMANCE,
    WORKS,
    hand_in_of,
    item_of,
    plan_of,
)

SIGNATURE = """\
ご不明な点がございましたら、下記の担当者までご連絡くださいますようお願い申し上げます。

――――――――――――――――――――
株式会社西日本保証建設
担当：山田 太郎
電話：06-6543-2552
――――――――――――――――――――"""
OPENING = """\
平素より大変お世話になっております。
株式会社西日本保証建設の山田 太郎でございます。

下記案件の電子保証について、認証キーを提出いたします。
"""
WITH_NOTICE = OPENING + "添付の「認証キー等のお知らせ」により、電子証書をご確認くださいますようお願い申し上げます。\n"
ONE = """\
工事名：市道〇号線 道路改良工事 その1
保証の種類：前払金保証
保証契約番号：1070000473
保証機関：西日本建設業保証株式会社

添付：
・認証キー等のお知らせ（PDF）　前払金保証 1070000473

"""


def composed(obligee: str, kind: GuaranteeKind = ADVANCE, **told: Any) -> Message:
    (message,) = compose(plan_of(obligee, kind), hand_in_of(item_of(obligee, kind), **told))
    return message


def codes(message: Message) -> list[str]:
    return [missing.code for missing in message.unresolved]


def notice(kind: GuaranteeKind, *, printed: bool = False) -> Attachment:
    return Attachment(
        artefact=Artefact.KEY_NOTICE,
        number=NUMBERS[kind],
        need=Need.REQUIRED,
        password=False,
        printed=printed,
        ja="認証キー等のお知らせ" if printed else "認証キー等のお知らせ（PDF）",
        en="key notice",
    )


def test_matsue_has_an_address_only_once_it_was_asked_for() -> None:
    message = composed("322016")
    assert (message.way, message.to, message.ready) == (Way.EMAIL, None, False)
    assert [(each.code, each.field, each.ja) for each in message.unresolved] == [
        (
            "RECIPIENT_ASK",
            "address",
            "宛先が分かりません（送付先のメールアドレスは松江市の契約窓口に確認します）。確認した宛先を入力してください。",
        )
    ]
    assert message.checklist[1].ja == (
        "送付前に宛先を確認してください（送付先のメールアドレスは松江市の契約窓口に確認します）。"
    )
    asked = composed("322016", address="keiyaku@example.lg.jp")
    assert (asked.to, asked.ready, asked.unresolved) == ("keiyaku@example.lg.jp", True, ())
    assert asked.subject == "電子保証の認証キーの提出について（市道〇号線 道路改良工事 その1）"
    assert asked.body == f"松江市\nご担当者様\n\n{WITH_NOTICE}\n{ONE}{SIGNATURE}"
    assert asked.attachments == (notice(ADVANCE),)
    assert asked.forbidden == (Artefact.CERTIFICATE_SCREEN,)
    assert [step.ja for step in asked.checklist] == [
        "認証キーは電子メールで提出します。",
        "電子証書の内容表示画面を印刷・保存したものは提出しません。",
        "提出方法をあらかじめ発注者に確認しておくと、手続きが円滑です。",
    ]


def test_nakatane_is_written_to_the_division_and_reminds_of_the_invoice() -> None:
    message = composed("465011", division="建設課", address="kensetsu@example.lg.jp")
    assert (message.to, message.cc, message.ready) == ("kensetsu@example.lg.jp", (), True)
    assert message.body == f"中種子町\n建設課　ご担当者様\n\n{WITH_NOTICE}\n{ONE}{SIGNATURE}"
    assert [step.ja for step in message.checklist] == [
        "認証キーは各事業担当課に電子メールで送付します。",
        "前払金を請求するときは、認証キーとは別に、従来どおり前払金請求書を提出します。",
        "認証キーは保証ごとに別です（前払と契約にそれぞれあります）。",
        "認証キーの提出が保証証書の提出となります。忘れずに送付してください。",
    ]
    assert all(step.sources for step in message.checklist)
    assert codes(composed("465011", division="建設課")) == ["RECIPIENT_BY_DIVISION"]


def test_tsu_takes_several_kinds_in_one_mail_to_the_division_s_mailbox() -> None:
    items = item_of("242012", ADVANCE), item_of("242012", PERFORMANCE)
    (message,) = compose(plan_of("242012"), hand_in_of(*items, division="調達契約課"))
    assert (message.to, message.ready) == ("229-3121@city.tsu.lg.jp", True)
    assert message.subject == "(電子保証)市道〇号線 道路改良工事 その1"
    assert message.items == ("1070000473", "1070200236")
    assert message.attachments == (notice(ADVANCE), notice(PERFORMANCE))
    assert (
        message.body
        == f"""\
津市
調達契約課　ご担当者様

{WITH_NOTICE}
(1)受注者：株式会社西日本保証建設
(2)担当者の氏名・連絡先：山田 太郎（電話 06-6543-2552）
(3)保証名称：前払金保証、契約保証

工事名：市道〇号線 道路改良工事 その1

保証の種類：前払金保証
保証契約番号：1070000473
保証機関：西日本建設業保証株式会社

保証の種類：契約保証
保証契約番号：1070200236
保証機関：西日本建設業保証株式会社

添付：
・認証キー等のお知らせ（PDF）　前払金保証 1070000473
・認証キー等のお知らせ（PDF）　契約保証 1070200236

{SIGNATURE}"""
    )
    assert [(step.ja, step.en) for step in message.checklist][1:] == [
        ("契約書を窓口に持参する前に提出します。", "Before the paper contract is brought to the counter."),
        (
            "メール送信後、到達確認の電話をします（電話 059-229-3122）。",
            "Call after sending to confirm arrival (telephone 059-229-3122).",
        ),
    ]


def test_tsu_asks_for_the_division_or_for_what_the_page_does_not_say() -> None:
    untold = composed("242012")
    assert [(each.code, each.field) for each in untold.unresolved] == [("RECIPIENT_BY_DIVISION", "division")]
    assert "調達契約課、上下水道管理課" in untold.unresolved[0].ja
    assert (untold.to, composed("242012", division="建設課").to) == (None, None)
    water = composed("242012", division="上下水道管理課")
    assert (water.to, water.checklist[-1].ja) == (
        "237-5811@city.tsu.lg.jp",
        "メール送信後、到達確認の電話をします（電話 059-237-5803）。",
    )
    nobody = composed("242012", division="調達契約課", contact_phone=None)
    assert [(each.code, each.field) for each in nobody.unresolved] == [("FACT_MISSING", "contact_name")]
    assert "(2)担当者の氏名・連絡先：（未記入）" in nobody.body


def test_motosu_labels_by_kind_and_wants_its_own_form() -> None:
    message = composed("212181", PERFORMANCE, works_number="○○工第□号")
    assert (message.to, message.subject) == ("zaisei@city.motosu.lg.jp", "【電子保証(契約)】○○工第□号")
    assert message.ready
    form = Attachment(
        artefact=Artefact.OWN_FORM,
        number=None,
        need=Need.REQUIRED,
        password=False,
        printed=False,
        ja="認証キー提出様式（PDF）",
        en="認証キー提出様式",
    )
    assert message.attachments == (notice(PERFORMANCE), form)
    assert "市の様式に必要事項を記入し、PDFに変換して添付します。" in [step.ja for step in message.checklist]
    assert message.checklist[-1].ja == "メール送信後、到達確認の電話を必ずします。"


def test_motosu_sends_the_invoice_along_to_the_officer_s_address() -> None:
    message = composed("212181", INTERIM, works_number="○○工第3号")
    assert (message.to, message.subject) == (None, "【電子保証(中間前払金)】○○工第3号")
    assert codes(message) == ["RECIPIENT_OFFICER"]
    assert [each.ja for each in message.attachments] == [
        "認証キー等のお知らせ（PDF）",
        "認証キー提出様式（PDF）",
        "中間前払金請求書",
    ]
    assert message.attachments[-1].artefact is None
    assert "中間前払金請求書と併せて送信します。" in [step.ja for step in message.checklist]
    assert composed("212181", INTERIM, works_number="1", address="tanto@city.motosu.lg.jp").ready


@pytest.mark.parametrize(
    ("number", "subject", "missing"),
    [
        ("504-0001-2345", "【電子保証書】_50400012345", []),
        ("５０４００012345", "【電子保証書】_50400012345", []),
        (
            "504-0001-234",
            None,
            ["工事番号「504-0001-234」はハイフンなしの11桁ではありません。確認して入力し直してください。"],
        ),
        (None, None, ["工事番号が伝えられていません。"]),
    ],
)
def test_fukushima_takes_a_works_number_of_eleven_digits(
    number: str | None, subject: str | None, missing: list[str]
) -> None:
    message = composed("070009", works_number=number, address="doboku@pref.fukushima.lg.jp")
    assert message.subject == subject
    assert [each.ja for each in message.unresolved] == missing
    assert message.ready is (not missing)
    assert all(each.field == "works_number" for each in message.unresolved)


def test_mie_wants_four_things_in_the_text() -> None:
    message = composed("240001", works_number="50412345", address="tsukensetsu@pref.mie.lg.jp")
    assert (message.subject, message.ready) == ("【電子保証】50412345", True)
    assert (
        message.body
        == f"""\
三重県
ご担当者様

{WITH_NOTICE}
(1)受注者：株式会社西日本保証建設
(2)担当者の氏名・連絡先：山田 太郎（電話 06-6543-2552）
(3)工事（業務）名：市道〇号線 道路改良工事 その1
(4)保証名称：前払金保証

保証の種類：前払金保証
保証契約番号：1070000473
保証機関：西日本建設業保証株式会社

添付：
・認証キー等のお知らせ（PDF）　前払金保証 1070000473

{SIGNATURE}"""
    )


def test_arao_is_brought_a_printed_notice() -> None:
    message = composed("432041")
    assert (message.way, message.to, message.subject, message.body) == (Way.IN_PERSON, None, None, "")
    assert message.attachments == (notice(ADVANCE, printed=True),)
    assert [step.ja for step in message.checklist] == ["認証キー等のお知らせを印刷し、契約担当者へ持参します。"]
    assert (message.ready, message.key_in_text) == (True, False)


def test_shimonoseki_takes_mail_fax_or_a_visit() -> None:
    mail = composed("352012/water", PERFORMANCE)
    assert (mail.way, mail.to, codes(mail)) == (Way.EMAIL, None, ["RECIPIENT_ASK"])
    assert [(each.ja, each.need) for each in mail.attachments] == [
        ("参考様式", Need.OPTIONAL),
        ("認証キー等のお知らせ（PDF）", Need.REQUIRED),
    ]
    fax = composed("352012/water", way=Way.FAX, address="083-000-0000")
    assert (fax.way, fax.to, fax.subject, fax.ready) == (Way.FAX, "083-000-0000", None, True)
    assert (
        fax.body
        == f"""\
下関市上下水道局
ご担当者様

{OPENING}下記の保証契約番号および認証キーにより、電子証書をご確認くださいますようお願い申し上げます。

工事名：市道〇号線 道路改良工事 その1
保証の種類：前払金保証
保証契約番号：1070000473
認証キー：K5VL4+5QG_KJ
保証機関：西日本建設業保証株式会社

{SIGNATURE}"""
    )
    visit = composed("352012/water", way=Way.IN_PERSON)
    assert (visit.way, visit.body, visit.ready) == (Way.IN_PERSON, "", True)
    assert visit.attachments[-1] == notice(ADVANCE, printed=True)
    post = composed("352012/water", way=Way.POST)
    assert (post.way, post.channel, codes(post)) == (None, None, ["WAY_NOT_TAKEN"])


def test_otsu_tells_on_award_so_nothing_is_guessed() -> None:
    message = composed("252018", address="keiyaku@example.lg.jp")
    assert (message.way, message.to, message.subject, message.body) == (Way.TOLD_ON_AWARD, None, None, "")
    assert (message.attachments, message.fields, message.ready) == ((), (), False)
    assert [each.ja for each in message.unresolved] == [
        "提出方法は、落札決定時に発注者から案内されます（提出方法の詳細は落札者に案内されます）。"
    ]


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (PERFORMANCE, f"【電子保証】第12号{WORKS}"),
        (ADVANCE, f"【請求関係書類】第12号{WORKS}"),
        (INTERIM, f"電子保証の認証キーの提出について（{WORKS}）"),
    ],
)
def test_shiga_has_another_subject_for_each_kind(kind: GuaranteeKind, subject: str) -> None:
    assert composed("250007", kind, works_number="第12号").subject == subject


def test_an_insurer_s_viewer_address_goes_instead_of_a_key() -> None:
    plan = plan_of("250007", PERFORMANCE, surety_class=SuretyClass.INSURER)
    item = item_of("250007", PERFORMANCE, surety_class=SuretyClass.INSURER, access_key=None)
    (message,) = compose(plan, hand_in_of(item, works_number="第12号", address="a@pref.shiga.lg.jp"))
    assert message.ready
    assert [each.artefact for each in message.attachments] == [Artefact.VIEWER_ADDRESS]
    assert "下記案件の保証について、保証証券等を提出いたします。\n添付のとおりお送りいたしますので" in message.body
    assert "認証キー" not in message.body
    silent = plan_of("452033", PERFORMANCE)
    (empty,) = compose(silent, hand_in_of(replace(item, obligee_name="延岡市"), address="a@city.nobeoka.miyazaki.jp"))
    assert codes(empty) == ["NOTHING_TO_HAND_IN"]


def test_nobeoka_prescribes_the_works_name_and_forbids_print_outs() -> None:
    message = composed("452033", division="土木課", address="doboku@city.nobeoka.miyazaki.jp")
    assert (message.subject, message.forbidden) == (f"電子保証認証キー:{WORKS}", (Artefact.CERTIFICATE_SCREEN,))
    assert message.ready


def only(plan: SubmissionPlan, **changes: Any) -> SubmissionPlan:
    """Return `plan` with its first channel alone, changed."""
    return replace(plan, channels=(replace(plan.channels[0], **changes),))


def at(plan: SubmissionPlan, **told: Any) -> Message:
    hand_in = hand_in_of(item_of("322016"), **told)
    (message,) = compose(plan, hand_in)
    return message


def test_a_way_is_open_from_its_first_to_its_last_day() -> None:
    plan = only(plan_of("322016"), valid_from=date(2025, 10, 1), valid_until=date(2026, 4, 30))
    for day, way in (
        (date(2025, 9, 30), None),
        (date(2025, 10, 1), Way.EMAIL),
        (date(2026, 4, 30), Way.EMAIL),
        (date(2026, 5, 1), None),
    ):
        message = at(plan, day=day, address="a@example.jp")
        assert (message.way, message.ready) == (way, way is not None)
    closed = at(plan, day=date(2026, 5, 1), address="a@example.jp")
    assert closed.unresolved[0].ja == (
        "2026年5月1日に使える提出方法がありません（電子メールは2025年10月1日から2026年4月30日まで）。"
    )
    assert (closed.to, closed.subject, closed.body, closed.attachments) == (None, None, "", notices_of(plan))


def test_an_artefact_holds_from_its_first_to_its_last_day() -> None:
    plan = plan_of("322016")
    (notice_need,) = [need for need in plan.artefacts if need.artefact is Artefact.KEY_NOTICE]
    pdf = replace(notice_need, artefact=Artefact.BOND_PDF, need=Need.FORBIDDEN, depends_on=("surety_class",))
    timed = replace(
        plan, artefacts=(notice_need, replace(pdf, valid_from=date(2025, 10, 1), valid_until=date(2026, 4, 30)))
    )
    for day, forbidden, unresolved in (
        (date(2025, 9, 30), (), []),
        (date(2025, 10, 1), (Artefact.BOND_PDF,), ["PLAN_OPEN"]),
        (date(2026, 4, 30), (Artefact.BOND_PDF,), ["PLAN_OPEN"]),
        (date(2026, 5, 1), (), []),
    ):
        message = at(timed, day=day, address="a@example.jp")
        assert (message.forbidden, codes(message)) == (forbidden, unresolved)
        assert any(step.ja == pdf.ja and step.depends_on for step in message.checklist) is bool(forbidden)


def test_the_kinds_of_a_text_are_joined_as_the_rule_says() -> None:
    tsu = plan_of("242012")
    items = item_of("242012", ADVANCE), item_of("242012", PERFORMANCE)
    for joined_by, line in ((" ", "前払金保証 契約保証"), (None, "前払金保証、契約保証")):
        body = tuple(replace(field, joined_by=joined_by) for field in tsu.body)
        (message,) = compose(replace(tsu, body=body), hand_in_of(*items, division="調達契約課"))
        assert f"(3)保証名称：{line}\n" in message.body


def test_a_companion_that_may_go_along_is_waited_for_by_nothing() -> None:
    plan = plan_of("212181", INTERIM)
    told = {"works_number": "1", "address": "tanto@city.motosu.lg.jp"}
    for need, unresolved in ((Need.REQUIRED, ["PLAN_OPEN"]), (Need.OPTIONAL, [])):
        companions = tuple(replace(each, need=need, depends_on=("procurement",)) for each in plan.companions)
        (message,) = compose(replace(plan, companions=companions), hand_in_of(item_of("212181", INTERIM), **told))
        assert [each.need for each in message.attachments if each.artefact is None] == [need]
        assert ("・中間前払金請求書" in message.body) is (need is Need.REQUIRED)
        assert codes(message) == unresolved


def notices_of(plan: SubmissionPlan) -> tuple[Attachment, ...]:
    """Return what goes along whatever the way: the rule itself asks for the key notice."""
    assert [need.artefact for need in plan.artefacts if need.need is Need.REQUIRED] == [Artefact.KEY_NOTICE]
    return (notice(ADVANCE),)


def test_an_address_to_confirm_is_not_ready_until_it_was_told_as_confirmed() -> None:
    recipient = replace(
        plan_of("322016").channels[0].recipient, known=RecipientKnown.LITERAL, address="keiyaku@city.jp"
    )
    plan = only(plan_of("322016"), recipient=recipient)
    assert (at(plan).to, codes(at(plan))) == ("keiyaku@city.jp", ["ADDRESS_TO_CONFIRM"])
    assert at(plan, address="Keiyaku@city.jp").ready
    other = at(plan, address="doboku@city.jp")
    assert (other.to, codes(other)) == ("keiyaku@city.jp", ["ADDRESS_DIFFERS"])


@pytest.mark.parametrize("told", ["契約課", "a@b", "a@example.jp\r\nBcc: x@example.jp", "a@example.jp, b@example.jp"])
def test_a_told_address_that_is_none_is_not_used(told: str) -> None:
    message = composed("322016", address=told)
    assert (message.to, codes(message)) == (None, ["ADDRESS_MALFORMED"])


def test_the_key_stands_in_the_mail_only_where_the_rule_says_so() -> None:
    plan = only(plan_of("452033"), key_as=(KeyForm.TEXT,))
    message = at(plan, address="a@example.jp")
    assert (message.key_in_text, message.attachments) == (True, ())
    assert "認証キー：K5VL4+5QG_KJ" in message.body
    assert KEYS[ADVANCE] not in repr(message)
    both = at(only(plan, key_as=(KeyForm.TEXT, KeyForm.NOTICE_PDF)), address="a@example.jp")
    assert both.attachments == (notice(ADVANCE),)
    assert "認証キー：K5VL4+5QG_KJ" in both.body


def test_a_web_form_gets_fields_and_a_contract_system_a_file() -> None:
    told = {"works_number": "第3号", "contract_number": "R7-12"}
    form = at(only(plan_of("452033"), way=Way.WEB_FORM), address="https://logoform.example.jp/x", **told)
    assert [(field.ja, field.value, field.secret) for field in form.fields] == [
        ("受注者", "株式会社西日本保証建設", False),
        ("担当者", "山田 太郎", False),
        ("電話番号", "06-6543-2552", False),
        ("発注者", "松江市", False),
        ("工事名", WORKS, False),
        ("工事番号", "第3号", False),
        ("契約番号", "R7-12", False),
        ("保証の種類", "前払金保証", False),
        ("保証契約番号", "1070000473", False),
        ("認証キー", "K5VL4+5QG_KJ", True),
        ("保証機関", "西日本建設業保証株式会社", False),
    ]
    assert (form.to, form.subject, form.body, form.ready) == ("https://logoform.example.jp/x", None, "", True)
    system = at(only(plan_of("452033"), way=Way.CONTRACT_SYSTEM, system="GECS"), **told)
    assert (system.ready, system.key_in_text, system.attachments) == (True, False, (notice(ADVANCE),))
    assert not any(field.secret for field in system.fields)


def test_copies_go_to_the_surety_or_to_the_rule_s_address() -> None:
    said: dict[str, Any] = {"ja": "写しを送ります。", "en": "Send a copy.", "literal": None, "sources": ()}
    plan = replace(
        plan_of("452033"),
        cc=(CopyTo(**said, whom=CopyFor.SURETY), CopyTo(**said, address="somu@city.jp")),
    )
    message = at(plan, address="a@example.jp", surety_email="branch@surety.example.jp")
    assert (message.cc, message.ready) == (("branch@surety.example.jp", "somu@city.jp"), True)
    unknown = at(plan, address="a@example.jp")
    assert (unknown.cc, [(each.code, each.field) for each in unknown.unresolved]) == (
        ("somu@city.jp",),
        [("CC_UNKNOWN", "surety_email")],
    )


def test_a_protected_file_is_announced() -> None:
    plan = plan_of("322016")
    needs = tuple(replace(need, password=need.need is Need.REQUIRED) for need in plan.artefacts)
    message = at(replace(plan, artefacts=needs), address="a@example.jp")
    assert [each.password for each in message.attachments] == [True]
    assert "添付のファイルはパスワードで保護しております。パスワードは、別途ご連絡いたします。" in message.body


def test_a_subject_that_holds_the_kind_is_for_one_guarantee_unless_kinds_may_be_joined() -> None:
    tsu = plan_of("242012")
    assert tsu.subject is not None
    items = tuple(item_of("242012", kind) for kind in (ADVANCE, INTERIM, PERFORMANCE))
    hand_in = hand_in_of(*items, division="調達契約課")
    by_kind = replace(tsu, subject=replace(tsu.subject, template="【{kind}】"))
    assert [message.subject for message in compose(by_kind, hand_in)] == [
        "【前払金保証】",
        "【中間前払金保証】",
        "【契約保証】",
    ]
    joined = replace(tsu, subject=replace(tsu.subject, template="【{kind}】", joined_by="・"))
    assert [message.subject for message in compose(joined, hand_in)] == ["【前払金保証・中間前払金保証・契約保証】"]
    assert tsu.batching is not None
    each = replace(tsu, batching=replace(tsu.batching, rule=Batching.ONE_EACH))
    assert [message.items for message in compose(each, hand_in)] == [(item.number,) for item in items]


def test_guarantees_of_two_works_do_not_share_a_mail() -> None:
    other = item_of("242012", PERFORMANCE, works_name="橋りょう補修工事")
    messages = compose(plan_of("242012"), hand_in_of(item_of("242012"), other, division="調達契約課"))
    assert [message.items for message in messages] == [("1070000473",), ("1070200236",)]
    assert [codes(message) for message in messages] == [["SEVERAL_WORKS"], ["SEVERAL_WORKS"]]


def test_items_are_grouped_by_equal_plans() -> None:
    motosu = [(plan_of("212181", kind), item_of("212181", kind)) for kind in (ADVANCE, PERFORMANCE)]
    assert [[item.kind for item in items] for _, items in grouped(motosu)] == [[ADVANCE], [PERFORMANCE]]
    tsu = [(plan_of("242012", kind), item_of("242012", kind)) for kind in (ADVANCE, PERFORMANCE)]
    assert [[item.kind for item in items] for _, items in grouped(tsu)] == [[ADVANCE, PERFORMANCE]]


def test_a_plan_that_hangs_on_untold_facts_is_not_ready() -> None:
    plan = plan_of("250007", PERFORMANCE, surety_class=None)
    (message,) = compose(plan, hand_in_of(item_of("250007", PERFORMANCE), works_number="1", address="a@example.jp"))
    assert [(each.code, each.field) for each in message.unresolved] == [("PLAN_OPEN", "plan")]
    assert message.unresolved[0].en == (
        "The artefact VIEWER_ADDRESS hangs on surety_class, which was not told; tell it and have the rule decide again."
    )


def test_a_certain_channel_comes_before_one_that_hangs_on_an_untold_fact() -> None:
    plan = plan_of("352012/water")
    mail, fax, visit = plan.channels
    hanging: tuple[Channel, ...] = (replace(mail, depends_on=("procurement",)), fax, visit)
    assert at(replace(plan, channels=hanging)).way is Way.FAX
    assert [each.code for each in at(replace(plan, channels=hanging[:1])).unresolved] == ["PLAN_OPEN", "RECIPIENT_ASK"]


def test_nothing_to_hand_in_gives_no_message() -> None:
    empty = HandIn(items=(), day=date(2025, 10, 27), principal_name="株式会社西日本保証建設")
    assert compose(plan_of("322016"), empty) == ()
