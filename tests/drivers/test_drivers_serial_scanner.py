"""The serial scanner on a pseudo terminal: re-plugs, noise, half lines, codes without an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from daemon.machine.events import DeviceBack, DeviceLost
from drivers.key_codes import LONGEST
from drivers.scan_lines import LineReader
from drivers.scanner import ScannerConfig
from drivers.serial_scanner import GARBLED, SerialScanner
from drivers.simulated.scan_port import ScanPort
from drivers.simulated.world import World
from tests.drivers.conftest import QUICK
from tests.drivers.recorder import Recorder, turned

CARD = "079201000123|012345678|Nguyễn Thị Ánh Đào|01021990|Nữ|12 Lê Lợi, P. Bến Nghé|05062021"
CONFIG = ScannerConfig(driver="serial")


class Line:
    """A plugged scanner and its driver, which forgets half a code after 50 ms."""

    def __init__(self, path: Path, told: Recorder) -> None:
        self.port = ScanPort(path)
        self.port.plug()
        config = replace(CONFIG, device=str(path))
        self.scanner = SerialScanner(config, told.emit, told.scanned, gap=0.05)


@pytest.fixture
async def line(tmp_path: Path, told: Recorder) -> AsyncIterator[Line]:
    line = Line(tmp_path / "scanner", told)
    await line.scanner.start()
    await turned(lambda: line.scanner.health().state == "ok")
    try:
        yield line
    finally:
        await line.scanner.stop()
        line.port.unplug()


async def test_a_card_arrives_as_it_was_scanned(line: Line, told: Recorder) -> None:
    line.port.scan(CARD)
    await told.until(lambda: told.codes == [CARD])
    assert line.scanner.health().figures["codes"] == 1
    assert "Nguyễn" not in repr(line.scanner.health()) + repr(told.events)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
async def test_every_end_that_scanners_are_set_to(line: Line, told: Recorder, end: bytes) -> None:
    line.port.send(b"one" + end + b"two" + end)
    await told.until(lambda: told.codes == ["one", "two"])


async def test_a_code_may_come_in_any_pieces(line: Line, told: Recorder) -> None:
    data = "Đặng\r".encode()
    for at in range(len(data)):
        line.port.send(data[at : at + 1])
        await asyncio.sleep(0)
    await told.until(lambda: told.codes == ["Đặng"])


async def test_half_a_code_is_not_kept_for_the_next_visitor(line: Line, told: Recorder) -> None:
    line.port.send(b"secret")
    await turned(lambda: line.scanner._lines.half > 0)
    await turned(lambda: line.scanner._lines.half == 0)
    line.port.scan("next")
    await told.until(lambda: told.codes == ["next"])


async def test_half_a_code_does_not_outlive_its_cable(line: Line, told: Recorder) -> None:
    line.port.send(b"secret")
    await turned(lambda: line.scanner._lines.half > 0)
    line.port.unplug()
    await told.event(DeviceLost("scanner", "unplugged"))
    line.port.plug()
    await told.event(DeviceBack("scanner"))
    line.port.scan("next")
    await told.until(lambda: told.codes == ["next"])


async def test_noise_is_told_after_some_and_mended_by_a_code(line: Line, told: Recorder) -> None:
    """What a wrong speed looks like: bytes that are no text."""
    for _ in range(GARBLED):
        line.port.send(b"\xf8\x80\xfe\xff\r")
    await turned(lambda: line.scanner.health().reason == "garbled")
    assert line.scanner.health().state == "warn"
    line.port.scan("readable")
    await told.until(lambda: told.codes == ["readable"])
    assert line.scanner.health().state == "ok"
    assert told.events == []


async def test_a_line_that_another_program_holds(line: Line, told: Recorder) -> None:
    second = SerialScanner(replace(CONFIG, device=str(line.port.device)), told.emit, told.scanned)
    await second.start()
    await turned(lambda: second.health().reason == "busy")
    await second.stop()


async def test_what_is_no_serial_line(tmp_path: Path, told: Recorder) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"secret\r")
    for path in (plain, Path("/dev/null")):
        told.clear()
        scanner = SerialScanner(replace(CONFIG, device=str(path)), told.emit, told.scanned)
        await scanner.start()
        await told.event(DeviceLost("scanner", "not_a_scanner"))
        await scanner.stop()
    assert told.codes == []


async def test_pulled_and_plugged_ten_times_leaves_nothing(line: Line, told: Recorder) -> None:
    before = _descriptors()
    for n in range(10):
        told.clear()
        line.port.unplug()
        await told.event(DeviceLost("scanner", "unplugged"))
        line.port.plug()
        await told.event(DeviceBack("scanner"))
        line.port.scan(str(n))
        await told.until(lambda n=n: told.codes[-1:] == [str(n)])  # type: ignore[misc]
    assert _descriptors() <= before


async def test_in_the_world(tmp_path: Path, told: Recorder) -> None:
    config = replace(QUICK, scanner=CONFIG)
    world = World(tmp_path / "world", config, told.emit, told.scanned)
    await world.devices.start()
    # what came before the port was open is dropped
    await turned(lambda: world.devices.health()["scanner"].state == "ok")
    world.scan(CARD)
    await told.until(lambda: told.codes == [CARD])
    world.pull("scanner")
    await told.event(DeviceLost("scanner", "unplugged"))
    await world.devices.stop()
    world.devices.camera.close()
    world.close()


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=30))
def test_any_bytes_give_printable_bounded_codes(pieces: list[bytes]) -> None:
    reader = LineReader()
    for piece in pieces:
        for code in reader.feed(piece):
            assert code.isprintable()
            assert 0 < len(code) <= LONGEST


def test_a_code_without_an_end_does_not_grow_and_is_not_told() -> None:
    reader = LineReader()
    for _ in range(1000):
        assert list(reader.feed(b"9" * 1000)) == []
        assert reader.half <= LONGEST * 4
    assert list(reader.feed(b"9\rnext\r")) == ["next"]


def test_a_code_one_too_long_is_not_told() -> None:
    assert list(LineReader().feed(b"9" * LONGEST + b"\r")) == ["9" * LONGEST]
    assert list(LineReader().feed(b"9" * (LONGEST + 1) + b"\r")) == []


@pytest.mark.parametrize(
    "code", [b"\x1b@\x1dV\x00", b"\x1b[2J\x07", b"a\x00b", "a\u202eb".encode()]
)
def test_no_command_comes_through(code: bytes) -> None:
    """ESC/POS and terminal sequences, the end of a C string, a mark that turns the direction."""
    (told,) = LineReader().feed(code + b"\r")
    assert told.isprintable()
    assert not set(told) & {"\x1b", "\x1d", "\x07", "\x00", "\u202e"}


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
