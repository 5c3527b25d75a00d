"""Copies and dossiers to the ward's store by a real nginx: `python -m tests.bench.delivery`."""

from __future__ import annotations

import asyncio
import os
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from daemon.store import Store
from daemon.uplink.gateway import Gateway, GatewayConfig
from daemon.uplink.gateway.courier import Courier
from daemon.uplink.topics import DELIVERED
from tests.bench.figures import RUNS, Figure, figure
from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.nginx import PROGRAM, Nginx
from tests.ward.server import WardServer
from tests.ward.store import DocumentStore

KIOSK = "26824-k01"
SIZES = {"an electronic copy, 1 MB": 1_000_000, "a dossier, 40 MB": 40_000_000}


async def measure() -> list[Figure]:
    """Seconds from the outbox to the store's word that it keeps the whole; none without nginx."""
    if PROGRAM is None:
        return []
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        papers = certificates.make(folder / "pki")
        store = Store.open(folder / "kiosk.db")
        async with Nginx(folder / "nginx", papers) as web:
            kept = DocumentStore(web.store)
            async with WardServer(Book(), papers, store=kept, socket=web.socket):
                config = GatewayConfig(
                    url=web.url,
                    ca=papers.ca,
                    certificate=papers.kiosk,
                    key=papers.kiosk_key,
                    timeout=20.0,
                )
                gateway = Gateway(config)
                brings = Courier(config, gateway, store, KIOSK, DELIVERED)
                found = [
                    figure(f"delivered: {what}", await _runs(brings, store, size), "s")
                    for what, size in SIZES.items()
                ]
                await gateway.close()
        await store.close()
    return found


async def _runs(brings: Courier, store: Store, size: int) -> list[float]:
    took = []
    for _ in range(RUNS):
        data = os.urandom(size)
        await store.write(partial(store.outbox.append_sealed, "sealed/copy", data))
        began = time.perf_counter()
        await brings.once()
        took.append(time.perf_counter() - began)
        assert not await store.read(store.outbox.depth)
    return took


if __name__ == "__main__":
    for one in asyncio.run(measure()):
        print(one)
