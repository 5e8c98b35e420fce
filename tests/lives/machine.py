"""Random lives of a guarantee: each step is asked over HTTP and answered as a small model of the domain says."""

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from denshi_hosho.core.auditing import verify
from denshi_hosho.core.tables import access_key, audit_entry, certificate, guarantee, guarantee_step
from tests.client import Api, Json, codes
from tests.schema import operations as ops
from tests.schema.lives import handed_in, lived
from tests.schema.operations import MUTATIONS

T = TypeVar("T")
FACTS = {"defaultedOn": "2024-06-01", "reason": "契約解除"}
ENDED = {"RELEASED", "CANCELLED", "PERFORMED"}
FUNDS = """query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) {
  funds { advance requested approved paid balance available } } } }"""
STATE = "query ($id: ID!) { node(id: $id) { ... on Withdrawal { state } } }"
OPEN = {"REQUESTED", "APPROVED", "PAID"}
MOVES = {
    ("REQUESTED", "CANCELLED"), ("REQUESTED", "RETURNED"), ("APPROVED", "RETURNED"), ("REQUESTED", "APPROVED"),
    ("APPROVED", "CANCELLED"), ("APPROVED", "PAID"),
}  # fmt: skip
SHARES = st.integers(1, 110)  # percent: a little too much, now and then
AMOUNTS = st.integers(1, 48_000_000)


