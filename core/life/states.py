"""The states of a guarantee (保証契約), and what can be done in each of them."""

from typing import Final

from denshi_hosho.core.machine import Machine, Move
from denshi_hosho.core.vocabulary import GuaranteeState, GuaranteeStep

_S, _T = GuaranteeState, GuaranteeStep
_IN_FORCE = (_S.ACTIVE, _S.CLAIMED)
_WHILE_ACTIVE = (
    _T.ADVANCE_RECEIVED, _T.CHANGE_REQUESTED, _T.CHANGE_RECORDED, _T.CERTIFICATE_CHANGED, _T.FUNDS_STATED,
    _T.FUNDS_CONSENTED, _T.WITHDRAWAL_REQUESTED, _T.WITHDRAWAL_APPROVED, _T.WITHDRAWAL_PAID, _T.GUARANTEE_EXPIRED,
)  # fmt: skip
_IN_ANY_STATE = (
    _T.FEE_STATED, _T.REFUND_STATED, _T.CHANGE_WITHDRAWN, _T.CHANGE_DECLINED, _T.FUNDS_RETURNED, _T.WITHDRAWAL_RETURNED,
    _T.WITHDRAWAL_CANCELLED,
)  # fmt: skip

GUARANTEE: Final = Machine(
    "Guarantee", "この保証契約", "The guarantee", "guarantee_id", _S.ACTIVE,
    (
        *(Move(step, (_S.ACTIVE,), None) for step in _WHILE_ACTIVE),
        *(Move(step, tuple(_S), None) for step in _IN_ANY_STATE),
        Move(_T.CERTIFICATE_CORRECTED, _IN_FORCE, None),
        Move(_T.CERTIFICATE_ACCEPTED, _IN_FORCE, None),
        Move(_T.CERTIFICATE_REJECTED, _IN_FORCE, None),
        Move(_T.GUARANTEE_RELEASED, (_S.ACTIVE,), _S.RELEASED),
        Move(_T.GUARANTEE_CANCELLED, (_S.ACTIVE,), _S.CANCELLED),
        Move(_T.CLAIM_MADE, (_S.ACTIVE,), _S.CLAIMED),
        Move(_T.CLAIM_DETERMINED, (_S.CLAIMED,), None),
        Move(_T.CLAIM_WITHDRAWN, (_S.CLAIMED,), _S.ACTIVE),
        Move(_T.CLAIM_REFUSED, (_S.CLAIMED,), _S.ACTIVE),
        Move(_T.CLAIM_PAID, (_S.CLAIMED,), _S.PERFORMED),
    ),
)  # fmt: skip
