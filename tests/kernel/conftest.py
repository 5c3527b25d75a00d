"""Tests on real kernel devices: they run inside the virtual machine of `tests/kernel/build`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.recorder import Recorder
from tests.kernel.gpio_sim import GpioSim

INSIDE = os.environ.get("WARD_KIOSK_KERNEL") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not INSIDE:
        reason = "runs in the virtual machine: tests/system/test_system_kernel.py starts it"
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def told() -> Recorder:
    return Recorder()


@pytest.fixture
def chip() -> Iterator[GpioSim]:
    """Thirty-two lines of the kernel's own simulator."""
    sim = GpioSim("ward-gpio", 32)
    yield sim
    sim.close()
