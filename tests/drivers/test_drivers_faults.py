"""The fault matrix: every driver through every fault, without a new start of the driver and with
the event loop never held for 50 ms.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.simulated.world import World
from tests.drivers.faults.cells import FAULTS
from tests.drivers.faults.engine import Rig, take_through
from tests.drivers.faults.rows import ROWS
from tests.drivers.faults.table import Row
from tests.drivers.recorder import Recorder
from tests.kernel.fault_rows import KERNEL_ROWS

PAGE = Path(__file__).parents[2] / "docs" / "devices" / "faults.md"


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


def test_the_page_is_what_the_tests_prove() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "tests.drivers.faults"], check=True, capture_output=True, text=True
    ).stdout
    assert PAGE.read_text("utf-8") == printed, "run: ./dev docs"


def test_a_row_that_lacks_a_cell_fails() -> None:
    rows: dict[str, Row] = {**ROWS, **KERNEL_ROWS}
    lacking = {name: set(FAULTS) - set(row.cells) for name, row in rows.items()}
    assert not any(lacking.values()), lacking


async def test_a_driver_without_a_row_is_found(world: World) -> None:
    told = " ".join(ROWS).replace(" ", "_")
    missing = [name for name in world.devices.health() if name not in told]
    assert missing == []
