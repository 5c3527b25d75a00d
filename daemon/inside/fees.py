"""`payment`: an officer's word about money, and what is owed back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import FeeRow, OwedRow, SettledRow
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.hands.money import Money
from daemon.payment import tariff
from daemon.payment.errors import BadNotice
from daemon.payment.record import Notice

if TYPE_CHECKING:
    from daemon.wiring import App

Code_ = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{8,12}$")]
Number = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9ĐđÀ-ỹ/ ._-]{1,60}$")]
"""Of a receipt, a decision or a voucher: nothing that could hold more than a number."""


class CounterArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`payment.counter`."""

    code: Code_
    receipt: Number


class ExemptArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`payment.exempt`."""

    code: Code_
    exemption: str
    decision: Number


class RefundedArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`payment.refunded`."""

    reference: Number
    amount: Annotated[int, msgspec.Meta(ge=1)]
    voucher: Number


class Fees:
    """What an officer beside the kiosk may say of money; each of it stands in the audit log."""

    def __init__(self, app: App) -> None:
        self._app = app

    def verbs(self) -> dict[str, Verb]:
        return {
            "payment": Verb(role="view", run=self.shown),
            "payment.refunds": Verb(role="view", run=self.refunds),
            "payment.counter": Verb(
                role="admin", args=CounterArgs, run=self.counter, talks=True, within=330.0
            ),
            "payment.exempt": Verb(
                role="admin", args=ExemptArgs, run=self.exempt, talks=True, within=330.0
            ),
            "payment.refunded": Verb(role="admin", args=RefundedArgs, run=self.refunded),
        }

    async def shown(self, args: NoArgs, talk: Talk) -> FeeRow:
        """The code on the screen, and the grounds on which it may be free."""
        known = tariff.exemptions(self._app.config.payment.tariff)
        money = self._money()
        return FeeRow(
            code=money.memo,
            amount=money.amount if money.memo else 0,
            exemptions={name: f"{one.name_vi} ({one.legal_basis})" for name, one in known.items()},
        )

    async def counter(self, args: CounterArgs, talk: Talk) -> SettledRow:
        """Cash was taken and a biên lai issued."""
        try:
            amount = await self._money().asked(args.code)
            question = f"{amount} VND taken in cash for {args.code}"
            await _sure(talk, f"{question}, receipt {args.receipt}?")
            return _said(args.code, await self._money().at_counter(args.code, args.receipt))
        except BadNotice as error:
            raise ConsoleError(Code.FAILED, str(error)) from None

    async def exempt(self, args: ExemptArgs, talk: Talk) -> SettledRow:
        """An officer's decision that nothing is paid."""
        try:
            amount = await self._money().asked(args.code)
            ground = args.exemption or "the officer's own decision"
            await _sure(talk, f"{amount} VND let be free: {ground}, {args.decision}?")
            return _said(
                args.code, await self._money().waive(args.code, args.exemption, args.decision)
            )
        except BadNotice as error:
            raise ConsoleError(Code.FAILED, str(error)) from None

    async def refunds(self, args: NoArgs, talk: Talk) -> tuple[OwedRow, ...]:
        """What has to go back."""
        return tuple(
            OwedRow(
                reference=one.reference,
                code=one.memo,
                verdict=one.verdict,
                refund=one.refund,
                currency=one.currency,
                at=one.seen_at,
            )
            for one in await self._money().refunds()
        )

    async def refunded(self, args: RefundedArgs, talk: Talk) -> bool:
        """It went back, with this voucher."""
        if not await self._money().refunded(args.reference, args.amount, args.voucher):
            text = f"{args.amount} is not owed for {args.reference}; see payment refunds"
            raise ConsoleError(Code.FAILED, text)
        return True

    def _money(self) -> Money:
        if self._app.money is None:
            raise ConsoleError(Code.FAILED, "payments have not started; see alarms")
        return self._app.money


async def _sure(talk: Talk, question: str) -> None:
    if not await talk.yes(question):
        raise ConsoleError(Code.FAILED, "not confirmed; nothing was changed")


def _said(code: str, notice: Notice) -> SettledRow:
    if notice.repeated:
        raise ConsoleError(
            Code.FAILED, f"{code}: this number was given before; nothing was changed"
        )
    return SettledRow(code=code, verdict=notice.verdict, amount=notice.amount, refund=notice.refund)
