"""Money that is reported: matched by memo and amount, and never lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.machine.events import PaymentSeen
from daemon.payment.errors import BadNotice
from daemon.payment.payments import LETTERS, PaymentConfig, Payments
from daemon.payment.record import Notice
from daemon.store import Store
from daemon.store.models.outbox import Fact
from tests.payment import emv


@pytest.fixture
def payments(store: Store) -> Payments:
    return Payments(PaymentConfig(), store)


async def outbox(store: Store) -> list[str]:
    return await store.read(lambda: [fact.kind for fact in Fact.select().order_by(Fact.id)])


async def test_an_offer_can_be_scanned(payments: Payments) -> None:
    offered = await payments.offer(6000)
    found = emv.fields(offered.qr)
    assert (found["54"], emv.subfields(found["62"])["08"]) == ("6000", offered.memo)
    assert len(offered.memo) == 10
    assert set(offered.memo[2:]) <= set(LETTERS)
    assert (await payments.offer(6000)).memo != offered.memo


@pytest.mark.parametrize("around", ["{}", "MBVCB.123.{} CT tu 00110", "ck {}", "{}-phi"])
async def test_the_memo_is_found_in_what_banks_make_of_it(payments: Payments, around: str) -> None:
    offered = await payments.offer(6000)
    notice = await payments.seen(around.format(offered.memo.lower()), 6000)
    assert notice == Notice("exact", offered.memo, 6000, 0)
    assert notice.event() == PaymentSeen("exact")


@pytest.mark.parametrize(("amount", "verdict"), [(5999, "short"), (6001, "over"), (1, "short")])
async def test_a_wrong_amount_is_owed_back_and_cleared_at_the_counter(
    payments: Payments, store: Store, amount: int, verdict: str
) -> None:
    offered = await payments.offer(6000)
    notice = await payments.seen(offered.memo, amount, "T1")
    assert (notice.verdict, notice.refund) == (verdict, amount)
    assert notice.event() == PaymentSeen(verdict)  # type: ignore[arg-type]
    assert [each.refund for each in await payments.refunds()] == [amount]
    # the same code is not good for a second try: the counter has it
    again = await payments.seen(offered.memo, 6000, "T2")
    assert (again.verdict, again.refund, again.event()) == ("again", 6000, None)


async def test_a_repeated_notice_counts_once(payments: Payments, store: Store) -> None:
    offered = await payments.offer(6000)
    await payments.seen(offered.memo, 6000, "T1")
    again = await payments.seen(offered.memo, 6000, "T1")
    assert (again.repeated, again.event()) == (True, None)
    assert await outbox(store) == ["event/payment.settled"]
    assert await payments.refunds() == []


async def test_paying_twice_is_owed_back(payments: Payments, store: Store) -> None:
    offered = await payments.offer(6000)
    await payments.seen(offered.memo, 6000, "T1")
    await payments.seen(offered.memo, 6000, "T2")
    assert [(each.verdict, each.refund) for each in await payments.refunds()] == [("again", 6000)]
    assert await outbox(store) == ["event/payment.settled", "event/payment.refund"]


async def test_money_for_a_cancelled_code_is_owed_back(payments: Payments) -> None:
    offered = await payments.offer(6000)
    await payments.cancel(offered.memo)
    notice = await payments.seen(offered.memo, 6000)
    assert (notice.verdict, notice.refund, notice.event()) == ("late", 6000, None)


async def test_a_start_withdraws_what_was_shown(payments: Payments) -> None:
    shown, paid = await payments.offer(6000), await payments.offer(2000)
    await payments.seen(paid.memo, 2000)
    assert await payments.recover() == 1
    assert (await payments.seen(shown.memo, 6000)).verdict == "late"


async def test_a_paid_code_cannot_be_cancelled(payments: Payments) -> None:
    offered = await payments.offer(6000)
    await payments.seen(offered.memo, 6000, "T1")
    await payments.cancel(offered.memo)
    assert (await payments.seen(offered.memo, 6000, "T2")).verdict == "again"


async def test_money_without_a_known_memo_is_kept_without_its_text(
    tmp_path: Path,
) -> None:
    store = Store.open(tmp_path / "own" / "ward.db")
    payments = Payments(PaymentConfig(), store)
    await payments.offer(6000)
    notice = await payments.seen("NGUYEN VAN DAUVET chuyen tien", 6000, "T9")
    assert (notice.verdict, notice.memo, notice.refund) == ("unknown", "", 6000)
    await store.close()
    for path in store.path.parent.iterdir():
        assert b"DAUVET" not in path.read_bytes()


async def test_no_money_is_no_notice(payments: Payments) -> None:
    offered = await payments.offer(6000)
    for amount in (0, -6000):
        with pytest.raises(BadNotice, match="1 or more"):
            await payments.seen(offered.memo, amount)


async def test_an_officer_waives(payments: Payments, store: Store) -> None:
    offered = await payments.offer(6000)
    notice = await payments.waive(offered.memo)
    assert notice.event() == PaymentSeen("waived")
    assert await payments.refunds() == []
    late = await payments.seen(offered.memo, 6000, "T1")
    assert (late.verdict, late.refund) == ("again", 6000)


async def test_all_of_it_outlives_a_start(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "own" / "ward.db")
    payments = Payments(PaymentConfig(), store)
    offered = await payments.offer(6000)
    await payments.cancel(offered.memo)
    await store.close()
    second = Store.open(store.path)
    try:
        later = Payments(PaymentConfig(), second)
        assert (await later.seen(offered.memo, 6000)).verdict == "late"
    finally:
        await second.close()


def test_the_configuration_is_checked() -> None:
    with pytest.raises(ValueError, match="six digits are right"):
        PaymentConfig(bin="12")
    with pytest.raises(ValueError, match="letters and digits are right"):
        PaymentConfig(account="")
    with pytest.raises(ValueError, match="capital letters are right"):
        PaymentConfig(prefix="sao y")
