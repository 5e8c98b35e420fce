"""Read `[[revision.submission.channel]]`: the ways to hand in a key, each with its recipient."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from denshi_hosho.rules.application import Application
from denshi_hosho.rules.citations import cited
from denshi_hosho.rules.guards import Guard, folded, read_guard
from denshi_hosho.rules.plan import Channel, Contact, Recipient, Source
from denshi_hosho.rules.reader import Table, mistake
from denshi_hosho.rules.vocabulary import KeyForm, RecipientKnown, Way

CHANNEL_KEYS = frozenset(
    {"when", "way", "from", "until", "recipient", "key_as", "system", "ja", "en", "literal", "source"}
)
RECIPIENT_KEYS = frozenset({"known", "ja", "en", "address", "addresses", "phone", "confirm"})
CONTACT_KEYS = frozenset({"address", "phone"})

# The ways whose recipient has to have an address before anything can go to it.
ADDRESSED = frozenset({Way.EMAIL, Way.WEB_FORM, Way.FAX, Way.POST})
_ON_SCREEN = frozenset({Way.EMAIL, Way.WEB_FORM, Way.CONTRACT_SYSTEM})
_ON_PAPER = frozenset({Way.FAX, Way.IN_PERSON, Way.POST})
KEY_FORMS = {
    KeyForm.NOTICE_PDF: _ON_SCREEN,
    KeyForm.TEXT: _ON_SCREEN,
    KeyForm.PRINTED_NOTICE: _ON_PAPER,
    KeyForm.FAX_SHEET: frozenset({Way.FAX}),
}
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_FORMS = {
    Way.EMAIL: (_MAIL_ADDRESS, "電子メールアドレス一つ", "one mail address"),
    Way.WEB_FORM: (re.compile(r"https?://\S+"), "https:// で始まるURL", "an address that starts with https://"),
}


@dataclass(frozen=True, slots=True)
class GuardedChannel:
    """A channel, for whom it is open, and its place in the file.

    `of_divisions` is the channel with a division's own address and telephone number, by the division's folded name.
    """

    place: str
    guard: Guard
    channel: Channel
    of_divisions: Mapping[str, Channel]

    def open_to(self, application: Application) -> Channel | None:
        """Return the channel as it is open to `application`, None where it is not."""
        answer = self.guard(application)
        if answer is False:
            return None
        channel = self.channel
        if self.of_divisions and application.division is not None:
            channel = self.of_divisions.get(folded(application.division), channel)
        return channel if answer is True else replace(channel, depends_on=tuple(dict.fromkeys(answer)))


def _of_divisions(channel: Channel) -> dict[str, Channel]:
    to = channel.recipient
    return {
        folded(contact.division): replace(
            channel, recipient=replace(to, address=contact.address, phone=contact.phone or to.phone)
        )
        for contact in to.divisions
    }


def contact_of(contacts: tuple[Contact, ...], division: str | None) -> Contact | None:
    """Return the contact of `division`, None where the table has none; width and white space make no difference."""
    if not contacts or division is None:
        return None
    wanted = folded(division)
    return next((contact for contact in contacts if folded(contact.division) == wanted), None)


def fits(way: Way, address: str) -> bool:
    """Return whether `address` has the form of an address of `way`; ways without a known form take any."""
    return way not in _FORMS or _FORMS[way][0].fullmatch(address) is not None


def check_address(way: Way, address: str, place: str) -> None:
    """Raise RuleFileError where `address` cannot be an address of `way`."""
    if not fits(way, address):
        _, ja, en = _FORMS[way]
        raise mistake("ADDRESS_FORM", place, f"{ja}が必要です（{address}）。", f"must be {en}, not “{address}”.")


def read_days(table: Table, code: str) -> tuple[date | None, date | None]:
    """Return the first and the last day of handing in (`from`, `until`); raise RuleFileError `code` for none between."""
    first, last = table.day_or_none("from"), table.day_or_none("until")
    if first and last and last < first:
        raise mistake(
            code,
            table.at("until"),
            "from より前です。どちらかの日付を直してください。",
            "is before `from`; mend one of the two days.",
        )
    return first, last


def read_channel(table: Table, sources: Mapping[str, Source]) -> GuardedChannel:
    """Return the channel that `table` states; raise RuleFileError for its mistakes."""
    way = table.word("way", Way)
    valid_from, valid_until = read_days(table, "CHANNEL_VALIDITY")
    channel = Channel(
        way=way,
        recipient=_recipient(Table(table.need("recipient"), table.at("recipient"), RECIPIENT_KEYS), way),
        valid_from=valid_from,
        valid_until=valid_until,
        depends_on=(),
        ja=table.text("ja"),
        en=table.text("en"),
        literal=table.text_or_none("literal"),
        sources=cited(table, sources),
        key_as=_key_forms(table, way),
        system=table.text_or_none("system"),
    )
    if channel.system and way is not Way.CONTRACT_SYSTEM:
        raise mistake(
            "CHANNEL_SYSTEM",
            table.at("system"),
            'way = "CONTRACT_SYSTEM" のときだけ書けます。削除するか way を直してください。',
            'belongs to way = "CONTRACT_SYSTEM" only; remove it or mend `way`.',
        )
    return GuardedChannel(table.place, read_guard(table), channel, _of_divisions(channel))


def _key_forms(table: Table, way: Way) -> tuple[KeyForm, ...]:
    forms = table.words("key_as", KeyForm) if table.has("key_as") else ()
    for form in forms:
        if way not in KEY_FORMS[form]:
            fitting = ", ".join(other for other, ways in KEY_FORMS.items() if way in ways) or "-"
            raise mistake(
                "KEY_FORM",
                table.at("key_as"),
                f"{form} は way = {way} では使えません（使えるもの: {fitting}）。",
                f"{form} does not fit way = {way}; known for it: {fitting}.",
            )
    return forms


def _recipient(table: Table, way: Way) -> Recipient:
    known = table.word("known", RecipientKnown)
    _check_known(table, known, way)
    recipient = Recipient(
        known=known,
        ja=table.text("ja"),
        en=table.text("en"),
        address=table.text_or_none("address"),
        confirm=table.flag("confirm", default=False),
        phone=table.text_or_none("phone"),
        divisions=read_contacts(table, "addresses"),
    )
    stated = [("address", recipient.address), *((f"addresses.{c.division}", c.address) for c in recipient.divisions)]
    for key, address in stated:
        if address is not None:
            check_address(way, address, table.at(key))
    return recipient


def _check_known(table: Table, known: RecipientKnown, way: Way) -> None:
    literal, stated = known is RecipientKnown.LITERAL, table.has("address")
    if (stated and not literal) or (literal and not stated and way in ADDRESSED):
        raise mistake(
            "RECIPIENT_ADDRESS",
            table.place,
            'address は known = "LITERAL" のときだけ、必ず書きます。推測した宛先は書かないでください。',
            '`address` belongs to known = "LITERAL", and only to it; never write a guessed address.',
        )
    if table.has("addresses") and known is not RecipientKnown.BY_DIVISION:
        raise mistake(
            "RECIPIENT_ADDRESS",
            table.place,
            'addresses は known = "BY_DIVISION" のときだけ書けます。',
            '`addresses` belongs to known = "BY_DIVISION" only.',
        )


def read_contacts(table: Table, key: str, plain: str = "address") -> tuple[Contact, ...]:
    """Return the table division = contact that `key` states; a text for a contact is its `plain` key."""
    if not table.has(key):
        return ()
    raw = table.raw[key]
    if not isinstance(raw, Mapping):
        raise table.wrong(key, "担当課 = 宛先 の表", "a table of division = address")
    divisions = Table(raw, table.at(key), frozenset(raw))
    return tuple(_contact(divisions, division, plain) for division in raw)


def _contact(divisions: Table, division: str, plain: str) -> Contact:
    if not isinstance(divisions.raw[division], Mapping):
        return Contact(division=division, **{plain: divisions.text(division)})
    table = Table(divisions.raw[division], divisions.at(division), CONTACT_KEYS)
    if not table.raw:
        table.need(plain)
    return Contact(division=division, address=table.text_or_none("address"), phone=table.text_or_none("phone"))
