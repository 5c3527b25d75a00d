"""A whole visit with the ward's book, its notice of money, and its word that it has everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from daemon import wiring
from daemon.hands import standing
from daemon.machine.views import actions
from daemon.register import envelope
from daemon.register.setup import DEMO
from tests.visits.papers import DEGREE
from tests.visits.visit import Visitor, audit, running
from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.server import WardServer


def why_not(visitor: Visitor) -> str:
    """Key of the reason that stands on the grey tile of copies."""
    (tile,) = [one for one in visitor.shown.choices if one.action == "copy"]
    return tile.why_not.terms["reason"] if tile.why_not is not None else ""


async def test_a_visit_with_the_wards_gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "LOOK_AGAIN", 0.2)
    monkeypatch.setattr(wiring, "LOOK_AT_BOOK", 0.5)
    papers = certificates.make(tmp_path / "pki")
    async with WardServer(Book(), papers) as ward:
        gateway = {
            "url": ward.url, "ca": papers.ca, "certificate": papers.kiosk,
            "key": papers.kiosk_key, "timeout": 20.0, "wait": 5.0, "retry_least": 0.1,
            "retry_most": 0.2,
        }  # fmt: skip
        sections: dict[str, Any] = {"register": {"numbers": "ward"}, "gateway": gateway}
        async with running(tmp_path / "kiosk", **sections) as visitor:
            await visitor.ready()
            await visitor.begin()
            await visitor.paper(DEGREE)
            await visitor.choose()
            await visitor.see("take_back")
            visitor.world.lift()
            await visitor.see("fee")
            await visitor.until(
                lambda _: any(one.action == "pay" for one in actions(visitor.shown))
            )
            await visitor.press("pay")
            await visitor.see("pay")
            money = visitor.app.money
            assert money is not None
            await visitor.soon(lambda: bool(money.memo))
            ward.book.notice("transfer", "FT-1", f"CK {money.memo}", money.amount)
            await visitor.collect()
            await visitor.leave()
            (((sign, _), lines),) = ward.book.lines.items()
            assert sign == "SCTĐT/BS"
            await visitor.soon(lambda: [line.state for line in lines] == ["valid"])
            await visitor.soon(lambda: len(ward.book.of_kind("sealed/name")) == 1)
            await visitor.soon(lambda: len(ward.store.of_kind("sealed/copy")) == 1)
            store = visitor.app.store
            assert store is not None
            await visitor.soon(lambda: len(ward.book.of_kind("event/payment.settled")) == 1)
            pki = visitor.app.state_folder / DEMO
            name = envelope.unseal(
                ward.book.of_kind("sealed/name")[0], pki / "ward.pem", pki / "ward-key.pem"
            )
            assert isinstance(name, envelope.Names) and name.requester
            copy = envelope.unseal(
                ward.store.of_kind("sealed/copy")[0], pki / "ward.pem", pki / "ward-key.pem"
            )
            assert isinstance(copy, envelope.Delivery) and len(copy.code) == 8
            assert not audit(visitor.app)
            # the ward's book is out of reach: nothing is certified, and the tile says why
            ward.fault = "down"
            await visitor.soon(lambda: why_not(visitor) == "why.numbers")
            ward.fault = ""
            await visitor.soon(lambda: why_not(visitor) == "")
