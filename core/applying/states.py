"""The states of an application (保証申込) and of its draft (下書き), and what can be done in each of them."""

from typing import Final

from denshi_hosho.core.machine import Machine, Move
from denshi_hosho.core.vocabulary import ApplicationState, ApplicationStep, DraftState, DraftStep

_S, _T = ApplicationState, ApplicationStep

APPLICATION: Final = Machine(
    "Application", "この申込", "The application", "application_id", _S.SUBMITTED,
    (
        Move(_T.RETURNED, (_S.SUBMITTED,), _S.RETURNED),
        Move(_T.RESUBMITTED, (_S.RETURNED,), _S.SUBMITTED),
        Move(_T.DECLINED, (_S.SUBMITTED,), _S.DECLINED),
        Move(_T.APPROVED, (_S.SUBMITTED,), _S.APPROVED),
        Move(_T.WITHDRAWN, (_S.SUBMITTED, _S.RETURNED, _S.APPROVED), _S.WITHDRAWN),
        Move(_T.FEE_CALCULATED, (_S.SUBMITTED, _S.APPROVED), None),
        Move(_T.FEE_RECORDED, (_S.SUBMITTED, _S.APPROVED), None),
        Move(_T.CONCLUDED, (_S.APPROVED,), _S.CONCLUDED),
    ),
)  # fmt: skip

DRAFT: Final = Machine(
    "Draft", "この下書き", "The draft", "draft_id", DraftState.OPEN,
    (
        Move(DraftStep.SAVED, (DraftState.OPEN,), None),
        Move(DraftStep.SUBMITTED, (DraftState.OPEN,), DraftState.SUBMITTED),
        Move(DraftStep.DISCARDED, (DraftState.OPEN,), DraftState.DISCARDED),
    ),
)  # fmt: skip
