from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.register import demo_pki
from daemon.register.demo_pki import DemoPki
from daemon.register.errors import ModuleMissing
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.register.token import find_module
from daemon.store import Store
from tests.register import fast, remote_ward, year
from tests.register.fast import FastPki
from tests.register.made import FONT, Clock
from tests.register.remote_ward import RemoteWard
from tests.ward.certificates import Certificates


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPki:
    """One SoftHSM token with the demo's keys for all tests of this folder."""
    try:
        find_module()
    except ModuleMissing as error:
        pytest.skip(str(error))
    if not Path(FONT).is_file():
        pytest.skip("fonts-noto-core is not installed")
    if shutil.which("softhsm2-util") is None:
        pytest.skip("softhsm2-util is not installed")
    made = demo_pki.make(tmp_path_factory.mktemp("pki"))
    made.use()
    return made


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> FastPki:
    """Keys in memory: for what is not about the token."""
    if not Path(FONT).is_file():
        pytest.skip("fonts-noto-core is not installed")
    return fast.make(tmp_path_factory.mktemp("quick"))


@pytest.fixture(scope="session")
def full_year(quick: FastPki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the lines of `tests.register.year`; to be copied, not changed."""
    path = tmp_path_factory.mktemp("year") / "ward.db"
    asyncio.run(year.fill(path, quick))
    return path


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """TLS certificates of a ward's signing service."""
    return remote_ward.tls_papers(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def ward(papers: Certificates, quick: FastPki, tmp_path: Path) -> AsyncIterator[RemoteWard]:
    """A ward with a signing service that runs."""
    async with remote_ward.running(tmp_path, papers, quick.ward_certificate) as made:
        yield made


@pytest.fixture
def settings(pki: DemoPki) -> RegisterSettings:
    pki.use()
    return RegisterSettings(keys="token", token=pki.token, ward_certificate=pki.ward_certificate)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store.open(tmp_path / "ward.db")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def register(
    settings: RegisterSettings, store: Store, clock: Clock
) -> AsyncIterator[Register]:
    opened = Register(settings, store, clock=clock)
    yield opened
    await opened.close()
