import pytest

from denshi_hosho.rules import RuleFileError
from denshi_hosho.rules.rulefile import parse
from tests.rules.rule_texts import MINIMAL, replaced, with_lines

SECOND = '\n[[revision]]\nfrom = DAY\ncounted_by = "contract"\nsource = "page"\n'
SECOND += MINIMAL[MINIMAL.index("[revision.kinds]") :]
ARTEFACT = '\n[[revision.submission.artefact]]\nwhat = "KEY_NOTICE"\nneed = "{need}"\n'
ARTEFACT += 'ja = "お知らせ"\nen = "Notice"\nsource = "page"\n'


def said(key: str) -> str:
    """Return one more table of the submission with what each of them needs."""
    return f'\n[[revision.submission.{key}]]\nja = "…"\nen = "…"\nsource = "page"\n'


def paid(*lines: str) -> str:
    """Return MINIMAL with a table of the payment that has `lines`."""
    return MINIMAL + "\n".join(("", "[revision.payment]", *lines, ""))


BOND = said("artefact") + 'what = "BOND_PDF"\nneed = "REQUIRED"\n'

MISTAKES = {
    "unknown key at the top": (
        MINIMAL + "\n[revison]\n",
        'unknown key "revison"; did you mean "revision"?',
    ),
    "unknown key in a revision": (
        with_lines('counted_bye = "contract"'),
        'revision[1]: unknown key "counted_bye"; did you mean "counted_by"?',
    ),
    "unknown key in a list, nothing near": (
        replaced("accepted = { CONSTRUCTION", "xyz = 1\naccepted = { CONSTRUCTION"),
        'revision[1].work_types: unknown key "xyz"; known here: accepted, literal, others, reading, source, unclear, when',
    ),
    "format missing": (replaced("format = 1", ""), '"format" is missing; add it.'),
    "format of the future": (replaced("format = 1", "format = 2"), "format: must be 1."),
    "no obligee": (
        replaced('[obligee]\nid = "test/town"\nname = "試験町"\n', ""),
        '"obligee" is missing; add it.',
    ),
    "wrong check digit": (
        replaced('"test/town"', '"322015"'),
        "obligee.id: the check digit of the local-government code 322015 is wrong; did you mean 322016?",
    ),
    "wrong check digit of a bureau's town": (
        replaced('"test/town"', '"465010/water"'),
        "obligee.id: the check digit of the local-government code 465010 is wrong; did you mean 465011?",
    ),
    "id that is not one": (
        replaced('"test/town"', '"Test Town"'),
        (
            'obligee.id: "Test Town" is not an id; use the 6 digits of the local-government code, '
            "or a lower-case name such as example/water."
        ),
    ),
    "no sources at all": (
        replaced('[sources.page]\ntitle = "試験町の電子保証"\nseen_on = 2026-01-05\npublisher = "試験町"', "[sources]"),
        "sources: no source is stated; add at least one [sources.name].",
    ),
    "source never looked at": (
        replaced("seen_on = 2026-01-05", ""),
        'sources.page: "seen_on" is missing; add it.',
    ),
    "source seen before it was published": (
        replaced("seen_on = 2026-01-05", "seen_on = 2026-01-05\npublished_on = 2026-01-06"),
        "sources.page.seen_on: is before published_on; mend one of the two days.",
    ),
    "source without a real address": (
        replaced("seen_on", 'url = "www.example.jp"\nseen_on'),
        "sources.page.url: must be an address that starts with https://.",
    ),
    "fact without a source": (
        replaced('counted_by = "contract"\nsource = "page"', 'counted_by = "contract"'),
        'revision[1]: this fact names no source; add source = one of "page".',
    ),
    "fact with an unknown source": (
        replaced('"page#提出方法"', '"pgae#提出方法"'),
        'revision[1].submission.channel[1].source: "pgae" is not a source of this file; did you mean "page"?',
    ),
    "no revision": (
        MINIMAL[: MINIMAL.index("[[revision]]")],
        "states no [[revision]]; add one.",
    ),
    "revision that goes back in time": (
        MINIMAL + SECOND.replace("DAY", "2024-03-31"),
        "revision[2].from: must be after the revision before it (2024-04-01); append revisions in order of time.",
    ),
    "revision of the same day": (
        MINIMAL + SECOND.replace("DAY", "2024-04-01"),
        "revision[2].from: must be after the revision before it (2024-04-01); append revisions in order of time.",
    ),
    "day in quotes": (
        replaced("from = 2024-04-01", 'from = "2024-04-01"'),
        "revision[1].from: must be a day without quotes, such as 2024-06-01.",
    ),
    "instant for a day": (
        replaced("from = 2024-04-01", "from = 2024-04-01T00:00:00"),
        "revision[1].from: must be a day without quotes, such as 2024-06-01.",
    ),
    "start without its basis": (
        replaced('counted_by = "contract"\n', ""),
        'revision[1]: "counted_by" is missing; add it.',
    ),
    "unknown basis": (
        replaced('counted_by = "contract"', 'counted_by = "contrakt"'),
        'revision[1].counted_by: "contrakt" is not known here; did you mean "contract"?',
    ),
    "month without a reading": (
        with_lines('precision = "month"'),
        "revision[1]: the start is known to the month only; say in `reading` (ja, en) which day it is read as.",
    ),
    "month that starts in its middle": (
        with_lines('precision = "month"').replace("from = 2024-04-01", "from = 2024-04-02"),
        'revision[1].from: with precision = "month" write the first day of the month.',
    ),
    "unknown kind": (
        replaced('"PERFORMANCE"', '"PERFOMANCE"'),
        'revision[1].kinds.accepted: "PERFOMANCE" is not known here; did you mean "PERFORMANCE"?',
    ),
    "kind stated twice": (
        replaced('"PERFORMANCE"', '"ADVANCE_PAYMENT"'),
        "revision[1].kinds.accepted: a value stands here twice; keep one.",
    ),
    "no kind": (
        replaced('["ADVANCE_PAYMENT", "PERFORMANCE"]', "[]"),
        "revision[1].kinds.accepted: must be at least one value.",
    ),
    "bid guarantees": (
        replaced('"PERFORMANCE"', '"BID"'),
        "revision[1].kinds.accepted: BID (契約保証予約) is never delivered electronically; remove it.",
    ),
    "guard without a test": (
        with_lines("when = {}", after="[revision.kinds]"),
        "revision[1].kinds.when: states no test; remove the whole `when`.",
    ),
    "guard on an unknown field": (
        with_lines("when = { contracted_on = 1 }", after="[revision.kinds]"),
        'revision[1].kinds.when: unknown key "contracted_on"; did you mean "contract_on"?',
    ),
    "guard without a bound": (
        with_lines("when = { contract_on = {} }", after="[revision.kinds]"),
        "revision[1].kinds.when.contract_on: states no bound; use from / after / until / before.",
    ),
    "guard with a wrong bound": (
        with_lines("when = { contract_price = { below = 2024-04-01 } }", after="[revision.kinds]"),
        "revision[1].kinds.when.contract_price.below: must be a whole number of yen.",
    ),
    "no submission": (
        MINIMAL[: MINIMAL.index("[revision.submission]")],
        'revision[1]: "submission" is missing; add it.',
    ),
    "no channel": (
        MINIMAL[: MINIMAL.index("[[revision.submission.channel]]")],
        (
            "revision[1].submission: no channel is stated; add [[revision.submission.channel]] "
            '(way = "NOT_STATED" when the page is silent).'
        ),
    ),
    "channel that ends before it starts": (
        MINIMAL + "from = 2025-04-01\nuntil = 2025-03-31\n",
        "revision[1].submission.channel[1].until: is before `from`; mend one of the two days.",
    ),
    "artefact that ends before it starts": (
        MINIMAL + BOND + "from = 2025-12-01\nuntil = 2025-11-30\n",
        "revision[1].submission.artefact[1].until: is before `from`; mend one of the two days.",
    ),
    "companion that is forbidden": (
        MINIMAL + said("companion") + 'need = "FORBIDDEN"\n',
        (
            "revision[1].submission.companion[1].need: takes REQUIRED or OPTIONAL; "
            "say in [[revision.submission.note]] what must not go along."
        ),
    ),
    "nothing between the kinds of a text": (
        MINIMAL + said("body") + 'label = "保証"\nvalue = "{kind}"\njoined_by = ""\n',
        "revision[1].submission.body[1].joined_by: must be a text on one line, be it a space.",
    ),
    "literal recipient without an address": (
        replaced(', address = "keiyaku@example.lg.jp"', ""),
        (
            'revision[1].submission.channel[1].recipient: `address` belongs to known = "LITERAL", '
            "and only to it; never write a guessed address."
        ),
    ),
    "guessed address": (
        replaced('"LITERAL"', '"ASK"'),
        (
            'revision[1].submission.channel[1].recipient: `address` belongs to known = "LITERAL", '
            "and only to it; never write a guessed address."
        ),
    ),
    "artefact required and forbidden": (
        MINIMAL + ARTEFACT.format(need="REQUIRED") + ARTEFACT.format(need="FORBIDDEN"),
        "revision[1].submission.artefact: KEY_NOTICE is both REQUIRED and FORBIDDEN; remove one.",
    ),
    "one language only": (
        replaced('en = "By e-mail."\n', ""),
        'revision[1].submission.channel[1]: "en" is missing; add it.',
    ),
    "empty text": (
        replaced('ja = "電子メールで提出します。"', 'ja = " "'),
        "revision[1].submission.channel[1].ja: must be a text that is not empty.",
    ),
    "exclusion for everybody": (
        MINIMAL + '\n[[revision.exclusion]]\nja = "不可"\nen = "No"\nsource = "page"\n',
        'revision[1].exclusion[1]: "when" is missing; add it.',
    ),
    "payment without a source": (
        paid("advance_floor = 1_000_000"),
        'revision[1].payment: this fact names no source; add source = one of "page".',
    ),
    "payment that states nothing": (
        paid('source = "page"'),
        "revision[1].payment: states nothing; write what is known, or remove the table.",
    ),
    "payment with an unknown key": (
        paid('source = "page"', "advance_flor = 1"),
        'revision[1].payment: unknown key "advance_flor"; did you mean "advance_floor"?',
    ),
    "payment of more than all": (
        paid('source = "page"', "advance_percent = 101"),
        "revision[1].payment.advance_percent: must be a whole number from 1 to 100.",
    ),
    "payment with a share that is none": (
        paid('source = "page"', "interim_percent = 0"),
        "revision[1].payment.interim_percent: must be a whole number from 1 to 100.",
    ),
    "payment with a flag for a share": (
        paid('source = "page"', "low_bid_percent = true"),
        "revision[1].payment.low_bid_percent: must be a whole number from 1 to 100.",
    ),
    "payment with a broken yen": (
        paid('source = "page"', "interim_floor = 1.5"),
        "revision[1].payment.interim_floor: must be a whole number from 1 to 10,000,000,000,000.",
    ),
    "payment with too many yen": (
        paid('source = "page"', "advance_cap = 10_000_000_000_001"),
        "revision[1].payment.advance_cap: must be a whole number from 1 to 10,000,000,000,000.",
    ),
    "payment with a word for a flag": (
        paid('source = "page"', 'excludes_partial_payment = "yes"'),
        "revision[1].payment.excludes_partial_payment: must be true or false.",
    ),
    "payment said in one language": (
        paid('source = "page"', 'ja = "前払金は4割以内"'),
        'revision[1].payment: "en" is missing; add it.',
    ),
    "payment twice": (
        MINIMAL + '\n[[revision.payment]]\nadvance_floor = 1\nsource = "page"\n',
        "revision[1].payment: must be a table.",
    ),
    "silent on the payment that is stated": (
        paid('source = "page"', "advance_floor = 1").replace('"contract"\n', '"contract"\nsilent_on = "payment"\n', 1),
        'revision[1].silent_on: "payment" is said not to be on the page, yet this revision states it; remove one.',
    ),
    "silent on what is stated": (
        with_lines('silent_on = ["paper", "kinds"]'),
        'revision[1].silent_on: "kinds" is said not to be on the page, yet this revision states it; remove one.',
    ),
    "silent on something unknown": (
        with_lines('silent_on = "papper"'),
        'revision[1].silent_on: "papper" is not known here; did you mean "paper"?',
    ),
    "a flag in quotes": (
        with_lines('when = { trial = "true" }', after="[revision.kinds]"),
        "revision[1].kinds.when.trial: must be true or false.",
    ),
    "an unknown word for the others": (
        with_lines('others = "ASKED"', after="[revision.kinds]"),
        'revision[1].kinds.others: "ASKED" is not known here; did you mean "ASK"?',
    ),
    "sureties by a class that does not exist": (
        MINIMAL + '\n[revision.sureties]\naccepted = { INSURERS = "ANY" }\nsource = "page"\n',
        'revision[1].sureties.accepted: unknown key "INSURERS"; did you mean "INSURER"?',
    ),
    "sureties of no class": (
        MINIMAL + '\n[revision.sureties]\naccepted = {}\nsource = "page"\n',
        "revision[1].sureties.accepted: must be at least one class of surety.",
    ),
    "no basis at all, in a list": (
        replaced('counted_by = "contract"', 'counted_by = ["contract", "not_stated"]'),
        (
            'revision[1].counted_by: "not_stated" is not known here; known here: bidding, contract, guarantee, '
            "initial_contract, nomination, notice, order"
        ),
    ),
    "paper that is neither open nor closed": (
        MINIMAL + '\n[revision.paper]\naccepted = "yes"\nsource = "page"\n',
        "revision[1].paper.accepted: must be true or false.",
    ),
}


