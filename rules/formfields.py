"""The fields to paste into a web form or an electronic contract system."""

from collections.abc import Iterator, Sequence

from denshi_hosho.rules.handin import Field, HandIn, HandInItem
from denshi_hosho.rules.wording import secrets_of


def form_fields(
    hand_in: HandIn,
    items: Sequence[HandInItem],
    prescribed: Sequence[tuple[str, str]],
    *,
    key_in_text: bool,
) -> tuple[Field, ...]:
    """Return the fields: the rule's own first, then who and what, then each guarantee."""
    own = (Field(ja=label, en=label, value=value) for label, value in prescribed)
    return (*own, *_told(hand_in, items[0]), *(field for item in items for field in _of(item, key_in_text)))


def _told(hand_in: HandIn, item: HandInItem) -> Iterator[Field]:
    rows = (
        ("受注者", "Principal (contractor)", hand_in.principal_name),
        ("担当者", "Contact", hand_in.contact_name),
        ("電話番号", "Telephone", hand_in.contact_phone),
        ("電子メール", "E-mail", hand_in.contact_email),
        ("発注者", "Obligee", item.obligee_name),
        ("発注担当課", "Ordering division", hand_in.division),
        ("工事名", "Works name", item.works_name),
        ("工事番号", "Works number", hand_in.works_number),
        ("契約番号", "Contract number", hand_in.contract_number),
    )
    for ja, en, value in rows:
        if value:
            yield Field(ja=ja, en=en, value=value)


def _of(item: HandInItem, key_in_text: bool) -> Iterator[Field]:  # noqa: FBT001 private; its one caller names it
    yield Field(ja="保証の種類", en="Kind of guarantee", value=item.kind.ja)
    yield Field(ja="保証契約番号", en="Guarantee number", value=item.number)
    if key_in_text:
        for ja, en, value in secrets_of(item):
            yield Field(ja=ja, en=en, value=value, secret=True)
    yield Field(ja="保証機関", en="Surety", value=item.surety_name)
