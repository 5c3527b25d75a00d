"""Leaving the console: a shell that is written down, lines that drop, a daemon that is dead."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pexpect.fdpexpect
import pytest

from daemon.console.inside import Code
from daemon.console.roles import Groups, Peer, by_groups
from daemon.inside.alone import closed
from tests.console.kiosk_running import Running
from tests.console.near import kioskctl
from tests.console.test_console_terminal import environment, typing

UNIT = Path(__file__).parents[2] / "systemd" / "serial-getty@.service.d" / "ward-kiosk.conf"


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "the condition did not come"
        time.sleep(0.05)


def entries(kiosk: Running, after: int = 0) -> list[dict[str, Any]]:
    """The audit log behind this entry."""
    found: list[dict[str, Any]] = json.loads(
        kioskctl(kiosk.socket, "audit", "tail", "--json").stdout
    )
    return [row for row in found if row["n"] > after]


def drop(child: Any) -> None:
    """The terminal is gone: SIGHUP, as from a lost carrier.  The program may take its time."""
    with contextlib.suppress(pexpect.ExceptionPexpect):
        child.close(force=False)


def test_a_shell_opens_comes_back_and_is_written_down(kiosk: Running) -> None:
    child = typing(kiosk.socket, encoding="utf-8")
    child.expect(r"\(admin\)> ")
    child.sendline("shell")
    child.expect("the reason is kept")
    child.sendline("shell --reason 'cap moi'")
    child.expect("comes back to the console")
    child.sendline("echo in-$((40+2)); exit")
    child.expect("in-42")
    child.expect("Back after")
    child.expect(r"\(admin\)> ")
    child.sendline("version")
    child.expect("runs Ward Kiosk")
    child.sendline("q")
    child.expect(pexpect.EOF)
    found = {row["command"]: row for row in entries(kiosk)}
    assert found["shell"]["args"] == {"reason": "cap-moi"}
    assert found["shell"]["result"] == "ok" and "shell.end" in found


def test_without_a_terminal_there_is_no_shell(kiosk: Running) -> None:
    done = kioskctl(kiosk.socket, "shell", "--reason", "script")
    assert done.returncode == Code.USAGE and "only on a terminal" in done.stderr


def test_without_a_daemon_the_groups_alone_decide() -> None:
    assert by_groups(Peer(1, os.geteuid(), frozenset()), Groups()) is None


def test_a_line_that_drops_leaves_nothing_half_done(kiosk: Running) -> None:
    """In the middle of a test of lamps: they are as before, and the kiosk serves again."""
    last = max((row["n"] for row in entries(kiosk)), default=0)
    lamps = kiosk.app.devices.lights
    before = kiosk.do(lamps.modes)
    child = typing(kiosk.socket, "test", "lights", encoding="utf-8")
    child.expect("shine, and no other")
    assert kiosk.do(lambda: closed(kiosk.app.kiosk)) and kiosk.do(lamps.modes) != before
    drop(child)
    kiosk.wait(kiosk.app.kiosk.until(lambda one: not closed(one)))
    assert kiosk.do(lamps.modes) == before
    until(lambda: not child.isalive())
    until(lambda: any(row["command"] == "test" for row in entries(kiosk, last)))
    row = next(row for row in entries(kiosk, last) if row["command"] == "test")
    assert row["result"] == "failed"


@pytest.mark.parametrize(
    ("words", "asked", "answered"),
    [
        (("queue", "reset"), "Forget today's numbers", "y"),
        (("poweroff",), "to confirm", ""),
        (("app", "restart"), "A citizen is being served", ""),
    ],
)
def test_dropped_between_question_and_answer_nothing_happens(
    kiosk: Running, words: tuple[str, ...], asked: str, answered: str
) -> None:
    last = max((row["n"] for row in entries(kiosk)), default=0)
    kiosk.serve()
    child = typing(kiosk.socket, *words, encoding="utf-8")
    child.expect(asked)
    if answered:
        child.sendline(answered)
        child.expect("Really")
    drop(child)
    command = "queue.reset" if words[0] == "queue" else "power"
    until(
        lambda: any(
            row["command"] == command and row["result"] == "failed" for row in entries(kiosk, last)
        )
    )
    assert kiosk.app.leaving is not None and not kiosk.app.leaving.done()
    assert not (kiosk.folder / "run" / "power").exists()
    assert kiosk.do(lambda: kiosk.app.kiosk.state.visit), "the citizen noticed nothing"
    kiosk.leave()
    kiosk.wait(kiosk.app.kiosk.until(lambda one: not closed(one)))


def test_a_file_that_was_under_way_is_not_left_in_pieces(kiosk: Running, tmp_path: Path) -> None:
    """The program is killed while the archive is being made."""
    place = tmp_path / "bundle.tar.xz"
    child = typing(kiosk.socket, "bundle", "--out", str(place), encoding="utf-8")
    child.close(force=True)
    assert not place.exists() or place.read_bytes()[:6] == b"\xfd7zXZ\x00"
    done = kioskctl(kiosk.socket, "status")
    assert done.returncode == 0


def test_what_can_still_be_done_without_the_daemon(tmp_path: Path) -> None:
    child = typing(tmp_path / "none.sock", encoding="utf-8")
    child.expect("kioskd is not running")
    child.expect("app start +ask systemd")
    child.expect("shell --reason WHY")
    child.expect("kiosk> ")
    child.sendline("devices")
    child.expect("What can still be done here")
    child.sendline("q")
    child.expect(pexpect.EOF)
    child.close()
    done = kioskctl(tmp_path / "none.sock", "app", "start")
    assert done.returncode in (Code.FAILED, Code.ABSENT) and done.stderr


@pytest.mark.skipif(
    shutil.which("agetty") is None or os.geteuid() != 0, reason="needs agetty, as root"
)
def test_the_login_on_a_serial_line_starts_the_console(kiosk: Running, tmp_path: Path) -> None:
    """The unit's own command, on a pty; in place of `login`, which wants an account with a
    password, stands a program that starts the account's shell: the console.
    """
    found = re.search(r"^ExecStart=-(.+)$", UNIT.read_text(), re.MULTILINE)
    assert found is not None
    login = tmp_path / "login"
    command = f"{sys.executable} -m daemon.console.kioskctl --socket {kiosk.socket}"
    login.write_text(f'#!/bin/sh\necho "login $*"\nexec {command}\n')
    login.chmod(0o755)
    master, slave = os.openpty()
    name = os.ttyname(slave).removeprefix("/dev/")
    words = found[1].replace("%I", name).split()
    words[1:1] = ["--login-program", str(login)]
    child = subprocess.Popen(
        words,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment("vt102"),
        start_new_session=True,
    )
    os.close(slave)
    line = pexpect.fdpexpect.fdspawn(master, timeout=60, encoding="ascii")
    try:
        line.expect("press ENTER to login")
        line.send("\r")
        line.expect("login: ")
        line.send("tech02\r")
        line.expect("login .*tech02")
        line.expect("WARD KIOSK 26824-k01")
        line.expect(r"\(admin\)> ")
    finally:
        with contextlib.suppress(OSError):
            line.close()  # the carrier drops
    assert child.wait(60) is not None, "the session ends with its line"
