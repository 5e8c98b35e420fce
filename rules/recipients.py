"""By which channel and to which address a key goes: what the rule states, what the user confirmed, never a guess."""

from collections.abc import Iterator
from dataclasses import dataclass

from denshi_hosho.rules.channels import ADDRESSED, contact_of, fits
from denshi_hosho.rules.handin import HandIn, Missing
from denshi_hosho.rules.plan import Channel, Recipient, SubmissionPlan
from denshi_hosho.rules.texts import day_ja
from denshi_hosho.rules.vocabulary import Way

UNSAID = frozenset({Way.TOLD_ON_AWARD, Way.NOT_STATED})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The channel chosen (None: none is open), and what its choice leaves open."""

    channel: Channel | None
    unresolved: tuple[Missing, ...]


def choose(plan: SubmissionPlan, hand_in: HandIn) -> Chosen:
    """Return the channel for the way and the day of `hand_in`: a certain one before one that hangs on untold facts."""
    wanted = [channel for channel in plan.channels if hand_in.way in (None, channel.way)]
    if not wanted:
        return Chosen(None, (_not_taken(plan, hand_in),))
    open_now = [channel for channel in wanted if channel.open_on(hand_in.day)]
    if not open_now:
        return Chosen(None, (_closed(wanted, hand_in),))
    channel = min(open_now, key=lambda each: (each.way in UNSAID, bool(each.depends_on)))
    return Chosen(channel, (*_unsaid(channel), *untold(channel.depends_on, "提出方法", "The way of handing in")))


def address_of(channel: Channel, hand_in: HandIn) -> tuple[str | None, tuple[Missing, ...]]:
    """Return the address that the message goes to, and what must still be told or confirmed about it.

    The rule's own address stands; a told one is used only where the rule states none.
    """
    stated = contact(channel.recipient, hand_in)[0]
    told = (hand_in.address or "").strip() or None
    if channel.way not in ADDRESSED:
        return stated, ()
    if stated is not None:
        return stated, tuple(_unconfirmed(channel, stated, told))
    if told is None:
        return None, (_unknown(channel.recipient),)
    if not fits(channel.way, told) or not told.isprintable():
        return None, (_malformed(channel, told),)
    return told, ()


def contact(recipient: Recipient, hand_in: HandIn) -> tuple[str | None, str | None]:
    """Return the address and the telephone number that the rule states for the division told at handing in."""
    if hand_in.division is None or not recipient.divisions:
        return recipient.address, recipient.phone
    own = contact_of(recipient.divisions, hand_in.division)
    return (own.address, own.phone) if own else (None, None)


def _unconfirmed(channel: Channel, stated: str, told: str | None) -> Iterator[Missing]:
    if told is not None and told.casefold() != stated.casefold():
        yield Missing(
            code="ADDRESS_DIFFERS",
            field="address",
            ja=f"入力された宛先「{told}」は、規則の宛先「{stated}」と異なります。どちらが正しいか発注者にご確認ください。",
            en=f"The address told, {told}, is not the rule's, {stated}; ask the obligee which one is right.",
        )
    elif told is None and channel.recipient.confirm:
        yield Missing(
            code="ADDRESS_TO_CONFIRM",
            field="address",
            ja=f"宛先「{stated}」は、送付前に確認が必要です。確認した宛先を入力してください。",
            en=f"The address {stated} has to be confirmed before sending; tell the address that was confirmed.",
        )


def _unknown(recipient: Recipient) -> Missing:
    phone_ja = f"、電話 {recipient.phone}" if recipient.phone else ""
    phone_en = f"; telephone {recipient.phone}" if recipient.phone else ""
    names = "、".join(each.division for each in recipient.divisions)
    told_by = "division" if names else "address"
    ask_ja = f"発注担当課（{names}）または確認した宛先を" if names else "確認した宛先を"
    ask_en = f"tell the ordering division ({names}) or the address" if names else "tell the address"
    return Missing(
        code=f"RECIPIENT_{recipient.known}",
        field=told_by,
        ja=f"宛先が分かりません（{_plain(recipient.ja)}{phone_ja}）。{ask_ja}入力してください。",
        en=f"The address is not known ({_plain(recipient.en)}{phone_en}); {ask_en} that was confirmed.",
    )


def _plain(sentence: str) -> str:
    return sentence.rstrip("。.")


def _malformed(channel: Channel, told: str) -> Missing:
    return Missing(
        code="ADDRESS_MALFORMED",
        field="address",
        ja=f"「{told}」は{channel.way.ja}の宛先として使えません。確認して入力し直してください。",
        en=f"“{told}” is not an address for {channel.way}; check it and tell it again.",
    )


def _unsaid(channel: Channel) -> Iterator[Missing]:
    if channel.way is Way.TOLD_ON_AWARD:
        yield Missing(
            code="WAY_TOLD_ON_AWARD",
            field="way",
            ja=f"提出方法は、落札決定時に発注者から案内されます（{_plain(channel.ja)}）。",
            en=f"The obligee tells the way of handing in on award ({_plain(channel.en)}).",
        )
    elif channel.way is Way.NOT_STATED:
        yield Missing(
            code="WAY_NOT_STATED",
            field="way",
            ja=f"提出方法は規則に記載がありません。発注者にご確認ください（{_plain(channel.ja)}）。",
            en=f"The rule does not state the way of handing in; ask the obligee ({_plain(channel.en)}).",
        )


def _not_taken(plan: SubmissionPlan, hand_in: HandIn) -> Missing:
    ways = list(dict.fromkeys(channel.way for channel in plan.channels))
    names = "、".join(way.ja for way in ways)
    wanted = hand_in.way.ja if hand_in.way else "提出"
    return Missing(
        code="WAY_NOT_TAKEN",
        field="way",
        ja=f"「{wanted}」による提出は規則に挙げられていません（挙げられているもの: {names or 'なし'}）。",
        en=f"The rule does not list {hand_in.way or 'any way'} (it lists {', '.join(ways) or 'none'}).",
    )


def _closed(channels: list[Channel], hand_in: HandIn) -> Missing:
    spans_ja = "、".join(f"{channel.way.ja}は{_span_ja(channel)}" for channel in channels)
    spans_en = ", ".join(
        f"{channel.way} {channel.valid_from or ''} to {channel.valid_until or ''}" for channel in channels
    )
    return Missing(
        code="WAY_CLOSED",
        field="day",
        ja=f"{day_ja(hand_in.day)}に使える提出方法がありません（{spans_ja}）。",
        en=f"No way of handing in is open on {hand_in.day} ({spans_en.replace('  ', ' ').strip()}).",
    )


def _span_ja(channel: Channel) -> str:
    begins = f"{day_ja(channel.valid_from)}から" if channel.valid_from else ""
    return begins + (f"{day_ja(channel.valid_until)}まで" if channel.valid_until else "")


def untold(facts: tuple[str, ...], ja: str, en: str) -> Iterator[Missing]:
    """Yield one line for each untold fact of the application that decides about what `ja` and `en` name."""
    for fact in facts:
        yield Missing(
            code="PLAN_OPEN",
            field=fact if fact == "division" else "plan",
            ja=f"{ja}は {fact} により異なります。{fact} を伝えて、規則の判定からやり直してください。",
            en=f"{en} hangs on {fact}, which was not told; tell it and have the rule decide again.",
        )
