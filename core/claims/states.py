"""The states of a claim (保証金の請求), and the steps between them."""

from typing import Final

from denshi_hosho.core.machine import Machine, Move
from denshi_hosho.core.vocabulary import ClaimState, GuaranteeStep

_S, _T = ClaimState, GuaranteeStep

CLAIM: Final = Machine(
    "Claim", "この保証金の請求", "The claim", "claim_id", _S.MADE,
    (
        Move(_T.CLAIM_WITHDRAWN, (_S.MADE, _S.DETERMINED), _S.WITHDRAWN),
        Move(_T.CLAIM_REFUSED, (_S.MADE,), _S.REFUSED),
        Move(_T.CLAIM_DETERMINED, (_S.MADE,), _S.DETERMINED),
        Move(_T.CLAIM_PAID, (_S.DETERMINED,), _S.PAID),
    ),
)  # fmt: skip
