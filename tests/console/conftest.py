"""A served control socket for each test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.inside_fake import FakeInside, serving
from tests.console.kiosk_running import Running, kiosk_running


@pytest.fixture(scope="session")
def updates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `kiosk` takes bundles from."""
    return tmp_path_factory.mktemp("updates")


@pytest.fixture(scope="module")
def kiosk(updates: Path) -> Iterator[Running]:
    """A whole kiosk, one at a time: a process has one open store."""
    with kiosk_running(console={"updates": [str(updates)]}) as running:
        for child in running.app.children:
            running.wait(child.ready.wait())
        yield running


@pytest.fixture
def inside() -> FakeInside:
    return FakeInside()


@pytest.fixture
def socket_path() -> Iterator[Path]:
    """A short path: the name of a Unix socket has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="wk") as folder:
        yield Path(folder) / "control.sock"


@pytest.fixture
def served(socket_path: Path, inside: FakeInside) -> Iterator[Path]:
    with serving(socket_path, inside):
        yield socket_path
