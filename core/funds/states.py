"""The states of a use-of-funds statement (使途内訳明細書) and of a withdrawal request (払出依頼書), and the steps between them."""

from typing import Final

from denshi_hosho.core.machine import Machine, Move
from denshi_hosho.core.vocabulary import FundsState, GuaranteeStep, WithdrawalState

_F, _W, _T = FundsState, WithdrawalState, GuaranteeStep

# A version is replaced when a newer one is consented to, or is stated while this one waits.
FUNDS_STATEMENT: Final = Machine(
    "FundsStatement", "この使途内訳明細書", "The use-of-funds statement", "statement_id", _F.STATED,
    (
        Move(_T.FUNDS_CONSENTED, (_F.STATED,), _F.CONSENTED),
        Move(_T.FUNDS_RETURNED, (_F.STATED,), _F.RETURNED),
        Move(_F.REPLACED, (_F.STATED, _F.CONSENTED), _F.REPLACED),
    ),
)  # fmt: skip
WITHDRAWAL: Final = Machine(
    "Withdrawal", "この払出依頼", "The withdrawal request", "withdrawal_id", _W.REQUESTED,
    (
        Move(_T.WITHDRAWAL_CANCELLED, (_W.REQUESTED,), _W.CANCELLED),
        Move(_T.WITHDRAWAL_RETURNED, (_W.REQUESTED, _W.APPROVED), _W.RETURNED),
        Move(_T.WITHDRAWAL_APPROVED, (_W.REQUESTED,), _W.APPROVED),
        Move(_T.WITHDRAWAL_PAID, (_W.APPROVED,), _W.PAID),
    ),
)  # fmt: skip
# Those that count: the advance is spoken for.
COUNTED: Final = (_W.REQUESTED, _W.APPROVED, _W.PAID)
