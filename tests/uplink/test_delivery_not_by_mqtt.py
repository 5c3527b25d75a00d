"""Nothing of a copy goes over MQTT: neither where there is a gateway nor where there is none."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from daemon.store import Store
from daemon.uplink import Uplink
from daemon.uplink.gateway import Gateway, GatewayConfig, pump
from daemon.uplink.gateway.config import DeliveryConfig
from daemon.uplink.gateway.courier import Courier
from daemon.uplink.payloads import DoorOpened
from daemon.uplink.topics import DELIVERED, NOT_BY_MQTT
from tests.uplink.conftest import KIOSK, Broker, config
from tests.uplink.wire import Wire
from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.server import WardServer

MARK = b"CMS of a copy: " + os.urandom(16)


@pytest.fixture
def wire(broker: Broker) -> Iterator[Wire]:
    broker.start()
    wire = Wire(broker.port)
    yield wire
    wire.close()


async def later_fact_is_there(uplink: Uplink, store: Store, left: int) -> None:
    """What was written after the copies has left: they had their turn."""
    await uplink.event(DoorOpened(open=True, when="2026-11-25T08:14:03+07:00"))
    async with asyncio.timeout(60):
        while await store.read(store.outbox.depth) > left:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_without_a_gateway_they_wait(wire: Wire, store: Store) -> None:
    for kind in NOT_BY_MQTT:
        await store.write(partial(store.outbox.append_sealed, kind, MARK))
    uplink = Uplink(config(wire.port), store, KIOSK, seal=lambda data: data)
    await uplink.start()
    await later_fact_is_there(uplink, store, len(NOT_BY_MQTT))
    assert (await uplink.status()).sent == 1
    await uplink.stop()
    assert b"door" in wire.captured
    assert MARK not in wire.captured
    for kind in NOT_BY_MQTT:
        assert kind.encode() not in wire.captured


async def test_with_a_gateway_only_it_has_them(wire: Wire, store: Store, tmp_path: Path) -> None:
    for kind in NOT_BY_MQTT:
        await store.write(partial(store.outbox.append_sealed, kind, MARK))
    uplink = Uplink(config(wire.port), store, KIOSK, seal=lambda data: data, elsewhere=pump.KINDS)
    papers = certificates.make(tmp_path / "pki")
    async with WardServer(Book(), papers) as ward:
        settings = GatewayConfig(
            url=ward.url,
            ca=papers.ca,
            certificate=papers.kiosk,
            key=papers.kiosk_key,
            timeout=20.0,
            delivery=DeliveryConfig(chunk_kb=64),
        )
        gateway = Gateway(settings)
        await uplink.start()
        await later_fact_is_there(uplink, store, len(NOT_BY_MQTT))
        await Courier(settings, gateway, store, KIOSK, DELIVERED).once()
        await pump.Pump(settings, gateway, store).once()
        await gateway.close()
        assert ward.store.of_kind("sealed/copy") == [MARK]
        assert ward.store.of_kind("sealed/dossier") == [MARK]
        assert ward.book.of_kind("sealed/mail") == [MARK]
    await uplink.stop()
    assert b"door" in wire.captured
    assert MARK not in wire.captured
