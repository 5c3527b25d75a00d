"""The process is killed at every step of a request; the next start ends it, each way explained.

SIGKILL to a real process, before and after each commit; then this process opens the database.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from daemon.machine.values import Product
from daemon.payment.payments import PaymentConfig, Payments
from daemon.register import audit, envelope
from daemon.register.demo_pki import DemoPki
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from daemon.store.models.outbox import Fact
from daemon.store.models.register import EntryRow, RequestRow
from tests.register.made import BIRTH, NAME, Request

ROOT = Path(__file__).parents[2]

STEPS = ("accepted", "paid", "numbered", "signed", "printed", "handed_over")
AFTER = dict(
    zip(("accept", "paid", "number", "sealed", "printed", "handed_over"), STEPS, strict=True)
)


def kill(folder: Path, settings: RegisterSettings, product: Product, point: str) -> None:
    told = folder / "settings.json"
    told.write_bytes(msgspec.json.encode(settings))
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.register.killed",
            folder / "ward.db", told, product, point,
        ],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


@pytest.mark.parametrize(
    ("product", "point", "was", "outcome", "statuses"),
    [
        ("digital", "before:accept", None, None, ()),
        ("digital", "after:accept", "accepted", "dropped", ()),
        ("digital", "before:paid", "accepted", "dropped", ()),
        ("digital", "after:paid", "paid", "passed", ()),
        ("digital", "before:number", "paid", "passed", ()),
        ("digital", "after:number", "numbered", "voided", ("voided", "voided")),
        ("digital", "before:sealed", "numbered", "voided", ("voided", "voided")),
        ("digital", "after:sealed", "signed", "passed", ("valid", "valid")),
        ("digital", "after:printed", "printed", "passed", ("valid", "valid")),
        ("digital", "before:handed_over", "printed", "passed", ("valid", "valid")),
        ("digital", "after:handed_over", "handed_over", None, ("valid", "valid")),
        ("paper", "after:number", "numbered", "voided", ("voided", "voided")),
        ("paper", "after:sealed", "signed", "voided", ("voided", "voided")),
        ("paper", "after:printed", "printed", "passed", ("reserved", "reserved")),
    ],
)
async def test_killed(
    tmp_path: Path,
    settings: RegisterSettings,
    pki: DemoPki,
    product: Product,
    point: str,
    was: str | None,
    outcome: str | None,
    statuses: tuple[str, ...],
) -> None:
    kill(tmp_path, settings, product, point)
    store = Store.open(tmp_path / "ward.db")
    register = Register(settings, store)
    try:
        steps = await store.read(lambda: [row.step for row in RequestRow.select()])
        assert steps == ([was] if was else [])
        # an unfinished transaction left nothing, a finished one everything
        entries = await store.read(lambda: EntryRow.select().count())
        assert entries == (2 if was and STEPS.index(was) >= 2 else 0)

        recovered = await register.recover("power")
        assert [each.outcome for each in recovered] == ([outcome] if outcome else [])
        assert await register.recover("power") == []  # once is enough

        rows = await store.read(lambda: list(EntryRow.select().order_by(EntryRow.number)))
        assert tuple(row.status for row in rows) == statuses
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        found = await store.read(audit.audit)
        assert found.findings == ()
        await ward_can_finish(store, pki, paid=was not in (None, "accepted", "handed_over"))
        if recovered:
            (one,) = recovered
            assert (one.was, one.paid, one.reason) == (was, was != "accepted", "power")
            assert len(one.numbers) == len(statuses)
        if outcome in ("voided", "passed"):
            assert all("power" in row.note for row in rows)

        # the next request goes on with the next number
        sealed = await Request(BIRTH, product=product).sealed(register)
        assert sealed.copies[0].number == f"{len(rows) + 1:02d}"
    finally:
        await register.close()
        await store.close()


async def test_money_that_came_just_before_the_crash_is_not_lost(
    register: Register, store: Store, pki: DemoPki
) -> None:
    """Killed between the bank's notice and the step `paid`: the ward gets request and amount."""
    request = Request(BIRTH)
    authorisation = await request.accepted(register)
    payments = Payments(PaymentConfig(), store)
    offered = await payments.offer(4000, authorisation.id)
    await payments.seen(offered.memo, 4000)
    (one,) = await register.recover()
    assert (one.was, one.outcome, one.paid) == ("accepted", "passed", True)
    await ward_can_finish(store, pki, paid=True, pictures=2)
    told = await store.read(
        lambda: [bytes(f.payload) for f in Fact.select() if f.kind == "event/register.request"]
    )
    assert [msgspec.json.decode(fact)["paid"] for fact in told] == [4000]


async def ward_can_finish(store: Store, pki: DemoPki, *, paid: bool, pictures: int = 3) -> None:
    """Where money was taken the ward gets the pages and the name, at once; otherwise nobody."""

    def look() -> list[Fact]:
        return [fact for fact in Fact.select() if fact.kind == "sealed/request"]

    facts = await store.read(look)
    assert len(facts) == (1 if paid else 0)
    for fact in facts:
        assert fact.not_before == 0
        content = envelope.unseal(
            bytes(fact.payload), Path(pki.ward_certificate), Path(pki.ward_key)
        )
        assert isinstance(content, envelope.Unfinished)
        assert content.requester == NAME
        assert len(content.pictures) == pictures
