"""A served control socket for each test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.inside_fake import FakeInside, serving


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