@pytest.mark.parametrize(("text", "line"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_that_says_where_what_and_how_to_mend_it(text: str, line: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        parse(text.encode(), "town/rules.toml")
    assert [fault.line() for fault in refused.value.faults] == [f"town/rules.toml: {line}"]
    (fault,) = refused.value.faults
    assert fault.line("ja").startswith("town/rules.toml: ")
    assert fault.ja != fault.en
    assert "\n" not in fault.line("ja")


def test_a_file_that_is_not_toml_says_so() -> None:
    with pytest.raises(RuleFileError) as refused:
        parse(b"format = \n", "rules.toml")
    assert refused.value.en == "rules.toml: is not TOML: Invalid value (at line 1, column 10)"


@pytest.mark.parametrize(
    ("day", "line"),
    [
        ("2024-02-30", "line 13: 2024-02-30 is no day of the calendar: 2024-02 ends on the 29th."),
        ("2024-04-31", "line 13: 2024-04-31 is no day of the calendar: 2024-04 ends on the 30th."),
        ("2024-12-32", "line 13: 2024-12-32 is no day of the calendar: 2024-12 ends on the 31st."),
        ("2024-13-01", "line 13: 2024-13-01 is no day of the calendar: months run from 01 to 12."),
        ("2024-4-1", "line 13: 2024-4-1 is not written as a day; write 2024-04-01."),
        ("2024/4/1", "line 13: 2024/4/1 is not written as a day; write 2024-04-01."),
    ],
)
def test_a_day_that_is_none_says_so_in_words(day: str, line: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        parse(replaced("from = 2024-04-01", f"from = {day}").encode(), "rules.toml")
    assert refused.value.en == f"rules.toml: {line}"
    assert refused.value.faults[0].code == "NO_SUCH_DAY"


def test_a_file_that_is_not_utf_8_says_so() -> None:
    with pytest.raises(RuleFileError) as refused:
        parse("# 松江市".encode("cp932"), "rules.toml")
    assert refused.value.en == "rules.toml: is not UTF-8 (byte 2); save it as UTF-8."


def test_independent_mistakes_are_named_together() -> None:
    text = replaced('"test/town"', '"322015"').replace('"PERFORMANCE"', '"BID"')
    with pytest.raises(RuleFileError) as refused:
        parse(text.encode())
    assert [fault.code for fault in refused.value.faults] == ["CHECK_DIGIT", "BID_NEVER"]


def test_the_minimal_file_has_no_mistake() -> None:
    rules = parse(MINIMAL.encode())
    assert (rules.obligee.id, rules.obligee.name, len(rules.revisions)) == ("test/town", "試験町", 1)
