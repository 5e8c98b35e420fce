from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass
from denshi_hosho.rules.channels import KEY_FORMS
from denshi_hosho.rules.compose import compose
from denshi_hosho.rules.handin import HandIn, HandInItem
from denshi_hosho.rules.plan import (
    ArtefactNeed,
    BatchingRule,
    BodyField,
    Channel,
    Companion,
    Contact,
    CopyTo,
    Recipient,
    SubjectLine,
    SubmissionPlan,
)
from denshi_hosho.rules.vocabulary import (
    Artefact,
    Batching,
    CompanionWay,
    CopyFor,
    KeyForm,
    Need,
    RecipientKnown,
    Way,
)

DAYS = st.dates(date(2024, 1, 1), date(2024, 1, 5))
LINES = st.sampled_from(["第3号", "504-0001-2345", "契約課", "水道課", "改行\r\nBcc: x@example.jp", "", " "])
ADDRESSES = st.sampled_from(["a@example.jp", "契約課", "https://form.example.jp/1", "083-000-0000", "a@b\n@c", ""])
TEMPLATES = st.sampled_from(
    [
        "【電子保証({kind})】{works_number}",
        "{works_number:digits(11)}",
        "{number}",
        "{works_name}",
        "{bidding_on} {company}",
    ]
)
FACTS = st.sampled_from([(), ("division",), ("surety_class",)])


def said(depends_on: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"ja": "…", "en": "…", "literal": None, "sources": (), "depends_on": depends_on}


@st.composite
def channels(draw: st.DrawFn) -> Channel:
    way = draw(st.sampled_from(Way))
    known = draw(st.sampled_from(RecipientKnown))
    stated = {Way.EMAIL: "rule@example.jp", Way.WEB_FORM: "https://rule.example.jp/"}.get(way, "082-999-9999")
    divisions = (Contact(division="契約課", address=stated, phone="1"), Contact(division="水道課", phone="2"))
    forms = [form for form in KeyForm if way in KEY_FORMS[form]]
    return Channel(
        way=way,
        recipient=Recipient(
            known=known,
            ja="…",
            en="…",
            address=stated if known is RecipientKnown.LITERAL else None,
            confirm=draw(st.booleans()),
            divisions=divisions if known is RecipientKnown.BY_DIVISION else (),
        ),
        valid_from=draw(st.none() | DAYS),
        valid_until=draw(st.none() | DAYS),
        depends_on=draw(FACTS),
        ja="…",
        en="…",
        literal=None,
        sources=(),
        key_as=tuple(draw(st.lists(st.sampled_from(forms), unique=True))) if forms else (),
    )


@st.composite
def plans(draw: st.DrawFn) -> SubmissionPlan:
    needs = st.builds(
        ArtefactNeed,
        artefact=st.sampled_from(Artefact),
        need=st.sampled_from(Need),
        ja=st.just("…"),
        en=st.just("…"),
        sources=st.just(()),
        password=st.booleans(),
        depends_on=FACTS,
        valid_from=st.none() | DAYS,
        valid_until=st.none() | DAYS,
    )
    subjects = st.builds(
        lambda template, joined: SubjectLine(**said(), template=template, joined_by=joined),
        st.none() | TEMPLATES,
        st.none() | st.just("・"),
    )
    batching = st.builds(lambda rule, facts: BatchingRule(**said(facts), rule=rule), st.sampled_from(Batching), FACTS)
    body = st.builds(lambda value: BodyField(**said(), label="x", value=value), TEMPLATES)
    companions = st.builds(
        lambda way, need: Companion(**said(), document="請求書", way=way, need=need),
        st.none() | st.sampled_from(CompanionWay),
        st.sampled_from([Need.REQUIRED, Need.OPTIONAL]),
    )
    copies = st.builds(lambda whom: CopyTo(**said(), whom=whom), st.sampled_from(CopyFor))
    return SubmissionPlan(
        channels=tuple(draw(st.lists(channels(), min_size=1, max_size=3))),
        artefacts=tuple(draw(st.lists(needs, max_size=4))),
        subject=draw(st.none() | subjects),
        body=tuple(draw(st.lists(body, max_size=2))),
        cc=tuple(draw(st.lists(copies, max_size=1))),
        deadline=None,
        follow_up=None,
        companions=tuple(draw(st.lists(companions, max_size=1))),
        notes=(),
        batching=draw(st.none() | batching),
    )


