"""The fault matrix: every driver through every fault, without a new start of the driver and with
the event loop never held for 50 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.drivers.faults.engine import Rig, take_through
from tests.drivers.faults.rows import ROWS
from tests.drivers.recorder import Recorder


@pytest.fixture
def make(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    told: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], Rig]:
    def made(name: str) -> Rig:
        return ROWS[name].make(request, tmp_path, told, monkeypatch)

    return made


@pytest.mark.parametrize("row", ROWS)
async def test_every_fault(make: Callable[[str], Rig], row: str) -> None:
    await take_through(make(row))
