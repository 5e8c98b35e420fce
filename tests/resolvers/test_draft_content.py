"""What is filled into a draft: it survives being stored, and lies over what it was copied from."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.form import Form
from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium, Procurement, WorkType
from denshi_hosho.resolvers.draft_content import Content, Facts, still_missing
from denshi_hosho.rules import Application
from denshi_hosho.schema.draft_inputs import DraftContentInput
from denshi_hosho.schema.inputs import ApplicationInput, RuleFactsInput

TEXTS, YEN, DAYS, FLAGS = (
    st.none() | st.text(),
    st.none() | st.integers(-(2**53), 2**53),
    st.none() | st.dates(),
    st.none() | st.booleans(),
)
FACTS = st.builds(
    Facts, work_type=st.none() | st.sampled_from(WorkType), work_wording=TEXTS, division=TEXTS,
    procurement=st.none() | st.sampled_from(Procurement), contract_medium=st.none() | st.sampled_from(Medium),
    change=st.sampled_from(Change), original_medium=st.none() | st.sampled_from(Medium), excluded_in_notice=FLAGS, trial=FLAGS,
    works_numbers=st.lists(st.text()).map(tuple), notice_on=DAYS, nomination_on=DAYS, bidding_on=DAYS, order_on=DAYS,
    contract_on=DAYS, initial_contract_on=DAYS, first_guarantee_on=DAYS,
)  # fmt: skip
CONTENTS = st.builds(
    Content, surety_id=st.none() | st.integers(0, 10**18), obligee=TEXTS, obligee_name=TEXTS,
    kind=st.none() | st.sampled_from(GuaranteeKind), delivery=st.none() | st.sampled_from(Medium), works_name=TEXTS,
    contract_price=YEN, covered_price=YEN, guaranteed_amount=YEN, completion_on=DAYS, guarantee_ends_on=DAYS,
    depositary_bank=TEXTS, urgent=FLAGS, follows=TEXTS, facts=FACTS,
)  # fmt: skip


def names(kind: type) -> set[str]:
    return {each.name for each in fields(kind)}


def test_a_draft_holds_whatever_an_application_is_made_of() -> None:
    assert names(Content) - {"facts"} == names(Form) - {"contract_on"}
    assert names(Content) == names(DraftContentInput) == names(ApplicationInput)
    assert names(Facts) == names(RuleFactsInput)


@given(CONTENTS)
def test_what_is_stored_is_read_back(content: Content) -> None:
    text = content.to_json()
    assert text.isascii()
    assert Content.from_json(text) == content


@given(CONTENTS, CONTENTS)
def test_what_is_filled_in_lies_over_what_was_copied(above: Content, below: Content) -> None:
    both = above.over(below)
    for name in names(Content) - {"facts"}:
        given_one = getattr(above, name)
        assert getattr(both, name) == (getattr(below, name) if given_one is None else given_one)
    for name in names(Facts):
        empty = getattr(above.facts, name) == getattr(Facts(), name)
        assert getattr(both.facts, name) == getattr(below.facts if empty else above.facts, name)
    assert above.over(Content()) == above == Content().over(above)


@given(CONTENTS)
def test_the_form_is_what_was_filled_in(content: Content) -> None:
    assert [each.path for each in still_missing(content)] == [("content", name) for name in content.missing()]
    told = content.told()
    if content.missing():
        return
    form = content.form("発注者")
    assert told is not None
    assert (form.works_name, form.contract_price, form.contract_on) == (
        content.works_name, content.contract_price, content.facts.contract_on,
    )  # fmt: skip
    assert (form.obligee_name, form.urgent) == (content.obligee_name or "発注者", content.urgent is True)
    assert form.guarantee_ends_on == (content.guarantee_ends_on or content.completion_on)
    assert {name: getattr(told, name) for name in names(Facts)} == {
        name: getattr(content.facts, name) for name in names(Facts)
    }
    unfilled = names(Application) - names(Facts) - names(Content)
    assert {getattr(told, name) for name in unfilled} == {None}