class Lives(RuleBasedStateMachine):
    """One guarantee at a time, with its principal, its surety and its obligee; everybody else must never see it."""

    loop: ClassVar[asyncio.Runner]
    api: ClassVar[Api]
    askers: ClassVar[dict[str, Api]]
    count: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).count += 1
        self.key = 0
        self.id = ""
        self.number = ""
        self.state = "ACTIVE"
        self.version = 1
        self.amount = 19_200_000
        self.waiting: str | None = None  # the change that waits, and the amount that it asks for
        self.asked = 0
        self.claim: str | None = None
        self.claimed = 0
        self.determined: int | None = None
        self.given_to_obligee = False
        self.advance: int | None = None
        self.line: str | None = None  # the line of the consented statement, of `limit` yen
        self.limit = 0
        self.drawn: dict[str, tuple[int, str]] = {}  # withdrawals: yen, state

    def run_(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def do(self, who: str, mutation: str, **given: object) -> Json:
        self.key += 1
        given["idempotencyKey"] = f"{self.count} {self.key}"
        return self.run_(self.askers[who].do(MUTATIONS[mutation], **given))

    def answered(self, answer: Json, refusal: str | None) -> bool:
        """Hold the answer to what the model says: done, or refused with this code. Return whether it was done."""
        if refusal is None:
            assert answer["__typename"] != "Refused", answer
            return True
        assert refusal in codes(answer), (answer, refusal, self.state)
        return False

    @initialize()
    def begins(self) -> None:
        made = self.run_(lived(self.api, f"life {self.count}"))
        self.id, self.number = made["id"], made["number"]

    @rule(days=st.integers(1, 28))
    def term_moves(self, days: int) -> None:
        change = {"completionOn": f"2025-04-{days:02}"}
        answer = self.do("contractor", "requestChange", guaranteeId=self.id, change=change, reason="工期の変更")
        refusal = "CHANGE_OPEN" if self.waiting else None
        if answer["__typename"] == "Refused" and codes(answer) == ["NOTHING_CHANGES"]:
            return
        if self.state != "ACTIVE":
            refusal = refusal or "WRONG_STATE"
        if self.answered(answer, refusal):
            assert answer["change"]["changeState"] == "RECORDED"

    @rule(amount=AMOUNTS)
    def amount_changes(self, amount: int) -> None:
        change = {"guaranteedAmount": amount}
        answer = self.do("contractor", "requestChange", guaranteeId=self.id, change=change, reason="増減額")
        if amount == self.amount:
            return
        refusal = "CHANGE_OPEN" if self.waiting else "WRONG_STATE" if self.state != "ACTIVE" else None
        if self.answered(answer, refusal):
            self.waiting, self.asked = answer["change"]["id"], amount

    @precondition(lambda self: self.waiting)
    @rule(new_key=st.booleans())
    def change_is_concluded(self, new_key: bool) -> None:  # noqa: FBT001  what is drawn
        answer = self.do("surety", "concludeChange", changeId=self.waiting, newKey=new_key)
        if self.answered(answer, None if self.state == "ACTIVE" else "WRONG_STATE"):
            self.version, self.amount, self.waiting = self.version + 1, self.asked, None
            assert answer["change"]["versionOfIt"] == self.version

    @precondition(lambda self: self.waiting)
    @rule(mutation=st.sampled_from([("surety", "declineChange"), ("contractor", "withdrawChange")]))
    def change_ends(self, mutation: tuple[str, str]) -> None:
        who, name = mutation
        assert self.answered(self.do(who, name, changeId=self.waiting, note="とりやめ"), None)
        self.waiting = None

    @rule()
    def key_is_rotated(self) -> None:
        assert self.answered(self.do("contractor", "rotateAccessKey", guaranteeId=self.id, reason="誤送信"), None)

    @precondition(lambda self: not self.given_to_obligee)
    @rule()
    def key_is_handed_in(self) -> None:
        self.run_(handed_in(self.api, self.id))
        self.given_to_obligee = True

    @rule(share=SHARES, who=st.sampled_from(["obligee", "surety"]))
    def claim_is_made(self, share: int, who: str) -> None:
        amount = max(1, self.amount * share // 100)
        given = {"guaranteeId": self.id, "facts": FACTS, "claimedAmount": amount}
        answer = self.do(who, "makeClaim", **given)
        refusal = None
        if who == "obligee" and not self.given_to_obligee:
            refusal = "NOT_FOUND"
        elif self.state != "ACTIVE":
            refusal = "WRONG_STATE"
        elif amount > self.amount:
            refusal = "CLAIM_ABOVE_GUARANTEE"
        if self.answered(answer, refusal):
            self.claim, self.claimed, self.state, self.claimant = answer["claim"]["id"], amount, "CLAIMED", who

    @precondition(lambda self: self.claim)
    @rule(advance=AMOUNTS, done=AMOUNTS)
    def claim_is_determined(self, advance: int, done: int) -> None:
        examined = {"advancePaid": advance, "workDone": done}
        answer = self.do("surety", "determineClaim", claimId=self.claim, examined=examined)
        paid = max(0, min(advance - done, self.amount, self.claimed))
        refusal = "WRONG_STATE" if self.determined else "NOTHING_TO_PAY" if not paid else None
        if self.answered(answer, refusal):
            self.determined = answer["claim"]["determinedAmount"]
            assert self.determined == paid

    @precondition(lambda self: self.claim)
    @rule()
    def claim_is_paid(self) -> None:
        answer = self.do("surety", "recordClaimPaid", claimId=self.claim, paidOn="2024-06-03")
        if self.answered(answer, None if self.determined else "WRONG_STATE"):
            self.claim, self.determined, self.state = None, None, "PERFORMED"

    @precondition(lambda self: self.claim)
    @rule(refuse=st.booleans())
    def claim_ends(self, refuse: bool) -> None:  # noqa: FBT001  what is drawn
        if refuse:
            answer = self.do("surety", "refuseClaim", claimId=self.claim, note="免責")
            ended = self.answered(answer, "WRONG_STATE" if self.determined else None)
        else:
            ended = self.answered(self.do(self.claimant, "withdrawClaim", claimId=self.claim, note="取下げ"), None)
        if ended:
            self.claim, self.determined, self.state = None, None, "ACTIVE"

    @rule(share=SHARES)
    def advance_is_received(self, share: int) -> None:
        amount = max(1, self.amount * share // 100)
        answer = self.do(
            "contractor", "recordAdvanceReceived", guaranteeId=self.id, amount=amount, receivedOn="2024-06-03"
        )
        refused = (
            self.state != "ACTIVE" or amount > self.amount or any(state in OPEN for _, state in self.drawn.values())
        )
        assert (answer["__typename"] == "Refused") == refused, (answer, amount)
        if not refused:
            self.advance = amount

    @precondition(lambda self: self.advance is not None and self.line is None and self.state == "ACTIVE")
    @rule(share=st.integers(1, 100))
    def funds_are_consented(self, share: int) -> None:
        limit = max(1, (self.advance or 0) * share // 100)
        lines = [{"item": "MATERIALS", "totalCost": 48_000_000, "fromAdvance": limit, "method": "TRANSFER"}]
        answer = self.do("contractor", "stateFunds", guaranteeId=self.id, lines=lines)
        assert answer["__typename"] != "Refused", answer
        statement = next(value for value in answer.values() if isinstance(value, dict))
        consented = self.do("surety", "consentFunds", statementId=statement["id"])
        assert consented["__typename"] != "Refused", consented
        self.line, self.limit = statement["lines"][0]["id"], limit

    @precondition(lambda self: self.line)
    @rule(share=SHARES)
    def money_is_asked_for(self, share: int) -> None:
        amount = max(1, self.limit * share // 200)
        lines: list[Json] = [{"fundsLineId": self.line, "amount": amount, "evidence": []}]
        answer = self.do("contractor", "requestWithdrawal", guaranteeId=self.id, lines=lines)
        taken = sum(yen for yen, state in self.drawn.values() if state in OPEN)
        within = self.state == "ACTIVE" and taken + amount <= min(self.limit, self.advance or 0)
        if answer["__typename"] != "Refused":
            assert within, (answer, taken, amount, self.limit, self.advance)
            self.drawn[answer["withdrawal"]["id"]] = amount, "REQUESTED"

    @precondition(lambda self: self.drawn)
    @rule(at=st.integers(0, 9),
          step=st.sampled_from(["cancelWithdrawal", "returnWithdrawal", "approveWithdrawal", "recordWithdrawalPaid"]))  # fmt: skip
    def money_moves(self, at: int, step: str) -> None:
        withdrawal_id = sorted(self.drawn)[at % len(self.drawn)]
        amount, state = self.drawn[withdrawal_id]
        more = {"returnWithdrawal": {"note": "書類不足"}, "recordWithdrawalPaid": {"paidOn": "2024-06-03"}}.get(
            step, {}
        )
        who = "contractor" if step == "cancelWithdrawal" else "surety"
        answer = self.do(who, step, withdrawalId=withdrawal_id, **more)
        if answer["__typename"] != "Refused":
            after = self.run_(self.askers[who].ask(STATE, id=withdrawal_id))["node"]["state"]
            assert (state, after) in MOVES, (state, step, after)
            self.drawn[withdrawal_id] = amount, after

    @invariant()
    def the_balance_is_the_advance_less_what_was_paid(self) -> None:
        if not self.id:
            return
        seen = self.run_(self.askers["contractor"].ask(FUNDS, number=self.number))["viewer"]["guarantee"]["funds"]
        sums = [
            sum(yen for yen, state in self.drawn.values() if state == name)
            for name in ("REQUESTED", "APPROVED", "PAID")
        ]
        assert [seen["requested"], seen["approved"], seen["paid"]] == sums
        assert seen["advance"] == self.advance
        if self.advance is not None:
            assert seen["balance"] == self.advance - sums[2] >= 0
            assert seen["available"] == self.advance - sum(sums) >= 0

    @rule(
        how=st.sampled_from(
            [("releaseGuarantee", "completedOn", "RELEASED"), ("cancelGuarantee", "cancelledOn", "CANCELLED")]
        ),
        late=st.integers(0, 7),
    )
    def guarantee_ends(self, how: tuple[str, str, str], late: int) -> None:
        if late and self.state == "ACTIVE":
            return  # most lives go on
        mutation, day, state = how
        given = {"guaranteeId": self.id, day: "2024-06-03", **({"reason": "解除"} if state == "CANCELLED" else {})}
        answer = self.do("surety", mutation, **given)
        under_way = any(state in {"REQUESTED", "APPROVED"} for _, state in self.drawn.values())
        refusal = "CHANGE_OPEN" if self.waiting else "WITHDRAWAL_OPEN" if under_way else None
        if self.state != "ACTIVE":
            refusal = "WRONG_STATE"
        if self.answered(answer, refusal):
            self.state = state

    @invariant()
    def one_version_is_live_and_none_is_missing(self) -> None:
        if not self.id:
            return
        seen = self.run_(self.askers["contractor"].ask(ops.LIFE, number=self.number))["viewer"]["guarantee"]
        assert seen["state"] == self.state
        assert [each["version"] for each in seen["versions"]] == list(range(1, self.version + 1))
        assert [each["replacedBy"] for each in seen["versions"]].count(None) == 1
        assert all(each["amount"] >= 0 for each in seen["feeStatements"])
        assert len([each for each in seen["changes"] if each["changeState"] == "REQUESTED"]) == bool(self.waiting)
        assert len([each for each in seen["claims"] if each["claimState"] in {"MADE", "DETERMINED"}]) == bool(
            self.claim
        )

    @invariant()
    def nobody_else_sees_it(self) -> None:
        if not self.id:
            return
        for who in ("other", "other-surety", "other-obligee", *(() if self.given_to_obligee else ("obligee",))):
            assert self.run_(self.askers[who].ask(ops.NODE, id=self.id))["node"] is None, who

    def teardown(self) -> None:
        """Hold timeline, log, keys and rows to each other at the end of the life."""
        if self.id:
            self.run_(self.holds_together())

    async def holds_together(self) -> None:
        seen = await self.askers["contractor"].ask(ops.LIFE, number=self.number)
        told = len(seen["viewer"]["guarantee"]["timeline"])
        async with self.api.platform.database.read() as connection:
            mine = sa.select(guarantee).where(guarantee.c.number == self.number)
            row = (await connection.execute(mine)).one()
            about = sa.or_(audit_entry.c.guarantee_id == row.id, audit_entry.c.application_id == row.application_id)
            logged = sa.select(sa.func.count()).select_from(audit_entry).where(about)
            assert (await connection.execute(logged)).scalar_one() == told
            live = sa.select(sa.func.count()).select_from(access_key)
            mine_live = access_key.c.guarantee_id == row.id, access_key.c.retired_at.is_(None)
            assert (await connection.execute(live.where(*mine_live))).scalar_one() == 1
            newest = sa.select(sa.func.max(certificate.c.version)).where(certificate.c.guarantee_id == row.id)
            assert (await connection.execute(newest)).scalar_one() == row.live_version == self.version
            ends = sa.select(guarantee_step.c.id).where(
                guarantee_step.c.guarantee_id == row.id,
                guarantee_step.c.step.in_(["GUARANTEE_RELEASED", "GUARANTEE_CANCELLED", "CLAIM_PAID"]),
            )
            assert len((await connection.execute(ends)).all()) == (self.state in ENDED)
        assert await verify(self.api.platform.database) == []
