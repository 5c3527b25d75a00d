"""Takes one driver through all faults, without ever starting it again."""

from __future__ import annotations

import asyncio
from typing import Protocol

import pytest

from daemon.console.remedies import remedy
from daemon.machine.events import DeviceBack, DeviceLost
from drivers.health import Health
from tests.drivers.faults.cells import FAULTS, Cell, Cells, Fault
from tests.drivers.loop_watch import LIMIT, LoopWatch
from tests.drivers.recorder import WITHIN, Recorder, turned


class Rig(Protocol):
    """A device that can be broken, and its driver."""

    cells: Cells
    told: Recorder

    async def begin(self) -> None:
        """Starts the driver; the device is not plugged in yet."""
        ...

    async def end(self) -> None: ...

    async def strike(self, fault: Fault) -> None:
        """Breaks the device, and does what makes the fault show."""
        ...

    async def mend(self) -> None:
        """Plugs it in, sound."""
        ...

    async def works(self) -> None:
        """Has the device do its real work, through the driver; fails where it does not."""
        ...

    def health(self) -> Health: ...


async def take_through(rig: Rig, limit: float = LIMIT) -> None:
    """All faults in turn; fails at the first cell that is not as declared.

    `limit` = seconds that the loop may be held; an emulated processor needs more.
    """
    lacking = set(FAULTS) - set(rig.cells)
    assert not lacking, f"no cell for {lacking}"
    await rig.begin()
    try:
        for fault in FAULTS:
            if not rig.cells[fault].never:
                await _one(rig, fault, limit)
    finally:
        await rig.end()


async def _one(rig: Rig, fault: Fault, limit: float) -> None:
    cell = rig.cells[fault]
    with LoopWatch(limit) as watch:
        try:
            async with asyncio.timeout(WITHIN):
                await _passed(rig, fault, cell)
        except TimeoutError:
            pytest.fail(f"{fault}: {rig.health()}, told: {rig.told.events}")
        except AssertionError as error:
            raise AssertionError(f"{fault}: {error}") from error
    assert not watch.blocked, f"{fault}: the loop stood still: {watch.blocked}"


async def _passed(rig: Rig, fault: Fault, cell: Cell) -> None:
    for _ in range(3 if fault == "replug" else 1):
        if fault != "plug":
            rig.told.clear()
            await rig.strike(fault)
        await _reached(rig, cell)
        await rig.mend()
        await turned(lambda: rig.health().state == "ok")
        await rig.works()
        lost = [event for event in rig.told.events if isinstance(event, DeviceLost)]
        back = [event for event in rig.told.events if isinstance(event, DeviceBack)]
        if cell.reasons and not cell.warns:
            assert not lost or back, "it did not say that it is back"
        else:
            assert lost == [], "it was called lost"


async def _reached(rig: Rig, cell: Cell) -> None:
    """Until health says what the cell names, with a remedy for the technician."""
    if not cell.reasons:
        return
    state = "warn" if cell.warns else "lost"

    def there() -> bool:
        now = rig.health()
        return (now.state == state and now.reason in cell.reasons) or any(
            isinstance(event, DeviceLost) and event.reason in cell.reasons
            for event in rig.told.events
        )

    await turned(there)
    for reason in cell.reasons:
        assert remedy(rig.health().device, reason, ""), f"no remedy for {reason}"
