"""How real obligees have keys handed in, as `[revision.submission]` of rule files; their other rules are left simple."""

from datetime import date
from typing import Any

from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass, WorkType
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.handin import HandIn, HandInItem
from denshi_hosho.rules.plan import SubmissionPlan
from denshi_hosho.rules.rulebook import Rulebook

HEAD = """\
format = 1

[obligee]
id = "{id}"
name = "{name}"

[sources.page]
title = "{name}の電子保証"
url = "{url}"
seen_on = 2026-01-05

[[revision]]
from = 2023-06-01
counted_by = "contract"
source = "page"

[revision.kinds]
accepted = ["ADVANCE_PAYMENT", "INTERIM_ADVANCE_PAYMENT", "PERFORMANCE"]
source = "page"

[revision.work_types]
accepted = "ANY"
source = "page"

[revision.sureties]
accepted = "ANY"
source = "page"

[revision.submission]
"""

TSU = """
[[revision.submission.channel]]
way = "EMAIL"
ja = "発注課のメールアドレスへ電子メールで提出します。"
en = "By e-mail to the ordering division's mailbox."
source = "page"

[revision.submission.channel.recipient]
known = "BY_DIVISION"
ja = "その他の発注課は、当該発注課に確認します。"
en = "Ask any other ordering division itself."

[revision.submission.channel.recipient.addresses]
"調達契約課" = { address = "229-3121@city.tsu.lg.jp", phone = "059-229-3122" }
"上下水道管理課" = { address = "237-5811@city.tsu.lg.jp", phone = "059-237-5803" }

[revision.submission.subject]
ja = "件名の先頭に「電子保証」、続けて工事（委託）の件名を記載します。"
en = "The subject starts with 電子保証, followed by the works name."
template = "(電子保証){works_name}"
examples = [{ given = { works_name = "〇〇〇〇道路改修工事" }, subject = "(電子保証)〇〇〇〇道路改修工事" }]
source = "page"

[[revision.submission.body]]
label = "(1)受注者"
value = "{company}"
ja = "受注者を記載します。"
en = "The contractor."
source = "page"

[[revision.submission.body]]
label = "(2)担当者の氏名・連絡先"
value = "{contact}"
ja = "担当者の氏名と連絡先を記載します。"
en = "The contact's name and telephone or mail."
source = "page"

[[revision.submission.body]]
label = "(3)保証名称"
value = "{kind}"
ja = "保証名称を記載します。"
en = "The kinds of guarantee."
source = "page"

[revision.submission.batching]
rule = "TOGETHER"
ja = "一つのメールで複数の保証を提出できます。"
en = "One mail may carry several kinds."
source = "page"

[revision.submission.deadline]
event = "BEFORE_PAPER_CONTRACT_IS_BROUGHT"
ja = "契約書を窓口に持参する前に提出します。"
en = "Before the paper contract is brought to the counter."
source = "page"

[revision.submission.follow_up]
ja = "メール送信後、到達確認の電話をします。"
en = "Call after sending to confirm arrival."
source = "page"
"""

