"""The states of a request for a change (変更の申込), and the steps between them."""

from typing import Final

from denshi_hosho.core.machine import Machine, Move
from denshi_hosho.core.vocabulary import ChangeState, GuaranteeStep

_S, _T = ChangeState, GuaranteeStep

CHANGE: Final = Machine(
    "ChangeRequest", "この変更の申込", "The request for a change", "change_id", _S.REQUESTED,
    (
        Move(_T.CHANGE_RECORDED, (_S.REQUESTED,), _S.RECORDED),
        Move(_T.CERTIFICATE_CHANGED, (_S.REQUESTED,), _S.ISSUED),
        Move(_T.CERTIFICATE_CORRECTED, (_S.REQUESTED,), _S.ISSUED),
        Move(_T.CHANGE_DECLINED, (_S.REQUESTED,), _S.DECLINED),
        Move(_T.CHANGE_WITHDRAWN, (_S.REQUESTED,), _S.WITHDRAWN),
    ),
)  # fmt: skip
