"""`alarms`: worst first, seen by somebody, new again when it comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from daemon.console.inside import Code, PartRow
from tests.console.inside_fake import CAMERA, PRINTER, FakeInside, serving
from tests.console.near import kioskctl


class Changing(FakeInside):
    """Its devices are as a test has them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[PartRow, ...] = (CAMERA, PRINTER)

    async def devices(self) -> tuple[PartRow, ...]:
        return self.rows

    async def status(self):  # type: ignore[no-untyped-def]
        return msgspec.structs.replace(await super().status(), devices=self.rows)


@pytest.fixture
def changing(socket_path: Path) -> Iterator[Changing]:
    inside = Changing()
    with serving(socket_path, inside):
        yield inside


def test_what_was_seen_says_by_whom_and_stays(changing: Changing, socket_path: Path) -> None:
    assert "LOST  page_printer.paper_out" in kioskctl(socket_path, "alarms").stdout
    done = kioskctl(socket_path, "alarms", "ack", "page_printer.paper_out")
    assert done.returncode == 0 and "stays until it is mended" in done.stdout
    shown = kioskctl(socket_path, "alarms").stdout
    assert "page_printer.paper_out" in shown and " seen " in shown
    assert max(map(len, shown.splitlines())) <= 80
    warm = msgspec.structs.replace(CAMERA, state="warn", reason="dark")
    changing.rows = (warm, PRINTER)
    rows = json.loads(kioskctl(socket_path, "alarms", "--json").stdout)
    assert [row["code"] for row in rows] == ["camera.dark", "page_printer.paper_out"]


def test_a_fault_that_comes_back_is_a_new_one(changing: Changing, socket_path: Path) -> None:
    kioskctl(socket_path, "alarms", "ack", "page_printer")
    changing.rows = (CAMERA, msgspec.structs.replace(PRINTER, state="ok", reason=""))
    assert json.loads(kioskctl(socket_path, "alarms", "--json").stdout) == []
    changing.rows = (CAMERA, PRINTER)
    assert " seen " not in kioskctl(socket_path, "alarms").stdout


def test_what_is_no_alarm_cannot_be_seen(changing: Changing, socket_path: Path) -> None:
    done = kioskctl(socket_path, "alarms", "ack", "camera")
    assert done.returncode == Code.ABSENT and "page_printer.paper_out" in done.stderr
    assert kioskctl(socket_path, "alarms", "ack").returncode == Code.USAGE
    assert kioskctl(socket_path, "alarms", "ack", "Nguyen Van A").returncode == Code.USAGE
