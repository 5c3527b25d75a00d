"""Notices of the ward's gateway and what becomes of them at the screen and in the register."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from daemon.hands.money import Money
from daemon.hands.visit import Visit
from daemon.machine import effects as fx
from daemon.machine.events import PaymentOffered, PaymentSeen
from daemon.payment import tariff
from daemon.payment.payments import PaymentConfig, Payments
from daemon.register.errors import StepRefused
from daemon.register.facts import Authorisation, Paid
from daemon.store import Store, Vault
from daemon.store.models.payment import PaymentRow, ReceiptRow
from daemon.uplink.gateway.messages import PaymentNotice

FEE = 6000


class Register:
    """Takes what is paid, unless the request has ended."""

    def __init__(self) -> None:
        self.paid_for: list[tuple[str, Paid]] = []
        self.ended = False
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        """Happens while the payment is being recorded."""

    async def paid(self, authorisation: Authorisation, paid: Paid) -> None:
        if self.ended:
            raise StepRefused("step paid was asked after passed")
        if self.meanwhile is not None:
            await self.meanwhile()
        self.paid_for.append((authorisation.id, paid))


class Desk:
    """A visitor at the payment screen."""

    def __init__(self, store: Store, visit: Visit) -> None:
        self.store = store
        self.register = Register()
        self.replies: list[Any] = []
        visits: Any = self
        register: Any = self.register
        self.now = visit
        payments = Payments(PaymentConfig(), store, exemptions=("ho_ngheo",))
        self.money = Money(payments, register, visits, tariff.load())

    async def told(self, what: Any, reference: str, memo: str, amount: int, **more: str) -> None:
        await self.money.from_ward(PaymentNotice(1, what, reference, memo, amount, **more))

    @property
    def seen(self) -> list[PaymentSeen]:
        return [one for one in self.replies if isinstance(one, PaymentSeen)]

    async def verdicts(self) -> list[tuple[str, int, int]]:
        return await self.store.read(
            lambda: [
                (row.verdict, row.refund, row.refunded)
                for row in ReceiptRow.select().order_by(ReceiptRow.seen_at)
            ]
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = Store.open(tmp_path / "ward.db")
    visit = Visit(Vault(tmp_path / "visit"))
    visit.authorisation, visit.fees = Authorisation("r1", "CODE", 0.0), (FEE,)
    made = Desk(store, visit)
    await made.money.offer(fx.OfferPayment(FEE), made.replies.append)
    assert isinstance(made.replies[0], PaymentOffered)
    yield made
    await store.close()


async def test_a_transfer_is_booked_before_it_is_shown(desk: Desk) -> None:
    await desk.told("transfer", "T1", f"MBVCB {desk.money.memo}", FEE)
    assert desk.register.paid_for == [("r1", Paid("exact", (FEE,), FEE))]
    assert desk.seen == [PaymentSeen("exact")]
    await desk.told("transfer", "T1", f"MBVCB {desk.money.memo}", FEE)  # after a crash
    assert len(desk.register.paid_for) == len(desk.seen) == 1


async def test_cash_at_the_desk(desk: Desk) -> None:
    await desk.told("counter", "0000123", desk.money.memo, FEE)
    assert desk.register.paid_for == [("r1", Paid("exact", (FEE,), FEE))]
    assert desk.seen == [PaymentSeen("exact")]


async def test_an_exemption(desk: Desk) -> None:
    await desk.told("exempt", "12/QĐ", desk.money.memo, 0, exemption="ho_ngheo")
    assert desk.register.paid_for == [("r1", Paid("waived", (FEE,), 0))]
    assert desk.seen == [PaymentSeen("waived")]


async def test_what_is_not_the_visitors_changes_nothing_for_him(desk: Desk) -> None:
    await desk.told("transfer", "T1", "SYOTHERKSK", FEE)  # another kiosk's
    await desk.told("exempt", "12/QĐ", desk.money.memo, 0, exemption="made_up")
    await desk.told("counter", " ", desk.money.memo, FEE)  # no receipt number
    await desk.told("transfer", "T2", desk.money.memo, FEE, currency="USD")
    assert (desk.seen, desk.register.paid_for) == ([], [])
    assert await desk.verdicts() == [("elsewhere", 0, 0), ("foreign", FEE, 0)]
    await desk.told("transfer", "T3", desk.money.memo, FEE)
    assert desk.seen == [PaymentSeen("exact")]


async def test_the_ward_pays_back(desk: Desk) -> None:
    await desk.told("transfer", "T1", desk.money.memo, FEE + 1)
    assert desk.seen == [PaymentSeen("over")]
    await desk.told("refunded", "PC-1", "T1", FEE + 1)
    assert await desk.verdicts() == [("over", 0, FEE + 1)]


async def test_signing_that_failed_for_good(desk: Desk) -> None:
    await desk.told("transfer", "T1", desk.money.memo, FEE)
    await desk.money.unserved("r1")
    assert await desk.verdicts() == [("exact", FEE, 0)]


async def test_money_for_a_request_that_the_counter_finishes(desk: Desk) -> None:
    """Somebody pressed "I have paid", the slip is printed, and then the bank tells of it."""
    desk.register.ended = True
    await desk.told("transfer", "T1", desk.money.memo, FEE)
    assert desk.seen == []
    assert await desk.verdicts() == [("exact", 0, 0)]  # the ward knows: nothing is owed


async def test_back_is_pressed_while_the_money_comes(desk: Desk) -> None:
    """Nobody pays twice: the code that would be shown next is not shown."""
    memo = desk.money.memo

    async def back() -> None:
        await desk.money.cancel(fx.CancelPayment(), desk.replies.append)

    desk.register.meanwhile = back
    await desk.told("transfer", "T1", memo, FEE)
    desk.replies.clear()
    await desk.money.offer(fx.OfferPayment(FEE), desk.replies.append)
    assert desk.replies == [PaymentSeen("exact")]
    assert (len(desk.register.paid_for), desk.now.received) == (1, FEE)


async def test_money_comes_just_before_back_is_pressed(desk: Desk) -> None:
    """It is on record, and "back" came before it was told: the next code is not shown either."""
    memo = desk.money.memo
    await desk.money.cancel(fx.CancelPayment(), desk.replies.append)
    await desk.store.write(
        lambda: PaymentRow.update(state="offered").where(PaymentRow.memo == memo).execute()
    )
    await desk.told("transfer", "T1", memo, FEE)
    assert (desk.seen, desk.register.paid_for) == ([], [])
    await desk.money.offer(fx.OfferPayment(FEE), desk.replies.append)
    assert desk.seen == [PaymentSeen("exact")]
    assert desk.register.paid_for == [("r1", Paid("exact", (FEE,), FEE))]
