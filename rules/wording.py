"""The letter that goes with a key: one fixed text in polite business Japanese, filled in by what is known."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from denshi_hosho.rules.handin import Attachment, HandIn, HandInItem
from denshi_hosho.rules.vocabulary import Artefact, Need, Way

UNTOLD = "（未記入）"
_RULE = "―" * 20

# How the things of a letter are given, by its way.
_GIVEN = {Way.EMAIL: "添付", Way.FAX: "別紙", Way.POST: "同封"}

_GREETING = "平素より大変お世話になっております。"
_CLOSING = "ご不明な点がございましたら、下記の担当者までご連絡くださいますようお願い申し上げます。"
_LEAD = "下記案件の電子保証について、認証キーを提出いたします。"
_LEAD_OF_BOND = "下記案件の保証について、保証証券等を提出いたします。"
_NOTICE = "{given}の「認証キー等のお知らせ」により、電子証書をご確認くださいますようお願い申し上げます。"
_TEXT = "下記の保証契約番号および認証キーにより、電子証書をご確認くださいますようお願い申し上げます。"
_VIEWER = "下記の閲覧用URLおよび閲覧用パスワードにより、ご確認くださいますようお願い申し上げます。"
_THINGS = "{given}のとおりお送りいたしますので、ご確認くださいますようお願い申し上げます。"
_PROTECTED = "{given}のファイルはパスワードで保護しております。パスワードは、別途ご連絡いたします。"

SUBJECT = "電子保証の認証キーの提出について（{works_name}）"
SUBJECT_OF_BOND = "保証証券等の提出について（{works_name}）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a letter says. `prescribed` are the rule's own fields in its order: label and value.

    `works_named`: one of them is the works name, which is not said twice.
    """

    way: Way
    hand_in: HandIn
    items: Sequence[HandInItem]
    prescribed: Sequence[tuple[str, str]]
    attachments: Sequence[Attachment]
    key_in_text: bool
    works_named: bool = False

    @property
    def of_key(self) -> bool:
        """Return whether keys are handed in, rather than an insurer's bond or its address alone."""
        noticed = any(item.artefact is Artefact.KEY_NOTICE for item in self.attachments)
        return noticed or (self.key_in_text and any(item.access_key for item in self.items))


def letter_text(letter: Letter) -> str:
    """Return the letter: lines without a line break at the end."""
    blocks = (
        _addressee(letter),
        _opening(letter),
        _purpose(letter),
        [f"{label}：{value}" for label, value in letter.prescribed],
        *_guarantees(letter),
        _enclosed(letter),
        [_CLOSING] if letter.hand_in.contact_name else [],
        _signature(letter.hand_in),
    )
    return "\n\n".join("\n".join(block) for block in blocks if block)


def subject_text(letter: Letter) -> str:
    """Return the subject line of a letter whose rule prescribes none."""
    return (SUBJECT if letter.of_key else SUBJECT_OF_BOND).format(works_name=letter.items[0].works_name)


def _addressee(letter: Letter) -> list[str]:
    division = letter.hand_in.division
    return [letter.items[0].obligee_name, f"{division}　ご担当者様" if division else "ご担当者様"]


def _opening(letter: Letter) -> list[str]:
    sender = letter.hand_in.principal_name
    name = letter.hand_in.contact_name
    return [_GREETING, f"{sender}の{name}でございます。" if name else f"{sender}でございます。"]


def _purpose(letter: Letter) -> list[str]:
    given = _GIVEN.get(letter.way, "添付")
    lines = [_LEAD if letter.of_key else _LEAD_OF_BOND]
    noticed = any(item.artefact is Artefact.KEY_NOTICE for item in letter.attachments)
    if noticed:
        lines.append(_NOTICE.format(given=given))
    elif letter.of_key:
        lines.append(_TEXT)
    elif letter.key_in_text and any(item.viewer_url for item in letter.items):
        lines.append(_VIEWER)
    else:
        lines.append(_THINGS.format(given=given))
    if any(item.password for item in letter.attachments):
        lines.append(_PROTECTED.format(given=given))
    return lines


def _guarantees(letter: Letter) -> Iterator[list[str]]:
    works = [] if letter.works_named else [f"工事名：{letter.items[0].works_name}"]
    if len(letter.items) > 1:
        yield works
        works = []
    for item in letter.items:
        lines = [f"保証の種類：{item.kind.ja}", f"保証契約番号：{item.number}"]
        if letter.key_in_text:
            lines += [f"{label}：{value}" for label, _, value in secrets_of(item)]
        yield [*works, *lines, f"保証機関：{item.surety_name}"]


def secrets_of(item: HandInItem) -> Iterator[tuple[str, str, str]]:
    """Yield what opens the certificate of `item`: label in Japanese and in English, and value."""
    if item.access_key:
        yield "認証キー", "Access key", item.access_key
    if item.viewer_url:
        yield "閲覧用URL", "Viewer's address", item.viewer_url
    if item.viewer_password:
        yield "閲覧用パスワード", "Viewer's password", item.viewer_password


def _enclosed(letter: Letter) -> list[str]:
    needed = [item for item in letter.attachments if item.need is Need.REQUIRED]
    if not needed:
        return []
    kinds = {item.number: item.kind.ja for item in letter.items}
    heading = f"{_GIVEN.get(letter.way, '添付')}："
    return [heading, *(f"・{_named(item, kinds)}" for item in needed)]


def _named(item: Attachment, kinds: dict[str, str]) -> str:
    return f"{item.ja}　{kinds[item.number]} {item.number}" if item.number else item.ja


def _signature(hand_in: HandIn) -> list[str]:
    rows: Iterable[tuple[str, str | None]] = (
        ("担当", hand_in.contact_name),
        ("電話", hand_in.contact_phone),
        ("電子メール", hand_in.contact_email),
    )
    told = [f"{label}：{value}" for label, value in rows if value]
    return [_RULE, hand_in.principal_name, *told, _RULE]
