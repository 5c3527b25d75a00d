"""The fault matrix on the kernel's own devices: the same engine as on the twins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drivers.faults.engine import take_through
from tests.drivers.recorder import Recorder
from tests.kernel.fault_rows import KERNEL_ROWS

EMULATED = 1.0
"""Seconds that the loop may be held on an emulated processor; 50 ms is for real ones."""


@pytest.mark.parametrize("row", KERNEL_ROWS)
async def test_every_fault_on_kernel_devices(row: str, tmp_path: Path, told: Recorder) -> None:
    with KERNEL_ROWS[row].make(tmp_path, told) as rig:
        await take_through(rig, limit=EMULATED)
