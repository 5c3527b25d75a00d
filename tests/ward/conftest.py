from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.store import Store
from daemon.uplink.gateway import Gateway, GatewayConfig
from tests.ward import certificates
from tests.ward.book import Book
from tests.ward.certificates import Certificates
from tests.ward.server import WardServer


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("gateway"))


@pytest.fixture
async def ward(papers: Certificates) -> AsyncIterator[WardServer]:
    async with WardServer(Book(), papers) as server:
        yield server


@pytest.fixture
def config(ward: WardServer, papers: Certificates) -> GatewayConfig:
    return GatewayConfig(
        url=ward.url,
        ca=papers.ca,
        certificate=papers.kiosk,
        key=papers.kiosk_key,
        timeout=20.0,  # a busy machine, not a slow gateway
        wait=0.0,
        retry_least=0.01,
        retry_most=0.02,
    )


@pytest.fixture
async def gateway(config: GatewayConfig) -> AsyncIterator[Gateway]:
    made = Gateway(config)
    yield made
    await made.close()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store.open(tmp_path / "ward.db")
    yield opened
    await opened.close()