MOTOSU = """
[[revision.submission.channel]]
when = { kind = "PERFORMANCE" }
way = "EMAIL"
ja = "財政課の代表メールへ提出します。"
en = "To the finance division's mailbox."
recipient = { known = "LITERAL", ja = "財政課", en = "Finance division", address = "zaisei@city.motosu.lg.jp" }
source = "page"

[[revision.submission.channel]]
when = { not = { kind = "PERFORMANCE" } }
way = "EMAIL"
ja = "事業担当者が指定するメールアドレスへ提出します。"
en = "To the address that the project officer names."
recipient = { known = "OFFICER", ja = "事業担当者が指定します。", en = "The project officer names it." }
source = "page"

[revision.submission.subject]
ja = "頭に【電子保証(契約)】などを付け、仕様書番号を記載します。"
en = "A label by kind, then the number of the specification."
template = "【電子保証({kind})】{works_number}"
kinds = { PERFORMANCE = "契約", ADVANCE_PAYMENT = "前払金", INTERIM_ADVANCE_PAYMENT = "中間前払金" }
source = "page"

[[revision.submission.subject.examples]]
given = { kind = "PERFORMANCE", works_number = "○○工第□号" }
subject = "【電子保証(契約)】○○工第□号"

[[revision.submission.artefact]]
what = "KEY_NOTICE"
need = "REQUIRED"
ja = "認証キーのお知らせを添付します。"
en = "Attach the key notice."
source = "page"

[[revision.submission.artefact]]
what = "OWN_FORM"
need = "REQUIRED"
name = "認証キー提出様式"
as_pdf = true
ja = "市の様式に必要事項を記入し、PDFに変換して添付します。"
en = "Fill in the city's form, convert it to PDF and attach it."
source = "page"

[[revision.submission.companion]]
when = { kind = "ADVANCE_PAYMENT" }
document = "前払金請求書"
way = "TOGETHER"
ja = "前払金請求書と併せて送信します。"
en = "Send it together with the invoice."
source = "page"

[[revision.submission.companion]]
when = { kind = "INTERIM_ADVANCE_PAYMENT" }
document = "中間前払金請求書"
way = "TOGETHER"
ja = "中間前払金請求書と併せて送信します。"
en = "Send it together with the invoice."
source = "page"

[revision.submission.follow_up]
ja = "メール送信後、到達確認の電話を必ずします。"
en = "Always call after sending to confirm arrival."
source = "page"
"""

FUKUSHIMA = """
[[revision.submission.channel]]
way = "EMAIL"
ja = "各発注機関へ電子メールで提出します。"
en = "By e-mail to the ordering office."
recipient = { known = "ASK", ja = "各発注機関に確認します。", en = "Ask the ordering office." }
source = "page"

[revision.submission.subject]
ja = "【電子保証書】_に続けて、ハイフンなし11桁の工事番号を記載します。"
en = "【電子保証書】_ and the works number of 11 digits without hyphens."
template = "【電子保証書】_{works_number:digits(11)}"
examples = [{ given = { works_number = "504-0001-2345" }, subject = "【電子保証書】_50400012345" }]
source = "page"
"""

MIE = """
[[revision.submission.channel]]
way = "EMAIL"
ja = "発注機関の担当部署へ電子メールで提出します。"
en = "By e-mail to the division in charge."
recipient = { known = "ASK", ja = "発注機関の担当部署に確認します。", en = "Ask the division in charge." }
source = "page"

[revision.submission.subject]
ja = "頭に【電子保証】を付け、施行番号を記載します。"
en = "【電子保証】, then the works number."
template = "【電子保証】{works_number}"
examples = [{ given = { works_number = "504*****" }, subject = "【電子保証】504*****" }]
source = "page"

[[revision.submission.body]]
label = "(1)受注者"
value = "{company}"
ja = "受注者"
en = "Contractor"
source = "page"

[[revision.submission.body]]
label = "(2)担当者の氏名・連絡先"
value = "{contact}"
ja = "担当者の氏名・連絡先"
en = "Contact"
source = "page"

[[revision.submission.body]]
label = "(3)工事（業務）名"
value = "{works_name}"
ja = "工事（業務）名"
en = "Works name"
source = "page"

[[revision.submission.body]]
label = "(4)保証名称"
value = "{kind}"
ja = "保証名称"
en = "Kind of guarantee"
source = "page"

[[revision.submission.artefact]]
what = "BOND_PDF"
need = "FORBIDDEN"
ja = "PDF方式の保証証券の電子メール提出は対象外です。"
en = "A bond issued as PDF cannot be e-mailed."
source = "page"
"""

