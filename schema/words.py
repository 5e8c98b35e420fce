"""The domain's closed sets as GraphQL enums; each value is described by its English name and its Japanese term."""

from enum import Enum
from typing import TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from denshi_hosho.core import vocabulary
from denshi_hosho.core.guarantees import GuaranteeOrder, SearchField
from denshi_hosho.core.queue import ApplicationOrder
from denshi_hosho.rules import vocabulary as rule_words

E = TypeVar("E", bound=type[Enum])


def word_enum(words: E, description: str, values: dict[str, str] | None = None) -> E:
    """Return `words` as a GraphQL enum. `values` describes members that carry no Japanese term themselves."""
    strawberry.enum(words, description=description)
    definition: StrawberryEnumDefinition = words.__strawberry_definition__  # type: ignore[attr-defined]  # set above
    for value in definition.values:
        member = words[value.name]
        english = value.name.replace("_", " ").capitalize()
        value.description = (values or {}).get(value.name) or f"{english} ({getattr(member, 'ja', '')})"
    return words


GuaranteeKind = word_enum(vocabulary.GuaranteeKind, "What is guaranteed (保証の種類).")
WorkType = word_enum(vocabulary.WorkType, "What kind of work the works contract is for (業種).")
SuretyClass = word_enum(vocabulary.SuretyClass, "Who guarantees (保証機関の種類).")
Medium = word_enum(vocabulary.Medium, "Electronic or paper (電子・書面).")
Change = word_enum(vocabulary.Change, "Why a version of a certificate was issued (当初・変更・訂正).")
Procurement = word_enum(vocabulary.Procurement, "How the works contract was awarded (契約方式).")
Role = word_enum(vocabulary.Role, "For whom an account acts.")
ApplicationState = word_enum(vocabulary.ApplicationState, "Where an application (保証申込) stands.")
ApplicationStep = word_enum(vocabulary.ApplicationStep, "What happened to an application (保証申込の経過).")
FeeState = word_enum(vocabulary.FeeState, "Whether the fee (保証料) stands in the way of the certificate.")
Stage = word_enum(vocabulary.Stage, "At which moment the obligee's rules were asked.")
KeyEventKind = word_enum(vocabulary.KeyEventKind, "What happened around an access key (認証キー).")
Outcome = word_enum(
    rule_words.Outcome, "What the obligee's rules say of electronic delivery (電子交付の可否)."
)
Way = word_enum(rule_words.Way, "By which way the key is handed in (認証キーの提出方法).")
RecipientKnown = word_enum(
    rule_words.RecipientKnown, "How far the recipient (提出先) is known from the rule."
)
Artefact = word_enum(rule_words.Artefact, "A thing that may or may not be handed in (提出物).")
Need = word_enum(rule_words.Need, "Whether an artefact must, may or must not be handed in.")
Search = word_enum(
    SearchField,
    "By what guarantees are searched (検索対象).",
    {
        "ALL": "Number, obligee or works name (全件)",
        "NUMBER": "Guarantee number (保証契約番号)",
        "OBLIGEE": "Obligee's name on the certificate (発注者)",
        "WORKS_NAME": "Works name (工事名)",
    },
)
_BY = {
    "ISSUED_ON": "day of issue (証書発行日)",
    "NUMBER": "number (保証契約番号)",
    "OBLIGEE": "obligee's name (発注者)",
    "WORKS_NAME": "works name (工事名)",
    "AMOUNT": "guaranteed amount (保証金額)",
}
_AGES = {"NEWEST": "Newest first (新しい順)", "OLDEST": "Oldest first (古い順)"}
GuaranteeSort = word_enum(
    GuaranteeOrder,
    "How guarantees are sorted (並び順); ties are settled by age.",
    {
        **_AGES,
        **{f"{name}_ASC": f"By {what}, ascending" for name, what in _BY.items()},
        **{f"{name}_DESC": f"By {what}, descending" for name, what in _BY.items()},
    },
)
ApplicationSort = word_enum(ApplicationOrder, "How applications are sorted (並び順).", _AGES)
