"""`test DEVICE` on a whole kiosk with simulated devices, through a real pty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import get_args

import pexpect
import pytest
from PIL import Image

from daemon.console.inside import Code
from daemon.machine.house import Attract
from daemon.machine.values import Key
from tests.console.kiosk_running import Running, kiosk_running
from tests.console.near import kioskctl
from tests.console.test_console_terminal import typing


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Running]:
    with kiosk_running() as running:
        yield running


def ended(child: pexpect.spawn) -> int:
    child.expect(pexpect.EOF)
    child.wait()
    return int(child.exitstatus)


def open_again(kiosk: Running) -> None:
    """A test leaves the kiosk to its visitors."""
    kiosk.wait(kiosk.app.kiosk.until(lambda one: isinstance(one.state.scene, Attract)))


def verdict(kiosk: Running, device: str) -> tuple[str, str]:
    """What is kept of the last test: result and remark."""
    rows = json.loads(kioskctl(kiosk.socket, "trials", "--json").stdout)
    row = next(row for row in rows if row["device"] == device)
    return row["verdict"], row["note"]


def test_the_page_printer_prints_one_sheet(kiosk: Running) -> None:
    before = len(kiosk.world.sheets)
    child = typing(kiosk.socket, "test", "printer")
    child.expect(r"complete, straight, without streaks\? \[y/n\] ")
    child.sendline("y")
    child.expect("printer +pass")
    assert ended(child) == 0
    assert len(kiosk.world.sheets) == before + 1
    sheet = Image.open(kiosk.world.sheets[-1]).convert("L")
    assert sheet.histogram()[0] > 100, "something is on it"
    kiosk.do(kiosk.world.take_sheets)
    assert verdict(kiosk, "printer") == ("passed", "")
    open_again(kiosk)


def test_a_ticket_and_a_no(kiosk: Running) -> None:
    before = len(kiosk.world.tickets)
    child = typing(kiosk.socket, "test", "tick")
    child.expect(r"dark enough, and cut\? \[y/n\] ")
    child.sendline("perhaps")
    child.expect(r"\[y/n\] ")
    child.sendline("n")
    child.expect("ticket +FAIL")
    assert ended(child) == Code.FAILED
    assert len(kiosk.world.tickets) == before + 1
    assert verdict(kiosk, "ticket") == ("failed", "")


def test_buttons_show_each_press(kiosk: Running) -> None:
    child = typing(kiosk.socket, "test", "buttons")
    child.expect("0/6 keys")
    for key in get_args(Key):
        kiosk.do(partial(kiosk.world.press, key))
        child.expect(f"{key}: 1")
    child.expect("buttons: passed")
    assert ended(child) == 0
    open_again(kiosk)


def test_buttons_that_are_silent_are_named(kiosk: Running) -> None:
    child = typing(kiosk.socket, "test", "buttons", "--for", "60s")
    child.expect("0/6 keys")
    kiosk.do(partial(kiosk.world.press, "up"))
    child.expect("1/6 keys")
    child.sendline("")
    child.expect("FAIL")
    assert ended(child) == Code.FAILED
    assert "up" not in verdict(kiosk, "buttons")[1].split()
    assert "help" in verdict(kiosk, "buttons")[1].split()


def test_the_camera_shows_its_sharpness_and_keeps_a_picture(kiosk: Running, tmp_path: Path) -> None:
    picture = tmp_path / "bed.jpg"
    child = typing(kiosk.socket, "test", "camera", "--picture", str(picture))
    child.expect(r"sharpness +\d+\.\d \(best")
    child.sendline("")
    child.expect("bytes written")
    child.expect(r"\[y/n\] ")
    child.sendline("y")
    assert ended(child) == 0
    assert Image.open(picture).size == (2028, 1520)


def test_no_picture_of_a_paper(kiosk: Running, tmp_path: Path) -> None:
    sheet = tmp_path / "paper.png"
    Image.new("RGB", (420, 594), "white").save(sheet)
    kiosk.do(partial(kiosk.world.lay, sheet))
    try:
        done = kioskctl(kiosk.socket, "test", "camera", "--picture", str(tmp_path / "no.jpg"))
        assert done.returncode == Code.FAILED and "a paper lies on the bed" in done.stderr
        assert not (tmp_path / "no.jpg").exists()
    finally:
        kiosk.do(kiosk.world.lift)
    open_again(kiosk)


def test_lamps_shine_one_after_the_other_and_go_back(kiosk: Running) -> None:
    before = kiosk.do(kiosk.world.devices.lights.modes)
    child = typing(kiosk.socket, "test", "lights")
    lit = []
    for lamp in before:
        child.expect(f"lamp '{lamp}'")
        lit.append(
            [name for name, mode in kiosk.do(lambda: kiosk.world.lamps).items() if mode != "off"]
        )
        child.sendline("y")
    assert ended(child) == 0
    assert lit == [[lamp] for lamp in before]
    assert kiosk.do(kiosk.world.devices.lights.modes) == before


def test_a_code_shows_its_length_only(kiosk: Running) -> None:
    child = typing(kiosk.socket, "test", "scanner")
    child.expect("no code yet")
    kiosk.do(partial(kiosk.world.scan, "079012345678|NGUYEN VAN MAU\n"))
    child.expect("27 characters")
    assert ended(child) == 0
    assert "NGUYEN" not in child.before


def test_speech_in_both_languages(kiosk: Running) -> None:
    child = typing(kiosk.socket, "test", "speaker")
    for _ in range(3):
        child.expect(r"\[y/n\] ")
        child.sendline("y")
    assert ended(child) == 0


def test_a_finger_on_the_glass(kiosk: Running) -> None:
    child = typing(kiosk.socket, "test", "touch")
    child.expect("no finger yet")
    kiosk.do(kiosk.world.finger)
    child.expect("touch +pass")
    assert ended(child) == 0


def test_the_door_opens_and_shuts(kiosk: Running) -> None:
    child = typing(kiosk.socket, "test", "door")
    child.expect("door: closed")
    kiosk.do(kiosk.world.open_door)
    child.expect("door: open")
    kiosk.do(partial(kiosk.world.open_door, False))
    child.expect("door +pass")
    assert ended(child) == 0
    open_again(kiosk)


def test_a_lost_device_is_not_tried(kiosk: Running) -> None:
    kiosk.do(partial(kiosk.world.pull, "ticket_printer"))
    lost = lambda: kiosk.app.devices.health()["ticket_printer"].state == "lost"  # noqa: E731
    kiosk.wait(kiosk.app.kiosk.until(lambda _: lost()))
    try:
        done = kioskctl(kiosk.socket, "test", "ticket")
        assert done.returncode == Code.ABSENT and "ABSENT" in done.stdout
    finally:
        kiosk.do(partial(kiosk.world.plug, "ticket_printer"))
        kiosk.wait(kiosk.app.kiosk.until(lambda _: not lost()))


def test_a_citizen_always_wins(kiosk: Running) -> None:
    kiosk.serve()
    done = kioskctl(kiosk.socket, "test", "lights", "--no-wait")
    assert done.returncode == Code.BUSY and "being served" in done.stderr
    assert kiosk.do(lambda: kiosk.app.kiosk.state.visit), "the visit goes on"
    child = typing(kiosk.socket, "test", "lights")
    child.expect("A citizen is being served; waiting")
    kiosk.leave()
    child.expect(r"\[y/n\] ")
    child.sendintr()
    child.expect("stopped")
    assert ended(child) == Code.FAILED
    open_again(kiosk)


def test_a_line_that_drops_leaves_nothing_half_done(kiosk: Running) -> None:
    before = kiosk.do(kiosk.world.devices.lights.modes)
    child = typing(kiosk.socket, "test", "lights")
    child.expect(r"\[y/n\] ")
    child.close(force=True)  # the terminal is gone, as a serial cable is pulled
    open_again(kiosk)
    assert kiosk.do(kiosk.world.devices.lights.modes) == before
    child = typing(kiosk.socket, "test", "lights")
    child.expect(r"\[y/n\] ")
    child.sendintr()
    assert ended(child) == Code.FAILED


def test_a_script_gets_lines_of_json(kiosk: Running) -> None:
    done = kioskctl(kiosk.socket, "test", "speaker", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1][0]["verdict"] == "skipped", "nobody could answer"
    assert sum(line.get("kind") == "ask" for line in lines[:-1]) == 3


@pytest.mark.parametrize(
    "words",
    [
        ["test"],
        ["test", "fax"],
        ["test", "printer", "--picture", "x.jpg"],
        ["test", "camera", "--picture", "/nowhere/x.jpg"],
        ["test", "lights", "--for", "0s"],
        ["test", "lights", "--no-wait", "--when-free"],
    ],
)
def test_mistakes_are_usage(kiosk: Running, words: list[str]) -> None:
    assert kioskctl(kiosk.socket, *words).returncode == Code.USAGE
