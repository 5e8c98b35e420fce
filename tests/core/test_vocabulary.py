import copy
import json
import pickle

import pytest

from denshi_hosho.core import vocabulary
from denshi_hosho.core.vocabulary import GuaranteeKind, Word

WORDS = [
    each for each in vars(vocabulary).values() if isinstance(each, type) and issubclass(each, Word) and each is not Word
]


def test_there_are_the_words_of_the_glossary() -> None:
    assert sorted(word.__name__ for word in WORDS) == [
        "Agreement", "ApplicationState", "ApplicationStep", "AuditEvent", "CertificateStatus", "Change",
        "ChangeState", "ClaimState", "ComparedPoint", "ConditionState", "Consequence", "ContractMatch",
        "DraftState", "DraftStep", "Evidence", "FeeState", "FeeStatementKind", "FundsItem", "FundsState",
        "GuaranteeKind", "GuaranteeState", "GuaranteeStep", "KeyEventKind", "Medium", "PrincipalKind",
        "Procurement", "RejectionCode", "Relation", "Role", "Stage", "SubmissionState", "SuretyClass",
        "Verdict", "WithdrawalMethod", "WithdrawalState", "WorkType",
    ]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_code_is_its_name_and_each_has_its_own_japanese_term(word: type[Word]) -> None:
    members = list(word)
    assert [each.value for each in members] == [each.name for each in members]
    assert len({each.ja for each in members}) == len(members)
    assert all(each.ja and not each.ja.isascii() for each in members)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_found_by_its_code_and_survives_copies(word: type[Word]) -> None:
    for each in word:
        assert word(each.value) is each
        assert copy.deepcopy(each) is each
        assert pickle.loads(pickle.dumps(each)) is each  # noqa: S301  our own bytes
        assert json.dumps(each) == f'"{each.value}"'
    with pytest.raises(ValueError, match="NO_SUCH"):
        word("NO_SUCH")


def test_every_kind_has_the_word_of_the_list() -> None:
    assert [kind.short_ja for kind in GuaranteeKind] == ["前払", "中間", "契約", "予約"]
