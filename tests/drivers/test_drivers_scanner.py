"""The scanner: records of the kernel's event stream, hostile ones too."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from evdev import ecodes as e
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.machine.events import DeviceBack, DeviceLost
from drivers.key_codes import LONGEST, Typist, keystrokes
from drivers.scanner import EVENT, EventScanner, ScannerConfig, records
from drivers.simulated.world import World
from tests.drivers.recorder import Recorder, turned

CARD = "079201000123|012345678|Nguyễn Thị Ánh Đào|01021990|Nữ|12 Lê Lợi, P. Bến Nghé|05062021"


def typed(text: str) -> list[str]:
    typist = Typist()
    return [code for key in keystrokes(text) if (code := typist.key(*key)) is not None]


async def test_a_card_arrives_as_it_was_scanned(world: World, told: Recorder) -> None:
    world.scan(CARD)
    await told.until(lambda: told.codes == [CARD])
    assert world.devices.scanner.health().figures["codes"] == 1


async def test_what_was_scanned_never_prints(world: World, told: Recorder) -> None:
    world.scan(CARD)
    await told.until(lambda: bool(told.codes))
    assert "Nguyễn" not in repr(world.devices.scanner.health())
    assert "Nguyễn" not in repr(told.events)


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, exclude_categories=["C", "Z"]), min_size=1,
               max_size=50))  # fmt: skip
def test_every_printable_text_comes_through(text: str) -> None:
    assert typed(text) == [text]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 767), st.integers(-1, 3)), max_size=200))
def test_any_keys_at_all_give_printable_bounded_codes(keys: list[tuple[int, int]]) -> None:
    typist = Typist()
    for key in keys:
        code = typist.key(*key)
        assert code is None or (code.isprintable() and 0 < len(code) <= LONGEST)


@pytest.mark.parametrize("number", ["55296", "0", "27", "133", "9" * 5000, "1114112", "8238"])
def test_numbers_that_are_no_characters_are_dropped(number: str) -> None:
    """Surrogates, control characters, more digits than Python converts, marks of direction."""
    typist = Typist()
    typist.key(e.KEY_LEFTALT, 1)
    for digit in number:
        typist.key(getattr(e, f"KEY_KP{digit}"), 1)
    typist.key(e.KEY_LEFTALT, 0)
    typist.key(e.KEY_A, 1)
    assert typist.key(e.KEY_ENTER, 1) == "a"


def test_a_code_without_an_end_does_not_grow() -> None:
    typist = Typist()
    for _ in range(LONGEST * 20):
        typist.key(e.KEY_A, 1)
    assert typist.key(e.KEY_ENTER, 1) == "a" * LONGEST


async def test_unplugged_and_plugged_in_again(world: World, told: Recorder) -> None:
    for _ in range(3):
        told.clear()
        world.pull("scanner")
        await told.event(DeviceLost("scanner", "unplugged"))
        world.plug("scanner")
        await told.event(DeviceBack("scanner"))
        world.scan("again")
        await told.until(lambda: told.codes[-1:] == ["again"])
        told.codes.clear()
    assert world.devices.scanner.health().faults == 3


class Line:
    """A scanner on a pipe that the test writes into."""

    def __init__(self, path: Path, told: Recorder, gap: float) -> None:
        os.mkfifo(path)
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self.scanner = EventScanner(
            ScannerConfig(device=str(path)), told.emit, told.scanned, gap=gap
        )

    def write(self, data: bytes) -> None:
        os.write(self.fd, data)


@pytest.fixture
async def line(tmp_path: Path, told: Recorder) -> AsyncIterator[Line]:
    line = Line(tmp_path / "scanner", told, gap=0.05)
    await line.scanner.start()
    try:
        yield line
    finally:
        await line.scanner.stop()
        os.close(line.fd)


async def test_records_may_come_in_any_pieces(line: Line, told: Recorder) -> None:
    data = records(keystrokes("Piece 1"))
    for at in range(0, len(data), 7):
        line.write(data[at : at + 7])
        await asyncio.sleep(0)
    await told.until(lambda: told.codes == ["Piece 1"])


async def test_half_a_code_is_not_kept_for_the_next_visitor(line: Line, told: Recorder) -> None:
    line.write(records(keystrokes("secret")[:-2]))
    await turned(lambda: bool(line.scanner._typist._text))
    await turned(lambda: not line.scanner._typist._text)
    line.write(records(keystrokes("next")))
    await told.until(lambda: told.codes == ["next"])


async def test_a_code_with_lost_events_is_not_told(line: Line, told: Recorder) -> None:
    keys = keystrokes("079201000123")
    dropped = EVENT.pack(0, 0, e.EV_SYN, e.SYN_DROPPED, 0)
    line.write(records(keys[:8]) + dropped + records(keys[12:]))
    line.write(records(keystrokes("whole")))
    await told.until(lambda: told.codes == ["whole"])


async def test_what_is_no_scanner_does_not_stop_the_loop(tmp_path: Path, told: Recorder) -> None:
    """A plain file, a foreign character device: reported, and the loop goes on turning."""
    plain = tmp_path / "plain"
    plain.write_bytes(b"x" * 100)
    for path, reason in ((plain, "unplugged"), (Path("/dev/null"), "not_a_scanner")):
        scanner = EventScanner(ScannerConfig(device=str(path)), told.emit, told.scanned)
        told.clear()
        await scanner.start()
        await told.event(DeviceLost("scanner", reason))
        turns = 0
        async with asyncio.timeout(1):
            while turns < 100:
                await asyncio.sleep(0)
                turns += 1
        await scanner.stop()
