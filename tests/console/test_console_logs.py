"""`logs` of a whole kiosk, and how much of it a serial line gets."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from daemon.console.commands import logs
from daemon.console.pace import Pace
from tests.console.kiosk_running import Running, kiosk_running
from tests.console.near import kioskctl
from tests.console.test_console_terminal import environment

log = logging.getLogger("daemon.register.test")


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Running]:
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.INFO)
    with kiosk_running() as running:
        yield running
    logging.getLogger().setLevel(level)


def following(kiosk: Running, *words: str) -> pexpect.spawn:
    return pexpect.spawn(
        sys.executable,
        ["-m", "daemon.console.kioskctl", "--socket", str(kiosk.socket), "logs", "--own", *words],
        env=environment("vt100"),
        dimensions=(24, 80),
        encoding="ascii",
        timeout=60,
    )


def test_lines_are_found_and_long_numbers_are_not(kiosk: Running) -> None:
    log.warning("a mark for grep, 079012345678")
    done = kioskctl(kiosk.socket, "logs", "--own", "--grep", "MARK FOR")
    assert done.returncode == 0 and "a mark for grep, ***" in done.stdout
    assert "079012345678" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    by_unit = kioskctl(kiosk.socket, "logs", "--own", "--unit", "register").stdout
    assert "a mark for grep" in by_unit and "console:" not in by_unit
    assert kioskctl(kiosk.socket, "logs", "--own", "--unit", "fax").returncode == 1
    one = kioskctl(kiosk.socket, "logs", "--own", "--lines", "1", "--json").stdout.splitlines()
    assert len(one) == 2 and json.loads(one[0])["figures"]["level"]


def test_since_leaves_out_what_is_older(kiosk: Running) -> None:
    ring = kiosk.app.console.ring
    record = log.makeRecord(log.name, logging.INFO, "", 0, "long ago", (), None)
    record.created = time.time() - 7200
    ring.emit(record)
    assert "long ago" in kioskctl(kiosk.socket, "logs", "--own").stdout
    assert "long ago" not in kioskctl(kiosk.socket, "logs", "--own", "--since", "1h").stdout


def test_following_shows_new_lines_until_ctrl_c(kiosk: Running) -> None:
    child = following(kiosk, "-f", "--grep", "news", "--lines", "0")
    for number in range(200):
        log.info("news %d", number)
        if child.expect([r"news \d+", pexpect.TIMEOUT], timeout=0.2) == 0:
            break
    else:
        raise AssertionError("no line came")
    log.info("news for the last time")
    child.expect("news for the last time")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0


def test_a_slow_line_gets_a_line_a_second_and_a_count(kiosk: Running) -> None:
    child = following(kiosk, "-f", "--slow", "--grep", "flood", "--lines", "0")
    seen = 0
    while seen == 0:
        log.info("flood begins")
        seen = child.expect([pexpect.TIMEOUT, "flood begins"], timeout=0.2)
    for number in range(50):
        log.info("flood %d", number)
    ends = time.monotonic() + 30
    skipped = 0
    while not skipped and time.monotonic() < ends:
        log.info("flood goes on")
        skipped = child.expect([pexpect.TIMEOUT, r"\.\.\. \d+ lines skipped"], timeout=0.2)
    assert skipped
    child.sendintr()
    child.expect(pexpect.EOF)


def test_pace() -> None:
    now = [0.0]
    pace = Pace(1.0, lambda: now[0])
    assert [pace.may() for _ in range(4)] == [True, False, False, False]
    now[0] = 1.0
    assert pace.may() and pace.taken() == "... 3 lines skipped" and pace.taken() == ""
    every = Pace(0.0)
    assert all(every.may() for _ in range(100))


def test_the_systems_journal_is_read_where_there_is_one(
    kiosk: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "journalctl"
    program.write_text('#!/bin/sh\necho "2026-11-25T08:14:03+0700 kiosk kioskd[1]: $*"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert logs.readable()
    done = kioskctl(kiosk.socket, "logs", "--since", "1h", "--grep", "lamp")
    assert "--unit kioskd.service" in " ".join(done.stdout.split())
    assert "--since -3600s --grep lamp" in " ".join(done.stdout.split())
    program.write_text("#!/bin/sh\nexit 1\n")
    assert not logs.readable()