ARAO = """
[[revision.submission.channel]]
way = "IN_PERSON"
key_as = "PRINTED_NOTICE"
ja = "認証キー等のお知らせを印刷し、契約担当者へ持参します。"
en = "Print the key notice and bring it to the contract officer."
recipient = { known = "LITERAL", ja = "発注者（契約担当者）", en = "The obligee (contract officer)" }
source = "page"
"""

SHIMONOSEKI = """
[[revision.submission.channel]]
way = "EMAIL"
ja = "経営管理課契約管財係へ電子メールで提出します。"
en = "By e-mail to the contracts section."
recipient = { known = "ASK", ja = "経営管理課契約管財係に確認します。", en = "Ask the contracts section." }
source = "page"

[[revision.submission.channel]]
way = "FAX"
key_as = "FAX_SHEET"
ja = "FAXでも提出できます。"
en = "FAX is taken as well."
recipient = { known = "ASK", ja = "経営管理課契約管財係に確認します。", en = "Ask the contracts section." }
source = "page"

[[revision.submission.channel]]
way = "IN_PERSON"
ja = "持参もできます。"
en = "It may be brought as well."
recipient = { known = "LITERAL", ja = "経営管理課契約管財係", en = "Contracts section" }
source = "page"

[[revision.submission.artefact]]
what = "OWN_FORM"
need = "OPTIONAL"
name = "参考様式"
ja = "参考様式を使えます（任意様式でも構いません）。"
en = "The bureau's form may be used; any other will do."
source = "page"
"""

OTSU = """
[[revision.submission.channel]]
way = "TOLD_ON_AWARD"
ja = "提出方法の詳細は落札者に案内されます。"
en = "The winner is told the details."
recipient = { known = "NOT_STATED", ja = "落札決定時に案内されます。", en = "Told on award." }
source = "page"
"""

SHIGA = """
[[revision.submission.channel]]
way = "EMAIL"
ja = "発注機関へ電子メールで提出します。"
en = "By e-mail to the ordering office."
recipient = { known = "ASK", ja = "発注機関に確認します。", en = "Ask the ordering office." }
source = "page"

[[revision.submission.subject]]
when = { kind = "PERFORMANCE" }
ja = "【電子保証】工事番号と案件名"
en = "【電子保証】, works number and name"
template = "【電子保証】{works_number}{works_name}"
examples = [{ given = { works_number = "第〇〇号", works_name = "△△工事" }, subject = "【電子保証】第〇〇号△△工事" }]
source = "page"

[[revision.submission.subject]]
when = { kind = "ADVANCE_PAYMENT" }
ja = "【請求関係書類】工事番号と案件名"
en = "【請求関係書類】, works number and name"
template = "【請求関係書類】{works_number}{works_name}"
examples = [{ given = { works_number = "第〇〇号", works_name = "△△工事" }, subject = "【請求関係書類】第〇〇号△△工事" }]
source = "page"

[[revision.submission.artefact]]
when = { surety_class = "INSURER" }
what = "VIEWER_ADDRESS"
need = "REQUIRED"
ja = "保証証券等確認システムの閲覧用URLと閲覧用パスワードが記載されたもの"
en = "What states the viewer's address and password"
source = "page"
"""

NOBEOKA = """
[[revision.submission.channel]]
way = "EMAIL"
ja = "契約を締結した担当課室の代表メールアドレスへ提出します。"
en = "By e-mail to the contracting division's mailbox."
recipient = { known = "BY_DIVISION", ja = "担当課室に確認します。", en = "Ask the division." }
source = "page"

[revision.submission.subject]
ja = "電子保証認証キー：に続けて、工事名または業務委託名を記載します。"
en = "電子保証認証キー: and the works name."
template = "電子保証認証キー:{works_name}"
examples = [{ given = { works_name = "○○○工事" }, subject = "電子保証認証キー:○○○工事" }]
source = "page"

[[revision.submission.artefact]]
what = "CERTIFICATE_SCREEN"
need = "FORBIDDEN"
ja = "電子保証書を印刷したものは提出できません。"
en = "A print-out of the certificate is not taken."
source = "page"
"""

