"""Fill a message's own lines: the subject, the prescribed fields of its text, and who gets a copy."""

from collections.abc import Iterator, Sequence

from denshi_hosho.rules.channels import fits
from denshi_hosho.rules.handin import HandIn, HandInItem, Missing
from denshi_hosho.rules.normalisers import as_given
from denshi_hosho.rules.plan import CopyTo, SubmissionPlan
from denshi_hosho.rules.recipients import untold
from denshi_hosho.rules.templates import Known, template_of
from denshi_hosho.rules.vocabulary import CopyFor, Way
from denshi_hosho.rules.wording import UNTOLD

JOINED_BY = "、"


def known_of(hand_in: HandIn, items: Sequence[HandInItem]) -> Known:
    """Return what is known for the placeholders of a message about `items`."""
    return {
        "kind": tuple(dict.fromkeys(item.kind for item in items)),
        "works_name": items[0].works_name,
        "works_number": hand_in.works_number,
        "contract_number": hand_in.contract_number,
        "company": hand_in.principal_name,
        "contact": _contact(hand_in),
        "contact_name": hand_in.contact_name,
        "contact_phone": hand_in.contact_phone,
        "contact_email": hand_in.contact_email,
        "division": hand_in.division,
        "number": JOINED_BY.join(item.number for item in items),
        "surety": JOINED_BY.join(dict.fromkeys(item.surety_name for item in items)),
        "obligee": items[0].obligee_name,
        "bidding_on": hand_in.bidding_on,
        "notice_on": hand_in.notice_on,
        "contract_on": hand_in.contract_on,
    }


def _contact(hand_in: HandIn) -> str | None:
    ways = (("電話", hand_in.contact_phone), ("電子メール", hand_in.contact_email))
    told = JOINED_BY.join(f"{label} {value}" for label, value in ways if value)
    return f"{hand_in.contact_name}（{told}）" if hand_in.contact_name and told else None


def subject_of(
    plan: SubmissionPlan, hand_in: HandIn, known: Known, usual: str
) -> tuple[str | None, tuple[Missing, ...]]:
    """Return the subject line and what it lacks; `usual` is the one where the rule prescribes none."""
    subject = plan.subject
    if subject is None:
        return as_given(usual), ()
    hanging = tuple(untold(subject.depends_on, "件名", "The subject line"))
    if subject.template is None:
        told = as_given(hand_in.subject or "")
        asked = Missing(
            code="SUBJECT_DESCRIBED",
            field="subject",
            ja=f"件名を入力してください（{subject.ja}）",
            en=f"Tell the subject line ({subject.en})",
        )
        return (told, hanging) if told else (None, (asked, *hanging))
    filled = template_of(subject.template).filled(known, subject.kinds, subject.joined_by or JOINED_BY)
    return (filled, hanging) if isinstance(filled, str) else (None, (*filled, *hanging))


def prescribed_of(plan: SubmissionPlan, known: Known) -> tuple[list[tuple[str, str]], tuple[Missing, ...]]:
    """Return the rule's own fields of the text, label and value, and what they lack."""
    rows: list[tuple[str, str]] = []
    missing: list[Missing] = []
    for field in plan.body:
        if field.label is None or field.value is None:
            continue
        filled = template_of(field.value).filled(known, (), field.joined_by or JOINED_BY)
        rows.append((field.label, filled if isinstance(filled, str) else UNTOLD))
        missing += () if isinstance(filled, str) else filled
        missing += untold(field.depends_on, f"本文の「{field.label}」", f"The text's field {field.label}")
    return rows, tuple(missing)


def cc_of(plan: SubmissionPlan, hand_in: HandIn) -> tuple[tuple[str, ...], tuple[Missing, ...]]:
    """Return who gets a copy, and which addresses of copies are not known."""
    found = [(copy, _copy_address(copy, hand_in)) for copy in plan.cc]
    addresses = tuple(dict.fromkeys(address for _, address in found if address))
    return addresses, tuple(missing for copy, address in found for missing in _uncopied(copy, address))


def _copy_address(copy: CopyTo, hand_in: HandIn) -> str | None:
    told = (hand_in.surety_email or "").strip()
    return copy.address or (told if copy.whom is CopyFor.SURETY and told and fits(Way.EMAIL, told) else None)


def _uncopied(copy: CopyTo, address: str | None) -> Iterator[Missing]:
    if address is None:
        surety = copy.whom is CopyFor.SURETY
        yield Missing(
            code="CC_UNKNOWN",
            field="surety_email" if surety else "plan",
            ja=f"CCの宛先が分かりません（{copy.ja.rstrip('。')}）。",
            en=f"The address for the copy is not known ({copy.en.rstrip('.')}).",
        )
    yield from untold(copy.depends_on, "CC", "The copy")
