"""The interactive console at 80 × 24: through a pty, and through a serial line."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
import serial

from tests.console.inside_fake import FakeInside, serving

PROMPT = r"kiosk 26824-k01 \(admin\)> "
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>()][A-Z0-9]?|[\x00\x07\x08]")


def arguments(path: Path) -> list[str]:
    return ["-m", "daemon.console.kioskctl", "--socket", str(path)]


def environment(term: str) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("LC_")}
    return {**kept, "TERM": term, "LANG": "C", "INPUTRC": "/dev/null"}


def typing(path: Path, *words: str, encoding: str = "ascii") -> pexpect.spawn:
    """`kioskctl WORDS` in a terminal of 80 × 24."""
    return pexpect.spawn(
        sys.executable,
        [*arguments(path), *words],
        env=environment("vt100"),
        dimensions=(24, 80),
        encoding=encoding,
        timeout=60,
    )


@contextlib.contextmanager
def console(path: Path, term: str = "vt100") -> Iterator[pexpect.spawn]:
    child = pexpect.spawn(
        sys.executable,
        arguments(path),
        env=environment(term),
        dimensions=(24, 80),
        encoding="ascii",
        timeout=40,
    )
    try:
        yield child
    finally:
        child.close(force=True)


def shown(child: pexpect.spawn) -> list[str]:
    text = ESCAPES.sub("", child.before or "")
    return [line.rstrip("\r") for line in text.replace("\r\n", "\n").split("\n")]


@pytest.mark.parametrize("term", ["vt100", "dumb"])
def test_the_first_screen_fits_80_by_24(served: Path, term: str) -> None:
    with console(served, term) as child:
        child.expect(PROMPT)
        lines = shown(child)
        assert len(lines) <= 24 and max(map(len, lines)) <= 80
        assert any("IN SERVICE" in line for line in lines)
        assert any("? Help" in line for line in lines)
        child.sendline("q")
        child.expect(pexpect.EOF)
        child.wait()
        assert child.exitstatus == 0


def test_commands_menu_abbreviations_filters_and_mistakes(served: Path) -> None:
    with console(served) as child:
        child.expect(PROMPT)
        for typed, expected in [
            ("1", "page_printer     lost"),
            ("dev show cam", "sharp"),
            ("devices | include camera", "camera           ok"),
            ("devices | count", "3 lines"),
            ("config show | begin limits.59", "limits.59 = 59"),
            ("sta", "Phuong Thu Duc"),
            ("frobnicate", r"Error \(2\): no command 'frobnicate'"),
            ("dev show fax", r"Error \(5\)"),
            ("main?", "takes the kiosk out of service"),
            ('say "unended', r"Error \(2\)"),
            ("pager off", ""),
            ("help", "filtered"),
            ("8", "Maintenance on: now"),
        ]:
            child.sendline(typed)
            child.expect(expected)
            child.expect(PROMPT)
        child.sendeof()
        child.expect(pexpect.EOF)


def test_long_answers_stop_at_each_screen(served: Path) -> None:
    with console(served) as child:
        child.expect(PROMPT)
        child.sendline("config show")
        child.expect("-- more")
        assert len(shown(child)) <= 25
        child.send(" ")
        child.expect("-- more")
        child.send("q")
        child.expect(PROMPT)
        child.sendline("pager off")
        child.expect(PROMPT)
        child.sendline("config show")
        child.expect("limits.59 = 59")
        child.expect(PROMPT)


def test_tab_completes_and_ctrl_c_drops_the_line(served: Path) -> None:
    with console(served) as child:
        child.expect(PROMPT)
        child.send("dev\t")
        child.expect("devices ")
        child.sendline("show camera")
        child.expect("/dev/video0")
        child.expect(PROMPT)
        child.send("maintenance on")
        child.expect("maintenance on")
        child.sendintr()
        child.expect(PROMPT)
        child.sendline("version")
        child.expect("runs Ward Kiosk")


def test_it_outlives_a_restart_of_the_daemon(socket_path: Path, inside: FakeInside) -> None:
    with console(socket_path) as child:
        child.expect("kioskd is not running")
        child.expect("kiosk> ")
        with serving(socket_path, inside):
            child.sendline("version")
            child.expect("26824-k01 runs")
            child.expect("kiosk> ")
        child.sendline("version")
        child.expect(r"Error \(1\)")
        child.expect("kiosk> ")
        child.sendline("status")
        child.expect("DOWN")
        with serving(socket_path, inside):
            child.sendline("version")
            child.expect("26824-k01 runs")


def test_watch_redraws_until_ctrl_c(served: Path, inside: FakeInside) -> None:
    with console(served) as child:
        child.expect(PROMPT)
        child.sendline("status --watch")
        child.expect("IN SERVICE")
        inside.busy = True
        child.expect("SERVING copy.certify")
        child.sendintr()
        child.expect(PROMPT)


@contextlib.contextmanager
def null_modem() -> Iterator[tuple[int, str]]:
    """Two ttys whose masters are joined: the kiosk's (its slave's fd) and the technician's path."""
    here, kiosk = pty.openpty()
    there, technician = pty.openpty()
    tty.setraw(technician)
    over = threading.Event()

    def carry() -> None:
        while not over.is_set():
            ready, _, _ = select.select([here, there], [], [], 0.05)
            for one in ready:
                with contextlib.suppress(OSError):
                    os.write(there if one == here else here, os.read(one, 4096))

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield kiosk, os.ttyname(technician)
    finally:
        over.set()
        thread.join(5)
        for descriptor in (here, kiosk, there, technician):
            os.close(descriptor)


def heard(line: serial.Serial, pattern: str, seconds: float = 60) -> str:
    """Reads until the pattern; fails with what came instead."""
    text = ""
    end = time.monotonic() + seconds
    while not re.search(pattern, text):
        assert time.monotonic() < end, f"no {pattern!r} in {text!r}"
        text += line.read(max(1, line.in_waiting)).decode("ascii")
    return text


def test_on_a_serial_line(served: Path) -> None:
    with null_modem() as (kiosk, port), serial.Serial(port, 115200, timeout=0.1) as line:
        child = subprocess.Popen(
            [sys.executable, *arguments(served)],
            stdin=kiosk,
            stdout=kiosk,
            stderr=kiosk,
            env=environment("vt100"),
            start_new_session=True,
        )
        try:
            first = ESCAPES.sub("", heard(line, PROMPT))
            lines = [one.rstrip("\r") for one in first.split("\n")]
            assert len(lines) <= 24 and max(map(len, lines)) <= 80
            line.write(b"devices\r")
            assert "page_printer" in heard(line, r"devices\s[\s\S]*" + PROMPT)
            line.write(b"config show\r")
            more = ESCAPES.sub("", heard(line, "-- more"))
            assert len(more.splitlines()) <= 25
            line.write(b"q")
            heard(line, PROMPT)
            line.write(b"quit\r")
            assert child.wait(60) == 0
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
                child.wait()