OBLIGEES = {
    "242012": ("津市", "https://www.info.city.tsu.mie.jp/www/contents/1756887646850/index.html", TSU),
    "212181": ("本巣市", "https://www.city.motosu.lg.jp/0000002786.html", MOTOSU),
    "070009": ("福島県", "https://www.pref.fukushima.lg.jp/sec/01115c/denshihosyo.html", FUKUSHIMA),
    "240001": ("三重県", "https://www.pref.mie.lg.jp/", MIE),
    "432041": ("荒尾市", "https://www.city.arao.lg.jp/shisei/nyusatsu/keiyakukankei/8532.html", ARAO),
    "352012/water": ("下関市上下水道局", "https://www.city.shimonoseki.lg.jp/site/water/102343.html", SHIMONOSEKI),
    "252018": ("大津市", "https://www.city.otsu.lg.jp/soshiki/005/1219/g/06/57895.html", OTSU),
    "250007": ("滋賀県", "https://www.pref.shiga.lg.jp/zigyousya/nyusatsubaikyaku/kouzi/335289.html", SHIGA),
    "452033": ("延岡市", "https://www.city.nobeoka.miyazaki.jp/soshiki/12/45909.html", NOBEOKA),
}
TEXTS = {
    code: HEAD.format(id=code, name=name, url=url) + submission for code, (name, url, submission) in OBLIGEES.items()
}
RULEBOOK = Rulebook.from_texts(TEXTS)
INSTALLED = Rulebook.load()
NAMES = {code: name for code, (name, _, _) in OBLIGEES.items()} | {"322016": "松江市", "465011": "中種子町"}

ADVANCE, INTERIM, PERFORMANCE = (
    GuaranteeKind.ADVANCE_PAYMENT,
    GuaranteeKind.INTERIM_ADVANCE_PAYMENT,
    GuaranteeKind.PERFORMANCE,
)
NUMBERS = {ADVANCE: "1070000473", INTERIM: "1070000481", PERFORMANCE: "1070200236"}
KEYS = {ADVANCE: "K5VL4+5QG_KJ", INTERIM: "M7TT2+8RB_QX", PERFORMANCE: "C2WN9+3HD_ZP"}
WORKS = "市道〇号線 道路改良工事 その1"


def plan_of(obligee: str, kind: GuaranteeKind = ADVANCE, **told: Any) -> SubmissionPlan:
    """Return the plan of an application that the obligee accepts."""
    facts: dict[str, Any] = {
        "work_type": WorkType.CONSTRUCTION,
        "surety_class": SuretyClass.GUARANTEE_COMPANY,
        "contract_on": date(2025, 10, 20),
    }
    rulebook = RULEBOOK if obligee in OBLIGEES else INSTALLED
    decision = rulebook.decide(Application(obligee=obligee, kind=kind, **(facts | told)))
    assert decision.plan is not None, decision
    return decision.plan


def item_of(obligee: str, kind: GuaranteeKind = ADVANCE, **told: Any) -> HandInItem:
    """Return a guarantee of the works in the leaflet's manner."""
    facts: dict[str, Any] = {
        "kind": kind,
        "number": NUMBERS[kind],
        "access_key": KEYS[kind],
        "works_name": WORKS,
        "obligee_name": NAMES[obligee],
        "surety_name": "西日本建設業保証株式会社",
        "surety_class": SuretyClass.GUARANTEE_COMPANY,
    }
    return HandInItem(**(facts | told))


def hand_in_of(*items: HandInItem, **told: Any) -> HandIn:
    """Return a hand-in of `items` by a contractor who tells who is in charge."""
    facts: dict[str, Any] = {
        "day": date(2025, 10, 27),
        "principal_name": "株式会社西日本保証建設",
        "contact_name": "山田 太郎",
        "contact_phone": "06-6543-2552",
    }
    return HandIn(items=items, **(facts | told))
