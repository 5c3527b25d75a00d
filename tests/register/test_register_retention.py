"""What goes by rule, what stays, and that the chain verifies afterwards as before."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from daemon.hands.ward_book import WardBook
from daemon.payment.payments import PaymentConfig, Payments
from daemon.register import audit, envelope, retention
from daemon.register.facts import RequestFacts
from daemon.register.register import Register
from daemon.store import Store
from daemon.store.models.outbox import Fact
from daemon.store.models.payment import PaymentRow, ReceiptRow
from daemon.store.models.register import EntryRow, RequestRow
from daemon.uplink.gateway import Gateway, GatewayConfig
from daemon.uplink.gateway.pump import Pump
from tests.register.fast import FastPki
from tests.register.made import DEGREE, NAME, Clock, Request
from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.server import WardServer

DAY = 86400.0


async def test_name_and_salt_leave_when_the_ward_has_them(quick: FastPki, tmp_path: Path) -> None:
    papers = certificates.make(tmp_path / "pki")
    folder = tmp_path / "state"
    store = Store.open(folder / "ward.db")
    async with WardServer(Book(), papers) as ward:
        config = GatewayConfig(
            url=ward.url, ca=papers.ca, certificate=papers.kiosk, key=papers.kiosk_key, wait=0
        )
        gateway = Gateway(config)
        register = Register(quick.settings(), store, keys=quick.keys, source=WardBook(gateway))
        sealed = await Request(DEGREE).sealed(register)
        await register.printed(sealed.id)
        await register.handed_over(sealed.id)
        pump = Pump(config, gateway, store)
        while await pump.once():
            pass
        await gateway.close()
    (kept,) = ward.book.of_kind("sealed/name")
    names = envelope.unseal(kept, quick.ward_certificate, quick.ward_key)
    assert isinstance(names, envelope.Names)
    (entry,) = await store.read(lambda: list(EntryRow.select()))
    # the ward can open the commitment; here nobody can
    assert names.requester == NAME
    (salt,) = names.salts
    assert hashlib.sha256(salt + NAME.encode()).digest() == bytes(entry.requester)
    assert (await store.read(audit.audit)).good
    # the copy itself goes another way, in pieces (`courier`)
    left = await store.read(lambda: [fact.kind for fact in Fact.select()])
    assert left == ["sealed/copy"]
    await register.close()
    await store.close()
    for path in folder.iterdir():
        data = path.read_bytes()
        for personal in (NAME.encode(), salt, kept):
            assert personal not in data, path.name


async def test_digests_and_unused_codes_go_after_their_days(quick: FastPki, tmp_path: Path) -> None:
    store, clock = Store.open(tmp_path / "ward.db"), Clock()
    register = Register(quick.settings(), store, clock=clock, keys=quick.keys)
    ended = Request(DEGREE)
    sealed = await ended.sealed(register)
    await register.printed(sealed.id)
    await register.handed_over(sealed.id)
    payments = Payments(PaymentConfig(), store, clock=lambda: clock().timestamp())
    unused, late, paid = [await payments.offer(2000) for _ in range(3)]
    await payments.cancel(unused.memo)
    await payments.cancel(late.memo)
    await payments.seen(late.memo, 2000, "T1")
    await payments.seen(paid.memo, 2000, "T2")

    assert await register.retain() == retention.Erased(0, 0)
    clock.on(days=91)
    open_ = Request(DEGREE)
    await open_.accepted(register)
    assert await register.retain() == retention.Erased(1, 1)
    assert await register.retain() == retention.Erased(0, 0)

    def pages(request: str) -> tuple[str, ...]:
        row = RequestRow.get_by_id(request)
        return msgspec.json.decode(bytes(row.facts), type=RequestFacts).papers[0].pages

    assert await store.read(lambda: pages(sealed.id)) == ()
    assert await store.read(lambda: pages(open_.facts.id)) == open_.facts.papers[0].pages
    memos = await store.read(lambda: {row.memo for row in PaymentRow.select()})
    assert memos == {late.memo, paid.memo}  # money that came is accounted for
    assert await store.read(lambda: ReceiptRow.select().count()) == 2
    assert (await store.read(audit.audit)).findings == ()
    await register.close()
    await store.close()


def test_a_day_is_the_least() -> None:
    with pytest.raises(ValueError, match="1 or more is right"):
        retention.erase(DAY, 0)
