"""sd_notify over a socket that stands in for systemd's."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.watchdog import Watchdog


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.settimeout(2)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "20000000")
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
        yield sock


def test_all_that_is_said(systemd: socket.socket) -> None:
    watchdog = Watchdog()
    assert watchdog.period == 20.0
    watchdog.ready()
    watchdog.alive()
    watchdog.status("in service\nMAINPID=1")
    watchdog.stopping()
    said = [systemd.recv(1000) for _ in range(4)]
    assert said == [b"READY=1", b"WATCHDOG=1", b"STATUS=in service MAINPID=1", b"STOPPING=1"]


def test_an_abstract_address(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"ward-kiosk-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("\0" + name)
        sock.settimeout(2)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        Watchdog().ready()
        assert sock.recv(100) == b"READY=1"


def test_without_systemd_it_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    watchdog = Watchdog()
    watchdog.ready()
    assert watchdog.period == 0.0


def test_another_process_is_watched(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert Watchdog().period == 0.0


def test_a_socket_that_went_away_kills_nobody(systemd: socket.socket, tmp_path: Path) -> None:
    watchdog = Watchdog()
    (tmp_path / "notify").unlink()
    watchdog.alive()
