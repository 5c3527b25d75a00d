"""Late, short, double, missing, foreign, elsewhere, at the counter, exempt: each ends on record."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from daemon.machine.events import PaymentSeen
from daemon.payment import tariff
from daemon.payment.errors import BadNotice
from daemon.payment.payments import UNSERVED, PaymentConfig, Payments
from daemon.payment.record import REFUND, SETTLED, Notice, RefundFact, SettledFact
from daemon.store import Store
from daemon.store.models.outbox import Fact
from daemon.store.models.payment import PaymentRow, ReceiptRow
from daemon.store.models.register import RequestRow

FEE = 6000


@pytest.fixture
def payments(store: Store) -> Payments:
    return Payments(PaymentConfig(), store, exemptions=("ho_ngheo",))


async def told(store: Store) -> tuple[list[SettledFact], list[RefundFact]]:
    def read() -> tuple[list[SettledFact], list[RefundFact]]:
        facts = list(Fact.select().order_by(Fact.id))
        decode = msgspec.json.decode
        return (
            [decode(bytes(f.payload), type=SettledFact) for f in facts if f.kind == SETTLED],
            [decode(bytes(f.payload), type=RefundFact) for f in facts if f.kind == REFUND],
        )

    return await store.read(read)


async def row(store: Store, reference: str) -> ReceiptRow:
    return await store.read(lambda: ReceiptRow.get_by_id(reference))


@pytest.mark.parametrize(
    ("before", "amount", "currency", "verdict", "refund", "event"),
    [
        ("", FEE, "VND", "exact", 0, "exact"),
        ("", FEE - 1, "VND", "short", FEE - 1, "short"),
        ("", FEE + 1, "VND", "over", FEE + 1, "over"),
        ("", 2 * FEE, "VND", "over", 2 * FEE, "over"),
        ("cancel", FEE, "VND", "late", FEE, None),
        ("recover", FEE, "VND", "late", FEE, None),
        ("pay", FEE, "VND", "again", FEE, None),
        ("counter", FEE, "VND", "again", FEE, None),
        ("waive", FEE, "VND", "again", FEE, None),
        ("short", FEE, "VND", "again", FEE, None),
        ("", FEE, "USD", "foreign", FEE, None),  # never taken for đồng
        ("cancel", FEE, "USD", "foreign", FEE, None),
    ],
)
async def test_every_transfer_ends_well(
    payments: Payments,
    store: Store,
    before: str,
    amount: int,
    currency: str,
    verdict: str,
    refund: int,
    event: str | None,
) -> None:
    memo = (await payments.offer(FEE)).memo
    if before == "cancel":
        await payments.cancel(memo)
    elif before == "recover":
        await payments.recover()
    elif before == "pay":
        await payments.seen(memo, FEE, "T0")
    elif before == "short":
        await payments.seen(memo, 1, "T0")
    elif before == "counter":
        await payments.at_counter(memo, FEE, "0000001")
    elif before == "waive":
        await payments.waive(memo)
    notice = await payments.seen(f"CK {memo}", amount, "T1", currency=currency)
    assert (notice.verdict, notice.refund) == (verdict, refund)
    assert notice.event() == (PaymentSeen(event) if event else None)  # type: ignore[arg-type]
    kept = await row(store, "T1")
    assert (kept.verdict, kept.amount, kept.currency, kept.refund) == (
        verdict, amount, currency, refund,
    )  # fmt: skip
    _, refunds = await told(store)
    mine = [fact for fact in refunds if fact.reference == "T1"]
    assert [(f.refund, f.currency) for f in mine] == ([(refund, currency)] if refund else [])
    # told again it is the same notice
    assert (await payments.seen(f"CK {memo}", amount, "T1", currency=currency)).repeated


async def test_foreign_money_leaves_the_code_open(payments: Payments) -> None:
    memo = (await payments.offer(FEE)).memo
    await payments.seen(memo, FEE, "T1", currency="USD")
    assert (await payments.seen(memo, FEE, "T2")).verdict == "exact"


async def test_another_kiosks_money_is_nobodys_debt_here(payments: Payments, store: Store) -> None:
    await payments.offer(FEE)
    notice = await payments.seen("SYOTHERKSK", FEE, "T1", shared=True)
    assert (notice.verdict, notice.refund, notice.event()) == ("elsewhere", 0, None)
    assert (await row(store, "T1")).verdict == "elsewhere"
    assert await told(store) == ([], [])


async def test_missing_money_stays_on_record_as_a_code_that_was_not_paid(
    payments: Payments, store: Store
) -> None:
    memo = (await payments.offer(FEE, "r1")).memo
    await payments.cancel(memo)
    kept = await store.read(lambda: PaymentRow.get_by_id(memo))
    assert (kept.state, kept.request, kept.settled_at) == ("cancelled", "r1", None)
    assert await told(store) == ([], [])


# -- at the counter ----------------------------------------------------------------------------


async def test_cash_counts_with_the_number_of_its_receipt(payments: Payments, store: Store) -> None:
    memo = (await payments.offer(FEE)).memo
    notice = await payments.at_counter(memo, FEE, "AB/26E-0000123")
    assert (notice.verdict, notice.event()) == ("counter", PaymentSeen("exact"))
    settled, refunds = await told(store)
    assert (settled, refunds) == ([SettledFact(memo, FEE, "counter", "BL-AB/26E-0000123")], [])
    assert (await payments.at_counter(memo, FEE, "AB/26E-0000123")).repeated


@pytest.mark.parametrize(("amount", "receipt"), [(FEE, ""), (FEE, "  "), (0, "1")])
async def test_cash_without_receipt_is_none(payments: Payments, amount: int, receipt: str) -> None:
    memo = (await payments.offer(FEE)).memo
    with pytest.raises(BadNotice, match="biên lai"):
        await payments.at_counter(memo, amount, receipt)


@pytest.mark.parametrize(
    ("step", "verdict", "refund"),
    [("accepted", "counter", 0), ("passed", "counter", 0), ("dropped", "late", FEE),
     ("voided", "late", FEE)],
)  # fmt: skip
async def test_cash_for_a_request_that_was_let_go_goes_back(
    payments: Payments, store: Store, step: str, verdict: str, refund: int
) -> None:
    def asked() -> None:
        RequestRow.insert(
            id="r1", code="CODE", step=step, facts=b"{}", accepted_at=0, until=0, envelope="",
            changed_at=0,
        ).execute()  # fmt: skip

    await store.write(asked)
    memo = (await payments.offer(FEE, "r1")).memo
    await payments.cancel(memo)
    notice = await payments.at_counter(memo, FEE, "7")
    assert (notice.verdict, notice.refund) == (verdict, refund)


async def test_who_went_to_the_counter_owes_and_is_owed_nothing(payments: Payments) -> None:
    """The code was withdrawn when "pay at the counter" was pressed; then the desk confirms."""
    memo = (await payments.offer(FEE)).memo
    await payments.cancel(memo)
    notice = await payments.at_counter(memo, FEE, "7")
    assert (notice.verdict, notice.refund) == ("counter", 0)
    # the transfer that was under way all the same comes back
    assert (await payments.seen(memo, FEE, "T1")).verdict == "again"


# -- exemptions --------------------------------------------------------------------------------


async def test_an_exemption_has_a_code_and_a_decision(payments: Payments, store: Store) -> None:
    memo = (await payments.offer(FEE)).memo
    notice = await payments.waive(memo, "ho_ngheo", "12/QĐ")
    assert (notice.verdict, notice.event()) == ("waived", PaymentSeen("waived"))
    settled, _ = await told(store)
    assert [(fact.verdict, fact.exemption) for fact in settled] == [("waived", "ho_ngheo, 12/QĐ")]
    assert (await payments.waive(memo, "ho_ngheo", "12/QĐ")).repeated
    other = (await payments.offer(FEE)).memo
    assert not (await payments.waive(other, "ho_ngheo", "12/QĐ")).repeated  # a decision for many


async def test_nobody_invents_an_exemption(payments: Payments) -> None:
    memo = (await payments.offer(FEE)).memo
    with pytest.raises(BadNotice, match="ho_ngheo"):
        await payments.waive(memo, "ban_be")
    with pytest.raises(BadNotice, match="waits for no payment"):
        await payments.waive("SYNOTHERE2", "ho_ngheo")
    await payments.seen(memo, FEE, "T1")
    with pytest.raises(BadNotice, match="waits for no payment"):
        await payments.waive(memo, "ho_ngheo")  # paid already


def test_exemptions_are_data(tmp_path: Path) -> None:
    assert tariff.exemptions() == {}
    path = tmp_path / "tariff.toml"
    path.write_text(
        '[[tariff]]\nvalid_from = 2017-01-01\nlegal_basis = "a"\nfirst_pages = 2\n'
        "first_price = 2000\nnext_price = 1000\nat_most = 200000\n[exemption.ho_ngheo]\n"
        'name_vi = "Hộ nghèo"\nname_en = "Poor household"\nlegal_basis = "NQ"\n',
        "utf-8",
    )
    assert tariff.exemptions(str(path))["ho_ngheo"].name_vi == "Hộ nghèo"


# -- paying back -------------------------------------------------------------------------------


async def test_right_money_goes_back_only_where_signing_failed_for_good(
    payments: Payments, store: Store
) -> None:
    memo = (await payments.offer(FEE, "r1")).memo
    await payments.seen(memo, FEE, "T1")
    await payments.seen(memo, FEE, "T2")  # paid twice: owed already
    assert await payments.unserved("another") == []
    assert await payments.unserved("r1") == [Notice("exact", memo, FEE, FEE)]
    assert await payments.unserved("r1") == []  # owed once
    _, refunds = await told(store)
    assert [(f.reference, f.refund, f.reason) for f in refunds] == [
        ("T2", FEE, ""),
        ("T1", FEE, UNSERVED),
    ]


async def test_what_was_waived_is_never_paid_back(payments: Payments) -> None:
    memo = (await payments.offer(FEE, "r1")).memo
    await payments.waive(memo)
    assert await payments.unserved("r1") == []


async def test_the_ward_pays_back(payments: Payments, store: Store) -> None:
    memo = (await payments.offer(FEE)).memo
    await payments.seen(memo, FEE + 500, "T1")
    assert not await payments.refunded("T1", FEE + 501, "PC-1")  # more than is owed
    assert not await payments.refunded("T9", 1, "PC-1")
    assert await payments.refunded("T1", FEE + 500, "PC-1")
    assert not await payments.refunded("T1", FEE + 500, "PC-1")  # said twice
    assert await payments.refunds() == []
    kept = await row(store, "T1")
    assert (kept.refund, kept.refunded, kept.refund_reference) == (0, FEE + 500, "PC-1")
