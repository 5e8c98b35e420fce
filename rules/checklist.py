"""What a person does around a message: confirm, keep the deadline, add documents, call; in the order of doing."""

from collections.abc import Iterator

from denshi_hosho.rules.channels import contact_of
from denshi_hosho.rules.handin import HandIn
from denshi_hosho.rules.plan import ArtefactNeed, Channel, FollowUp, Saying, SubmissionPlan
from denshi_hosho.rules.recipients import contact
from denshi_hosho.rules.vocabulary import Artefact, Need


def checklist(plan: SubmissionPlan, channel: Channel | None, hand_in: HandIn) -> tuple[Saying, ...]:
    """Return the steps as the rule says them, each with its sources."""
    return tuple(_steps(plan, channel, hand_in))


def _steps(plan: SubmissionPlan, channel: Channel | None, hand_in: HandIn) -> Iterator[Saying]:
    if channel is not None:
        yield Saying(ja=channel.ja, en=channel.en, literal=channel.literal, sources=channel.sources)
    if plan.deadline is not None:
        yield _plain(plan.deadline)
    if channel is not None and channel.recipient.confirm and not hand_in.address:
        yield _confirm(channel)
    yield from (_artefact(need) for need in plan.artefacts if _to_mind(need))
    yield from (_plain(field) for field in plan.body if field.value is None)
    yield from map(_plain, plan.companions)
    if plan.follow_up is not None:
        yield _call(plan.follow_up, channel, hand_in)
    yield from map(_plain, plan.notes)


def _to_mind(need: ArtefactNeed) -> bool:
    """Return whether an artefact asks a person for more than the attachments of the message show."""
    return need.artefact is Artefact.OWN_FORM or need.password or need.need is Need.FORBIDDEN


def _plain(said: Saying) -> Saying:
    return Saying(ja=said.ja, en=said.en, literal=said.literal, sources=said.sources, depends_on=said.depends_on)


def _confirm(channel: Channel) -> Saying:
    to = channel.recipient
    phone_ja, phone_en = (f"、電話 {to.phone}", f"; telephone {to.phone}") if to.phone else ("", "")
    return Saying(
        ja=f"送付前に宛先を確認してください（{to.ja.rstrip('。')}{phone_ja}）。",
        en=f"Confirm the address before sending ({to.en.rstrip('.')}{phone_en}).",
        literal=None,
        sources=channel.sources,
    )


def _artefact(need: ArtefactNeed) -> Saying:
    url = f"（{need.url}）" if need.url else ""
    url_en = f" ({need.url})" if need.url else ""
    return Saying(ja=need.ja + url, en=need.en + url_en, literal=None, sources=need.sources, depends_on=need.depends_on)


def _call(follow_up: FollowUp, channel: Channel | None, hand_in: HandIn) -> Saying:
    own = contact_of(follow_up.phones, hand_in.division)
    recipients = contact(channel.recipient, hand_in)[1] if channel else None
    phone = (own.phone if own else None) or follow_up.phone or recipients
    said = _plain(follow_up)
    if phone is None or phone in said.ja:
        return said
    return Saying(
        ja=f"{said.ja.rstrip('。')}（電話 {phone}）。",
        en=f"{said.en.rstrip('.')} (telephone {phone}).",
        literal=said.literal,
        sources=said.sources,
        depends_on=said.depends_on,
    )
