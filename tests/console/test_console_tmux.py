"""The console in a terminal of 80 × 24 that somebody else emulates: tmux draws, we look."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.kiosk_running import Running, kiosk_running

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="needs the Debian package tmux"
)


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Running]:
    with kiosk_running() as running:
        for child in running.app.children:
            running.wait(child.ready.wait())
        yield running


class Screen:
    """One tmux server with one window."""

    def __init__(self, folder: Path, *command: str) -> None:
        self._tmux = ("tmux", "-f", "/dev/null", "-S", str(folder / "tmux"))
        self._run("new-session", "-d", "-x", "80", "-y", "24", *command)
        self._run("set-option", "-g", "remain-on-exit", "on")

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        return done.stdout.decode()

    def type(self, text: str, *keys: str) -> None:
        if text:
            self._run("send-keys", "-l", "--", text)
        for key in keys:
            self._run("send-keys", key)

    def lines(self) -> list[str]:
        """The 24 lines as they stand there."""
        return self._run("capture-pane", "-p").split("\n")[:24]

    def shows(self, *texts: str) -> list[str]:
        """Waits until all of these stand there; returns the screen."""
        ends = time.monotonic() + 60
        while True:
            lines = self.lines()
            whole = "\n".join(lines)
            if all(text in whole for text in texts):
                return lines
            assert time.monotonic() < ends, f"no {texts} in\n{whole}"
            time.sleep(0.1)

    def end(self) -> None:
        self._run("kill-server")


@pytest.fixture(scope="module")
def screen(kiosk: Running) -> Iterator[Screen]:
    shown = Screen(
        kiosk.folder,
        *("env", "LC_ALL=C", "TERM=vt100", sys.executable),
        *("-m", "daemon.console.kioskctl", "--socket", str(kiosk.socket)),
    )
    yield shown
    shown.end()


def test_the_first_screen_is_whole(screen: Screen) -> None:
    lines = screen.shows("kiosk 26824-k01 (admin)>")
    assert lines[0].startswith("WARD KIOSK 26824-k01  Phuong Thu Duc"), "nothing scrolled away"
    assert "IN SERVICE" in lines[1] and lines[2] == "-" * 80
    assert any(line.startswith("camera") for line in lines)
    assert any("? Help" in line and "q Quit" in line for line in lines)


def test_help_stops_at_each_screen(screen: Screen) -> None:
    screen.type("?", "Enter")
    lines = screen.shows("-- more: any key, q ends --")
    assert lines[22].startswith("-- more") or lines[23].startswith("-- more")
    screen.type("q")
    screen.type("clear?", "Enter")
    screen.shows("No command begins with 'clear'")


def test_tab_completes_command_verb_and_option(screen: Screen) -> None:
    screen.type("cons", "Tab")
    screen.type("ref", "Tab")
    screen.type("pap", "Tab")
    screen.type("500", "Enter")
    screen.shows("> consumables refill paper 500", "A4 paper: 500 sheets from now on.")
    screen.type("test li", "Tab")
    screen.type("--no", "Tab")
    screen.shows("> test lights --no-wait")
    screen.type("", "C-c")


def test_a_question_is_answered_and_another_dropped(screen: Screen) -> None:
    screen.type("test lights", "Enter")
    screen.shows("Does the lamp 'card' shine, and no other? [y/n]")
    screen.type("y", "Enter")
    screen.shows("Does the lamp 'bed' shine, and no other? [y/n]")
    screen.type("", "C-c")
    lines = screen.shows("Error (1): stopped")
    assert next(line for line in lines if "stopped" in line) == "Error (1): stopped"


def test_a_live_line_is_written_over(screen: Screen, kiosk: Running) -> None:
    screen.type("test buttons", "Enter")
    screen.shows("0/6 keys")
    kiosk.do(lambda: kiosk.world.press("up"))
    lines = screen.shows("up: 1", "1/6 keys")
    assert sum("1/6 keys" in line for line in lines) == 1, "one line, written over"
    screen.type("", "Enter")
    screen.shows("FAIL", "no press of down")


def test_what_goes_wrong_stands_first(screen: Screen, kiosk: Running) -> None:
    kiosk.do(lambda: kiosk.world.pull("scanner"))
    lost = lambda _: kiosk.app.devices.health()["scanner"].state == "lost"  # noqa: E731
    kiosk.wait(kiosk.app.kiosk.until(lost))
    screen.type("0", "Enter")
    lines = screen.shows("! LOST  scanner")
    at = next(number for number, line in enumerate(lines) if "! LOST  scanner" in line)
    assert not any(line.startswith("camera") for line in lines[:at])
    kiosk.do(lambda: kiosk.world.plug("scanner"))


def test_the_state_in_vietnamese_fits_too(screen: Screen) -> None:
    screen.type("set lang vi", "Enter")
    screen.type("0", "Enter")
    lines = screen.shows("DANG PHUC VU", "Hom nay")
    assert max(map(len, lines)) <= 80
    top = next(at for at, line in enumerate(lines) if line.startswith("KIOSK 26824-k01"))
    assert lines[top + 2] == "-" * 80, "nothing wrapped"
    screen.type("set lang en", "Enter")


def test_the_guide_is_left_at_a_question(screen: Screen) -> None:
    screen.type("install", "Enter")
    screen.shows("[1/5] Which kiosk this is", "Code of the ward")
    screen.type("", "C-c")
    screen.type("install status", "Enter")
    lines = screen.shows("STEP         STATE DETAIL", "to do: printer")
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("identity     OPEN") for line in lines)


def test_the_console_outlives_the_daemons_end(screen: Screen, kiosk: Running) -> None:
    kiosk.wait(kiosk.app.console.server.stop())
    screen.type("selftest", "Enter")
    screen.shows("kioskd is not running", "What can still be done here:", "app start")
    kiosk.wait(kiosk.app.console.server.start())
    screen.type("selftest", "Enter")
    screen.shows("PASS fonts")