@st.composite
def hand_ins(draw: st.DrawFn) -> HandIn:
    count = draw(st.integers(1, 4))
    items = tuple(
        HandInItem(
            kind=draw(st.sampled_from([kind for kind in GuaranteeKind if kind is not GuaranteeKind.BID])),
            number=f"107000000{index}",
            access_key=f"SECRET-{index}",
            works_name=draw(st.sampled_from(["道路改良工事", "橋りょう補修工事"])),
            obligee_name="津市",
            surety_name="西日本建設業保証株式会社",
            surety_class=draw(st.sampled_from(SuretyClass)),
        )
        for index in range(count)
    )
    told: dict[str, Any] = {
        name: draw(st.none() | LINES)
        for name in ("contact_name", "contact_phone", "works_number", "division", "subject")
    }
    return HandIn(
        items=items,
        day=draw(DAYS),
        principal_name=draw(LINES),
        bidding_on=draw(st.none() | DAYS),
        way=draw(st.none() | st.sampled_from(Way)),
        address=draw(st.none() | ADDRESSES),
        surety_email=draw(st.none() | ADDRESSES),
        **told,
    )


PLANS, HAND_INS = plans(), hand_ins()
OFTEN = settings(max_examples=100, deadline=None)


@OFTEN
@given(PLANS, HAND_INS)
def test_what_is_forbidden_is_never_attached(plan: SubmissionPlan, hand_in: HandIn) -> None:
    day = hand_in.day
    held = [n for n in plan.artefacts if (n.valid_from or day) <= day <= (n.valid_until or day)]
    forbidden = {need.artefact for need in held if need.need is Need.FORBIDDEN}
    for message in compose(plan, hand_in):
        assert set(message.forbidden) == forbidden
        assert not forbidden & {attachment.artefact for attachment in message.attachments}


@OFTEN
@given(PLANS, HAND_INS)
def test_an_address_is_the_rule_s_or_the_one_told_and_never_another(plan: SubmissionPlan, hand_in: HandIn) -> None:
    for message in compose(plan, hand_in):
        if message.to is None:
            continue
        assert message.channel is not None
        to = message.channel.recipient
        own = {contact.address for contact in to.divisions if contact.division == hand_in.division}
        stated = own if to.divisions and hand_in.division is not None else {to.address}
        assert message.to in stated or (
            (stated == {None} or not stated) and message.to == (hand_in.address or "").strip()
        )
        assert message.to.isprintable()


@OFTEN
@given(PLANS, HAND_INS)
def test_an_unresolved_recipient_never_gets_an_address(plan: SubmissionPlan, hand_in: HandIn) -> None:
    unresolved = replace(
        plan,
        channels=tuple(
            replace(channel, recipient=replace(channel.recipient, address=None, divisions=()))
            for channel in plan.channels
        ),
    )
    for message in compose(unresolved, replace(hand_in, address=None)):
        assert message.to is None
        needs_one = message.way in {Way.EMAIL, Way.WEB_FORM, Way.FAX, Way.POST}
        assert not (needs_one and message.ready)


@OFTEN
@given(PLANS, HAND_INS)
def test_the_key_appears_only_where_the_rule_has_it_and_never_in_a_repr(plan: SubmissionPlan, hand_in: HandIn) -> None:
    for message in compose(plan, hand_in):
        allowed = message.channel is not None and (
            bool({KeyForm.TEXT, KeyForm.FAX_SHEET} & set(message.channel.key_as))
            or (message.way is Way.WEB_FORM and not message.channel.key_as)
        )
        assert message.key_in_text is allowed
        secret = [field.value for field in message.fields if field.secret]
        in_words = "SECRET-" in message.body or bool(secret)
        assert in_words <= allowed
        assert "SECRET-" not in repr(message)
        assert "SECRET-" not in repr(hand_in)
        plain = (message.subject, *(field.value for field in message.fields if not field.secret))
        assert "SECRET-" not in "".join(text or "" for text in plain)


@OFTEN
@given(PLANS, HAND_INS)
def test_composing_is_deterministic_and_each_item_is_in_exactly_one_message(
    plan: SubmissionPlan, hand_in: HandIn
) -> None:
    messages = compose(plan, hand_in)
    assert compose(plan, hand_in) == messages
    assert sorted(number for message in messages for number in message.items) == [item.number for item in hand_in.items]
    together = plan.batching is not None and plan.batching.rule is Batching.TOGETHER and not plan.batching.depends_on
    works = {item.number: item.works_name for item in hand_in.items}
    for message in messages:
        assert together or len(message.items) == 1
        assert len({works[number] for number in message.items}) == 1
        assert {each.number for each in message.attachments if each.number} <= set(message.items)


@OFTEN
@given(PLANS, HAND_INS)
def test_no_line_of_a_mail_s_head_can_be_broken(plan: SubmissionPlan, hand_in: HandIn) -> None:
    for message in compose(plan, hand_in):
        for line in (message.subject or "", message.to or "", *message.cc):
            assert not set(line) & set("\r\n\0")
        assert message.ready is (message.unresolved == ())
        if message.ready and message.way is Way.EMAIL:
            assert message.subject
            assert message.to
