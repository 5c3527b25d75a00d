"""The fault matrix as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from tests.drivers.faults.cells import FAULTS, MEANING, Cells

HEAD = """# What each driver does at each fault

Made from the contract tests by `./dev docs`: `tests/drivers/test_drivers_faults.py`, and for the
rows *kernel* `tests/kernel/test_kernel_faults.py` in the virtual machine. A test takes each driver
through all faults of its row, one after the other, without starting it again. It fails when a cell
is not as it stands here, when the device does not do its real work after the fault, when a reason
has no remedy for the technician (`kioskctl devices`), and when anything held the daemon's event
loop for more than 50 ms (1 s on the emulated processor).

A code is the reason that is told as `DeviceLost`, with `DeviceBack` after the fault; *warns* = it
works, and health is yellow; *works on* = nothing is told; — = the fault cannot be on this device.
"""


class Row(Protocol):
    @property
    def through(self) -> str: ...
    @property
    def cells(self) -> Cells: ...


def render(rows: dict[str, Row]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_meanings(), "", *_matrix(rows), "", *_notes(rows), ""])


def _meanings() -> Iterator[str]:
    yield "| fault | is |"
    yield "| --- | --- |"
    for fault in FAULTS:
        yield f"| {fault} | {MEANING[fault]} |"


def _matrix(rows: dict[str, Row]) -> Iterator[str]:
    yield "| device | " + " | ".join(FAULTS) + " |"
    yield "| --- |" + " --- |" * len(FAULTS)
    for name, row in rows.items():
        yield f"| {name} | " + " | ".join(row.cells[fault].outcome() for fault in FAULTS) + " |"


def _notes(rows: dict[str, Row]) -> Iterator[str]:
    yield "## Notes"
    for name, row in rows.items():
        yield ""
        yield f"**{name}** — {row.through}."
        for fault in FAULTS:
            note = row.cells[fault].note or row.cells[fault].never
            if note:
                yield f"- {fault}: {note}."
