"""Compose the messages that hand keys in: from the plan and what is known, pure, without a clock or a guess."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from denshi_hosho.rules.checklist import checklist
from denshi_hosho.rules.enclosing import Enclosures, enclosures
from denshi_hosho.rules.filling import cc_of, known_of, prescribed_of, subject_of
from denshi_hosho.rules.formfields import form_fields
from denshi_hosho.rules.handin import Field, HandIn, HandInItem, Message, Missing
from denshi_hosho.rules.plan import Channel, SubmissionPlan
from denshi_hosho.rules.recipients import Chosen, address_of, choose, untold
from denshi_hosho.rules.templates import template_of
from denshi_hosho.rules.vocabulary import Batching, Need, Way
from denshi_hosho.rules.wording import Letter, letter_text, subject_text

LETTERS = frozenset({Way.EMAIL, Way.FAX, Way.POST})
FORMS = frozenset({Way.WEB_FORM, Way.CONTRACT_SYSTEM})
_ALONE = frozenset({"kind", "number"})


def compose(plan: SubmissionPlan, hand_in: HandIn) -> tuple[Message, ...]:
    """Return the messages that hand `hand_in` in by `plan`: each item in exactly one of them, in order.

    Nothing is raised for missing facts: they stand in `unresolved`, and the message is not ready.
    """
    that_day = replace(plan, artefacts=tuple(need for need in plan.artefacts if need.holds_on(hand_in.day)))
    chosen = choose(that_day, hand_in)
    return tuple(_message(that_day, hand_in, chosen, items) for items in _batches(that_day, hand_in.items))


def grouped(
    planned: Iterable[tuple[SubmissionPlan, HandInItem]],
) -> tuple[tuple[SubmissionPlan, tuple[HandInItem, ...]], ...]:
    """Return items by equal plans, in order: one `compose` for each, since plans differ by kind and surety."""
    groups: dict[SubmissionPlan, list[HandInItem]] = {}
    for plan, item in planned:
        groups.setdefault(plan, []).append(item)
    return tuple((plan, tuple(items)) for plan, items in groups.items())


def _batches(plan: SubmissionPlan, items: tuple[HandInItem, ...]) -> Iterator[tuple[HandInItem, ...]]:
    """Yield the items of each message: together only where the rule allows it, for the same works, under one subject."""
    if plan.batching is None or plan.batching.rule is not Batching.TOGETHER or plan.batching.depends_on:
        yield from ((item,) for item in items)
        return
    subject = plan.subject
    alone = bool(
        subject and subject.template and subject.joined_by is None and template_of(subject.template).names & _ALONE
    )
    batches: dict[object, list[HandInItem]] = {}
    for index, item in enumerate(items):
        together = item.works_name, item.obligee_name, index if alone else None
        batches.setdefault(together, []).append(item)
    yield from (tuple(batch) for batch in batches.values())


def _message(plan: SubmissionPlan, hand_in: HandIn, chosen: Chosen, items: tuple[HandInItem, ...]) -> Message:
    channel = chosen.channel
    enclosed = enclosures(plan, channel, items)
    written = _written(plan, hand_in, channel, items, enclosed)
    to, addressing = address_of(channel, hand_in) if channel else (None, ())
    questions = (*chosen.unresolved, *addressing, *written.unresolved, *enclosed.unresolved, *_hanging(plan, hand_in))
    return Message(
        way=channel.way if channel else None,
        channel=channel,
        items=tuple(item.number for item in items),
        to=to,
        cc=written.cc,
        subject=written.subject,
        body=written.body,
        attachments=enclosed.attachments,
        forbidden=enclosed.forbidden,
        fields=written.fields,
        checklist=checklist(plan, channel, hand_in),
        unresolved=tuple(dict.fromkeys(questions)),
        key_in_text=enclosed.key_in_text,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What a message says in words; what its way has no place for is empty."""

    subject: str | None = None
    cc: tuple[str, ...] = ()
    body: str = ""
    fields: tuple[Field, ...] = ()
    unresolved: tuple[Missing, ...] = ()


def _written(
    plan: SubmissionPlan,
    hand_in: HandIn,
    channel: Channel | None,
    items: tuple[HandInItem, ...],
    enclosed: Enclosures,
) -> _Written:
    if channel is None or channel.way not in LETTERS | FORMS:
        return _Written()
    known = known_of(hand_in, items)
    prescribed, unfilled = prescribed_of(plan, known)
    if channel.way in FORMS:
        fields = form_fields(hand_in, items, prescribed, key_in_text=enclosed.key_in_text)
        return _Written(fields=fields, unresolved=unfilled)
    letter = Letter(
        way=channel.way,
        hand_in=hand_in,
        items=items,
        prescribed=prescribed,
        attachments=enclosed.attachments,
        key_in_text=enclosed.key_in_text,
        works_named=any(field.value == "{works_name}" for field in plan.body),
    )
    if channel.way is not Way.EMAIL:
        return _Written(body=letter_text(letter), unresolved=unfilled)
    subject, unsubjected = subject_of(plan, hand_in, known, subject_text(letter))
    cc, uncopied = cc_of(plan, hand_in)
    return _Written(subject=subject, cc=cc, body=letter_text(letter), unresolved=(*unsubjected, *unfilled, *uncopied))


def _hanging(plan: SubmissionPlan, hand_in: HandIn) -> Iterator[Missing]:
    """Yield the untold facts that decide about what goes along or how it is batched, and works that are mixed up."""
    for need in plan.artefacts:
        yield from untold(need.depends_on, f"提出物「{need.artefact.ja}」", f"The artefact {need.artefact}")
    for companion in (each for each in plan.companions if each.need is Need.REQUIRED):
        yield from untold(companion.depends_on, "あわせて提出する書類", "The companion document")
    if plan.batching is not None:
        yield from untold(plan.batching.depends_on, "一括提出の可否", "Whether guarantees may go together")
    if len({(item.obligee_name, item.works_name) for item in hand_in.items}) > 1:
        yield Missing(
            code="SEVERAL_WORKS",
            field="items",
            ja="複数の工事の保証が含まれています。工事ごとに分けて提出してください。",
            en="The guarantees are of more than one works contract; hand in each works contract by itself.",
        )
